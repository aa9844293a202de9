import { time } from "../format.ts"
import { Chip, Export } from "../parts/filters.tsx"
import { Head } from "../parts/head.tsx"
import { Blank } from "../parts/states.tsx"
import { type Column, List, Nothing } from "../parts/table.tsx"
import type { AuditEntry } from "../types/overview.ts"

const COLUMNS: readonly Column<AuditEntry>[] = [
  { name: "When", cell: (row) => time(row.at) },
  { name: "Who", cell: (row) => row.who },
  {
    name: "What it did",
    grow: true,
    cell: (row) => (
      <>
        {row.sentence}
        {row.reason === "" ? null : <div class="faint">Reason: {row.reason}</div>}
      </>
    ),
  },
  { name: "Kind", spare: "wide", cell: (row) => <span class="badge">{row.action}</span> },
  {
    name: "Subject",
    cell: (row) => (
      <a data-main class="mono" href={`/audit?subject=${encodeURIComponent(row.subject)}`}>
        {row.subject}
      </a>
    ),
  },
]

export function AuditPage({ query }: { readonly query: URLSearchParams }) {
  const subject = query.get("subject") ?? ""
  return (
    <>
      <Head title="Audit" sub="Every change by people, newest first, by the collector's clock (UTC)." />
      <search class="filters">
        {subject === "" ? null : <Chip name="subject" text={`of ${subject}`} />}
        <Export path="/audit" filters={{ subject }} />
      </search>
      <List<AuditEntry>
        path="/audit"
        filters={{ subject }}
        sort=""
        columns={COLUMNS}
        label="Audit log"
        keyOf={(row) => String(row.sequence)}
        empty={
          subject === "" ? (
            <Blank title="Nobody has changed anything yet.">
              <p>Pins, notes, specifications, partners and decisions are listed here with who made them, and why.</p>
            </Blank>
          ) : (
            <Nothing what="entries" filtered />
          )
        }
      />
    </>
  )
}
