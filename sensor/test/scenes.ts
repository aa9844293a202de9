// Captures built frame by frame, each showing one thing that happens on real mirrors. The golden test runs every scene
// through the whole sensor and keeps its events and its non-zero counters beside this file.
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { pcapFile, pcapngFile } from "../../shared/testing/capture-builder.ts"
import {
  ethernet,
  type Frame,
  ipv4,
  START_US,
  TcpConversation,
  toBytes,
  udp,
} from "../../shared/testing/packet-builder.ts"
import { later, resent } from "./mirror.ts"

export interface Scene {
  readonly name: string
  readonly sentence: string
  readonly capture: () => Uint8Array
}

export const get = (target: string, fields = ""): string =>
  `GET ${target} HTTP/1.1\r\nHost: api.example.com\r\n${fields}\r\n`
export const json = (body: string, status = "200 OK", fields = ""): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${fields}\r\n${body}`
export const order = (id: number): string =>
  `{"id":${id},"state":"open","buyer":{"mail":"buyer@example.com"},"lines":[{"sku":"A-1","qty":2},{"sku":"B-2"}]}`
const coded = (coding: string, body: Uint8Array): Uint8Array =>
  Buffer.concat([
    toBytes(
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`,
    ),
    body,
  ])

/** One keep-alive conversation of `count` exchanges, with the frames at the end of each exchange's request and response. */
export function keepAlive(count: number, segmentBytes = 1460): TcpConversation {
  const talk = new TcpConversation({ segmentBytes })
  talk.open()
  for (let i = 0; i < count; i++) talk.toServer(get(`/v1/orders/${i}`)).toClient(json(order(i)))
  return talk.finish()
}

const text = (frame: Frame): string => Buffer.from(frame.bytes).toString("latin1")
const isFrom = (frame: Frame, address: string): boolean => frame.bytes[29] === Number(address.split(".")[3])
const withPayload = (frames: readonly Frame[], part: string): number =>
  frames.findIndex((frame) => text(frame).includes(part))
const without = (frames: readonly Frame[], part: string): Frame[] =>
  frames.filter((frame) => !text(frame).includes(part))

function swapped(frames: readonly Frame[], i: number, j: number): Frame[] {
  const out = [...frames]
  const [a, b] = [out[i]!, out[j]!]
  out[i] = { ...b, timeUs: a.timeUs }
  out[j] = { ...a, timeUs: b.timeUs }
  return out
}

/** One conversation, as a capture file. */
export const talk = (
  fill: (conversation: TcpConversation) => void,
  fields: ConstructorParameters<typeof TcpConversation>[0] = {},
): Uint8Array => {
  const conversation = new TcpConversation(fields)
  conversation.open()
  fill(conversation)
  conversation.finish()
  return pcapFile(conversation.frames)
}

export const SCENES: readonly Scene[] = [
  { name: "keep-alive", sentence: "Three exchanges on one connection.", capture: () => pcapFile(keepAlive(3).frames) },
  {
    name: "pipelined",
    sentence: "Three requests in one segment, three answers in order.",
    capture: () =>
      talk((t) =>
        t
          .toServer(get("/a/1") + get("/a/2") + get("/a/3"))
          .toClient(json("1") + json("2", "404 Not Found") + json("3")),
      ),
  },
  {
    name: "one-byte-segments",
    sentence: "Every segment carries seven bytes.",
    capture: () => pcapFile(keepAlive(2, 7).frames),
  },
  {
    name: "chunked",
    sentence: "A chunked response with extension and trailer.",
    capture: () =>
      talk((t) =>
        t
          .toServer(get("/v1/stream"))
          .toClient(
            'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5;x=1\r\n{"a":\r\n',
          )
          .toClient("4\r\n[1,2\r\n2\r\n]}\r\n0\r\nX-End: 1\r\n\r\n")
          .toServer(get("/v1/next"))
          .toClient(json("{}")),
      ),
  },
  {
    name: "codings",
    sentence: "JSON under gzip, deflate and br.",
    capture: () =>
      talk((t) => {
        for (const [coding, body] of [
          ["gzip", gzipSync(order(7))],
          ["deflate", deflateSync(order(8))],
          ["br", brotliCompressSync(order(9))],
          ["gzip", toBytes("this is not gzip")],
        ] as const)
          t.toServer(get("/v1/orders/7", "Accept-Encoding: gzip\r\n")).toClient(coded(coding, body))
      }),
  },
  {
    name: "no-body",
    sentence: "HEAD, 204 and 304 carry lengths but no body; 100 Continue does not end an exchange.",
    capture: () =>
      talk((t) =>
        t
          .toServer("HEAD /v1/file HTTP/1.1\r\nHost: h\r\n\r\n")
          .toClient("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
          .toServer("DELETE /v1/file HTTP/1.1\r\nHost: h\r\n\r\n")
          .toClient("HTTP/1.1 204 No Content\r\n\r\n")
          .toServer(get("/v1/file"))
          .toClient("HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n")
          .toServer("PUT /v1/file HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
          .toClient("HTTP/1.1 100 Continue\r\n\r\n")
          .toServer("body")
          .toClient(json("{}", "201 Created")),
      ),
  },
  {
    name: "until-close",
    sentence: "HTTP/1.0 without a length: the body ends with the connection.",
    capture: () =>
      talk((t) =>
        t
          .toServer("GET /old HTTP/1.0\r\n\r\n")
          .toClient("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end"),
      ),
  },
  {
    name: "upgrade",
    sentence: "A connection that becomes something else after 101.",
    capture: () =>
      talk((t) =>
        t
          .toServer(get("/chat", "Upgrade: websocket\r\nConnection: Upgrade\r\n"))
          .toClient("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
          .toClient("\u0081\u0002hi"),
      ),
  },
  {
    name: "out-of-order",
    sentence: "Two segments of a response change places.",
    capture: () => {
      const { frames } = keepAlive(2, 100)
      const first = withPayload(frames, "HTTP/1.1 200")
      return pcapFile(swapped(frames, first, first + 1))
    },
  },
  {
    name: "retransmitted",
    sentence: "Each data segment is sent twice.",
    capture: () =>
      pcapFile(
        keepAlive(2).frames.flatMap((frame, i) =>
          frame.bytes.length > 60 ? [frame, resent(later(frame, 1), 1000 + i)] : [frame],
        ),
      ),
  },
  {
    name: "lost-response-head",
    sentence: "The head of the second of four responses is lost: three certain pairs, one request alone.",
    capture: () => pcapFile(lostSecondHead()),
  },
  {
    name: "lost-body",
    sentence: "Bytes inside a body of known length are lost: the pair stands, the body is marked.",
    capture: () => {
      const conversation = new TcpConversation({ segmentBytes: 1000 })
      conversation.open()
      conversation
        .toServer(get("/v1/large"))
        .toClient(json(JSON.stringify("x".repeat(5000))))
        .toServer(get("/v1/after"))
        .toClient(json("{}"))
      const { frames } = conversation.finish()
      const first = withPayload(frames, "HTTP/1.1 200")
      return pcapFile(frames.filter((_, i) => i !== first + 2))
    },
  },
  {
    name: "lost-request",
    sentence: "The second request never reached the mirror.",
    capture: () => pcapFile(without(keepAlive(4).frames, "/v1/orders/1 ")),
  },
  {
    name: "midstream",
    sentence: "The capture starts in the middle of a response.",
    capture: () => {
      const { frames } = keepAlive(3, 80)
      return pcapFile(frames.slice(withPayload(frames, "HTTP/1.1 200") + 1))
    },
  },
  {
    name: "requests-only",
    sentence: "A one-way tap that sees the client only.",
    capture: () => pcapFile(keepAlive(3).frames.filter((frame) => isFrom(frame, "10.0.0.1"))),
  },
  {
    name: "responses-only",
    sentence: "A one-way tap that sees the server only.",
    capture: () => pcapFile(keepAlive(3).frames.filter((frame) => isFrom(frame, "10.0.0.2"))),
  },
  {
    name: "sequence-wrap",
    sentence: "Both directions cross the end of the sequence space.",
    capture: () =>
      talk(
        (t) => {
          for (let i = 0; i < 3; i++) t.toServer(get(`/v1/orders/${i}`)).toClient(json(order(i)))
        },
        { clientSeq: 0xffffffc0, serverSeq: 0xfffffff0 },
      ),
  },
  {
    name: "reused-ports",
    sentence: "The same 5-tuple is opened anew after a reset.",
    capture: () => {
      const first = new TcpConversation()
      first.open().toServer(get("/v1/first")).toClient(json("{}")).reset()
      const second = new TcpConversation({ startUs: START_US + 2_000_000, clientSeq: 900_000, serverSeq: 700_000 })
      second.open().toServer(get("/v1/second")).toClient(json("{}")).finish()
      return pcapFile([...first.frames, ...second.frames])
    },
  },
  {
    name: "snapped",
    sentence: "The capture kept the first 96 bytes of each packet.",
    capture: () =>
      pcapFile(
        keepAlive(2).frames.map((frame) => ({
          timeUs: frame.timeUs,
          bytes: frame.bytes.subarray(0, 96),
          wire: frame.bytes.length,
        })),
      ),
  },
  {
    name: "vlan-pcapng",
    sentence: "QinQ frames in a pcapng file.",
    capture: () =>
      pcapngFile(
        new TcpConversation({ vlans: [100, 7] }).open().toServer(get("/v1/tagged")).toClient(json("{}")).finish()
          .frames,
      ),
  },
  {
    name: "big-endian-ns",
    sentence: "A big-endian capture with nanoseconds.",
    capture: () => pcapFile(keepAlive(1).frames, { order: "big", resolution: "ns" }),
  },
  {
    name: "ipv6",
    sentence: "The same over IPv6.",
    capture: () =>
      talk((t) => t.toServer(get("/v1/six")).toClient(json("{}")), {
        client: "[2001:db8::1]:40000",
        server: "[2001:db8::2]:8080",
      }),
  },
  {
    name: "odd-requests",
    sentence: "What the strict parser refuses still yields events with anomalies.",
    capture: () =>
      talk((t) => {
        for (const head of [
          "FROB /v1/x HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /v1/caf\u00c3\u00a9 HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /v1/a b HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /v1/x HTTP/1.1\r\nHost : h\r\n\r\n",
          "POST /v1/x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
          "POST /v1/x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
          "GET /v1/x HTTP/1.1\nHost: h\n\n",
        ])
          t.toServer(head).toClient(json("{}"))
      }),
  },
  {
    name: "socks",
    sentence: "What a SOCKS5 and a SOCKS4 proxy are asked to pass on is found behind their handshakes.",
    capture: () => {
      const five = new TcpConversation({ server: "10.0.0.2:1080" })
      five
        .open()
        .toServer("\u0005\u0001\u0000")
        .toClient("\u0005\u0000")
        .toServer("\u0005\u0001\u0000\u0001\u000a\u0000\u0000\u0009\u0000\u0050")
        .toClient("\u0005\u0000\u0000\u0001\u000a\u0000\u0000\u0002\u0004\u00d2")
      five.toServer(get("/v1/through/5")).toClient(json("{}")).finish()
      const four = new TcpConversation({ client: "10.0.0.1:40001", server: "10.0.0.2:1080" })
      four
        .open()
        .toServer("\u0004\u0001\u0000\u0050\u000a\u0000\u0000\u0009me\u0000")
        .toClient("\u0000Z\u0000\u0000\u0000\u0000\u0000\u0000")
      four.toServer(get("/v1/through/4")).toClient(json("{}")).finish()
      return pcapFile([...five.frames, ...four.frames])
    },
  },
  {
    name: "odd-first-lines",
    sentence: "Requests without a version, of any method, and a status that recipients read differently.",
    capture: () => {
      const lines = ["GET /plain\r\n", "DELETE /plain\r\n", "GET /v1/tab HTTP/1.1\r\nHost: h\r\n\r\n"]
      const answers = [
        "<p>nine</p>",
        "HTTP/1.0 405 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 \t200 OK\r\nContent-Length: 0\r\n\r\n",
      ]
      return pcapFile(
        lines.flatMap((line, i) => {
          const conversation = new TcpConversation({
            client: `10.0.0.1:${40_000 + i}`,
            startUs: START_US + i * 1_000_000,
          })
          return conversation.open().toServer(line).toClient(answers[i]!).finish("server").frames
        }),
      )
    },
  },
  {
    name: "lost-syn-ack",
    sentence: "Pipelined requests before the first packet of the server: its answers still go to whom they belong.",
    capture: () => {
      const conversation = new TcpConversation()
      conversation.open().toServer(get("/a/1") + get("/a/2") + get("/a/3"))
      conversation.toClient(json("1") + json("2", "404 Not Found") + json("3", "500 Oops")).finish()
      return pcapFile(conversation.frames.filter((_, i) => i !== 1))
    },
  },
  {
    name: "early-acknowledgment",
    sentence:
      "SYN-ACK, first answer and second request are lost; an ACK of the first answer came early: no pair is made.",
    capture: () => {
      const { frames } = keepAlive(2)
      const [syn, , , first, , , , last] = frames
      const ack = new TcpConversation({ clientSeq: 1000, serverSeq: 5000 })
      ack
        .open()
        .toServer(get("/v1/orders/0"))
        .toClient(json(order(0)))
        .acknowledge("client")
      return pcapFile(
        [syn!, ack.frames.at(-1)!, first!, frames[6] ?? last!].map((frame, i) => ({
          ...frame,
          timeUs: START_US + i * 100,
        })),
      )
    },
  },
  {
    name: "not-ours",
    sentence: "UDP, a TLS hello and a text protocol beside one exchange.",
    capture: () => {
      const dark = new TcpConversation({ client: "10.0.0.1:40001", server: "10.0.0.2:443" })
      dark
        .open()
        .toServer(`\u0016\u0003\u0001\u0000\u0040\u0001${"\u0000".repeat(63)}`)
        .finish()
      const other = new TcpConversation({ client: "10.0.0.1:40002", server: "10.0.0.2:25" })
      other.open().toClient("220 mail.example.com ESMTP\r\n").toServer("EHLO client\r\n").finish()
      const datagram = {
        timeUs: START_US,
        bytes: ethernet(ipv4(udp(5353, 5353, "hello"), { source: "10.0.0.1", destination: "10.0.0.2", protocol: 17 })),
      }
      return pcapFile([datagram, ...dark.frames, ...other.frames, ...keepAlive(1).frames])
    },
  },
]

function lostSecondHead(): Frame[] {
  const { frames } = keepAlive(4, 70)
  const heads = frames.flatMap((frame, i) => (text(frame).includes("HTTP/1.1 200") ? [i] : []))
  return frames.filter((_, i) => i !== heads[1])
}
