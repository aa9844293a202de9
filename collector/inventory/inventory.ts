// The inventory: batches of events in, services, endpoints, consumers and counts out, exactly once.
//
// In:  decoded batches in any order, each any number of times.
// Out: at a checkpoint, one transaction with everything that changed, the positions of the sensor runs included.
// Event time only. The result does not depend on where batches begin and end, nor on the order in which those of several
// sensors arrive, except: which of too many keys found a place, the order of names and changes, whether an exchange
// that may not add an endpoint (404, no response) came before the one that did (then it is in `unlisted`), and which of several
// sights of an exchange was the first (joiner.ts).
//
//   batch --> positions (seen before?) --> joiner (halves, copies) --> views (records to objects) --> service, endpoint, consumer, pair
//                                             | window, waiting                                           | dirty
//   checkpoint <-- number n, kept until the store has it <------------------------------------------------
import assert from "node:assert/strict"
import type { ApiEvent, EventBatch } from "../../shared/event/api-event.ts"
import { Positions } from "../consume/positions.ts"
import type { HeardWorker, Hearing } from "../consume/silence-watch.ts"
import { StreamPlaces } from "../consume/stream-place.ts"
import type { SensorRecord } from "../store/records.ts"
import type { Checkpoint, Store, StoredState } from "../store/store.ts"
import { isAccessNote } from "./access-notes.ts"
import { showsRequest } from "./answer.ts"
import type { BatchApplier } from "./batch-applier.ts"
import { Changes } from "./changes.ts"
import { DarkServers } from "./dark-servers.ts"
import type { Actor, Edit, EditResult, Edits } from "./edits.ts"
import { EndpointHours } from "./endpoint-hours.ts"
import { Exchanges } from "./exchanges.ts"
import { Ids, type MintId, randomId } from "./ids.ts"
import type { InventoryCounters } from "./inventory-counters.ts"
import { JOIN_WINDOW_US, Joiner } from "./joiner.ts"
import { Knowledge } from "./knowledge.ts"
import { Ledger } from "./ledger.ts"
import { DEFAULT_LIMITS, type InventoryLimits, type LimitCounters, limitCounters } from "./limits.ts"
import { ORDINAL_END, PairCounts } from "./pair-counts.ts"
import { Regrouper } from "./regrouper.ts"
import { Sensors } from "./sensors.ts"
import { ShapeNotes, type ShapeTexts } from "./shape-notes.ts"
import { sourceOf } from "./source.ts"
import type { SpecificationShelf } from "./specification/specification-shelf.ts"
import type { TemplateReads } from "./template-edits.ts"
import { type LearnerKind, Learners } from "./templates/learners.ts"
import { PathTrie } from "./templates/path-trie.ts"
import { Unsaved } from "./unsaved.ts"
import { NO_WATCHER, type Watcher, type WatcherKind } from "./watcher.ts"
import { WorkingSet } from "./working-set.ts"

export interface InventoryOptions {
  readonly limits?: Partial<InventoryLimits>
  readonly mint?: MintId
  /** How path templates are learned; another way in tests. */
  readonly learners?: LearnerKind
  /** How long a half waits for the other one, and how far apart copies may be, µs of event time. */
  readonly joinWindowUs?: number
  /** What follows the exchanges that are applied: the analysis. */
  readonly watcher?: WatcherKind
}

const LEARNERS: LearnerKind = { create: () => new PathTrie(), from: (bytes) => PathTrie.from(bytes) }

/** Halves are looked at for expiry when event time has moved by this much. */
const EXPIRY_STEP_US = 1_000_000

export class Inventory implements BatchApplier, Edits, Hearing {
  readonly places: StreamPlaces
  readonly #store: Store
  readonly #reached: LimitCounters
  readonly #limits: InventoryLimits
  readonly #mint: MintId
  readonly #positions: Positions
  readonly #unsaved = new Unsaved()
  readonly #learners: Learners
  readonly #set: WorkingSet
  readonly #changes: Changes
  readonly #pairs: PairCounts
  readonly #hours: EndpointHours
  readonly #shapes: ShapeNotes
  readonly #dark: DarkServers
  readonly #sensors: Sensors
  readonly #ledger: Ledger
  readonly #joiner: Joiner
  /** Step of event time that all running sensors have reached: halves are looked at when it is another one. */
  #expiryStep: number
  readonly #exchanges: Exchanges
  readonly #knowledge: Knowledge
  /** Something was counted since the last checkpoint was put together. */
  #isDirty = false
  #checkpointNumber: number
  /** Put together and not yet known to be in the store: repeated as it is before anything newer is written. */
  #watcher: Watcher = NO_WATCHER
  #unconfirmed: Checkpoint | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(state: StoredState, store: Store, options: InventoryOptions = {}) {
    const limits: InventoryLimits = { ...DEFAULT_LIMITS, ...options.limits }
    assert(limits.routes < ORDINAL_END && limits.consumers < ORDINAL_END, "ordinals fit into a pair's key")
    this.#store = store
    this.#limits = limits
    this.#reached = limitCounters(state.ledger.limits)
    this.#positions = Positions.from(state.positions)
    this.places = new StreamPlaces(state.streamPlaces)
    this.#changes = new Changes(state.lastChange)
    const mint = options.mint ?? randomId
    this.#mint = mint
    this.#learners = new Learners(options.learners ?? LEARNERS)
    this.#shapes = new ShapeNotes(state.shapes, limits, this.#reached)
    const ids = new Ids(mint)
    const parts = { unsaved: this.#unsaved, ids, learners: this.#learners, texts: this.#shapes }
    this.#set = new WorkingSet(state, limits, this.#reached, this.#changes, parts)
    this.#dark = new DarkServers(state.dark, limits, this.#reached, mint)
    this.#pairs = new PairCounts(limits.pendingWindows, this.#reached)
    this.#hours = new EndpointHours(limits.pendingEndpointHours, this.#reached)
    this.#sensors = new Sensors(state.sensors, state.positions, limits, this.#reached)
    this.#ledger = new Ledger(state.ledger, limits, this.#reached)
    this.#knowledge = new Knowledge(state, {
      set: this.#set,
      unsaved: this.#unsaved,
      changes: this.#changes,
      pairs: this.#pairs,
      texts: this.#shapes,
      limits,
      reached: this.#reached,
      ids,
      mint,
      soil: () => {
        this.#isDirty = true
      },
      watcher: () => this.#watcher,
      regroup: (service, regroupings, atUs) => this.#exchanges.regroup(service, regroupings, atUs),
    })
    const { routes, consumers } = this.#set
    this.#exchanges = new Exchanges({
      set: this.#set,
      pairs: this.#pairs,
      hours: this.#hours,
      ledger: this.#ledger,
      changes: this.#changes,
      reached: this.#reached,
      unsaved: this.#unsaved,
      regrouper: new Regrouper(routes, this.#changes, this.#unsaved, (ordinal) => consumers.at(ordinal)),
      clock: this.#knowledge.partnerships.clock,
      servers: this.#knowledge.servers,
      watcher: () => this.#watcher,
      floods: this.#knowledge.floods,
    })
    const windowUs = options.joinWindowUs ?? JOIN_WINDOW_US
    const apply = (event: ApiEvent): void => this.#exchanges.apply(event)
    this.#joiner = new Joiner(state, windowUs, limits, this.#reached, this.#ledger, apply)
    this.#checkpointNumber = state.lastCheckpoint
    // What a run without a restart has: batches end with a look.
    this.#expiryStep = stepOf(this.#sensors.reachedUs())
  }

  /** Goes on from what the store holds. */
  static async open(store: Store, options: InventoryOptions = {}): Promise<Inventory> {
    const state = await store.load()
    const inventory = new Inventory(state, store, options)
    await inventory.#knowledge.specifications.load(store, state)
    if (options.watcher !== undefined) await inventory.#watch(options.watcher, store, state)
    return inventory
  }

  async #watch(kind: WatcherKind, store: Store, state: StoredState): Promise<void> {
    this.#watcher = await kind.open(store, state, {
      reached: this.#reached,
      texts: this.#shapes,
      documents: this.#knowledge.documents,
      limits: this.#limits,
      mint: this.#mint,
      services: () => this.#set.allServices(),
      endpointOf: (id) => this.#set.routes.byId(id)?.endpoint ?? null,
    })
    this.#knowledge.answerFor(this.#watcher.handlers)
  }

  get specifications(): SpecificationShelf {
    return this.#knowledge.specifications.shelf
  }

  /** Fields of bodies by shape. */
  get texts(): ShapeTexts {
    return this.#shapes
  }

  /** Evidence, suggestions and former ids, as they are in memory. */
  get templates(): TemplateReads {
    return this.#knowledge.templates
  }

  get counters(): InventoryCounters {
    const { exchanges, received, joined, copies, betterCopies, halvesExpired, batches, duplicateBatches } = this.#ledger
    return {
      exchanges,
      received,
      joined,
      copies,
      betterCopies,
      halvesExpired,
      waiting: this.#joiner.waiting,
      exchangeKeys: this.#joiner.keys,
      batches,
      duplicateBatches,
      missingBatches: this.#positions.missing(),
      checkpoints: this.#checkpointNumber,
      services: this.#set.services,
      endpoints: this.#set.routes.endpoints,
      routes: this.#set.routes.size,
      consumers: this.#set.consumers.size,
      pairs: this.#set.routes.pairs,
      sensors: this.#sensors.size,
      shapes: this.#shapes.size,
      darkServers: this.#dark.size,
      pendingWindows: this.#pairs.windows,
      limits: { ...this.#reached },
    }
  }

  apply(batch: EventBatch, heardUs = 0, bytes: Uint8Array | null = null): "applied" | "duplicate" {
    const { envelope, events } = batch
    this.#isDirty = true
    if (this.#positions.isApplied(envelope.sensor, envelope.boot, envelope.sequence)) {
      this.#ledger.duplicateBatches++
      return "duplicate"
    }
    const sensor = this.#sensors.of(envelope)
    const source = sourceOf(envelope.sensor, envelope.boot)
    this.#ledger.received += events.length
    // Before the events: a shape is news only when its text is known.
    if (batch.shapes.length > 0) this.#shapes.note(batch)
    if (bytes !== null) this.#watcher.begin(bytes, events)
    let copies = 0
    const requests: ApiEvent[] = []
    for (const event of events) {
      // A batch may be closed before its sensor notes the time that its events have reached.
      if (this.#joiner.take(event, source, Math.max(envelope.watermarkUs, event.startUs))) copies++
      else if (!this.#joiner.isRequestAgain && showsRequest(event)) requests.push(event)
      if (event.flags !== 0) sensor?.countFlags(event.flags)
    }
    for (const note of batch.tls) {
      if (!note.isContinued) this.#ledger.tlsSessions++
      this.#dark.note(note)
    }
    if (sensor !== null) {
      sensor.countCopies(copies)
      sensor.countRules(requests)
      const silenceUs = sensor.noteBatch(envelope, events, heardUs)
      if (silenceUs > 0) this.#changes.sensorBack(envelope.sensor, silenceUs, envelope.watermarkUs)
      sensor.isDirty = true
    }
    this.#positions.mark(envelope.sensor, envelope.boot, envelope.sequence, envelope.ledger)
    this.#ledger.batches++
    this.#expire()
    this.#watcher.end()
    this.#exchanges.endBatch()
    // A run that is over brings no more requests that would make a review due.
    if (envelope.last) this.#exchanges.reviewAll(envelope.watermarkUs)
    return "applied"
  }

  greatest(sensor: string, boot: string): number {
    return this.#positions.greatest(sensor, boot)
  }

  get waiting(): number {
    return this.#joiner.waiting
  }

  settle(): number {
    if (this.#joiner.waiting === 0 || this.#sensors.reachedUs() !== null) return 0
    this.#isDirty = true
    const settled = this.#joiner.releaseAll()
    this.#exchanges.endBatch()
    this.#exchanges.reviewAll(this.#sensors.nowUs())
    return settled
  }

  /** The workers that should be heard. */
  *heard(): Iterable<HeardWorker> {
    for (const [sensor, { worker, heardUs }] of this.#sensors.running()) yield { sensor: sensor.name, worker, heardUs }
  }

  /** A worker was not heard for too long: the feed says so, and nothing waits for it any more. */
  noteSilence({ sensor: name, worker, heardUs }: HeardWorker): void {
    const sensor = this.#sensors.get(name)
    if (sensor === undefined) return
    const isWhole = sensor.noteSilence(worker)
    const { watermarkUs } = sensor.record()
    const sentence = this.#changes.sensorSilent(name, isWhole ? null : worker, heardUs, watermarkUs)
    this.#watcher.noteSensor(name, "silent", watermarkUs, sentence)
    sensor.isDirty = true
    this.#isDirty = true
  }

  /** What the sensors say about themselves, in the order in which they were met. */
  sensorRecords(most: number): SensorRecord[] {
    const records: SensorRecord[] = []
    for (const sensor of this.#sensors.all()) {
      if (records.length >= most) break
      records.push(sensor.record())
    }
    return records
  }

  refuse(reason: string): void {
    this.#ledger.countRefused(reason)
    this.#isDirty = true
  }

  /** Durable when it resolves. Rejects with an EditError when the edit makes no sense, and nothing has changed. */
  async edit(edit: Edit, actor: Actor): Promise<EditResult> {
    const result = this.#editInMemory(edit, actor)
    this.#isDirty = true
    await this.checkpoint()
    return result
  }

  #editInMemory(edit: Edit, actor: Actor): EditResult {
    if (isAccessNote(edit.kind)) return this.#knowledge.edit(edit, actor)
    this.#changes.followEdit(actor.atUs)
    try {
      return this.#knowledge.edit(edit, actor)
    } catch (error) {
      this.#changes.followEdit(0)
      throw error
    }
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
    // Before the records are made: by this routes have measured what they have counted.
    const endpointHours = this.#hours.take()
    this.#knowledge.partnerships.noteDays(days)
    this.#set.routes.endCheckpoint()
    this.#learners.save(this.#knowledge.documents)
    const dirtySensors = [...this.#sensors.dirty()]
    const missing = this.#positions.missingBySensor()
    const sensors = dirtySensors.map((sensor) => {
      sensor.isDirty = false
      return sensor.record(missing.get(sensor.name) ?? 0)
    })
    const dark = this.#dark.take()
    const changed = this.#knowledge.conclude(dark.dark)
    const known = this.#knowledge.take()
    this.#watcher.noteDocuments(known.documents)
    const checkpoint: Checkpoint = {
      number: this.#checkpointNumber,
      positions: this.#positions.dirty(),
      streamPlaces: this.places.take(),
      ...changed,
      ...known,
      watch: this.#watcher.take(),
      endpointHours,
      hours,
      days,
      shapes: this.#shapes.take(),
      ...dark,
      sensors,
      minutes: dirtySensors.flatMap((sensor) => sensor.takeMinutes()),
      window: this.#joiner.takeWindowLog(),
      waiting: this.#joiner.takeWaiting(),
      changes: this.#changes.take(),
      ledger: this.#ledger.record(this.#positions.missing(), this.#joiner.waiting),
    }
    return checkpoint
  }

  /** Applies halves that have waited until every running sensor came far enough. */
  #expire(): void {
    const step = stepOf(this.#sensors.reachedUs())
    if (step === this.#expiryStep) return
    this.#expiryStep = step
    if (step >= 0 && this.#joiner.waiting > 0) this.#joiner.expire(step * EXPIRY_STEP_US)
  }
}

/** -1: no sensor is running. */
function stepOf(reachedUs: number | null): number {
  return reachedUs === null ? -1 : Math.floor(reachedUs / EXPIRY_STEP_US)
}
