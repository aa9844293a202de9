// TCP connections of a world's clients: opened when there is none free, kept alive, closed when they have been idle.
//
// In:  exchanges in order of time, with their messages.   Out: frames, each with its time.
import type { ApiDesign } from "../api-design.ts"
import { mix } from "../draws.ts"
import type { Exchange } from "../exchange.ts"
import { addressNumber, type FrameSide, type FrameStore, TcpFlag } from "./frames.ts"

const IDLE_US = 55_000_000
const REQUESTS_MAX = 200
const SEGMENT_BYTES = 1448
/** Between the segments of one message, and from the third packet of the handshake to the request. */
const STEP_US = 4
const HANDSHAKE_US = 90
const SERVER_PORT = 80
const FIRST_PORT = 20_000
const PORTS = 40_000

interface Connection {
  readonly client: FrameSide
  readonly server: FrameSide
  requests: number
  /** Time of the last byte of its last response, µs. */
  freeUs: number
}

interface Pool {
  readonly open: Connection[]
  opened: number
}

export class Connections {
  readonly #servers: readonly number[]
  readonly #pools = new Map<string, Pool>()
  readonly #frames: FrameStore

  constructor(api: ApiDesign, frames: FrameStore) {
    this.#servers = api.services.map(({ address }) => addressNumber(address))
    this.#frames = frames
  }

  send({ timeUs, waitUs, client, route }: Exchange, request: string, answer: string): void {
    const key = `${client.address} ${client.software.userAgent} ${route.service}`
    let pool = this.#pools.get(key)
    if (pool === undefined) {
      pool = { open: [], opened: 0 }
      this.#pools.set(key, pool)
    }
    this.#closeIdle(pool, timeUs)
    let connection = pool.open.find(({ freeUs }) => freeUs < timeUs)
    if (connection === undefined) {
      connection = this.#connect(pool, client.address, key, route.service, timeUs)
      pool.open.push(connection)
    }
    const lastUs = this.#message(timeUs, connection.client, connection.server, request)
    connection.freeUs = this.#message(lastUs + waitUs, connection.server, connection.client, answer) + 40
    this.#frames.segment(connection.freeUs, connection.client, connection.server, TcpFlag.ack, "")
    if (++connection.requests >= REQUESTS_MAX) this.#close(pool, connection, connection.freeUs + 1000)
  }

  /** Closes what is left. */
  finish(): void {
    for (const pool of this.#pools.values())
      for (const connection of [...pool.open]) this.#close(pool, connection, connection.freeUs + IDLE_US)
  }

  #closeIdle(pool: Pool, timeUs: number): void {
    for (let k = pool.open.length - 1; k >= 0; k--) {
      const connection = pool.open[k]!
      if (connection.freeUs + IDLE_US < timeUs) this.#close(pool, connection, connection.freeUs + IDLE_US)
    }
  }

  #connect(pool: Pool, address: string, key: string, service: number, timeUs: number): Connection {
    // Clients behind one address have ports of their own.
    const port =
      FIRST_PORT +
      ((mix(key.length, addressNumber(address)) + mix(7, key.charCodeAt(key.length - 4)) + pool.opened++) % PORTS)
    const sequence = mix(port, Math.floor(timeUs / 1000))
    const client = { address: addressNumber(address), port, next: sequence }
    const server = { address: this.#servers[service]!, port: SERVER_PORT, next: mix(sequence, 1) }
    const frames = this.#frames
    frames.segment(timeUs - HANDSHAKE_US, client, server, TcpFlag.syn, "")
    frames.segment(timeUs - HANDSHAKE_US / 2, server, client, TcpFlag.syn | TcpFlag.ack, "")
    frames.segment(timeUs - 10, client, server, TcpFlag.ack, "")
    return { client, server, requests: 0, freeUs: timeUs - 10 }
  }

  /** Returns the time of its last segment. */
  #message(timeUs: number, sender: FrameSide, receiver: FrameSide, text: string): number {
    let at = timeUs
    for (let start = 0; start < text.length; start += SEGMENT_BYTES) {
      if (start > 0) at += STEP_US
      const isLast = start + SEGMENT_BYTES >= text.length
      const flags = isLast ? TcpFlag.push | TcpFlag.ack : TcpFlag.ack
      this.#frames.segment(at, sender, receiver, flags, text.slice(start, start + SEGMENT_BYTES))
    }
    return at
  }

  #close(pool: Pool, connection: Connection, timeUs: number): void {
    pool.open.splice(pool.open.indexOf(connection), 1)
    const { client, server } = connection
    this.#frames.segment(timeUs, client, server, TcpFlag.fin | TcpFlag.ack, "")
    this.#frames.segment(timeUs + 60, server, client, TcpFlag.fin | TcpFlag.ack, "")
    this.#frames.segment(timeUs + 120, client, server, TcpFlag.ack, "")
  }
}
