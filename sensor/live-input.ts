// The live source that the settings name: interfaces, filter, ring, the worker's share of the flows.
//
// The filter works in the kernel. Packets that come through libpcap are filtered here, by the same language: libpcap's own
// reads the same words otherwise where there are VLAN tags.
import type { ValuesOf } from "../shared/config/options.ts"
import { BatchFilter } from "./capture/filter/batch-filter.ts"
import { encodeProgram } from "./capture/filter/bpf-program.ts"
import { fanoutProgram } from "./capture/filter/fanout-program.ts"
import { compileFilter } from "./capture/filter/filter-compiler.ts"
import { FilterError, type FilterExpression } from "./capture/filter/filter-expression.ts"
import { parseFilter } from "./capture/filter/filter-parser.ts"
import { DROP_ALL } from "./capture/kernel-filter.ts"
import { openLive } from "./capture/live.ts"
import { LiveCaptureError } from "./capture/live-error.ts"
import type { LiveSource } from "./capture/live-source.ts"
import type { PacketBatch } from "./capture/packet-batch.ts"
import type { CaptureCounters, CaptureProblem, PacketSource } from "./capture/packet-source.ts"
import type { FILTER_OPTIONS, LIVE_OPTIONS, PipelineValues } from "./config.ts"
import type { FanoutGroup } from "./fanout-group.ts"

export type LiveInputValues = ValuesOf<typeof LIVE_OPTIONS> &
  ValuesOf<typeof FILTER_OPTIONS> &
  Pick<PipelineValues, "tunnel.vxlan-ports" | "tunnel.geneve-ports">

/** A ring smaller than this holds too few blocks to bridge a pause. */
const RING_BYTES_MIN = 1 << 20
const LINK_ETHERNET = 1
/** What the kernel writes beside a packet. */
const RECORD_BYTES = 96

/**
 * Throws LiveCaptureError with a sentence for the operator. With `fanout` nothing is captured before `setFilter`: while the sockets of
 * a group join one after the other, the kernel hands each its share, and what one drops that is not ready yet nobody counts.
 */
export function openLiveInput(
  values: LiveInputValues,
  fanout: FanoutGroup | null,
  say: (sentence: string) => void,
): LiveInput {
  const snapBytes = values["capture.snap"]
  const filter = readFilter(values.filter)
  // Workers share what an interface may have.
  const ringBytes = Math.max(RING_BYTES_MIN, Math.floor(values["capture.ring"] / values.workers))
  const source = openLive({
    interfaces: values.interface,
    backend: values["capture.backend"] as "auto",
    ringBytes,
    snapBytes,
    promiscuous: values.promiscuous,
    filter: fanout === null ? programOf(filter, snapBytes) : () => DROP_ALL,
    // libpcap's child takes everything; LiveInput filters.
    filterText: "",
    // Fragments are put together by the sensor, which counts those that stay alone; the kernel would not.
    fanout: fanout === null ? null : { group: fanout.group, program: spread(values, fanout.seed) },
    log: say,
  })
  const input = new LiveInput(source, filter, snapBytes, ringBytes * values.interface.length)
  if (fanout === null) say(watching(values))
  return input
}

/** What is said once packets are taken. */
export function watching({ interface: names }: Pick<LiveInputValues, "interface">): string {
  return `Watching ${names.join(", ")}.`
}

export class LiveInput implements PacketSource {
  readonly isLive = true
  readonly counters: CaptureCounters
  readonly problems: readonly CaptureProblem[]
  readonly #source: LiveSource
  readonly #snapBytes: number
  /** Bytes of all rings. */
  readonly #ringBytes: number
  /** Where no kernel filters; null: it does, or everything is wanted. */
  #filter: BatchFilter | null

  constructor(source: LiveSource, filter: FilterExpression | null, snapBytes: number, ringBytes: number) {
    this.#source = source
    this.#snapBytes = snapBytes
    this.#ringBytes = ringBytes
    this.counters = source.counters
    this.problems = source.problems
    this.#filter = this.#batchFilter(filter)
  }

  get progress(): { readonly consumed: number; readonly total: number | null } {
    return this.#source.progress
  }

  /** Share of the rings that waits to be read, by the packets that wait and the average of those read; 0 where none are known. */
  get fill(): number {
    const { offered, packets, bytes, kernelDrops } = this.counters
    if (offered === undefined || packets === 0) return 0
    const waiting = offered - packets - (kernelDrops ?? 0)
    return Math.min(1, (waiting * (bytes / packets + RECORD_BYTES)) / this.#ringBytes)
  }

  next(batch: PacketBatch): boolean | Promise<boolean> {
    const next = this.#source.next(batch)
    if (this.#filter === null) return next
    if (typeof next !== "boolean") return next.then((isThere) => this.#keep(batch, isThere))
    return this.#keep(batch, next)
  }

  stop(): void {
    this.#source.stop()
  }

  close(): void {
    this.#source.close()
  }

  /** From now on only what matches is captured; "" everything. Throws LiveCaptureError, and nothing has changed. */
  setFilter(text: string): void {
    const filter = readFilter(text)
    this.#source.refilter({ program: programOf(filter, this.#snapBytes), text: "" })
    this.#filter = this.#batchFilter(filter)
  }

  #batchFilter(filter: FilterExpression | null): BatchFilter | null {
    return filter === null || this.counters.offered !== undefined ? null : new BatchFilter(filter)
  }

  #keep(batch: PacketBatch, isThere: boolean): boolean {
    if (!isThere || this.#filter === null) return isThere
    const left = this.#filter.apply(batch)
    this.counters.filtered = (this.counters.filtered ?? 0) + left
    this.counters.packets -= left
    return true
  }
}

/** The program by which the kernel splits packets between workers: both directions of an inner flow to the same one. */
function spread(values: LiveInputValues, seed: number): Uint8Array {
  const vxlanPorts = values["tunnel.vxlan-ports"].map(Number)
  const genevePorts = values["tunnel.geneve-ports"].map(Number)
  return encodeProgram(fanoutProgram({ seed, vxlanPorts, genevePorts }))
}

/** Throws LiveCaptureError with the place of the mistake, also of one that shows only in the program. */
function readFilter(text: string): FilterExpression | null {
  if (text.trim() === "") return null
  const expression = explained(() => parseFilter(text))
  programOf(expression, 1)!(LINK_ETHERNET)
  return expression
}

function programOf(filter: FilterExpression | null, snapBytes: number): ((link: number) => Uint8Array) | null {
  if (filter === null) return null
  return (link) => explained(() => encodeProgram(compileFilter(filter, { link, snapBytes })))
}

function explained<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof FilterError) throw new LiveCaptureError("filter", `--filter: ${error.message}`)
    throw error
  }
}
