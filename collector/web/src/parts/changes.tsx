import { time } from "../format.ts"
import type { Change } from "../types/overview.ts"

const PAGES: Readonly<Record<string, string>> = {
  service: "/services",
  endpoint: "/endpoints",
  parameter: "/endpoints",
  schema: "/endpoints",
  status: "/endpoints",
  auth: "/endpoints",
  partner: "/partners",
  consumer: "/consumers",
  sensor: "/sensors",
}

/** Where the subject of a change is shown; null when there is no page for it. */
export function subjectLink(change: Change): string | null {
  const page = PAGES[change.kind.split(".")[0] ?? ""]
  return page === undefined || change.subject === "" ? null : `${page}/${encodeURIComponent(change.subject)}`
}

export function ChangeList({ changes }: { readonly changes: readonly Change[] }) {
  if (changes.length === 0) return <p class="faint">Nothing yet.</p>
  return (
    <ul class="lines">
      {changes.map((change) => {
        const link = subjectLink(change)
        return (
          <li key={change.sequence} data-row>
            <span class="when">{time(change.madeAt ?? change.at).slice(5)}</span>
            <span class="what">
              {link === null ? (
                change.sentence
              ) : (
                <a data-main href={link}>
                  {change.sentence}
                </a>
              )}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
