// Captures of bodies: every kind, and those that are odd or made to harm.
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib"
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import { TcpConversation, toBytes } from "../../shared/testing/packet-builder.ts"
import { get, json, type Scene } from "./scenes.ts"

interface Body {
  readonly type: string
  readonly body: string | Uint8Array
  readonly coding?: string
}

const fieldsOf = ({ type, body, coding }: Body): string =>
  `Content-Type: ${type}\r\nContent-Length: ${toBytes(body).length}\r\n${coding === undefined ? "" : `Content-Encoding: ${coding}\r\n`}`
const post = (body: Body): Uint8Array =>
  Buffer.concat([toBytes(`POST /v1/in HTTP/1.1\r\nHost: api.example.com\r\n${fieldsOf(body)}\r\n`), toBytes(body.body)])
const answer = (body: Body): Uint8Array =>
  Buffer.concat([toBytes(`HTTP/1.1 200 OK\r\n${fieldsOf(body)}\r\n`), toBytes(body.body)])

/** One request or answer for each body. */
function talk(requests: readonly Body[], answers: readonly Body[]): Uint8Array {
  const conversation = new TcpConversation({})
  conversation.open()
  for (const body of requests) conversation.toServer(post(body)).toClient(json('{"ok":true}'))
  answers.forEach((body, i) => {
    conversation.toServer(get(`/v1/${"abcdefghijklmnop"[i]}`)).toClient(answer(body))
  })
  conversation.finish()
  return pcapFile(conversation.frames)
}

const part = (name: string, content: string, more = ""): string =>
  `--B\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`
const prefixed = (message: Uint8Array, flags = 0): Uint8Array =>
  Buffer.concat([Uint8Array.of(flags, 0, 0, message.length >> 8, message.length & 255), message])
const proto = Buffer.from("0896011207416461204f2e411a0208021a020803", "hex")
const zeros = Buffer.alloc(8_000_000)
const rows = (n: number): string => Array.from({ length: n }, (_, i) => `{"id":${i},"sku":"A-${i}"}`).join(",")

export const BODY_SCENES: readonly Scene[] = [
  {
    name: "body-kinds",
    sentence: "Bodies of every kind that has fields.",
    capture: () =>
      talk(
        [
          { type: "application/x-www-form-urlencoded", body: "user[mail]=buyer%40example.com&tags[]=a&page=2" },
          {
            type: "multipart/form-data; boundary=B",
            body: `${part("title", "Hello")}${part("scan", "x", '; filename="buyer@example.com.pdf"')}--B--\r\n`,
          },
          { type: "text/xml", body: '<s:Envelope xmlns:s="u"><s:Body><Get><id>7</id></Get></s:Body></s:Envelope>' },
          { type: "application/x-protobuf", body: proto },
          { type: "application/grpc-web+proto", body: prefixed(gzipSync(proto), 1) },
        ],
        [
          { type: "application/x-ndjson", body: '{"a":1}\n{"b":"x"}\n' },
          { type: "application/msgpack", body: Uint8Array.of(0x82, 0xa1, 0x61, 1, 0xa1, 0x62, 0x92, 1, 2) },
          { type: "application/cbor", body: Uint8Array.of(0xa1, 0x61, 0x61, 0x9f, 1, 0xff) },
          { type: "application/grpc-web-text", body: Buffer.from(prefixed(proto)).toString("base64") },
          { type: "application/json", body: ')]}\',\n{"a":1}' },
          { type: "text/javascript", body: '/**/callback({"a":1});' },
          { type: "application/json; charset=utf-16", body: Buffer.from('\ufeff{"a":1}', "utf16le") },
          { type: "application/json", coding: "gzip, br", body: brotliCompressSync(gzipSync('{"a":1}')) },
          { type: "application/json", coding: "zstd", body: zstdCompressSync('{"a":1}') },
        ],
      ),
  },
  {
    name: "body-odd",
    sentence: "Bodies that are not what they say, and bodies made to harm.",
    capture: () =>
      talk(
        [
          { type: "multipart/form-data", body: `${part("a", "1")}--B--\r\n` },
          { type: "application/xml", body: '<!DOCTYPE a [<!ENTITY x "&y;&y;">]><a><b>&x;</b></a>' },
          { type: "application/x-www-form-urlencoded", body: '{"a":1}' },
          { type: "application/x-protobuf", body: "no such thing" },
        ],
        [
          { type: "application/json", coding: "gzip", body: gzipSync(zeros) },
          { type: "application/json", coding: "gzip, gzip, gzip", body: gzipSync(gzipSync(gzipSync(zeros))) },
          { type: "application/json", coding: "zstd", body: zstdCompressSync(zeros).subarray(0, 900) },
          { type: "application/json", coding: "br, zstd", body: "neither of them" },
          { type: "application/json", coding: "compress", body: "unknown" },
          { type: "application/json", body: `[${rows(900)}`.slice(0, 20_000) },
          { type: "application/xml", body: `<rows>${"<row><id>1</id></row>".repeat(500)}</wrong>` },
          { type: "application/xml", body: "<html><p>buyer@example.com</html>" },
        ],
      ),
  },
]
