// How sensor and collector connect: the settings that both hand to the client library.
import type { BusAddress } from "../event/event-stream.ts"
import type { Access } from "./access.ts"

/** Longest wait for a connection and for an answer of the JetStream API, ms. */
export const CONNECT_TIMEOUT_MS = 2000
/** Two pings without an answer end a connection, ms. */
const PING_MS = 5000

export interface ConnectionSettings<Authenticator> {
  servers: string
  name: string
  timeout: number
  /** Off: the caller connects again, after shared/bus/probe.ts found a server that speaks. */
  reconnect: false
  pingInterval: number
  noAsyncTraces: true
  /** Below it answers arrive: nobody else's credential may listen there. */
  inboxPrefix: string
  user?: string
  pass?: string
  token?: string
  /** `host`: whom the certificate must name; without it the library asks for "localhost" where the server is given by address. */
  tls?: { ca?: string; cert?: string; key?: string; host: string }
  authenticator?: Authenticator
}

/** Who connects: its name in the server's lists, and where answers to it arrive. */
export interface Client {
  readonly name: string
  readonly inbox: string
}

/** `sign`: the client library's way to prove that it has a seed. */
export function connectionSettings<Authenticator>(
  address: BusAddress,
  server: string,
  { name, inbox }: Client,
  { seed, tls }: Access,
  sign: (seed: Uint8Array) => Authenticator,
): ConnectionSettings<Authenticator> {
  const { user, pass, token, isTls } = address
  return {
    servers: server,
    name,
    timeout: CONNECT_TIMEOUT_MS,
    reconnect: false,
    pingInterval: PING_MS,
    noAsyncTraces: true,
    inboxPrefix: inbox,
    ...(user === undefined ? {} : { user }),
    ...(pass === undefined ? {} : { pass }),
    ...(token === undefined ? {} : { token }),
    ...(isTls || tls !== null ? { tls: { ...tls, host: hostOf(server) } } : {}),
    ...(seed === null ? {} : { authenticator: sign(seed) }),
  }
}

const hostOf = (server: string): string => server.slice(0, server.lastIndexOf(":")).replace(/^\[|\]$/g, "")

const REFUSED = /^authorization violation|^account authentication expired|^user authentication (expired|revoked)/i
const UNTRUSTED = /self.signed|unable to (get|verify)|certificate/i

/** What hinders a connection, for a sentence: with what to do where that is known. */
export function hindrance(error: unknown): string {
  const { message } = error as Error
  const about = message.replace(/\.$/, "")
  if (REFUSED.test(about)) return "the server refuses these credentials"
  if (/altnames/i.test(about)) return `the server's certificate is another one's: ${about}`
  return UNTRUSTED.test(about)
    ? `${about} (--nats-ca names the authority that the server's certificate must be of)`
    : about
}
