// What was measured on each route in each hour of event time since the last checkpoint, waiting to be added to the store.
//
// In:  exchanges with their route, in any order of time. Out: increments by hour, with sketches of latency, sizes and items; the same
//      sketches to the route, for all time.
//
//   exchange --> a line in columns of numbers --full, or taken--> lines of one route and hour together --> sketches --> EndpointHour
//
// Lines cost an exchange 20 ns and no object; a sketch for each quantity of each route would cost four windows of counters. Given up:
// past `pendingEndpointHours` (route, hour) pairs, exchanges that need another one are counted under that limit only.
import { grown } from "../../shared/bytes/grown.ts"
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { State } from "../../shared/event/api-event.ts"
import { sketchOf } from "../../shared/sketch/sketch-of-values.ts"
import type { EndpointHour } from "../store/records.ts"
import { isConversation, isError } from "./answer.ts"
import type { LimitCounters } from "./limits.ts"
import { LOSSY_FLAGS } from "./lossy.ts"
import { HOUR_US, windowStart } from "./pair-counts.ts"
import { addSketches, noSketches, type SketchRecord } from "./sketches.ts"

/** Lines held before they are put together: 1.5 MB. */
const LINES = 32_768
/** Lines that there is room for in the beginning; doubled up to LINES. */
const LINES_MIN = 512
/** Bits of a line's marks. */
const REQUEST = 1
const ERROR = 2
const LOSSY = 4

/** What a column says of an exchange that has no such number. */
const NONE = -1

interface RouteName {
  readonly id: string
  /** What it measured so far. */
  readonly traffic: { readonly sketches: SketchRecord }
  /** Small, and the route's alone. */
  readonly ordinal: number
}

export class EndpointHours {
  readonly #max: number
  readonly #reached: LimitCounters
  /** Places of the routes met since the last `take`, from 1, by ordinal; 0 for the others. */
  #places = new Int32Array(1024)
  #routes: RouteName[] = []
  /** Hours put together so far, by place of their route. */
  #hours: Map<number, EndpointHour>[] = []
  #hoursCount = 0
  #lines = 0
  #placeOf = new Int32Array(LINES_MIN)
  #marks = new Uint8Array(LINES_MIN)
  #startUs = new Float64Array(LINES_MIN)
  #latencyUs = new Float64Array(LINES_MIN)
  #requestBytes = new Float64Array(LINES_MIN)
  #responseBytes = new Float64Array(LINES_MIN)
  #items = new Float64Array(LINES_MIN)
  /** Lines in the order of their routes' places. */
  #order = new Int32Array(LINES_MIN)
  #values = new Float64Array(LINES_MIN)

  constructor(pendingEndpointHoursMax: number, reached: LimitCounters) {
    this.#max = pendingEndpointHoursMax
    this.#reached = reached
  }

  /** Routes and hours that wait, but for the lines not yet put together. */
  get hours(): number {
    return this.#hoursCount
  }

  count(route: RouteName, event: ApiEvent): void {
    if (this.#lines === this.#placeOf.length) this.#makeRoom()
    const line = this.#lines++
    const known = route.ordinal < this.#places.length ? this.#places[route.ordinal]! : 0
    this.#placeOf[line] = (known === 0 ? this.#addPlace(route) : known) - 1
    const isRequest = !isConversation(event)
    let marks = (event.flags & LOSSY_FLAGS) !== 0 ? LOSSY : 0
    if (isRequest) marks |= isError(event) ? REQUEST | ERROR : REQUEST
    this.#marks[line] = marks
    this.#startUs[line] = event.startUs
    const isWhole = isRequest && event.state === State.complete
    this.#latencyUs[line] = isRequest ? event.firstByteUs : NONE
    this.#items[line] = isRequest ? event.items : NONE
    this.#requestBytes[line] = isWhole ? event.requestBytes : NONE
    this.#responseBytes[line] = isWhole ? event.responseBytes : NONE
  }

  /** Everything counted since the last call. */
  take(): EndpointHour[] {
    this.settle()
    const hours = this.#hours.flatMap((ofRoute) => [...ofRoute.values()])
    for (const { ordinal } of this.#routes) this.#places[ordinal] = 0
    this.#routes = []
    this.#hours = []
    this.#hoursCount = 0
    return hours
  }

  #addPlace(route: RouteName): number {
    if (route.ordinal >= this.#places.length) this.#places = grown(this.#places, new Int32Array(route.ordinal * 2))
    this.#routes.push(route)
    this.#hours.push(new Map())
    this.#places[route.ordinal] = this.#routes.length
    return this.#routes.length
  }

  #makeRoom(): void {
    if (this.#lines >= LINES) {
      this.settle()
      return
    }
    const lines = this.#lines * 2
    this.#placeOf = grown(this.#placeOf, new Int32Array(lines))
    this.#marks = grown(this.#marks, new Uint8Array(lines))
    this.#startUs = grown(this.#startUs, new Float64Array(lines))
    this.#latencyUs = grown(this.#latencyUs, new Float64Array(lines))
    this.#requestBytes = grown(this.#requestBytes, new Float64Array(lines))
    this.#responseBytes = grown(this.#responseBytes, new Float64Array(lines))
    this.#items = grown(this.#items, new Float64Array(lines))
    // Filled whenever lines are put together.
    this.#order = new Int32Array(lines)
    this.#values = new Float64Array(lines)
  }

  /** Puts the lines together: routes have measured what they have counted. */
  settle(): void {
    if (this.#lines === 0) return
    const ends = this.#sortByPlace()
    let start = 0
    for (const [place, end] of ends.entries()) {
      if (end > start) this.#foldRoute(place, start, end)
      start = end
    }
    this.#lines = 0
  }

  /** Fills `order`; gives where the lines of each place end in it. */
  #sortByPlace(): Int32Array {
    const ends = new Int32Array(this.#routes.length)
    for (let line = 0; line < this.#lines; line++) ends[this.#placeOf[line]!]!++
    let before = 0
    for (let place = 0; place < ends.length; place++) {
      const lines = ends[place]!
      ends[place] = before
      before += lines
    }
    for (let line = 0; line < this.#lines; line++) this.#order[ends[this.#placeOf[line]!]!++] = line
    return ends
  }

  /** Lines [start, end) of `order`: of one route, mostly of one hour. */
  #foldRoute(place: number, start: number, end: number): void {
    const lines = this.#order.subarray(start, end)
    const hourOf = (line: number): number => windowStart(this.#startUs[line]!, HOUR_US)
    const first = hourOf(lines[0]!)
    if (lines.some((line) => hourOf(line) !== first)) lines.sort((a, b) => hourOf(a) - hourOf(b) || a - b)
    let from = 0
    while (from < lines.length) {
      const windowUs = hourOf(lines[from]!)
      let to = from + 1
      while (to < lines.length && hourOf(lines[to]!) === windowUs) to++
      this.#foldHour(place, windowUs, lines.subarray(from, to))
      from = to
    }
  }

  #foldHour(place: number, windowUs: number, lines: Int32Array): void {
    const sketches: SketchRecord = {
      latencyUs: this.#sketch(this.#latencyUs, lines),
      requestBytes: this.#sketch(this.#requestBytes, lines),
      responseBytes: this.#sketch(this.#responseBytes, lines),
      items: this.#sketch(this.#items, lines),
    }
    addSketches(this.#routes[place]!.traffic.sketches, sketches)
    const hour = this.#hourOf(place, windowUs)
    if (hour === null) {
      this.#reached.pendingEndpointHours += lines.length
      return
    }
    for (const line of lines) {
      const marks = this.#marks[line]!
      if ((marks & REQUEST) !== 0) hour.requests++
      if ((marks & ERROR) !== 0) hour.errors++
      if ((marks & LOSSY) !== 0) hour.lossy++
    }
    addSketches(hour, sketches)
  }

  /** Null when there is no place for one more. */
  #hourOf(place: number, windowUs: number): EndpointHour | null {
    const ofRoute = this.#hours[place]!
    const known = ofRoute.get(windowUs)
    if (known !== undefined) return known
    if (this.#hoursCount >= this.#max) return null
    const hour = emptyHour(this.#routes[place]!.id, windowUs)
    ofRoute.set(windowUs, hour)
    this.#hoursCount++
    return hour
  }

  #sketch(column: Float64Array, lines: Int32Array): Uint8Array {
    let values = 0
    for (const line of lines) {
      const value = column[line]!
      if (value >= 0) this.#values[values++] = value
    }
    return sketchOf(this.#values, values)
  }
}

function emptyHour(endpoint: string, windowUs: number): EndpointHour {
  return { endpoint, windowUs, requests: 0, errors: 0, lossy: 0, ...noSketches() }
}
