// For the tests of this folder: plays a scripted conversation into the HTTP stage and writes down what comes out.
//
//   play([c("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), s("HTTP/1.1 204 No Content\r\n\r\n")]).log
//
// Each step carries the acknowledgment that its sender would have sent: all that the script delivered to it before. Every
// play adds up the ledger of the stage and asserts it, whatever the test is about.
import assert from "node:assert/strict"
import { ANOMALIES, type Anomaly } from "../../shared/event/anomalies.ts"
import { Flow, type Side } from "../flow/flow.ts"
import { type SessionReceiver, type SessionView, StreamEnd } from "../tcp/session-receiver.ts"
import { HttpCounters } from "./counters.ts"
import { type Exchange, ExchangeFlag, type ExchangeReceiver } from "./exchange-receiver.ts"
import { Http } from "./http.ts"
import type { HttpHead } from "./http-head.ts"
import { HTTP_DEFAULTS, type HttpOptions } from "./options.ts"

export const CLIENT: Side = 0
export const SERVER: Side = 1

export type Step =
  | {
      readonly kind: "data"
      readonly side: Side
      readonly bytes: Buffer
      readonly ack?: number
      readonly timeUs?: number
    }
  | { readonly kind: "gap"; readonly side: Side; readonly length: number }
  | { readonly kind: "end"; readonly side: Side; readonly reason: StreamEnd }
  | { readonly kind: "anomaly"; readonly side: Side; readonly code: Anomaly }

const bytesOf = (text: string | Buffer): Buffer => (typeof text === "string" ? Buffer.from(text, "latin1") : text)

/** The client sends; the server sends. `ack` when it shall differ from what the script implies. */
export const c = (text: string | Buffer, ack?: number): Step => data(CLIENT, text, ack)
export const s = (text: string | Buffer, ack?: number): Step => data(SERVER, text, ack)
export const gap = (side: Side, length: number): Step => ({ kind: "gap", side, length })
export const end = (side: Side, reason: StreamEnd = StreamEnd.fin): Step => ({ kind: "end", side, reason })
export const odd = (side: Side, code: Anomaly): Step => ({ kind: "anomaly", side, code })

/** The step, at a time of its own. */
export const at = (timeUs: number, step: Step): Step => (step.kind === "data" ? { ...step, timeUs } : step)

function data(side: Side, text: string | Buffer, ack: number | undefined): Step {
  return ack === undefined
    ? { kind: "data", side, bytes: bytesOf(text) }
    : { kind: "data", side, bytes: bytesOf(text), ack }
}

export interface PlayOptions {
  readonly midstream?: boolean
  /** Sides of which segments are seen; both by default. */
  readonly seen?: readonly Side[]
  /** A side counts as seen from its first step on only: the mirror port of the other one is ahead. */
  readonly late?: boolean
  /** Offsets at which the streams are taken up; 0 by default. */
  readonly starts?: readonly [number, number]
  readonly options?: Partial<HttpOptions>
  /** Length of the next piece of a step's bytes; whole by default. */
  readonly cut?: (left: number) => number
  /** Body bytes to ask for. */
  readonly wanted?: number
  /** What ends the streams that the script leaves open, and when the session is forgotten; everything else happens at 1 µs. */
  readonly last?: StreamEnd
  readonly closeUs?: number
}

export interface Played {
  /** A line an event: heads, bodies, exchanges. */
  readonly log: string[]
  /** The lines of exchanges only. */
  readonly exchanges: string[]
  readonly counters: HttpCounters
  readonly requestEndSeqs: number[]
  /** Bytes of buffers still held when all was over. */
  readonly gatheredBytes: number
}

const FLAG_NAMES = Object.entries(ExchangeFlag)
const STATES = ["complete", "bodyGap", "requestOnly", "responseOnly", "unpaired"]

/** Makes facts of heads ("GET /a", "200") and lines of everything. */
class Recorder implements ExchangeReceiver<string, string> {
  log: string[] = []
  exchanges: string[] = []
  requestEndSeqs: number[] = []
  withRequest = 0
  withResponse = 0
  wanted = 0

  onRequest(head: HttpHead): string {
    const facts = `${head.method} ${head.target()}`
    this.log.push(`> ${facts} v${head.version}${fieldsOf(head)}`)
    return facts
  }
  onResponse(head: HttpHead, request: string | null): string {
    const facts = `${head.status}`
    this.log.push(`< ${facts} v${head.version} for ${request ?? "-"}${fieldsOf(head)}`)
    return facts
  }
  bodyWanted(): number {
    return this.wanted
  }
  onBody(facts: string, bytes: Uint8Array, start: number, stop: number, whole: boolean): void {
    const text = Buffer.from(bytes.subarray(start, stop)).toString("latin1")
    this.log.push(`body of ${facts}: ${JSON.stringify(text)}${whole ? " whole" : ""}`)
  }
  onUpgrade(facts: string): string {
    return facts
  }
  onExchange(exchange: Exchange<string, string>): void {
    const { request, response } = exchange
    if (request !== null) this.withRequest++
    if (response !== null) this.withResponse++
    const flags = FLAG_NAMES.filter(([, bit]) => (exchange.flags & bit) !== 0).map(([name]) => name)
    const odd = exchange.anomalies.map((code) => ANOMALIES[code as Anomaly].name)
    const line = [
      STATES[exchange.state],
      request === null ? "-" : `${request.facts} +${request.bodyBytes}`,
      "=>",
      response === null ? "-" : `${response.facts} +${response.bodyBytes}`,
      ...flags,
      ...odd,
    ].join(" ")
    this.log.push(line)
    this.exchanges.push(line)
    this.requestEndSeqs.push(exchange.requestEndSeq)
  }
}

function fieldsOf(head: HttpHead): string {
  let text = ""
  for (let i = 0; i < head.fields; i++) {
    const name = head.buffer.latin1Slice(head.nameStart[i]!, head.nameEnd[i]!)
    text += ` ${name}=${JSON.stringify(head.value(i))}`
  }
  return text
}

interface Stage {
  readonly http: Http<string, string>
  readonly recorder: Recorder
  readonly counters: HttpCounters
}

const stages = new Map<string, Stage>()

/** One stage for each set of options, emptied between plays: a parser a play would cost more than the play. */
function stage(options: Partial<HttpOptions>): Stage {
  const key = JSON.stringify(options)
  let found = stages.get(key)
  if (found === undefined) {
    const recorder = new Recorder()
    const counters = new HttpCounters()
    found = { http: new Http(recorder, counters, { ...HTTP_DEFAULTS, ...options }), recorder, counters }
    stages.set(key, found)
  }
  Object.assign(found.counters, new HttpCounters())
  Object.assign(found.recorder, new Recorder())
  return found
}

const FLOW = new Flow(4, new Int32Array(8), 40000, 80, 0, 0)

export function play(steps: readonly Step[], options: PlayOptions = {}): Played {
  const seen = options.seen ?? [0, 1]
  const spoken = new Set<Side>()
  const { http, recorder, counters } = stage(options.options ?? {})
  recorder.wanted = options.wanted ?? 0
  const session: SessionView = {
    flow: FLOW,
    midstream: options.midstream ?? false,
    secured: null,
    initiator: options.midstream === true ? -1 : CLIENT,
    startOffset: (side) => options.starts?.[side] ?? 0,
    hasSeen: (side) => (options.late === true ? spoken.has(side) : seen.includes(side)),
    sequenceAt: (side, offset) => (1000 + side * 1000 + offset) >>> 0,
    takeRetransmitted: () => false,
  }
  const receiver = http.open(session, 0)
  const delivered = playSteps(receiver, steps, options, spoken)
  assertLedger(counters, delivered, recorder)
  return {
    log: recorder.log,
    exchanges: recorder.exchanges,
    counters: { ...counters },
    requestEndSeqs: recorder.requestEndSeqs,
    gatheredBytes: http.gatheredBytes,
  }
}

/** Returns the bytes delivered. What has no time of its own happens at the same one, so that cuts cannot change a time. */
function playSteps(receiver: SessionReceiver, steps: readonly Step[], options: PlayOptions, spoken: Set<Side>): number {
  const offset = [...(options.starts ?? [0, 0])]
  const ended = [false, false]
  const seen = options.seen ?? [0, 1]
  let delivered = 0
  for (const step of steps) {
    const other = step.side === 0 ? 1 : 0
    spoken.add(step.side)
    if (step.kind === "gap") {
      receiver.onGap(step.side, step.length, 1)
      offset[step.side]! += step.length
    } else if (step.kind === "end") {
      receiver.onEnd(step.side, step.reason, 2)
      ended[step.side] = true
    } else if (step.kind === "anomaly") {
      receiver.onAnomaly(step.side, step.code, 1)
    } else {
      const ack = step.ack ?? (seen.includes(other) ? offset[other]! : -1)
      delivered += step.bytes.length
      deliver(receiver, step, ack, options.cut)
      offset[step.side]! += step.bytes.length
    }
  }
  const last = options.last ?? StreamEnd.flush
  if (!ended[0]) receiver.onEnd(0, last, 2)
  if (!ended[1]) receiver.onEnd(1, last, 2)
  receiver.onClose(last, options.closeUs ?? 2)
  return delivered
}

function deliver(
  receiver: SessionReceiver,
  step: Step & { kind: "data" },
  ack: number,
  cut: ((left: number) => number) | undefined,
): void {
  const { bytes, side, timeUs = 1 } = step
  let pos = 0
  while (pos < bytes.length) {
    const left = bytes.length - pos
    const length = cut === undefined ? left : Math.max(1, Math.min(left, cut(left)))
    // A slab of its own, with strangers on both sides: reading past the end would show.
    const slab = Buffer.alloc(length + 16, "#")
    bytes.copy(slab, 8, pos, pos + length)
    receiver.onData(side, new Uint8Array(slab.buffer, slab.byteOffset, slab.length), 8, 8 + length, timeUs, ack)
    slab.fill("#")
    pos += length
  }
}

/** The equations of counters.ts. */
export function assertLedger(
  n: HttpCounters,
  delivered: number,
  seen: { withRequest: number; withResponse: number },
): void {
  const dark = n.notHttpBytes
  const bytes =
    n.requestBytes +
    n.responseBytes +
    n.paddingBytes +
    n.skippedBytes +
    n.afterUpgradeBytes +
    dark.tls +
    dark.http2 +
    dark.other +
    dark.undecided
  assert.equal(bytes, delivered, `bytes: ${JSON.stringify(n)}`)
  assert.equal(n.exchanges, n.complete + n.bodyGap + n.requestOnly + n.responseOnly + n.unpaired)
  assert.equal(n.requests, seen.withRequest, "every request is in one exchange")
  assert.equal(n.responses, seen.withResponse, "every response is in one exchange")
}
