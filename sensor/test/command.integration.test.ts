// The sensor's command as a user meets it: exit codes, sentences, what is kept of a damaged capture, what a pipe gets.
import assert from "node:assert/strict"
import { spawn, spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { gzipSync } from "node:zlib"
import { pcapFile, pcapHeader, pcapRecordHeader } from "../../shared/testing/capture-builder.ts"
import { concatBytes, TcpConversation } from "../../shared/testing/packet-builder.ts"

const MAIN = join(import.meta.dirname, "../main.ts")
const folder = mkdtempSync(join(tmpdir(), "sonde-command-"))
after(() => rmSync(folder, { recursive: true }))

interface Outcome {
  readonly code: number | null
  readonly lines: readonly string[]
  readonly err: string
}

function sensor(args: readonly string[], input?: Uint8Array): Outcome {
  const done = spawnSync(process.execPath, [MAIN, ...args], { input: input ?? "", encoding: "utf8", timeout: 20_000 })
  assert.doesNotMatch(done.stderr, /\n {4}at /, "a stack trace is not for users")
  return { code: done.status, lines: done.stdout.split("\n").filter((line) => line !== ""), err: done.stderr }
}

function place(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

function conversation(): TcpConversation {
  const talk = new TcpConversation()
  talk.open()
  for (let i = 0; i < 3; i++)
    talk
      .toServer(`GET /v1/orders/${i}?expand=items HTTP/1.1\r\nHost: api.example.com\r\n\r\n`)
      .toClient("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
  return talk.finish()
}

const whole = pcapFile(conversation().frames)

const damaged: readonly [what: string, path: () => string, events: number, sentence: RegExp][] = [
  ["an empty file", () => place("empty.pcap", new Uint8Array(0)), 0, /empty\.pcap: it is empty/],
  [
    "a text file",
    () => place("notes.txt", Buffer.from("dear diary\n".repeat(50))),
    0,
    /notes\.txt: it is not a capture/,
  ],
  [
    "a truncated capture",
    () => place("cut.pcap", whole.subarray(0, whole.length - 30)),
    3,
    /cut\.pcap: it ends at byte \d+/,
  ],
  ["a capture cut in its header", () => place("head.pcap", whole.subarray(0, 20)), 0, /head\.pcap: /],
  [
    "a forged length of 4 GB",
    () =>
      place(
        "forged.pcap",
        concatBytes(whole, pcapRecordHeader(1_795_428_001_000_000, 0xffffffff, 0xffffffff), new Uint8Array(100)),
      ),
    3,
    /forged\.pcap: at byte \d+/,
  ],
  ["a truncated gzip file", () => place("cut.pcap.gz", gzipSync(whole).subarray(0, -12)), 0, /cut\.pcap\.gz: /],
  [
    "a directory without captures",
    () => {
      mkdirSync(join(folder, "nothing"))
      return join(folder, "nothing")
    },
    0,
    /nothing: /,
  ],
  ["a missing file", () => join(folder, "missing.pcap"), 0, /missing\.pcap: there is no such file/],
]

for (const [what, path, events, sentence] of damaged)
  test(`${what} is one sentence, exit code 1, and what came before is kept`, () => {
    const { code, lines, err } = sensor(["read", "--reveal", "--ledger", "none", path()])
    assert.equal(code, 1)
    assert.ok(lines.length >= events, `${lines.length} events`)
    assert.match(err, sentence)
    assert.equal(err.trim().split("\n").length, 1, err)
  })

test("one damaged file among several costs only itself", () => {
  const { code, lines } = sensor([
    "read",
    "--reveal",
    "--ledger",
    "none",
    join(folder, "missing.pcap"),
    place("good.pcap", whole),
  ])
  assert.equal(code, 1)
  assert.equal(lines.length, 3)
})

test("a line has the keys that the interface promises", () => {
  const { code, lines } = sensor(["read", "--reveal", place("keys.pcap", whole)])
  assert.equal(code, 0)
  const event = JSON.parse(lines[1]!) as Record<string, unknown>
  assert.deepEqual(event.client, { ip: "10.0.0.1", port: 40000 })
  assert.deepEqual(event.server, { ip: "10.0.0.2", port: 80 })
  const { method, host, target, path, operation, status, requestBytes, responseBytes, state, protocol } = event
  assert.deepEqual(
    { method, host, target, path, operation, status, requestBytes, responseBytes, state, protocol },
    {
      method: "GET",
      host: "api.example.com",
      target: "/v1/orders/1?expand=items",
      path: "/v1/orders/{int}",
      operation: null,
      status: 200,
      requestBytes: 0,
      responseBytes: 2,
      state: "complete",
      protocol: "http/1.1",
    },
  )
})

test("standard input, plain and compressed, gives the same events as the file", () => {
  const file = sensor(["read", "--reveal", "--ledger", "none", place("same.pcap", whole)]).lines
  assert.deepEqual(sensor(["read", "--reveal", "--ledger", "none", "-"], whole).lines, file)
  assert.deepEqual(sensor(["read", "--reveal", "--ledger", "none", "-"], gzipSync(whole)).lines, file)
  assert.equal(file.length, 3)
})

test("without --reveal nothing of the wire is in a line", () => {
  const { lines } = sensor(["read", "--ledger", "none", place("hidden.pcap", whole)])
  assert.equal(lines.length, 3)
  assert.doesNotMatch(lines.join(), /10\.0\.0|orders\/1|expand=items/)
})

test("the ledger as JSON has a member for each stage and adds up", () => {
  const { err } = sensor(["read", "--format", "null", "--ledger", "json", place("ledger.pcap", whole)])
  const ledger = JSON.parse(err) as {
    capture: { packets: number; kernelDrops: number; interfaces: string[] }
    published: { exchanges: number }
    balance: { holds: boolean }
  }
  assert.equal(ledger.published.exchanges, 3)
  assert.equal(ledger.capture.kernelDrops, 0)
  assert.equal(ledger.capture.interfaces.length, 1)
  assert.equal(ledger.balance.holds, true)
})

test("a reader that goes away ends the command quietly", async () => {
  const talk = new TcpConversation()
  talk.open()
  for (let i = 0; i < 3000; i++)
    talk.toServer("GET / HTTP/1.1\r\nHost: h\r\n\r\n").toClient("HTTP/1.1 204 No Content\r\n\r\n")
  const path = place("many.pcap", pcapFile(talk.frames))
  const child = spawn(process.execPath, [MAIN, "read", "--reveal", "--ledger", "none", path], {
    stdio: ["ignore", "pipe", "pipe"],
  })
  let err = ""
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()))
  child.stdout.once("data", () => child.stdout.destroy())
  const code = await new Promise((resolve) => child.on("close", resolve))
  assert.equal(code, 0)
  assert.equal(err, "")
})

const usage: readonly [what: string, args: string[], sentence: RegExp][] = [
  ["no file", ["read"], /read needs FILE/],
  ["an unknown option", ["read", "--formt", "null", "x"], /--formt is no option; did you mean --format\?/],
  ["an unknown command", ["reed"], /"reed" is no command/],
  ["run without input and server", ["run"], /--read FILE.*--nats URL.*--key-file/],
  ["a bad server", ["run", "--nats", "http://x", "--read", "x"], /--nats takes a server such as/],
]
for (const [what, args, sentence] of usage)
  test(`${what} is a usage mistake: exit code 2`, () => {
    const { code, err } = sensor(args)
    assert.equal(code, 2)
    assert.match(err, sentence)
  })

test("keygen makes a key only its owner can read, and never overwrites one", () => {
  const path = join(folder, "pseudonym.key")
  assert.equal(sensor(["keygen", path]).code, 0)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(sensor(["keygen", path]).code, 1)
  const capture = place("keyed.pcap", whole)
  const keyed = sensor(["read", "--ledger", "none", "--key-file", path, capture]).lines
  assert.notDeepEqual(keyed, sensor(["read", "--ledger", "none", capture]).lines)
  assert.deepEqual(keyed, sensor(["read", "--ledger", "none", "--key-file", path, capture]).lines)
})

test("a key is rotated twice only when its former key is no longer in use, or by force", () => {
  const path = join(folder, "rotated.key")
  const rotate = (...args: readonly string[]): Outcome => sensor(["keygen", ...args, path])
  const epoch = (): string => readFileSync(path, "latin1").split(":")[0]!
  assert.equal(rotate().code, 0)
  assert.equal(rotate("--rotate").code, 0)
  const again = rotate("--rotate")
  assert.equal(again.code, 1)
  const sentence =
    /^sonde-sensor: \S+ was rotated on [\d-]{10}; the former key is in use until [\d-]{10}; --force to drop it\.\n$/
  assert.match(again.err, sentence)
  assert.equal(epoch(), "2")
  assert.deepEqual([rotate("--rotate", "--force").code, epoch()], [0, "3"])
  assert.deepEqual([rotate("--force").code, epoch()], [2, "3"])
})

test("a key file that others can read is refused", () => {
  const path = place("open.key", Buffer.from("00".repeat(32)))
  const { code, err } = sensor(["read", "--key-file", path, place("k.pcap", whole)])
  assert.equal(code, 1)
  assert.match(err, /open to other users; chmod 600/)
})

test("a forged length costs neither memory nor time", () => {
  const bytes = concatBytes(
    pcapHeader(),
    ...Array.from({ length: 2000 }, () => concatBytes(pcapRecordHeader(0, 0xfffffff0, 0xfffffff0), new Uint8Array(64))),
  )
  const started = process.hrtime.bigint()
  assert.equal(sensor(["read", place("storm.pcap", bytes)]).code, 1)
  assert.ok(Number(process.hrtime.bigint() - started) < 10e9)
})

test("TLS that was not read stands behind the ledger: in text for people, as a list in JSON, nothing on stdout", () => {
  const capture = join(import.meta.dirname, "captures/tls-old.pcap")
  const text = sensor(["read", capture])
  assert.match(
    text.err,
    /TLS seen and not read:\n {2}partner-api\.example\.com:444 +TLS 1\.0 +3 sessions +\d+ bytes {2}no-keys\n/,
  )
  assert.deepEqual(text.lines, [])
  const json = sensor(["read", "--ledger", "json", capture])
  const { dark } = JSON.parse(json.err.trim().split("\n").at(-1)!)
  assert.deepEqual(
    dark.map((row: { server: string; version: string; sessions: number }) => [row.server, row.version, row.sessions]),
    [
      ["partner-api.example.com", "1.0", 3],
      ["partner-api.example.com", "1.1", 1],
    ],
  )
  assert.doesNotMatch(text.err + json.err, /10\.99\.0/)
})
