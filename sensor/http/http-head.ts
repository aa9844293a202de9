// The head of one message (start line and fields), as offsets into the bytes that carried it. One record a connection
// stage, reused: valid during the call that hands it over. No string is made here except by the accessors.
//
//   GET /v1/orders?x=1 HTTP/1.1 CRLF  Host: api.example.com CRLF  ...
//   ^start    target          nameStart^   ^valueStart
//
// HTTP/2 fills the same record from decoded fields, with `bytes` pointing at an arena of its own.

/**
 * What heads have in common that agree but for some values: the same method or status, the same fields in the same order, and
 * the same values but for those in `changing`.
 */
export interface HeadLikeness {
  /** Of the stage above, for what it worked out about the fields; goes with the likeness. */
  memo: unknown
  /** Bit i: the value of field i changes. */
  readonly changing: number
}

/** Fields kept of one head; further ones are counted in `fieldsDropped`. */
export const FIELDS_MAX = 256

/**
 * Field names that later stages ask for, found by name in one pass (FieldName.other for the rest). The number is an
 * index into `HttpHead.known`, which holds the first field of that name or -1.
 */
export const FieldName = {
  other: 0,
  host: 1,
  contentType: 2,
  contentLength: 3,
  contentEncoding: 4,
  transferEncoding: 5,
  connection: 6,
  upgrade: 7,
  authorization: 8,
  cookie: 9,
  setCookie: 10,
  userAgent: 11,
  xForwardedFor: 12,
  forwarded: 13,
  expect: 14,
  location: 15,
  accept: 16,
  acceptEncoding: 17,
  xApiKey: 18,
  apiKey: 19,
  xAuthToken: 20,
  subscriptionKey: 21,
  soapAction: 22,
  proxyAuthorization: 23,
  via: 24,
  origin: 25,
  referer: 26,
  contentDisposition: 27,
  trailer: 28,
  wwwAuthenticate: 29,
  grpcStatus: 30,
  deprecation: 31,
  sunset: 32,
  allow: 33,
  xRequestId: 34,
} as const
export type FieldName = (typeof FieldName)[keyof typeof FieldName]
/** Size of `HttpHead.known`. */
export const FIELD_NAMES = 40

const NO_VIEW = new DataView(new ArrayBuffer(0))

export class HttpHead {
  bytes: Uint8Array = new Uint8Array(0)
  /** The same memory as `bytes` as a Buffer, for latin1Slice without a wrapper a call. */
  buffer: Buffer = Buffer.alloc(0)
  /** The same memory once more, for comparing four bytes at a time. */
  view: DataView = NO_VIEW
  /** Head = [start, end) including the blank line. */
  start = 0
  end = 0
  isRequest = true
  /** Upper-case method as sent, interned; "" for a response. */
  method = ""
  targetStart = 0
  targetEnd = 0
  /** 0 = HTTP/0.9 (no version sent), 10, 11, 20. */
  version = 11
  /** Status code, 0 for a request. */
  status = 0
  /** Fields found; names and values below, trimmed of optional white space. */
  fields = 0
  fieldsDropped = 0
  readonly nameStart: Int32Array = new Int32Array(FIELDS_MAX)
  readonly nameEnd: Int32Array = new Int32Array(FIELDS_MAX)
  readonly valueStart: Int32Array = new Int32Array(FIELDS_MAX)
  readonly valueEnd: Int32Array = new Int32Array(FIELDS_MAX)
  /** FieldName of field i. */
  name: Uint8Array = new Uint8Array(FIELDS_MAX)
  /** Index of the first field with that FieldName, or -1. */
  known: Int16Array = new Int16Array(FIELD_NAMES)
  /**
   * What the head was read with, or has just become; null for most heads that are odd or new.
   */
  stencil: HeadLikeness | null = null
  /** `contentLength`, `chunked` and `closing` are those of this head already: its stencil says so. */
  isFramed = false
  /** Bit set of HeadPart: what could not be decoded of it (HTTP/2). */
  unknown = 0
  /** Declared body length, -1 when there is none. */
  contentLength = -1
  chunked = false
  /** Announces the end of the connection. */
  closing = false

  /** Value of field i as latin1. */
  value(i: number): string {
    return this.buffer.latin1Slice(this.valueStart[i]!, this.valueEnd[i]!)
  }
  /** Value of the first field with that name as latin1, or "" when absent. */
  valueOf(name: FieldName): string {
    const i = this.known[name]!
    return i < 0 ? "" : this.value(i)
  }
  /** The request target as latin1. */
  target(): string {
    return this.buffer.latin1Slice(this.targetStart, this.targetEnd)
  }
}
