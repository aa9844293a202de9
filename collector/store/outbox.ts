// What is to be told of incidents, and to which channels it was told.
//
//   checkpoint --> news (in the same transaction) --take--> queue of each open channel --> delivered and forgotten
//                                                            ^ tried again later |
//                                                            '------------------+--> dead letter, until somebody says "again"
//
// Bounded: news remembered, the queue and the dead letters of each channel. What goes over is counted (`dropped`).
// Times are wall clock, µs: deliveries are the outside world's.
import type { NewsKind } from "./incident-news.ts"
import type { IncidentRecord } from "./incident-records.ts"

export interface Delivery {
  /** Position of the news: 1, 2, 3, ... */
  readonly sequence: number
  /** 1, 2, 3, ... of this incident. Incident and version together are the id that receivers know it by. */
  readonly version: number
  readonly kind: NewsKind
  /** The incident as it was then. */
  readonly record: IncidentRecord
  /** When it came into the queue. */
  readonly sinceUs: number
  /** Tries so far; all of them failed. */
  readonly tries: number
  /** Why the last try failed, a sentence; "" before the first. */
  readonly failure: string
}

export interface OpenChannel {
  readonly name: string
  readonly lanes: readonly string[]
}

export interface ChannelRecord {
  readonly name: string
  /** Waiting, and given up, by now. */
  readonly queued: number
  readonly deadLetters: number
  /** Ever: delivered, failed and tried again, given up, not delivered because a limit was reached. */
  readonly delivered: number
  readonly retried: number
  readonly dead: number
  readonly dropped: number
  /** 0 for never. */
  readonly lastSuccessUs: number
  readonly lastFailureUs: number
  readonly lastFailure: string
}

export interface Failure {
  readonly atUs: number
  /** When it is tried again; null: it is given up. */
  readonly nextUs: number | null
  readonly sentence: string
}

export interface Outbox {
  /** These channels are told from now on, and no others. One that was not open before begins with the next news. */
  open(names: readonly string[]): Promise<void>
  /** News since the last call into the queues of these channels, where it is of their lanes. */
  take(channels: readonly OpenChannel[], nowUs: number): Promise<void>
  /** The oldest that is due, null when none is. */
  next(channel: string, nowUs: number): Promise<Delivery | null>
  delivered(channel: string, sequence: number, atUs: number): Promise<void>
  failed(channel: string, sequence: number, failure: Failure): Promise<void>
  channel(name: string): Promise<ChannelRecord | null>
  /** Newest first. */
  deadLetters(channel: string, limit: number): Promise<readonly Delivery[]>
  /** A dead letter into the queue once more, as if it were new; false when there is none of that incident and version. */
  again(channel: string, incident: string, version: number, nowUs: number): Promise<boolean>
}
