// Two hundred kinds of personal data and credentials, planted wherever traffic can hold one, through the whole sensor and the real
// codec: none of them is in any published byte, in what the commands print, in the ledger or in a metric. The canary proves that
// the search finds what is there.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { settle } from "../../shared/config/options.ts"
import { decodeBatch } from "../../shared/event/event-codec.ts"
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import { type Frame, START_US } from "../../shared/testing/packet-builder.ts"
import { type Secret, secretsOf } from "../../shared/testing/secrets.ts"
import { openCapture } from "../capture/capture-files.ts"
import { PIPELINE_OPTIONS } from "../config.ts"
import { sensorMetrics } from "../daemon/metrics-server.ts"
import { localKey } from "../key-file.ts"
import { ledgerCounters, ledgerJson, ledgerText } from "../ledger.ts"
import { Pipeline } from "../pipeline.ts"
import { Batcher } from "../publish/batcher.ts"
import type { Message } from "../publish/link.ts"
import { PublisherCounters } from "../publish/link.ts"
import { eventLine } from "../publish/ndjson.ts"
import { http2Traffic, plainTraffic, tlsTraffic } from "./planted-traffic.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-planted-"))
after(() => rmSync(folder, { recursive: true }))

interface Left {
  /** Everything that left, as text. */
  readonly text: string
  readonly paths: readonly string[]
  readonly events: number
  readonly http2: number
  readonly tls: number
}

async function leftOf(frames: Frame[], keys: string, mode: string): Promise<Left> {
  const path = join(folder, `${mode}.pcap`)
  writeFileSync(path, pcapFile(frames.sort((a, b) => a.timeUs - b.timeUs)))
  const counters = new PublisherCounters()
  const parts: string[] = []
  const paths: string[] = []
  let [events, http2, tls] = [0, 0, 0]
  const link = {
    busy: null,
    send: ({ bytes, events: count }: Message): void => {
      counters.acknowledged += count
      parts.push(Buffer.from(bytes).toString("latin1"))
      const decoded = decodeBatch(bytes)
      assert.ok(decoded.ok)
      const { envelope, ...rest } = decoded.batch
      parts.push(JSON.stringify(rest), JSON.stringify(envelope.ledger))
      for (const event of decoded.batch.events) {
        parts.push(JSON.stringify(eventLine(event, null)))
        paths.push(event.operation.path)
        events++
        if (event.operation.protocol === 3) http2++
        if (event.server.tls !== "") tls++
      }
    },
    close: async (): Promise<void> => {},
  }
  const names = { tenant: "t", sensor: "s", boot: "b", keyEpoch: 1, ledger: () => ledgerCounters(pipeline.counters) }
  const publisher = new Batcher(link, counters, names)
  const values = { ...settle(PIPELINE_OPTIONS, {}).values, "privacy.paths": mode }
  const source = openCapture([path])
  const pipeline: Pipeline = new Pipeline(source, publisher, localKey(), values, false)
  pipeline.keys.readLines(Buffer.from(keys))
  await pipeline.run()
  parts.push(
    ledgerText(pipeline.counters),
    ledgerJson(pipeline.counters, 0),
    sensorMetrics(ledgerCounters(pipeline.counters), {}),
  )
  // Most of it repeats: each stretch of printable text once.
  const stretches = new Set(
    parts.flatMap((one) =>
      one
        .toLowerCase()
        .replaceAll(NUMBERS, "")
        .split(/(?<=[^\\])","|[^ -~]+/),
    ),
  )
  return { text: [...stretches].join("\n"), paths, events, http2, tls }
}

/** Times, sizes and hashes: a short secret may equal one by chance. */
const NUMBERS = /"\w*(?:us|bytes|key|hash|order|shape|objects)":(?:\d+|\[[\d,]*\])/g

/** How a value may be written. */
function spellings(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  const all = [
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(value),
    encodeURIComponent(encodeURIComponent(value)),
  ]
  const bases = [Buffer.from(value).toString("base64").replaceAll("=", ""), Buffer.from(value).toString("hex")]
  return [...new Set([...all, ...bases].map((one) => one.toLowerCase()))]
}

/** Short numbers stand in pseudonyms and times by chance: they count only as a whole word. */
function isIn(text: string, spelling: string): boolean {
  if (spelling.length >= 10) return text.includes(spelling)
  const escaped = spelling.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
  return new RegExp(`(?<![0-9a-z])${escaped}(?![0-9a-z])`).test(
    text.replaceAll(/"(?:\w*(?:Us|Bytes|Key|Hash|Order|Shape))":\d+/gi, ""),
  )
}

async function trafficOf(secrets: readonly Secret[]): Promise<{ frames: Frame[]; keys: string }> {
  const values = secrets.map(({ value }) => value)
  const frames = values.flatMap((value, i) => plainTraffic(value, 10_000 + i, START_US + i * 1000))
  frames.push(...(await http2Traffic(values, 9000, START_US)))
  const tls = await tlsTraffic(values, 9001, START_US)
  frames.push(...tls.frames)
  return { frames, keys: tls.keys }
}

test("none of two hundred kinds of secrets leaves, wherever it stands", async () => {
  const secrets = secretsOf(7)
  assert.ok(secrets.length >= 200)
  const { frames, keys } = await trafficOf(secrets)
  const left = await leftOf(frames, keys, "text")
  assert.ok(left.events > secrets.length * 80, `${left.events} events`)
  assert.equal(left.http2, secrets.length * 2)
  assert.equal(left.tls, secrets.length)
  const found = secrets.filter(({ value }) => spellings(value).some((one) => isIn(left.text, one)))
  assert.deepEqual(found, [])
})

test("strict paths: names of people do not leave either", async () => {
  const names = ["okonkwo", "jane_doe", "maria-gonzalez", "hunter2", "sunshine", "john.smith"]
  const frames = names.flatMap((value, i) => plainTraffic(value, 10_000 + i, START_US + i * 1000))
  const left = await leftOf(frames, "", "strict")
  assert.ok(left.paths.length > 100)
  assert.deepEqual(
    left.paths.filter((path) => names.some((name) => path.includes(name))),
    [],
  )
})

test("canary: what may leave is found by the same search", async () => {
  const left = await leftOf(plainTraffic("sunshine", 10_000, START_US), "", "text")
  for (const text of ["sunshine", "api.example.com", "/v1/orders"]) assert.ok(isIn(left.text, text), text)
})
