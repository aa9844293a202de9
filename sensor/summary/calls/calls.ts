// What is asked for inside one URL: GraphQL, JSON-RPC, MCP, SOAP, XML-RPC, OData batches, the gRPC family; WebSocket and
// server-sent events.
//
// In:  a request's head, then the start of its body.   Out: a Call, whose key becomes Operation.operationKey; EMPTY_CALL for all others.
// Bodies that may name a call are read each time, CALL_BYTES of them, and not only when their shape is looked at: until
// SEARCHES_MAX at a place have named none, and for good where one has.
// Given up: what lies behind that, names that are none (call-name.ts), keys beyond those of a place (call-records.ts).
import { type Call, EMPTY_CALL } from "../../../shared/event/api-event.ts"
import { FieldName, type HttpHead } from "../../http/http-head.ts"
import type { Media } from "../media.ts"
import { decodeValue } from "../percent.ts"
import type { Pseudonyms } from "../privacy/pseudonym.ts"
import type { QueryNames } from "../query-names.ts"
import type { CallHints, CallPlaceHolder } from "./call-hints.ts"
import { actionName, CallMedia } from "./call-media.ts"
import { callName, NAME_MAX, ODD_NAME } from "./call-name.ts"
import { CallPlace, CallRecords, SEARCHES_MAX } from "./call-records.ts"
import type { CallCounters } from "./counters.ts"
import { Graphql } from "./graphql.ts"
import { operationsPart } from "./graphql-upload.ts"
import { JsonCalls } from "./json-call.ts"
import { readMultipartBatch } from "./odata-batch.ts"
import { readXmlCall } from "./xml-call.ts"

/** Bytes of a body read where only its call is wanted. */
export const CALL_BYTES = 16 * 1024
/** Bytes of an error read for its code. */
export const ERROR_BYTES = 1024

const KINDS = ["", "graphql", "grpc", "grpc-web", "connect"]

/** Of the facts of a response's body, what an answer decides. */
interface AnswerBody {
  readonly media: Media
  wanted: number
  isCallOnly: boolean
  isConnectError: boolean
  outcome: number
}

const mayName = ({ kind }: Media): boolean => kind === "json" || kind === "xml" || kind === "none"

/** Whether a request body at that place is read for a call when its shape is not due. */
export function isSearched({ calls, searches }: CallPlaceHolder, media: Media): boolean {
  return calls?.isNamed === true || (searches < SEARCHES_MAX && mayName(media))
}

const isStream = (media: Media): boolean => media.contentType.startsWith("application/connect+")

export class Calls {
  readonly #records: CallRecords
  readonly #counters: CallCounters
  readonly #graphql: Graphql
  readonly #json: JsonCalls
  readonly #scratch = new Uint8Array(8192)
  #places = 0

  constructor(hashes: Pseudonyms, counters: CallCounters) {
    this.#counters = counters
    this.#records = new CallRecords(counters)
    this.#graphql = new Graphql(this.#records, counters)
    this.#json = new JsonCalls(this.#graphql, this.#records, hashes, counters)
  }

  /** What follows a WebSocket handshake that agreed on `subprotocol`. */
  webSocket(subprotocol: string): Call {
    return this.#records.of("websocket", "", subprotocol === "" ? [] : [callName(subprotocol)], -1, -1, 0)
  }

  /** A response of server-sent events to a request that names nothing. */
  get eventStream(): Call {
    return this.#records.of("sse", "", [], -1, -1, 0)
  }

  /** What the head alone tells. Asked when `hints` are not plain or the media type speaks of calls. */
  ofHead(head: HttpHead, hints: CallHints, media: Media, query: QueryNames): Call {
    if (media.call >= CallMedia.grpc) return this.#rpc(hints, media.call)
    if (hints.isConnect) return this.#rpc(hints, CallMedia.connect)
    const action = media.soapAction !== "" ? media.soapAction : this.#soapAction(head, hints)
    if (action !== "") return this.#found(hints, this.#records.of("soap", action))
    return hints.query >= 0 || hints.extensions >= 0 ? this.#graphqlUrl(head, hints, query) : EMPTY_CALL
  }

  #rpc(hints: CallHints, media: CallMedia): Call {
    const known = hints.rpcCalls[media]
    if (known !== undefined) return known
    const call = hints.rpc === "" ? EMPTY_CALL : this.#records.of(KINDS[media]!, hints.rpc)
    hints.rpcCalls[media] = call
    return call
  }

  #soapAction(head: HttpHead, hints: CallHints): string {
    if (!hints.hasSoapAction) return ""
    return actionName(head.valueOf(FieldName.soapAction))
  }

  #graphqlUrl(head: HttpHead, hints: CallHints, query: QueryNames): Call {
    const scratch = this.#scratch
    const decode = (index: number): number =>
      index < 0 ? 0 : decodeValue(head.bytes, query.valueStart[index]!, query.valueEnd[index]!, scratch, scratch.length)
    const extensions = decode(hints.extensions)
    const persisted = extensions === 0 ? "" : this.#json.persistedIn(scratch, 0, extensions)
    const nameLength = decode(hints.operationName)
    const operationName = Buffer.from(scratch.buffer, 0, Math.min(nameLength, NAME_MAX + 1)).latin1Slice()
    const length = decode(hints.query)
    const isCut = length === scratch.length
    const document = length === 0 ? null : this.#graphql.document(scratch, 0, length, false, isCut)
    if (document === null && length > 0) return EMPTY_CALL
    return this.#found(hints, this.#graphql.call({ document, operationName, persisted }, !isCut))
  }

  /** The head of the answer to `call`: it may tell the outcome, or its body may. */
  onAnswer(head: HttpHead, call: Call, body: AnswerBody): void {
    const { status } = head
    if (call.kind === "connect") {
      if (status === 200) body.outcome = body.media.call === CallMedia.connect && isStream(body.media) ? -1 : 0
      else if (body.media.kind === "json") {
        body.isConnectError = true
        if (body.wanted === 0) {
          body.wanted = ERROR_BYTES
          body.isCallOnly = true
        }
      }
    } else if (call.kind === "grpc-web" && head.known[FieldName.grpcStatus]! >= 0) {
      const text = head.valueOf(FieldName.grpcStatus)
      if (/^\d{1,2}$/.test(text)) body.outcome = Number(text)
    }
  }

  /** The call that a decoded request body, or the start of one, names. */
  read(hints: CallHints, media: Media, bytes: Uint8Array, start: number, end: number, whole: boolean): Call {
    const call = this.#bodyCall(hints, media, bytes, start, end, whole)
    if (call.kind === "") {
      if (hints.holder.searches < SEARCHES_MAX && mayName(media)) hints.holder.searches++
      return call
    }
    hints.holder.calls ??= this.#place()
    hints.holder.calls.isNamed = true
    return this.#found(hints, call)
  }

  #bodyCall(hints: CallHints, media: Media, bytes: Uint8Array, start: number, end: number, whole: boolean): Call {
    if (media.call === CallMedia.graphql) {
      const document = this.#graphql.document(bytes, start, end, false, !whole)
      return this.#graphql.call({ document, operationName: whole ? "" : null, persisted: "" }, whole)
    }
    switch (media.kind) {
      case "json":
        return this.#json.read(bytes, start, end, hints)
      case "xml":
        return this.#xml(bytes, start, end)
      case "multipart":
        return this.#multipart(hints, bytes, start, end, whole)
      case "none":
        return bytes[start] === 0x3c ? this.#xml(bytes, start, end) : this.#json.read(bytes, start, end, hints)
      default:
        return EMPTY_CALL
    }
  }

  #xml(bytes: Uint8Array, start: number, end: number): Call {
    const found = readXmlCall(bytes, start, end)
    return found === null ? EMPTY_CALL : this.#records.of(found.kind, callName(found.name))
  }

  #multipart(hints: CallHints, bytes: Uint8Array, start: number, end: number, whole: boolean): Call {
    if (hints.isBatch) {
      const { names, count } = readMultipartBatch(bytes, start, end)
      return count === 0 ? EMPTY_CALL : this.#records.batch("odata-batch", names, count, whole)
    }
    const part = operationsPart(bytes, start, end)
    return part === null ? EMPTY_CALL : this.#json.read(bytes, part.start, part.end, hints)
  }

  #place(): CallPlace {
    return new CallPlace(++this.#places)
  }

  #found(hints: CallHints, call: Call): Call {
    if (call.kind === "") return call
    this.#counters.found++
    if (call.key.includes(ODD_NAME)) this.#counters.oddNames++
    hints.holder.calls ??= this.#place()
    return this.#records.admit(hints.holder.calls, call)
  }
}
