// What the protocol stages (HTTP/1 now, HTTP/2 next) promise to the stage above them: messages are handed over while
// their bytes are at hand, so that facts are taken at once and nothing is copied for later; pairing comes after.
import type { Flow, Side } from "../flow/flow.ts"
import type { Secured } from "../flow/secured.ts"
import type { HttpHead } from "./http-head.ts"

/** State of an exchange, as published. */
export const ExchangeState = { complete: 0, bodyGap: 1, requestOnly: 2, responseOnly: 3, unpaired: 4 } as const
export type ExchangeState = (typeof ExchangeState)[keyof typeof ExchangeState]

/** Flags of an exchange: how good the evidence is. A bit set. */
export const ExchangeFlag = {
  /** Bytes of this exchange were lost. */
  gap: 1,
  /** A message ended before its declared end (connection closed, input ended). */
  truncated: 2,
  /** Only one direction of the session was seen. */
  oneWay: 4,
  /** The session was joined after it began. */
  midstream: 8,
  /** Body facts were not taken this time, or by a sample. */
  sampled: 16,
  retransmitted: 32,
  /** The parser found its footing again after a loss before this message. */
  resynchronised: 64,
  /** The response began before the request had ended. */
  early: 128,
  /** The connection turned into something else after this exchange (Upgrade, CONNECT). */
  upgraded: 256,
  /**
   * A request alone, and its key does not prove which response answers it: its client does not wait for answers, or a loss
   * right before it may hide that it did not.
   */
  ambiguous: 512,
  /** The server sent the response without being asked: HTTP/2 push. */
  pushed: 1024,
  /** The request, or its start, came as TLS early data: it may be a replay. */
  earlyData: 2048,
  /** HTTP/2 RST_STREAM, by either side, ended the exchange. */
  streamReset: 4096,
} as const

/** Protocol of an exchange. Index into PROTOCOL_NAMES of the event contract. */
export const Protocol = { http09: 0, http10: 1, http11: 2, http2: 3, websocket: 4 } as const
export type Protocol = (typeof Protocol)[keyof typeof Protocol]

/** What is known of the conversation when a message arrives. One object a connection, stable while it lives. */
export interface Conversation {
  readonly flow: Flow
  /** Side of the flow that sends the requests. */
  readonly client: Side
  readonly midstream: boolean
  /** The TLS session it was read through, null for plain text. */
  readonly secured: Secured | null
}

/** Sizes, times and marks of one finished message. `facts` is what the receiver returned for its head. */
export interface MessageEnd<Facts> {
  readonly facts: Facts
  /** Packet time of the first byte of the head and of the last byte of the message, µs. */
  readonly firstUs: number
  readonly lastUs: number
  /** Bytes of the body on the wire (transfer coding removed, content coding kept). */
  readonly bodyBytes: number
  /** Bytes of the head. */
  readonly headBytes: number
}

/** One exchange, ready to publish. Reused: valid during the call. */
export interface Exchange<RequestFacts, ResponseFacts> {
  readonly conversation: Conversation
  readonly protocol: Protocol
  readonly state: ExchangeState
  /** Bit set of ExchangeFlag. */
  readonly flags: number
  /** Anomaly codes, ascending, each once. */
  readonly anomalies: readonly number[]
  /** At least one of the two is present. */
  readonly request: MessageEnd<RequestFacts> | null
  readonly response: MessageEnd<ResponseFacts> | null
  /**
   * Absolute sequence number (unsigned 32 bits) just past the request, also known from the ACK of its response; -1 unknown. Of
   * a response alone it is given only as long as nothing speaks against a client that waits (half-keys.ts).
   */
  readonly requestEndSeq: number
  /** Messages each way where an exchange consists of them (gRPC, WebSocket); -1 elsewhere. */
  readonly requestMessages: number
  readonly responseMessages: number
  /** gRPC status from trailers, close code of a WebSocket conversation; -1 unknown or none. */
  readonly outcome: number
  /** Bit set of HeadPart (shared/event/api-event.ts): parts of the heads that could not be decoded. */
  readonly unknown: number
}

/**
 * The stage above. `RequestFacts` and `ResponseFacts` are its own: HTTP keeps them with the message and gives them back in exactly
 * one exchange. From then on they may serve another message. Head records and bytes are valid during the call only.
 */
export interface ExchangeReceiver<RequestFacts, ResponseFacts> {
  /** `timeUs`: packet time. */
  onRequest(head: HttpHead, conversation: Conversation, timeUs: number): RequestFacts
  /** `request`: the facts of the request this response certainly answers, else null. Not called for 1xx but 101. `timeUs`: packet time. */
  onResponse(head: HttpHead, request: RequestFacts | null, conversation: Conversation, timeUs: number): ResponseFacts
  /** How many body bytes of this message to gather, from its start; 0 for none. Asked once, right after its head. */
  bodyWanted(facts: RequestFacts | ResponseFacts): number
  /**
   * The gathered start of the body, transfer coding removed: at most what was wanted. `whole`: this is the entire body.
   * Called once, at the end of the message or when the wanted bytes are there, if any byte was gathered. Without a gap inside.
   */
  onBody(facts: RequestFacts | ResponseFacts, bytes: Uint8Array, start: number, end: number, whole: boolean): void
  /**
   * The request has turned its connection into something else (101) that outlives the exchange: facts of the same request for
   * what follows, to be given back in an exchange of their own. `subprotocol`: what WebSocket's handshake agreed on, "" for none.
   */
  onUpgrade(request: RequestFacts, subprotocol?: string): RequestFacts
  onExchange(exchange: Exchange<RequestFacts, ResponseFacts>): void
}
