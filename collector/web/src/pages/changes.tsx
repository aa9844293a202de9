import { query as queryText, useApi } from "../api.ts"
import { ChangeList } from "../parts/changes.tsx"
import { Chip, Choice, Export, Since } from "../parts/filters.tsx"
import { Head } from "../parts/head.tsx"
import { Loaded } from "../parts/states.tsx"
import { Nothing } from "../parts/table.tsx"
import type { Page } from "../types/common.ts"
import type { Change } from "../types/overview.ts"

/** Changes by the day of their event time, in the order given. */
function byDay(changes: readonly Change[]): [day: string, changes: Change[]][] {
  const days = new Map<string, Change[]>()
  for (const change of changes) {
    const day = change.at?.slice(0, 10) ?? "undated"
    const list = days.get(day) ?? []
    list.push(change)
    days.set(day, list)
  }
  return [...days]
}

const KINDS = [
  ["service", "Services"],
  ["endpoint", "Endpoints"],
  ["parameter", "Parameters"],
  ["schema", "Bodies"],
  ["status", "Statuses"],
  ["auth", "Authentication"],
  ["consumer", "Consumers"],
] as const

export function ChangesPage({ query }: { readonly query: URLSearchParams }) {
  const filters = {
    kind: query.get("kind") ?? "",
    since: query.get("since") ?? "",
    subject: query.get("subject") ?? "",
  }
  const filtered = Object.values(filters).some((value) => value !== "")
  const answer = useApi<Page<Change>>(`/changes${queryText({ ...filters, limit: 500 })}`)
  return (
    <>
      <Head title="What is new" sub="The newest 500 changes of the inventory, by event time (UTC)." />
      <search class="filters">
        <Choice name="kind" label="Kind" value={filters.kind} options={KINDS} />
        <Since name="since" label="Since" value={filters.since} />
        {filters.subject === "" ? null : <Chip name="subject" text={`of ${filters.subject}`} />}
        <Export path="/changes" filters={filters} />
      </search>
      <Loaded answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <div class="panel">
              <Nothing what="changes" filtered={filtered} />
            </div>
          ) : (
            <div class="stack">
              {byDay(items).map(([day, changes]) => (
                <section key={day} class="panel" aria-label={day}>
                  <div class="panel-head">
                    <h2>{day}</h2>
                    <span class="aside">{changes.length}</span>
                  </div>
                  <div class="panel-body">
                    <ChangeList changes={changes} />
                  </div>
                </section>
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  )
}
