// What the readers of capture formats have in common: the contract, the limits, and what they say of damage.
import type { CaptureWindow } from "./capture-window.ts"
import type { PacketBatch } from "./packet-batch.ts"
import type { CaptureProblem } from "./packet-source.ts"

/** Captured bytes of a packet at most, unless the file announces a larger snap length: what libpcap itself accepts. */
export const PACKET_BYTES_DEFAULT = 262_144

/** Captured bytes of a packet at most, whatever the file announces. */
export const PACKET_BYTES_MAX = 16 * 1024 * 1024

/** Bytes of packet i on the wire at most: the batch's column is signed, a larger claim is cut to this. */
export const WIRE_BYTES_MAX = 0x7fffffff

/** The limit that goes with the snap length which a file announces. */
export function packetBytesLimit(snapLength: number): number {
  return Math.min(Math.max(snapLength, PACKET_BYTES_DEFAULT), PACKET_BYTES_MAX)
}

/** What stopped a reader. `what` goes on from "at byte N: ". */
export interface CaptureFault {
  readonly code: CaptureProblem["code"]
  readonly what: string
}

/** What `fill` returns when it stopped for good; `fault` says why. */
export const STOPPED = -1

/** Reads one capture of one format. Records are taken from the window only whole. */
export interface CaptureFormat {
  readonly fault: CaptureFault | null
  /** What the reader is in the middle of, for the sentence about a capture that ends there. */
  readonly record: string
  /**
   * Adds packets to the batch until it is full (returns 0), or until the window holds no whole record (returns the bytes
   * needed from `window.at` on), or until the capture makes no sense (returns STOPPED).
   */
  fill(window: CaptureWindow, batch: PacketBatch): number
}
