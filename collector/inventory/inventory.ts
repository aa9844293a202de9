// The inventory: batches of events in, services, endpoints, consumers and counts out, exactly once.
//
// In:  decoded batches in any order, each any number of times.
// Out: at a checkpoint, one transaction with everything that changed, the positions of the sensor runs included.
// Event time only. The result does not depend on where batches begin and end, nor on the order in which those of several
// sensors arrive, except: which of too many keys found a place, the order of names and changes, and whether an exchange
// that may not add an endpoint (404, no response) came before the one that did (then it is in `unlisted`).
//
//   batch --> positions (seen before?) --> views (records to objects) --> service, endpoint, consumer, pair
//                                                                             | dirty
//   checkpoint <-- number n, kept until the store has it <---------------------
//
// Joining halves and dropping copies by exchangeKey comes with its own issue and belongs where `apply` loops over events.
import assert from "node:assert/strict"
import type { ApiEvent, EventBatch } from "../../shared/event/api-event.ts"
import { State } from "../../shared/event/api-event.ts"
import { Positions } from "../consume/positions.ts"
import type { Consumer } from "../consumer/consumer.ts"
import type { Checkpoint, Store, StoredState } from "../store/store.ts"
import { Unlisted, whyNoEndpoint, whyNoService } from "./answer.ts"
import type { BatchApplier } from "./batch-applier.ts"
import { BatchViews, type ConsumerView, type OperationView, type ServerView } from "./batch-views.ts"
import { Changes } from "./changes.ts"
import type { Endpoint } from "./endpoint.ts"
import { type MintId, randomId } from "./ids.ts"
import { Ledger } from "./ledger.ts"
import { DEFAULT_LIMITS, type InventoryLimits, type LimitCounters, limitCounters } from "./limits.ts"
import { ORDINAL_END, PairCounts, type PendingPair } from "./pair-counts.ts"
import { Sensors } from "./sensors.ts"
import type { Service } from "./service.ts"
import { ShapeNotes } from "./shape-notes.ts"
import { WorkingSet } from "./working-set.ts"

export interface InventoryOptions {
  readonly limits?: Partial<InventoryLimits>
  readonly mint?: MintId
}

/** Sizes and totals for metrics. */
export class InventoryCounters {
  exchanges = 0
  batches = 0
  duplicateBatches = 0
  missingBatches = 0
  checkpoints = 0
  services = 0
  endpoints = 0
  consumers = 0
  pairs = 0
  sensors = 0
  shapes = 0
  /** Windows that wait for the next checkpoint. */
  pendingWindows = 0
  /** What was given up, by limit. */
  limits: LimitCounters = limitCounters()
}

export class Inventory implements BatchApplier {
  readonly #store: Store
  readonly #reached: LimitCounters
  readonly #positions: Positions
  readonly #set: WorkingSet
  readonly #changes: Changes
  readonly #pairs: PairCounts
  readonly #shapes: ShapeNotes
  readonly #sensors: Sensors
  readonly #ledger: Ledger
  readonly #views = new BatchViews()
  #dirtyServices: Service[] = []
  #dirtyEndpoints: Endpoint[] = []
  #dirtyConsumers: Consumer[] = []
  /** Something was counted since the last checkpoint was put together. */
  #isDirty = false
  #checkpointNumber: number
  /** Put together and not yet known to be in the store: repeated as it is before anything newer is written. */
  #unconfirmed: Checkpoint | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(state: StoredState, store: Store, options: InventoryOptions = {}) {
    const limits: InventoryLimits = { ...DEFAULT_LIMITS, ...options.limits }
    assert(limits.endpoints < ORDINAL_END && limits.consumers < ORDINAL_END, "ordinals fit into a pair's key")
    this.#store = store
    this.#reached = limitCounters(state.ledger.limits)
    this.#positions = Positions.from(state.positions)
    this.#changes = new Changes(state.lastChange)
    this.#set = new WorkingSet(state, limits, this.#reached, this.#changes, options.mint ?? randomId)
    this.#pairs = new PairCounts(limits.pendingWindows, this.#reached)
    this.#shapes = new ShapeNotes(state.shapes, limits, this.#reached)
    this.#sensors = new Sensors(state.sensors, state.positions, limits, this.#reached)
    this.#ledger = new Ledger(state.ledger, limits, this.#reached)
    this.#checkpointNumber = state.lastCheckpoint
  }

  /** Goes on from what the store holds. */
  static async open(store: Store, options: InventoryOptions = {}): Promise<Inventory> {
    return new Inventory(await store.load(), store, options)
  }

  get counters(): InventoryCounters {
    return {
      exchanges: this.#ledger.exchanges,
      batches: this.#ledger.batches,
      duplicateBatches: this.#ledger.duplicateBatches,
      missingBatches: this.#positions.missing(),
      checkpoints: this.#checkpointNumber,
      services: this.#set.services,
      endpoints: this.#set.endpoints,
      consumers: this.#set.consumers,
      pairs: this.#set.pairs,
      sensors: this.#sensors.size,
      shapes: this.#shapes.size,
      pendingWindows: this.#pairs.windows,
      limits: { ...this.#reached },
    }
  }

  apply(batch: EventBatch): "applied" | "duplicate" {
    const { envelope, events } = batch
    this.#isDirty = true
    if (this.#positions.isApplied(envelope.sensor, envelope.boot, envelope.sequence)) {
      this.#ledger.duplicateBatches++
      return "duplicate"
    }
    const sensor = this.#sensors.of(envelope)
    for (const event of events) {
      this.#applyEvent(event)
      if (event.flags !== 0) sensor?.countFlags(event.flags)
    }
    this.#countParameters()
    this.#views.clear()
    if (batch.shapes.length > 0) this.#shapes.note(batch)
    if (sensor !== null) {
      sensor.noteBatch(envelope, events)
      sensor.isDirty = true
    }
    this.#positions.mark(envelope.sensor, envelope.boot, envelope.sequence, envelope.ledger)
    this.#ledger.exchanges += events.length
    this.#ledger.batches++
    return "applied"
  }

  refuse(reason: string): void {
    this.#ledger.countRefused(reason)
    this.#isDirty = true
  }

  /** Calls wait for each other. After a failure the same checkpoint is written first, so that nothing is lost or doubled. */
  checkpoint(): Promise<void> {
    const write = this.#writing.then(() => this.#write())
    this.#writing = write.catch(() => {})
    return write
  }

  async #write(): Promise<void> {
    if (this.#unconfirmed !== null) await this.#commit(this.#unconfirmed)
    if (this.#isDirty) await this.#commit(this.#takeCheckpoint())
  }

  async #commit(checkpoint: Checkpoint): Promise<void> {
    this.#unconfirmed = checkpoint
    await this.#store.commit(checkpoint)
    this.#positions.committed(checkpoint.positions)
    this.#unconfirmed = null
  }

  #takeCheckpoint(): Checkpoint {
    this.#isDirty = false
    this.#checkpointNumber++
    const { hours, days } = this.#pairs.take()
    const sensors = Array.from(this.#sensors.dirty(), (sensor) => clean(sensor))
    const checkpoint: Checkpoint = {
      number: this.#checkpointNumber,
      positions: this.#positions.dirty(),
      services: this.#dirtyServices.map(clean),
      endpoints: this.#dirtyEndpoints.map(clean),
      consumers: this.#dirtyConsumers.map(clean),
      hours,
      days,
      shapes: this.#shapes.take(),
      sensors,
      changes: this.#changes.take(),
      ledger: this.#ledger.record(this.#positions.missing()),
    }
    this.#dirtyServices = []
    this.#dirtyEndpoints = []
    this.#dirtyConsumers = []
    return checkpoint
  }

  #applyEvent(event: ApiEvent): void {
    this.#ledger.states[event.state]!++
    const serverView = this.#views.server(event.server)
    const service = serverView.service ?? this.#serviceOf(serverView, event)
    if (service === null) {
      this.#ledger.countUnlisted(whyNoService(event) ?? Unlisted.limit)
      this.#pairs.count(this.#pairs.pair(null, null), event)
      return
    }
    if (!service.isDirty) {
      service.isDirty = true
      this.#dirtyServices.push(service)
    }
    service.count(event)
    const operationView = serverView.operation(event.operation)
    const endpoint = operationView.endpoint ?? this.#endpointOf(service, operationView, event)
    if (endpoint === null) service.countUnlisted(whyNoEndpoint(event) ?? Unlisted.limit)
    else this.#countEndpoint(endpoint, operationView, event)
    const consumerView = this.#views.consumer(event.identity, event.client)
    const consumer = consumerView.consumer ?? this.#consumerOf(consumerView, event)
    if (consumer !== null) this.#countConsumer(consumer, event)
    this.#pairs.count(this.#pairOf(operationView, endpoint, consumerView, consumer), event)
  }

  #serviceOf(view: ServerView, event: ApiEvent): Service | null {
    const service =
      this.#set.findService(view) ?? (whyNoService(event) === null ? this.#set.addService(view, event) : null)
    if (service !== null) {
      view.service = service
      service.noteServer(view.server)
    }
    return service
  }

  #endpointOf(service: Service, view: OperationView, event: ApiEvent): Endpoint | null {
    const endpoint =
      this.#set.findEndpoint(service, view) ??
      (whyNoEndpoint(event) === null ? this.#set.addEndpoint(service, view, event) : null)
    if (endpoint !== null) {
      view.endpoint = endpoint
      view.parameters = endpoint.parameters.usesOf(view.operation, (parameter) => {
        this.#changes.newParameter(endpoint, parameter, event.startUs)
      })
      service.noteProtocol(view.operation.protocol)
    }
    return endpoint
  }

  /** An identity adds a consumer when its request was seen to be answered; before that it is nobody yet. */
  #consumerOf(view: ConsumerView, event: ApiEvent): Consumer | null {
    if (event.operation.method === "") return null
    const isAnswered = event.status !== 0 && (event.state === State.complete || event.state === State.bodyGap)
    const consumer = this.#set.findConsumer(view) ?? (isAnswered ? this.#set.addConsumer(view, event) : null)
    if (consumer !== null) {
      view.consumer = consumer
      consumer.note(view.identity, view.client)
    }
    return consumer
  }

  #countEndpoint(endpoint: Endpoint, view: OperationView, event: ApiEvent): void {
    if (!endpoint.isDirty) {
      endpoint.isDirty = true
      this.#dirtyEndpoints.push(endpoint)
    }
    const wasProven = endpoint.isProven
    endpoint.count(event)
    if (!wasProven && endpoint.isProven) this.#set.proveEndpoint(endpoint.service)
    view.count++
    if (event.startUs < view.fromUs) view.fromUs = event.startUs
    if (event.startUs > view.toUs) view.toUs = event.startUs
  }

  #countConsumer(consumer: Consumer, event: ApiEvent): void {
    if (!consumer.isDirty) {
      consumer.isDirty = true
      this.#dirtyConsumers.push(consumer)
    }
    const wasProven = consumer.isProven
    consumer.count(event)
    if (!wasProven && consumer.isProven) this.#set.proveConsumer()
  }

  #pairOf(
    view: OperationView,
    endpoint: Endpoint | null,
    consumerView: ConsumerView,
    consumer: Consumer | null,
  ): PendingPair {
    if (endpoint === null || consumer === null) return this.#pairs.pair(endpoint, consumer)
    let pair = view.pairs.get(consumerView)
    if (pair === undefined) {
      pair = this.#pairs.pair(endpoint, this.#set.addPair(endpoint, consumer) ? consumer : null)
      view.pairs.set(consumerView, pair)
    }
    return pair
  }

  /** Parameters are the same for all exchanges of an operation: counted once at the end of the batch. */
  #countParameters(): void {
    for (const server of this.#views.servers()) {
      for (const view of server.operations()) {
        for (const { parameter, kind } of view.parameters) {
          parameter.note(kind, view.count, view.fromUs, view.toUs, this.#reached)
        }
      }
    }
  }
}

/** The record of something that is written now and therefore no longer dirty. */
function clean<Kept>(kept: { isDirty: boolean; record(): Kept }): Kept {
  kept.isDirty = false
  return kept.record()
}
