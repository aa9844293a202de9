// Syslog to real receivers over UDP, TCP and TLS, read by a parser written from RFC 5424; CEF and ECS read back, with names of any kind.
import assert from "node:assert/strict"
import { createSocket } from "node:dgram"
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { type AddressInfo, createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { createServer as createTlsServer } from "node:tls"
import { makePair } from "../../shared/testing/certificate.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"
import type { Message } from "./channel.ts"
import { incident, messageOf, NOW_MS } from "./fake-incidents.ts"
import { openChannels } from "./open-channels.ts"
import { parseChannels } from "./settings.ts"
import { Syslog, type SyslogSettings } from "./syslog.ts"

const QUIET = new AbortController().signal
const HOSTILE = 'a|b\\c=d\nCEF:0|x\r\n<0>1 evil "é" 漢字 \u0000\u001b[31m \ud800'
const folder = mkdtempSync(join(tmpdir(), "sonde-syslog-"))
let store: Store
let plain: Message
let hostile: Message

before(async () => {
  store = await openSqliteStore(":memory:")
  plain = await messageOf(store, incident("i_1"))
  const sentence = HOSTILE.repeat(3000)
  hostile = await messageOf(
    store,
    incident("i_2", { summary: sentence, kind: HOSTILE, sensor: sentence, consumer: "c", service: "s" }),
  )
})
after(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

function syslog(change: Partial<SyslogSettings>): Syslog {
  const tls = { ca: null, certificate: null, key: null }
  const common = { name: "siem", lanes: ["high"], host: "127.0.0.1", port: 1, transport: "tcp", format: "cef" } as const
  return new Syslog({
    ...common,
    facility: 16,
    bytesMax: 2048,
    tls,
    version: "0.1",
    from: "höst 1",
    proc: "7",
    timeoutMs: 1000,
    ...change,
  })
}

/** RFC 5424 section 6, strictly. */
function parse(bytes: Buffer) {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  const pattern =
    /^<(0|[1-9]\d{0,2})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) - ([\s\S]*)$/
  const match = pattern.exec(text)
  assert.ok(match !== null, text.slice(0, 100))
  const msg = match[7]!
  // Section 6.4: UTF-8 begins with the mark.
  if (/[^\0-\x7f]/.test(msg)) assert.ok(msg.startsWith("\ufeff"))
  return {
    facility: Number(match[1]) >> 3,
    severity: Number(match[1]) & 7,
    at: match[2],
    host: match[3],
    app: match[4],
    id: match[6],
    msg: msg.replace(/^\ufeff/, ""),
  }
}

/** RFC 6587 section 3.4.1. */
function parseFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at)
    const length = Number(bytes.toString("latin1", at, space))
    assert.ok(Number.isInteger(length) && length > 0 && space + 1 + length <= bytes.length)
    frames.push(bytes.subarray(space + 1, space + 1 + length))
    at = space + 1 + length
  }
  return frames
}

/** Header fields and extension of a CEF line, escapes undone. */
function parseCef(text: string): { header: string[]; values: Record<string, string> } {
  assert.ok(!/[\n\r\0]/.test(text))
  const header: string[] = []
  let at = 0
  for (let field = ""; header.length < 7; at++) {
    if (text[at] === "|") {
      header.push(field)
      field = ""
    } else field += text[at] === "\\" ? text[++at] : text[at]
  }
  const values: Record<string, string> = {}
  for (const [, key, value] of text.slice(at).matchAll(/(\w+)=((?:\\[\s\S]|[^\\=])*?)(?= \w+=|$)/g))
    values[key!] = value!.replace(/\\([\s\S])/g, (_, c: string) => (c === "n" ? "\n" : c === "r" ? "\r" : c))
  return { header, values }
}

async function receive(server: Server, send: (port: number) => Promise<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  const take = (socket: import("node:net").Socket): void => {
    socket.on("data", (chunk: Buffer) => chunks.push(chunk))
    socket.on("error", () => {})
  }
  server.on("secureConnection", take)
  if (!("setSecureContext" in server)) server.on("connection", take)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  await send((server.address() as AddressInfo).port)
  server.close()
  return Buffer.concat(chunks)
}

test("UDP: a datagram a message; a port where nobody listens is noticed", async () => {
  const socket = createSocket("udp4")
  const received: Buffer[] = []
  socket.on("message", (bytes) => received.push(bytes))
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve))
  const channel = syslog({ transport: "udp", port: socket.address().port })
  assert.equal((await channel.deliver(plain, QUIET)).kind, "delivered")
  for (let i = 0; i < 100 && received.length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 5))
  socket.close()
  const { facility, severity, at, host, app, id, msg } = parse(received[0]!)
  assert.deepEqual([facility, severity, at], [16, 2, new Date(NOW_MS).toISOString()])
  assert.deepEqual([host, app, id], ["hst1", "sonde-collector", "incident.opened"])
  assert.match(msg, /^CEF:0\|Sonde\|Sonde\|0\.1\|enumeration\|API incident opened: enumeration\|9\|externalId=i_1\.1 /)
  assert.match((await channel.deliver(plain, QUIET)).sentence, /^udp 127\.0\.0\.1:\d+ cannot be told: nobody listens/)
})

test("TCP: counted octets; refused, reset and silent receivers are failures", async () => {
  const channel = (port: number) => syslog({ port, format: "ecs" })
  const bytes = await receive(createServer(), async (port) => {
    for (const message of [plain, hostile])
      assert.equal((await channel(port).deliver(message, QUIET)).kind, "delivered")
  })
  const frames = parseFrames(bytes)
  assert.equal(frames.length, 2)
  for (const frame of frames) assert.ok(frame.length <= 2048)
  const [first, second] = frames.map((frame) => JSON.parse(parse(frame).msg))
  assert.deepEqual(
    [first.event.id, first.event.action, first.event.severity, first.ecs.version],
    ["i_1.1", "incident-opened", 90, "8.11.0"],
  )
  assert.ok(HOSTILE.toWellFormed().startsWith(second.event.reason.slice(0, -1).slice(0, 20)))
  assert.equal((await channel(1).deliver(plain, QUIET)).kind, "later")
  const resetting = createServer((socket) => socket.resetAndDestroy())
  await receive(resetting, async (port) => {
    assert.match((await channel(port).deliver(plain, QUIET)).sentence, /reset|closed/)
  })
})

test("TLS: verified by the ca that is named, never without; names have to fit", async () => {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")]
  makePair(cert, key, "siem")
  const pem = readFileSync(cert, "latin1")
  const server = () => createTlsServer({ key: readFileSync(key), cert: pem })
  const tls = { ca: pem, certificate: null, key: null }
  const bytes = await receive(server(), async (port) => {
    const outcome = await syslog({ transport: "tls", port, tls }).deliver(plain, QUIET)
    assert.equal(outcome.kind, "delivered", outcome.sentence)
  })
  assert.match(parse(parseFrames(bytes)[0]!).msg, /^CEF:0/)
  const nothing = await receive(server(), async (port) => {
    const outcome = await syslog({ transport: "tls", port }).deliver(plain, QUIET)
    assert.match(outcome.sentence, /signed by nobody that is trusted here: see ca/)
    const other = await syslog({ transport: "tls", port, host: "localhost", tls }).deliver(plain, QUIET)
    assert.match(other.sentence, /another name|ECONNREFUSED/)
  })
  assert.equal(nothing.length, 0)
})

test("CEF: whatever is in a name, there are seven fields and the pairs that were meant", () => {
  for (const bytesMax of [2048, 8192, 1_000_000]) {
    const message = syslog({ bytesMax }).messageOf(hostile)
    assert.ok(message.length <= bytesMax)
    const { header, values } = parseCef(parse(message).msg)
    assert.deepEqual([header.length, header[0], header[6]], [7, "CEF:0", "9"])
    assert.deepEqual(
      [values.externalId, values.cs1, values.suid, values.dhost, values.cs2],
      ["i_2.1", "i_2", "c", "s", "high"],
    )
    assert.ok(values.msg!.startsWith("a|b\\c=d\nCEF:0|x\r\n<0>1 evil"))
  }
})

test("settings: what is right, and every mistake at once", () => {
  const hook = { name: "hook", kind: "webhook", url: "https://h.example/x", secret: "/s" }
  const siem = { name: "siem", kind: "syslog", address: "[2001:db8::1]:6514", lanes: ["high"] }
  const bus = { name: "bus", kind: "nats", url: "nats://127.0.0.1:4222" }
  const right = parseChannels([hook, siem, bus])
  assert.deepEqual(right.mistakes, [])
  assert.deepEqual(
    right.channels.map(({ lanes }) => lanes.length),
    [2, 1, 2],
  )
  assert.equal((right.channels[2] as { subject: string }).subject, "sonde.incident.default")
  const { mistakes } = parseChannels([
    { ...hook, url: "https://user:pass@h.example/", lanes: ["low"], colour: "red" },
    { ...hook, secret: 7 },
    { ...siem, address: "siem", transport: "udp", ca: "/x", bytes: 10 },
    { name: "B!", kind: "nats", url: "http://x", subject: "sonde.ev.>" },
    { name: "pigeon", kind: "pigeon" },
  ])
  for (const part of [
    '"url" takes',
    '"lanes" takes',
    '"colour" is no key',
    '"name" is that of',
    '"secret" takes',
    '"address" takes',
    '"ca" needs',
    '"bytes" takes',
    'notify 4: "name"',
    '"subject" takes',
    '"kind" takes',
  ])
    assert.ok(
      mistakes.some((mistake) => mistake.includes(part)),
      part,
    )
})

test("secrets: only the owner's files, long enough, or systemd's", () => {
  const parts = { publish: async () => {}, credentials: "", version: "1", host: "h", proc: "1", now: () => 0 }
  const file = join(folder, "secret")
  const opened = (secret: object, credentials = "") =>
    openChannels(parseChannels([{ name: "hook", kind: "webhook", url: "https://h.example/", ...secret }]).channels, {
      ...parts,
      credentials,
    })
  const mistake = (result: ReturnType<typeof opened>) => ("mistakes" in result ? result.mistakes.join() : "")
  assert.match(mistake(opened({ secret: file })), /"secret" .* there is no such file/)
  writeFileSync(file, "0123456789abcdef\n")
  chmodSync(file, 0o644)
  assert.match(mistake(opened({ secret: file })), /chmod 600/)
  chmodSync(file, 0o600)
  assert.equal(mistake(opened({ secret: file })), "")
  assert.equal(mistake(opened({ "secret-credential": "secret" }, folder)), "")
  assert.match(mistake(opened({ "secret-credential": "secret" })), /needs systemd/)
  assert.match(mistake(opened({ secret: file, ca: file })), /holds no certificate/)
  writeFileSync(file, "short")
  assert.match(mistake(opened({ secret: file })), /less than 16 bytes/)
})
