// TLS read with keys, over captures of real peers (captures/record-tls.sh): the events are what the servers logged; late, wrong and
// missing keys leave sessions dark and invent nothing; losses cost exchanges, never truth; nothing of keys or content leaves.
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { inspect } from "node:util"
import fc from "fast-check"
import {
  enhancedPacketBlock,
  interfaceBlock,
  secretsBlock,
  sectionHeaderBlock,
} from "../../shared/testing/capture-builder.ts"
import { concatBytes, type Frame } from "../../shared/testing/packet-builder.ts"
import { ledgerJson, ledgerText } from "../ledger.ts"
import { FAILURES_MAX } from "../tls/direction.ts"
import { type Arrival, QueueLimits, RecordQueue } from "../tls/record-queue.ts"
import { type ExchangeLine, type FrameRun, readFrames, runFrames } from "./frame-run.ts"
import { Dice, disordered, later, resegmented } from "./mirror.ts"
import { runSensor } from "./run-sensor.ts"

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

const SERVER_PORT = 449
const portOf = ({ bytes }: Frame): number => {
  const [source, destination] = [(bytes[34]! << 8) + bytes[35]!, (bytes[36]! << 8) + bytes[37]!]
  return source === SERVER_PORT ? destination : source
}
/** Ports of the clients, one a session, in order. */
const PORTS = [...new Set(PAIRS.map(portOf))]
const sessionOf = (port: number): Frame[] => PAIRS.filter((frame) => portOf(frame) === port)

/** The start of the first session, and what it says. */
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
  const { exchanges, notes, counters } = await read(SOME, Buffer.from(wrong))
  assert.deepEqual(exchanges, [])
  assert.deepEqual(new Set(notes.map(({ state, reason }) => `${state} ${reason}`)), new Set(["unread bad-record"]))
  assert.equal(counters["tls.decrypted_records"], undefined)
  assert.ok(counters["tls.auth_failures"]! <= 2 * FAILURES_MAX * notes.length)
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
  // The last session sends and receives more than may wait.
  const frames = [...sessionOf(PORTS.at(-1)!), ...sessionOf(PORTS[0]!)]
  const after = sessionOf(PORTS.at(-1)!).length
  const { exchanges, notes, counters } = await read(frames, PAIR_KEYS, after)
  assert.ok(counters["tls.keyless"] === 1 && counters["tls.wait_memcap_drop"]! >= 1)
  assert.deepEqual(notes.map(({ state, reason }) => `${state} ${reason}`).sort(), ["read ", "unread no-keys"])
  assert.deepEqual(
    exchanges.map(({ client }) => client.port),
    Array(exchanges.length).fill(PORTS[0]),
  )
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

test("any loss and disorder: fewer exchanges, never a wrong one", async () => {
  const truth = new Set(WHOLE.exchanges.map(lineOf))
  const requests = new Set(WHOLE.exchanges.map(({ method, target }) => `${method} ${target}`))
  const statuses = new Set(WHOLE.exchanges.map(({ status }) => status))
  const loss = fc.record({ seed: fc.nat(), share: fc.constantFrom(0.003, 0.02, 0.1, 0.4) })
  await fc.assert(
    fc.asyncProperty(loss, async ({ seed, share }) => {
      const dice = new Dice(seed)
      const lossy = PAIRS.filter(() => dice.next() >= share)
      const kept = disordered(lossy, seed % 2 === 0 ? 0.2 : 0, 5, 3000, dice)
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

test("keys that come after the end of their session, in time: it is read, and its addresses are its own", async () => {
  const both = [...sessionOf(PORTS[1]!), ...sessionOf(PORTS[3]!)]
  const expected = await read(both, PAIR_KEYS)
  assert.equal(expected.exchanges.length, 6)
  const late = await read(both, PAIR_KEYS, both.length)
  const told = (run: FrameRun): string[] => run.exchanges.map((one) => `${keyOf(one)} ${one.client.port}`).sort()
  assert.deepEqual(told(late), told(expected))
})

test("secrets blocks of a pcapng, before the packets and behind them", async () => {
  const [header, link] = [sectionHeaderBlock(), interfaceBlock()]
  const packets = sessionOf(PORTS[0]!).map((frame) => enhancedPacketBlock(frame))
  const secrets = secretsBlock(PAIR_KEYS)
  const folder = mkdtempSync(join(tmpdir(), "sonde-secrets-"))
  for (const blocks of [
    [secrets, ...packets],
    [...packets, secrets],
  ]) {
    const path = join(folder, "session.pcapng")
    writeFileSync(path, concatBytes(header, link, ...blocks))
    const { recorder } = await runSensor(path)
    assert.equal(recorder.revealed.length, 7)
  }
  rmSync(folder, { recursive: true })
})

test("keys that come after the time that records wait: dark, and said so", async () => {
  const slow = SOME.map((frame, i) => (i < 12 ? frame : later(frame, 6_000_000)))
  const { exchanges, notes, counters } = await read(slow, PAIR_KEYS, 14)
  assert.deepEqual(exchanges, [])
  assert.deepEqual(
    notes.map(({ state, reason }) => `${state} ${reason}`),
    ["unread no-keys"],
  )
  assert.equal(counters["tls.keyless"], 1)
})

test("records that wait are bounded for a session and for all", () => {
  const limits = new QueueLimits(1000, 1500)
  const [a, b] = [new RecordQueue(limits), new RecordQueue(limits)]
  const arrival = (length: number): Arrival => {
    const bytes = new Uint8Array(length)
    const record = { type: 23, version: 0x303, bytes, start: 0, end: length, timeUs: 1, wireEnd: 0, wireAck: 0 }
    return { kind: "record", timeUs: 1, record }
  }
  assert.deepEqual([a.push(0, arrival(600)), a.push(1, arrival(600))], [true, false])
  assert.deepEqual([b.push(0, arrival(500)), b.push(0, arrival(500))], [true, false])
  a.shift(0)
  assert.equal(b.push(0, arrival(200)), true)
  b.shift(0)
  b.shift(0)
  assert.equal(limits.usedBytes, 0)
})

/** As text, as bytes and as numbers: whatever a dump could show. */
function* formsOf(secret: string): Generator<string> {
  const bytes = Buffer.from(secret, "hex")
  yield secret
  yield secret.toUpperCase()
  yield bytes.toString("latin1")
  yield bytes.toString("base64").slice(0, 32)
  yield [...bytes.subarray(0, 8)].join(",")
}

test("nothing of keys or content is in events, notes, counters or sentences", async () => {
  const content = ["key-of-partner", "P-00580", '{"total":1}', "0042-line", "partner-nine.example"]
  for (const name of ["tls-pairs", "tls-1.3", "tls-mutual"]) {
    const { recorder, pipeline } = await runSensor(join(CAPTURES, `${name}.pcap`), join(CAPTURES, `${name}.keys`))
    const { counters } = pipeline
    const shown = [
      ...recorder.published,
      ledgerJson(counters, 0),
      ledgerText(counters),
      inspect(pipeline, { depth: 6 }),
    ].join("\n")
    for (const line of keysOf(name).toString("latin1").split("\n")) {
      const [, random, secret] = line.split(" ")
      if (secret === undefined) continue
      for (const form of [...formsOf(secret), random!])
        assert.ok(!shown.includes(form), `${line.slice(0, 30)}: ${form.length}`)
    }
    const published = recorder.published.join("\n")
    for (const text of content) assert.ok(!published.includes(text), text)
  }
})
