// Bodies that consist of messages: they are counted while the body passes, whatever its length, with constant memory.
//
// In:  the head, then the body's bytes with transfer coding removed, and losses.   Out: messages, and the outcome that the last one
// tells. For any stage that reads bodies. Null for all others: a body with a content coding is not walked.
import { FieldName, type HttpHead } from "../http-head.ts"
import { Base64Envelopes, EnvelopeWalker } from "./envelope-walker.ts"
import { EventStreamWalker } from "./event-stream-walker.ts"

export interface BodyWalker {
  /** Messages begun (envelopes) or sent (events); a count from below behind a loss. */
  readonly messages: number
  /** gRPC status, -1 unknown or none. */
  readonly outcome: number
  take(bytes: Uint8Array, start: number, end: number): void
  lose(length: number): void
}

const EVENT_STREAM = /^text\/event-stream\s*(?:;|$)/i
const ENVELOPES = /^application\/(?:(grpc-web(-text)?)|connect)(?:\+[a-z0-9.-]{1,32})?\s*(?:;|$)/i
const LOWER = 32
/** "text/e", and the byte behind "application/". */
const T = 0x74
const E = 0x65
const G = 0x67
const C = 0x63

/** The walker for the body behind `head`, which is asked about quickly: nearly all heads announce none. */
export function bodyWalker(head: HttpHead): BodyWalker | null {
  const i = head.known[FieldName.contentType]!
  if (i < 0) return null
  const start = head.valueStart[i]!
  const { bytes } = head
  const isEvents = (bytes[start]! | LOWER) === T && (bytes[start + 5]! | LOWER) === E
  const twelfth = bytes[start + 12]! | LOWER
  if (!isEvents && twelfth !== G && twelfth !== C) return null
  return head.known[FieldName.contentEncoding]! < 0 ? walkerOf(head.value(i)) : null
}

function walkerOf(contentType: string): BodyWalker | null {
  if (EVENT_STREAM.test(contentType)) return new EventStreamWalker()
  const envelopes = ENVELOPES.exec(contentType)
  if (envelopes === null) return null
  const walker = new EnvelopeWalker(envelopes[1] !== undefined)
  return envelopes[2] === undefined ? walker : new Base64Envelopes(walker)
}
