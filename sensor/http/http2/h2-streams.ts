// The streams of one connection that are under way, and when their exchanges are told.
//
//   request and response seen    when both have ended, or one was reset
//   request alone                at the close; at once where the server's side is not in the capture
//   its end may be lost          after a minute of silence, when it is the oldest and another stream begins
//   response alone               when the client's stream has been read up to what the response acknowledges: its request is lost
//
// Bounded: streamsMax a connection, streamsTotalMax a worker; beyond it the oldest is told early.
import { Anomaly } from "../../../shared/event/anomalies.ts"
import { ExchangeFlag } from "../exchange-receiver.ts"
import type { H2Connection } from "./h2-connection.ts"
import { H2Stream, type Half } from "./h2-stream.ts"

/** Streams that were reset, which frames on their way may still name. */
const RESET_IDS = 32
/** A side that was not seen for this long is not in the capture. */
const ONE_WAY_US = 1_000_000
/** A stream that may have lost its last frames is told after this silence, when another one begins. */
const LOST_US = 60_000_000

export class H2Streams<Q, S> {
  /** In the order of their first frames. */
  readonly #streams = new Map<number, H2Stream<Q, S>>()
  /** Responses that have ended without their request, in that order. */
  readonly #waiting: H2Stream<Q, S>[] = []
  readonly #resets: number[] = []
  /** Greatest number of a stream that the client opened. */
  lastRequest = 0
  /** Streams were told early: what is not known may have been. */
  hasDropped = false
  readonly #c: H2Connection<Q, S>

  constructor(connection: H2Connection<Q, S>) {
    this.#c = connection
  }

  get(id: number): H2Stream<Q, S> | null {
    return this.#streams.get(id) ?? null
  }

  wasReset(id: number): boolean {
    return this.#resets.includes(id)
  }

  add(id: number, timeUs: number): H2Stream<Q, S> | null {
    const { shared } = this.#c
    this.#endLost(timeUs)
    const { streamsMax, streamsTotalMax } = shared.options
    if (this.#streams.size >= streamsMax || shared.streams >= streamsTotalMax) {
      shared.counters.streamsDropped++
      this.hasDropped = true
      const oldest = this.#streams.values().next().value
      if (oldest === undefined) return null
      oldest.addAnomaly(Anomaly.tooManyStreams)
      this.end(oldest)
    }
    shared.streams++
    const stream = shared.spareStreams.pop() ?? new H2Stream<Q, S>()
    stream.begin(id)
    this.#streams.set(id, stream)
    return stream
  }

  /** Streams of which the end seems to be lost: frames were, and nothing of them came for long. */
  #endLost(timeUs: number): void {
    for (const stream of this.#streams.values()) {
      const { request, response } = stream
      const isSuspect = request.isSuspect || response.isSuspect
      if (!isSuspect || timeUs - Math.max(request.lastUs, response.lastUs) < LOST_US) return
      this.end(stream)
    }
  }

  values(): Iterable<H2Stream<Q, S>> {
    return this.#streams.values()
  }

  /** Something about the stream has changed: tells it when nothing more is to come of it. */
  settle(stream: H2Stream<Q, S>, timeUs: number): void {
    const { request, response } = stream
    // The head of a response that has ended unseen is lost.
    if (request.isSeen && (response.isSeen || response.hasEnded)) {
      if (response.hasEnded && (request.hasEnded || request.isSuspect)) this.end(stream)
    } else if (response.isSeen && response.hasEnded) {
      if (!this.#mayWait(response, timeUs)) this.end(stream)
      else if (!stream.isWaiting) {
        stream.isWaiting = true
        this.#waiting.push(stream)
      }
    } else if (request.isSeen && request.hasEnded && this.#isOneWay(this.#c.server, timeUs)) this.end(stream)
  }

  /** The client's stream has gone on, or time has. */
  settleWaiting(timeUs: number): void {
    while (this.#waiting.length > 0) {
      const first = this.#waiting[0]!
      if (first.request.isSeen) {
        first.isWaiting = false
        this.#waiting.shift()
      } else if (this.#mayWait(first.response, timeUs)) return
      else this.end(first)
    }
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  reset(stream: H2Stream<Q, S>): void {
    stream.flags |= ExchangeFlag.streamReset
    this.#resets.push(stream.id)
    if (this.#resets.length > RESET_IDS) this.#resets.shift()
    this.end(stream)
  }

  /** Nothing more is expected of it. */
  end(stream: H2Stream<Q, S>): void {
    const { shared } = this.#c
    this.#streams.delete(stream.id)
    shared.streams--
    this.#c.endBody(stream.request)
    this.#c.endBody(stream.response)
    if (stream.request.isSeen || stream.response.isSeen) shared.teller.tell(this.#c, stream)
    if (stream.isWaiting) this.#waiting.splice(this.#waiting.indexOf(stream), 1)
    shared.spareStreams.push(stream)
  }

  close(): void {
    for (const stream of [...this.#streams.values()]) this.end(stream)
  }

  /** The client's side may yet show the request of this response. */
  #mayWait(response: Half<S>, timeUs: number): boolean {
    const { client } = this.#c
    if (this.#isOneWay(client, timeUs)) return false
    return response.ack < 0 || response.ack > this.#c.offset(client)
  }

  #isOneWay(side: 0 | 1, timeUs: number): boolean {
    return !this.#c.session.hasSeen(side) && timeUs - this.#c.openedUs >= ONE_WAY_US
  }
}
