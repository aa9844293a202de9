// Brings a channel's queue to it, one message after the other, oldest first.
//
//   next due --> deliver --> delivered | refused: a dead letter | later: a wait of its own --.
//      ^                                                       (of the channel: all wait)    |
//      '-------------------------------------------------------------------------------------'
//
// What a try came to is in the store before the next begins; a kill in between means that the receiver gets it once more, under the same
// id. Waits of the channel are in memory only: after a start it is tried at once.
import type { Delivery } from "../store/outbox.ts"
import type { Store } from "../store/store.ts"
import type { Channel, Outcome } from "./channel.ts"
import { noticeOf } from "./notice.ts"
import { nextTryMs, TRIES_MAX } from "./schedule.ts"

/** After a failure of the store. */
const STORE_PAUSE_MS = 5000

export interface CourierParts {
  readonly store: Store
  readonly channel: Channel
  readonly tenant: string
  /** Wall clock, ms. */
  readonly now: () => number
  /** A sentence when the channel fails, or works again. */
  readonly log: (sentence: string) => void
}

export class Courier {
  readonly channel: Channel
  readonly #parts: CourierParts
  readonly #closing = new AbortController()
  /** Nothing is sent before this, ms. */
  #resumeMs = 0
  #isFailing = false
  #running: Promise<void> | null = null

  constructor(parts: CourierParts) {
    this.channel = parts.channel
    this.#parts = parts
  }

  /** Sends what is due; resolves when nothing is. Calls while it runs join it. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** Somebody knows better than to wait. */
  resume(): void {
    this.#resumeMs = 0
  }

  /** What is under way is given up, and stays in the queue. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
    await this.channel.close()
  }

  async #run(): Promise<void> {
    const { store, now } = this.#parts
    try {
      while (!this.#closing.signal.aborted && now() >= this.#resumeMs) {
        const delivery = await store.outbox.next(this.channel.name, now() * 1000)
        if (delivery === null) return
        await this.#send(delivery)
      }
    } catch (error) {
      this.#resumeMs = now() + STORE_PAUSE_MS
      this.#parts.log(`Notifications to ${this.channel.name} wait: ${(error as Error).message}`)
    }
  }

  async #send(delivery: Delivery): Promise<void> {
    const { store, tenant } = this.#parts
    const notice = await noticeOf(store, delivery, tenant)
    const message = { notice, madeMs: Math.floor(delivery.sinceUs / 1000) }
    const outcome = await this.channel.deliver(message, this.#closing.signal)
    if (outcome.kind === "later" && this.#closing.signal.aborted) return
    await this.#note(delivery, outcome)
  }

  async #note({ sequence, tries, sinceUs }: Delivery, outcome: Outcome): Promise<void> {
    const { store, now, log } = this.#parts
    const { name } = this.channel
    const nowMs = now()
    const atUs = nowMs * 1000
    if (outcome.kind === "delivered") {
      if (this.#isFailing) log(`Notifications to ${name} work again.`)
      this.#isFailing = false
      await store.outbox.delivered(name, sequence, atUs)
      return
    }
    if (!this.#isFailing) log(`Notifications to ${name} fail: ${outcome.sentence}`)
    this.#isFailing = true
    if (outcome.kind === "refused") {
      await store.outbox.failed(name, sequence, { atUs, nextUs: null, sentence: outcome.sentence })
      return
    }
    const nextMs = nextTryMs(tries + 1, Math.floor(sinceUs / 1000), nowMs, outcome.afterMs)
    const nextUs = nextMs === null ? null : nextMs * 1000
    const sentence = nextMs === null ? `${outcome.sentence} ${givenUp(tries + 1)}` : outcome.sentence
    // Before the store is told: should that fail, the receiver is left in peace all the same.
    if (outcome.isChannel) this.#resumeMs = nextMs ?? nowMs + Math.max(outcome.afterMs, 1000)
    await store.outbox.failed(name, sequence, { atUs, nextUs, sentence })
  }
}

function givenUp(tries: number): string {
  return tries >= TRIES_MAX ? `Given up after ${tries} tries.` : "Given up after a day."
}
