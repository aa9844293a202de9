// Captures as mirrors show them: copies, tags, routers, fragments, cuts, other orders, one direction. Part of the golden test.
import { pcapFile, pcapngFile } from "../../shared/testing/capture-builder.ts"
import { type Frame, TcpConversation } from "../../shared/testing/packet-builder.ts"
import { Dice, disordered, fragmented, later, routed, snapped, tagged } from "./mirror.ts"
import { get, json, keepAlive, order, type Scene } from "./scenes.ts"

/** Two exchanges, both ways longer than a packet of an Ethernet link. */
function large(fields: ConstructorParameters<typeof TcpConversation>[0] = {}): TcpConversation {
  const talk = new TcpConversation({ segmentBytes: 2960, ...fields })
  const body = JSON.stringify(Array.from({ length: 60 }, (_, id) => ({ id, state: "open", qty: id % 7 })))
  talk.open()
  for (let i = 0; i < 2; i++) {
    const head = `POST /v1/orders HTTP/1.1\r\nHost: api.example.com\r\nContent-Type: application/json\r\n`
    talk.toServer(`${head}Content-Length: ${body.length}\r\n\r\n${body}`).toClient(json(body, "201 Created"))
  }
  return talk.finish()
}

const SIX = { client: "[2001:db8::1]:40000", server: "[2001:db8::2]:8080" }

/** Every frame that is longer, in fragments of 1,480 bytes. */
const inFragments = (frames: readonly Frame[]): Frame[][] => frames.map((frame, i) => fragmented(frame, 1480, 700 + i))

const isFromClient = (frame: Frame): boolean => frame.bytes[29] === 1

/** The frames of client and server from two ports with other delays, in the order in which they come out. */
const skewed = (frames: readonly Frame[], clientUs: number, serverUs: number): Frame[] =>
  frames.map((frame) => later(frame, isFromClient(frame) ? clientUs : serverUs)).sort((a, b) => a.timeUs - b.timeUs)

/** Each frame once from either port, the second so many frames later. */
function twoPorts(frames: readonly Frame[], behind: number): Frame[] {
  const out: Frame[] = []
  for (let i = 0; i < frames.length + behind; i++) {
    if (i < frames.length) out.push(frames[i]!)
    if (i >= behind) out.push({ ...frames[i - behind]!, timeUs: (frames[i] ?? frames.at(-1)!).timeUs + 3 })
  }
  return out
}

export const MIRROR_SCENES: readonly Scene[] = [
  {
    name: "span-twice",
    sentence: "A mirror of two ports: each packet twice, three packets apart. Nothing is retransmitted.",
    capture: () => pcapFile(twoPorts(keepAlive(3).frames, 3)),
  },
  {
    name: "span-twice-ipv6",
    sentence: "The same over IPv6, where pure acknowledgments cannot be told from repeated ones.",
    capture: () => {
      const talk = new TcpConversation(SIX)
      talk.open()
      for (let i = 0; i < 3; i++) talk.toServer(get(`/v1/orders/${i}`)).toClient(json(order(i)))
      return pcapFile(twoPorts(talk.finish().frames, 2))
    },
  },
  {
    name: "vlan-in-and-out",
    sentence: "A mirrored router on a stick: each packet under VLAN 100 and under VLAN 200.",
    capture: () =>
      pcapngFile(keepAlive(2).frames.flatMap((frame) => [tagged(frame, 100), later(tagged(routed(frame), 200), 9)])),
  },
  {
    name: "tag-taken-off",
    sentence: "Each packet with its VLAN tag and, another port, without.",
    capture: () => pcapFile(keepAlive(2).frames.flatMap((frame) => [tagged(frame, 100), later(frame, 5)])),
  },
  {
    name: "before-and-after-router",
    sentence: "Each packet before and after a router: one hop less to live.",
    capture: () => pcapFile(keepAlive(2).frames.flatMap((frame) => [frame, later(routed(frame), 40)])),
  },
  {
    name: "ack-before-data",
    sentence: "Two mirror ports: every packet of the server comes late, after what acknowledges it.",
    capture: () => pcapFile(skewed(keepAlive(4).frames, 0, 130)),
  },
  {
    name: "server-side-late",
    sentence: "Two mirror ports: the client's side of the whole conversation comes before the server's.",
    capture: () => pcapFile(skewed(keepAlive(4).frames, 0, 3000)),
  },
  {
    name: "request-after-response",
    sentence: "Two mirror ports: every packet of the client comes 3 ms late, pipelined requests after their answers.",
    capture: () => {
      const talk = new TcpConversation()
      talk.open()
      for (let i = 0; i < 3; i++) {
        talk.toServer(get(`/a/${i}`) + get(`/b/${i}`) + get(`/c/${i}`))
        talk.toClient(json("1")).toClient(json("{}", "404 Not Found")).toClient(json("[2]", "201 Created"))
        talk.timeUs += 20_000
      }
      return pcapFile(skewed(talk.finish().frames, 3000, 0))
    },
  },
  {
    name: "far-out-of-order",
    sentence: "Every third packet comes up to 20 places late, answers longer than a segment.",
    capture: () => pcapFile(disordered(keepAlive(6, 60).frames, 1 / 3, 20, Number.POSITIVE_INFINITY, new Dice(7))),
  },
  {
    name: "half-of-the-servers",
    sentence: "Of two connections one is mirrored both ways, of the other the server's side is missing.",
    capture: () => {
      const other = new TcpConversation({ client: "10.0.0.3:40009" })
      other.open()
      for (let i = 0; i < 2; i++) other.toServer(get(`/v1/unanswered/${i}`)).toClient(json("{}"))
      const oneWay = other.finish().frames.filter((frame) => frame.bytes[29] === 3)
      return pcapFile([...keepAlive(2).frames, ...oneWay])
    },
  },
  {
    name: "snap-200",
    sentence: "The capture kept the first 200 bytes of each packet: heads are whole, answers are not.",
    capture: () => pcapFile(keepAlive(3).frames.map((frame) => snapped(frame, 200))),
  },
  {
    name: "snap-96-twice",
    sentence: "The first 96 bytes of each packet, twice, once with a tag that takes four of them.",
    capture: () =>
      pcapFile(keepAlive(2).frames.flatMap((frame) => [snapped(frame, 96), snapped(later(tagged(frame, 8), 2), 96)])),
  },
]

export const FRAGMENT_SCENES: readonly Scene[] = [
  {
    name: "fragments",
    sentence: "Segments of 2,960 bytes in fragments, in order.",
    capture: () => pcapFile(inFragments(large().frames).flat()),
  },
  {
    name: "fragments-out-of-order",
    sentence: "The same, the last fragment first.",
    capture: () => pcapFile(inFragments(large().frames).flatMap((parts) => parts.reverse())),
  },
  {
    name: "fragments-twice",
    sentence: "The same, each fragment shown by two ports.",
    capture: () =>
      pcapFile(inFragments(large().frames).flatMap((parts) => parts.flatMap((part) => [part, later(part, 4)]))),
  },
  {
    name: "fragments-ipv6",
    sentence: "The same over IPv6, out of order.",
    capture: () => pcapFile(inFragments(large(SIX).frames).flatMap((parts) => parts.reverse())),
  },
  {
    name: "fragment-lost",
    sentence: "One fragment is lost: its segment is a gap, the rest of the conversation stands.",
    capture: () => {
      const parts = inFragments(large().frames).flat()
      const lost = parts.findIndex((frame, i) => i > 6 && frame.bytes.length === 1514)
      return pcapFile(parts.filter((_, i) => i !== lost))
    },
  },
  {
    name: "fragments-snapped",
    sentence: "The capture kept 400 bytes of each fragment.",
    capture: () =>
      pcapFile(
        inFragments(large().frames)
          .flat()
          .map((frame) => snapped(frame, 400)),
      ),
  },
]
