// A storm without loss (storm-source.ts) as a capture file, for tools that read files.
import { closeSync, openSync, writeSync } from "node:fs"
import { pcapHeader, pcapRecordHeader } from "../../shared/testing/capture-builder.ts"
import { PacketBatch } from "../capture/packet-batch.ts"
import { StormSource } from "./storm-source.ts"

/** Writes `flows` conversations, 500 at once, to `path`; returns it. */
export function stormCapture(path: string, flows: number): string {
  const base = { bursts: 0, burstSyns: 0, lossPermille: 0, seed: 1, durationUs: 10e6 }
  const source = new StormSource({ ...base, flows, concurrent: Math.min(500, flows) })
  const batch = new PacketBatch()
  const file = openSync(path, "w")
  try {
    writeSync(file, pcapHeader())
    while (source.next(batch)) {
      const parts: Uint8Array[] = []
      for (let i = 0; i < batch.count; i++) {
        const bytes = batch.bytes.subarray(batch.start[i]!, batch.start[i]! + batch.captured[i]!)
        parts.push(pcapRecordHeader(batch.timeUs[i]!, bytes.length, bytes.length), bytes)
      }
      writeSync(file, Buffer.concat(parts))
    }
  } finally {
    closeSync(file)
  }
  return path
}
