// A world as a capture file (pcap, µs): real bytes, for the real sensor.
//
// In:  a world.   Out: the file, packets in order of time; loss, one-way hours and blindness leave packets out, as a mirror does.
import { closeSync, openSync, writeSync } from "node:fs"
import { startOfDay } from "../calendar.ts"
import type { Exchange } from "../exchange.ts"
import type { World } from "../world.ts"
import { Connections } from "./connections.ts"
import { addressNumber, FrameStore } from "./frames.ts"
import { answerMessage, requestMessage } from "./messages.ts"

const HEADER_BYTES = 24
const RECORD_BYTES = 16
const CHUNK_BYTES = 1 << 20
/** Packets so near to the day's end are held until the next day's are known: a handshake comes before its exchange. */
const HELD_US = 1_000_000

export interface CaptureCounts {
  exchanges: number
  packets: number
  /** Packets that the mirror did not show. */
  dropped: number
  bytes: number
}

/** Collects small writes. */
class ChunkedFile {
  readonly #file: number
  readonly #chunk = Buffer.alloc(CHUNK_BYTES)
  #end = 0
  bytes = 0

  constructor(path: string) {
    this.#file = openSync(path, "w", 0o600)
  }

  write(bytes: Uint8Array): void {
    if (this.#end + bytes.length > CHUNK_BYTES) this.#flush()
    this.#chunk.set(bytes, this.#end)
    this.#end += bytes.length
    this.bytes += bytes.length
  }

  close(): void {
    this.#flush()
    closeSync(this.#file)
  }

  #flush(): void {
    for (let at = 0; at < this.#end; ) at += writeSync(this.#file, this.#chunk, at, this.#end - at)
    this.#end = 0
  }
}

function fileHeader(): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.writeUInt32LE(0xa1b2c3d4, 0)
  bytes.writeUInt16LE(2, 4)
  bytes.writeUInt16LE(4, 6)
  bytes.writeUInt32LE(262_144, 16)
  bytes.writeUInt32LE(1, 20)
  return bytes
}

/** `onExchange`: told of each, in order of time. */
export function writeCapture(
  world: World,
  path: string,
  onExchange: (exchange: Exchange) => void = () => {},
): CaptureCounts {
  const file = new ChunkedFile(path)
  const counts: CaptureCounts = { exchanges: 0, packets: 0, dropped: 0, bytes: 0 }
  const servers = new Set(world.api.services.map(({ address }) => addressNumber(address)))
  const record = Buffer.alloc(RECORD_BYTES)
  const frames = new FrameStore()
  const connections = new Connections(world.api, frames)
  const { impairment } = world
  const isSeen = (timeUs: number, frame: Uint8Array): boolean => {
    if (impairment.loses() || impairment.isBlind(timeUs)) return false
    return !impairment.isOneWay(timeUs) || !servers.has(Buffer.from(frame.buffer, frame.byteOffset).readUInt32BE(26))
  }
  const flush = (untilUs: number): void => {
    const order = Array.from({ length: frames.count }, (_, k) => k)
    order.sort((a, b) => frames.timeOf(a) - frames.timeOf(b) || a - b)
    const held: [number, Uint8Array][] = []
    for (const frame of order) {
      const timeUs = frames.timeOf(frame)
      const bytes = frames.bytesOf(frame)
      if (timeUs >= untilUs) held.push([timeUs, Uint8Array.from(bytes)])
      else if (!isSeen(timeUs, bytes)) counts.dropped++
      else {
        record.writeUInt32LE(Math.floor(timeUs / 1e6), 0)
        record.writeUInt32LE(timeUs % 1e6, 4)
        record.writeUInt32LE(bytes.length, 8)
        record.writeUInt32LE(bytes.length, 12)
        file.write(record)
        file.write(bytes)
        counts.packets++
      }
    }
    frames.clear()
    for (const [timeUs, bytes] of held) frames.copy(timeUs, bytes)
  }
  file.write(fileHeader())
  try {
    let day = 0
    for (const exchanges of world.days()) {
      for (const exchange of exchanges) {
        connections.send(exchange, requestMessage(exchange, world.api), answerMessage(exchange, world.api))
        counts.exchanges++
        onExchange(exchange)
      }
      flush(startOfDay(++day) - HELD_US)
    }
    connections.finish()
    flush(Number.POSITIVE_INFINITY)
  } finally {
    file.close()
  }
  counts.bytes = file.bytes
  return counts
}
