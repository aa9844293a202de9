import assert from "node:assert/strict"
import { test } from "node:test"
import { inspect } from "node:util"
import fc from "fast-check"
import { KeyLogCounters, KeyLogReader, LINE_BYTES_MAX } from "./key-log.ts"
import { KeyStore, KeyStoreCounters } from "./key-store.ts"
import { Secret } from "./secret-labels.ts"

const RANDOM = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
const SECRET32 = "a1".repeat(32)
const SECRET48 = "b2".repeat(48)

function read(text: string, cut = text.length): { secrets: string[]; counters: KeyLogCounters } {
  const counters = new KeyLogCounters()
  const secrets: string[] = []
  const reader = new KeyLogReader(
    {
      onSecret: (label, random, secret) =>
        secrets.push(
          `${label} ${random.slice(0, 4)} ${Buffer.from(secret).toString("hex").slice(0, 4)} ${secret.length}`,
        ),
    },
    counters,
  )
  const bytes = Buffer.from(text, "latin1")
  for (let at = 0; at < bytes.length; at += cut) reader.read(bytes.subarray(at, at + cut))
  reader.end()
  return { secrets, counters }
}

const LINES: readonly (readonly [
  why: string,
  line: string,
  secrets: readonly string[],
  counted: Partial<KeyLogCounters>,
])[] = [
  ["a master secret", `CLIENT_RANDOM ${RANDOM} ${SECRET48}\n`, ["0 0011 b2b2 48"], { lines: 1 }],
  ["a traffic secret of SHA-256", `CLIENT_TRAFFIC_SECRET_0 ${RANDOM} ${SECRET32}\n`, ["4 0011 a1a1 32"], { lines: 1 }],
  [
    "a traffic secret of SHA-384",
    `SERVER_HANDSHAKE_TRAFFIC_SECRET ${RANDOM} ${SECRET48}\n`,
    ["3 0011 b2b2 48"],
    { lines: 1 },
  ],
  [
    "upper-case digits, CR LF",
    `CLIENT_RANDOM ${RANDOM} ${SECRET48.toUpperCase()}\r\n`,
    ["0 0011 b2b2 48"],
    { lines: 1 },
  ],
  ["no line feed at the end", `CLIENT_EARLY_TRAFFIC_SECRET ${RANDOM} ${SECRET32}`, ["1 0011 a1a1 32"], { lines: 1 }],
  ["comments and empty lines", `# made by hand\n\n\r\n`, [], {}],
  ["exporters", `EXPORTER_SECRET ${RANDOM} ${SECRET32}\n`, [], { lines: 1, needless: 1 }],
  ["after a KeyUpdate", `CLIENT_TRAFFIC_SECRET_N ${RANDOM} ${SECRET32}\n`, [], { lines: 1, needless: 1 }],
  [
    "a premaster secret",
    `RSA 0011223344556677 ${SECRET48}\nPMS_CLIENT_RANDOM ${RANDOM} ${SECRET48}\n`,
    [],
    { lines: 2, unsupported: 2 },
  ],
  ["an unknown label", `SOMETHING ${RANDOM} ${SECRET48}\n`, [], { lines: 1, malformed: 1 }],
  ["a master secret of 32 bytes", `CLIENT_RANDOM ${RANDOM} ${SECRET32}\n`, [], { lines: 1, malformed: 1 }],
  ["a secret of 40 bytes", `CLIENT_TRAFFIC_SECRET_0 ${RANDOM} ${"c3".repeat(40)}\n`, [], { lines: 1, malformed: 1 }],
  ["a digit that is none", `CLIENT_RANDOM ${RANDOM} ${SECRET48.slice(0, 94)}xy\n`, [], { lines: 1, malformed: 1 }],
  ["a random with a letter too many", `CLIENT_RANDOM ${RANDOM}0 ${SECRET48}\n`, [], { lines: 1, malformed: 1 }],
  ["a random that is none", `CLIENT_RANDOM ${RANDOM.slice(0, 62)}-- ${SECRET48}\n`, [], { lines: 1, malformed: 1 }],
  ["no secret", `CLIENT_RANDOM ${RANDOM}\n`, [], { lines: 1, malformed: 1 }],
  ["one word", `CLIENT_RANDOM\n`, [], { lines: 1, malformed: 1 }],
  [
    "a line without end, and a sound one behind it",
    `CLIENT_RANDOM ${"0".repeat(3 * LINE_BYTES_MAX)}\nCLIENT_RANDOM ${RANDOM} ${SECRET48}\n`,
    ["0 0011 b2b2 48"],
    { lines: 2, malformed: 1 },
  ],
]

for (const [why, line, secrets, counted] of LINES)
  test(`a key log: ${why}`, () => {
    for (const cut of [line.length, 1, 7, 64]) {
      const found = read(line, cut)
      assert.deepEqual(found.secrets, secrets)
      assert.deepEqual({ ...found.counters }, { ...new KeyLogCounters(), ...counted })
    }
  })

test("whatever is written, nothing throws and every line is counted once", () => {
  const noise = fc.string({ maxLength: 80, unit: "binary" })
  const line = fc.oneof(noise, fc.constantFrom(...LINES.map(([, text]) => text)))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 200 }), (lines, cut) => {
      const text = lines.join("\n")
      assert.deepEqual(read(text, cut), read(text))
    }),
    { numRuns: 60 },
  )
})

const NAME = (i: number): string => i.toString(16).padStart(64, "0")

test("the store gives copies, and knows only what it was told", () => {
  const store = new KeyStore(new KeyStoreCounters())
  store.onSecret(Secret.master, NAME(1), Buffer.alloc(48, 7))
  const copy = store.copy(NAME(1), Secret.master)!
  assert.deepEqual(copy, Buffer.alloc(48, 7))
  copy.fill(0)
  assert.deepEqual(store.copy(NAME(1), Secret.master), Buffer.alloc(48, 7))
  assert.equal(store.copy(NAME(1), Secret.clientTraffic), null)
  assert.equal(store.copy(NAME(2), Secret.master), null)
})

test("past its limit the store forgets the session that it was told of first", () => {
  const counters = new KeyStoreCounters()
  const store = new KeyStore(counters, { sessionsMax: 300, lifetimeUs: 1e6 })
  for (let i = 0; i < 1000; i++) store.onSecret(Secret.master, NAME(i), Buffer.alloc(48, i))
  assert.equal(store.sessions, 300)
  assert.equal(counters.evicted, 700)
  assert.equal(store.has(NAME(699)), false)
  assert.deepEqual(store.copy(NAME(700), Secret.master), Buffer.alloc(48, 700 & 255))
})

test("keys live for their time, from the packet time at which they came; before the first packet, from that", () => {
  const counters = new KeyStoreCounters()
  const store = new KeyStore(counters, { sessionsMax: 10, lifetimeUs: 1000 })
  store.onSecret(Secret.master, NAME(1), Buffer.alloc(48, 1))
  store.advance(1_000_000)
  store.advance(1_000_500)
  store.onSecret(Secret.master, NAME(2), Buffer.alloc(48, 2))
  store.advance(1_000_999)
  assert.equal(store.sessions, 2)
  store.advance(1_001_000)
  assert.deepEqual([store.has(NAME(1)), store.has(NAME(2))], [false, true])
  store.advance(1_001_500)
  assert.deepEqual([store.sessions, counters.expired], [0, 2])
})

test("what is given up is zeros, and a place that serves again has nothing of the one before", () => {
  const store = new KeyStore(new KeyStoreCounters(), { sessionsMax: 1, lifetimeUs: 1000 })
  store.onSecret(Secret.master, NAME(1), Buffer.alloc(48, 1))
  store.onSecret(Secret.clientTraffic, NAME(2), Buffer.alloc(32, 2))
  assert.equal(store.copy(NAME(2), Secret.master), null)
  assert.deepEqual(store.copy(NAME(2), Secret.clientTraffic), Buffer.alloc(32, 2))
  store.clear()
  assert.equal(store.sessions, 0)
})

test("who waits is called when secrets of its session have come, until it leaves", () => {
  const store = new KeyStore(new KeyStoreCounters())
  let calls = 0
  const waiter = { onKeys: () => void calls++ }
  store.wait(NAME(1), waiter)
  store.onSecret(Secret.master, NAME(2), Buffer.alloc(48))
  store.wake()
  assert.equal(calls, 0)
  store.onSecret(Secret.clientHandshake, NAME(1), Buffer.alloc(48))
  store.onSecret(Secret.serverHandshake, NAME(1), Buffer.alloc(48))
  store.wake()
  store.wake()
  assert.equal(calls, 1)
  store.onSecret(Secret.clientTraffic, NAME(1), Buffer.alloc(48))
  store.leave(NAME(1), waiter)
  store.wake()
  assert.equal(calls, 1)
})

test("neither store nor reader shows a secret to who prints it", () => {
  const store = new KeyStore(new KeyStoreCounters())
  const reader = new KeyLogReader(store, new KeyLogCounters())
  reader.read(Buffer.from(`CLIENT_RANDOM ${RANDOM} ${SECRET48}\nCLIENT_RANDOM ${RANDOM} ${SECRET48.slice(0, 40)}`))
  const shown = [store, reader].flatMap((one) => [JSON.stringify(one), inspect(one, { depth: 9, showHidden: true })])
  for (const text of shown) assert.doesNotMatch(text, /b2b2|b2 b2|178, *178/)
})
