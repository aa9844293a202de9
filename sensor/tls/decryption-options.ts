// The limits of decryption, with the reason for each default.
const S = 1_000_000

export interface DecryptionOptions {
  /** Bytes of records that one session may hold back until its keys come. Reached: the session stays dark. */
  readonly waitSessionBytesMax: number
  /** The same for all sessions of a worker. */
  readonly waitBytesMax: number
  /** How long, in packet time, records wait, µs. */
  readonly waitUs: number
  /** Records of one direction whose place in the stream is remembered. Reached: the place of an older message is unknown. */
  readonly marksMax: number
}

export const DECRYPTION_DEFAULTS: DecryptionOptions = {
  // Four largest records: a request and the start of its answer, sent before the key log's line has arrived.
  waitSessionBytesMax: 64 << 10,
  waitBytesMax: 16 << 20,
  waitUs: 5 * S,
  // 16 KiB a direction at most, and a request that is answered 16 MiB later.
  marksMax: 1024,
}
