import { useApi } from "../api.ts"
import { compact, count, time } from "../format.ts"
import { Chip, Choice, Search } from "../parts/filters.tsx"
import { Head } from "../parts/head.tsx"
import { DataClasses, EndpointLink, ErrorShare, Host, PostureBadge, StatusBadge } from "../parts/labels.tsx"
import { type Column, List, Nothing } from "../parts/table.tsx"
import type { Consumer } from "../types/consumers.ts"
import type { Endpoint } from "../types/endpoints.ts"
import type { Page } from "../types/common.ts"
import type { Service } from "../types/services.ts"

const COLUMNS: readonly Column<Endpoint>[] = [
  {
    name: "Endpoint",
    sort: "template",
    grow: true,
    cell: (row) => <EndpointLink endpoint={row} />,
  },
  {
    name: "Service",
    wrap: "name",
    cell: (row) => (
      <a class="soft" href={`/services/${encodeURIComponent(row.service)}`}>
        <Host name={row.serviceName} />
      </a>
    ),
  },
  {
    name: "Auth",
    cell: (row) => (
      <>
        <PostureBadge posture={row.auth.posture} />
        <StatusBadge status={row.status} />
      </>
    ),
  },
  {
    name: "Data",
    wrap: "words",
    spare: true,
    cell: (row) => <DataClasses classes={{ ...row.dataClasses.request, ...row.dataClasses.response }} />,
  },
  { name: "Used by", sort: "consumers", number: true, spare: true, cell: (row) => count(row.consumers) },
  { name: "Requests", sort: "requests", number: true, cell: (row) => compact(row.requests) },
  {
    name: "Errors",
    sort: "errors",
    number: true,
    cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} />,
  },
  { name: "Last seen", sort: "lastSeen", number: true, spare: true, cell: (row) => time(row.lastSeen) },
]

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map((name) => [name, name] as const)
const FILTERS = ["search", "service", "method", "consumer"] as const

function ServiceChoice({ value }: { readonly value: string }) {
  const { body } = useApi<Page<Service>>("/services?sort=name&limit=500")
  const options = (body?.items ?? []).map((service) => [service.id, service.name] as const)
  return <Choice name="service" label="Service" value={value} options={options} />
}

function ConsumerChip({ id }: { readonly id: string }) {
  const { body } = useApi<Consumer>(`/consumers/${encodeURIComponent(id)}`)
  return <Chip name="consumer" text={`used by ${body?.name ?? id}`} />
}

export function EndpointsPage({ query }: { readonly query: URLSearchParams }) {
  const filters = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""] as const))
  const filtered = FILTERS.some((name) => filters[name] !== "")
  return (
    <>
      <Head title="Endpoints" sub="Method and path template of everything that answered." />
      <search class="filters">
        <Search value={filters.search ?? ""} label="Search path, operation or service" />
        <ServiceChoice value={filters.service ?? ""} />
        <Choice name="method" label="Method" value={filters.method ?? ""} options={METHODS} />
        {filters.consumer ? <ConsumerChip id={filters.consumer} /> : null}
      </search>
      <List<Endpoint>
        path="/endpoints"
        filters={filters}
        sort={query.get("sort") ?? "template"}
        columns={COLUMNS}
        label="Endpoints"
        keyOf={(row) => row.id}
        empty={<Nothing what="endpoints" filtered={filtered} />}
      />
    </>
  )
}
