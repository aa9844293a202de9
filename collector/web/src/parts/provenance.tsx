// Where the ids of an incident's samples come from: given to this consumer or not, whose they are, which list gives them.
import type { ComponentChildren } from "preact"
import { useApi } from "../api.ts"
import { count } from "../format.ts"
import type { Named } from "../types/common.ts"
import type { Provenance, TracedId } from "../types/incidents.ts"
import { detectionName } from "./incident-labels.tsx"
import { Loaded } from "./states.tsx"
import { type Column, Table } from "./table.tsx"

const consumerLink = ({ id, name }: Named) => (
  <a key={id} class="link" href={`/consumers/${encodeURIComponent(id)}`}>
    {name}
  </a>
)

function Given({ row: { wasGiven } }: { readonly row: TracedId }) {
  return wasGiven ? (
    <span class="badge" title="An answer has given it to this consumer; that may be the answer to this very request.">
      by now
    </span>
  ) : (
    <span class="badge bad">never</span>
  )
}

function Owner({ row: { owner, isOwn, uses, otherUses } }: { readonly row: TracedId }): ComponentChildren {
  if (owner === null) return <span class="faint">nobody's so far</span>
  return (
    <>
      {isOwn ? "its own" : consumerLink(owner)}{" "}
      <span class="faint">
        {uses} of {uses + otherUses} uses
      </span>
    </>
  )
}

function Others({ row: { others, othersGiven } }: { readonly row: TracedId }): ComponentChildren {
  if (othersGiven === 0) return <span class="faint">no other</span>
  const more = othersGiven - others.length
  return (
    <>
      {others.map((other, i) => [i === 0 ? "" : ", ", consumerLink(other)])}
      {more > 0 ? ` and ${count(more)} more` : ""}
    </>
  )
}

const COLUMNS: readonly Column<TracedId>[] = [
  { name: "Id", cell: (row) => <span class="mono">{row.object}</span> },
  { name: "Shown by", spare: true, cell: (row) => detectionName(row.detection) },
  { name: "Given to it", cell: (row) => <Given row={row} /> },
  { name: "Whose it is", grow: true, cell: (row) => <Owner row={row} /> },
  { name: "Given to others", wrap: "words", cell: (row) => <Others row={row} /> },
  {
    name: "By the list",
    wrap: "name",
    cell: (row) =>
      row.givenBy === null ? (
        <span class="faint">none</span>
      ) : (
        <a class="mono" href={`/endpoints/${encodeURIComponent(row.givenBy.id)}`}>
          {row.givenBy.name}
        </a>
      ),
  },
]

export function ProvenancePanel({ incident }: { readonly incident: string }) {
  const answer = useApi<Provenance>(`/incidents/${encodeURIComponent(incident)}/provenance`)
  return (
    <section class="panel" aria-labelledby="provenance">
      <div class="panel-head">
        <h2 id="provenance">Where its ids come from</h2>
        <span class="aside">pseudonyms; as known now</span>
      </div>
      <Loaded answer={answer}>
        {({ items, more }) =>
          items.length === 0 ? (
            <div class="panel-body">
              <p class="faint">No sample of this incident has an id.</p>
            </div>
          ) : (
            <>
              <Table columns={COLUMNS} rows={items} label="Where its ids come from" keyOf={(row) => row.object} />
              {more === 0 ? null : (
                <div class="panel-body">
                  <p class="faint">and {count(more)} more</p>
                </div>
              )}
            </>
          )
        }
      </Loaded>
    </section>
  )
}
