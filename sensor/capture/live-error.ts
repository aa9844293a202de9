// What keeps live capture from starting: a stable code, and a sentence for the operator that says what to do.

export type LiveCaptureErrorCode =
  /** The operating system allows no raw packets to this user. */
  | "permission"
  /** A name that no interface can have, a name twice, none, or too many. */
  | "interface"
  /** Packets of this kind of interface cannot be read. */
  | "link-type"
  /** The kernel has no memory for the smallest ring. */
  | "no-memory"
  /** The fanout group was refused: another program uses its number, or workers disagree. */
  | "fanout"
  /** The filter was refused, or does not go with the way of capturing. */
  | "filter"
  /** An option out of its range. */
  | "options"
  /** The asked way of capturing is not there on this machine. */
  | "unavailable"
  /** Anything else that the system refused. */
  | "system"

export class LiveCaptureError extends Error {
  readonly code: LiveCaptureErrorCode

  constructor(code: LiveCaptureErrorCode, sentence: string) {
    super(sentence)
    this.name = "LiveCaptureError"
    this.code = code
  }
}

/** True for what the operator has to write otherwise; the rest is up to the world. */
export function isUsersMistake({ code }: LiveCaptureError): boolean {
  return code === "interface" || code === "filter" || code === "options"
}
