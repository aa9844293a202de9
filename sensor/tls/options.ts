// The limits of the TLS stage, with the reason for each default.

export interface TlsOptions {
  /** Records and messages that a worker holds at once because they came in pieces, in bytes. Reached: memcapDrop. */
  readonly heldBytesMax: number
  /** A session that lasts is told of each time this much packet time has passed, µs. */
  readonly partUs: number
}

export const TLS_DEFAULTS: TlsOptions = {
  // Eight hundred sessions that all stop in the middle of a largest record.
  heldBytesMax: 16 << 20,
  partUs: 3_600_000_000,
}
