// For tests of the format readers: one capture in memory, read through a window in pieces of a chosen size.
import type { Frame } from "../../shared/testing/packet-builder.ts"
import type { ByteInput } from "./byte-input.ts"
import { type CaptureFormat, STOPPED } from "./capture-format.ts"
import { CaptureWindow } from "./capture-window.ts"
import { PacketBatch } from "./packet-batch.ts"

/** An input that gives at most `pieceBytes` of `bytes` at a time. */
function piecesOf(bytes: Uint8Array, pieceBytes: number): ByteInput {
  let consumed = 0
  return {
    get consumed() {
      return consumed
    },
    read(into, at) {
      const piece = bytes.subarray(consumed, consumed + Math.min(pieceBytes, into.length - at))
      into.set(piece, at)
      consumed += piece.length
      return piece.length
    },
    close() {},
  }
}

/** A packet as its columns show it. */
export interface ReadPacket extends Required<Frame> {
  readonly link: number
  readonly port: number
}

export interface ReadCapture {
  readonly packets: readonly ReadPacket[]
  /** What the reader stopped at, or that the input ended within a record; null when all was read. */
  readonly stopped: string | null
}

export function readAll(format: CaptureFormat, bytes: Uint8Array, pieceBytes = 1 << 20): ReadCapture {
  const window = new CaptureWindow()
  window.open(piecesOf(bytes, pieceBytes))
  const batch = new PacketBatch()
  const packets: ReadPacket[] = []
  for (;;) {
    batch.count = 0
    const need = format.fill(window, batch)
    for (let i = 0; i < batch.count; i++) {
      const start = batch.start[i]!
      packets.push({
        timeUs: batch.timeUs[i]!,
        bytes: Uint8Array.from(window.bytes.subarray(start, start + batch.captured[i]!)),
        wire: batch.wire[i]!,
        link: batch.link[i]!,
        port: batch.port[i]!,
      })
    }
    if (need === STOPPED) return { packets, stopped: `${format.fault!.code}: ${format.fault!.what}` }
    if (need > 0 && window.require(need) !== true) {
      return { packets, stopped: window.isDrained ? null : `ends within ${format.record}` }
    }
  }
}
