import { useApi } from "../api.ts"
import { compact, time } from "../format.ts"
import { Chip, Choice, Export } from "../parts/filters.tsx"
import { FINDING_KINDS, FindingBadge, FindingDecision, FindingStateBadge, findingLink } from "../parts/finding-list.tsx"
import { Head } from "../parts/head.tsx"
import { Host } from "../parts/labels.tsx"
import { type Column, List, Nothing } from "../parts/table.tsx"
import type { Page } from "../types/common.ts"
import type { Finding, Service } from "../types/services.ts"

const COLUMNS: readonly Column<Finding>[] = [
  { name: "Kind", sort: "kind", cell: (row) => <FindingBadge kind={row.kind} /> },
  {
    name: "Finding",
    grow: true,
    cell: (row) => (
      <>
        <a data-main href={findingLink(row)}>
          {row.sentence}
        </a>
        {row.reason ? (
          <div class="faint">
            {row.by}: {row.reason}
          </div>
        ) : null}
        {row.goneWhy ? <div class="faint">{row.goneWhy}</div> : null}
      </>
    ),
  },
  {
    name: "Service",
    wrap: "name",
    spare: true,
    cell: (row) => (
      <span class="soft">
        <Host name={row.service.name} />
      </span>
    ),
  },
  { name: "State", sort: "state", cell: (row) => <FindingStateBadge finding={row} /> },
  { name: "Count", sort: "count", number: true, spare: true, cell: (row) => compact(row.count) },
  { name: "Latest", sort: "last", number: true, cell: (row) => time(row.last) },
  { name: "Decide", cell: (row) => <FindingDecision finding={row} /> },
]

const STATES = [
  ["open", "Open"],
  ["dismissed", "Dismissed"],
  ["gone", "Gone"],
] as const
const KINDS = [...FINDING_KINDS, ["auth.weak.*", "weak authentication"] as const]
const FILTERS = ["state", "kind", "service", "endpoint", "consumer"] as const

export function FindingsPage({ query }: { readonly query: URLSearchParams }) {
  const filters = Object.fromEntries(
    FILTERS.map((name) => [name, query.get(name) ?? (name === "state" ? "open" : "")] as const),
  )
  const sort = query.get("sort") ?? "-last"
  const { body } = useApi<Page<Service>>("/services?sort=name&limit=500")
  const services = (body?.items ?? []).map(({ id, name }) => [id, name] as const)
  return (
    <>
      <Head title="Findings" sub="What does not look right in the inventory, with the numbers that it rests on." />
      <search class="filters">
        <Choice name="state" label="State" value={filters.state ?? ""} all="all" options={STATES} />
        <Choice name="kind" label="Kind" value={filters.kind ?? ""} options={KINDS} />
        <Choice name="service" label="Service" value={filters.service ?? ""} options={services} />
        {filters.endpoint ? <Chip name="endpoint" text={`at ${filters.endpoint}`} /> : null}
        {filters.consumer ? <Chip name="consumer" text={`by ${filters.consumer}`} /> : null}
        <Export path="/findings" filters={{ ...filters, sort }} />
      </search>
      <List<Finding>
        path="/findings"
        filters={filters}
        sort={sort}
        columns={COLUMNS}
        label="Findings"
        keyOf={(row) => row.id}
        empty={
          <Nothing
            what={`${filters.state} findings`}
            filtered={FILTERS.some((name) => name !== "state" && filters[name] !== "")}
            how={
              filters.state === "open"
                ? "Nothing that was seen looks wrong, or too little was seen to say so. Those that were dismissed or are gone are under State."
                : "A finding is dismissed by people, and gone when what it rests on is no longer so."
            }
          />
        }
      />
    </>
  )
}
