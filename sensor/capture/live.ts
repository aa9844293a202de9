// Live capture: opens one or several interfaces as one source of packets.
//
// On Linux each interface is read from an AF_PACKET ring of its own. Elsewhere, and where the addon does not load, libpcap
// is read in a child process for each, which is said aloud: that way loses packets without a count.
import { RingPort } from "./af-packet.ts"
import { checkInterfaces, counterKeys } from "./interface-names.ts"
import { PipePort, requireLibpcap } from "./libpcap.ts"
import { type LiveClock, SYSTEM_CLOCK } from "./live-clock.ts"
import { LiveCaptureError } from "./live-error.ts"
import type { LivePort } from "./live-port.ts"
import { LiveSource } from "./live-source.ts"
import { type AfPacketAddon, loadAddon } from "./native/addon.ts"

export type LiveBackend = "auto" | "af-packet" | "libpcap"

export interface LiveOptions {
  readonly interfaces: readonly string[]
  /** "auto" (default): af-packet on Linux, libpcap where that cannot be. */
  readonly backend?: LiveBackend
  /** Bytes of the kernel's ring for each interface: 8 KiB to 1 GiB, default 64 MiB; rounded up to a power of two. */
  readonly ringBytes?: number
  /** Bytes of a block of the ring, default 512 KiB; rounded up to a power of two that holds `snapBytes`. */
  readonly blockBytes?: number
  /** How long the kernel keeps a packet at most to fill its block, ms: 1 to 1,000, default 20. */
  readonly retireMs?: number
  /** Bytes kept of a packet: 64 to 1 MiB, default 262,144: whole packets. libpcap's child keeps 65,535. */
  readonly snapBytes?: number
  /** Also packets that are addressed to others, which is what a mirror brings. Default true; libpcap's child always does. */
  readonly promiscuous?: boolean
  /**
   * The kernel's filter: classic BPF, 8 bytes an instruction (struct sock_filter), or a function that gives it for a link
   * type (LINKTYPE_*), which interfaces that appear later are asked by. Null (default): everything.
   */
  readonly filter?: Uint8Array | ((link: number) => Uint8Array) | null
  /** The same filter as text in libpcap's language, for libpcap's child. */
  readonly filterText?: string
  /**
   * Shares the packets of each interface between the sources that name the same group (workers). Interface i uses the
   * kernel's group number `group` + i. `program` (classic BPF) returns the number of the source, modulo how many there are;
   * the kernel runs it from the network header on for what comes in and from the link header on for what goes out, so it
   * must load relative to SKF_NET_OFF or SKF_LL_OFF. Null: by the kernel's symmetric hash of the flow.
   */
  readonly fanout?: {
    readonly group: number
    readonly program: Uint8Array | null
    readonly isDefragmented?: boolean
  } | null
  /** Takes sentences for the operator: links that go down, a smaller ring, the fallback. */
  readonly log: (sentence: string) => void
  readonly clock?: LiveClock
  /** Loads the addon; tests bring their own. */
  readonly load?: () => AfPacketAddon
}

const RING_BYTES_DEFAULT = 64 * 1024 * 1024
const BLOCK_BYTES_DEFAULT = 512 * 1024
const RETIRE_MS_DEFAULT = 20
const SNAP_BYTES_DEFAULT = 262_144
/** What the kernel writes beside a packet that fills a block: the block's header, the packet's, alignment. */
const BLOCK_OVERHEAD_BYTES = 512
/** libpcap's child keeps this much of a packet whatever was asked for. */
const PIPE_BLOCK_BYTES_MIN = 128 * 1024

/** Throws LiveCaptureError. Interfaces that are not there are waited for. */
export function openLive(options: LiveOptions): LiveSource {
  checkInterfaces(options.interfaces, process.platform === "linux")
  const addon = chooseAddon(options)
  const sizes = settleSizes(options, addon === null ? PIPE_BLOCK_BYTES_MIN : 0)
  const clock = options.clock ?? SYSTEM_CLOCK
  const ports: LivePort[] = []
  try {
    for (const [i, name] of options.interfaces.entries()) {
      const port = addon === null ? openPipe(name, options, clock) : openRing(name, i, options, sizes, addon, clock)
      ports.push(port)
    }
  } catch (error) {
    for (const port of ports) port.close()
    throw error
  }
  const names = options.interfaces
  return new LiveSource(ports, names, counterKeys(names), sizes.blockBytes, options.log, clock)
}

/** The addon, or null for libpcap. */
function chooseAddon({ backend = "auto", load, log, filter, filterText, fanout }: LiveOptions): AfPacketAddon | null {
  let why = ""
  if (backend !== "libpcap") {
    try {
      if (process.platform !== "linux") throw new LiveCaptureError("unavailable", `no AF_PACKET on ${process.platform}`)
      return (load ?? loadAddon)()
    } catch (error) {
      if (backend === "af-packet" || !(error instanceof LiveCaptureError)) throw error
      why = ` (${error.message})`
    }
  }
  if (fanout)
    throw new LiveCaptureError("fanout", `libpcap cannot share an interface between workers; use one worker${why}`)
  if (filter && filterText === undefined)
    throw new LiveCaptureError("filter", `libpcap needs the filter as text; it was given compiled only${why}`)
  requireLibpcap(why)
  log(`capturing with libpcap in a child process: slower, and how many packets it loses is unknown${why}`)
  return null
}

interface Sizes {
  readonly ringBytes: number
  readonly blockBytes: number
  readonly retireMs: number
  readonly snapBytes: number
}

function settleSizes(options: LiveOptions, blockBytesMin: number): Sizes {
  const ringBytes = inRange("ringBytes", options.ringBytes ?? RING_BYTES_DEFAULT, 8192, 2 ** 30)
  const snapBytes = inRange("snapBytes", options.snapBytes ?? SNAP_BYTES_DEFAULT, 64, 2 ** 20)
  const wanted = inRange("blockBytes", options.blockBytes ?? BLOCK_BYTES_DEFAULT, 4096, 2 ** 24)
  return {
    ringBytes: powerOfTwo(ringBytes),
    blockBytes: powerOfTwo(Math.max(wanted, snapBytes + BLOCK_OVERHEAD_BYTES, blockBytesMin)),
    retireMs: inRange("retireMs", options.retireMs ?? RETIRE_MS_DEFAULT, 1, 1000),
    snapBytes,
  }
}

function openRing(
  name: string,
  i: number,
  options: LiveOptions,
  sizes: Sizes,
  addon: AfPacketAddon,
  clock: LiveClock,
): RingPort {
  const { filter = null, fanout = null, promiscuous = true } = options
  const group = fanout === null ? 0 : inRange("fanout.group", fanout.group + i, 0, 0xffff)
  const port = new RingPort(
    name,
    addon,
    {
      ...sizes,
      promiscuous,
      filter: { program: filter instanceof Uint8Array ? () => filter : filter, text: "" },
      fanout:
        fanout === null ? null : { group, program: fanout.program, isDefragmented: fanout.isDefragmented ?? false },
    },
    options.log,
    clock,
  )
  port.open()
  return port
}

function openPipe(name: string, options: LiveOptions, clock: LiveClock): PipePort {
  return new PipePort(name, options.filterText ?? "", options.log, clock)
}

function inRange(option: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new LiveCaptureError("options", `${option} must be a whole number from ${min} to ${max}, not ${value}`)
}

function powerOfTwo(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes))
}
