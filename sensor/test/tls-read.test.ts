// TLS read with keys, over captures of real peers (captures/record-tls.sh): the events are what the servers logged; late, wrong and
// missing keys leave sessions dark and invent nothing; losses cost exchanges, never truth; nothing of keys or content leaves.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import fc from "fast-check"
import type { Frame } from "../../shared/testing/packet-builder.ts"
import { type ExchangeLine, type FrameRun, readFrames, runFrames } from "./frame-run.ts"
import { Dice, later, resegmented } from "./mirror.ts"

const CAPTURES = join(import.meta.dirname, "captures")
const keysOf = (name: string): Buffer => readFileSync(join(CAPTURES, `${name}.keys`))
const framesOf = (name: string): Promise<Frame[]> => readFrames(join(CAPTURES, `${name}.pcap`))

/** Lines of nginx's own log: "METHOD URI STATUS", once for each time. */
function logOf(name: string): string[] {
  return readFileSync(join(CAPTURES, `${name}.log`), "utf8")
    .trim()
    .split("\n")
    .flatMap((line) => {
      const [count, method, target, status] = line.split(" ")
      return Array<string>(Number(count)).fill(`${method} ${target} ${status}`)
    })
    .sort()
}

const lineOf = ({ method, target, status }: ExchangeLine): string => `${method ?? "-"} ${target ?? "-"} ${status}`

async function read(frames: readonly Frame[], keys: Uint8Array, after = 0): Promise<FrameRun> {
  const run = await runFrames(frames, { lines: keys, after })
  assert.deepEqual(run.wrong, [])
  return run
}

for (const name of ["tls-old", "tls-1.2", "tls-1.3", "tls-mutual", "tls-resumed", "tls-pairs"])
  test(`${name}: the events are what the server logged`, async () => {
    const { exchanges, notes } = await read(await framesOf(name), keysOf(name))
    assert.deepEqual(exchanges.map(lineOf).sort(), logOf(name))
    assert.deepEqual(new Set(notes.map(({ state, reason }) => `${state}${reason}`)), new Set(["read"]))
  })

test("tls-turns: renegotiation, refused early data, key updates and rare ciphers are read", async () => {
  const { exchanges, counters, notes } = await read(await framesOf("tls-turns"), keysOf("tls-turns"))
  const asked = [...exchanges.map(lineOf)].sort()
  const turned = Array<string>(3).fill("GET /turned 200")
  const rare = Array<string>(5).fill("GET /rare 200")
  assert.deepEqual(asked, [...rare, "GET /rows.json 200", "GET /s/202?after 202", ...turned, "GET /updated 200"])
  assert.equal(counters["tls.refused_early_records"], 1)
  assert.equal(counters["tls.key_updates"], 1)
  assert.deepEqual(new Set(notes.map(({ state }) => state)), new Set(["read"]))
})

const PAIRS = await framesOf("tls-pairs")
const PAIR_KEYS = keysOf("tls-pairs")
const WHOLE = await read(PAIRS, PAIR_KEYS)

/** The first two sessions, and what they say. */
const SOME = PAIRS.slice(0, 60)
const EXPECTED = await read(SOME, PAIR_KEYS)
const keyOf = (line: ExchangeLine): string =>
  `${lineOf(line)} ${line.state} ${line.requestBytes} ${line.responseBytes} ${line.exchangeKey}`

test("without keys, and with keys of others, nothing is read and nothing invented", async () => {
  for (const keys of [new Uint8Array(0), keysOf("tls-1.3")]) {
    const { exchanges, notes, counters } = await read(PAIRS, keys)
    assert.deepEqual(exchanges, [])
    assert.deepEqual(new Set(notes.map(({ state, reason }) => `${state} ${reason}`)), new Set(["unread no-keys"]))
    assert.equal(counters["tls.plain_bytes"], undefined)
  }
})

test("keys that are wrong open nothing; the tries are bounded", async () => {
  const wrong = PAIR_KEYS.toString("latin1").replace(/[0-9a-f]{8}$/gm, "00112233")
  const { exchanges, notes, counters } = await read(PAIRS, Buffer.from(wrong))
  assert.deepEqual(exchanges, [])
  assert.deepEqual(new Set(notes.map(({ state, reason }) => `${state} ${reason}`)), new Set(["unread bad-record"]))
  assert.equal(counters["tls.decrypted_records"], undefined)
  assert.ok(counters["tls.auth_failures"]! <= 2 * 1024 * notes.length)
})

test("some of the keys missing: those sessions are dark, the others read", async () => {
  const lines = PAIR_KEYS.toString("latin1").split("\n")
  const random = lines[0]!.split(" ")[1]!
  const { notes } = await read(PAIRS, Buffer.from(lines.filter((line) => !line.includes(random)).join("\n")))
  assert.deepEqual(notes.map(({ state }) => state).filter((state) => state === "unread").length, 1)
})

test("keys that come late: what waited for them is read as if they had been there", async () => {
  assert.ok(EXPECTED.exchanges.length > 5)
  for (const after of [1, 3, 5, 7, 9, 11, 15, 20, 30]) {
    const late = await read(SOME, PAIR_KEYS, after)
    assert.deepEqual(late.exchanges, EXPECTED.exchanges, `after ${after} frames`)
  }
})

test("keys that come too late: past the limit of bytes the session is dark, and the next one read", async () => {
  const { exchanges, notes, counters } = await read(PAIRS, PAIR_KEYS, 110)
  assert.ok(counters["tls.keyless"]! >= 1)
  assert.ok(notes.some(({ state, reason }) => state === "unread" && reason === "no-keys"))
  assert.ok(exchanges.length > 0 && exchanges.length < WHOLE.exchanges.length)
  for (const one of exchanges) assert.ok(WHOLE.exchanges.map(lineOf).includes(lineOf(one)))
})

test("segments of any length: the same events", async () => {
  for (const length of [1, 3, 100, 1000]) {
    const some = SOME.flatMap((frame) => resegmented(frame, length))
    assert.deepEqual((await read(some, PAIR_KEYS)).exchanges, EXPECTED.exchanges, `${length} bytes`)
  }
})

test("one port of the mirror lags behind the other: the same exchanges", async () => {
  const client = SOME[0]!.bytes[29]!
  for (const [side, lagUs] of [
    [true, 3000],
    [false, 3000],
    [true, 200_000],
    [false, 200_000],
  ] as const) {
    const some = SOME.map((frame) => ((frame.bytes[29] === client) === side ? later(frame, lagUs) : frame))
    some.sort((a, b) => a.timeUs - b.timeUs)
    const { exchanges } = await read(some, PAIR_KEYS)
    assert.deepEqual(exchanges.map(keyOf).sort(), EXPECTED.exchanges.map(keyOf).sort(), `${side} ${lagUs}`)
  }
})

test("any loss: fewer exchanges, never a wrong one", async () => {
  const truth = new Set(WHOLE.exchanges.map(lineOf))
  const requests = new Set(WHOLE.exchanges.map(({ method, target }) => `${method} ${target}`))
  const statuses = new Set(WHOLE.exchanges.map(({ status }) => status))
  const loss = fc.record({ seed: fc.nat(), share: fc.constantFrom(0.003, 0.02, 0.1, 0.4) })
  await fc.assert(
    fc.asyncProperty(loss, async ({ seed, share }) => {
      const dice = new Dice(seed)
      const kept = PAIRS.filter(() => dice.next() >= share)
      const { exchanges } = await read(kept, PAIR_KEYS)
      assert.ok(exchanges.length <= WHOLE.exchanges.length * 2)
      for (const one of exchanges) {
        if (one.method !== null && one.status !== null) assert.ok(truth.has(lineOf(one)), lineOf(one))
        else if (one.method !== null) assert.ok(requests.has(`${one.method} ${one.target}`), lineOf(one))
        else assert.ok(statuses.has(one.status), lineOf(one))
      }
    }),
    { numRuns: Number(process.env.SONDE_RUNS ?? 6) },
  )
})
