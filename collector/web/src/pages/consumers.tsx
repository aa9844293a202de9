import { useApi } from "../api.ts"
import { compact, count, time } from "../format.ts"
import { Choice, Export, Search, Since } from "../parts/filters.tsx"
import { Head } from "../parts/head.tsx"
import { ErrorShare, Scheme } from "../parts/labels.tsx"
import { type Column, List, Nothing } from "../parts/table.tsx"
import type { Page } from "../types/common.ts"
import type { Consumer, Partner } from "../types/consumers.ts"
import type { Service } from "../types/services.ts"

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
  { name: "Credential", sort: "scheme", cell: (row) => <Scheme name={row.scheme} /> },
  {
    name: "Partner",
    sort: "partner",
    spare: true,
    cell: (row) =>
      row.partner === null ? (
        <span class="faint">–</span>
      ) : (
        <a href={`/partners/${encodeURIComponent(row.partner)}`}>{row.partnerName ?? row.partner}</a>
      ),
  },
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
  { name: "First seen", sort: "firstSeen", number: true, spare: "wide", cell: (row) => time(row.firstSeen) },
  { name: "Last seen", sort: "lastSeen", number: true, cell: (row) => time(row.lastSeen) },
]

const FILTERS = ["search", "partner", "service", "scheme", "newSince"] as const
const SCHEMES = ["none", "basic", "bearer-jwt", "bearer-opaque", "api-key", "cookie", "mtls", "digest", "negotiate"]

const choices = (rows: Page<{ readonly id: string; readonly name: string }> | null) =>
  (rows?.items ?? []).map(({ id, name }) => [id, name] as const)

export function ConsumersPage({ query }: { readonly query: URLSearchParams }) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""] as const))
  const sort = query.get("sort") ?? "-requests"
  const partners = useApi<Page<Partner>>("/partners?sort=name&limit=500")
  const services = useApi<Page<Service>>("/services?sort=name&limit=500")
  return (
    <>
      <Head title="Consumers" sub="Who calls: one line a principal, by its credential." />
      <search class="filters">
        <Search value={filters.search ?? ""} label="Search consumers" />
        <Choice name="partner" label="Partner" value={filters.partner ?? ""} options={choices(partners.body)} />
        <Choice name="service" label="Service" value={filters.service ?? ""} options={choices(services.body)} />
        <Choice
          name="scheme"
          label="Credential"
          value={filters.scheme ?? ""}
          options={SCHEMES.map((scheme) => [scheme, scheme === "none" ? "no credential" : scheme] as const)}
        />
        <Since name="newSince" label="New since" value={filters.newSince ?? ""} />
        <Export path="/consumers" filters={{ ...filters, sort }} />
      </search>
      <List<Consumer>
        path="/consumers"
        filters={filters}
        sort={sort}
        columns={COLUMNS}
        label="Consumers"
        keyOf={(row) => row.id}
        empty={<Nothing what="consumers" filtered={FILTERS.some((name) => filters[name] !== "")} />}
      />
    </>
  )
}
