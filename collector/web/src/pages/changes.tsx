import { useApi } from "../api.ts"
import { ChangeList } from "../parts/changes.tsx"
import { Head } from "../parts/head.tsx"
import { Loaded } from "../parts/states.tsx"
import { Nothing } from "../parts/table.tsx"
import type { Change } from "../types/overview.ts"
import type { Page } from "../types/common.ts"

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

export function ChangesPage() {
  const answer = useApi<Page<Change>>("/changes?limit=500")
  return (
    <>
      <Head title="What is new" sub="The newest 500 first appearances, by event time (UTC)." />
      <Loaded answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <div class="panel">
              <Nothing what="changes" filtered={false} />
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
