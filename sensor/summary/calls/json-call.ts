// The operation that a JSON body names: GraphQL, JSON-RPC, MCP, OData's batch.
//
//   {"query":"query A {a}", "operationName":"A"}                  GraphQL        {"jsonrpc":"2.0","method":"a.b"}     JSON-RPC 2.0
//   {"extensions":{"persistedQuery":{"sha256Hash":"..."}}}        persisted      {"method":"a","params":[],"id":1}    JSON-RPC 1.0
//   [ one of these, ... ]                                         a batch        {"requests":[{"method":..,"url":..}]} OData
//
// In:  a body, perhaps cut.   Out: a Call, EMPTY_CALL when it names none for certain. Values are passed over; names are judged before
// they are shown (call-name.ts). Reading stops as soon as nothing behind can change the answer. Of a batch that is cut the key is
// not known: it has none. JSON-RPC 2.0; Model Context Protocol; GraphQL over HTTP; OData JSON format 4.01 section 19.
import { StringInterner } from "../../../shared/bytes/interner.ts"
import { type Call, EMPTY_CALL } from "../../../shared/event/api-event.ts"
import type { Pseudonyms } from "../privacy/pseudonym.ts"
import { callName, NAME_MAX } from "./call-name.ts"
import type { CallRecords } from "./call-records.ts"
import type { CallCounters } from "./counters.ts"
import type { Graphql } from "./graphql.ts"
import type { GraphqlDocument } from "./graphql-document.ts"
import { JsonCursor } from "./json-cursor.ts"
import { isMcpMethod, mcpArgument } from "./mcp.ts"
import { entityName } from "./odata-batch.ts"

const OBJECT = 0x7b
const ARRAY = 0x5b
const QUOTE = 0x22
/** Elements of a batch that are read; the others are counted. */
const BATCH_READ_MAX = 64
/** Methods remembered. */
const METHODS = 1024

const key = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text))
const QUERY = key("query")
const OPERATION_NAME = key("operationName")
const EXTENSIONS = key("extensions")
const PERSISTED_QUERY = key("persistedQuery")
const HASH = key("sha256Hash")
const IDS = [key("id"), key("documentId"), key("doc_id"), key("queryId")]
const JSONRPC = key("jsonrpc")
const METHOD = key("method")
const PARAMS = key("params")
const NAME = key("name")
const PROTOCOL_VERSION = key("protocolVersion")
const REQUESTS = key("requests")
const URL = key("url")

/** What the request's head tells of the body to come. */
export interface JsonHints {
  /** The path says GraphQL. */
  readonly isGraphql: boolean
  /** It ends in $batch. */
  readonly isBatch: boolean
  /** Fields of the Model Context Protocol are sent. */
  readonly isMcp: boolean
}

export class JsonCalls {
  readonly #cursor = new JsonCursor()
  readonly #graphql: Graphql
  readonly #records: CallRecords
  readonly #hashes: Pseudonyms
  readonly #counters: CallCounters
  /** By method and argument as sent. */
  readonly #rpc = new StringInterner<Call>(METHODS)
  readonly #mcp = new StringInterner<Call>(METHODS)
  // Of the object at hand.
  #document: GraphqlDocument | null = null
  #hasQuery = false
  #operationName: string | null = null
  #persisted = ""
  #id = ""
  #hasId = false
  #isRpc2 = false
  #method: string | null = null
  #hasParams = false
  #isParamsArray = false
  #argument: string | null = null
  #isMcpStart = false

  constructor(graphql: Graphql, records: CallRecords, hashes: Pseudonyms, counters: CallCounters) {
    this.#graphql = graphql
    this.#records = records
    this.#hashes = hashes
    this.#counters = counters
  }

  read(bytes: Uint8Array, start: number, end: number, hints: JsonHints): Call {
    const cursor = this.#cursor
    cursor.begin(bytes, start, end)
    const first = cursor.peek()
    if (first === OBJECT) return this.#object(hints)
    return first === ARRAY ? this.#batch(hints) : EMPTY_CALL
  }

  /** Hash of the persisted query in an `extensions` object, "" when there is none. */
  persistedIn(bytes: Uint8Array, start: number, end: number): string {
    this.#cursor.begin(bytes, start, end)
    this.#persisted = ""
    this.#readExtensions()
    return this.#persisted
  }

  #batch(hints: JsonHints): Call {
    const cursor = this.#cursor
    cursor.enter(ARRAY)
    const calls: Call[] = []
    let count = 0
    while (cursor.nextElement()) {
      if (++count > BATCH_READ_MAX) {
        if (!cursor.skip()) break
        continue
      }
      const from = cursor.at
      const call = this.#object(hints)
      // The answer of a client to what its server asked (JSON-RPC both ways) names nothing, nor does a cut element.
      if (call.key === "" && calls.length === 0) return EMPTY_CALL
      if (call.key !== "") calls.push(call)
      cursor.at = from
      if (!cursor.skip()) break
    }
    return this.#batchOf(calls, count, !cursor.isBroken)
  }

  #batchOf(calls: readonly Call[], count: number, isWhole: boolean): Call {
    const [first] = calls
    if (first === undefined) return EMPTY_CALL
    if (isWhole && count === 1) return first
    const names = new Set(calls.map((one) => one.key))
    const depth = Math.max(...calls.map((one) => one.depth))
    const isUnknown = calls.every((one) => one.aliases < 0)
    const aliases = isUnknown ? -1 : calls.reduce((sum, one) => sum + Math.max(0, one.aliases), 0)
    return this.#records.batch(first.kind, names, count, isWhole && count <= BATCH_READ_MAX, depth, aliases)
  }

  /** The object that comes next; afterwards the cursor stands anywhere in it. */
  #object(hints: JsonHints): Call {
    const cursor = this.#cursor
    this.#begin()
    if (!cursor.enter(OBJECT)) return EMPTY_CALL
    while (cursor.nextKey()) {
      const call = this.#member(hints)
      if (call !== null) return call
    }
    return this.#decide(hints, !cursor.isBroken)
  }

  #begin(): void {
    this.#document = null
    this.#hasQuery = this.#hasId = this.#isRpc2 = this.#hasParams = this.#isParamsArray = this.#isMcpStart = false
    this.#operationName = this.#method = this.#argument = null
    this.#persisted = this.#id = ""
  }

  /** The member whose key was read. A Call: nothing behind can change it. */
  #member(hints: JsonHints): Call | null {
    const cursor = this.#cursor
    switch (cursor.stop - cursor.start) {
      case 2:
        return this.#readId()
      case 5:
        return cursor.is(QUERY) && cursor.peek() === QUOTE ? this.#readQuery() : this.#pass()
      case 6:
        if (cursor.is(METHOD)) return this.#readMethod(hints)
        return cursor.is(PARAMS) ? this.#readParams(hints) : this.#readId()
      case 7:
        if (!cursor.is(JSONRPC)) return this.#readId()
        this.#isRpc2 = cursor.string() && cursor.text(3) === "2.0"
        return this.#settle(hints)
      case 8:
        return hints.isBatch && cursor.is(REQUESTS) ? this.#readRequests() : this.#pass()
      case 10:
        if (!cursor.is(EXTENSIONS)) return this.#readId()
        this.#readExtensions()
        return null
      case 13:
        return cursor.is(OPERATION_NAME) ? this.#readOperationName() : this.#pass()
      default:
        return this.#pass()
    }
  }

  #pass(): null {
    this.#cursor.skip()
    return null
  }

  #readId(): null {
    const cursor = this.#cursor
    if (!this.#isId()) return this.#pass()
    this.#hasId = true
    if (cursor.peek() === QUOTE && cursor.string()) this.#id = this.#hash()
    else if (!cursor.isBroken) cursor.skip()
    return null
  }

  #isId(): boolean {
    for (const id of IDS) if (this.#cursor.is(id)) return true
    return false
  }

  #readQuery(): Call | null {
    const cursor = this.#cursor
    const isWhole = cursor.string()
    this.#hasQuery = true
    this.#document = this.#graphql.document(cursor.bytes, cursor.start, cursor.stop, cursor.hasEscape, !isWhole)
    // With one operation only, a name behind it changes nothing.
    if (this.#document === null || !isWhole) return null
    const isDecided = this.#operationName !== null || this.#document.operations.length === 1
    return isDecided ? this.#graphqlCall(true) : null
  }

  #readOperationName(): Call | null {
    const cursor = this.#cursor
    if (cursor.peek() !== QUOTE) {
      if (cursor.skip()) this.#operationName = ""
    } else if (cursor.string()) this.#operationName = cursor.text(NAME_MAX) || "{odd}"
    return this.#operationName !== null && this.#document?.isWhole === true ? this.#graphqlCall(true) : null
  }

  #readExtensions(): void {
    const cursor = this.#cursor
    if (!cursor.enter(OBJECT)) {
      cursor.skip()
      return
    }
    while (cursor.nextKey()) {
      if (!cursor.is(PERSISTED_QUERY) || !cursor.enter(OBJECT)) {
        cursor.skip()
        continue
      }
      while (cursor.nextKey()) {
        if (cursor.is(HASH) && cursor.peek() === QUOTE) {
          if (cursor.string()) this.#persisted = this.#hash()
        } else cursor.skip()
      }
    }
  }

  /** Of the last string. */
  #hash(): string {
    const { bytes, start, stop } = this.#cursor
    return this.#hashes.text(bytes, start, Math.min(stop, start + 256)).slice(0, 8)
  }

  #readMethod(hints: JsonHints): Call | null {
    const cursor = this.#cursor
    if (cursor.peek() !== QUOTE) return this.#pass()
    if (cursor.string()) this.#method = cursor.hasEscape ? unescaped(cursor.text(2 * NAME_MAX)) : cursor.text(NAME_MAX)
    return this.#settle(hints)
  }

  #readParams(hints: JsonHints): Call | null {
    const cursor = this.#cursor
    this.#hasParams = true
    this.#isParamsArray = cursor.peek() === ARRAY
    if (!cursor.enter(OBJECT)) return this.#pass()
    while (cursor.nextKey()) {
      if (cursor.is(NAME) && cursor.peek() === QUOTE) {
        if (!cursor.string()) break
        this.#argument = cursor.hasEscape ? "{odd}" : cursor.text(NAME_MAX)
      } else {
        if (cursor.is(PROTOCOL_VERSION)) this.#isMcpStart = true
        if (!cursor.skip()) break
      }
    }
    return cursor.isBroken ? null : this.#settle(hints)
  }

  /** JSON-RPC 2.0 of which all that is needed is there. */
  #settle(hints: JsonHints): Call | null {
    if (!this.#isRpc2 || this.#method === null) return null
    const needsParams = mcpArgument(this.#method) || this.#method === "initialize"
    return needsParams && !this.#hasParams ? null : this.#rpcCall(hints)
  }

  #decide(hints: JsonHints, isWhole: boolean): Call {
    if (this.#isRpc2 && this.#method !== null) {
      const needsParams = mcpArgument(this.#method) || this.#method === "initialize"
      return isWhole || !needsParams ? this.#rpcCall(hints) : this.#cut()
    }
    if (this.#hasQuery && this.#document !== null) return this.#graphqlCall(isWhole)
    if (!isWhole) return EMPTY_CALL
    if (this.#persisted !== "" && !this.#hasQuery) return this.#graphqlCall(true)
    if (hints.isGraphql && this.#id !== "" && !this.#hasQuery) {
      this.#persisted = this.#id
      return this.#graphqlCall(true)
    }
    // JSON-RPC 1.0 section 1.1: all three, the parameters as an array.
    return this.#method !== null && this.#isParamsArray && this.#hasId ? this.#rpcCall(hints) : EMPTY_CALL
  }

  #cut(): Call {
    this.#counters.cut++
    return EMPTY_CALL
  }

  #graphqlCall(isWhole: boolean): Call {
    const operationName = this.#operationName ?? (isWhole ? "" : null)
    return this.#graphql.call({ document: this.#document, operationName, persisted: this.#persisted }, isWhole)
  }

  #rpcCall(hints: JsonHints): Call {
    const method = this.#method!
    const isMcp = isMcpMethod(method) || this.#isMcpStart || hints.isMcp
    const argument = isMcp && mcpArgument(method) ? (this.#argument ?? "") : null
    const said = argument === null ? method : `${method} ${argument}`
    const known = isMcp ? this.#mcp : this.#rpc
    let call = known.find(said)
    if (call === undefined) {
      const name = callName(method)
      call = this.#records.of(isMcp ? "mcp" : "json-rpc", argument === null ? name : `${name} ${callName(argument)}`)
      known.add(said, call)
    }
    return call
  }

  #readRequests(): Call | null {
    const cursor = this.#cursor
    if (!cursor.enter(ARRAY)) return this.#pass()
    const names = new Set<string>()
    let count = 0
    while (cursor.nextElement()) {
      count++
      let method = ""
      let entity = ""
      if (!cursor.enter(OBJECT)) return EMPTY_CALL
      while (cursor.nextKey()) {
        if (cursor.is(METHOD) && cursor.peek() === QUOTE) {
          if (cursor.string()) method = cursor.text(10).toUpperCase()
        } else if (cursor.is(URL) && cursor.peek() === QUOTE) {
          if (cursor.string()) entity = entityName(cursor.bytes, cursor.start, cursor.stop)
        } else cursor.skip()
      }
      if (!cursor.isBroken && names.size < BATCH_READ_MAX) names.add(`${callName(method)} ${entity}`)
    }
    return this.#records.batch("odata-batch", names, count, !cursor.isBroken)
  }
}

/** Clients that escape the slash. */
const unescaped = (text: string): string => text.replaceAll("\\/", "/")
