// What people changed of one thing.
import { useApi } from "../api.ts"
import { time } from "../format.ts"
import type { Page } from "../types/common.ts"
import type { AuditEntry } from "../types/overview.ts"

interface AuditListProps {
  /** Id of what was changed; null: entries of all that `isOf` takes. */
  readonly subject: string | null
  readonly isOf?: (entry: AuditEntry) => boolean
}

const SHOWN = 12

export function AuditList({ subject, isOf = () => true }: AuditListProps) {
  const path = subject === null ? "/audit?limit=500" : `/audit?subject=${encodeURIComponent(subject)}&limit=100`
  const entries = (useApi<Page<AuditEntry>>(path).body?.items ?? []).filter(isOf)
  return (
    <section class="panel" aria-labelledby="audit">
      <div class="panel-head">
        <h2 id="audit">Changed by people</h2>
        <a class="aside" href="/audit">
          Audit
        </a>
      </div>
      <div class="panel-body">
        {entries.length === 0 ? (
          <p class="faint">Nothing.</p>
        ) : (
          <ul class="lines">
            {entries.slice(0, SHOWN).map((entry) => (
              <li key={entry.sequence}>
                <span class="when">{time(entry.at).slice(5)}</span>
                <span class="what">
                  {entry.sentence}
                  <div class="faint">
                    {entry.who}
                    {entry.reason === "" ? "" : `: ${entry.reason}`}
                  </div>
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}
