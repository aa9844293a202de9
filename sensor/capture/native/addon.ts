// Loads the native addon (af-packet.c, notify.c): the prebuilt file of this processor, else the one built on this machine.
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { LiveCaptureError } from "../live-error.ts"

/** What the system refused: `errno` as in errno(3), positive. */
export interface SystemFailure {
  readonly errno: number
  readonly syscall: string
}

/** An open ring. Only the addon knows what is in it. */
export interface RingHandle {
  readonly ring?: never
}

export interface OpenRing {
  readonly handle: RingHandle
  /** Index of the interface. */
  readonly index: number
  /** ARPHRD_* of the interface. */
  readonly hardware: number
}

/** The functions of the addon; a wrong argument throws a TypeError. Programs are arrays of struct sock_filter. */
export interface AfPacketAddon {
  /** SHA-256 of the source that the addon was built from. */
  readonly source: string
  /**
   * Opens a ring on the interface. Nothing is captured or counted before `setFilter`. `fanoutMode`: 0 the kernel's
   * hash, 6 `fanoutProgram`; 0x8000 added: IPv4 fragments are put together first.
   */
  open(
    name: string,
    blockBytes: number,
    blockCount: number,
    retireMs: number,
    isPromiscuous: boolean,
    fanoutGroup: number | null,
    fanoutMode: number,
    fanoutProgram: Uint8Array | null,
  ): OpenRing | SystemFailure
  close(handle: RingHandle): void
  /** Copies the next block to `slabOffset` and describes its packets; returns their number, 0 when no block is ready. */
  next(
    handle: RingHandle,
    slab: Uint8Array,
    slabOffset: number,
    start: Int32Array,
    captured: Int32Array,
    wire: Int32Array,
    timeUs: Float64Array,
    vlan: Int32Array,
  ): number
  /** Sums since `open`: packets offered (drops included), drops, times the ring was full, packets that `next` gave. */
  stats(handle: RingHandle, out: Float64Array): SystemFailure | undefined
  /**
   * The socket's pending error (100: the link went down), the index of its interface (0 or less: gone) and that one's flags
   * (1 up, 64 running), the index of the interface that has the name now (0: none).
   */
  state(handle: RingHandle, out: Int32Array): void
  setFilter(handle: RingHandle, program: Uint8Array): SystemFailure | undefined
  /** Sends one datagram to a local socket (sd_notify); a path that begins with "@" is an abstract one. */
  notify(path: string, message: string): SystemFailure | undefined
}

export const BUILD_COMMAND = "sh sensor/capture/native/build.sh"

/** Where the addon may be, best first. */
export function addonPaths(platform: string = process.platform, arch: string = process.arch): string[] {
  const prebuilt = join(import.meta.dirname, "prebuilt", `af-packet-${platform}-${arch}.node`)
  return [prebuilt, join(import.meta.dirname, "build", "af-packet.node")]
}

/** Throws LiveCaptureError "unavailable" with the command that builds it. */
export function loadAddon(paths: readonly string[] = addonPaths()): AfPacketAddon {
  const load = createRequire(import.meta.url)
  let reason = "it is not built for this processor"
  for (const path of paths) {
    if (!existsSync(path)) continue
    try {
      return load(path) as AfPacketAddon
    } catch (error) {
      reason = (error as Error).message.split("\n", 1)[0]!
    }
  }
  throw new LiveCaptureError(
    "unavailable",
    `the capture addon does not load (${reason}); build it with: ${BUILD_COMMAND}`,
  )
}
