import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import {
  alert,
  application,
  at,
  c,
  changeCipher,
  clientHello,
  extension,
  gap,
  handshake,
  type Kept,
  message,
  noise,
  type PlayOptions,
  play,
  record,
  type Step,
  s,
  serverHello,
  serverHello13,
  u16,
  versionsExtension,
} from "./fake-tls.ts"

const SESSION_ID = Buffer.alloc(32, 7)
const helloDone = message(14, Buffer.alloc(0))
const keyExchange = message(16, noise(66))
const finished = record(22, noise(40))

/** TLS 1.2 as it is in the clear. */
const FULL_12: readonly Step[] = [
  c(handshake(clientHello())),
  s(handshake(serverHello(), message(12, noise(300)), helloDone)),
  c(handshake(keyExchange), changeCipher, finished),
  s(changeCipher, finished),
  c(application(100)),
  s(application(2000), application(500)),
]
const FULL_13: readonly Step[] = [
  c(handshake(clientHello({ sessionId: SESSION_ID })), changeCipher),
  s(handshake(serverHello13({ sessionId: SESSION_ID })), changeCipher, application(900)),
  c(application(60), application(100)),
  s(application(2000)),
]

interface Case {
  readonly rule: string
  readonly steps: readonly Step[]
  readonly options?: PlayOptions
  readonly expected: Partial<Kept>
}

const CASES: readonly Case[] = [
  {
    rule: "TLS 1.2, full handshake",
    steps: FULL_12,
    expected: {
      client: 0,
      version: "1.2",
      cipher: 0xc02f,
      serverName: "api.example.com",
      alpn: "h2",
      state: "unread",
      reason: "no-keys",
      isResumed: false,
    },
  },
  {
    rule: "TLS 1.3",
    steps: FULL_13,
    expected: { version: "1.3", cipher: 0x1301, reason: "no-keys", isResumed: false },
  },
  {
    rule: "the server's choice of protocol counts more than the client's wish",
    steps: [
      c(handshake(clientHello())),
      s(handshake(serverHello({ extensions: [extension(16, Buffer.from("\0\x09\x08http/1.1"))] }))),
    ],
    expected: { alpn: "http/1.1", reason: "handshake" },
  },
  {
    rule: "the side of the SYN is not the client, the sender of the ClientHello is",
    steps: [s(handshake(clientHello())), c(handshake(serverHello())), s(application(10))],
    expected: { client: 1, requestBytes: 15 + handshake(clientHello()).length },
  },
  {
    rule: "resumption by id: the server repeats the client's",
    steps: [
      c(handshake(clientHello({ sessionId: SESSION_ID }))),
      s(handshake(serverHello({ sessionId: SESSION_ID })), changeCipher, finished),
      c(changeCipher, finished, application(9)),
    ],
    expected: { version: "1.2", isResumed: true },
  },
  {
    rule: "resumption by ticket: the server changes ciphers without a full handshake",
    steps: [
      c(handshake(clientHello({ extensions: [extension(35, noise(100))] }))),
      s(handshake(serverHello(), message(4, noise(180))), changeCipher, finished),
      c(changeCipher, finished, application(9)),
    ],
    expected: { version: "1.2", isResumed: true },
  },
  {
    rule: "an id that the server does not repeat is no resumption",
    steps: [
      c(handshake(clientHello({ sessionId: SESSION_ID }))),
      s(handshake(serverHello({ sessionId: noise(32) }), helloDone)),
      c(handshake(keyExchange), changeCipher, finished),
      s(changeCipher, finished),
    ],
    expected: { isResumed: false },
  },
  {
    rule: "TLS 1.3: a pre-shared key that the server takes",
    steps: [
      c(handshake(clientHello())),
      s(handshake(serverHello13({ extensions: [extension(41, u16(0))] })), application(60)),
    ],
    expected: { version: "1.3", isResumed: true },
  },
  {
    rule: "a retry: the second ServerHello counts, and both ClientHellos are in the clear",
    steps: [
      c(handshake(clientHello()), changeCipher),
      s(handshake(serverHello13({ random: RETRY() })), changeCipher),
      c(handshake(clientHello())),
      s(handshake(serverHello13({ cipher: 0x1302 })), application(900)),
      c(application(60)),
    ],
    expected: { version: "1.3", cipher: 0x1302, reason: "no-keys" },
  },
  {
    rule: "a draft of TLS 1.3",
    steps: [
      c(handshake(clientHello())),
      s(handshake(serverHello({ cipher: 0x1301, extensions: [extension(43, u16(0x7f1c))] }))),
      s(application(60)),
    ],
    expected: { version: "1.3", cipher: 0x1301 },
  },
  {
    rule: "refused: an alert and nothing protected",
    steps: [c(handshake(clientHello())), s(alert(2, 70))],
    expected: { version: "", reason: "handshake", state: "unread" },
  },
  {
    rule: "only the client is seen",
    steps: FULL_12.filter((step) => step.side === 0),
    expected: { version: "", reason: "no-keys", serverName: "api.example.com" },
  },
  {
    rule: "only the server is seen",
    steps: FULL_12.filter((step) => step.side === 1),
    expected: { client: 0, version: "1.2", reason: "no-keys", serverName: "" },
  },
  {
    rule: "a hello that was lost",
    steps: [gap(0, handshake(clientHello()).length), ...FULL_12.slice(1)],
    expected: { version: "1.2", reason: "gap", serverName: "" },
  },
  {
    rule: "joined after the handshake: the client has the higher port",
    steps: [s(noise(100), application(900), application(900)), c(application(50), application(60))],
    options: { midstream: true },
    expected: { client: 0, version: "", reason: "midstream", requestBytes: 120, responseBytes: 1910 },
  },
  {
    rule: "joined before the handshake: all is known",
    steps: FULL_13,
    options: { midstream: true },
    expected: { version: "1.3", reason: "no-keys" },
  },
  {
    rule: "a ClientHello in three records, names in lower case",
    steps: [
      ...split(clientHello({ extensions: [serverName("API.Example.COM")] }), 3).map((part) => c(record(22, part))),
    ],
    expected: { serverName: "api.example.com" },
  },
]

function RETRY(): Buffer {
  return Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex")
}

function serverName(name: string): Buffer {
  return extension(
    0,
    Buffer.from(`\0${String.fromCharCode(name.length + 3)}\0\0${String.fromCharCode(name.length)}${name}`),
  )
}

function split(bytes: Buffer, parts: number): Buffer[] {
  const length = Math.ceil(bytes.length / parts)
  return Array.from({ length: parts }, (_, i) => bytes.subarray(i * length, (i + 1) * length))
}

for (const { rule, steps, options, expected } of CASES)
  test(rule, () => {
    const { accounts } = play(steps, options)
    assert.equal(accounts.length, 1)
    for (const [key, value] of Object.entries(expected)) assert.equal(accounts[0]![key as keyof Kept], value, key)
  })

test("bytes of each side, lost ones included", () => {
  const { accounts } = play([...FULL_13, gap(1, 5000)])
  const sent = (side: number): number =>
    FULL_13.reduce((sum, step) => sum + (step.side === side && "bytes" in step ? step.bytes.length : 0), 0)
  assert.equal(accounts[0]!.requestBytes, sent(0))
  assert.equal(accounts[0]!.responseBytes, sent(1) + 5000)
})

test("a session that lasts is told of in parts that add up", () => {
  const hour = 3_600_000_000
  const steps = [
    ...FULL_13,
    at(hour - 1, c(application(100))),
    at(hour + 5, c(application(200))),
    at(2 * hour + 4, s(application(300))),
    at(9 * hour, s(application(400))),
  ]
  const { accounts, counters } = play(steps)
  const total = steps.reduce((sum, step) => sum + ("bytes" in step ? step.bytes.length : 0), 0)
  assert.deepEqual(
    accounts.map((one) => [one.isFirst, one.startUs, one.totalUs]),
    [
      [true, 0, hour - 1],
      [false, hour + 5, hour - 1],
      [false, 9 * hour, 0],
    ],
  )
  assert.equal(
    accounts.reduce((sum, one) => sum + one.requestBytes + one.responseBytes, 0),
    total,
  )
  assert.deepEqual(new Set(accounts.map((one) => `${one.serverName} ${one.version} ${one.reason}`)).size, 1)
  assert.equal(counters.versions.tls13, 1)
})

test("what is no TLS is malformed, a hello of SSL 2 is known as one, and a chain of records is found again", () => {
  const ssl2 = play([c(Buffer.from([0x80, 0x2e, 1, 3, 1, 0, 21, 0, 0, 0, 16]))])
  assert.deepEqual([ssl2.counters.malformed, ssl2.counters.ssl2Hellos], [1, 1])
  const broken = play([...FULL_12, c(noise(3000), application(700), application(80))])
  assert.equal(broken.counters.malformed, 1)
  // The header that proves the chain counts with what was passed in search of it.
  assert.equal(broken.counters.malformedBytes, 3000 + 705 + 5)
})

test("alerts are counted by level, split or not", () => {
  const { counters } = play([
    c(handshake(clientHello())),
    s(alert(1, 112)),
    s(record(21, Buffer.from([2]))),
    s(record(21, Buffer.from([40]))),
  ])
  assert.deepEqual(counters.alerts, { warning: 1, fatal: 1 })
})

test("an offered version counts only once it was chosen", () => {
  const hello = clientHello({ extensions: [versionsExtension(0x7a7a, 0x0304, 0x0303)] })
  assert.equal(play([c(handshake(hello))]).accounts[0]!.version, "")
})

const SESSIONS: readonly (readonly Step[])[] = [FULL_12, FULL_13, ...CASES.map((one) => one.steps)]

test("property: any cut of the bytes gives the same account", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SESSIONS),
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }),
      (steps, cuts) => {
        let i = 0
        const whole = play(steps)
        const pieces = play(steps, { cut: () => cuts[i++ % cuts.length]! })
        assert.deepEqual(pieces.accounts, whole.accounts)
        assert.deepEqual(pieces.counters, whole.counters)
      },
    ),
    { numRuns: 60 },
  )
})

test("property: bytes changed, left out and lost anywhere cost facts, never the ledger", () => {
  const change = fc.record({
    step: fc.nat(9),
    at: fc.nat(3000),
    byte: fc.nat(255),
    kind: fc.constantFrom("set", "cut", "lose"),
  })
  fc.assert(
    fc.property(
      fc.constantFrom(...SESSIONS),
      fc.array(change, { maxLength: 6 }),
      fc.boolean(),
      (steps, changes, midstream) => {
        play(changes.reduce(changed, steps), { midstream, options: { heldBytesMax: 40_000 } })
      },
    ),
    { numRuns: 150 },
  )
})

interface Change {
  readonly step: number
  readonly at: number
  readonly byte: number
  readonly kind: string
}

function changed(steps: readonly Step[], { step, at: place, byte, kind }: Change): readonly Step[] {
  const one = steps[step % steps.length]!
  if (!("bytes" in one) || one.bytes.length === 0) return steps
  const bytes = Buffer.from(one.bytes)
  const i = place % bytes.length
  if (kind === "set") bytes[i] = byte
  const rest: readonly Step[] = kind === "lose" ? [gap(one.side, byte + 1), { ...one, bytes: bytes.subarray(i) }] : []
  const first = kind === "set" ? bytes : bytes.subarray(0, i)
  return steps.flatMap((each) => (each === one ? [{ ...one, bytes: first }, ...rest] : [each]))
}
