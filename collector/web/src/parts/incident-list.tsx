// Incidents as rows: lane by lane on their page, in a few lines elsewhere.
import { query, useApi } from "../api.ts"
import { time } from "../format.ts"
import type { Page } from "../types/common.ts"
import type { Incident } from "../types/incidents.ts"
import { aboutOf, Detections, LaneBadge, StateBadge } from "./incident-labels.tsx"
import { Loaded } from "./states.tsx"
import type { Column } from "./table.tsx"

export const incidentLink = ({ id }: { readonly id: string }): string => `/incidents/${encodeURIComponent(id)}`

/** "1,2"? No: one digit behind the point, so that scores align. */
const score = (value: number): string => value.toFixed(1)

export const INCIDENT_COLUMNS: readonly Column<Incident>[] = [
  { name: "Score", sort: "score", number: true, cell: (row) => <strong>{score(row.score)}</strong> },
  { name: "Who", wrap: "name", cell: (row) => aboutOf(row) },
  {
    name: "Incident",
    grow: true,
    cell: (row) => (
      <>
        <a data-main class="clamp" href={incidentLink(row)} title={row.summary}>
          {row.summary}
        </a>
        <Detections incident={row} />
      </>
    ),
  },
  {
    name: "Service",
    wrap: "name",
    spare: "wide",
    cell: (row) => <span class="soft">{row.service?.name ?? ""}</span>,
  },
  { name: "State", sort: "state", cell: (row) => <StateBadge incident={row} /> },
  { name: "Opened", sort: "openedAt", number: true, spare: true, cell: (row) => time(row.openedAt) },
  { name: "Latest", sort: "lastEvent", number: true, cell: (row) => time(row.lastEvent) },
]

export function IncidentLines({ incidents }: { readonly incidents: readonly Incident[] }) {
  return (
    <ul class="lines">
      {incidents.map((incident) => (
        <li key={incident.id} class="spread">
          <span class="what">
            <LaneBadge lane={incident.lane} /> {incident.state === "open" ? null : <StateBadge incident={incident} />}{" "}
            <a class="clamp" href={incidentLink(incident)} title={incident.summary}>
              {incident.summary}
            </a>
          </span>
          <span class="when">{time(incident.lastEvent)}</span>
        </li>
      ))}
    </ul>
  )
}

const SHOWN = 8

/** Of one consumer or endpoint, newest first. */
export function IncidentsOf({ by, id }: { readonly by: "consumer" | "endpoint"; readonly id: string }) {
  const answer = useApi<Page<Incident>>(`/incidents${query({ [by]: id, state: "all", limit: SHOWN })}`)
  return (
    <section class="panel" aria-labelledby="incidents">
      <div class="panel-head">
        <h2 id="incidents">Incidents</h2>
        <a class="aside" href={`/incidents${query({ [by]: id, state: "all" })}`}>
          As a list
        </a>
      </div>
      <div class="panel-body">
        <Loaded answer={answer}>
          {({ items }) =>
            items.length === 0 ? <p class="faint">None so far.</p> : <IncidentLines incidents={items} />
          }
        </Loaded>
      </div>
    </section>
  )
}
