// The live source that the settings name: interfaces, filter, ring, the worker's share of the flows.

import type { ValuesOf } from "../shared/config/options.ts"
import { openLive } from "./capture/live.ts"
import type { PacketSource } from "./capture/packet-source.ts"
import type { FILTER_OPTIONS, LIVE_OPTIONS } from "./config.ts"
import type { FanoutGroup } from "./fanout-group.ts"

export type LiveInputValues = ValuesOf<typeof LIVE_OPTIONS> & ValuesOf<typeof FILTER_OPTIONS>
export type LiveInput = PacketSource

/** Throws LiveCaptureError with a sentence for the operator. */
export function openLiveInput(
  values: LiveInputValues,
  fanout: FanoutGroup | null,
  say: (sentence: string) => void,
): LiveInput {
  const input = openLive({
    interfaces: values.interface,
    backend: values["capture.backend"] as "auto",
    ringBytes: values["capture.ring"],
    snapBytes: values["capture.snap"],
    promiscuous: values.promiscuous,
    fanout: fanout === null ? null : { group: fanout.group, program: null, isDefragmented: true },
    log: say,
  })
  say(`Watching ${values.interface.join(", ")}.`)
  return input
}
