// One direction of a connection, as the HTTP stage sees it: where it stands in which message.
import type { Side } from "../flow/flow.ts"
import type { RecordSearch } from "../tls/record-search.ts"
import type { BodyPrefix } from "./body-prefix.ts"
import type { BodyWalker } from "./body-walkers/body-walker.ts"
import type { ChunkWalker } from "./chunk-walker.ts"
import type { Gather } from "./gather.ts"
import type { Message } from "./message.ts"
import { LineKind } from "./start-line.ts"
import type { StencilSet } from "./stencils.ts"

export const At = {
  /** A message begins here, or did in the bytes gathered. */
  head: 0,
  /** In a body of known length. */
  length: 1,
  chunked: 2,
  untilClose: 3,
  /** Right after a response to an unknown request that declares a body: had the request been HEAD, none follows. */
  bodyOrHead: 4,
  /** Searching for the next message. */
  scan: 5,
  /** Not HTTP/1, or no longer. */
  opaque: 6,
  /** In the header of the PROXY protocol, before the first message. */
  preamble: 7,
  /** Behind a request for another protocol or a tunnel: its answer decides what follows, which is gathered until then. */
  waiting: 8,
} as const
export type At = (typeof At)[keyof typeof At]

/** What the bytes of an opaque stream are, for the counters. */
export const Opaque = { tls: 0, http2: 1, other: 2, afterUpgrade: 3, h2c: 4 } as const
export type Opaque = (typeof Opaque)[keyof typeof Opaque]

export class StreamState<Q, S> {
  readonly side: Side
  at!: At
  /** Stream offset just past what has been delivered or declared lost. */
  offset!: number
  /** The same for the bytes being consumed: differs from `offset` while gathered bytes are replayed. */
  fed!: number
  /** The message whose body is on its way. */
  message!: Message<Q> | Message<S> | null
  /** What At.bodyOrHead becomes when it is a body. */
  bodyAt!: At
  /** Bytes to come in At.length and At.preamble. */
  remaining!: number
  chunks: ChunkWalker | null = null
  body: BodyPrefix<Q, S> | null = null
  /** Counts the messages in the body at hand; null where it has none. */
  walker!: BodyWalker | null
  /** Cut head (At.head), kept tail (At.scan), or first bytes after a head (At.bodyOrHead). */
  gather!: Gather | null
  /** Stream offset, packet time and acknowledgment of the first byte of the head at hand. */
  headStart!: number
  headUs!: number
  headAck!: number
  /** Bytes of the head at hand, or of the kept tail, that need not be searched again. */
  searched!: number
  /** Where the start line of the head at hand ends, from its first byte; -1 unknown. What kind of line it is. */
  lineEnd!: number
  lineKind!: LineKind
  /** Stencils to try on the next head; null before the first one. */
  stencils!: StencilSet | null
  /** Stream offset of the first interim response before the final one, -1 when there is none. */
  interimStart!: number
  /** After a loss: the offset where a message was to begin (exact), or where one began that was seen and never ended; -1 otherwise. */
  lostFrom!: number
  isLostFromExact!: boolean
  /** The next message was found by searching. */
  isResynced!: boolean
  /** The last message announced the end of the connection. */
  isClosing!: boolean
  /** Before the roles are known: a boundary was lost. */
  isLost!: boolean
  /** No message has begun yet. */
  isFresh!: boolean
  hasEnded!: boolean
  /** The stream turns opaque when the message at hand ends. */
  opaqueNext!: boolean
  opaque!: Opaque
  /** Looks for TLS while nothing is known of the stream; null before it was needed. */
  records: RecordSearch | null = null
  /** Of TCP, for the next message; 0 = none. */
  anomaly!: number

  constructor(side: Side) {
    this.side = side
    this.begin()
  }

  /** All as at the start of a stream. The walker and the prefix begin anew with each body. */
  begin(): void {
    this.at = At.head
    this.offset = 0
    this.fed = 0
    this.message = null
    this.walker = null
    this.bodyAt = At.length
    this.remaining = 0
    this.gather = null
    this.headStart = 0
    this.headUs = 0
    this.headAck = -1
    this.searched = 0
    this.lineEnd = -1
    this.lineKind = LineKind.none
    this.stencils = null
    this.interimStart = -1
    this.lostFrom = -1
    this.isLostFromExact = false
    this.isResynced = false
    this.isClosing = false
    this.isLost = false
    this.isFresh = true
    this.hasEnded = false
    this.opaqueNext = false
    this.opaque = Opaque.other
    this.records?.begin(true)
    this.anomaly = 0
  }
}
