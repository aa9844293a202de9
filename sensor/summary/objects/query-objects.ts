// Objects that a query names, the number to step by, and the page that it asks for.
//
// In:  the parameters of an operation, once; then the query of each request.   Out: fields of QueryFacts.
// Objects: of the kinds that identify something, under any name; numbers and other tokens under a name of ids (id-names.ts). Never values of
// parameters whose names speak of secrets. A parameter that stands more than once counts once. Values with escapes are decoded first.
import { NO_NUMBERS } from "../../../shared/event/api-event.ts"
import { decodeValue } from "../percent.ts"
import type { ObjectPseudonyms } from "../privacy/object-pseudonyms.ts"
import type { Parameter, QueryNames } from "../query-names.ts"
import { KIND_NAMES, Kind } from "../value-class.ts"
import { Paging, pagingOf, Says, saysOf } from "./id-names.ts"
import { ID_BYTES_MAX, idBytes, idEnd, idStart, isId } from "./id-text.ts"
import { floorLog2, numberAtEnd } from "./steps.ts"

const PERCENT = 0x25
const PLUS = 0x2b

/** Identify something whatever they are called. */
const ANY_NAME: ReadonlySet<Kind> = new Set<Kind>([
  Kind.uuid,
  Kind.hex,
  Kind.ulid,
  Kind.id,
  Kind.serial,
  Kind.email,
  Kind.phone,
])
/** Do where their name says so. */
const ID_NAME: ReadonlySet<Kind> = new Set<Kind>([Kind.int, Kind.code, Kind.mix, Kind.slug, Kind.base64, Kind.text])

/** What the query of one request says. */
export interface QueryFacts {
  /** As in ApiEvent. */
  queryObjects: readonly number[]
  pageLimit: number
  pageOffset: number
  /** The last numeric object, -1 without one. */
  number: number
}

interface Named {
  /** Number of the parameter in the query as sent, and of its entry in Operation.query. */
  readonly at: number
  readonly entry: number
  readonly isNumeric: boolean
  /** Its kind identifies something. */
  readonly isStrong: boolean
}

/** What of an operation's query is looked at. */
export class QueryPlan {
  readonly #objects: readonly Named[]
  readonly #limit: number
  readonly #offset: number
  readonly #entries: number
  readonly #pseudonyms: ObjectPseudonyms

  constructor(objects: readonly Named[], limit: number, offset: number, entries: number, pseudonyms: ObjectPseudonyms) {
    this.#objects = objects
    this.#limit = limit
    this.#offset = offset
    this.#entries = entries
    this.#pseudonyms = pseudonyms
  }

  /** `query` has just read the query of a request of this operation in `bytes`. */
  read(bytes: Uint8Array, query: QueryNames, facts: QueryFacts): void {
    facts.pageLimit = this.#limit < 0 ? -1 : magnitude(bytes, query, this.#limit)
    facts.pageOffset = this.#offset < 0 ? -1 : magnitude(bytes, query, this.#offset)
    facts.queryObjects = NO_NUMBERS
    facts.number = -1
    let numbers: number[] | null = null
    for (const { at, entry, isNumeric, isStrong } of this.#objects) {
      if (!findId(bytes, query.valueStart[at]!, query.valueEnd[at]!, isStrong)) continue
      numbers ??= new Array<number>(this.#entries).fill(0)
      if (numbers[entry] === 0) numbers[entry] = this.#pseudonyms.of(idBytes, idStart, idEnd)
      if (isNumeric) facts.number = numberAtEnd(idBytes, idStart, idEnd)
    }
    if (numbers !== null) facts.queryObjects = numbers
  }
}

/** The plan of an operation; null when its query says nothing of the kind. `entries`: Operation.query. */
export function queryPlan(
  parameters: readonly Parameter[],
  entries: readonly string[],
  pseudonyms: ObjectPseudonyms,
): QueryPlan | null {
  const objects: Named[] = []
  let limit = -1
  let offset = -1
  for (const [at, { name, isMatrix, kind }] of parameters.entries()) {
    const paging = pagingOf(name)
    if (paging !== Paging.none && kind === Kind.int) {
      if (paging === Paging.limit && limit < 0) limit = at
      if (paging === Paging.offset && offset < 0) offset = at
      continue
    }
    const entry = entries.indexOf(`${isMatrix ? ";" : ""}${name}:${KIND_NAMES[kind]}`)
    const says = name.includes("{") ? Says.never : saysOf(name)
    const isNamed = says === Says.id || (says === Says.text && kind !== Kind.int)
    if (entry < 0 || says === Says.never || !(ANY_NAME.has(kind) || (isNamed && ID_NAME.has(kind)))) continue
    objects.push({ at, entry, isNumeric: kind === Kind.int || kind === Kind.serial, isStrong: ANY_NAME.has(kind) })
  }
  if (objects.length === 0 && limit < 0 && offset < 0) return null
  return new QueryPlan(objects, limit, offset, entries.length, pseudonyms)
}

/** log2 of a number of digits only, -1 for anything else. */
function magnitude(bytes: Uint8Array, query: QueryNames, at: number): number {
  const start = query.valueStart[at]!
  const end = query.valueEnd[at]!
  const number = numberAtEnd(bytes, start, end)
  return number < 0 ? -1 : number < 2 ? 0 : floorLog2(number)
}

const decoded = new Uint8Array(ID_BYTES_MAX + 1)

/** True when the value is an id, its escapes undone; its text is then at hand. */
function findId(bytes: Uint8Array, start: number, end: number, isKnown: boolean): boolean {
  for (let i = start; i < end; i++)
    if (bytes[i] === PERCENT || (bytes[i] === PLUS && i > start))
      return isId(decoded, 0, decodeValue(bytes, start, end, decoded, decoded.length), isKnown)
  return isId(bytes, start, end, isKnown)
}
