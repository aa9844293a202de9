// Test support: incidents of a store, news of them, a clock that a test moves, and receivers that remember.
import { createServer, type IncomingMessage, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { checkpoint } from "../store/fake-records.ts"
import type { IncidentRecord } from "../store/incident-records.ts"
import type { Store } from "../store/store.ts"
import type { Message } from "./channel.ts"
import { noticeOf } from "./notice.ts"
import type { NotifierClock } from "./notifier.ts"

/** 2026-11-23 10:00:00 UTC, ms. */
export const NOW_MS = 1_795_428_000_000

export function incident(id: string, change: Partial<IncidentRecord> = {}): IncidentRecord {
  return {
    id,
    state: "open",
    verdict: "",
    lane: "high",
    kind: "enumeration",
    detections: ["enumeration", "scraping"],
    consumer: "",
    service: "",
    endpoint: "",
    sensor: "",
    firstEventUs: NOW_MS * 1000,
    lastEventUs: (NOW_MS + 60_000) * 1000,
    openedUs: (NOW_MS + 60_000) * 1000,
    closedUs: 0,
    score: 12.5,
    summary: "acme asked for 212 orders that are neighbours of each other",
    evidence: [],
    timeline: [],
    notes: [],
    consumers: [],
    lossyShare: 0,
    ...change,
  }
}

/** Commits the next checkpoint with these incidents. */
export async function commitIncidents(store: Store, ...incidents: IncidentRecord[]): Promise<void> {
  const { lastCheckpoint } = await store.load()
  const watch = { incidents, journal: [], snapshot: null, reachedUs: 0 }
  await store.commit(checkpoint(lastCheckpoint + 1, { watch }))
}

/** The message of an incident's first news. */
export async function messageOf(store: Store, record: IncidentRecord): Promise<Message> {
  const delivery = { sequence: 1, version: 1, kind: "opened", record, sinceUs: 0, tries: 0, failure: "" } as const
  return { notice: await noticeOf(store, delivery, "default"), madeMs: NOW_MS }
}

/** A clock that stands still; `tick` moves it and rings. */
export class FakeClock implements NotifierClock {
  nowMs = NOW_MS
  #call: () => void = () => {}

  wallUs(): number {
    return this.nowMs * 1000
  }

  every(_ms: number, call: () => void): () => void {
    this.#call = call
    return () => {
      this.#call = () => {}
    }
  }

  /** Moves on by `ms`, rings, and waits until what that began has come to rest. */
  async tick(ms: number, isAtRest: () => boolean | Promise<boolean>): Promise<void> {
    this.nowMs += ms
    this.#call()
    for (let i = 0; i < 2000 && !(await isAtRest()); i++) await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

export interface Received {
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

/** A real HTTP server that answers as it is told, or, for status 0, never. */
export class Receiver {
  readonly received: Received[] = []
  answer: (received: Received) => { status: number; headers?: Record<string, string> } = () => ({ status: 204 })
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on("data", (chunk: Buffer) => chunks.push(chunk))
      request.on("end", () => {
        const one = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() }
        this.received.push(one)
        const { status, headers = {} } = this.answer(one)
        if (status !== 0) response.writeHead(status, headers).end()
      })
    })
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver()
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  ids(): string[] {
    return this.received.map(({ headers }) => String(headers["sonde-delivery"]))
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}
