// Events into batches, batches onto a link.
//
// In:  events, shape notes, TLS notes, packet time. Out: encoded batches with their envelope, in sequence.
// A batch is closed when it holds `eventsMax` events or about `bytesMax` bytes, when `intervalUs` of packet time have
// passed since its first event or TLS note, and by `flush`. A live source lets packet time run on a silent wire, too.
// The last batch says so, and is sent even when empty: its ledger is the final one.
import type { ApiEvent, ShapeNote, TlsNote } from "../../shared/event/api-event.ts"
import { EVENT_VERSION } from "../../shared/event/api-event.ts"
import { BatchEncoder } from "../../shared/event/event-codec.ts"
import { CODEC_LIMITS, TIME_MAX_US } from "../../shared/event/event-codec-limits.ts"
import { isSubjectToken } from "../../shared/event/subjects.ts"
import { countDropped, type Link, type PublisherCounters } from "./link.ts"
import type { Publisher } from "./publisher.ts"

export interface BatcherOptions {
  readonly tenant: string
  readonly sensor: string
  /** Changes whenever the sequence starts anew. */
  readonly boot: string
  readonly keyEpoch: number
  /** The whole ledger so far, dotted names, non-zero counters only; asked once a batch. */
  readonly ledger: () => Readonly<Record<string, number>>
  readonly eventsMax?: number
  /** Bytes before compression, estimated. The default keeps a message under a NATS server's usual limit of 1 MiB. */
  readonly bytesMax?: number
  readonly intervalUs?: number
  /** An empty batch is sent when none was for this long, in packet time: the sensor lives, and its ledger is known. 0: never. */
  readonly heartbeatUs?: number
  /** Deflate: worth its CPU on a network link only. */
  readonly compress?: boolean
}

export const BATCH_EVENTS = 1000
export const BATCH_BYTES = 256 * 1024
export const BATCH_INTERVAL_US = 1_000_000

/** The bytes of a batch are estimated at one event in eight: eight of the largest are some 130 KB, an eighth of a NATS message. */
const WEIGHED_MASK = 7

export class Batcher implements Publisher {
  readonly counters: PublisherCounters
  readonly #link: Link
  readonly #options: Required<BatcherOptions>
  readonly #eventsMax: number
  readonly #encoder: BatchEncoder
  #sequence = 0
  #isClosed = false
  /** Why nothing more is sent; null as long as it is. */
  #abandoned: string | null = null
  /** Greatest packet time so far, µs. */
  #watermarkUs = 0
  /** Packet time now, µs; may go back between captures. */
  #timeUs = 0
  /** Packet time when the first event came into the open batch, µs. */
  #openedUs = 0
  /** Packet time of the last batch, µs. */
  #sentUs = 0

  constructor(link: Link, counters: PublisherCounters, options: BatcherOptions) {
    for (const name of [options.tenant, options.sensor, options.boot]) {
      if (!isSubjectToken(name)) throw new TypeError(`"${name}" cannot stand in a subject`)
    }
    this.#link = link
    this.counters = counters
    this.#options = {
      eventsMax: BATCH_EVENTS,
      bytesMax: BATCH_BYTES,
      intervalUs: BATCH_INTERVAL_US,
      heartbeatUs: 0,
      compress: false,
      ...options,
    }
    this.#eventsMax = this.#options.eventsMax
    if (this.#eventsMax > CODEC_LIMITS.events) throw new RangeError("eventsMax is above the codec's limit")
    this.#encoder = new BatchEncoder({ compress: this.#options.compress })
  }

  abandon(reason: string): void {
    if (this.#abandoned !== null) return
    this.#abandoned = reason
    countDropped(this.counters, reason, this.#encoder.events)
  }

  publish(event: ApiEvent): void {
    const encoder = this.#encoder
    if (this.#abandoned !== null) {
      this.counters.exchanges++
      countDropped(this.counters, this.#abandoned, 1)
      return
    }
    const events = encoder.events
    if (events === 0) this.#open()
    encoder.add(event)
    this.counters.exchanges++
    if (events + 1 >= this.#eventsMax) this.flush()
    else if ((events & WEIGHED_MASK) === 0 && encoder.estimatedBytes >= this.#options.bytesMax) this.flush()
  }

  note(shape: ShapeNote): void {
    if (this.#abandoned !== null) return
    this.#encoder.note(shape)
    if (this.#encoder.isFull || this.#encoder.estimatedBytes >= this.#options.bytesMax) this.flush()
  }

  tls(note: TlsNote): void {
    if (this.#abandoned !== null) return
    this.#open()
    this.#encoder.tls(note)
    this.counters.tlsNotes++
    if (this.#encoder.isFull || this.#encoder.estimatedBytes >= this.#options.bytesMax) this.flush()
  }

  advance(timeUs: number): void {
    this.#timeUs = timeUs
    if (timeUs > this.#watermarkUs) this.#watermarkUs = Math.min(Math.floor(timeUs), TIME_MAX_US)
    if (this.#encoder.events > 0 || this.#encoder.tlsNotes > 0) {
      if (Math.abs(timeUs - this.#openedUs) >= this.#options.intervalUs) this.flush()
    } else if (this.#options.heartbeatUs > 0 && this.#abandoned === null) {
      if (this.#sentUs === 0) this.#sentUs = timeUs
      else if (Math.abs(timeUs - this.#sentUs) >= this.#options.heartbeatUs) this.#send(false)
    }
  }

  get busy(): Promise<void> | null {
    return this.#link.busy
  }

  /** Closes the open batch, if anything is in it. */
  flush(): void {
    if (this.#abandoned !== null) return
    const { events, shapes, tlsNotes } = this.#encoder
    if (events > 0 || shapes > 0 || tlsNotes > 0) this.#send(false)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    if (this.#abandoned === null) this.#send(true)
    await this.#link.close()
  }

  /** The clock of a batch starts with the first event or TLS note in it. */
  #open(): void {
    if (this.#encoder.events === 0 && this.#encoder.tlsNotes === 0) this.#openedUs = this.#timeUs
  }

  #send(last: boolean): void {
    const { tenant, sensor, boot, keyEpoch } = this.#options
    const events = this.#encoder.events
    this.#sequence++
    this.#sentUs = this.#timeUs
    this.counters.batches++
    const bytes = this.#encoder.encode({
      version: EVENT_VERSION,
      tenant,
      sensor,
      boot,
      sequence: this.#sequence,
      keyEpoch,
      watermarkUs: this.#watermarkUs,
      last,
      ledger: this.#options.ledger(),
    })
    this.counters.bytes += bytes.length
    this.counters.cut = this.#encoder.cut
    this.#link.send({ bytes, sequence: this.#sequence, events })
  }
}
