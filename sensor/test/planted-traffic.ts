// Conversations that carry a secret wherever traffic can hold one: for the test that looks for it in all that leaves.
import { connect as connectHttp2, createServer as createHttp2 } from "node:http2"
import { connect as connectTls, createSecureContext, TLSSocket } from "node:tls"
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib"
import { type Frame, TcpConversation, toBytes } from "../../shared/testing/packet-builder.ts"
import { RecordedPair } from "../../shared/testing/recorded-pair.ts"

const CRLF = "\r\n"
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")

/** Where a field or header may stand, the value cannot hold everything: line ends and what ends a line of HTTP. */
const line = (value: string): string => value.replaceAll(/[^\x20-\x7e]/g, "")
const token = (value: string): string => value.replaceAll(/[^A-Za-z0-9!#$%&'*+.^_`|~-]/g, "-")
const xml = (value: string): string => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")

function bodies(s: string): [string, string | Uint8Array, string?][] {
  const json = JSON.stringify({ note: s, deep: [{ list: [s, { [s]: s }] }], [s]: 1, text: `before ${s} after` })
  const boundary = "frontier"
  const multipart = [
    `--${boundary}`,
    `Content-Disposition: form-data; name="field"`,
    "",
    s,
    `--${boundary}`,
    `Content-Disposition: form-data; name="${line(s).replaceAll('"', "")}"; filename="${line(s).replaceAll('"', "")}.txt"`,
    "Content-Type: text/plain",
    "",
    s,
    `--${boundary}--`,
    "",
  ].join(CRLF)
  const soap = `<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><GetOrder id="${xml(s)}"><Name>${xml(s)}</Name></GetOrder></e:Body></e:Envelope>`
  const graphql = {
    query: `query Get($v: String) { order(name: ${JSON.stringify(s)}, v: $v) { id } }`,
    variables: { v: s },
  }
  return [
    ["application/json", json],
    ["application/json", gzipSync(json), "gzip"],
    ["application/json", deflateSync(json), "deflate"],
    ["application/json", deflateRawSync(json), "deflate"],
    ["application/json", brotliCompressSync(json), "br"],
    ["application/json", zstdCompressSync(json), "zstd"],
    ["application/json", gzipSync(gzipSync(json)), "gzip, gzip"],
    ["application/json", `{"cut":"${s.replaceAll('"', "")}","more":[1,`],
    ["application/json", JSON.stringify(s)],
    ["application/x-ndjson", `${JSON.stringify({ a: s })}\n${JSON.stringify({ [s]: s })}\n`],
    [
      "application/x-www-form-urlencoded",
      `a=${encodeURIComponent(s)}&${encodeURIComponent(s)}=1&b%5B${encodeURIComponent(s)}%5D=2`,
    ],
    [`multipart/form-data; boundary=${boundary}`, multipart],
    [
      "application/xml",
      `<order name="${xml(s)}"><note>${xml(s)}</note><![CDATA[${s}]]><!-- ${s.replaceAll("-", "")} --></order>`,
    ],
    ["text/xml; charset=utf-8", soap],
    ["application/graphql", graphql.query],
    ["application/json", JSON.stringify(graphql)],
    ["application/json", JSON.stringify([{ ...graphql, operationName: s }])],
    ["application/json", JSON.stringify({ jsonrpc: "2.0", id: s, method: "orders.get", params: { who: s } })],
    [
      "application/json",
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "search", arguments: { q: s } } }),
    ],
    [
      "text/xml",
      `<?xml version="1.0"?><methodCall><methodName>orders.get</methodName><params><param><value>${xml(s)}</value></param></params></methodCall>`,
    ],
    ["text/plain", s],
    ["application/octet-stream", s],
    ["application/x-protobuf", protobuf(s)],
  ]
}

/** A message with a string in field 1, in a message in field 2, and raw bytes in field 3. */
function protobuf(s: string): Uint8Array {
  const field = (number: number, bytes: Uint8Array): Buffer => {
    const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7]
    return Buffer.concat([Uint8Array.from([(number << 3) | 2, ...length]), bytes])
  }
  const text = Buffer.from(s)
  return Buffer.concat([field(1, text), field(2, field(1, text)), field(3, text)])
}

function requests(s: string): string[] {
  const path = encodeURIComponent(s)
  const word = token(s)
  const jwt = `${part({ alg: "RS256", kid: s })}.${part({ jti: s, email: s, scope: `read ${s}`, "https://x.example/claim": s })}.c2ln`
  const with_ = (...fields: string[]): string =>
    ["GET /v1/orders HTTP/1.1", "Host: api.example.com", ...fields, "", ""].join(CRLF)
  const of = (target: string): string => [`GET ${target} HTTP/1.1`, "Host: api.example.com", "", ""].join(CRLF)
  return [
    of(`/v1/${path}/lines`),
    of(`/v1/orders/${path}`),
    of(`/v1/orders/${path}.pdf`),
    of(`/v1/orders;${path};v=${path}/x`),
    of(`/odata/Orders('${path}')`),
    of(`/v1/orders?q=${path}&api_key=${path}&email=${path}#${path}`),
    of(`/v1/orders?${path}=1`),
    of(`/v1/orders?filter=a%20eq%20%27${path}%27`),
    of(
      `/graphql?query=${encodeURIComponent(`{ order(id: ${JSON.stringify(s)}) { id } }`)}&variables=${encodeURIComponent(JSON.stringify({ v: s }))}`,
    ),
    of(`http://user:${path}@api.example.com/x`),
    with_(`X-Custom: ${line(s)}`, `X-Api-Key: ${line(s)}`),
    with_(`Authorization: Bearer ${line(s)}`),
    with_(`Authorization: ${line(s)}`),
    with_(`Authorization: Basic ${Buffer.from(`partner:${s}`).toString("base64")}`),
    with_(`Authorization: Digest username="x", nonce="${line(s)}", response="${line(s)}"`),
    with_(`Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu/s3/aws4_request, Signature=${line(s)}`),
    with_(`Authorization: Custom id="${line(s)}"`),
    with_(`Authorization: Bearer ${jwt}`),
    with_(`Proxy-Authorization: Basic ${line(s)}`),
    with_(`Cookie: theme=${word}; sid=${word}; ${word}=1`),
    with_(`${word}: 1`),
    with_(`User-Agent: ${line(s)}`),
    with_(`User-Agent: sdk/1.0 (${line(s)})`),
    with_(`Referer: https://x.example/?t=${path}`, `Origin: https://${word}.example`),
    with_(`X-Forwarded-For: ${line(s)}`, `Forwarded: for="${line(s)}"`, `Via: 1.1 ${word}`),
    with_(`Accept: ${line(s)}`, `Accept-Language: ${line(s)}`, `If-None-Match: "${line(s)}"`),
    with_(`Content-Type: application/${word}`),
    with_(`Content-Type: ${word}/json`),
    with_(`Content-Encoding: ${word}`, "Content-Type: application/json"),
    with_(`Content-Type: application/json; ${word}=${word}`),
    with_(`SOAPAction: "urn:orders#${line(s).replaceAll('"', "")}"`),
    [`GET /v1/orders HTTP/1.1`, `Host: ${line(s)}`, "", ""].join(CRLF),
    [`GET /v1/orders HTTP/1.1`, `Host: ${word}.example.com`, "", ""].join(CRLF),
    [`${word.toUpperCase()} /v1/orders HTTP/1.1`, "Host: api.example.com", "", ""].join(CRLF),
    [`GET /v1/orders HTTP/1.1`, `Bad Field ${line(s)}: x`, `Host: api.example.com`, "", ""].join(CRLF),
  ]
}

const withBody = (start: string, type: string, body: string | Uint8Array, coding: string | undefined): Uint8Array => {
  const bytes = toBytes(typeof body === "string" ? Buffer.from(body) : body)
  const fields = [start, "Host: api.example.com", `Content-Type: ${type}`, `Content-Length: ${bytes.length}`]
  if (coding !== undefined) fields.push(`Content-Encoding: ${coding}`)
  return Buffer.concat([Buffer.from([...fields, "", ""].join(CRLF)), bytes])
}

const DONE = "HTTP/1.1 204 No Content\r\n\r\n"

/** HTTP/1: one connection a secret, everything in it. `port`: of the client. */
export function plainTraffic(s: string, port: number, startUs: number): Frame[] {
  const talk = new TcpConversation({ client: `10.1.0.1:${port}`, server: "10.2.0.2:80", startUs, stepUs: 20 }).open()
  for (const request of requests(s)) talk.toServer(request).toClient(DONE)
  for (const [type, body, coding] of bodies(s)) {
    talk.toServer(withBody("POST /v1/things HTTP/1.1", type, body, coding)).toClient(DONE)
    talk.toServer("GET /v1/things HTTP/1.1\r\nHost: api.example.com\r\n\r\n")
    talk.toClient(withBody("HTTP/1.1 200 OK", type, body, coding))
  }
  const chunk = Buffer.from(JSON.stringify({ note: s }))
  talk.toServer("GET /v1/stream HTTP/1.1\r\nHost: api.example.com\r\n\r\n")
  talk.toClient(
    `HTTP/1.1 200 ${line(s)}\r\nSet-Cookie: sid=${token(s)}\r\nLocation: /x/${encodeURIComponent(s)}\r\nX-Note: ${line(s)}\r\n` +
      `Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.length.toString(16)};${token(s)}=1\r\n`,
  )
  talk.toClient(Buffer.concat([chunk, Buffer.from(`\r\n0\r\nX-Trailer: ${line(s)}\r\n\r\n`)]))
  talk.toServer(
    "GET /ws HTTP/1.1\r\nHost: api.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${token(s)}\r\n\r\n`,
  )
  talk.toClient(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      `Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: ${token(s)}\r\n\r\n`,
  )
  const text = Buffer.from(s).subarray(0, 125)
  talk.toClient(Buffer.concat([Uint8Array.from([0x81, text.length]), text]))
  talk.toServer(Buffer.concat([Uint8Array.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]))
  return talk.finish().frames
}

/** HTTP/2 by prior knowledge, client and server of the runtime: JSON, and a gRPC call with its trailers. */
export async function http2Traffic(secrets: readonly string[], port: number, startUs: number): Promise<Frame[]> {
  const pair = new RecordedPair()
  await talkHttp2(pair, secrets)
  return pair.conversation({ client: `10.1.0.1:${port}`, server: "10.2.0.2:50051", startUs, stepUs: 20 }).frames
}

async function talkHttp2(pair: RecordedPair, secrets: readonly string[]): Promise<void> {
  const server = createHttp2()
  server.on("stream", (stream, headers) => {
    const s = secrets[Number(headers["x-number"])]!
    const isGrpc = headers["content-type"] === "application/grpc"
    stream.resume()
    stream.on("end", () => {
      if (!isGrpc) {
        stream.respond({
          ":status": 200,
          "content-type": "application/json",
          "set-cookie": `sid=${token(s)}`,
          "x-note": line(s),
        })
        stream.end(JSON.stringify({ note: s, [s]: s }))
        return
      }
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true })
      stream.on("wantTrailers", () =>
        stream.sendTrailers({ "grpc-status": "5", "grpc-message": line(s), "x-trailer": line(s) }),
      )
      stream.end(framed(s))
    })
  })
  server.emit("connection", pair.server)
  const client = connectHttp2("http://api.example.com", { createConnection: () => pair.client })
  for (const [i, s] of secrets.entries()) {
    const common = {
      "x-number": String(i),
      "x-custom": line(s),
      cookie: `sid=${token(s)}`,
      authorization: `Bearer ${line(s)}`,
    }
    const path = `/v2/orders/${encodeURIComponent(s)}?q=${encodeURIComponent(s)}`
    await ask(
      client,
      { ":method": "POST", ":path": path, "content-type": "application/json", ...common },
      JSON.stringify({ a: s }),
    )
    const call = {
      ":method": "POST",
      ":path": "/shop.v1.Orders/Get",
      "content-type": "application/grpc",
      te: "trailers",
      ...common,
    }
    await ask(client, call, framed(s))
  }
  const closed = new Promise((resolve) => client.once("close", resolve))
  client.close()
  await closed
  server.close()
}

/** A gRPC message: five bytes, then protobuf. */
function framed(s: string): Uint8Array {
  const message = protobuf(s)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

function ask(
  client: ReturnType<typeof connectHttp2>,
  headers: Record<string, string>,
  body: string | Uint8Array,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.request(headers)
    stream.on("error", reject)
    stream.on("close", resolve)
    stream.resume()
    stream.end(body)
  })
}

/** TLS 1.2 that is read with its key log, HTTP/1 inside. An anonymous suite, so that no certificate is needed. */
export async function tlsTraffic(
  secrets: readonly string[],
  port: number,
  startUs: number,
): Promise<{ frames: Frame[]; keys: string }> {
  const pair = new RecordedPair()
  const suite = { ciphers: "ADH-AES128-GCM-SHA256:@SECLEVEL=0", maxVersion: "TLSv1.2" as const }
  const server = new TLSSocket(pair.server, {
    isServer: true,
    secureContext: createSecureContext({ ...suite, dhparam: "auto" }),
  })
  const client = connectTls({ socket: pair.client, rejectUnauthorized: false, ...suite })
  let keys = ""
  client.on("keylog", (keyLine: Buffer) => {
    keys += keyLine.toString("latin1")
  })
  await new Promise((resolve, reject) => {
    client.once("secureConnect", resolve)
    client.once("error", reject)
  })
  for (const s of secrets) {
    const said = withBody(
      `POST /tls/${encodeURIComponent(s)} HTTP/1.1`,
      "application/json",
      JSON.stringify({ a: s }),
      undefined,
    )
    await exchange(client, server, said)
    await exchange(server, client, Buffer.from(DONE))
  }
  client.destroy()
  server.destroy()
  const { frames } = pair.conversation({ client: `10.1.0.1:${port}`, server: "10.2.0.2:443", startUs, stepUs: 20 })
  return { frames, keys }
}

/** Writes on one end and waits until the other has read as much. */
function exchange(from: TLSSocket, to: TLSSocket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    let got = 0
    const take = (chunk: Buffer): void => {
      got += chunk.length
      if (got < bytes.length) return
      to.off("data", take)
      resolve()
    }
    to.on("data", take)
    from.write(bytes)
  })
}
