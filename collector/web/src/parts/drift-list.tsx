// How traffic differs from a specification, with exchanges that show it.
import { compact, time } from "../format.ts"
import type { Drift } from "../types/specifications.ts"

function Samples({ drift }: { readonly drift: Drift }) {
  if (drift.samples.length === 0) return null
  return (
    <details>
      <summary>{drift.samples.length === 1 ? "1 example" : `${drift.samples.length} examples`}</summary>
      <ul>
        {drift.samples.map((sample) => (
          <li key={`${sample.at} ${sample.exchange} ${sample.path}`} class="soft">
            {time(sample.at)} <span class="mono">{sample.path}</span> {sample.status}
            {sample.consumer === "" ? null : (
              <>
                {" by "}
                <a class="link" href={`/consumers/${encodeURIComponent(sample.consumer)}`}>
                  {sample.consumer}
                </a>
              </>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
}

export function DriftList({ drift }: { readonly drift: readonly Drift[] }) {
  return (
    <ul class="lines">
      {drift.map((one) => (
        <li key={`${one.kind} ${one.place} ${one.name}`}>
          <span class="what">
            {one.sentence}{" "}
            <span class="faint">
              {compact(one.count)} times, last {time(one.lastSeen)}
            </span>
            <Samples drift={one} />
          </span>
        </li>
      ))}
    </ul>
  )
}
