// Parameters of an endpoint: where, of what type, whether they must be there, whether their values are few.
import { percent, time } from "../format.ts"
import type { Parameter } from "../types/schemas.ts"
import { type Column, Table } from "./table.tsx"

const COLUMNS: readonly Column<Parameter>[] = [
  {
    name: "Name",
    grow: true,
    cell: (row) => (
      <>
        <span class="mono">{row.name}</span> {row.required ? <span class="badge info">required</span> : null}
        {row.in === "query" ? <div class="faint">{row.values.sentence}</div> : null}
      </>
    ),
  },
  { name: "In", cell: (row) => <span class="soft">{row.in}</span> },
  {
    name: "Type",
    cell: (row) => (
      <span title={Object.keys(row.kinds).join(", ")}>
        <span class="badge violet">{row.types.length === 0 ? "not told" : row.types.join(" | ")}</span>
        {row.format === null ? null : <span class="badge">{row.format}</span>}
        {row.values.verdict === "enum" ? <span class="badge info">{row.values.distinct} values</span> : null}
      </span>
    ),
  },
  { name: "Presence", number: true, cell: (row) => (row.presence >= 1 ? "always" : percent(row.presence)) },
  { name: "First seen", number: true, spare: true, cell: (row) => time(row.firstSeen) },
]

export function Parameters({ parameters }: { readonly parameters: readonly Parameter[] }) {
  return (
    <section class="panel" aria-labelledby="parameters">
      <div class="panel-head">
        <h2 id="parameters">Parameters</h2>
        <span class="aside">types and counts of pseudonyms, never values</span>
      </div>
      {parameters.length === 0 ? (
        <div class="panel-body faint">None seen.</div>
      ) : (
        <Table columns={COLUMNS} rows={parameters} label="Parameters" keyOf={(row) => `${row.in} ${row.name}`} />
      )}
    </section>
  )
}
