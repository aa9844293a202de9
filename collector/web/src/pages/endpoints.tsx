import { useApi } from "../api.ts"
import { compact, count, time } from "../format.ts"
import { Chip, Choice, Exact, Export, Search, Since } from "../parts/filters.tsx"
import { Head } from "../parts/head.tsx"
import { DataClasses, EndpointLink, ErrorShare, Host, POSTURES, PostureBadge, StatusBadge } from "../parts/labels.tsx"
import { type Column, List, Nothing } from "../parts/table.tsx"
import type { Page } from "../types/common.ts"
import type { Consumer } from "../types/consumers.ts"
import type { Endpoint } from "../types/endpoints.ts"
import type { Service } from "../types/services.ts"

const COLUMNS: readonly Column<Endpoint>[] = [
  {
    name: "Endpoint",
    sort: "template",
    grow: true,
    cell: (row) => (
      <>
        <EndpointLink endpoint={row} />
        <div class="narrow-only faint">
          <Host name={row.serviceName} />
        </div>
      </>
    ),
  },
  {
    name: "Service",
    wrap: "name",
    spare: true,
    cell: (row) => (
      <a class="soft" href={`/services/${encodeURIComponent(row.service)}`}>
        <Host name={row.serviceName} />
      </a>
    ),
  },
  {
    name: "Auth",
    sort: "posture",
    cell: (row) => <PostureBadge posture={row.auth.posture} why={row.auth.why} />,
  },
  {
    name: "Specified",
    sort: "status",
    wrap: "words",
    cell: (row) => (
      <>
        <StatusBadge status={row.status} why={row.statusWhy} />
        {row.differences === null || row.differences === 0 ? null : (
          <span class="badge warn" title="Differences from its specification">
            {row.differences === 1 ? "1 difference" : `${count(row.differences)} differences`}
          </span>
        )}
      </>
    ),
  },
  {
    name: "Data",
    wrap: "words",
    spare: true,
    cell: (row) => <DataClasses classes={{ ...row.dataClasses.request, ...row.dataClasses.response }} />,
  },
  { name: "Used by", sort: "consumers", number: true, spare: "wide", cell: (row) => count(row.consumers) },
  { name: "Requests", sort: "requests", number: true, cell: (row) => compact(row.requests) },
  {
    name: "Errors",
    sort: "errors",
    number: true,
    cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} />,
  },
  { name: "Last seen", sort: "lastSeen", number: true, spare: "wide", cell: (row) => time(row.lastSeen) },
]

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map((name) => [name, name] as const)
const FILTERS = [
  "search",
  "service",
  "method",
  "status",
  "posture",
  "dataClass",
  "drift",
  "label",
  "newSince",
  "consumer",
] as const
const named = (names: readonly string[]) => names.map((name) => [name, name] as const)
const STATUS_OPTIONS = named(["documented", "shadow", "zombie", "orphan", "rogue", "unknown"])
const POSTURE_OPTIONS = Object.entries(POSTURES).map(([posture, [, name]]) => [posture, name] as const)
const DRIFT_OPTIONS = [
  ["true", "Drifts"],
  ["false", "No drift"],
] as const

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
  const sort = query.get("sort") ?? "template"
  const filtered = FILTERS.some((name) => filters[name] !== "")
  return (
    <>
      <Head title="Endpoints" sub="Method and path template of everything that answered." />
      <search class="filters">
        <Search value={filters.search ?? ""} label="Search path, operation or service" />
        <ServiceChoice value={filters.service ?? ""} />
        <Choice name="method" label="Method" value={filters.method ?? ""} options={METHODS} />
        <Choice name="status" label="Specified" value={filters.status ?? ""} options={STATUS_OPTIONS} />
        <Choice name="posture" label="Auth" value={filters.posture ?? ""} options={POSTURE_OPTIONS} />
        <Choice name="drift" label="Drift" value={filters.drift ?? ""} options={DRIFT_OPTIONS} />
        <Exact name="dataClass" label="Data class" value={filters.dataClass ?? ""} />
        <Exact name="label" label="Label" value={filters.label ?? ""} />
        <Since name="newSince" label="New since" value={filters.newSince ?? ""} />
        {filters.consumer ? <ConsumerChip id={filters.consumer} /> : null}
        <Export path="/endpoints" filters={{ ...filters, sort }} />
      </search>
      <List<Endpoint>
        path="/endpoints"
        filters={filters}
        sort={sort}
        columns={COLUMNS}
        label="Endpoints"
        keyOf={(row) => row.id}
        empty={<Nothing what="endpoints" filtered={filtered} />}
      />
    </>
  )
}
