// For whom a proxy asks: fields and PROXY headers, from trusted senders and from others.
import assert from "node:assert/strict"
import { isIP } from "node:net"
import { test } from "node:test"
import fc from "fast-check"
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import { isInNetwork, parseAddress, parseNetwork } from "../../flow/address-text.ts"
import { Flow } from "../../flow/flow.ts"
import { proxiedAddress } from "../../http/preamble.ts"
import { addressText } from "../addresses.ts"
import { ipv4Flow, lines, Recorder } from "../fake-conversation.ts"
import { ENTRIES_MAX, nodeAddress } from "./forwarding.ts"

const TRUSTED = ["10.0.0.0/8", "2001:db8:5::/48"].map((text) => parseNetwork(text)!)
const DIRECT = "203.0.113.9"

function ask(
  fields: readonly string[],
  sender = "10.0.0.7",
  recorder = new Recorder({ trustedProxies: TRUSTED }),
): ApiEvent {
  const head = lines("GET /x HTTP/1.1", "Host: a.example", "User-Agent: u/1", ...fields)
  return recorder.exchange(ipv4Flow(sender, 40_000, "192.0.2.1", 80), { head }, null)
}

const textOf = (address: ReturnType<typeof parseAddress>): string | null =>
  address === null
    ? null
    : addressText(new Flow(address.ipVersion, Int32Array.of(...address.words, 0, 0, 0, 0), 1, 2, 0, -1), 0)

test("the client is the last that no trusted proxy vouches for as one of its own", () => {
  const direct = ask([], DIRECT).client
  for (const [fields, hops] of [
    [["X-Forwarded-For: 203.0.113.9"], 1],
    [["X-Forwarded-For: 6.6.6.6, 203.0.113.9"], 1],
    [["X-Forwarded-For: 6.6.6.6,203.0.113.9 , 10.0.0.5, 10.1.1.1"], 3],
    [["X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 203.0.113.9, 10.0.0.5"], 2],
    [["X-Forwarded-For: 203.0.113.9:55012"], 1],
    [["X-Forwarded-For: ::ffff:203.0.113.9, 2001:db8:5::1"], 2],
    [["Forwarded: for=6.6.6.6, for=203.0.113.9;proto=https;by=10.0.0.7"], 1],
    [['Forwarded: proto=http;For="203.0.113.9:80", for="[2001:db8:5::7]:443"'], 2],
    [["X-Real-IP: 203.0.113.9"], 1],
    [["X-Forwarded-For: 203.0.113.9", "X-Real-IP: 6.6.6.6", "Forwarded: for=6.6.6.7"], 1],
    [["X-Forwarded-For: 203.0.113.9, unknown, 10.0.0.5"], -2],
  ] as const) {
    const { client } = ask(fields)
    if (hops < 0) {
      assert.deepEqual([client.hops, client.address], [1, ask([], "10.0.0.5").client.address], fields.join())
      continue
    }
    assert.deepEqual(
      [client.address, client.prefix, client.addressClass, client.hops, client.forwardedPrefix],
      [direct.address, direct.prefix, "public", hops, direct.prefix],
      fields.join(),
    )
  }
})

test("who is not trusted is not believed, and who says nothing readable is the client", () => {
  for (const [fields, sender] of [
    [["X-Forwarded-For: 203.0.113.9"], "192.168.0.9"],
    [["X-Forwarded-For: unknown"], "10.0.0.7"],
    [["X-Forwarded-For: 203.0.113.9, <script>"], "10.0.0.7"],
    [["Forwarded: for=_hidden"], "10.0.0.7"],
    [["X-Forwarded-For:"], "10.0.0.7"],
    [[], "10.0.0.7"],
  ] as const) {
    const { client } = ask(fields, sender)
    const bare = ask([], sender).client
    assert.deepEqual([client.address, client.hops, client.forwardedPrefix], [bare.address, 0, ""], fields.join())
  }
})

test("an anonymous client is the forwarded one, the same through any proxy and on any connection", () => {
  const recorder = new Recorder({ trustedProxies: TRUSTED })
  const by = (address: string, sender: string): string =>
    ask([`X-Forwarded-For: ${address}`], sender, recorder).identity.principal
  const one = by("203.0.113.9", "10.0.0.7")
  assert.notEqual(by("203.0.113.10", "10.0.0.7"), one)
  assert.equal(by("203.0.113.9", "10.0.0.8"), one)
  assert.equal(by("203.0.113.9", "10.0.0.7"), one)
  assert.equal(recorder.counters.identity.forwarded, 4)
})

test("a list without end is read from its end only", () => {
  const list = Array.from({ length: 2000 }, () => "10.0.0.5").join(", ")
  assert.equal(ask([`X-Forwarded-For: 203.0.113.9, ${list}`]).client.hops, ENTRIES_MAX)
})

const v2 = (command: number, family: number, addresses: Buffer): Buffer => {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(addresses.length)
  return Buffer.concat([Buffer.from("\0\r\nQUIT\n", "latin1"), Buffer.of(command, family), length, addresses])
}

test("the PROXY protocol says who called, and counts from trusted senders", () => {
  const four = Buffer.of(203, 0, 113, 9, 192, 0, 2, 1, 0xdc, 4, 1, 187)
  const six = Buffer.concat([Buffer.from("20010db8000000000000000000000009", "hex"), Buffer.alloc(20)])
  for (const [bytes, expected] of [
    [Buffer.from("PROXY TCP4 203.0.113.9 192.0.2.1 56324 443\r\n"), "203.0.113.9"],
    [Buffer.from("PROXY TCP6 2001:db8::9 2001:db8::1 1 2\r\n"), "2001:db8::9"],
    [Buffer.from("PROXY UNKNOWN\r\n"), null],
    [Buffer.from("PROXY TCP4 999.0.113.9 192.0.2.1 56324 443\r\n"), null],
    [v2(0x21, 0x11, four), "203.0.113.9"],
    [v2(0x21, 0x21, six), "2001:db8::9"],
    [v2(0x20, 0x11, four), null],
    [v2(0x21, 0x00, four), null],
    [v2(0x21, 0x11, four).subarray(0, 18), null],
  ] as const) {
    const framed = Buffer.concat([Buffer.from("##"), bytes])
    assert.equal(textOf(proxiedAddress(framed, 2, framed.length, 0)), expected, bytes.toString("latin1"))
  }
  const head = { head: lines("GET /x HTTP/1.1", "Host: a.example", "User-Agent: u/1", "X-Forwarded-For: 6.6.6.6") }
  for (const [sender, serial, hops] of [
    ["10.0.0.7", 0, 1],
    ["10.0.0.7", 3, 1],
    ["192.168.0.9", 0, 0],
  ] as const) {
    const conversation = ipv4Flow(sender, 40_000, "192.0.2.1", 80)
    conversation.flow.proxied = { serial, ...parseAddress(DIRECT)! }
    const { client } = new Recorder({ trustedProxies: TRUSTED }).exchange(conversation, head, null)
    const address = hops === 0 ? sender : serial === 0 ? DIRECT : "6.6.6.6"
    assert.deepEqual([client.address, client.hops], [ask([], address).client.address, hops], `${sender} ${serial}`)
  }
})

test("addresses and networks written out", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const address = parseAddress(text)
      assert.ok(address !== null && isIP(text) > 0)
      const again = parseAddress(textOf(address)!)
      assert.deepEqual(again, address)
    }),
    { verbose: true },
  )
  for (const text of ["", "1.2.3", "fe80::1%eth0", "1.2.3.4.5", "g::", "x".repeat(200)])
    assert.equal(parseAddress(text), null)
  for (const text of ["10.0.0.0/33", "10.0.0.0/x", "/8", "::/129", "10.0.0.0/"])
    assert.equal(parseNetwork(text), null, text)
  for (const [network, address, expected] of [
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["0.0.0.0/0", "8.8.8.8", true],
    ["0.0.0.0/0", "::1", false],
    ["2001:db8::/33", "2001:db8:7fff::1", true],
    ["2001:db8::/33", "2001:db8:8000::1", false],
    ["192.0.2.7", "192.0.2.7", true],
  ] as const) {
    const { ipVersion, words } = parseAddress(address)!
    assert.equal(isInNetwork(ipVersion, words, 0, parseNetwork(network)!), expected, `${network} ${address}`)
  }
  assert.equal(nodeAddress("[2001:db8::1]x"), null)
})
