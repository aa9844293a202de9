import { useApi } from "../api.ts"
import { compact, count, time, words } from "../format.ts"
import { Tile } from "../parts/bars.tsx"
import { Head } from "../parts/head.tsx"
import { Balances, LedgerBadge, Losses, Stages } from "../parts/ledger.tsx"
import { Blank, Loaded } from "../parts/states.tsx"
import type { Loss, Page, Sensor, Totals } from "../types.ts"

const SECTIONS: readonly (readonly [severity: Loss["severity"], title: string, none: string])[] = [
  ["lost", "Lost", "Nothing was lost."],
  ["ignored", "Left alone", "Nothing was left alone."],
  ["noted", "Noted", "Nothing to note."],
]

function LossColumns({ losses }: { readonly losses: readonly Loss[] }) {
  const rest = SECTIONS.slice(1)
  const lost = losses.filter((loss) => loss.severity === "lost")
  return (
    <div class="grid two">
      <div>
        <h3>Lost</h3>
        {lost.length === 0 ? <p class="soft">{SECTIONS[0]?.[2]}</p> : <Losses losses={lost} />}
      </div>
      <div>
        {rest.map(([severity, title, none]) => {
          const mine = losses.filter((loss) => loss.severity === severity)
          return (
            <div key={severity}>
              <h3>{title}</h3>
              {mine.length === 0 ? <p class="soft">{none}</p> : <Losses losses={mine} />}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function SensorPanel({ sensor }: { readonly sensor: Sensor }) {
  const { balances, losses, stages } = sensor.ledger
  return (
    <section class="panel" aria-label={`Sensor ${sensor.id}`}>
      <div class="panel-head">
        <h2>{sensor.id}</h2>
        <span class="faint">
          tenant {sensor.tenant}, boot {sensor.boot}, key {sensor.keyEpoch}
        </span>
        <span class="aside">
          <LedgerBadge ledger={sensor.ledger} />
          {sensor.finished ? <span class="badge">Finished</span> : <span class="badge info">Running</span>}
        </span>
      </div>
      <div class="panel-body">
        <p class="soft">
          {count(sensor.exchanges)} exchanges in {count(sensor.batches)} batches, {time(sensor.firstBatch)} to{" "}
          {time(sensor.watermark)} UTC
          {Object.entries(sensor.flags).map(([flag, value]) => `, ${compact(value)} ${words(flag)}`)}
        </p>
      </div>
      {balances.length === 0 ? null : <Balances ledger={sensor.ledger} />}
      <div class="panel-body">
        <LossColumns losses={losses} />
        <details>
          <summary>Every counter</summary>
          <Stages stages={stages} />
        </details>
      </div>
    </section>
  )
}

function TotalTiles({ totals }: { readonly totals: Totals }) {
  const refused = Object.values(totals.refused).reduce((sum, value) => sum + value, 0)
  const limits = Object.values(totals.limits).reduce((sum, value) => sum + value, 0)
  return (
    <div class="tiles">
      <Tile what="Exchanges in the store" value={count(totals.exchanges)} />
      <Tile what="Batches applied" value={count(totals.batches)} />
      <Tile what="Seen again, skipped" value={count(totals.duplicateBatches)} note="batches" />
      <Tile what="Missing" value={count(totals.missingBatches)} note="batches" />
      <Tile what="Refused" value={count(refused)} note="messages" />
      <Tile what="Over a limit" value={count(limits)} note="given up in the inventory" />
    </div>
  )
}

export function SensorsPage() {
  const sensors = useApi<Page<Sensor>>("/sensors")
  const totals = useApi<Totals>("/ledger")
  return (
    <>
      <Head title="Sensors" sub="What was seen, what was missed, and why: from the kernel ring to the store." />
      <Loaded answer={totals}>{(body) => <TotalTiles totals={body} />}</Loaded>
      <div class="stack sensors">
        <Loaded answer={sensors}>
          {({ items, total }) =>
            total === 0 ? (
              <div class="panel">
                <Blank title="No sensor has reported yet.">
                  <p>
                    Start one with <code>sonde-sensor run</code>, or read a capture here with{" "}
                    <code>npm start -- --read FILE</code>.
                  </p>
                </Blank>
              </div>
            ) : (
              <>
                {items.map((sensor) => (
                  <SensorPanel key={sensor.id} sensor={sensor} />
                ))}
                {total > items.length ? (
                  <p class="faint">
                    {count(items.length)} of {count(total)} sensors shown; the rest is under /api/v1/sensors.
                  </p>
                ) : null}
              </>
            )
          }
        </Loaded>
      </div>
    </>
  )
}
