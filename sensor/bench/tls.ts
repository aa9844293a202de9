// What it costs to read HTTP through TLS with keys, beside the same exchanges in plain text: the whole sensor, in memory.
//
//   node sensor/bench/tls.ts [--smoke]
//
// node:tls talks to itself under each cipher suite (a pre-shared key, so that no certificate is needed), keep-alive, small and
// larger answers; the record of it is read as TCP segments. µs of CPU an exchange, the least of three rounds.
import { once } from "node:events"
import { connect, createServer, type TLSSocket } from "node:tls"
import { settle } from "../../shared/config/options.ts"
import { type Frame, TcpConversation } from "../../shared/testing/packet-builder.ts"
import { RecordedPair } from "../../shared/testing/recorded-pair.ts"
import { PIPELINE_OPTIONS } from "../config.ts"
import { localKey } from "../key-file.ts"
import { Pipeline } from "../pipeline.ts"
import { Batcher } from "../publish/batcher.ts"
import { PublisherCounters } from "../publish/link.ts"
import { NullLink } from "../publish/null-link.ts"
import { FrameSource } from "../test/frame-run.ts"

const EXCHANGES = process.argv.includes("--smoke") ? 20 : 4000
const ROUNDS = process.argv.includes("--smoke") ? 1 : 3
const PER_SESSION = 20
const IDENTITY = { psk: Buffer.alloc(32, 7), identity: "bench" }

const SUITES = [
  { name: "TLS 1.3, AES-128-GCM", version: "TLSv1.3", ciphers: "TLS_AES_128_GCM_SHA256" },
  { name: "TLS 1.2, AES-128-GCM", version: "TLSv1.2", ciphers: "PSK-AES128-GCM-SHA256" },
  { name: "TLS 1.2, ChaCha20", version: "TLSv1.2", ciphers: "PSK-CHACHA20-POLY1305" },
  { name: "TLS 1.2, AES-128-CBC, SHA-256", version: "TLSv1.2", ciphers: "PSK-AES128-CBC-SHA256" },
] as const

const request = (i: number): string =>
  `GET /v1/orders/${i}?expand=items HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer ${"a".repeat(150)}\r\nUser-Agent: partner-sdk/3.2\r\nAccept: application/json\r\n\r\n`
const answer = (i: number, bytes: number): string => {
  const body = JSON.stringify({ id: i, state: "shipped", text: "x".repeat(bytes) })
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

interface Traffic {
  readonly frames: Frame[]
  readonly keys: Buffer
}

function plainTraffic(bytes: number): Traffic {
  const frames: Frame[] = []
  for (let session = 0; session < EXCHANGES / PER_SESSION; session++) {
    const talk = new TcpConversation({ client: `10.0.0.1:${20_000 + session}`, server: "10.0.0.2:443" }).open()
    for (let i = 0; i < PER_SESSION; i++) talk.toServer(request(i)).toClient(answer(i, bytes))
    frames.push(...talk.finish().frames)
  }
  return { frames, keys: Buffer.alloc(0) }
}

async function tlsTraffic(suite: (typeof SUITES)[number], bytes: number): Promise<Traffic> {
  const frames: Frame[] = []
  const lines: Buffer[] = []
  const options = { ciphers: suite.ciphers, minVersion: suite.version, maxVersion: suite.version }
  for (let session = 0; session < EXCHANGES / PER_SESSION; session++) {
    const pair = new RecordedPair()
    const server = createServer({ ...options, pskCallback: () => IDENTITY.psk })
    server.on("secureConnection", (socket) => {
      let i = 0
      socket.on("data", () => socket.write(answer(i++, bytes)))
    })
    server.emit("connection", pair.server)
    const client: TLSSocket = connect({
      ...options,
      socket: pair.client,
      pskCallback: () => IDENTITY,
      checkServerIdentity: () => undefined,
    })
    client.on("keylog", (line: Buffer) => lines.push(line))
    await once(client, "secureConnect")
    for (let i = 0; i < PER_SESSION; i++) {
      client.write(request(i))
      for (let left = answer(i, bytes).length; left > 0; ) left -= ((await once(client, "data"))[0] as Buffer).length
    }
    client.end()
    // What it says last is on its way.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
    frames.push(...pair.conversation({ client: `10.0.0.1:${20_000 + session}`, server: "10.0.0.2:443" }).frames)
  }
  return { frames, keys: Buffer.concat(lines) }
}

/** µs of CPU an exchange. */
async function costOf({ frames, keys }: Traffic): Promise<number> {
  const counters = new PublisherCounters()
  const key = localKey()
  const publisher = new Batcher(new NullLink(counters), counters, {
    tenant: "bench",
    sensor: "bench",
    boot: "bench",
    keyEpoch: key.epoch,
    ledger: () => ({}),
    compress: false,
  })
  const pipeline = new Pipeline(new FrameSource(frames), publisher, key, settle(PIPELINE_OPTIONS, {}).values, false)
  pipeline.keys.readLines(keys)
  const before = process.cpuUsage()
  await pipeline.run()
  const { user, system } = process.cpuUsage(before)
  if (counters.exchanges !== EXCHANGES) throw new Error(`${counters.exchanges} exchanges of ${EXCHANGES} were read.`)
  return (user + system) / EXCHANGES
}

for (const bytes of [200, 8000]) {
  const rows: { name: string; traffic: Traffic; least: number }[] = [
    { name: "plain text", traffic: plainTraffic(bytes), least: Number.POSITIVE_INFINITY },
  ]
  for (const suite of SUITES)
    rows.push({ name: suite.name, traffic: await tlsTraffic(suite, bytes), least: Number.POSITIVE_INFINITY })
  for (let round = 0; round < ROUNDS; round++)
    for (const row of rows) row.least = Math.min(row.least, await costOf(row.traffic))
  console.log(`Answers of ${bytes} bytes, ${PER_SESSION} exchanges a session:`)
  for (const { name, least } of rows) console.log(`  ${name.padEnd(32)} ${least.toFixed(1).padStart(7)} µs an exchange`)
}
