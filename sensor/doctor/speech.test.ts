// First bytes, and what they say.
import assert from "node:assert/strict"
import { test } from "node:test"
import { fromHex, toBytes } from "../../shared/testing/packet-builder.ts"
import { isRequest, listen, Speaker, Speech, SpeechLook } from "./speech.ts"

const TABLE: readonly [name: string, bytes: Uint8Array, speech: Speech, speaker: Speaker][] = [
  ["a request", toBytes("GET / HTTP/1.1\r\n"), Speech.http1, Speaker.client],
  ["a request to a proxy", toBytes("CONNECT a:443 HTTP/1.1\r\n"), Speech.http1, Speaker.client],
  ["an answer", toBytes("HTTP/1.1 200 OK\r\n"), Speech.http1, Speaker.server],
  ["the preface of HTTP/2", toBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), Speech.http2, Speaker.client],
  ["a ClientHello", fromHex("16 03 01 02 00 01 00"), Speech.tls, Speaker.client],
  ["a ServerHello", fromHex("16 03 03 00 7a 02 00"), Speech.tls, Speaker.server],
  ["encrypted data", fromHex("17 03 03 40 00 aa bb"), Speech.tls, Speaker.either],
  ["an alert of five bytes", fromHex("15 03 03 00 02"), Speech.tls, Speaker.either],
  ["a record too long for TLS", fromHex("17 03 03 ff ff aa"), Speech.unknown, Speaker.either],
  ["another major version", fromHex("17 02 03 00 10 aa"), Speech.unknown, Speaker.either],
  ["a method alone", toBytes("GET "), Speech.unknown, Speaker.either],
  ["a word like a method", toBytes("GETTING / HTTP/1.1"), Speech.unknown, Speaker.either],
  ["SSH", toBytes("SSH-2.0-x"), Speech.unknown, Speaker.either],
  ["one byte", toBytes("G"), Speech.unknown, Speaker.either],
]

for (const [name, bytes, speech, speaker] of TABLE)
  test(`speech: ${name}`, () => {
    const look = new SpeechLook()
    // Surrounded by other bytes: nothing outside [start, end) may count.
    const around = Buffer.concat([Buffer.from("GET / HTTP/1.1"), bytes, Buffer.from("/ HTTP/1.1 \u0001\u0001")])
    listen(around, 14, 14 + bytes.length, look)
    assert.deepEqual([look.speech, look.speaker], [speech, speaker])
  })

test("each method is a request", () => {
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "M-SEARCH", "PROPFIND"])
    assert.ok(isRequest(toBytes(`${method} /x`), 0, method.length + 3), method)
})
