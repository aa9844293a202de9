// What happened, in order of event time; of a long one its beginning and its end, with the rest for whoever asks.
import { useState } from "preact/hooks"
import { count, time } from "../format.ts"
import type { Incident } from "../types/incidents.ts"

type Entries = Incident["timeline"]

const FIRST = 2
const LAST = 6

function Entry({ entry: { at, what } }: { readonly entry: Entries[number] }) {
  return (
    <li>
      <time dateTime={at ?? ""}>{time(at)}</time>
      <span>{what}</span>
    </li>
  )
}

export function Timeline({ entries }: { readonly entries: Entries }) {
  const [isWhole, setWhole] = useState(false)
  const hidden = isWhole ? 0 : Math.max(0, entries.length - FIRST - LAST)
  const line = (entry: Entries[number], i: number) => <Entry key={`${entry.at} ${i}`} entry={entry} />
  return (
    <section class="panel" aria-labelledby="timeline">
      <div class="panel-head">
        <h2 id="timeline">Timeline</h2>
        <span class="aside">event time, UTC</span>
      </div>
      <div class="panel-body">
        <ol class="timeline">
          {hidden === 0 ? (
            entries.map(line)
          ) : (
            <>
              {entries.slice(0, FIRST).map(line)}
              <li class="folded">
                <button type="button" class="button small" onClick={() => setWhole(true)}>
                  {count(hidden)} in between
                </button>
              </li>
              {entries.slice(-LAST).map(line)}
            </>
          )}
        </ol>
      </div>
    </section>
  )
}
