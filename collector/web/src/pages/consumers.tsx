import { compact, count, time } from "../format.ts"
import { Search } from "../parts/filters.tsx"
import { Head } from "../parts/head.tsx"
import { ErrorShare, Scheme } from "../parts/labels.tsx"
import { type Column, List, Nothing } from "../parts/table.tsx"
import type { Consumer } from "../types/consumers.ts"

const COLUMNS: readonly Column<Consumer>[] = [
  {
    name: "Consumer",
    sort: "name",
    grow: true,
    cell: (row) => (
      <a data-main href={`/consumers/${encodeURIComponent(row.id)}`}>
        <strong>{row.name}</strong>
      </a>
    ),
  },
  { name: "Credential", cell: (row) => <Scheme name={row.scheme} /> },
  { name: "Partner", spare: true, cell: (row) => (row.partner === null ? <span class="faint">–</span> : row.partner) },
  {
    name: "History",
    cell: (row) =>
      row.learning ? (
        <span class="badge" title="Younger than 3 days of event time, or under 200 requests.">
          learning
        </span>
      ) : (
        <span class="badge good">established</span>
      ),
  },
  { name: "Endpoints", sort: "endpoints", number: true, spare: true, cell: (row) => count(row.endpoints) },
  { name: "Requests", sort: "requests", number: true, cell: (row) => compact(row.requests) },
  {
    name: "Errors",
    sort: "errors",
    number: true,
    cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} />,
  },
  { name: "First seen", sort: "firstSeen", number: true, spare: true, cell: (row) => time(row.firstSeen) },
  { name: "Last seen", sort: "lastSeen", number: true, cell: (row) => time(row.lastSeen) },
]

export function ConsumersPage({ query }: { readonly query: URLSearchParams }) {
  const search = query.get("search") ?? ""
  return (
    <>
      <Head title="Consumers" sub="Who calls: one line a principal, by its credential." />
      <search class="filters">
        <Search value={search} label="Search consumers" />
      </search>
      <List<Consumer>
        path="/consumers"
        filters={{ search }}
        sort={query.get("sort") ?? "-requests"}
        columns={COLUMNS}
        label="Consumers"
        keyOf={(row) => row.id}
        empty={<Nothing what="consumers" filtered={search !== ""} />}
      />
    </>
  )
}
