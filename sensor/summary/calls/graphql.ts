// From a GraphQL request to its Call: which of the document's operations is executed, and what it is called.
//
//   query GetOrders      named            query {customer,orders}     by its root fields, sorted
//   persisted GetOrders  known to the server by a hash                 persisted 9f3a01c4   likewise, without a name
//
// In:  the document's bytes, and what stands beside it.   Out: a Call, EMPTY_CALL where it is not certain which operation it is: a
// cut body yields no name rather than another one. Documents are remembered by their bytes, since clients send the same ones.
import { ByteInterner } from "../../../shared/bytes/interner.ts"
import { type Call, EMPTY_CALL, NO_STRINGS } from "../../../shared/event/api-event.ts"
import { callName } from "./call-name.ts"
import type { CallRecords } from "./call-records.ts"
import type { CallCounters } from "./counters.ts"
import { type GraphqlDocument, type GraphqlOperation, GraphqlReader } from "./graphql-document.ts"
import { withoutEscapes } from "./json-cursor.ts"

const DOCUMENTS = { entries: 1024, keyBytes: 1024 * 1024 }
/** Bytes of a document that are read. */
export const DOCUMENT_MAX = 16 * 1024
/** Root fields in the key of an operation without a name; of the others only how many there are. */
const KEY_FIELDS_MAX = 8

interface Known {
  readonly document: GraphqlDocument | null
}
const NOTHING: Known = { document: null }

/** What a request says beside its document. */
export interface GraphqlRequest {
  /** The document, null when there is none, or none that is GraphQL. */
  readonly document: GraphqlDocument | null
  /** "" when none is named, null when that is not known: the body was cut. */
  readonly operationName: string | null
  /** Short keyed hash of the id under which the server knows the document, "" without one. */
  readonly persisted: string
}

export class Graphql {
  readonly #known = new ByteInterner<Known>(DOCUMENTS)
  /** Lives as long as the documents that are remembered. */
  readonly #calls = new WeakMap<GraphqlOperation, Call>()
  readonly #reader = new GraphqlReader()
  readonly #text = new Uint8Array(DOCUMENT_MAX)
  readonly #records: CallRecords
  readonly #counters: CallCounters

  constructor(records: CallRecords, counters: CallCounters) {
    this.#records = records
    this.#counters = counters
  }

  /** The document in [start, end), with the escapes of a JSON string when `isEscaped`. Null: no GraphQL. */
  document(bytes: Uint8Array, start: number, end: number, isEscaped: boolean, isCut: boolean): GraphqlDocument | null {
    if (!isEscaped && !mayBegin(bytes, start, end)) return null
    const known = isCut ? undefined : this.#known.find(bytes, start, end)
    if (known !== undefined) return known.document
    this.#counters.documents++
    let text = bytes
    let from = start
    let to = end
    if (isEscaped) {
      text = this.#text
      from = 0
      to = withoutEscapes(bytes, start, end, text)
    }
    const isLong = to - from > DOCUMENT_MAX || to - from === this.#text.length
    const document = this.#reader.read(text, from, Math.min(to, from + DOCUMENT_MAX), isCut || isLong)
    if (!isCut) this.#known.add(bytes, start, end, document === null ? NOTHING : { document })
    return document
  }

  /** The call of one request. `isWhole`: nothing follows that could name another operation. */
  call({ document, operationName, persisted }: GraphqlRequest, isWhole: boolean): Call {
    if (document === null)
      return isWhole && persisted !== "" ? this.#persisted(operationName ?? "", persisted) : EMPTY_CALL
    const operation = chosen(document, operationName)
    if (operation === null) {
      if (!isWhole || !document.isWhole) this.#counters.cut++
      return EMPTY_CALL
    }
    const known = this.#calls.get(operation)
    if (known !== undefined) return known
    const fields = operation.fields.map(callName)
    const key = `${operation.type} ${operation.name !== "" ? callName(operation.name) : fieldsKey(fields)}`
    const call = this.#records.of("graphql", key, fields, operation.depth, operation.aliases, 1)
    this.#calls.set(operation, call)
    return call
  }

  #persisted(name: string, hash: string): Call {
    return this.#records.of("graphql", `persisted ${name === "" ? hash : callName(name)}`, NO_STRINGS)
  }
}

/** The operation that a server would execute; null when that is not certain. */
function chosen({ operations, isWhole }: GraphqlDocument, name: string | null): GraphqlOperation | null {
  if (name !== null && name !== "") return operations.find((one) => one.name === name) ?? null
  return isWhole && operations.length === 1 ? operations[0]! : null
}

function fieldsKey(fields: readonly string[]): string {
  const sorted = [...new Set(fields)].sort()
  const rest = sorted.length - KEY_FIELDS_MAX
  return `{${sorted.slice(0, KEY_FIELDS_MAX).join(",")}${rest > 0 ? `,+${rest}` : ""}}`
}

/** A brace, a comment, or the first letter of query, mutation, subscription, fragment, behind white space. */
function mayBegin(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && (bytes[at]! <= 0x20 || bytes[at] === 0x2c || bytes[at]! >= 0xbb)) at++
  const b = at < end ? bytes[at] : 0
  return b === 0x7b || b === 0x23 || b === 0x71 || b === 0x6d || b === 0x73 || b === 0x66
}
