// An event a line, for people and for jq.
//
// In:  events, and in the local debugging view their plain facts. Out: JSON lines with the keys of the interface page.
// With plain facts a line shows addresses and targets as they were on the wire; without, exactly what would leave the
// sensor: the same keys, with pseudonyms in place of addresses, a null target, and `marks`. Texts of shapes and notes of TLS sessions
// leave beside the events: `read --format batches` shows those, too. Keys of calls, messages, TLS and proxies stand
// at the end of the lines that have something to say there.

import { ANOMALIES, type Anomaly } from "../../shared/event/anomalies.ts"
import {
  type ApiEvent,
  type Call,
  FLAG_NAMES,
  type Form,
  HEAD_PART_NAMES,
  PROTOCOL_NAMES,
  type ShapeNote,
  STATE_NAMES,
  State,
  type TlsNote,
} from "../../shared/event/api-event.ts"
import type { PlainFacts } from "../../shared/event/plain-facts.ts"
import { countDropped, type PublisherCounters, rejected } from "./link.ts"
import type { Output } from "./output.ts"
import type { Publisher } from "./publisher.ts"

const WEBSOCKET = PROTOCOL_NAMES.indexOf("websocket")
/** Hex digits of a principal's pseudonym in a consumer id. */
const CONSUMER_ID_DIGITS = 12

export class NdjsonPublisher implements Publisher {
  readonly counters: PublisherCounters
  readonly #output: Output
  /** Lines that the output holds and has not written. */
  #waiting = 0

  constructor(output: Output, counters: PublisherCounters) {
    this.#output = output
    this.counters = counters
  }

  publish(event: ApiEvent, plain: PlainFacts | null): void {
    this.counters.exchanges++
    if (this.#output.failure !== null) {
      this.#drop(1)
      return
    }
    const line = `${JSON.stringify(eventLine(event, plain))}\n`
    this.counters.bytes += line.length
    this.counters.acknowledged++
    const { flushes } = this.#output
    this.#output.text(line)
    this.#waiting = this.#output.flushes === flushes ? this.#waiting + 1 : this.#output.isEmpty ? 0 : 1
    if (this.#output.failure !== null) this.#loseWaiting()
  }

  /** Lines taken since the last write went to nobody. */
  #loseWaiting(): void {
    this.counters.acknowledged -= this.#waiting
    this.#drop(this.#waiting)
    this.#waiting = 0
  }

  #drop(events: number): void {
    if (events > 0) countDropped(this.counters, this.#output.failure?.code === "io" ? "io" : "closedPipe", events)
  }

  note(_shape: ShapeNote): void {
    // A line stands for itself; the text of shapes belongs to batches.
  }

  tls(_note: TlsNote): void {
    this.counters.tlsNotes++
  }

  abandon(_reason: string): void {
    // Lines have no positions: what is left is still worth printing.
  }

  advance(_timeUs: number): void {
    // Lines leave as the buffer fills; there are no batches to close.
  }

  /** Rejects with code closed-pipe once the reader went away: time to stop reading, and nothing to complain about. */
  get busy(): Promise<void> | null {
    return this.#output.failure === null ? null : rejected(this.#output.failure)
  }

  async close(): Promise<void> {
    if (this.#output.failure === null) this.#output.flush()
    if (this.#output.failure === null) return
    this.#loseWaiting()
    throw this.#output.failure
  }
}

/** The line as an object: keys in the order of the interface page, further ones after them. */
export function eventLine(event: ApiEvent, plain: PlainFacts | null): Record<string, unknown> {
  const { client, server, identity, operation } = event
  // What a WebSocket conversation consists of are messages; its request is the exchange that ended with 101.
  const isRequestSeen = event.state !== State.responseOnly && operation.protocol !== WEBSOCKET
  return {
    ts: isoMicroseconds(event.startUs),
    protocol: PROTOCOL_NAMES[operation.protocol] ?? "unknown",
    state: STATE_NAMES[event.state] ?? "unknown",
    client:
      plain === null
        ? { id: client.address, prefix: client.prefix, class: client.addressClass }
        : { ip: plain.clientAddress, port: plain.clientPort },
    server:
      plain === null
        ? { id: server.address, class: server.addressClass, port: server.port }
        : { ip: plain.serverAddress, port: plain.serverPort },
    method: isRequestSeen ? textOrNull(plain?.method ?? operation.method) : null,
    host: plain === null ? textOrNull(server.authority) : plain.authority,
    target: isRequestSeen ? (plain?.target ?? null) : null,
    path: textOrNull(operation.path),
    operation: textOrNull(operation.operationKey),
    status: event.status === 0 ? null : event.status,
    requestBytes: event.requestBytes,
    responseBytes: event.responseBytes,
    consumer: {
      scheme: identity.scheme,
      id: identity.principal === "" ? null : consumerId(identity.principal),
      name: textOrNull(identity.name),
    },
    dataClasses: { request: classCounts(event.requestClasses), response: classCounts(event.responseClasses) },
    flags: FLAG_NAMES.filter((_, bit) => (event.flags & (1 << bit)) !== 0),
    anomalies: event.anomalies.map((code) => ANOMALIES[code as Anomaly]?.name ?? `anomaly.${code}`),
    extension: textOrNull(operation.extension),
    query: operation.query,
    headers: operation.headers,
    cookies: operation.cookies,
    objects: event.objects.map(hex48),
    zone: textOrNull(server.zone),
    firstByteUs: event.firstByteUs < 0 ? null : event.firstByteUs,
    totalUs: event.totalUs < 0 ? null : event.totalUs,
    items: event.items < 0 ? null : event.items,
    request: formLine(event.request),
    response: formLine(event.response),
    identity: {
      location: textOrNull(identity.location),
      credential: textOrNull(identity.credential),
      issuer: textOrNull(identity.issuer),
      algorithm: textOrNull(identity.algorithm),
      expired: identity.expired,
      rule: identity.rule,
    },
    userAgent: textOrNull(client.userAgentFamily),
    exchangeKey: event.exchangeKey === 0 ? null : hex48(event.exchangeKey),
    ...sparseKeys(event),
    ...objectKeys(event, plain === null),
    ...(plain === null ? { marks: marksOf(event) } : {}),
  }
}

/** What leaves besides, for whoever must see all of it: hashes and buckets, which say nothing to a reader. */
function marksOf({ client, identity, operation, request, response }: ApiEvent): Record<string, number> {
  return {
    fieldOrder: client.fieldOrder,
    userAgentHash: client.userAgentHash,
    scopeHash: identity.scopeHash,
    keyIdHash: identity.keyIdHash,
    lifetimeLog2: identity.lifetimeLog2,
    ageLog2: identity.ageLog2,
    pathFlags: operation.pathFlags,
    requestShape: request.coarseShape,
    responseShape: response.coarseShape,
  }
}

/** Keys that only some lines have, in this order. */
function sparseKeys(event: ApiEvent): Record<string, unknown> {
  const { call, client, server, identity } = event
  const keys: Record<string, unknown> = {}
  if (call.kind !== "") keys.call = callLine(call)
  if (event.requestMessages >= 0 || event.responseMessages >= 0)
    keys.messages = { request: countOrNull(event.requestMessages), response: countOrNull(event.responseMessages) }
  if (event.outcome >= 0) keys.outcome = event.outcome
  if (event.unknown !== 0) keys.unknown = HEAD_PART_NAMES.filter((_, bit) => (event.unknown & (1 << bit)) !== 0)
  if (server.tls !== "" || client.ja4 !== "" || client.alpn !== "")
    keys.tls = { version: textOrNull(server.tls), ja4: textOrNull(client.ja4), alpn: textOrNull(client.alpn) }
  if (client.hops > 0 || client.forwardedPrefix !== "")
    keys.forwarded = { hops: client.hops, prefix: textOrNull(client.forwardedPrefix) }
  if (identity.formerCredential !== "" || identity.formerPrincipal !== "")
    keys.former = {
      credential: textOrNull(identity.formerCredential),
      consumer: identity.formerPrincipal === "" ? null : consumerId(identity.formerPrincipal),
    }
  if (event.tenantMatch >= 0) keys.tenantMatch = event.tenantMatch === 1
  if (event.queryValues.length > 0) keys.queryValues = event.queryValues.map(hex32OrNull)
  return keys
}

/** What is said of objects elsewhere than in the path. Of ids that were given, their number says enough where bodies are at hand. */
function objectKeys(event: ApiEvent, isAll: boolean): Record<string, unknown> {
  const { returned, weakObjects, queryObjects, bodyObjects } = event
  const keys: Record<string, unknown> = {}
  if (event.returnedTotal >= 0 || returned.length > 0) {
    const count = { told: returned.length, total: countOrNull(event.returnedTotal) }
    keys.returned = isAll ? { ...count, ids: returned.map(hex32) } : count
  }
  if (weakObjects.length > 0) keys.weakObjects = weakObjects.map(hex48)
  if (queryObjects.length > 0) keys.queryObjects = queryObjects.map((key) => (key === 0 ? null : hex48(key)))
  if (bodyObjects.length > 0) keys.bodyObjects = bodyObjects.map(hex32)
  if (event.step !== 0) keys.step = event.step
  if (event.pageLimit >= 0 || event.pageOffset >= 0)
    keys.page = { limit: powerOrNull(event.pageLimit), offset: powerOrNull(event.pageOffset) }
  return keys
}

/** A bucket's smallest number. */
function powerOrNull(log2: number): number | null {
  return log2 < 0 ? null : 2 ** log2
}

function callLine(call: Call): Record<string, unknown> {
  return {
    kind: call.kind,
    key: textOrNull(call.key),
    fields: call.fields,
    depth: countOrNull(call.depth),
    aliases: countOrNull(call.aliases),
    batch: call.batch,
  }
}

function formLine(form: Form): Record<string, unknown> {
  return {
    contentType: textOrNull(form.contentType),
    contentEncoding: textOrNull(form.contentEncoding),
    kind: form.kind,
    shape: form.fullShape === 0 ? null : form.fullShape.toString(16).padStart(8, "0"),
  }
}

function consumerId(principal: string): string {
  return `c_${principal.slice(0, CONSUMER_ID_DIGITS)}`
}

/** "email=3" -> {email: 8}: the exponent stands for about that many values. */
function classCounts(classes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const one of classes) {
    const at = one.lastIndexOf("=")
    if (at > 0) counts[one.slice(0, at)] = 2 ** Number(one.slice(at + 1))
  }
  return counts
}

function countOrNull(count: number): number | null {
  return count < 0 ? null : count
}

function textOrNull(text: string): string | null {
  return text === "" ? null : text
}

/** A value that is not told is null. */
function hex32OrNull(value: number): string | null {
  return value === 0 ? null : hex32(value)
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, "0")
}

function hex48(key: number): string {
  return key.toString(16).padStart(12, "0")
}

let cachedSecond = Number.NaN
let cachedText = ""

/** "2026-11-23T10:00:00.123456Z". The text of a second is kept: events come many a second. */
export function isoMicroseconds(timeUs: number): string {
  const second = Math.floor(timeUs / 1_000_000)
  if (second !== cachedSecond) {
    const date = new Date(second * 1000)
    cachedText = Number.isNaN(date.getTime()) ? "1970-01-01T00:00:00" : date.toISOString().slice(0, -5)
    cachedSecond = second
  }
  const micros = Math.floor(timeUs - second * 1_000_000)
  return `${cachedText}.${String(micros).padStart(6, "0")}Z`
}
