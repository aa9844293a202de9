// Batches onto a NATS server, each kept until the server says that it has stored it. The sensor's only NATS import.
//
//   send ->  [ in flight, at most `windowBatches` | waiting .............. ]  -> acknowledged: forgotten
//              ^ after a reconnect all of them are sent again, in order, under the same message id
//
// A batch that is stored twice nevertheless (the server's duplicate window has passed) is skipped by the collector,
// which knows positions. Given up, and counted by reason: batches above the server's payload limit (tooLarge); the oldest
// waiting ones where neither spool nor memory has room (pending-queue.ts); without a spool everything when nothing was acknowledged for
// `patienceMs` (unacknowledged if it was sent, unreachable if not). With a spool the end leaves on disk what is not acknowledged.
import { JetStreamApiError, type JetStreamClient, jetstream, jetstreamManager } from "@nats-io/jetstream"
import { connect, errors, type NatsConnection, nkeyAuthenticator, nkeys } from "@nats-io/transport-node"
import { type AccessFiles, NO_ACCESS, readAccess } from "../../shared/bus/access.ts"
import { CONNECT_TIMEOUT_MS, connectionSettings, hindrance } from "../../shared/bus/connection.ts"
import { findSpeaking } from "../../shared/bus/probe.ts"
import { type BusAddress, busName, ensureEventStream } from "../../shared/event/event-stream.ts"
import { eventSubject, messageId, sensorInbox } from "../../shared/event/subjects.ts"
import { countDropped, type Link, LinkError, type Message, type PublisherCounters, rejected } from "./link.ts"
import { type Pending, PendingQueue } from "./pending-queue.ts"
import type { Spool } from "./spool/spool.ts"

export interface JetStreamOptions {
  readonly address: BusAddress
  /** With a credential of its own a sensor may publish and nothing else: the collector makes the stream. */
  readonly access?: AccessFiles
  readonly tenant: string
  readonly sensor: string
  readonly boot: string
  /** Batches sent and not yet acknowledged. */
  readonly windowBatches?: number
  /** Longest wait for the server at the start, and without any acknowledgement later. Infinity: a daemon never gives up. */
  readonly patienceMs?: number
  /** Longest wait for the last acknowledgements at the end. */
  readonly closeMs?: number
  /** Where batches lie until they are acknowledged; closed with the link. */
  readonly spool?: Spool | null
  /** Bytes held in memory while the server is away, and no spool takes them. */
  readonly pendingBytesMax?: number
  /** How long to wait for one acknowledgement before the batch is sent again. */
  readonly ackTimeoutMs?: number
  /** Takes a sentence whenever the state of the connection changes. */
  readonly log?: (sentence: string) => void
}

const DEFAULTS = {
  access: NO_ACCESS,
  spool: null,
  windowBatches: 64,
  patienceMs: 60_000,
  closeMs: 60_000,
  pendingBytesMax: 64 * 1024 * 1024,
  ackTimeoutMs: 5000,
  log: (): void => undefined,
}
/** How often what failed is tried again, and patience is looked at. */
const TICK_MS = 100
const RECONNECT_MS = 200
const RETRY_MS = 250
const RETRY_MAX_MS = 5000
/** Room for the message's headers within the server's payload limit. */
const HEADERS_BYTES = 512
/** JetStream's answer to a message above the stream's own limit. */
const MESSAGE_TOO_LARGE = 10054

export class JetStreamLink implements Link {
  /** Resolves when the server is there and has the stream; rejects with a LinkError when patience ends before. */
  readonly ready: Promise<void>
  readonly #options: Required<JetStreamOptions>
  readonly #counters: PublisherCounters
  readonly #subject: string
  readonly #room = new Gate()
  readonly #drained = new Gate()
  readonly #ready = new Gate()
  readonly #ticker: NodeJS.Timeout
  readonly #pending: PendingQueue
  #connection: NatsConnection | null = null
  #client: JetStreamClient | null = null
  #isPreparing = false
  #isClosed = false
  #failure: LinkError | null = null
  /** When the last acknowledgement came, or waiting for one began, ms of the process clock. */
  #progressMs = performance.now()
  #lastTrouble = ""

  constructor(counters: PublisherCounters, options: JetStreamOptions) {
    this.#options = { ...DEFAULTS, ...options }
    this.#counters = counters
    this.#pending = new PendingQueue(counters, this.#options.spool, this.#options.pendingBytesMax)
    this.#subject = eventSubject(options.tenant, 0, options.sensor)
    this.ready = this.#ready.promise
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
    void this.#connect()
  }

  get busy(): Promise<void> | null {
    if (this.#failure !== null) return rejected(this.#failure)
    return this.#pending.length < this.#options.windowBatches ? null : this.#room.promise
  }

  send(message: Message): void {
    if (this.#failure !== null) {
      countDropped(this.#counters, "unreachable", message.events)
      return
    }
    if (this.#pending.length === 0) this.#progressMs = performance.now()
    this.#pending.push(message, this.#options.boot)
    this.#pump()
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const { spool } = this.#options
    if (this.#failure === null && this.#pending.length > 0) {
      const timer = setTimeout(() => (spool === null ? this.#giveUp() : this.#drained.open()), this.#options.closeMs)
      await this.#drained.promise.catch(() => undefined)
      clearTimeout(timer)
    }
    clearInterval(this.#ticker)
    if (this.#failure === null) this.#leaveRest()
    // Nothing is left to say to the server: what was not acknowledged is given up already.
    await this.#connection?.close().catch(() => undefined)
    if (this.#failure !== null) throw this.#failure
  }

  /** Connects, and again whenever a connection ends: the library's own reconnecting is off, see shared/bus/probe.ts. */
  async #connect(): Promise<void> {
    const { address, log } = this.#options
    while (!this.#isOver) {
      try {
        const server = await findSpeaking(address.servers, CONNECT_TIMEOUT_MS)
        const { sensor } = this.#options
        const client = { name: `sonde-sensor ${sensor}`, inbox: sensorInbox(sensor) }
        const access = readAccess(this.#options.access)
        const connection = await connect(connectionSettings(address, server, client, access, nkeyAuthenticator))
        this.#connection = connection
        log(`Connected to ${server}.`)
        this.#lastTrouble = ""
        this.#pending.forgetFlights()
        await this.#prepare()
        const reason = await connection.closed()
        this.#client = null
        this.#trouble(`The connection to ${server} is lost${reason instanceof Error ? `: ${reason.message}` : ""}.`)
      } catch (error) {
        const refused = `The server at ${busName(address)} refuses these credentials.`
        const isRefused = error instanceof errors.AuthorizationError
        if (isRefused) this.#refused(refused)
        this.#trouble(isRefused ? refused : `No connection: ${hindrance(error)}.`)
      }
      if (this.#isOver) return
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS))
    }
  }

  /** Makes sure of the stream, then sends what is due. Tried again by the ticker. */
  async #prepare(): Promise<void> {
    const connection = this.#connection
    if (connection === null || connection.isClosed() || this.#isPreparing) return
    if (connection.info?.jetstream !== true && Number.isFinite(this.#options.patienceMs)) {
      this.#fail(new LinkError("no-jetstream", `The server at ${busName(this.#options.address)} has no JetStream.`))
      return
    }
    this.#isPreparing = true
    try {
      if (this.#options.access.credentials === "") {
        const manager = await jetstreamManager(connection, { timeout: CONNECT_TIMEOUT_MS })
        await ensureEventStream(manager.streams)
      }
      this.#client = jetstream(connection, { timeout: this.#options.ackTimeoutMs })
      if (!this.#ready.isOpen) this.#progressMs = performance.now()
      this.#ready.open()
      this.#pump()
    } catch (error) {
      this.#trouble(`The event stream is not available: ${(error as Error).message}.`)
    } finally {
      this.#isPreparing = false
    }
  }

  #pump(): void {
    const client = this.#client
    if (client === null) return
    const now = performance.now()
    const due = this.#pending
      .oldest(this.#options.windowBatches)
      .filter((one) => !one.isInFlight && one.retryAtMs <= now)
    for (const pending of due) void this.#publish(client, pending)
  }

  async #publish(client: JetStreamClient, pending: Pending): Promise<void> {
    const limit = this.#connection?.info?.max_payload ?? Number.POSITIVE_INFINITY
    if (pending.size + HEADERS_BYTES > limit) return this.#drop(pending, "tooLarge")
    const bytes = this.#pending.bytesOf(pending)
    if (bytes === null) return this.#onFewer()
    pending.isInFlight = true
    const attempt = ++pending.attempts
    if (attempt > 1) this.#counters.resent++
    try {
      const msgID = messageId(this.#options.sensor, pending.boot, pending.sequence)
      await client.publish(this.#subject, bytes, { msgID })
      if (!this.#pending.acknowledge(pending)) return
      this.#onFewer()
      this.#progressMs = performance.now()
      this.#pump()
    } catch (error) {
      if ((error as { code?: unknown }).code === MESSAGE_TOO_LARGE) return this.#drop(pending, "tooLarge")
      // An attempt on an earlier connection says nothing about the one on this.
      if (pending.attempts !== attempt || !pending.isInFlight) return
      this.#trouble(this.#whyUnacknowledged(error as Error))
      pending.isInFlight = false
      pending.retryAtMs = performance.now() + Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** (attempt - 1))
      // Nobody listens on the subject: the stream is gone, or JetStream is still starting. The ticker looks again.
      const isAnswered = error instanceof JetStreamApiError || error instanceof errors.TimeoutError
      if (!isAnswered && client === this.#client) this.#client = null
    }
  }

  #whyUnacknowledged(error: Error): string {
    const { access, tenant, sensor } = this.#options
    if (error.cause instanceof errors.PermissionViolationError) {
      const sentence = `The server at ${busName(this.#options.address)} does not let this credential publish as sensor ${sensor} of tenant ${tenant}.`
      this.#refused(sentence)
      return sentence
    }
    if (access.credentials !== "" && error instanceof errors.TimeoutError)
      return "A batch was not acknowledged in time: batches are held. Where no collector has run yet, the server has no event stream: start it."
    return `A batch was not acknowledged: ${error.message}.`
  }

  /** Whoever waits for an end is told; a daemon tries on, since credentials are replaced and permissions reloaded. */
  #refused(sentence: string): void {
    if (Number.isFinite(this.#options.patienceMs)) this.#fail(new LinkError("refused", sentence))
  }

  #tick(): void {
    if (this.#client === null) void this.#prepare()
    else this.#pump()
    const isWaiting = this.#pending.length > 0 || !this.#ready.isOpen
    if (isWaiting && performance.now() - this.#progressMs > this.#options.patienceMs) this.#giveUp()
  }

  #giveUp(): void {
    const name = busName(this.#options.address)
    const trouble = this.#lastTrouble === "" ? "" : ` ${this.#lastTrouble}`
    if (!this.#ready.isOpen) {
      const isThere = this.#connection !== null
      const sentence = isThere ? `The server at ${name} takes no events.` : `No NATS server answers at ${name}.`
      this.#fail(new LinkError(isThere ? "no-jetstream" : "unreachable", `${sentence}${trouble}`))
      return
    }
    const sentence = `${this.#pending.length} batches (${this.#pending.events} exchanges) were not acknowledged by ${name}.${trouble}`
    this.#fail(new LinkError("unacknowledged", sentence))
  }

  /** What the spool has is not lost: the next run sends it. */
  #leaveRest(): void {
    const batches = this.#pending.leave()
    if (batches > 0)
      this.#options.log(`${batches} batches were not acknowledged: they wait in the spool for the next start.`)
  }

  #fail(failure: LinkError): void {
    if (this.#failure !== null) return
    this.#failure = failure
    this.#pending.leave()
    this.#ready.fail(failure)
    this.#room.fail(failure)
    this.#drained.fail(failure)
    clearInterval(this.#ticker)
    void this.#connection?.close().catch(() => undefined)
  }

  #drop(pending: Pending, reason: string): void {
    if (this.#pending.drop(pending, reason)) this.#onFewer()
  }

  #onFewer(): void {
    if (this.#pending.length < this.#options.windowBatches) this.#room.open()
    if (this.#pending.length === 0) this.#drained.open()
  }

  #trouble(sentence: string): void {
    if (sentence === this.#lastTrouble || this.#isOver) return
    this.#lastTrouble = sentence
    this.#options.log(sentence)
  }

  get #isOver(): boolean {
    return this.#failure !== null || (this.#isClosed && this.#pending.length === 0)
  }
}

/** A promise that others wait at. After `open` the next one to ask gets a fresh promise, unless nobody waited. */
class Gate {
  isOpen = false
  #resolve: (() => void) | null = null
  #reject: ((error: Error) => void) | null = null
  #promise: Promise<void> | null = null

  get promise(): Promise<void> {
    if (this.#promise === null) {
      this.#promise = new Promise((resolve, reject) => {
        this.#resolve = resolve
        this.#reject = reject
      })
      // Nobody may be waiting when it fails.
      this.#promise.catch(() => undefined)
    }
    return this.#promise
  }

  open(): void {
    this.isOpen = true
    this.#resolve?.()
    this.#promise = null
  }

  fail(error: Error): void {
    void this.promise
    this.#reject?.(error)
  }
}

/** A new key of a sensor: the seed for its file, and what the server is told. */
export function newKey(): { readonly seed: string; readonly publicKey: string } {
  const key = nkeys.createUser()
  return { seed: Buffer.from(key.getSeed()).toString("latin1"), publicKey: key.getPublicKey() }
}
