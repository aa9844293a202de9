// All that was measured: what the checks judge.
import type { CaptureCounters } from "../capture/packet-source.ts"
import type { DecoderCounters } from "../decode/counters.ts"
import type { ChecksumCounters } from "./checksum-watch.ts"
import type { CopyCounters } from "./copy-window.ts"
import type { FlowCounters } from "./flow-counters.ts"
import type { FrameCounters } from "./frame-watch.ts"
import type { HostFacts } from "./host-facts.ts"
import type { LossCounters } from "./loss-watch.ts"
import type { TimeCounters } from "./time-watch.ts"

export interface Measurements {
  readonly capture: CaptureCounters
  readonly isLive: boolean
  /** Seconds looked: by the clock on the wall when live, else in packet time. */
  readonly seconds: number
  readonly time: TimeCounters
  readonly frames: FrameCounters
  /** Flows around tunnels that were told apart. */
  readonly outerFlows: number
  readonly decoder: DecoderCounters
  readonly copies: CopyCounters
  readonly flows: FlowCounters
  readonly loss: LossCounters
  readonly checksums: ChecksumCounters
  /** Live: clock on the wall minus packet time when packets were handed over, µs, the smallest and the largest; else null. */
  readonly skew: { readonly minUs: number; readonly maxUs: number } | null
  /** Live: what the system says of each interface, at the start and at the end. */
  readonly hosts: readonly { readonly before: HostFacts; readonly after: HostFacts }[]
}
