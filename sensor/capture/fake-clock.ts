// Clocks that a test turns by hand.
import type { LiveClock } from "./live-clock.ts"

export class FakeClock implements LiveClock {
  wallUs: number
  #ms = 0
  #timers: { readonly atMs: number; readonly wake: () => void }[] = []

  constructor(wallUs: number) {
    this.wallUs = wallUs
  }

  nowUs(): number {
    return this.wallUs
  }

  elapsedMs(): number {
    return this.#ms
  }

  after(ms: number, wake: () => void): () => void {
    const timer = { atMs: this.#ms + ms, wake }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** ms until each timer that is set. */
  get pending(): number[] {
    return this.#timers.map(({ atMs }) => atMs - this.#ms)
  }

  /** Both clocks go on, timers fire in their order. */
  advance(ms: number): void {
    const untilMs = this.#ms + ms
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined || next.atMs > untilMs) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#turn(next.atMs)
      next.wake()
    }
    this.#turn(untilMs)
  }

  #turn(toMs: number): void {
    this.wallUs += (toMs - this.#ms) * 1000
    this.#ms = toMs
  }
}
