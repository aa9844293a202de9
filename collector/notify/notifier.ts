// Tells the channels of incidents, and tells people how that goes.
//
// In:  the outbox that checkpoints fill; ticks of the wall clock. Out: messages at the receivers, at least once each, each with the id by
// which a receiver knows it again; state, dead letters and tests for API and command.
import type { Delivery } from "../store/outbox.ts"
import type { Store } from "../store/store.ts"
import type { Channel, Outcome } from "./channel.ts"
import { Courier } from "./courier.ts"
import { testNotice } from "./notice.ts"

const TICK_MS = 250
/** How long the end of the collector waits for what is still to be told, ms. */
const FLUSH_MS = 5000
export const DEAD_LETTERS_SHOWN = 200

/** The wall clock, replaceable in tests. */
export interface NotifierClock {
  /** µs since 1970. */
  wallUs(): number
  every(ms: number, call: () => void): () => void
}

export interface ChannelState {
  readonly name: string
  readonly kind: string
  readonly target: string
  readonly lanes: readonly string[]
  readonly queued: number
  readonly deadLetters: number
  readonly delivered: number
  readonly retried: number
  readonly dead: number
  readonly dropped: number
  /** Wall clock, µs; 0 for never. */
  readonly lastSuccessUs: number
  readonly lastFailureUs: number
  readonly lastFailure: string
}

export interface TestResult {
  readonly channel: string
  readonly isDelivered: boolean
  readonly sentence: string
}

/** What API and commands may ask. */
export interface Notifications {
  states(): Promise<readonly ChannelState[]>
  /** Null: there is no such channel. */
  deadLetters(channel: string): Promise<readonly Delivery[] | null>
  /** False: there is no such dead letter. */
  again(channel: string, incident: string, version: number): Promise<boolean>
  /** Of one channel, or all for "". Null: there is no such channel. */
  test(channel: string): Promise<readonly TestResult[] | null>
}

export interface NotifierOptions {
  readonly store: Store
  readonly channels: readonly Channel[]
  readonly clock: NotifierClock
  readonly tenant?: string
  readonly log?: (sentence: string) => void
}

export class Notifier implements Notifications {
  readonly #options: NotifierOptions
  readonly #tenant: string
  readonly #couriers: readonly Courier[]
  readonly #stopTicking: () => void
  readonly #log: (sentence: string) => void
  #taking: Promise<void> | null = null
  #isClosed = false

  private constructor(options: NotifierOptions) {
    const { store, channels, clock } = options
    this.#options = options
    this.#tenant = options.tenant ?? "default"
    this.#log = options.log ?? (() => {})
    const now = (): number => this.#nowMs
    const shared = { store, tenant: this.#tenant, now, log: this.#log }
    this.#couriers = channels.map((channel) => new Courier({ ...shared, channel }))
    this.#stopTicking = channels.length === 0 ? () => {} : clock.every(TICK_MS, () => void this.#tick())
  }

  static async open(options: NotifierOptions): Promise<Notifier> {
    await options.store.outbox.open(options.channels.map(({ name }) => name))
    return new Notifier(options)
  }

  async states(): Promise<readonly ChannelState[]> {
    const states: ChannelState[] = []
    for (const { name, kind, target, lanes } of this.#options.channels) {
      const record = await this.#options.store.outbox.channel(name)
      if (record !== null) states.push({ ...record, kind, target, lanes })
    }
    return states
  }

  async deadLetters(channel: string) {
    if (this.#courier(channel) === undefined) return null
    return this.#options.store.outbox.deadLetters(channel, DEAD_LETTERS_SHOWN)
  }

  async again(channel: string, incident: string, version: number) {
    const courier = this.#courier(channel)
    if (courier === undefined) return false
    courier.resume()
    return this.#options.store.outbox.again(channel, incident, version, this.#nowMs * 1000)
  }

  async test(channel: string) {
    const couriers = channel === "" ? this.#couriers : this.#couriers.filter((each) => each.channel.name === channel)
    if (channel !== "" && couriers.length === 0) return null
    const madeMs = this.#nowMs
    const notice = testNotice(madeMs, this.#tenant)
    const send = async (courier: Courier): Promise<TestResult> => {
      const at = courier.channel
      const outcome: Outcome = await at.deliver({ notice, madeMs }, new AbortController().signal)
      if (outcome.kind === "delivered") courier.resume()
      return { channel: at.name, isDelivered: outcome.kind === "delivered", sentence: outcome.sentence }
    }
    return Promise.all(couriers.map(send))
  }

  /** What is in the outbox goes out as far as its channels take it, for a few seconds at most; the rest stays in the store. */
  async close(flushMs = FLUSH_MS): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stopTicking()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, flushMs)
    })
    await Promise.race([this.#flush(), late])
    clearTimeout(timer)
    await Promise.all(this.#couriers.map((courier) => courier.close()))
  }

  get #nowMs(): number {
    return Math.floor(this.#options.clock.wallUs() / 1000)
  }

  #courier(name: string): Courier | undefined {
    return this.#couriers.find(({ channel }) => channel.name === name)
  }

  async #tick(): Promise<void> {
    if (this.#taking !== null) return
    await this.#take()
    if (this.#isClosed) return
    for (const courier of this.#couriers) void courier.run()
  }

  async #flush(): Promise<void> {
    await this.#taking
    await this.#take()
    await Promise.all(this.#couriers.map((courier) => courier.run()))
  }

  #take(): Promise<void> {
    const { store, channels } = this.#options
    this.#taking = store.outbox
      .take(channels, this.#nowMs * 1000)
      // It is tried again with the next tick.
      .catch((error: unknown) => this.#log(`The outbox cannot be read: ${(error as Error).message}`))
      .finally(() => {
        this.#taking = null
      })
    return this.#taking
  }
}
