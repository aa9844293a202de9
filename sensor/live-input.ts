// The live source that the settings name: interfaces, filter, ring, the worker's share of the flows.
import type { ValuesOf } from "../shared/config/options.ts"
import { encodeProgram } from "./capture/filter/bpf-program.ts"
import { fanoutProgram } from "./capture/filter/fanout-program.ts"
import { compileFilter } from "./capture/filter/filter-compiler.ts"
import { FilterError } from "./capture/filter/filter-expression.ts"
import { parseFilter } from "./capture/filter/filter-parser.ts"
import { openLive } from "./capture/live.ts"
import { LiveCaptureError } from "./capture/live-error.ts"
import type { LiveFilter } from "./capture/live-port.ts"
import type { PacketSource } from "./capture/packet-source.ts"
import type { FILTER_OPTIONS, LIVE_OPTIONS, PipelineValues } from "./config.ts"
import type { FanoutGroup } from "./fanout-group.ts"

export type LiveInputValues = ValuesOf<typeof LIVE_OPTIONS> &
  ValuesOf<typeof FILTER_OPTIONS> &
  Pick<PipelineValues, "tunnel.vxlan-ports" | "tunnel.geneve-ports">

export interface LiveInput extends PacketSource {
  /** From now on only what matches is captured; "" everything. Throws LiveCaptureError, and nothing has changed. */
  setFilter(text: string): void
}

/** A ring smaller than this holds too few blocks to bridge a pause. */
const RING_BYTES_MIN = 1 << 20

/** Throws LiveCaptureError with a sentence for the operator. */
export function openLiveInput(
  values: LiveInputValues,
  fanout: FanoutGroup | null,
  say: (sentence: string) => void,
): LiveInput {
  const snapBytes = values["capture.snap"]
  const { program, text } = readFilter(values.filter, snapBytes)
  const source = openLive({
    interfaces: values.interface,
    backend: values["capture.backend"] as "auto",
    // Workers share what an interface may have.
    ringBytes: Math.max(RING_BYTES_MIN, Math.floor(values["capture.ring"] / values.workers)),
    snapBytes,
    promiscuous: values.promiscuous,
    filter: program,
    filterText: text,
    fanout:
      fanout === null ? null : { group: fanout.group, program: spread(values, fanout.seed), isDefragmented: true },
    log: say,
  })
  say(`Watching ${values.interface.join(", ")}.`)
  return Object.assign(source, { setFilter: (text: string) => source.refilter(readFilter(text, snapBytes)) })
}

/** The program by which the kernel splits packets between workers: both directions of an inner flow to the same one. */
function spread(values: LiveInputValues, seed: number): Uint8Array {
  const [vxlanPorts, genevePorts] = [values["tunnel.vxlan-ports"], values["tunnel.geneve-ports"]].map((ports) =>
    ports.map(Number),
  )
  return encodeProgram(fanoutProgram({ seed, vxlanPorts: vxlanPorts!, genevePorts: genevePorts! }))
}

/** Throws LiveCaptureError with the place of the mistake. */
function readFilter(text: string, snapBytes: number): LiveFilter {
  if (text.trim() === "") return { program: null, text: "" }
  const explained = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      if (error instanceof FilterError) throw new LiveCaptureError("filter", error.message)
      throw error
    }
  }
  const expression = explained(() => parseFilter(text))
  return {
    program: (link) => explained(() => encodeProgram(compileFilter(expression, { link, snapBytes }))),
    text,
  }
}
