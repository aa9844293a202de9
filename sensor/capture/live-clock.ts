// The clocks of live capture, in one place so that tests can turn them by hand.

export interface LiveClock {
  /** The wall clock, µs since 1970: the one that stamps packets. It may be set while a capture runs. */
  nowUs(): number
  /** A clock that only goes forward, ms: for waiting and for how often to look. */
  elapsedMs(): number
  /** Calls `wake` once after `ms`; the function returned calls it off. */
  after(ms: number, wake: () => void): () => void
}

export const SYSTEM_CLOCK: LiveClock = {
  nowUs: () => Date.now() * 1000,
  elapsedMs: () => performance.now(),
  after: (ms, wake) => {
    const timer = setTimeout(wake, ms)
    return () => clearTimeout(timer)
  },
}
