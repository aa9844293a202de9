// The limits of the HTTP/1 stage, with the reason for each default.

export interface HttpOptions {
  /** Longest head that is read; what lies beyond is skipped. Reached: headTooLong. */
  readonly headBytesMax: number
  /** Longest body prefix that is gathered of one message, whatever the receiver wants. */
  readonly bodyPrefixBytes: number
  /** Partial heads and body prefixes that a worker holds at once, in bytes. Reached: gatherMemcapDrop. */
  readonly gatherBytesMax: number
  /** Requests of one connection that wait for their response. Reached: pendingDropped. */
  readonly pendingMax: number
  /** Responses of one connection that wait for a request which the capture shows later. Reached: heldDropped. */
  readonly heldMax: number
}

const KIB = 1 << 10

export const HTTP_DEFAULTS: HttpOptions = {
  // Servers refuse heads beyond 8 to 32 KiB; a cookie jar of a browser may reach that.
  headBytesMax: 64 * KIB,
  bodyPrefixBytes: 64 * KIB,
  // A thousand connections that all stop in the middle of a largest head.
  gatherBytesMax: 64 * KIB * KIB,
  pendingMax: 1024,
  heldMax: 64,
}
