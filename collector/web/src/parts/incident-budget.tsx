// Open incidents by lane, and how many were opened against what was promised.
import { useApi } from "../api.ts"
import { count } from "../format.ts"
import type { Page } from "../types/common.ts"
import type { Budget, Incident, Lane } from "../types/incidents.ts"
import { LANES } from "./incident-labels.tsx"
import { IncidentLines } from "./incident-list.tsx"
import { Loaded } from "./states.tsx"

interface UseProps {
  readonly what: string
  readonly opened: number
  readonly promised: number
}

/** 0.031 false ones are promised where there are 31 consumers: said with two digits. */
const promisedText = (value: number): string =>
  value >= 10 ? count(value) : value === 0 ? "0" : String(Number(value.toPrecision(2)))

function Use({ what, opened, promised }: UseProps) {
  const full = Math.max(opened, promised, 1)
  const tone = opened <= promised ? "good" : "warn"
  return (
    <>
      <span>{what}</span>
      <span class="track" aria-hidden="true">
        <span class={`fill ${tone}`} style={{ display: "block", width: `${(opened / full) * 100}%` }} />
      </span>
      <span class="number">{count(opened)}</span>
      <span class="number faint">of {promisedText(promised)}</span>
    </>
  )
}

export function BudgetPanel() {
  const answer = useApi<Budget>("/incident-budget")
  return (
    <section class="panel" aria-labelledby="budget">
      <div class="panel-head">
        <h2 id="budget">Budget</h2>
        <span class="aside">opened, of false ones promised at most</span>
      </div>
      <div class="panel-body">
        <Loaded answer={answer}>
          {({ consumers, learning, highInWeek, highPerWeek, reviewInDay, reviewPerDay }) => (
            <>
              <div class="bars">
                <Use what="High, 7 days" opened={highInWeek} promised={highPerWeek} />
                <Use what="Review, a day" opened={reviewInDay} promised={reviewPerDay} />
              </div>
              <p class="soft">
                {count(consumers)} {consumers === 1 ? "consumer" : "consumers"}: {count(learning.full)} known,{" "}
                {count(learning.shrunk)} at half weight, {count(learning.rules)} by rules and peers only. More than was
                promised is either an attack or a setting that is too sharp.
              </p>
            </>
          )}
        </Loaded>
      </div>
    </section>
  )
}

const SHOWN = 4

function LaneLines({ lane }: { readonly lane: Lane }) {
  const answer = useApi<Page<Incident>>(`/incidents?state=active&lane=${lane}&sort=-score&limit=${SHOWN}`)
  const [tone, name] = LANES[lane]
  return (
    <Loaded answer={answer}>
      {({ items, total }) => (
        <>
          <p>
            <a class="lane-count" href={`/incidents?lane=${lane}`}>
              <span class={`dot fill ${total === 0 ? "idle" : tone}`} aria-hidden="true" />{" "}
              <strong>{count(total)}</strong> to {name}
            </a>
          </p>
          {items.length === 0 ? null : <IncidentLines incidents={items} />}
        </>
      )}
    </Loaded>
  )
}

/** Of the overview: what is open, and what of it weighs most. */
export function OpenIncidents() {
  return (
    <section class="panel" aria-labelledby="incidents">
      <div class="panel-head">
        <h2 id="incidents">Incidents</h2>
        <a class="aside" href="/incidents">
          All incidents
        </a>
      </div>
      <div class="panel-body">
        <LaneLines lane="high" />
        <LaneLines lane="review" />
      </div>
    </section>
  )
}
