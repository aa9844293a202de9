// What is counted of exchanges: of one route, or added up over the routes of an endpoint.
//
// In:  exchanges, in any order of time; what other routes counted.
// Out: the part of a record that tells of them. Nothing depends on the order of exchanges but which of too many keys found a place,
// and which exchanges were the first of something: those are kept as samples. Everything can be added up, so that routes can be regrouped at any time.
import { type ApiEvent, PROTOCOL_NAMES, STATE_NAMES } from "../../shared/event/api-event.ts"
import type { TrafficRecord } from "../store/records.ts"
import { isAccepted, isProof } from "./answer.ts"
import { AuthFacts } from "./auth-facts.ts"
import { BoundedCounts, namedCounts } from "./bounded-counts.ts"
import { CallFacts } from "./call-facts.ts"
import { type InventoryLimits, type LimitCounters, limitCounters } from "./limits.ts"
import { LOSSY_FLAGS } from "./lossy.ts"
import { Parameters } from "./parameters.ts"
import { SameExchange } from "./same-exchange.ts"
import { parameterReason, type Reason, schemeReason, shapeReason, statusReason, typeReason } from "./sample-reasons.ts"
import { Samples } from "./samples.ts"
import { BodySchemas } from "./schema/body-schemas.ts"
import { NO_SHAPE_TEXTS, type ShapeTexts } from "./shape-notes.ts"
import { addSketches, noSketches, type SketchRecord } from "./sketches.ts"

export class Traffic {
  /** Whether it was ever answered with success. */
  isProven = false
  firstSeenUs = Number.POSITIVE_INFINITY
  lastSeenUs = Number.NEGATIVE_INFINITY
  requests = 0
  errors = 0
  lossy = 0
  conversations = 0
  readonly parameters: Parameters
  readonly samples: Samples
  readonly #states: number[] = STATE_NAMES.map(() => 0)
  readonly #protocols: number[] = PROTOCOL_NAMES.map(() => 0)
  #statuses: BoundedCounts<number>
  #requestTypes: BoundedCounts<string>
  #responseTypes: BoundedCounts<string>
  #schemes: BoundedCounts<string>
  #anomalies: BoundedCounts<number>
  #dataClasses: BoundedCounts<string>
  #shapes: BoundedCounts<number>
  #requestShapes: BoundedCounts<number>
  /** Grow when the lines of endpoint-hours.ts are put together. */
  readonly sketches: SketchRecord
  #requestMessages = 0
  #responseMessages = 0
  readonly #outcomes: BoundedCounts<number>
  readonly #calls: CallFacts
  readonly #auth: AuthFacts
  readonly bodies: BodySchemas
  readonly #texts: ShapeTexts
  readonly #reached: LimitCounters
  readonly #same = new SameExchange()
  /** The last request was not like the one before: it may be the first of something. */
  #isOther = false
  /** What `distinct` was when a request was last the first of something. */
  #known = 0
  #newParameters: Reason[] = []

  constructor(
    limits: InventoryLimits,
    reached: LimitCounters,
    record?: TrafficRecord,
    texts: ShapeTexts = NO_SHAPE_TEXTS,
  ) {
    this.#reached = reached
    this.#texts = texts
    this.#statuses = BoundedCounts.ofNumbers(limits.statuses, record?.statuses)
    this.#requestTypes = BoundedCounts.ofTexts(limits.contentTypes, record?.requestTypes)
    this.#responseTypes = BoundedCounts.ofTexts(limits.contentTypes, record?.responseTypes)
    this.#schemes = BoundedCounts.ofTexts(limits.facts, record?.schemes)
    this.#anomalies = BoundedCounts.ofNumbers(limits.facts, record?.anomalies)
    this.#dataClasses = BoundedCounts.ofTexts(limits.facts, record?.dataClasses)
    this.#shapes = BoundedCounts.ofNumbers(limits.shapes, record?.shapes)
    this.#requestShapes = BoundedCounts.ofNumbers(limits.shapes, record?.requestShapes)
    this.#outcomes = BoundedCounts.ofNumbers(limits.statuses, record?.outcomes)
    this.#auth = new AuthFacts(record?.auth)
    this.bodies = new BodySchemas(limits, reached, texts, record?.bodies)
    this.#calls = new CallFacts(limits, reached, record?.calls)
    this.sketches = record === undefined ? noSketches() : sketchesOf(record)
    this.samples = new Samples(record?.samples)
    this.parameters = new Parameters(limits, reached, record?.parameters)
    if (record !== undefined) this.#restore(record)
    this.#known = this.#distinct
  }

  count(event: ApiEvent): void {
    this.requests++
    this.#see(event)
    const same = this.#same
    if (same.isLike(event)) same.times++
    else {
      this.#addSame()
      same.turnTo(event)
      this.#countNamed(same, 1)
      this.#isOther = true
    }
    if (same.isError) this.errors++
    if (same.isProof) this.#auth.count(event)
    this.bodies.count(event)
    if (event.queryValues.length > 0 && isAccepted(event)) this.parameters.countValues(event)
    this.#countCall(event)
    if (event.anomalies.length > 0) this.#countAnomalies(event)
    if (event.requestClasses.length > 0) this.#countClasses("request", event.requestClasses)
    if (event.responseClasses.length > 0) this.#countClasses("response", event.responseClasses)
  }

  /** A WebSocket conversation that one of its requests opened. */
  countConversation(event: ApiEvent): void {
    this.conversations++
    if ((event.flags & LOSSY_FLAGS) !== 0) this.lossy++
    this.#see(event)
    this.#protocols[event.operation.protocol]!++
    if (isProof(event.status)) this.isProven = true
    this.#countCall(event)
    if (event.outcome >= 0 && !this.#outcomes.add(event.outcome)) this.#reached.statuses++
    if (event.anomalies.length > 0) this.#countAnomalies(event)
  }

  /** `consumers`: how many there are is known to whoever it belongs to. */
  record(consumers: number): TrafficRecord {
    this.#addSame()
    return {
      firstSeenUs: this.isEmpty ? 0 : this.firstSeenUs,
      lastSeenUs: this.isEmpty ? 0 : this.lastSeenUs,
      requests: this.requests,
      errors: this.errors,
      lossy: this.lossy,
      states: namedCounts(STATE_NAMES, this.#states),
      statuses: this.#statuses.record(),
      requestTypes: this.#requestTypes.record(),
      responseTypes: this.#responseTypes.record(),
      schemes: this.#schemes.record(),
      auth: this.#auth.record(),
      bodies: this.bodies.records(),
      samples: this.samples.records(),
      anomalies: this.#anomalies.record(),
      dataClasses: this.#dataClasses.record(),
      shapes: this.#shapes.record(),
      requestShapes: this.#requestShapes.record(),
      protocols: namedCounts(PROTOCOL_NAMES, this.#protocols),
      outcomes: this.#outcomes.record(),
      calls: this.#calls.record(),
      conversations: this.conversations,
      requestMessages: this.#requestMessages,
      responseMessages: this.#responseMessages,
      parameters: this.parameters.records(),
      consumers,
      ...this.sketches,
    }
  }

  /** A parameter that none of its requests had carried before, or not with a value of this kind. */
  noteParameter(place: string, name: string, kind: string): void {
    this.#newParameters.push(parameterReason(place, name, kind))
  }

  /** What the request that was counted last was the first of; null for nothing. */
  takeReasons({ status, request, response, identity }: ApiEvent): Reason[] | null {
    if (!this.#isOther && this.#newParameters.length === 0) return null
    this.#isOther = false
    const known = this.#distinct
    if (known === this.#known && this.#newParameters.length === 0) return null
    this.#addSame()
    this.#known = known
    const reasons: Reason[] = this.#newParameters
    this.#newParameters = []
    if (this.#statuses.get(status) === 1) reasons.push(statusReason(status))
    if (this.#schemes.get(identity.scheme) === 1) reasons.push(schemeReason(identity.scheme))
    if (this.#requestTypes.get(request.contentType) === 1) reasons.push(typeReason("request", request.contentType))
    if (this.#responseTypes.get(response.contentType) === 1) reasons.push(typeReason("response", response.contentType))
    if (this.#requestShapes.get(request.fullShape) === 1) reasons.push(shapeReason("request"))
    if (this.#shapes.get(response.fullShape) === 1) reasons.push(shapeReason("response"))
    return reasons.length === 0 ? null : reasons
  }

  /** Statuses, types, shapes and schemes so far: more after an exchange that was the first of something. */
  get #distinct(): number {
    return (
      this.#statuses.size +
      this.#requestTypes.size +
      this.#responseTypes.size +
      this.#requestShapes.size +
      this.#shapes.size +
      this.#schemes.size
    )
  }

  /** Adds what another counted. */
  merge(other: Traffic): void {
    this.#addSame()
    other.#addSame()
    const reached = this.#reached
    this.isProven ||= other.isProven
    this.firstSeenUs = Math.min(this.firstSeenUs, other.firstSeenUs)
    this.lastSeenUs = Math.max(this.lastSeenUs, other.lastSeenUs)
    this.requests += other.requests
    this.errors += other.errors
    this.lossy += other.lossy
    this.conversations += other.conversations
    this.#requestMessages += other.#requestMessages
    this.#responseMessages += other.#responseMessages
    addAll(this.#states, other.#states)
    addAll(this.#protocols, other.#protocols)
    reached.statuses += this.#statuses.merge(other.#statuses) + this.#outcomes.merge(other.#outcomes)
    reached.contentTypes +=
      this.#requestTypes.merge(other.#requestTypes) + this.#responseTypes.merge(other.#responseTypes)
    reached.facts +=
      this.#schemes.merge(other.#schemes) +
      this.#anomalies.merge(other.#anomalies) +
      this.#dataClasses.merge(other.#dataClasses)
    reached.shapes += this.#shapes.merge(other.#shapes) + this.#requestShapes.merge(other.#requestShapes)
    this.#calls.merge(other.#calls)
    this.#auth.merge(other.#auth)
    this.bodies.merge(other.bodies)
    this.parameters.merge(other.parameters)
    this.samples.merge(other.samples)
    this.#known = this.#distinct
    addSketches(this.sketches, other.sketches)
  }

  /** Of several, added up. What finds no place in the sum is counted nowhere: it was counted where it is. */
  static sum(parts: readonly Traffic[], limits: InventoryLimits): Traffic {
    const sum = new Traffic(limits, limitCounters(), undefined, parts.length === 0 ? NO_SHAPE_TEXTS : parts[0]!.#texts)
    for (const part of parts) sum.merge(part)
    return sum
  }

  get isEmpty(): boolean {
    return !(this.requests > 0 || this.conversations > 0)
  }

  /** Those that were like the last one that differed. */
  #addSame(): void {
    const { times } = this.#same
    if (times > 0) this.#countNamed(this.#same, times)
    this.#same.times = 0
  }

  #countNamed(same: SameExchange, times: number): void {
    const reached = this.#reached
    const { status, outcome, requestType, responseType, requestShape, responseShape } = same
    if (same.isLossy) this.lossy += times
    this.#states[same.state]! += times
    this.#protocols[same.protocol]! += times
    if (status !== 0 && !this.#statuses.add(status, times)) reached.statuses += times
    if (outcome >= 0 && !this.#outcomes.add(outcome, times)) reached.statuses += times
    if (same.isProof) {
      this.isProven = true
      if (!this.#schemes.add(same.scheme, times)) reached.facts += times
    }
    if (requestType !== "" && !this.#requestTypes.add(requestType, times)) reached.contentTypes += times
    if (responseType !== "" && !this.#responseTypes.add(responseType, times)) reached.contentTypes += times
    if (requestShape !== 0 && !this.#requestShapes.add(requestShape, times)) reached.shapes += times
    if (responseShape !== 0 && !this.#shapes.add(responseShape, times)) reached.shapes += times
  }

  #see({ startUs }: ApiEvent): void {
    if (startUs < this.firstSeenUs) this.firstSeenUs = startUs
    if (startUs > this.lastSeenUs) this.lastSeenUs = startUs
  }

  #countCall(event: ApiEvent): void {
    this.#calls.count(event)
    if (event.requestMessages > 0) this.#requestMessages += event.requestMessages
    if (event.responseMessages > 0) this.#responseMessages += event.responseMessages
  }

  #countAnomalies(event: ApiEvent): void {
    for (const code of event.anomalies) if (!this.#anomalies.add(code)) this.#reached.facts++
  }

  #countClasses(direction: string, classes: readonly string[]): void {
    for (const entry of classes) {
      const end = entry.indexOf("=")
      if (!this.#dataClasses.add(`${direction}:${end < 0 ? entry : entry.slice(0, end)}`)) this.#reached.facts++
    }
  }

  #restore(record: TrafficRecord): void {
    if (record.requests > 0 || record.conversations > 0) {
      this.firstSeenUs = record.firstSeenUs
      this.lastSeenUs = record.lastSeenUs
    }
    this.requests = record.requests
    this.errors = record.errors
    this.lossy = record.lossy
    this.conversations = record.conversations
    this.#requestMessages = record.requestMessages
    this.#responseMessages = record.responseMessages
    STATE_NAMES.forEach((name, i) => {
      this.#states[i] = record.states[name] ?? 0
    })
    PROTOCOL_NAMES.forEach((name, i) => {
      this.#protocols[i] = record.protocols[name] ?? 0
    })
    // Schemes are counted on proof only.
    this.isProven = this.#schemes.size > 0 || record.conversations > 0
  }
}

function addAll(sums: number[], counts: readonly number[]): void {
  for (let i = 0; i < counts.length; i++) sums[i]! += counts[i]!
}

function sketchesOf({ latencyUs, requestBytes, responseBytes, items }: TrafficRecord): SketchRecord {
  return { latencyUs, requestBytes, responseBytes, items }
}
