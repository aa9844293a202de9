// A channel: somewhere outside that is told of incidents. It delivers one message at a time and says how that went; when to try again,
// and when to give up, is the courier's to decide.
import type { IncidentNotice } from "./notice.ts"

export const LANES = ["high", "review"] as const

export interface Message {
  readonly notice: IncidentNotice
  /** When it came into the queue, wall clock, ms: the same in every try. */
  readonly madeMs: number
}

export type Outcome =
  | { readonly kind: "delivered"; readonly sentence: string }
  /** `isChannel`: whatever is sent there would fare the same. `afterMs`: the receiver asks for so much time. */
  | { readonly kind: "later"; readonly sentence: string; readonly isChannel: boolean; readonly afterMs: number }
  /** The receiver will never take this message. */
  | { readonly kind: "refused"; readonly sentence: string }

export interface Channel {
  readonly name: string
  /** webhook, syslog, nats. */
  readonly kind: string
  readonly lanes: readonly string[]
  /** Where it leads, for people; never with what is secret in an address. */
  readonly target: string
  /** Resolves within a bounded time; rejects only for our own mistakes. */
  deliver(message: Message, signal: AbortSignal): Promise<Outcome>
  close(): Promise<void>
}

export const delivered = (sentence: string): Outcome => ({ kind: "delivered", sentence })
export const refused = (sentence: string): Outcome => ({ kind: "refused", sentence })
/** The whole channel is in trouble. */
export const unreachable = (sentence: string, afterMs = 0): Outcome => ({
  kind: "later",
  sentence,
  isChannel: true,
  afterMs,
})
/** This message is, maybe not the next one. */
export const notNow = (sentence: string, afterMs = 0): Outcome => ({
  kind: "later",
  sentence,
  isChannel: false,
  afterMs,
})
