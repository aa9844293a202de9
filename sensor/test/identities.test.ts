// Identities as an operator meets them: rules in the configuration file, their mistakes, the preview, trusted proxies.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import { TcpConversation } from "../../shared/testing/packet-builder.ts"

const MAIN = join(import.meta.dirname, "../main.ts")
const folder = mkdtempSync(join(tmpdir(), "sonde-identities-"))
after(() => rmSync(folder, { recursive: true }))

function sensor(...args: readonly string[]) {
  const done = spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8", timeout: 20_000 })
  return { code: done.status, out: done.stdout, err: done.stderr }
}

function place(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const SECRET = "9f2c71d4e0a84b5f"
const request = (field: string): string => `GET /v1/orders HTTP/1.1\r\nHost: api.example.com\r\n${field}\r\n\r\n`
const ANSWER = "HTTP/1.1 204 No Content\r\n\r\n"

function capture(...requests: readonly string[]): Uint8Array {
  const talk = new TcpConversation()
  talk.open()
  for (const text of requests) talk.toServer(text).toClient(ANSWER)
  talk.finish()
  return pcapFile(talk.frames)
}

test("a rule of the file identifies, and the preview shows what it did and what is left", () => {
  const file = place("keys.pcap", capture(request(`X-Partner: acme.${SECRET}`), request(`X-Ticket: ${SECRET}`)))
  const config = place(
    "rules.toml",
    '[[identity.rule]]\nname = "partner_key"\nservices = ["*.example.com"]\nfrom = "header x-partner"\nbefore = "."\nshow = true\n',
  )
  const bare = sensor("read", "--identities", "--ledger", "none", file)
  assert.match(bare.out, /from = "header x-ticket" {3}# hex, in 1 requests/)
  const table = sensor("read", "--identities", "--format", "table", "--config", config, "--ledger", "none", file)
  assert.match(table.out, /partner_key {2}api-key {2}header:x-partner +1 +50\.0 % +1 +1 {2}acme\n/)
  const json = sensor("read", "--identities", "--format", "json", "--config", config, "--ledger", "json", file)
  const [service] = JSON.parse(json.out).services
  assert.deepEqual(service.rules[0].names, ["acme"])
  assert.equal(JSON.parse(json.err).summary.rules.partner_key, 1)
  for (const { out, err } of [bare, table, json]) assert.ok(!`${out}${err}`.includes(SECRET))
})

test("mistakes in rules are said all at once, and end with code 2", () => {
  const config = place("wrong.toml", '[[identity.rule]]\nname = "a"\nfrom = "body x"\nport = 1\n')
  const { code, err } = sensor("read", "--config", config, "none.pcap")
  assert.equal(code, 2)
  assert.match(err, /identity\.rule "a": "port" is no key.*\n.*identity\.rule "a": "from" takes authorization/)
  const options = sensor("read", "none.pcap", "--identity-trusted-proxies=10.0.0.0/40", "--identity-rule", "x")
  assert.equal(options.code, 2)
  assert.match(options.err, /--identity-trusted-proxies takes networks such as/)
  assert.match(options.err, /--identity-rule stands only in the configuration file/)
  const json = sensor("read", "none.pcap", "--format", "json")
  assert.deepEqual([json.code, json.err], [2, "sonde-sensor: --format json needs --identities.\n"])
  const batches = sensor("read", "none.pcap", "--identities", "--format", "batches")
  const sentence = "sonde-sensor: --identities writes --format table or json, not batches.\n"
  assert.deepEqual([batches.code, batches.out, batches.err], [2, "", sentence])
})

test("the PROXY protocol in front of HTTP names the client, where its sender is trusted", () => {
  const header = "PROXY TCP4 203.0.113.9 192.0.2.1 56324 80\r\n"
  const file = place("proxy.pcap", capture(header + request("Accept: */*"), request("X-Forwarded-For: 6.6.6.6")))
  const clients = (...args: readonly string[]): string[] => {
    const { out } = sensor("read", "--ledger", "none", ...args, file)
    return out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).client.class)
  }
  assert.deepEqual(clients(), ["private", "private"])
  assert.deepEqual(clients("--identity-trusted-proxies=10.0.0.0/8"), ["public", "public"])
})
