// Test support: a classic pcap of Ethernet frames as two one-way taps would have recorded it, and any capture through the whole
// sensor into batches.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { EMBEDDED_OPTIONS, embedSensor } from "../../sensor/index.ts"
import { localKey } from "../../sensor/key-file.ts"
import { settle } from "../../shared/config/options.ts"
import type { EventBatch } from "../../shared/event/api-event.ts"
import { decodeBatch } from "../../shared/event/event-codec.ts"

const FILE_HEADER = 24
const RECORD_HEADER = 16
const ETHERNET_HEADER = 14

/** True for a frame on its way to the server: the end with the smaller port, as in every capture here. */
function goesToServer(frame: Uint8Array): boolean {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (frame.length < ETHERNET_HEADER + 40) return true
  const etherType = view.getUint16(12)
  const ip = ETHERNET_HEADER
  const tcp = etherType === 0x86dd ? ip + 40 : ip + (frame[ip]! & 0x0f) * 4
  return view.getUint16(tcp + 2) < view.getUint16(tcp)
}

/** What goes to servers, and what comes from them. Little-endian classic pcap only. */
export function splitByDirection(pcap: Uint8Array): readonly [toServer: Buffer, toClient: Buffer] {
  const bytes = Buffer.from(pcap)
  if (bytes.readUInt32LE(0) !== 0xa1b2c3d4) throw new Error("not a little-endian classic pcap")
  const header = bytes.subarray(0, FILE_HEADER)
  const [toServer, toClient]: [Buffer[], Buffer[]] = [[header], [header]]
  for (let at = FILE_HEADER; at < bytes.length; ) {
    const end = at + RECORD_HEADER + bytes.readUInt32LE(at + 8)
    const side = goesToServer(bytes.subarray(at + RECORD_HEADER, end)) ? toServer : toClient
    side.push(bytes.subarray(at, end))
    at = end
  }
  return [Buffer.concat(toServer), Buffer.concat(toClient)]
}

/** The batches that a sensor of this name sends of a capture. */
export async function batchesOf(pcap: Uint8Array, sensor: string): Promise<EventBatch[]> {
  const folder = mkdtempSync(join(tmpdir(), "sonde-split-"))
  const path = join(folder, "capture.pcap")
  try {
    writeFileSync(path, pcap)
    const batches: EventBatch[] = []
    const embedded = embedSensor({
      read: [path],
      settings: settle(EMBEDDED_OPTIONS, {}).values,
      key: localKey(),
      tenant: "default",
      sensor,
      receive: (bytes) => {
        const decoded = decodeBatch(bytes)
        if (!decoded.ok) throw new Error(decoded.sentence)
        batches.push(decoded.batch)
        return null
      },
    })
    await embedded.run()
    return batches
  } finally {
    rmSync(folder, { recursive: true })
  }
}
