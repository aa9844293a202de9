// What is read of the channels that are told of incidents.
import type { Time } from "./common.ts"

export interface Channel {
  readonly name: string
  readonly kind: string
  readonly target: string
  readonly lanes: readonly string[]
  readonly queued: number
  readonly deadLetters: number
  readonly delivered: number
  readonly retried: number
  readonly dropped: number
  readonly lastSuccess: Time
  readonly lastFailure: { readonly at: Time; readonly sentence: string } | null
}

export interface DeadLetter {
  readonly id: string
  readonly incident: string
  readonly kind: string
  readonly lane: string
  readonly summary: string
  readonly since: Time
  readonly tries: number
  readonly failure: string
}

export interface TestResult {
  readonly channel: string
  readonly isDelivered: boolean
  readonly sentence: string
}
