// Nothing forbidden leaves through the shape of a body: two hundred kinds of secrets are planted as values, and as names those
// that JSON folds, in every format and coding, and none may stand in an event or a note.
import assert from "node:assert/strict"
import { test } from "node:test"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { Packr } from "msgpackr"
import { secretsOf } from "../../../shared/testing/secrets.ts"
import { ipv4Flow, lines, Recorder } from "../fake-conversation.ts"
import { isValueLike, KEY_BYTES_MAX } from "../json-shape-key.ts"

const SECRETS = secretsOf(5).map(({ value }) => value)
const packr = new Packr({ useRecords: false, variableMapSize: true })
const isFolded = (secret: string): boolean => {
  const bytes = Buffer.from(JSON.stringify(secret).slice(1, -1))
  return Buffer.byteLength(secret) > KEY_BYTES_MAX || isValueLike(bytes, 0, bytes.length)
}
const escaped = (text: string): string => text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`)
const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)])
const field = (number: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes])
const prefixed = (message: Uint8Array): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}
const part = (name: string, value: string, more = ""): string =>
  `--B\r\nContent-Disposition: form-data; name="${name.replaceAll('"', "%22")}"${more}\r\n\r\n${value}\r\n`

/** Type and body in which the secret is a value, and in which it is a name. */
function bodies(secret: string): (readonly [type: string, value: string | Uint8Array, name: string | Uint8Array])[] {
  const { stringify } = JSON
  const named = { a: 1, deep: { [secret]: 1 } }
  const valued = { a: secret, list: [secret], "b c": { d: secret } }
  const encoded = encodeURIComponent(secret)
  const message = Buffer.concat([
    field(1, Buffer.from(secret)),
    field(2, field(3, Buffer.from(secret))),
    Uint8Array.of(0x48, 1),
  ])
  const xmlName = secret.replace(/[^\w.-]/g, "_").replace(/^[^A-Za-z_]/, "_$&")
  return [
    ["application/json", stringify(valued), stringify(named)],
    ["application/x-ndjson", `${stringify(valued)}\n[1]\n`, `${stringify(named)}\n`],
    ["application/msgpack", packr.pack(valued), packr.pack(named)],
    ["application/x-www-form-urlencoded", `a=${encoded}&b[]=${encoded}&${encoded}`, `a=1&${encoded}=1&b[${encoded}]=1`],
    [
      "application/xml",
      `<a b="${escaped(secret)}"><c>${escaped(secret)}</c></a>`,
      isFolded(xmlName) ? `<a><${xmlName}>1</${xmlName}></a>` : "<a/>",
    ],
    [
      "multipart/form-data; boundary=B",
      `${part("a", secret)}${part("f", secret, `; filename="${secret.replaceAll('"', "")}"`)}--B--`,
      /[\r\n]/.test(secret) ? "--B--" : `${part(secret, "1")}--B--`,
    ],
    ["application/x-protobuf", message, message],
    ["application/grpc", prefixed(message), prefixed(message)],
    ["application/grpc-web-text", prefixed(message).toString("base64"), ""],
    ["text/plain", stringify(valued), secret],
    ["application/octet-stream", secret, secret],
  ]
}
const CODINGS: readonly (readonly [string, (body: Uint8Array) => Uint8Array])[] = [
  ["", (body) => body],
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", (body) => brotliCompressSync(body, { params: { 1: 2 } })],
  ["zstd", zstdCompressSync],
  ["gzip, zstd", (body) => zstdCompressSync(gzipSync(body))],
]

test("no event and no note holds a secret that a body held", () => {
  const flow = ipv4Flow("10.0.0.1", 40112, "203.0.113.9", 80)
  const recorder = new Recorder({ sampleEvery: 1 })
  SECRETS.forEach((secret, i) => {
    bodies(secret).forEach(([type, value, name], k) => {
      const [coding, encode] = CODINGS[(i + k) % 30] ?? CODINGS[0]!
      const message = (start: string, text: string | Uint8Array) => {
        const body = encode(Buffer.from(text))
        const codingField = coding === "" ? [] : [`Content-Encoding: ${coding}`]
        return { head: lines(start, `Content-Type: ${type}`, ...codingField, `Content-Length: ${body.length}`), body }
      }
      const answer = isFolded(secret) ? name : value
      recorder.exchange(flow, message("POST /a HTTP/1.1", value), message("HTTP/1.1 200 OK", answer))
    })
  })
  const { bodies: walked, decode } = recorder.counters
  assert.ok(walked.walked > SECRETS.length * 15 && decode.failed === 0)
  const told = recorder.events.map(({ operation, call, request, response, requestClasses, responseClasses }) =>
    JSON.stringify([operation, call, request, response, requestClasses, responseClasses]),
  )
  const left = [...new Set(told), JSON.stringify(recorder.notes)].join("\n").toLowerCase()
  const spellings = (secret: string): string[] => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ]
  // Shorter ones are found by chance: "17" is no secret without its name.
  const found = SECRETS.filter(
    (secret) => secret.length >= 6 && spellings(secret.toLowerCase()).some((text) => left.includes(text)),
  )
  assert.deepEqual(found, [])
  // The canary: what may leave is found by the same search.
  for (const text of ["deep.{}:int", "c:string", "f:file()", "2.3:string", "grpc-web-text"])
    assert.ok(left.includes(text), text)
})
