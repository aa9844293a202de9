// What the package pcap-parser reads from a classic capture: the oracle of the reader's tests. It knows times in µs only,
// and says nothing of a file that ends early; so it is asked only about whole files in µs.
import { createRequire } from "node:module"
import { Readable } from "node:stream"

interface OraclePacket {
  readonly header: {
    readonly timestampSeconds: number
    readonly timestampMicroseconds: number
    readonly capturedLength: number
    readonly originalLength: number
  }
  readonly data: Buffer
}

interface OracleParser {
  on(event: "packet", listener: (packet: OraclePacket) => void): void
  on(event: "end", listener: () => void): void
  on(event: "error", listener: (error: Error) => void): void
}

const { parse } = createRequire(import.meta.url)("pcap-parser") as { parse(input: Readable): OracleParser }

export function readWithOracle(bytes: Uint8Array): Promise<{ timeUs: number; bytes: Uint8Array; wire: number }[]> {
  return new Promise((resolve, reject) => {
    const packets: { timeUs: number; bytes: Uint8Array; wire: number }[] = []
    const parser = parse(Readable.from([Buffer.from(bytes)]))
    parser.on("packet", ({ header, data }) => {
      const timeUs = header.timestampSeconds * 1e6 + header.timestampMicroseconds
      packets.push({ timeUs, bytes: Uint8Array.from(data), wire: header.originalLength })
    })
    parser.on("end", () => resolve(packets))
    parser.on("error", reject)
  })
}
