// Who asked does not depend on what was asked before, by whom, over which connection: whatever is remembered of flows, stencils
// and senders, each request of a random conversation gets the client, server and identity that it gets alone in a new sensor.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import { parseAddress, parseNetwork } from "../../flow/address-text.ts"
import type { Secured } from "../../flow/secured.ts"
import { HttpCounters } from "../../http/counters.ts"
import { Http } from "../../http/http.ts"
import { HTTP_DEFAULTS } from "../../http/options.ts"
import type { SessionReceiver } from "../../tcp/session-receiver.ts"
import { SummaryCounters } from "../counters.ts"
import type { RequestFacts, ResponseFacts } from "../facts.ts"
import { ipv4Flow, KEY } from "../fake-conversation.ts"
import { PseudonymKey } from "../privacy/pseudonym.ts"
import { Summarizer } from "../summarizer.ts"
import { parseIdentityRules } from "./rule-config.ts"
import { DEFAULT_RULES } from "./rules.ts"

const RUNS = Number(process.env.SONDE_RUNS ?? 6)
const AT = 1_700_000_000_000_000
const { rules } = parseIdentityRules([
  { name: "scoped", services: ["b.example"], from: "header x-partner", before: "." },
  { name: "below", path: "/v1", from: "header x-partner" },
  { name: "only_basic", from: "authorization", schemes: ["basic"], show: false, services: ["b.example"] },
  { name: "no_key", from: "header x-api-key", ignore: true, services: ["a.example"] },
  { name: "segment", from: "path 2", path: "/bot" },
])
const OPTIONS = { rules: [...rules, ...DEFAULT_RULES], trustedProxies: [parseNetwork("10.0.0.0/8")!] }

const tls = (commonName: string): Secured => ({
  version: "1.3",
  alpn: "http/1.1",
  serverName: "a.example",
  ja4: "t13d1516h2_8daaf6152771_e5627efa2ab1",
  clientCertificate: commonName === "" ? null : { der: Buffer.from(`certificate of ${commonName}`), commonName },
  hasEarlyData: false,
})
interface Wire {
  readonly client: string
  readonly proxied?: string
  readonly secured?: Secured
}
const WIRES: readonly Wire[] = [
  { client: "203.0.113.1" },
  { client: "203.0.113.1" },
  { client: "10.0.0.1" },
  { client: "10.0.0.1", proxied: "203.0.113.1" },
  { client: "203.0.113.2", secured: tls("") },
  { client: "203.0.113.2", secured: tls("acme") },
  { client: "203.0.113.2", secured: tls("other") },
]

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")
const TARGETS = ["/v1/orders/7", "/v2/orders?api_key=k1abcdef0123456789abcdef", "/bot/ann", "/bot/bob", "/x"]
const FIELDS: readonly (readonly string[])[] = [
  ["Host: a.example", "Host: b.example"],
  ["", "User-Agent: one/1", "User-Agent: two/1"],
  [
    "",
    "Authorization: Basic YTpi",
    "Authorization: Basic YTpj",
    "Authorization: Bearer 9f2c71d4e0a84b5f",
    `Authorization: Bearer ${part({ alg: "RS256" })}.${part({ sub: "x", iat: AT / 1e6 - 50 })}.s`,
    "Authorization:",
  ],
  ["", "X-Partner: acme.1", "X-Partner: acme.2", "X-Partner: none"],
  ["", "X-Api-Key: 9f2c71d4e0a84b5f9c1de27734aa01bd"],
  ["", "Cookie: sid=aaaaaaaaaaaaaaaa", "Cookie: sid=bbbbbbbbbbbbbbbb", "Cookie: theme=dark"],
  ["", "X-Forwarded-For: 203.0.113.1", "X-Forwarded-For: 203.0.113.2, 10.0.0.2"],
  ["", "X-SSL-Client-S-DN: CN=acme"],
]

class Sensor {
  readonly events: ApiEvent[] = []
  readonly #sessions: (SessionReceiver | undefined)[] = []
  readonly #offsets = WIRES.map(() => [0, 0] as [number, number])
  readonly #http: Http<RequestFacts, ResponseFacts>

  constructor(key: PseudonymKey) {
    const sink = { publish: (event: ApiEvent) => void this.events.push({ ...event }), note: () => {} }
    const summarizer = new Summarizer(sink, key, new SummaryCounters(), OPTIONS)
    this.#http = new Http<RequestFacts, ResponseFacts>(summarizer, new HttpCounters(), HTTP_DEFAULTS)
  }

  exchange(wire: number, request: string): ApiEvent {
    const client = WIRES[wire]!.client
    const offsets = this.#offsets[wire]!
    const conversation = ipv4Flow(client, 40_000 + wire, "192.0.2.1", 80)
    const side = conversation.client
    this.#sessions[wire] ??= this.#open(wire, conversation)
    for (const [from, text] of [
      [side, request],
      [side === 0 ? 1 : 0, "HTTP/1.1 204 No Content\r\n\r\n"],
    ] as const) {
      const bytes = Buffer.from(text, "latin1")
      this.#sessions[wire].onData(from, bytes, 0, bytes.length, AT, offsets[from === 0 ? 1 : 0])
      offsets[from] += bytes.length
    }
    return this.events.at(-1)!
  }

  #open(wire: number, { flow, client }: ReturnType<typeof ipv4Flow>): SessionReceiver {
    const { proxied, secured } = WIRES[wire]!
    if (proxied !== undefined) flow.proxied = { serial: flow.serial, ...parseAddress(proxied)! }
    return this.#http.open(
      {
        flow,
        midstream: false,
        secured: secured ?? null,
        initiator: client,
        startOffset: () => 0,
        hasSeen: () => true,
        sequenceAt: (_, offset) => offset,
        takeRetransmitted: () => false,
      },
      AT,
    )
  }
}

interface Step {
  readonly wire: number
  readonly target: number
  readonly fields: readonly number[]
}
/** One thing changes from a request to the next: so they share stencils, and senders, and differ in what these rest on. */
const CHANGES = fc.array(fc.record({ what: fc.nat(FIELDS.length + 1), to: fc.nat(100) }), {
  minLength: 1,
  maxLength: 80,
  size: "max",
})

function stepsOf(changes: readonly { what: number; to: number }[]): Step[] {
  let step: Step = { wire: 0, target: 0, fields: FIELDS.map((choice) => choice.length - 1) }
  return changes.map(({ what, to }) => {
    if (what === FIELDS.length) step = { ...step, wire: to % WIRES.length }
    else if (what > FIELDS.length) step = { ...step, target: to % TARGETS.length }
    else step = { ...step, fields: step.fields.with(what, to % FIELDS[what]!.length) }
    return step
  })
}

function textOf({ target, fields }: Step): string {
  const chosen = fields.map((choice, i) => FIELDS[i]![choice]!).filter((field) => field !== "")
  return `${[`GET ${TARGETS[target]} HTTP/1.1`, ...chosen].join("\r\n")}\r\n\r\n`
}

const factsOf = ({ client, server, identity }: ApiEvent): object => ({ client, server, identity })

test("who asked depends on nothing but the request and its connection", () => {
  const former = new PseudonymKey(new Uint8Array(32).fill(9))
  for (const key of [KEY, new PseudonymKey(new Uint8Array(32).fill(8), 2, former)]) {
    const alone = new Map<string, object>()
    fc.assert(
      fc.property(CHANGES, (changes) => {
        const sensor = new Sensor(key)
        for (const one of stepsOf(changes)) {
          // Once more: stencils and senders are remembered then.
          for (let again = 0; again < 2; again++) {
            const text = textOf(one)
            const place = `${one.wire}\n${text}`
            const expected = alone.get(place) ?? factsOf(new Sensor(key).exchange(one.wire, text))
            alone.set(place, expected)
            assert.deepEqual(factsOf(sensor.exchange(one.wire, text)), expected)
          }
        }
      }),
      { verbose: true, numRuns: RUNS / 2 },
    )
  }
})

test("while two keys overlap, the former names are those that the former key gave", () => {
  const former = new PseudonymKey(new Uint8Array(32).fill(9))
  const both = new PseudonymKey(new Uint8Array(32).fill(8), 2, former)
  for (const [wire, field] of [
    [0, "User-Agent: one/1"],
    [0, "Authorization: Basic YTpi"],
    [2, "X-Forwarded-For: 203.0.113.2"],
    [5, "X-A: 1"],
    [4, "X-A: 1"],
    [0, "Authorization: Negotiate YII="],
  ] as const) {
    const request = `GET /x HTTP/1.1\r\nHost: a.example\r\n${field}\r\n\r\n`
    const before = new Sensor(former).exchange(wire, request).identity
    const now = new Sensor(both).exchange(wire, request).identity
    assert.deepEqual([now.formerCredential, now.formerPrincipal], [before.credential, before.principal], field)
    assert.notEqual(now.principal, before.principal)
    assert.deepEqual([before.formerCredential, before.formerPrincipal], ["", ""])
  }
})
