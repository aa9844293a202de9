// For the tests of this folder: two peers that write frames, and a play of what they wrote into the HTTP stage and on into
// HTTP/2, with what comes out written down. Every play adds up the ledger and asserts that nothing is left behind.
import assert from "node:assert/strict"
import { ANOMALIES, type Anomaly } from "../../../shared/event/anomalies.ts"
import { HEAD_PART_NAMES } from "../../../shared/event/api-event.ts"
import { Flow, type Side } from "../../flow/flow.ts"
import type { Secured } from "../../flow/secured.ts"
import { type SessionView, StreamEnd } from "../../tcp/session-receiver.ts"
import { HttpCounters } from "../counters.ts"
import { type Exchange, ExchangeFlag, type ExchangeReceiver } from "../exchange-receiver.ts"
import { Http } from "../http.ts"
import { FieldName, type HttpHead } from "../http-head.ts"
import { HTTP_DEFAULTS } from "../options.ts"
import { NO_SUCCESSORS } from "../successors.ts"
import { Http2Counters } from "./counters.ts"
import { type Field, HpackEncoder, type Indexing } from "./fake-hpack-encoder.ts"
import { FrameFlag, FrameType } from "./frame-type.ts"
import { Http2 } from "./http2.ts"
import { HTTP2_DEFAULTS, type Http2Options } from "./options.ts"

export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
const FRAME_MAX = 16_384

export function frame(type: number, flags: number, id: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header[3] = type
  header[4] = flags
  header.writeUInt32BE(id, 5)
  return Buffer.concat([header, payload])
}

export const settings = (entries: readonly (readonly [number, number])[] = []): Buffer =>
  frame(
    FrameType.settings,
    0,
    0,
    Buffer.concat(
      entries.map(([id, value]) => {
        const entry = Buffer.alloc(6)
        entry.writeUInt16BE(id)
        entry.writeUInt32BE(value, 2)
        return entry
      }),
    ),
  )
export const reset = (id: number, code: number = 8): Buffer =>
  frame(FrameType.reset, 0, id, Buffer.from([0, 0, 0, code]))
export const windowUpdate = (id: number): Buffer => frame(FrameType.windowUpdate, 0, id, Buffer.from([0, 0, 16, 0]))

export interface HeadersOptions {
  readonly end?: boolean
  /** Bytes of padding, priority, and of each fragment of the block. */
  readonly padding?: number
  readonly priority?: boolean
  readonly fragment?: number
  readonly indexing?: Indexing | ((field: Field) => Indexing)
  /** PUSH_PROMISE of this stream. */
  readonly promised?: number
}

/** Writes frames with an encoder of its own. */
export class Peer {
  readonly encoder = new HpackEncoder()

  headers(id: number, fields: readonly Field[], options: HeadersOptions = {}): Buffer {
    const { end = false, padding, priority = false, fragment = FRAME_MAX, indexing = "incremental", promised } = options
    const block = this.encoder.encode(fields, typeof indexing === "string" ? () => indexing : indexing)
    const parts: Buffer[] = []
    for (let at = 0; at === 0 || at < block.length; at += fragment) {
      const isLast = at + fragment >= block.length
      const piece = block.subarray(at, at + fragment)
      let flags = isLast ? FrameFlag.endHeaders : 0
      if (at > 0) {
        parts.push(frame(FrameType.continuation, flags, id, piece))
        continue
      }
      if (end) flags |= FrameFlag.endStream
      const lead: number[] = []
      if (padding !== undefined) {
        flags |= FrameFlag.padded
        lead.push(padding)
      }
      if (priority) {
        flags |= FrameFlag.priority
        lead.push(0, 0, 0, 0, 15)
      }
      if (promised !== undefined) lead.push(0, 0, promised >> 8, promised & 255)
      const payload = Buffer.concat([Buffer.from(lead), piece, Buffer.alloc(padding ?? 0)])
      parts.push(frame(promised === undefined ? FrameType.headers : FrameType.pushPromise, flags, id, payload))
    }
    return Buffer.concat(parts)
  }
}

/** A body in frames of at most `length` bytes. */
export function data(
  id: number,
  body: Buffer | string,
  end: boolean = false,
  length: number = FRAME_MAX,
  padding?: number,
): Buffer {
  const bytes = typeof body === "string" ? Buffer.from(body) : body
  const parts: Buffer[] = []
  for (let at = 0; at === 0 || at < bytes.length; at += length) {
    const isLast = at + length >= bytes.length
    const flags = (isLast && end ? FrameFlag.endStream : 0) | (padding === undefined ? 0 : FrameFlag.padded)
    const piece = bytes.subarray(at, at + length)
    const padded = padding === undefined ? piece : Buffer.concat([Buffer.from([padding]), piece, Buffer.alloc(padding)])
    parts.push(frame(FrameType.data, flags, id, padded))
  }
  return Buffer.concat(parts)
}

export const request = (method: string, path: string, more: readonly Field[] = []): Field[] => [
  [":method", method],
  [":scheme", "http"],
  [":authority", "api.example.com"],
  [":path", path],
  ...more,
]
export const response = (status: number, more: readonly Field[] = []): Field[] => [[":status", `${status}`], ...more]

export type Step =
  | { readonly side: Side; readonly bytes: Buffer; readonly ack?: number; readonly timeUs?: number }
  | { readonly side: Side; readonly gap: number }
export const c = (...bytes: Buffer[]): Step => ({ side: 0, bytes: Buffer.concat(bytes) })
export const s = (...bytes: Buffer[]): Step => ({ side: 1, bytes: Buffer.concat(bytes) })

/** What a head said. */
export interface SeenHead {
  readonly method: string
  readonly target: string
  readonly host: string
  readonly status: number
  readonly fields: readonly Field[]
  body: string
}
export interface SeenExchange {
  readonly key: number
  readonly state: string
  readonly request: SeenHead | null
  readonly response: SeenHead | null
  readonly requestBytes: number
  readonly responseBytes: number
  readonly messages: readonly [number, number]
  readonly outcome: number
  readonly unknown: readonly string[]
  readonly flags: readonly string[]
  readonly anomalies: readonly string[]
}

const STATES = ["complete", "bodyGap", "requestOnly", "responseOnly", "unpaired"]

class Recorder implements ExchangeReceiver<SeenHead, SeenHead> {
  exchanges: SeenExchange[] = []
  onRequest(head: HttpHead): SeenHead {
    return seenHead(head)
  }
  onResponse(head: HttpHead): SeenHead {
    return seenHead(head)
  }
  bodyWanted(): number {
    return 1000
  }
  onBody(facts: SeenHead, bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    facts.body = Buffer.from(bytes.subarray(start, end)).toString("latin1") + (whole ? "." : "")
  }
  onUpgrade(facts: SeenHead): SeenHead {
    return facts
  }
  onExchange(exchange: Exchange<SeenHead, SeenHead>): void {
    this.exchanges.push({
      key: exchange.requestEndSeq,
      state: STATES[exchange.state]!,
      request: exchange.request?.facts ?? null,
      response: exchange.response?.facts ?? null,
      requestBytes: exchange.request?.bodyBytes ?? 0,
      responseBytes: exchange.response?.bodyBytes ?? 0,
      messages: [exchange.requestMessages, exchange.responseMessages],
      outcome: exchange.outcome,
      unknown: HEAD_PART_NAMES.filter((_, bit) => (exchange.unknown & (1 << bit)) !== 0),
      flags: Object.entries(ExchangeFlag).flatMap(([name, bit]) => ((exchange.flags & bit) !== 0 ? [name] : [])),
      anomalies: exchange.anomalies.map((code) => ANOMALIES[code as Anomaly].name),
    })
  }
}

function seenHead(head: HttpHead): SeenHead {
  const fields: Field[] = []
  for (let i = 0; i < head.fields; i++)
    fields.push([head.buffer.latin1Slice(head.nameStart[i], head.nameEnd[i]), head.value(i)])
  return {
    method: head.method,
    target: head.target(),
    host: head.valueOf(FieldName.host),
    status: head.status,
    fields,
    body: "",
  }
}

export interface Played {
  readonly exchanges: readonly SeenExchange[]
  /** A line an exchange. */
  readonly lines: readonly string[]
  readonly http: HttpCounters
  readonly counters: Http2Counters
}

export interface PlayOptions {
  readonly midstream?: boolean
  readonly starts?: readonly [number, number]
  readonly seen?: readonly Side[]
  /** Length of the next piece of a step's bytes. */
  readonly cut?: (left: number) => number
  readonly options?: Partial<Http2Options>
  /** TLS session that it was read through. */
  readonly secured?: Secured
  /** Sequence numbers of both first bytes. */
  readonly sequence?: number
}

const FLOW = new Flow(4, new Int32Array(8), 40000, 80, 0, 0)

export function lineOf(one: SeenExchange): string {
  const asked =
    one.request === null ? "-" : `${one.request.method} ${one.request.target} ${one.request.host} +${one.requestBytes}`
  const answered = one.response === null ? "-" : `${one.response.status} +${one.responseBytes}`
  const messages = one.messages[0] < 0 && one.messages[1] < 0 ? [] : [`messages ${one.messages.join("/")}`]
  const outcome = one.outcome < 0 ? [] : [`outcome ${one.outcome}`]
  const unknown = one.unknown.map((part) => `?${part}`)
  return [one.state, asked, "=>", answered, ...messages, ...outcome, ...unknown, ...one.flags, ...one.anomalies].join(
    " ",
  )
}

interface Stage {
  readonly recorder: Recorder
  readonly httpCounters: HttpCounters
  readonly counters: Http2Counters
  readonly http2: Http2<SeenHead, SeenHead>
  readonly http: Http<SeenHead, SeenHead>
}

const stages = new Map<string, Stage>()

/** One stage for each set of options, emptied between plays: a parser and a slab a play would cost more than the play. */
function stageOf(options: Partial<Http2Options>): Stage {
  const key = JSON.stringify(options)
  let stage = stages.get(key)
  if (stage === undefined) {
    const recorder = new Recorder()
    const counters = new Http2Counters()
    const http2 = new Http2<SeenHead, SeenHead>(recorder, counters, { ...HTTP2_DEFAULTS, ...options })
    const httpCounters = new HttpCounters()
    const http = new Http(recorder, httpCounters, HTTP_DEFAULTS, {
      ...NO_SUCCESSORS,
      openHttp2: (session, client, timeUs) => http2.open(session, client, timeUs),
      openH2c: (session, client, timeUs) => http2.openUpgraded(session, client, timeUs),
    })
    stage = { recorder, httpCounters, counters, http2, http }
    stages.set(key, stage)
  }
  stage.recorder.exchanges = []
  Object.assign(stage.counters, new Http2Counters())
  Object.assign(stage.httpCounters, new HttpCounters())
  return stage
}

/** Each step acknowledges all that was sent to its side before it. */
export function play(steps: readonly Step[], options: PlayOptions = {}): Played {
  const { recorder, httpCounters, counters, http2, http } = stageOf(options.options ?? {})
  const seen = options.seen ?? [0, 1]
  const session: SessionView = {
    flow: FLOW,
    midstream: options.midstream ?? false,
    secured: options.secured ?? null,
    initiator: options.midstream === true ? -1 : 0,
    startOffset: (side) => options.starts?.[side] ?? 0,
    hasSeen: (side) => seen.includes(side),
    sequenceAt: (side, offset) => ((options.sequence ?? 1000) + side * 1000 + offset) >>> 0,
    takeRetransmitted: () => false,
  }
  const receiver = http.open(session, 0)
  const offset = [...(options.starts ?? [0, 0])]
  let delivered = 0
  for (const step of steps) {
    const { side } = step
    if ("gap" in step) {
      receiver.onGap(side, step.gap, 1)
      offset[side]! += step.gap
      continue
    }
    const { bytes, ack = offset[side === 0 ? 1 : 0]!, timeUs = 1 } = step
    for (let at = 0; at < bytes.length; ) {
      const length = Math.max(1, Math.min(bytes.length - at, options.cut?.(bytes.length - at) ?? bytes.length))
      const slab = Buffer.alloc(length + 8, "#")
      bytes.copy(slab, 4, at, at + length)
      receiver.onData(side, slab, 4, 4 + length, timeUs, ack)
      slab.fill("#")
      at += length
    }
    delivered += bytes.length
    offset[side]! += bytes.length
  }
  for (const side of [0, 1] as const) receiver.onEnd(side, StreamEnd.flush, 2)
  receiver.onClose(StreamEnd.flush, 2)
  assertLedger(httpCounters, counters, delivered, recorder.exchanges.length)
  assert.deepEqual([http2.streams, http2.gatheredBytes, http2.tableBytes, http.gatheredBytes], [0, 0, 0, 0])
  const lines = recorder.exchanges.map(lineOf)
  return { exchanges: recorder.exchanges, lines, http: { ...httpCounters }, counters: { ...counters } }
}

function assertLedger(http: HttpCounters, n: Http2Counters, delivered: number, exchanges: number): void {
  const { handedBytes, notHttpBytes } = http
  const handed = handedBytes.http2 + handedBytes.h2c
  const parts = [n.prefaceBytes, n.frameHeaderBytes, n.headerBlockBytes, n.bodyBytes, n.paddingBytes, n.otherBytes]
  assert.equal(
    parts.reduce((sum, part) => sum + part, n.skippedBytes),
    handed,
    `handed over: ${JSON.stringify(n)}`,
  )
  const rest = http.requestBytes + http.responseBytes + http.paddingBytes + http.skippedBytes + http.afterUpgradeBytes
  const dark = Object.values(notHttpBytes).reduce((sum, part) => sum + part, 0)
  assert.equal(handed + rest + dark + handedBytes.tls + handedBytes.upgraded, delivered)
  assert.equal(n.exchanges, n.complete + n.bodyGap + n.requestOnly + n.responseOnly)
  assert.equal(n.exchanges + http.exchanges, exchanges)
}
