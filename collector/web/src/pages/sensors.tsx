import { useApi } from "../api.ts"
import { compact, count, time } from "../format.ts"
import { Tile } from "../parts/bars.tsx"
import { Head } from "../parts/head.tsx"
import { LedgerBadge, Losses } from "../parts/ledger.tsx"
import { LossShare, StateBadge } from "../parts/sensor-labels.tsx"
import { Blank, Loaded } from "../parts/states.tsx"
import { type Column, List } from "../parts/table.tsx"
import type { Sensor, Totals } from "../types/sensors.ts"

const COLUMNS: readonly Column<Sensor>[] = [
  {
    name: "Sensor",
    sort: "id",
    grow: true,
    cell: (row) => (
      <a data-main href={`/sensors/${encodeURIComponent(row.id)}`}>
        <strong>{row.id}</strong>
      </a>
    ),
  },
  { name: "State", cell: (row) => <StateBadge state={row.state} /> },
  { name: "Heard, UTC", number: true, cell: (row) => time(row.lastHeard) },
  { name: "Workers", number: true, spare: true, cell: (row) => count(row.workers) },
  { name: "Exchanges", number: true, cell: (row) => compact(row.exchanges) },
  { name: "Copies", number: true, spare: true, cell: (row) => compact(row.copies) },
  {
    name: "Packets lost",
    number: true,
    cell: (row) => <LossShare share={row.loss.packetLoss} unknown={row.loss.unknownInterfaces > 0} />,
  },
  { name: "Payload lost", number: true, cell: (row) => <LossShare share={row.loss.byteLoss} unknown={false} /> },
  { name: "Batches missing", number: true, spare: true, cell: (row) => count(row.missingBatches) },
  { name: "Ledger", spare: true, cell: (row) => <LedgerBadge ledger={row.ledger} short /> },
]

function sum(counts: Totals["refused"]): number {
  return Object.values(counts).reduce((total, value) => total + value, 0)
}

function TotalTiles({ totals }: { readonly totals: Totals }) {
  return (
    <div class="tiles">
      <Tile what="Exchanges" value={count(totals.exchanges)} note="in the store" />
      <Tile what="Joined" value={count(totals.joined)} note="from halves of two sensors" />
      <Tile what="Copies" value={count(totals.copies)} note="seen by several, counted once" />
      <Tile what="Waiting" value={count(totals.waiting)} note="for the other half" />
      <Tile what="Batches missing" value={count(totals.missingBatches)} />
      <Tile what="Seen again" value={count(totals.duplicateBatches)} note="batches, skipped" />
      <Tile what="Refused" value={count(sum(totals.refused))} note="messages" />
      <Tile what="Over a limit" value={count(sum(totals.limits))} note="given up in the inventory" />
    </div>
  )
}

function AllLosses({ totals }: { readonly totals: Totals }) {
  const { sensors: ledger } = totals
  if (ledger.balances.length === 0) return null
  const lost = ledger.losses.filter((loss) => loss.severity === "lost")
  return (
    <section class="panel" aria-labelledby="lost">
      <div class="panel-head">
        <h2 id="lost">Lost, over all sensors</h2>
        <span class="aside">
          <LedgerBadge ledger={ledger} />
        </span>
      </div>
      <div class="panel-body">
        {lost.length === 0 ? <p class="soft">Nothing was lost.</p> : <Losses losses={lost} />}
      </div>
    </section>
  )
}

export function SensorsPage({ query }: { readonly query: URLSearchParams }) {
  const totals = useApi<Totals>("/ledger")
  return (
    <>
      <Head title="Sensors" sub="What was seen, what was missed, and why: from the kernel ring to the store." />
      <Loaded answer={totals}>{(body) => <TotalTiles totals={body} />}</Loaded>
      <div class="stack sensors">
        <List<Sensor>
          path="/sensors"
          filters={{}}
          sort={query.get("sort") ?? "id"}
          columns={COLUMNS}
          label="Sensors"
          keyOf={(row) => row.id}
          empty={
            <Blank title="No sensor has reported yet.">
              <p>
                Start one with <code>sonde-sensor run</code>, or read a capture here with{" "}
                <code>npm start -- --read FILE</code>.
              </p>
            </Blank>
          }
        />
        {totals.body === null ? null : <AllLosses totals={totals.body} />}
      </div>
    </>
  )
}
