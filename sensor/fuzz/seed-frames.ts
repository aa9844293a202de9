// What is mutated: conversations from the scenes of the golden test and from recorded captures, one list of frames each.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { TcpConversation } from "../../shared/testing/packet-builder.ts"
import { openCapture } from "../capture/capture-files.ts"
import { PacketBatch } from "../capture/packet-batch.ts"
import { SCENES } from "../test/scenes.ts"
import { REQUEST_SCENES } from "../test/scenes-requests.ts"
import { be32, type FuzzFrame, headersOf } from "./fuzz-frame.ts"

const ROOT = join(import.meta.dirname, "../..")
const CAPTURES = "sensor/test/captures"
const RECORDED = [
  "deploy/demo/demo.pcap",
  `${CAPTURES}/nginx-curl.pcap`,
  ...["old", "1.2", "mutual", "resumed", "odd"].map((name) => `${CAPTURES}/tls-${name}.pcap`),
  ...["nginx-curl", "upgrade-push", "node", "grpc-go"].map((name) => `${CAPTURES}/h2-${name}.pcap`),
]

/** Reads captures into frames. */
export async function readFrames(paths: readonly string[]): Promise<FuzzFrame[]> {
  const source = openCapture(paths)
  const batch = new PacketBatch()
  const frames: FuzzFrame[] = []
  let lastUs = Number.NaN
  while (await source.next(batch)) {
    for (let i = 0; i < batch.count; i++) {
      const start = batch.start[i]!
      const timeUs = batch.timeUs[i]!
      frames.push({
        bytes: Uint8Array.from(batch.bytes.subarray(start, start + batch.captured[i]!)),
        wire: batch.wire[i]!,
        link: batch.link[i]!,
        afterUs: Number.isNaN(lastUs) ? 0 : timeUs - lastUs,
        vlan: batch.vlan[i]!,
      })
      lastUs = timeUs
    }
  }
  source.close()
  return frames
}

/** Frames of each connection by themselves; what is no TCP stays together. */
function byConversation(frames: readonly FuzzFrame[]): FuzzFrame[][] {
  const conversations = new Map<string, FuzzFrame[]>()
  for (const frame of frames) {
    const headers = headersOf(frame.bytes, frame.link)
    let key = "other"
    if (headers !== null) {
      const { ip, isIpv4, tcp } = headers
      const [first, second] = isIpv4 ? [ip + 12, ip + 16] : [ip + 8, ip + 24]
      const ends = [
        `${Buffer.from(frame.bytes.subarray(first, second)).toString("hex")} ${be32(frame.bytes, tcp) >>> 16}`,
        `${Buffer.from(frame.bytes.subarray(second, 2 * second - first)).toString("hex")} ${be32(frame.bytes, tcp) & 0xffff}`,
      ]
      key = ends.sort().join(" ")
    }
    const own = conversations.get(key)
    // What lies between two frames of a connection is its pace; another connection's time is not.
    const paced = { ...frame, afterUs: Math.min(Math.max(frame.afterUs, 0), 1_000_000) }
    if (own === undefined) conversations.set(key, [paced])
    else own.push(paced)
  }
  return [...conversations.values()]
}

/** Segments of transfers long enough to reach depth and memcap when one is missing. */
const LONG = [64, 1460, 9000]

function longTransfer(segmentBytes: number): FuzzFrame[] {
  const talk = new TcpConversation({ segmentBytes, stepUs: 50 })
  const body = "0123456789".repeat(12 * segmentBytes)
  const head = `Content-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`
  talk.open()
  talk.toServer(`POST /v1/files HTTP/1.1\r\nHost: a\r\n${head}${body}`)
  talk.toClient(`HTTP/1.1 200 OK\r\n${head}${body}`)
  return talk.finish().frames.map(({ bytes }) => ({ bytes, wire: bytes.length, link: 1, afterUs: 50, vlan: -1 }))
}

export async function seedConversations(): Promise<FuzzFrame[][]> {
  const folder = mkdtempSync(join(tmpdir(), "sonde-fuzz-"))
  try {
    const conversations: FuzzFrame[][] = []
    for (const scene of [...SCENES, ...REQUEST_SCENES]) {
      const path = join(folder, `${scene.name}.pcap`)
      writeFileSync(path, scene.capture())
      conversations.push(...byConversation(await readFrames([path])))
    }
    for (const name of RECORDED) conversations.push(...byConversation(await readFrames([join(ROOT, name)])))
    conversations.push(...LONG.map(longTransfer))
    return conversations
  } finally {
    rmSync(folder, { recursive: true })
  }
}
