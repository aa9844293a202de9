// What detections know of where a consumer comes from and with what: how many values, since when, on how many days.
import { useApi } from "../api.ts"
import { count, time } from "../format.ts"
import type { Baseline } from "../types/incidents.ts"
import { Loaded } from "./states.tsx"

type Shown = Baseline["fingerprints"][number]

function Value({ shown: { value, first, last, days } }: { readonly shown: Shown }) {
  return (
    <div title={`${time(first)} to ${time(last)} UTC`}>
      <span class="mono">{value}</span>{" "}
      <span class="faint">
        since {time(first).slice(0, 10)}, {count(days)} {days === 1 ? "day" : "days"}
      </span>
    </div>
  )
}

export function KnownClients({ consumer }: { readonly consumer: string }) {
  const answer = useApi<Baseline>(`/consumers/${encodeURIComponent(consumer)}/baseline`)
  return (
    <section class="panel" aria-labelledby="known">
      <div class="panel-head">
        <h2 id="known">Known fingerprints</h2>
        <span class="aside">of successes, as hashes</span>
      </div>
      <div class="panel-body">
        <Loaded answer={answer}>
          {({ fingerprints }) =>
            fingerprints.length === 0 ? (
              <p class="faint">None yet.</p>
            ) : (
              <dl class="facts">
                {[...new Set(fingerprints.map(({ dimension }) => dimension))].map((dimension) => (
                  <>
                    <dt>{dimension}</dt>
                    <dd>
                      {fingerprints
                        .filter((shown) => shown.dimension === dimension)
                        .map((shown) => (
                          <Value key={shown.value} shown={shown} />
                        ))}
                    </dd>
                  </>
                ))}
              </dl>
            )
          }
        </Loaded>
      </div>
    </section>
  )
}
