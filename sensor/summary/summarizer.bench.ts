// What summarizing costs: node sensor/summary/summarizer.bench.ts [exchanges]
import { SummaryCounters } from "./counters.ts"
import { ipv4Flow, KEY, lines, readHead } from "./fake-conversation.ts"
import { Summarizer } from "./summarizer.ts"

const EXCHANGES = Number(process.argv[2] ?? 200_000)
const PARTNERS = 40
const OBJECTS = 50_000
const RESOURCES = ["orders", "customers", "invoices", "partners", "shipments", "products"]

const body = Buffer.from(
  '{"id":"d41d8cd98f00b204e9800998ecf8427e","status":"active","amount":129.90,"currency":"EUR","customer":{"id":48213,' +
    '"name":"Jane Roe","email":"jane.roe@example.com"},"items":[{"sku":"SKU-000123","qty":2},{"sku":"SKU-000991","qty":1}]}',
)
const jwt = (partner: number): string => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")
  const payload = { sub: `partner-${partner}`, iss: "https://idp.example", exp: 1_900_000_000 }
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(payload)}.c2lnbmF0dXJlLXNpZ25hdHVyZS1zaWduYXR1cmU${partner}`
}

let random = 7
const next = (n: number): number => {
  random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0
  return random % n
}

function requestText(partner: number, i: number): string {
  const id = 1 + next(OBJECTS)
  return lines(
    `GET /v1/${RESOURCES[next(6)]}/${id}?expand=items&page=${id % 10} HTTP/1.1`,
    "Host: 10.77.0.2",
    "User-Agent: partner-sdk/3.2 (java 17)",
    `Authorization: Bearer ${jwt(partner)}`,
    "Accept: application/json",
    `X-Request-Id: ${i.toString(16).padStart(8, "0")}-${id.toString(16).padStart(4, "0")}`,
    "X-Api-Version: 2024-01-29",
  )
}
const RESPONSE = lines(
  "HTTP/1.1 200 OK",
  "Server: nginx",
  "Date: Mon, 23 Nov 2026 10:00:00 GMT",
  "Content-Type: application/json",
  `Content-Length: ${body.length}`,
  "Connection: keep-alive",
)

// Heads are read beforehand and loaded into one record, as the parser does; the loading is measured and taken off.
interface Loaded {
  readonly partner: number
  readonly buffer: Buffer
  readonly targetEnd: number
  readonly spans: readonly Int32Array[]
}
const heads: Loaded[] = Array.from({ length: 20_000 }, (_, i) => {
  const { buffer, targetEnd, nameStart, nameEnd, valueStart, valueEnd, fields } = readHead(requestText(i % PARTNERS, i))
  const spans = [nameStart, nameEnd, valueStart, valueEnd].map((span) => span.slice(0, fields))
  return { partner: i % PARTNERS, buffer, targetEnd, spans }
})
const head = readHead(requestText(0, 0))

function load(loaded: Loaded): void {
  head.bytes = loaded.buffer
  head.buffer = loaded.buffer
  head.targetEnd = loaded.targetEnd
  const [nameStart, nameEnd, valueStart, valueEnd] = loaded.spans
  for (let i = 0; i < head.fields; i++) {
    head.nameStart[i] = nameStart![i]!
    head.nameEnd[i] = nameEnd![i]!
    head.valueStart[i] = valueStart![i]!
    head.valueEnd[i] = valueEnd![i]!
  }
}

const response = readHead(RESPONSE)
const conversations = Array.from({ length: PARTNERS }, (_, i) => ipv4Flow(`10.0.${i}.1`, 40_000 + i, "10.77.0.2", 80))
let published = 0
const counters = new SummaryCounters()
const sink = { publish: () => void published++, note: () => {} }
const summarizer = new Summarizer(sink, KEY, counters)

function loading(exchanges: number): number {
  const start = process.cpuUsage()
  for (let i = 0; i < exchanges; i++) load(heads[i % heads.length]!)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / exchanges
}

function run(exchanges: number): number {
  const start = process.cpuUsage()
  for (let i = 0; i < exchanges; i++) {
    const loaded = heads[i % heads.length]!
    const conversation = conversations[loaded.partner]!
    load(loaded)
    const request = summarizer.onRequest(head, conversation, 1_700_000_000_000_000 + i)
    const facts = summarizer.onResponse(response, request, conversation, 1_700_000_000_000_000 + i)
    if (summarizer.bodyWanted(facts) > 0) summarizer.onBody(facts, body, 0, body.length, true)
    const at = 1_700_000_000_000_000 + i
    summarizer.onExchange({
      conversation,
      protocol: 2,
      state: 0,
      flags: 0,
      anomalies: [],
      request: { facts: request, firstUs: at, lastUs: at, bodyBytes: 0, headBytes: 380 },
      response: { facts, firstUs: at, lastUs: at, bodyBytes: body.length, headBytes: 155 },
      requestEndSeq: i,
      requestMessages: -1,
      responseMessages: -1,
      outcome: -1,
      unknown: 0,
    })
  }
  const { user, system } = process.cpuUsage(start)
  return (user + system) / exchanges
}

run(Math.min(EXCHANGES, 50_000))
loading(EXCHANGES)
const took = loading(EXCHANGES)
const rounds = Array.from({ length: 5 }, () => run(EXCHANGES) - took).sort((a, b) => a - b)
console.log(
  `${rounds[2]!.toFixed(2)} µs an exchange (${rounds[0]!.toFixed(2)} to ${rounds[4]!.toFixed(2)}), ${published} events`,
)
console.log(`loading a head took ${took.toFixed(2)} µs more; requests have ${head.fields} fields`)
console.log(JSON.stringify(counters))
