// How sensor and collector connect: the settings that both hand to the client library.
import type { BusAddress } from "../event/event-stream.ts"

/** Longest wait for a connection and for an answer of the JetStream API, ms. */
export const CONNECT_TIMEOUT_MS = 2000
/** Two pings without an answer end a connection, ms. */
const PING_MS = 5000

export interface ConnectionSettings {
  servers: string
  name: string
  timeout: number
  /** Off: the caller connects again, after shared/bus/probe.ts found a server that speaks. */
  reconnect: false
  pingInterval: number
  noAsyncTraces: true
  user?: string
  pass?: string
  token?: string
  tls?: Record<string, never>
}

export function connectionSettings(address: BusAddress, server: string, name: string): ConnectionSettings {
  const { user, pass, token, isTls } = address
  return {
    servers: server,
    name,
    timeout: CONNECT_TIMEOUT_MS,
    reconnect: false,
    pingInterval: PING_MS,
    noAsyncTraces: true,
    ...(user === undefined ? {} : { user }),
    ...(pass === undefined ? {} : { pass }),
    ...(token === undefined ? {} : { token }),
    ...(isTls ? { tls: {} } : {}),
  }
}
