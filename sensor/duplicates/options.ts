// The limits of the duplicate window, with the reason for each default.

export interface DuplicateOptions {
  /** Off: every packet is passed on; TCP takes a copy for a retransmission. */
  readonly isOn: boolean
  /** A copy comes within this time of the first one, in packet time, before or after it; 1 s at most. */
  readonly windowUs: number
  /** Packets remembered, rounded up to a power of two. Reached: displaced. */
  readonly entries: number
  /** Packets without a copy after which only one in 32 is asked about, until the next copy. */
  readonly waryPackets: number
  /** Seed of the hash, for tests; secret by default. Nothing depends on it. */
  readonly hashSeed?: number
}

export const DUPLICATE_DEFAULTS: DuplicateOptions = {
  isOn: true,
  // Ports of one switch show a copy within microseconds, brokers with queues within milliseconds. Retransmission timers are 200 ms
  // and more; what is sent again earlier (tail loss probes, fast retransmission near by) has another IP id or another timestamp.
  windowUs: 10_000,
  // 10 ms at 1.6 million packets a second, in 256 KiB.
  entries: 16_384,
  // A mirror that shows copies shows them all the time; a capture of this size is asked about in full.
  waryPackets: 65_536,
}
