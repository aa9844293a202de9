// What a TLS session tells of the client, also when it tells more after the first request.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { Secured } from "../../flow/secured.ts"
import { ipv4Flow, lines, Recorder } from "../fake-conversation.ts"
import { Channels } from "./channel.ts"

const SECURED: Secured = {
  version: "1.3",
  alpn: "h2",
  serverName: "api.example.com",
  ja4: "t13d1516h2_8daaf6152771_e5627efa2ab1",
  clientCertificate: null,
  hasEarlyData: false,
}
const REQUEST = { head: lines("GET /x HTTP/1.1", "Host: api.example.com", "User-Agent: u/1") }

test("version, protocol and fingerprint are the event's; a resumed session is the same client", () => {
  const recorder = new Recorder()
  const ask = (secured: Secured | null, port: number) =>
    recorder.exchange({ ...ipv4Flow("203.0.113.9", port, "192.0.2.1", 443), secured }, REQUEST, null)
  const full = ask(SECURED, 1)
  assert.deepEqual([full.server.tls, full.client.alpn, full.client.ja4], ["1.3", "h2", SECURED.ja4])
  const resumed = ask({ ...SECURED, ja4: "t13d1517h2_8daaf6152771_b0da82dd1658" }, 2)
  assert.equal(resumed.identity.principal, full.identity.principal)
  assert.notEqual(resumed.client, full.client)
  assert.notEqual(
    ask({ ...SECURED, ja4: "t13d1516h2_9aaaf6152772_e5627efa2ab1" }, 3).identity.principal,
    full.identity.principal,
  )
  const plain = ask(null, 4)
  assert.deepEqual([plain.server.tls, plain.client.ja4], ["", ""])
  assert.notEqual(plain.identity.principal, full.identity.principal)
})

test("a handshake that tells of the client's certificate later is heard from then on", () => {
  const recorder = new Recorder()
  const secured: { -readonly [K in keyof Secured]: Secured[K] } = { ...SECURED }
  const conversation = { ...ipv4Flow("203.0.113.9", 1, "192.0.2.1", 443), secured }
  assert.equal(recorder.exchange(conversation, REQUEST, null).identity.scheme, "none")
  secured.clientCertificate = { der: Buffer.from("a certificate"), commonName: "acme" }
  const known = recorder.exchange(conversation, REQUEST, null).identity
  assert.deepEqual([known.scheme, known.name, known.location], ["mtls", "acme", "certificate"])
  secured.clientCertificate = { der: Buffer.from("the next certificate"), commonName: "acme" }
  const other = recorder.exchange({ ...ipv4Flow("203.0.113.9", 2, "192.0.2.1", 443), secured }, REQUEST, null).identity
  assert.deepEqual([other.principal === known.principal, other.credential === known.credential], [true, false])
})

test("equal channels are one object", () => {
  const channels = new Channels()
  assert.equal(channels.of({ ...SECURED }), channels.of({ ...SECURED, serverName: "other" }))
  assert.notEqual(channels.of(SECURED), channels.of({ ...SECURED, version: "1.2" }))
  assert.equal(channels.of(null).id, 0)
})
