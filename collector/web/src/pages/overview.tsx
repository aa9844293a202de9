import { useApi } from "../api.ts"
import { bytes, compact, count, percent, share, span, time } from "../format.ts"
import { Bars, barsOf, Split, Tile } from "../parts/bars.tsx"
import { ChangeList } from "../parts/changes.tsx"
import { TrafficChart } from "../parts/chart.tsx"
import { Head } from "../parts/head.tsx"
import { BudgetPanel, OpenIncidents } from "../parts/incident-budget.tsx"
import { EndpointLink, ErrorShare, POSTURES, PostureBadge } from "../parts/labels.tsx"
import { LedgerBadge, Losses } from "../parts/ledger.tsx"
import { Blank, Loaded } from "../parts/states.tsx"
import { type Column, Table } from "../parts/table.tsx"
import type { Page } from "../types/common.ts"
import type { Endpoint, Posture } from "../types/endpoints.ts"
import type { Change, Overview } from "../types/overview.ts"

const BUSIEST: readonly Column<Endpoint>[] = [
  { name: "Endpoint", grow: true, cell: (row) => <EndpointLink endpoint={row} /> },
  { name: "Service", spare: true, cell: (row) => <span class="soft">{row.serviceName}</span> },
  { name: "Auth", cell: (row) => <PostureBadge posture={row.auth.posture} /> },
  { name: "Requests", number: true, cell: (row) => compact(row.requests) },
  { name: "Errors", number: true, cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} /> },
]

function Tiles({ overview }: { readonly overview: Overview }) {
  const { services, endpoints, consumers, sensors, silentSensors, exchanges, errors, lossyShare } = overview
  const silent = silentSensors === 0 ? {} : { note: `${count(silentSensors)} silent` }
  return (
    <div class="tiles">
      <Tile what="Services" value={compact(services)} href="/services" />
      <Tile what="Endpoints" value={compact(endpoints)} href="/endpoints" />
      <Tile what="Consumers" value={compact(consumers)} href="/consumers" />
      <Tile what="Exchanges" value={compact(exchanges)} note={`${percent(share(errors, exchanges))} with errors`} />
      <Tile what="Whole evidence" value={percent(1 - lossyShare)} note="of listed exchanges" />
      <Tile what="Sensors" value={compact(sensors)} {...silent} href="/sensors" />
    </div>
  )
}

/** What is there and not in the inventory: an empty list must not read as an empty network. */
function DarkLine({ dark }: { readonly dark: Overview["dark"] }) {
  if (dark.servers === 0) return null
  const missing = dark.unread + dark.partly
  return (
    <p>
      <span class={`badge ${missing === 0 ? "good" : "warn"}`}>TLS</span>{" "}
      {missing === 0 ? (
        <>
          <a href="/dark">{dark.servers === 1 ? "The server" : `All ${count(dark.servers)} servers`} behind TLS</a>{" "}
          <span class="soft">{dark.servers === 1 ? "is" : "are"} read.</span>
        </>
      ) : (
        <>
          <a href="/dark">
            {count(missing)} of {count(dark.servers)} servers behind TLS
          </a>{" "}
          <span class="soft">
            {missing === 1 ? "is" : "are"} not, or not all, in this inventory: {compact(dark.sessions)} sessions,{" "}
            {bytes(dark.bytes)}.
          </span>
        </>
      )}
    </p>
  )
}

function Evidence({ overview }: { readonly overview: Overview }) {
  const { balances, losses } = overview.ledger
  const lost = losses.filter((loss) => loss.severity === "lost")
  return (
    <section class="panel" aria-labelledby="evidence">
      <div class="panel-head">
        <h2 id="evidence">What was missed</h2>
        <a class="aside" href="/sensors">
          Loss ledger
        </a>
      </div>
      <div class="panel-body">
        {balances.length === 0 ? (
          <p class="faint">No sensor has sent its ledger yet.</p>
        ) : (
          <p>
            <LedgerBadge ledger={overview.ledger} /> <span class="soft">from packets to the published exchange.</span>
          </p>
        )}
        <DarkLine dark={overview.dark} />
        {lost.length === 0 ? (
          balances.length === 0 ? null : (
            <p class="soft">Nothing was lost.</p>
          )
        ) : (
          <Losses losses={lost.slice(0, 4)} />
        )}
      </div>
    </section>
  )
}

const ORDER: readonly Posture[] = ["consistent", "partial", "missing", "unknown"]

function Postures({ overview }: { readonly overview: Overview }) {
  const parts = ORDER.map((posture) => {
    const [tone, , meaning] = POSTURES[posture]
    const name = { consistent: "Authenticated", partial: "Partly", missing: "None", unknown: "Withheld" }[posture]
    return { name, value: overview.postures[posture] ?? 0, meaning, tone: tone === "" ? "idle" : tone }
  })
  return (
    <section class="panel" aria-labelledby="posture">
      <div class="panel-head">
        <h2 id="posture">Authentication of endpoints</h2>
      </div>
      <div class="panel-body">
        <Split parts={parts} />
      </div>
    </section>
  )
}

function Busiest() {
  const answer = useApi<Page<Endpoint>>("/endpoints?sort=-requests&limit=10")
  return (
    <section class="panel" aria-labelledby="busiest">
      <div class="panel-head">
        <h2 id="busiest">Busiest endpoints</h2>
        <a class="aside" href="/endpoints?sort=-requests">
          All endpoints
        </a>
      </div>
      <Loaded answer={answer}>
        {({ items }) => <Table columns={BUSIEST} rows={items} label="Busiest endpoints" keyOf={(row) => row.id} />}
      </Loaded>
    </section>
  )
}

function News() {
  const answer = useApi<Page<Change>>("/changes?limit=8")
  return (
    <section class="panel" aria-labelledby="news">
      <div class="panel-head">
        <h2 id="news">What is new</h2>
        <a class="aside" href="/changes">
          All changes
        </a>
      </div>
      <div class="panel-body">
        <Loaded answer={answer}>{({ items }) => <ChangeList changes={items} />}</Loaded>
      </div>
    </section>
  )
}

function Content({ overview }: { readonly overview: Overview }) {
  if (overview.exchanges === 0) {
    return (
      <div class="panel">
        <Blank title="No exchange has arrived yet.">
          <DarkLine dark={overview.dark} />
          <p>
            Point a sensor at traffic, or read a capture: <code>npm start -- --read FILE</code>. This page fills as soon
            as the first exchange is put back together.
          </p>
        </Blank>
      </div>
    )
  }
  return (
    <>
      <Tiles overview={overview} />
      <div class="grid wide-narrow">
        <div class="stack">
          <OpenIncidents />
          <section class="panel" aria-labelledby="traffic">
            <div class="panel-head">
              <h2 id="traffic">Traffic by hour</h2>
              <span class="aside">the last 7 days of event time, UTC</span>
            </div>
            <div class="panel-body">
              <TrafficChart points={overview.hourly} size="hour" title="Traffic by hour" />
            </div>
          </section>
          <Busiest />
          <section class="panel" aria-labelledby="schemes">
            <div class="panel-head">
              <h2 id="schemes">Credentials of successful exchanges</h2>
            </div>
            <div class="panel-body">
              <Bars bars={barsOf(overview.schemes, (name) => (name === "none" ? "idle" : ""))} empty="None yet." />
            </div>
          </section>
        </div>
        <div class="stack">
          <Postures overview={overview} />
          <Evidence overview={overview} />
          <BudgetPanel />
          <News />
        </div>
      </div>
    </>
  )
}

export function OverviewPage() {
  const answer = useApi<Overview>("/overview")
  const body = answer.body
  const sub =
    body === null || body.firstEvent === null
      ? undefined
      : `${time(body.firstEvent)} to ${time(body.lastEvent)} UTC, ${span(body.firstEvent, body.lastEvent)} of event time`
  return (
    <>
      <Head title="Overview" {...(sub === undefined ? {} : { sub })} />
      <Loaded answer={answer}>{(overview) => <Content overview={overview} />}</Loaded>
    </>
  )
}
