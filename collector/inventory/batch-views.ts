// What the records of one batch mean to the inventory, found once for each record instead of once for each exchange.
//
// The events of a batch share their Server, Operation, Identity and Client records by reference (event-codec), so a look-up
// by object replaces the building and hashing of text keys: that is what keeps an exchange under a microsecond.
//
//   Server --> ServerView (service) --> Operation --> OperationView (leaf, route, parameters, pairs) --> ConsumerView --> pair
//   Identity --> IdentityView --> Client --> ConsumerView (consumer)
//
// Views live as long as their batch, or until templates are regrouped. A view without a service, route or consumer asks again each
// time, since another view may have added it meanwhile.
import {
  type Client,
  type Identity,
  type Operation,
  PROTOCOL_NAMES,
  type Server,
} from "../../shared/event/api-event.ts"
import { type Consumer, consumerKey } from "../consumer/consumer.ts"
import { Showing } from "../consumer/showing.ts"
import type { PendingPair } from "./pair-counts.ts"
import type { ParameterUse } from "./parameter.ts"
import type { Place } from "./place/place.ts"
import { type Route, slotOf } from "./route.ts"
import { type Rule, ruleOf } from "./rule-counts.ts"
import { listenerOf, type Service, serviceKey } from "./service.ts"
import { isName } from "./template.ts"
import type { PathLeaf } from "./templates/path-learner.ts"

const WEBSOCKET = PROTOCOL_NAMES.indexOf("websocket")

export class OperationView {
  readonly operation: Operation
  /** A WebSocket conversation has none of its own: it belongs to the GET that opened it. */
  readonly method: string
  /** Its place at a leaf. */
  readonly slot: string
  /** Of method, operation and path; see `pathHash`. */
  #hash = 0
  /** The path is a name: nothing is learned of it. */
  readonly isName: boolean
  route: Route | null = null
  /** Of the path itself: `route` is another's where there was no place for one of its own. */
  leaf: PathLeaf | null = null
  /** The route was added by an exchange that is not through yet. */
  isNew = false
  parameters: readonly ParameterUse[] = []
  /** Requests on the route in this batch, and the event times they span. */
  requests = 0
  /** Those that were answered without an error. */
  accepted = 0
  fromUs = Number.POSITIVE_INFINITY
  toUs = Number.NEGATIVE_INFINITY
  // In most batches an operation is used by few: the first one needs no map.
  #firstUser: ConsumerView | null = null
  #firstPair: PendingPair | null = null
  #pairs: Map<ConsumerView, PendingPair> | null = null

  constructor(operation: Operation) {
    this.operation = operation
    this.method = operation.protocol === WEBSOCKET ? "GET" : operation.method
    this.slot = slotOf(this.method, operation.operationKey)
    this.isName = isName(operation)
  }

  /** Tells paths apart where their number is all that counts. */
  get pathHash(): number {
    if (this.#hash === 0) this.#hash = hashOf(`${this.slot} ${this.operation.path}.${this.operation.extension}`)
    return this.#hash
  }

  pairOf(consumer: ConsumerView): PendingPair | null {
    if (consumer === this.#firstUser) return this.#firstPair
    return this.#pairs?.get(consumer) ?? null
  }

  addPair(consumer: ConsumerView, pair: PendingPair): void {
    if (this.#firstUser === null) {
      this.#firstUser = consumer
      this.#firstPair = pair
      return
    }
    this.#pairs ??= new Map()
    this.#pairs.set(consumer, pair)
  }
}

export class ServerView {
  readonly server: Server
  readonly listener: string
  readonly key: string
  service: Service | null = null
  place: Place | null = null
  readonly #operations = new Map<Operation, OperationView>()

  constructor(server: Server) {
    this.server = server
    this.listener = listenerOf(server)
    this.key = serviceKey(server.authority, server.zone, this.listener)
  }

  operation(operation: Operation): OperationView {
    let view = this.#operations.get(operation)
    if (view === undefined) {
      view = new OperationView(operation)
      this.#operations.set(operation, view)
    }
    return view
  }

  operations(): Iterable<OperationView> {
    return this.#operations.values()
  }
}

export class ConsumerView {
  readonly identity: Identity
  readonly client: Client
  readonly key: string
  /** What it did in this batch, told to the consumer at its end. */
  readonly showing: Showing
  /** How a service counts which rule decided. */
  readonly rule: Rule
  /** Tells consumers apart where their number is all that counts. */
  readonly hash: number
  consumer: Consumer | null = null

  constructor(identity: Identity, client: Client, { key, rule, hash }: IdentityView) {
    this.identity = identity
    this.client = client
    this.key = key
    this.rule = rule
    this.hash = hash
    this.showing = new Showing(identity, client)
  }
}

class IdentityView {
  readonly key: string
  readonly rule: Rule
  readonly hash: number
  // Most identities have one client in a batch.
  #first: ConsumerView | null = null
  #others: Map<Client, ConsumerView> | null = null

  constructor(identity: Identity) {
    this.key = consumerKey(identity.scheme, identity.issuer, identity.principal)
    this.rule = ruleOf(identity)
    this.hash = hashOf(this.key)
  }

  find(client: Client): ConsumerView | null {
    if (this.#first !== null && this.#first.client === client) return this.#first
    return this.#others?.get(client) ?? null
  }

  add(view: ConsumerView): void {
    if (this.#first === null) {
      this.#first = view
      return
    }
    this.#others ??= new Map()
    this.#others.set(view.client, view)
  }
}

export class BatchViews {
  readonly #servers = new Map<Server, ServerView>()
  readonly #identities = new Map<Identity, IdentityView>()
  readonly #consumers: ConsumerView[] = []
  #lastServer: ServerView | null = null
  #lastConsumer: ConsumerView | null = null

  server(server: Server): ServerView {
    if (this.#lastServer !== null && this.#lastServer.server === server) return this.#lastServer
    let view = this.#servers.get(server)
    if (view === undefined) {
      view = new ServerView(server)
      this.#servers.set(server, view)
    }
    this.#lastServer = view
    return view
  }

  consumer(identity: Identity, client: Client): ConsumerView {
    const last = this.#lastConsumer
    if (last !== null && last.identity === identity && last.client === client) return last
    let ofIdentity = this.#identities.get(identity)
    if (ofIdentity === undefined) {
      ofIdentity = new IdentityView(identity)
      this.#identities.set(identity, ofIdentity)
    }
    let view = ofIdentity.find(client)
    if (view === null) {
      view = new ConsumerView(identity, client, ofIdentity)
      ofIdentity.add(view)
      this.#consumers.push(view)
    }
    this.#lastConsumer = view
    return view
  }

  servers(): Iterable<ServerView> {
    return this.#servers.values()
  }

  /** In the order in which they were met. */
  consumers(): readonly ConsumerView[] {
    return this.#consumers
  }
}

/** FNV-1a over UTF-16 units, 32 bits, never 0. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash === 0 ? 1 : hash >>> 0
}
