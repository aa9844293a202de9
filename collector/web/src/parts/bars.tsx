// Counts as horizontal bars, and a whole as its parts.
import { compact, percent, share } from "../format.ts"
import type { Counts } from "../types/common.ts"

export interface Bar {
  readonly name: string
  readonly value: number
  readonly tone?: string
}

/** Greatest first unless told otherwise. */
export function barsOf(counts: Counts, tone?: (name: string) => string): Bar[] {
  return Object.entries(counts)
    .map(([name, value]) => ({ name, value, ...(tone === undefined ? {} : { tone: tone(name) }) }))
    .sort((a, b) => b.value - a.value)
}

export function Bars({ bars, empty }: { readonly bars: readonly Bar[]; readonly empty: string }) {
  if (bars.length === 0) return <p class="faint">{empty}</p>
  const all = bars.reduce((sum, bar) => sum + bar.value, 0)
  const most = bars.reduce((max, bar) => Math.max(max, bar.value), 1)
  return (
    <div class="bars">
      {bars.map(({ name, value, tone }) => (
        <>
          <span>{name}</span>
          <span class="track" aria-hidden="true">
            <span class={`fill ${tone ?? ""}`} style={{ display: "block", width: `${(value / most) * 100}%` }} />
          </span>
          <span class="number">{compact(value)}</span>
          <span class="number faint">{percent(share(value, all))}</span>
        </>
      ))}
    </div>
  )
}

export function Split({ parts }: { readonly parts: readonly (Bar & { readonly meaning?: string })[] }) {
  const all = parts.reduce((sum, part) => sum + part.value, 0)
  const shown = parts.filter((part) => part.value > 0)
  return (
    <>
      <div class="split" aria-hidden="true">
        {shown.map(({ name, value, tone }) => (
          <span key={name} class={`fill ${tone ?? "idle"}`} style={{ flexGrow: value, flexBasis: 0 }} />
        ))}
      </div>
      <div class="legend">
        {parts.map(({ name, value, tone, meaning }) => (
          <>
            <span class={`dot fill ${tone ?? "idle"}`} aria-hidden="true" />
            <span title={meaning}>{name}</span>
            <span class="number">{compact(value)}</span>
            <span class="number faint">{percent(share(value, all))}</span>
          </>
        ))}
      </div>
    </>
  )
}

export function Tile(props: {
  readonly what: string
  readonly value: string
  readonly note?: string
  readonly href?: string
}) {
  const inside = (
    <>
      <div class="what">{props.what}</div>
      <div class="value">{props.value}</div>
      {props.note === undefined ? null : <div class="note">{props.note}</div>}
    </>
  )
  return props.href === undefined ? (
    <div class="tile">{inside}</div>
  ) : (
    <a class="tile" href={props.href}>
      {inside}
    </a>
  )
}
