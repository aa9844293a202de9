// What is counted of exchanges: of one route, or added up over the routes of an endpoint.
//
// In:  exchanges, in any order of time; what other routes counted.
// Out: the part of a record that tells of them. Nothing depends on the order of exchanges but which of too many keys found a place,
// and which exchanges were the first of something: those are kept as samples. Everything can be added up, so that routes can be regrouped at any time.
import { type ApiEvent, PROTOCOL_NAMES, STATE_NAMES, State } from "../../shared/event/api-event.ts"
import { QuantileSketch } from "../../shared/sketch/quantile-sketch.ts"
import type { TrafficRecord } from "../store/records.ts"
import { answerOf, isAccepted, isError, isProof } from "./answer.ts"
import { AuthFacts } from "./auth-facts.ts"
import { BoundedCounts, namedCounts } from "./bounded-counts.ts"
import { CallFacts } from "./call-facts.ts"
import { type InventoryLimits, type LimitCounters, limitCounters } from "./limits.ts"
import { LOSSY_FLAGS } from "./lossy.ts"
import { Parameters } from "./parameters.ts"
import { type Reason, Samples } from "./samples.ts"
import { BodySchemas } from "./schema/body-schemas.ts"
import { NO_SHAPE_TEXTS, type ShapeTexts } from "./shape-notes.ts"

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
  #latencyUs = new QuantileSketch()
  #requestBytes = new QuantileSketch()
  #responseBytes = new QuantileSketch()
  #items = new QuantileSketch()
  #requestMessages = 0
  #responseMessages = 0
  readonly #outcomes: BoundedCounts<number>
  readonly #calls: CallFacts
  readonly #auth: AuthFacts
  readonly bodies: BodySchemas
  readonly #texts: ShapeTexts
  readonly #reached: LimitCounters
  /** What `distinct` was after the last request. */
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
    this.samples = new Samples(record?.samples)
    this.parameters = new Parameters(limits, reached, record?.parameters)
    if (record !== undefined) this.#restore(record)
    this.#known = this.#distinct
  }

  count(event: ApiEvent): void {
    const { status } = event
    this.requests++
    if (isError(event)) this.errors++
    if ((event.flags & LOSSY_FLAGS) !== 0) this.lossy++
    this.#see(event)
    this.#states[event.state]!++
    this.#protocols[event.operation.protocol]!++
    if (status !== 0 && !this.#statuses.add(status)) this.#reached.statuses++
    if (isProof(answerOf(event))) {
      this.isProven = true
      if (!this.#schemes.add(event.identity.scheme)) this.#reached.facts++
    }
    this.#auth.count(event)
    this.bodies.count(event)
    if (event.queryValues.length > 0 && isAccepted(event)) this.parameters.countValues(event)
    this.#countForms(event)
    this.#countCall(event)
    if (event.anomalies.length > 0) this.#countAnomalies(event)
    if (event.requestClasses.length > 0) this.#countClasses("request", event.requestClasses)
    if (event.responseClasses.length > 0) this.#countClasses("response", event.responseClasses)
    if (event.firstByteUs >= 0) this.#latencyUs.add(event.firstByteUs)
    if (event.items >= 0) this.#items.add(event.items)
    if (event.state === State.complete) {
      this.#requestBytes.add(event.requestBytes)
      this.#responseBytes.add(event.responseBytes)
    }
  }

  /** A WebSocket conversation that one of its requests opened. */
  countConversation(event: ApiEvent): void {
    this.conversations++
    if ((event.flags & LOSSY_FLAGS) !== 0) this.lossy++
    this.#see(event)
    this.#protocols[event.operation.protocol]!++
    if (isProof(event.status)) this.isProven = true
    this.#countCall(event)
    if (event.anomalies.length > 0) this.#countAnomalies(event)
  }

  /** `consumers`: how many there are is known to whoever it belongs to. */
  record(consumers: number): TrafficRecord {
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
      latencyUs: this.#latencyUs.toBytes(),
      requestBytes: this.#requestBytes.toBytes(),
      responseBytes: this.#responseBytes.toBytes(),
      items: this.#items.toBytes(),
    }
  }

  /** A parameter that none of its requests had carried before. */
  noteParameter(place: string, name: string): void {
    this.#newParameters.push(`parameter ${place} ${name}`)
  }

  /** What the request that was counted last was the first of; null for nothing. */
  takeReasons({ status, request, response, identity }: ApiEvent): Reason[] | null {
    const known = this.#distinct
    if (known === this.#known && this.#newParameters.length === 0) return null
    this.#known = known
    const reasons: Reason[] = this.#newParameters
    this.#newParameters = []
    if (this.#statuses.get(status) === 1) reasons.push(`status ${status}`)
    if (this.#schemes.get(identity.scheme) === 1) reasons.push(`scheme ${identity.scheme}`)
    if (this.#requestTypes.get(request.contentType) === 1) reasons.push(`type request ${request.contentType}`)
    if (this.#responseTypes.get(response.contentType) === 1) reasons.push(`type response ${response.contentType}`)
    if (this.#requestShapes.get(request.fullShape) === 1) reasons.push("shape request")
    if (this.#shapes.get(response.fullShape) === 1) reasons.push("shape response")
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
    this.#latencyUs.merge(other.#latencyUs)
    this.#requestBytes.merge(other.#requestBytes)
    this.#responseBytes.merge(other.#responseBytes)
    this.#items.merge(other.#items)
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

  #countForms(event: ApiEvent): void {
    const { request, response } = event
    const reached = this.#reached
    if (request.contentType !== "" && !this.#requestTypes.add(request.contentType)) reached.contentTypes++
    if (response.contentType !== "" && !this.#responseTypes.add(response.contentType)) reached.contentTypes++
    if (request.fullShape !== 0 && !this.#requestShapes.add(request.fullShape)) reached.shapes++
    if (response.fullShape !== 0 && !this.#shapes.add(response.fullShape)) reached.shapes++
  }

  #see({ startUs }: ApiEvent): void {
    if (startUs < this.firstSeenUs) this.firstSeenUs = startUs
    if (startUs > this.lastSeenUs) this.lastSeenUs = startUs
  }

  #countCall(event: ApiEvent): void {
    this.#calls.count(event)
    if (event.outcome >= 0 && !this.#outcomes.add(event.outcome)) this.#reached.statuses++
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
    this.#latencyUs = QuantileSketch.from(record.latencyUs)
    this.#requestBytes = QuantileSketch.from(record.requestBytes)
    this.#responseBytes = QuantileSketch.from(record.responseBytes)
    this.#items = QuantileSketch.from(record.items)
    // Schemes are counted on proof only.
    this.isProven = this.#schemes.size > 0 || record.conversations > 0
  }
}

function addAll(sums: number[], counts: readonly number[]): void {
  for (let i = 0; i < counts.length; i++) sums[i]! += counts[i]!
}
