// What is there and not in the inventory: servers behind TLS, how much of them is read, and why not.
import { useApi } from "../api.ts"
import { bytes, compact, count } from "../format.ts"
import { Tile } from "../parts/bars.tsx"
import { Commonest, clientsOf, commonest, DARK_STATES, DarkBadge, DarkLink, reasonName } from "../parts/dark-labels.tsx"
import { Choice, Search } from "../parts/filters.tsx"
import { Head } from "../parts/head.tsx"
import { Host } from "../parts/labels.tsx"
import { Blank } from "../parts/states.tsx"
import { type Column, List, Nothing } from "../parts/table.tsx"
import type { Dark, DarkState } from "../types/dark.ts"
import type { Overview } from "../types/overview.ts"

const COLUMNS: readonly Column<Dark>[] = [
  { name: "Server", sort: "name", grow: true, cell: (row) => <DarkLink server={row} /> },
  { name: "Port", sort: "port", number: true, spare: true, cell: (row) => row.port },
  { name: "State", sort: "state", cell: (row) => <DarkBadge state={row.state} /> },
  {
    name: "Why",
    wrap: "words",
    cell: (row) => (row.state === "read" ? null : <Commonest counts={row.reasons} form={reasonName} />),
  },
  {
    name: "Speaks",
    wrap: "words",
    spare: true,
    cell: (row) => (
      <span class="soft">
        TLS <Commonest counts={row.versions} />
        {commonest(row.alpns) === null ? null : (
          <>
            , <Commonest counts={row.alpns} />
          </>
        )}
      </span>
    ),
  },
  { name: "Clients", sort: "clients", number: true, spare: true, cell: (row) => clientsOf(row) },
  { name: "Sessions", sort: "sessions", number: true, cell: (row) => compact(row.sessions) },
  { name: "Sent back", sort: "responseBytes", number: true, cell: (row) => bytes(row.responseBytes) },
  {
    name: "Known as",
    wrap: "name",
    spare: true,
    cell: ({ service }) =>
      service === null ? (
        <span class="faint">no service</span>
      ) : (
        <a href={`/services/${encodeURIComponent(service.id)}`}>
          <Host name={service.name} />
        </a>
      ),
  },
]

const STATES = (["unread", "partly", "read"] as const satisfies readonly DarkState[]).map(
  (state) => [state, DARK_STATES[state][1]] as const,
)

function Totals() {
  const { body } = useApi<Overview>("/overview")
  if (body === null || body.dark.servers === 0) return null
  const { servers, unread, partly, sessions, bytes: size } = body.dark
  return (
    <div class="tiles">
      <Tile what="Servers behind TLS" value={compact(servers)} />
      <Tile what="Not read" value={compact(unread)} note={`${count(partly)} more in part`} />
      <Tile what="Sessions there" value={compact(sessions)} note="at those not read whole" />
      <Tile what="Traffic there" value={bytes(size)} note="encrypted, both ways" />
    </div>
  )
}

export function DarkPage({ query }: { readonly query: URLSearchParams }) {
  const search = query.get("search") ?? ""
  const state = query.get("state") ?? ""
  const isFiltered = search !== "" || state !== ""
  return (
    <>
      <Head
        title="Dark"
        sub="Servers that speak TLS: what is there and could not be read, why, and what to do about it."
      />
      <Totals />
      <search class="filters">
        <Search value={search} label="Search servers" />
        <Choice name="state" label="State" value={state} options={STATES} />
      </search>
      <List<Dark>
        path="/dark"
        filters={{ search, state }}
        sort={query.get("sort") ?? "-sessions"}
        columns={COLUMNS}
        label="Servers behind TLS"
        keyOf={(row) => row.id}
        empty={
          isFiltered ? (
            <Nothing what="servers" filtered />
          ) : (
            <Blank title="No TLS session was seen.">
              <p>Either nothing here is encrypted, or no sensor sees where it is.</p>
            </Blank>
          )
        }
      />
    </>
  )
}
