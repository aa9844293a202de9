// Test support: heads from text, conversations and exchanges for a Summarizer, without the stages below it.
import type { ApiEvent, ShapeNote } from "../../shared/event/api-event.ts"
import type { PlainFacts } from "../../shared/event/plain-facts.ts"
import { Flow } from "../flow/flow.ts"
import type { Conversation, Exchange, MessageEnd } from "../http/exchange-receiver.ts"
import { fieldNameOf } from "../http/field-name.ts"
import { FieldName, HttpHead } from "../http/http-head.ts"
import { SummaryCounters } from "./counters.ts"
import type { RequestFacts, ResponseFacts } from "./facts.ts"
import type { SummaryOptions } from "./options.ts"
import { PseudonymKey } from "./privacy/pseudonym.ts"
import { Summarizer } from "./summarizer.ts"

export const KEY = new PseudonymKey(Uint8Array.from({ length: 32 }, (_, i) => 5 * i + 1))

/** A head of "start line CRLF name: value CRLF ..." without the blank line, as latin1; read plainly, for well-formed text. */
export function readHead(text: string, head = new HttpHead()): HttpHead {
  const bytes = Buffer.from(`${text}\r\n\r\n`, "latin1")
  head.bytes = bytes
  head.buffer = bytes
  head.start = 0
  head.end = bytes.length
  head.known.fill(-1)
  head.contentLength = -1
  head.chunked = false
  const lines = text.split("\r\n")
  const [a = "", b = "", c = ""] = lines[0]!.split(" ")
  head.isRequest = !a.startsWith("HTTP/")
  head.method = head.isRequest ? a : ""
  head.status = head.isRequest ? 0 : Number(b)
  head.targetStart = head.isRequest ? a.length + 1 : 0
  head.targetEnd = head.isRequest ? a.length + 1 + b.length : 0
  head.version = (head.isRequest ? c : a) === "HTTP/1.0" ? 10 : 11
  head.fields = lines.length - 1
  let at = lines[0]!.length + 2
  lines.slice(1).forEach((line, i) => {
    const colon = line.indexOf(":")
    head.nameStart[i] = at
    head.nameEnd[i] = at + colon
    head.valueStart[i] = at + colon + 1 + (line[colon + 1] === " " ? 1 : 0)
    head.valueEnd[i] = at + line.length
    const name = fieldNameOf(bytes, at, at + colon)
    head.name[i] = name
    if (name !== FieldName.other && head.known[name] === -1) head.known[name] = i
    if (name === FieldName.contentLength) head.contentLength = Number(head.value(i))
    if (name === FieldName.transferEncoding) head.chunked = true
    at += line.length + 2
  })
  return head
}

export function ipv4Flow(
  client: string,
  clientPort: number,
  server: string,
  serverPort: number,
  zone = 0,
): Conversation {
  const word = (text: string): number => text.split(".").reduce((n, part) => (n << 8) | Number(part), 0)
  const [a, b] = [word(client), word(server)]
  const isLow = a >>> 0 < b >>> 0
  const address = Int32Array.of(0, 0, 0, isLow ? a : b, 0, 0, 0, isLow ? b : a)
  const ports = isLow ? [clientPort, serverPort] : [serverPort, clientPort]
  return {
    flow: new Flow(4, address, ports[0]!, ports[1]!, zone, -1),
    client: isLow ? 0 : 1,
    midstream: false,
    secured: null,
  }
}

export interface Message {
  readonly head: string
  readonly body?: string | Uint8Array
  /** The body given is only its start. */
  readonly isCut?: boolean
  /** Of a request: bit set of HeadPart. Of a response: what it answers is found out when all of it was seen. */
  readonly unknown?: number
  readonly isLate?: boolean
}

function headOf({ head, unknown = 0 }: Message): HttpHead {
  const read = readHead(head)
  read.unknown = unknown
  return read
}

/** A Summarizer with what it handed on. */
export class Recorder {
  readonly events: ApiEvent[] = []
  readonly plain: (PlainFacts | null)[] = []
  readonly notes: ShapeNote[] = []
  readonly counters = new SummaryCounters()
  readonly summarizer: Summarizer
  timeUs = 1_700_000_000_000_000

  constructor(options: Partial<SummaryOptions> = {}, key = KEY) {
    const sink = {
      publish: (event: ApiEvent, plain: PlainFacts | null) => {
        this.events.push({ ...event })
        this.plain.push(plain)
      },
      note: (shape: ShapeNote) => void this.notes.push(shape),
    }
    this.summarizer = new Summarizer(sink, key, this.counters, options)
  }

  /** One exchange; the event it became. */
  exchange(
    conversation: Conversation,
    request: Message | null,
    response: Message | null,
    more: Partial<Exchange<RequestFacts, ResponseFacts>> = {},
  ): ApiEvent {
    const { summarizer } = this
    const requestFacts = request === null ? null : summarizer.onRequest(headOf(request), conversation, this.timeUs)
    if (requestFacts !== null) this.#body(requestFacts, request!)
    const known = response?.isLate === true ? null : requestFacts
    const responseFacts =
      response === null ? null : summarizer.onResponse(headOf(response), known, conversation, this.timeUs)
    if (responseFacts !== null) this.#body(responseFacts, response!)
    const state = request === null ? 3 : response === null ? 2 : 0
    summarizer.onExchange({
      conversation,
      protocol: 2,
      state,
      flags: 0,
      anomalies: [],
      request: requestFacts === null ? null : this.#end(requestFacts, request!, 0),
      response: responseFacts === null ? null : this.#end(responseFacts, response!, 3000),
      requestEndSeq: 1000,
      requestMessages: -1,
      responseMessages: -1,
      outcome: -1,
      unknown: 0,
      ...more,
    })
    return this.events.at(-1)!
  }

  #body(facts: RequestFacts | ResponseFacts, message: Message): void {
    const body = Buffer.from(message.body ?? "")
    const wanted = this.summarizer.bodyWanted(facts)
    if (wanted === 0 || body.length === 0) return
    const framed = Buffer.concat([Buffer.from("##"), body, Buffer.from("##")])
    const end = Math.min(body.length, wanted)
    this.summarizer.onBody(facts, framed, 2, 2 + end, message.isCut !== true && end === body.length)
  }

  #end<Facts>(facts: Facts, message: Message, afterUs: number): MessageEnd<Facts> {
    const firstUs = this.timeUs + afterUs
    const bodyBytes = Buffer.from(message.body ?? "").length
    return { facts, firstUs, lastUs: firstUs + 1000, bodyBytes, headBytes: message.head.length + 4 }
  }
}

export const lines = (...parts: string[]): string => parts.join("\r\n")
