// What the operating system says of a live interface, before and after looking: link, address, speed, and what its card lost
// before the kernel could count it. Linux: the files of /sys/class/net. Elsewhere everything is unknown.
import { readFileSync } from "node:fs"
import { join } from "node:path"

export interface HostFacts {
  readonly name: string
  readonly exists: boolean
  /** Null: not known. */
  readonly hasCarrier: boolean | null
  /** Link address, "" when unknown. */
  readonly address: string
  /** Bits a second, null when the card does not say (veth, bridges, links that are down). */
  readonly speedBits: number | null
  /** Frames that the card lost (no buffer), and frames it found damaged, since it was started. */
  readonly missed: number | null
  readonly damaged: number | null
}

export function readHostFacts(name: string, folder = "/sys/class/net"): HostFacts {
  const read = (file: string): string | null => {
    try {
      return readFileSync(join(folder, name, file), "latin1").trim()
    } catch {
      return null
    }
  }
  const count = (...files: readonly string[]): number | null => {
    const counts = files.map((file) => Number.parseInt(read(`statistics/${file}`) ?? "", 10))
    return counts.some((one) => Number.isNaN(one)) ? null : counts.reduce((sum, one) => sum + one, 0)
  }
  // Reading the carrier of an interface that is administratively down is an error of its own.
  const state = read("operstate")
  const carrier = read("carrier")
  const speed = Number.parseInt(read("speed") ?? "", 10)
  return {
    name,
    exists: state !== null,
    hasCarrier: carrier === null ? (state === "down" ? false : null) : carrier === "1",
    address: read("address") ?? "",
    speedBits: speed > 0 ? speed * 1e6 : null,
    missed: count("rx_missed_errors", "rx_fifo_errors"),
    damaged: count("rx_crc_errors", "rx_frame_errors"),
  }
}
