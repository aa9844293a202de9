// Takes messages from JetStream and acknowledges each after the checkpoint that holds it.
//
//   pull -> decode -> apply -> [ unsettled ] -> checkpoint -> acknowledge (terminate, when it did not decode)
//
// A crash or a lost connection anywhere on that way means redelivery, which positions make harmless. The library's own
// reconnecting is off (shared/bus/probe.ts): when a connection ends, another is made and the consumer bound again.
// Bounded: messages pulled ahead, unsettled messages (the server delivers no more than `ackPendingMax`), their bytes.
import { type AccessFiles, NO_ACCESS, readAccess } from "../../shared/bus/access.ts"
import { CONNECT_TIMEOUT_MS, connectionSettings, hindrance } from "../../shared/bus/connection.ts"
import { findSpeaking } from "../../shared/bus/probe.ts"
import { type BusAddress, busName, ensureEventStream } from "../../shared/event/event-stream.ts"
import { COLLECTOR_INBOX, EVENT_SUBJECTS, STREAM, speakerOf } from "../../shared/event/subjects.ts"
import type { BatchApplier } from "../inventory/batch-applier.ts"
import { AHEAD_US } from "./admission.ts"
import {
  CHECKPOINT_LIMITS,
  type CheckpointLimits,
  CheckpointSchedule,
  type Clock,
  SYSTEM_CLOCK,
} from "./checkpoint-schedule.ts"
import { applyMessage, ConsumeCounters, type Outcome } from "./in-process-consumer.ts"
import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  type ConsumerMessages,
  connect,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  jetstreamManager,
  type NatsConnection,
  nanos,
  nkeyAuthenticator,
} from "./nats-library.ts"
import { planOf, sentenceOf } from "./stream-place.ts"

export interface JetStreamConsumerOptions {
  readonly address: BusAddress
  readonly access?: AccessFiles
  /** Name under which the server remembers the position. */
  readonly durable: string
  readonly checkpoint?: Partial<CheckpointLimits>
  /** How long the server waits for an acknowledgement before it delivers again; well above the checkpoint interval. */
  readonly ackWaitMs?: number
  /** Messages delivered and not yet acknowledged. */
  readonly ackPendingMax?: number
  /** With no sensor running, halves wait this long after the last message for the sensor that has the other ones. */
  readonly settleAfterMs?: number
  /** How far the times of a batch may be ahead of the server's clock, µs. */
  readonly aheadUs?: number
  readonly clock?: Clock
  /** Takes a sentence when the stream is being consumed. */
  readonly log?: (sentence: string) => void
  /** Takes a sentence about what hinders that or the checkpoints, and about whoever sent what was refused; default `log`. */
  readonly warn?: (sentence: string) => void
}

export class JetStreamCounters extends ConsumeCounters {
  connections = 0
  checkpointFailures = 0
  /** Since the store was made: messages that the store had lost and the stream had not, and those that neither had. */
  again = 0
  gone = 0
  /** Messages on subjects that name no sensor: of sensors of an earlier release, or of nobody that is known. */
  unnamed = 0
}

const ACK_WAIT_MS = 10_000
const ACK_PENDING_MAX = 1024
/** Bytes of messages that wait for a checkpoint: they are in memory until it is written. */
const UNSETTLED_BYTES_MAX = 64 * 1024 * 1024
/** Messages asked for ahead. */
const PULL_MESSAGES = 64
const PULL_EXPIRES_MS = 5000
const PULL_HEARTBEAT_MS = 1000
const RETRY_MS = 250
const TICK_MS = 100
/** Two captures read one after the other still meet; what can never be joined is late by this much. */
const SETTLE_AFTER_MS = 5000
const SETTLE_TICKS = 10
/** How often the server is asked how much is waiting when no message says so. */
const LAG_TICKS = 50
/** API error: no consumer of that name. */
const CONSUMER_NOT_FOUND = 10014

export class JetStreamConsumer {
  readonly name = "jetstream"
  readonly counters = new JetStreamCounters()
  readonly #applier: BatchApplier
  readonly #options: JetStreamConsumerOptions
  readonly #schedule: CheckpointSchedule
  readonly #clock: Clock
  readonly #warn: (sentence: string) => void
  readonly #settleAfterMs: number
  /** When the last message came, or the connection, ms of the clock. */
  #messageMs = 0
  readonly #ackPendingMax: number
  readonly #ackWaitMs: number
  readonly #stopTicking: () => void
  readonly #ended: Promise<void>
  #unsettled: { readonly message: JsMsg; readonly outcome: Outcome }[] = []
  #unsettledBytes = 0
  #connection: NatsConnection | null = null
  #messages: ConsumerMessages | null = null
  #isClosing = false
  #trouble = "The NATS server was not reached yet."
  #lag: number | null = null
  #mistake: Error | null = null
  #ticks = 0

  /** Starts at once, and goes on until `close`, whatever the server does. */
  constructor(applier: BatchApplier, options: JetStreamConsumerOptions) {
    const limits = { ...CHECKPOINT_LIMITS, ...options.checkpoint }
    const clock = options.clock ?? SYSTEM_CLOCK
    this.#applier = applier
    this.#options = options
    this.#warn = options.warn ?? options.log ?? (() => undefined)
    this.#schedule = new CheckpointSchedule(applier, limits, clock, this.#warn)
    this.#clock = clock
    this.#settleAfterMs = options.settleAfterMs ?? SETTLE_AFTER_MS
    this.#ackPendingMax = options.ackPendingMax ?? ACK_PENDING_MAX
    this.#ackWaitMs = options.ackWaitMs ?? Math.max(ACK_WAIT_MS, 3 * limits.intervalMs)
    this.#stopTicking = clock.every(TICK_MS, () => this.#tick())
    this.#ended = this.#run()
  }

  /** Why the collector is not ready, a sentence each; empty while the stream is being consumed. */
  get reasons(): readonly string[] {
    return [this.#trouble, this.#schedule.trouble].filter((sentence) => sentence !== "")
  }

  get isConnected(): boolean {
    return this.#messages !== null
  }

  /** Messages in the stream that were not delivered yet; null while unknown. */
  get lag(): number | null {
    return this.#lag
  }

  /** Takes no more messages; resolves when what was applied is durable and acknowledged. Rejects with the StoreError. */
  async close(): Promise<void> {
    if (this.#isClosing) return this.#ended
    this.#isClosing = true
    this.#stopTicking()
    void this.#messages?.close()
    if (this.#messages === null) await this.#connection?.close()
    await this.#ended
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      try {
        await this.#connect()
        const messages = await this.#bind()
        if (messages !== null) await this.#consume(messages)
      } catch (error) {
        // Our own mistake, not the world's: it ends the process rather than being tried for ever.
        if (error === this.#mistake) throw error
        this.#say(`No events from ${busName(this.#options.address)}: ${hindrance(error)}.`)
      }
      this.#messages = null
      this.#lag = null
      if (!this.#isClosing) {
        await this.#connection?.close().catch(() => undefined)
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      }
    }
    try {
      await this.#schedule.running?.catch(() => undefined)
      if (this.#unsettled.length > 0) await this.#checkpoint()
      // The acknowledgements are on their way when the server has answered.
      await this.#connection?.flush().catch(() => undefined)
    } finally {
      await this.#connection?.close().catch(() => undefined)
    }
  }

  async #connect(): Promise<void> {
    const { address, durable } = this.#options
    const server = await findSpeaking(address.servers, CONNECT_TIMEOUT_MS)
    const access = readAccess(this.#options.access ?? NO_ACCESS)
    const client = { name: `sonde-collector ${durable}`, inbox: COLLECTOR_INBOX }
    this.#connection = await connect(connectionSettings(address, server, client, access, nkeyAuthenticator))
    this.counters.connections++
  }

  /** Finds or makes the stream and the durable consumer, and starts pulling. */
  async #bind(): Promise<ConsumerMessages | null> {
    const manager = await jetstreamManager(this.#connection!, { timeout: CONNECT_TIMEOUT_MS })
    await ensureEventStream(manager.streams)
    const { durable } = this.#options
    const info = await this.#position(manager)
    this.#lag = info.num_pending
    if (this.#isClosing) return null
    const consumer = await manager.jetstream().consumers.get(STREAM, durable)
    const messages = await consumer.consume({
      max_messages: PULL_MESSAGES,
      expires: PULL_EXPIRES_MS,
      idle_heartbeat: PULL_HEARTBEAT_MS,
      abort_on_missing_resource: true,
    })
    this.#messages = messages
    this.#messageMs = this.#clock.now()
    if (this.#isClosing) await messages.close()
    this.#trouble = ""
    this.#options.log?.(
      `Consuming ${STREAM} from ${busName(this.#options.address)}, ${info.num_pending} messages waiting.`,
    )
    return messages
  }

  /**
   * The durable consumer, made when it is not there. What was delivered before and not settled would come again after newer messages, when
   * the server has waited long enough: the analysis would see another order than without the loss. So it is made anew, from the oldest of
   * those on; what was applied of them is known by its position. Likewise when the store is older than what the server remembers.
   */
  async #position({ consumers, streams }: JetStreamManager): Promise<ConsumerInfo> {
    const { durable } = this.#options
    const { created, state } = await streams.info(STREAM)
    const info = await consumers.info(STREAM, durable).catch((error: unknown) => {
      if ((error as { code?: unknown }).code !== CONSUMER_NOT_FOUND) throw error
      return null
    })
    const floor = info?.ack_floor.stream_seq ?? null
    const { places } = this.#applier
    const plan = planOf(durable, places.of(durable), { created, first: state.first_seq }, floor, this.#ackPendingMax)
    const isAsLeft = info !== null && info.num_ack_pending === 0 && plan.startAt === null
    if (info !== null && !isAsLeft) await consumers.delete(STREAM, durable)
    // Not before: a connection that is lost here finds the same plan again, and would count and tell it twice.
    places.put(plan.place)
    Object.assign(this.counters, { again: plan.place.again, gone: plan.place.gone })
    const sentence = sentenceOf(plan, STREAM)
    if (sentence !== "") this.#warn(sentence)
    if (isAsLeft) return info
    const { opt_start_time: _, ...settings } = info?.config ?? this.#settings()
    const oldest = plan.startAt ?? (floor === null ? null : floor + 1)
    const from = oldest === null ? {} : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: oldest }
    return consumers.add(STREAM, { ...settings, ...from })
  }

  #settings(): Partial<ConsumerConfig> {
    return {
      durable_name: this.#options.durable,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(this.#ackWaitMs),
      max_ack_pending: this.#ackPendingMax,
      deliver_policy: DeliverPolicy.All,
      filter_subject: EVENT_SUBJECTS,
    }
  }

  async #consume(messages: ConsumerMessages): Promise<void> {
    for await (const message of messages) {
      // Nothing is applied while a checkpoint is written, so that what it holds is what was settled with it.
      await this.#schedule.running?.catch(() => undefined)
      while ((this.#isFull || this.#schedule.trouble !== "") && !this.#isClosing) await this.#retryCheckpoint()
      if (this.#isClosing) break
      this.#unsettled.push({ message, outcome: this.#apply(message) })
      this.#applier.places.note(this.#options.durable, message.seq)
      this.#unsettledBytes += message.data.length
      this.#messageMs = this.#clock.now()
      this.#lag = message.info.pending
      this.#schedule.note(message.data.length)
      if (this.#schedule.isDue) await this.#checkpoint().catch(() => undefined)
    }
    if (!this.#isClosing) this.#say(`The connection to ${busName(this.#options.address)} is lost.`)
  }

  get #isFull(): boolean {
    return this.#unsettled.length >= this.#ackPendingMax || this.#unsettledBytes >= UNSETTLED_BYTES_MAX
  }

  #apply(message: JsMsg): Outcome {
    // The server's time of storing: a message that waited for this collector was not heard just now.
    const heardUs = Math.round(message.info.timestampNanos / 1000)
    const { subject, data } = message
    if (speakerOf(subject)?.sensor === "") this.counters.unnamed++
    const { aheadUs = AHEAD_US } = this.#options
    const gate = { subject, heardUs, aheadUs, onRefusal: this.#warn }
    try {
      return applyMessage(this.#applier, data, this.counters, heardUs, gate)
    } catch (error) {
      this.#mistake = error as Error
      throw error
    }
  }

  async #retryCheckpoint(): Promise<void> {
    if (this.#schedule.mayTry) await this.#checkpoint().catch(() => undefined)
    else await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }

  /** Writes a checkpoint and settles the messages that it holds. They stay unsettled when it fails. */
  async #checkpoint(): Promise<void> {
    const settled = this.#unsettled
    const bytes = this.#unsettledBytes
    this.#unsettled = []
    this.#unsettledBytes = 0
    try {
      await this.#schedule.run()
    } catch (error) {
      this.#unsettled = [...settled, ...this.#unsettled]
      this.#unsettledBytes += bytes
      this.counters.checkpointFailures++
      throw error
    }
    for (const { message, outcome } of settled) settle(message, outcome)
  }

  #tick(): void {
    if (this.#schedule.running === null && this.#schedule.isDue) this.#checkpoint().catch(() => undefined)
    this.#ticks++
    if (this.#ticks % SETTLE_TICKS === 0 && this.#isQuiet) void this.#settleQuiet()
    if (this.#ticks % LAG_TICKS === 0 && this.#messages !== null) void this.#askLag()
  }

  /** Something waits for another sensor, and no message came for a while. */
  get #isQuiet(): boolean {
    if (this.#messages === null || this.#applier.waiting === 0) return false
    return this.#clock.now() - this.#messageMs >= this.#settleAfterMs
  }

  /** Applies what waits, unless the server has more: also messages that a process before this one took and did not settle. */
  async #settleQuiet(): Promise<void> {
    const info = await this.#ask()
    if (info === null || info.num_pending > 0 || info.num_ack_pending > 0 || !this.#isQuiet) return
    if (this.#schedule.running === null && this.#applier.settle() > 0) this.#schedule.note(0)
  }

  async #askLag(): Promise<void> {
    const info = await this.#ask()
    if (info !== null) this.#lag = info.num_pending
  }

  /** What the server owes this consumer; null when it does not say. */
  async #ask(): Promise<ConsumerInfo | null> {
    const connection = this.#connection
    if (connection === null || connection.isClosed()) return null
    try {
      const manager = await jetstreamManager(connection, { timeout: CONNECT_TIMEOUT_MS, checkAPI: false })
      const info = await manager.consumers.info(STREAM, this.#options.durable)
      return this.#connection === connection && this.#messages !== null ? info : null
    } catch {
      // The consuming loop notices a connection that is gone.
      return null
    }
  }

  #say(sentence: string): void {
    if (sentence !== this.#trouble) this.#warn(sentence)
    this.#trouble = sentence
  }
}

/** A message of a connection that is gone cannot be settled: it will be delivered again, and found applied. */
function settle(message: JsMsg, outcome: Outcome): void {
  try {
    if (outcome === "refused") message.term()
    else message.ack()
  } catch {
    // See above.
  }
}
