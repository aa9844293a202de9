// The query, header and cookie parameters of a route (those of paths follow from templates: path-parameters.ts): from what an operation says ("expand:word") to what is counted.
//
// In:  operations of the endpoint, once for each distinct operation of a batch.
// Out: for each, the parameters of query, headers and cookies that it uses; those of the path follow from the template
// (path-parameters.ts). What an entry means is remembered, because most batches say the same again.
// Given up: past `parameters`, further names are counted under that limit only.
import type { ApiEvent, Operation } from "../../shared/event/api-event.ts"
import type { ParameterRecord } from "../store/records.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import { Parameter, type ParameterPlace, type ParameterSight, type ParameterUse } from "./parameter.ts"

/** Entries remembered, for each parameter that there may be: one a kind that it usually has. */
const ENTRIES_PER_PARAMETER = 2

type OnNew = (parameter: Parameter, kind: string, isNew: boolean) => void

const NO_USES: readonly ParameterUse[] = []

export class Parameters {
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #byKey = new Map<string, Parameter>()
  readonly #query = new Map<string, ParameterUse>()
  readonly #headers = new Map<string, ParameterUse>()
  readonly #cookies = new Map<string, ParameterUse>()
  /** The operation asked for last, and what it uses. */
  #last: Operation | null = null
  #lastUses: readonly ParameterUse[] = NO_USES
  /** Requests with these parameters that were not added to them yet. */
  #pendingUses: readonly ParameterUse[] = NO_USES
  #pending = nothingPending()
  /** The query whose values came last, and its parameters in order. */
  #valued: readonly string[] = []
  #valuedParameters: readonly (Parameter | null)[] = []

  constructor(limits: InventoryLimits, reached: LimitCounters, records: readonly ParameterRecord[] = []) {
    this.#limits = limits
    this.#reached = reached
    for (const record of records) {
      if (record.in === "path") continue
      this.#byKey.set(`${record.in} ${record.name}`, Parameter.from(record, limits))
    }
  }

  /** Of an operation with the same parameters as the last one; null for others. */
  knownUses({ query, headers, cookies }: Operation): readonly ParameterUse[] | null {
    if (query.length + headers.length + cookies.length === 0) return NO_USES
    const last = this.#last
    if (last === null || !isSame(query, last.query) || !isSame(headers, last.headers)) return null
    return isSame(cookies, last.cookies) ? this.#lastUses : null
  }

  /** `onNew` is told of what is met for the first time: parameters (`isNew`), and kinds of value of those that are known. */
  usesOf(operation: Operation, onNew: OnNew): readonly ParameterUse[] {
    const known = this.knownUses(operation)
    if (known !== null) return known
    const { query, headers, cookies } = operation
    const uses: ParameterUse[] = []
    for (const entry of query) this.#use("query", entry, this.#query, uses, onNew)
    for (const entry of headers) this.#use("header", entry, this.#headers, uses, onNew)
    for (const entry of cookies) this.#use("cookie", entry, this.#cookies, uses, onNew)
    if (uses.length === query.length + headers.length + cookies.length) {
      this.#last = operation
      this.#lastUses = uses
    }
    return uses
  }

  /** Requests with the parameters that usesOf gave, in one batch. Alike ones are added up until others come. */
  note(uses: readonly ParameterUse[], { requests, accepted, fromUs, toUs }: ParameterSight): void {
    if (uses !== this.#pendingUses) {
      this.#addPending()
      this.#pendingUses = uses
    }
    const pending = this.#pending
    pending.requests += requests
    pending.accepted += accepted
    if (fromUs < pending.fromUs) pending.fromUs = fromUs
    if (toUs > pending.toUs) pending.toUs = toUs
  }

  #addPending(): void {
    for (const { parameter, kind } of this.#pendingUses) parameter.note(kind, this.#pending, this.#reached)
    this.#pendingUses = NO_USES
    this.#pending = nothingPending()
  }

  /** The values of one request, once usesOf was asked for its operation. */
  countValues({ operation, queryValues }: ApiEvent): void {
    const { query } = operation
    if (!isSame(query, this.#valued)) {
      this.#valuedParameters = query.map((entry) => this.#query.get(entry)?.parameter ?? this.#known("query", entry))
      this.#valued = query
    }
    const parameters = this.#valuedParameters
    for (let k = 0; k < queryValues.length; k++)
      if (queryValues[k] !== 0) parameters[k]?.noteValue(queryValues[k]!, this.#reached)
  }

  /** Adds what another route counted. */
  merge(other: Parameters): void {
    this.#addPending()
    other.#addPending()
    for (const [key, parameter] of other.#byKey) {
      let known = this.#byKey.get(key)
      if (known === undefined) {
        if (this.#byKey.size >= this.#limits.parameters) {
          this.#reached.parameters += parameter.requests
          continue
        }
        known = new Parameter(parameter.in, parameter.name, this.#limits)
        this.#byKey.set(key, known)
      }
      known.merge(parameter, this.#reached)
    }
  }

  has(place: ParameterPlace, name: string): boolean {
    return this.#byKey.has(`${place} ${name}`)
  }

  records(): ParameterRecord[] {
    this.#addPending()
    return Array.from(this.#byKey.values(), (parameter) => parameter.record())
  }

  #use(
    place: ParameterPlace,
    entry: string,
    known: Map<string, ParameterUse>,
    uses: ParameterUse[],
    onNew: OnNew,
  ): void {
    let use = known.get(entry)
    if (use === undefined) {
      const end = entry.lastIndexOf(":")
      const count = this.#byKey.size
      const parameter = this.#parameter(place, nameOf(entry))
      if (parameter === null) return
      use = { parameter, kind: end < 0 ? "unknown" : entry.slice(end + 1) }
      if (parameter.meet(use.kind)) onNew(parameter, use.kind, this.#byKey.size > count)
      if (known.size < this.#limits.parameters * ENTRIES_PER_PARAMETER) known.set(entry, use)
    }
    uses.push(use)
  }

  #known(place: ParameterPlace, entry: string): Parameter | null {
    return this.#byKey.get(`${place} ${nameOf(entry)}`) ?? null
  }

  #parameter(place: ParameterPlace, name: string): Parameter | null {
    const key = `${place} ${name}`
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    if (this.#byKey.size >= this.#limits.parameters) {
      this.#reached.parameters++
      return null
    }
    const parameter = new Parameter(place, name, this.#limits)
    this.#byKey.set(key, parameter)
    return parameter
  }
}

function nothingPending() {
  return { requests: 0, accepted: 0, fromUs: Number.POSITIVE_INFINITY, toUs: Number.NEGATIVE_INFINITY }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** "expand:word" is the parameter "expand". */
function nameOf(entry: string): string {
  const end = entry.lastIndexOf(":")
  return end < 0 ? entry : entry.slice(0, end)
}
