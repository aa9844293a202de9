// The query, header and cookie parameters of a route (those of paths follow from templates: path-parameters.ts): from what an operation says ("expand:word") to what is counted.
//
// In:  operations of the endpoint, once for each distinct operation of a batch.
// Out: for each, the parameters of query, headers and cookies that it uses; those of the path follow from the template
// (path-parameters.ts). What an entry means is remembered, because most batches say the same again.
// Given up: past `parameters`, further names are counted under that limit only.
import type { ApiEvent, Operation } from "../../shared/event/api-event.ts"
import type { ParameterRecord } from "../store/records.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import { Parameter, type ParameterPlace, type ParameterUse } from "./parameter.ts"

/** Entries remembered, for each parameter that there may be: one a kind that it usually has. */
const ENTRIES_PER_PARAMETER = 2

const NO_USES: readonly ParameterUse[] = []

export class Parameters {
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #byKey = new Map<string, Parameter>()
  readonly #query = new Map<string, ParameterUse>()
  readonly #headers = new Map<string, ParameterUse>()
  readonly #cookies = new Map<string, ParameterUse>()
  /** The operation whose values came last, and the parameters of its query and headers in order. */
  #valued: Operation | null = null
  #valuedParameters: readonly (Parameter | null)[] = []

  constructor(limits: InventoryLimits, reached: LimitCounters, records: readonly ParameterRecord[] = []) {
    this.#limits = limits
    this.#reached = reached
    for (const record of records) {
      if (record.in === "path") continue
      this.#byKey.set(`${record.in} ${record.name}`, Parameter.from(record, limits))
    }
  }

  /** `onNew` is told of parameters met for the first time. */
  usesOf(operation: Operation, onNew: (parameter: Parameter) => void): readonly ParameterUse[] {
    const { query, headers, cookies } = operation
    if (query.length + headers.length + cookies.length === 0) return NO_USES
    const uses: ParameterUse[] = []
    for (const entry of query) this.#use("query", entry, this.#query, uses, onNew)
    for (const entry of headers) this.#use("header", entry, this.#headers, uses, onNew)
    for (const entry of cookies) this.#use("cookie", entry, this.#cookies, uses, onNew)
    return uses
  }

  /** The values of one request, once usesOf was asked for its operation. */
  countValues({ operation, queryValues }: ApiEvent): void {
    if (operation !== this.#valued) {
      this.#valued = operation
      this.#valuedParameters = operation.query.map(
        (entry) => this.#query.get(entry)?.parameter ?? this.#known("query", entry),
      )
    }
    const parameters = this.#valuedParameters
    for (let k = 0; k < queryValues.length; k++)
      if (queryValues[k] !== 0) parameters[k]?.noteValue(queryValues[k]!, this.#reached)
  }

  /** Adds what another route counted. */
  merge(other: Parameters): void {
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
    return Array.from(this.#byKey.values(), (parameter) => parameter.record())
  }

  #use(
    place: ParameterPlace,
    entry: string,
    known: Map<string, ParameterUse>,
    uses: ParameterUse[],
    onNew: (parameter: Parameter) => void,
  ): void {
    let use = known.get(entry)
    if (use === undefined) {
      const end = entry.lastIndexOf(":")
      const parameter = this.#parameter(place, nameOf(entry), onNew)
      if (parameter === null) return
      use = { parameter, kind: end < 0 ? "unknown" : entry.slice(end + 1) }
      if (known.size < this.#limits.parameters * ENTRIES_PER_PARAMETER) known.set(entry, use)
    }
    uses.push(use)
  }

  #known(place: ParameterPlace, entry: string): Parameter | null {
    return this.#byKey.get(`${place} ${nameOf(entry)}`) ?? null
  }

  #parameter(place: ParameterPlace, name: string, onNew: (parameter: Parameter) => void): Parameter | null {
    const key = `${place} ${name}`
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    if (this.#byKey.size >= this.#limits.parameters) {
      this.#reached.parameters++
      return null
    }
    const parameter = new Parameter(place, name, this.#limits)
    this.#byKey.set(key, parameter)
    onNew(parameter)
    return parameter
  }
}

/** "expand:word" is the parameter "expand". */
function nameOf(entry: string): string {
  const end = entry.lastIndexOf(":")
  return end < 0 ? entry : entry.slice(0, end)
}
