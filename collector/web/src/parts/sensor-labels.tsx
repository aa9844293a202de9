// Words for sensors: whether one is heard, what share was lost, and that it cannot be told.
import { count, percent } from "../format.ts"
import type { SensorState } from "../types/sensors.ts"

const STATES: Readonly<Record<SensorState, readonly [tone: string, name: string, meaning: string]>> = {
  running: ["good", "Running", "It is heard at least every ten seconds, also when there is nothing to tell."],
  silent: ["bad", "Silent", "It has not said that it ended, and nothing is heard of it any more."],
  finished: ["", "Finished", "It said that it ended: captures are read to their end, or it was stopped."],
}

export function StateBadge({ state }: { readonly state: SensorState }) {
  const [tone, name, meaning] = STATES[state]
  return (
    <span class={`badge ${tone}`} title={meaning}>
      {name}
    </span>
  )
}

/** "0.3 %" of loss, loud from a tenth of a percent on; a loss that cannot be counted is unknown, never none. */
export function LossShare({ share, unknown }: { readonly share: number | null; readonly unknown: boolean }) {
  if (share === null) {
    return unknown ? (
      <span class="badge warn" title="Losses of an interface cannot be counted: this is not zero.">
        unknown
      </span>
    ) : (
      <span class="faint">–</span>
    )
  }
  if (share === 0) return <span class="faint">0</span>
  return <span class={share >= 0.001 ? "badge bad" : "badge warn"}>{percent(share)}</span>
}

export function Drops({ drops }: { readonly drops: number | null }) {
  if (drops === null) return <LossShare share={null} unknown />
  return <span class={drops === 0 ? "faint" : ""}>{count(drops)}</span>
}
