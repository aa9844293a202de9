import { useApi } from "../api.ts"
import { count } from "../format.ts"
import { Chip, Choice, Export } from "../parts/filters.tsx"
import { Head } from "../parts/head.tsx"
import { detectionName } from "../parts/incident-labels.tsx"
import { INCIDENT_COLUMNS } from "../parts/incident-list.tsx"
import { Blank } from "../parts/states.tsx"
import { List } from "../parts/table.tsx"
import type { Named, Page } from "../types/common.ts"
import type { Budget, Detection, Incident, Lane } from "../types/incidents.ts"

const STATES = [
  ["active", "Open or acknowledged"],
  ["open", "Open"],
  ["acknowledged", "Acknowledged"],
  ["closed", "Closed"],
] as const
const LANES: readonly (readonly [lane: Lane, title: string, about: string])[] = [
  ["high", "Look now", "certain, or two kinds of evidence together"],
  ["review", "Look today", "out of the usual, not certain"],
]
const VERDICTS = ["malicious", "benign", "expected", "shared", "explained", "back"].map((name) => [name, name] as const)
const FILTERS = ["state", "lane", "kind", "verdict", "consumer", "service", "endpoint"] as const

/** Nothing to show must not read as nobody watching. */
function Watching({ isFiltered }: { readonly isFiltered: boolean }) {
  const budget = useApi<Budget>("/incident-budget").body
  const detections = useApi<Page<Detection>>("/detections?limit=100").body
  const on = detections?.items.filter(({ isEnabled }) => isEnabled).length ?? 0
  const young = budget === null ? 0 : budget.learning.rules + budget.learning.shrunk
  return (
    <Blank title={isFiltered ? "No incidents match." : "Nothing to look at."}>
      {detections?.total === 0 ? (
        <p>This collector runs without the analysis: nobody watches.</p>
      ) : budget === null ? null : (
        <p>
          {count(on)} of {count(detections?.total ?? 0)}{" "}
          <a class="link" href="/detections">
            detections
          </a>{" "}
          are on and watch {count(budget.consumers)} {budget.consumers === 1 ? "consumer" : "consumers"}.{" "}
          {young === 0
            ? "The history of each is long enough to say what is usual."
            : `${count(young)} of them ${young === 1 ? "is" : "are"} still being learned.`}
        </p>
      )}
      <p>
        Until a consumer has shown 3 days and 200 requests, only facts and its peers speak against it; to the 14th day
        its own history counts half.
      </p>
    </Blank>
  )
}

interface LaneListProps {
  readonly lane: Lane
  readonly title: string
  readonly about: string
  readonly filters: Readonly<Record<string, string>>
  readonly sort: string
  readonly isFiltered: boolean
}

function LaneList({ lane, title, about, filters, sort, isFiltered }: LaneListProps) {
  return (
    <section aria-labelledby={`lane-${lane}`} class="lane">
      <h2 id={`lane-${lane}`}>
        <span class={`dot fill ${lane === "high" ? "bad" : "warn"}`} aria-hidden="true" /> {title}{" "}
        <span class="faint">{about}</span>
      </h2>
      <List<Incident>
        path="/incidents"
        filters={{ ...filters, lane }}
        sort={sort}
        columns={INCIDENT_COLUMNS}
        label={title}
        keyOf={(row) => row.id}
        empty={lane === "high" ? <Watching isFiltered={isFiltered} /> : <Blank title="None in this lane." />}
      />
    </section>
  )
}

export function IncidentsPage({ query }: { readonly query: URLSearchParams }) {
  const filters = Object.fromEntries(
    FILTERS.map((name) => [name, query.get(name) ?? (name === "state" ? "active" : "")] as const),
  )
  const sort = query.get("sort") ?? "-score"
  const named = (rows: readonly Named[] | undefined) => (rows ?? []).map(({ id, name }) => [id, name] as const)
  const services = useApi<Page<Named>>("/services?sort=name&limit=500").body?.items
  const consumers = useApi<Page<Named>>("/consumers?sort=name&limit=500").body?.items
  const kinds = useApi<Page<Detection>>("/detections?limit=100").body?.items ?? []
  const shown = LANES.filter(([lane]) => filters.lane === "" || filters.lane === lane)
  const isFiltered = FILTERS.some((name) => name !== "state" && name !== "lane" && filters[name] !== "")
  return (
    <>
      <Head title="Incidents" sub="The few things worth a person's time: what is not as it usually is, and why." />
      <search class="filters">
        <Choice name="state" label="State" value={filters.state ?? ""} all="all" options={STATES} />
        <Choice
          name="lane"
          label="Lane"
          value={filters.lane ?? ""}
          options={LANES.map(([lane, title]) => [lane, title])}
        />
        <Choice
          name="kind"
          label="Detection"
          value={filters.kind ?? ""}
          options={[...kinds.map(({ name }) => [name, detectionName(name)] as const), ["shared-cause", "shared cause"]]}
        />
        {filters.state === "closed" || filters.state === "all" ? (
          <Choice name="verdict" label="Verdict" value={filters.verdict ?? ""} options={VERDICTS} />
        ) : null}
        <Choice name="consumer" label="Consumer" value={filters.consumer ?? ""} options={named(consumers)} />
        <Choice name="service" label="Service" value={filters.service ?? ""} options={named(services)} />
        {filters.endpoint ? <Chip name="endpoint" text={`at ${filters.endpoint}`} /> : null}
        <Export path="/incidents" filters={{ ...filters, sort }} />
      </search>
      {shown.map(([lane, title, about]) => (
        <LaneList key={lane} {...{ lane, title, about, filters, sort, isFiltered }} />
      ))}
    </>
  )
}
