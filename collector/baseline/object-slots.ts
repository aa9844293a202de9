// What the ids of an operation name: for each place where it carries one, the kind of object, as a 32-bit number.
//
//   GET /v1/orders/{int}/lines/{int}?customer=int     orders, lines, ?customer of the service     gives: (no list)
//   GET /v1/customers/{int}/orders                    customers                                   gives: orders
//
// Two operations mean the same kind when the same text stands before the id: what is asked for at /orders/{int} is known at
// /orders/{int}/lines. Dates, numbers with a point, tokens and positions of pages are no objects. A token that travels as text counts
// only where the template has a parameter.
import type { ApiEvent, Operation } from "../../shared/event/api-event.ts"
import type { EndpointSubject } from "./subjects.ts"

export interface ObjectSlots {
  readonly template: string
  /** Kind of the k-th of `objects`, `weakObjects`, `queryObjects`; 0: it names nothing. */
  readonly strong: readonly number[]
  readonly weak: readonly number[]
  readonly query: readonly number[]
  /** Kind of what its answers list: the last text of the path, where no id follows; 0 for none. */
  readonly given: number
  /** Kind of the last id of the path that names something, of those that travel as text only where no other does; 0 for none. */
  readonly last: number
}

export const NO_SLOTS: ObjectSlots = { template: "", strong: [], weak: [], query: [], given: 0, last: 0 }

/** Kinds of value that identify something for longer than a request. */
const IDENTIFYING = new Set("int uuid hex ulid email phone base64 id serial".split(" "))
/** Parameters that say which part of a list, or from when. */
const POSITION =
  /^(?:page|offset|limit|skip|start|first|last|top|count|size|take|from|to|since|until|before|after|per_?page|page_?\w+|start_?\w+|max_?\w+|\w*(?:cursor|token|date|time|_at|limit|offset|version))$/i
const VERSION = /^v\d/i

/** Forms of requests (path and query) remembered of an endpoint; the one met first makes place. */
const FORMS_MAX = 8

interface Form {
  /** The first record that had it. Later ones are compared by text: to keep them would make each batch outlive its time. */
  readonly operation: Operation
  readonly slots: ObjectSlots
}

/** Slots of the operations that endpoints have shown lately. */
export class SlotTable {
  /** By ordinal of the endpoint, latest first. */
  readonly #known: Form[][] = []

  of(event: ApiEvent, endpoint: EndpointSubject): ObjectSlots {
    const { operation } = event
    const forms = this.#known[endpoint.ordinal] ?? this.#add(endpoint)
    for (const form of forms) {
      if (form.slots.template !== endpoint.template) continue
      if (form.operation.path === operation.path && isSame(form.operation.query, operation.query)) return form.slots
    }
    const slots = slotsOf(operation, endpoint)
    if (forms.length >= FORMS_MAX) forms.shift()
    forms.push({ operation, slots })
    return slots
  }

  #add({ ordinal }: EndpointSubject): Form[] {
    const forms: Form[] = []
    while (this.#known.length < ordinal) this.#known.push([])
    this.#known[ordinal] = forms
    return forms
  }
}

/** Whether two lists have the same texts in the same order. */
export function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

export function slotsOf({ path, query }: Operation, { serviceName, template }: EndpointSubject): ObjectSlots {
  const strong: number[] = []
  const weak: number[] = []
  const segments = path.split("/")
  const parameters = template.split("/")
  const isAligned = segments.length === parameters.length
  let name = ""
  let isList = false
  for (const [i, segment] of segments.entries()) {
    const isParameter = isAligned && parameters[i]!.includes("{")
    if (segment.includes("{")) {
      const text = segment.slice(0, segment.indexOf("{")).replace(/\W+$/, "")
      if (text !== "") name = text
      // "{~" begins what was hidden: no object.
      for (const [, kind] of segment.matchAll(/\{([^{}~][^{}]*)\}/g))
        strong.push(IDENTIFYING.has(kind!) ? kindNumber(serviceName, name) : 0)
      isList = false
    } else if (segment !== "") {
      if (/\d/.test(segment) && !VERSION.test(segment)) weak.push(isParameter ? kindNumber(serviceName, name) : 0)
      if (!isParameter) name = segment
      isList = !isParameter
    }
  }
  return {
    template,
    strong,
    weak,
    query: query.map((entry) => {
      const [parameter = "", kind = ""] = entry.split(":")
      return POSITION.test(parameter) || !IDENTIFYING.has(kind) ? 0 : kindNumber(serviceName, `?${parameter}`)
    }),
    given: isList ? kindNumber(serviceName, name) : 0,
    last: (strong.findLast((each) => each !== 0) ?? weak.findLast((each) => each !== 0)) || 0,
  }
}

/** FNV-1a; never 0. By the name of the service: its id is drawn at random, and two runs over one capture would differ. */
function kindNumber(service: string, name: string): number {
  let hash = 0x811c9dc5
  for (const text of [service, "/", name.toLowerCase()])
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0 || 1
}
