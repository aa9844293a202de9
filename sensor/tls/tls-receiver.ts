// What the TLS stage promises to the stage above it: one account of each session, read or not.
import type { Flow, Side } from "../flow/flow.ts"
import type { Certificate } from "./certificates.ts"
import type { TlsReason } from "./tls-reason.ts"

export const TlsState = { read: 0, partly: 1, unread: 2 } as const
export type TlsState = (typeof TlsState)[keyof typeof TlsState]
/** Index = TlsState. */
export const TLS_STATE_NAMES = ["read", "partly", "unread"] as const

/** A session, or the part of it since the last account of it. Valid during the call only. */
export interface TlsAccount {
  readonly flow: Flow
  readonly client: Side
  /** False for all accounts of a session but its first. */
  readonly isFirst: boolean
  /** Packet time of the part's first byte, and until its last, µs. */
  readonly startUs: number
  readonly totalUs: number
  /** Bytes of TLS each way in the part, those included that were lost on the way to the sensor. */
  readonly requestBytes: number
  readonly responseBytes: number
  /** As sent, lower case: any bytes but NUL to 255 as Latin-1. */
  readonly serverName: string
  /** "1.0" to "1.3", "ssl3", "" unknown. */
  readonly version: string
  readonly alpn: string
  readonly ja4: string
  readonly cipher: number
  readonly certificate: Certificate | null
  readonly clientCertificate: Certificate | null
  readonly state: TlsState
  readonly reason: TlsReason
  readonly isResumed: boolean
  readonly hasEarlyData: boolean
}

export interface TlsReceiver {
  onTls(account: TlsAccount): void
}
