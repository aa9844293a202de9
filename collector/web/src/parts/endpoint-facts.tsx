// Times and sizes of an endpoint's messages: as a table, and over time.
import { useMemo, useState } from "preact/hooks"
import { useApi } from "../api.ts"
import { bytes, compact, count, milliseconds } from "../format.ts"
import type { Page, Quantiles as QuantilesOf } from "../types/common.ts"
import type { EndpointDetail, QuantilePoint } from "../types/endpoints.ts"
import { linesOf } from "../windows.ts"
import { Chart } from "./chart.tsx"
import { Loaded } from "./states.tsx"

const ROWS: readonly (readonly [
  key: keyof EndpointDetail["quantiles"],
  name: string,
  form: (value: number) => string,
])[] = [
  ["latencyMs", "Latency to first byte", milliseconds],
  ["requestBytes", "Request body", bytes],
  ["responseBytes", "Response body", bytes],
  ["items", "Items returned", count],
]

export function Quantiles({ quantiles }: { readonly quantiles: EndpointDetail["quantiles"] }) {
  const cell = (of: QuantilesOf, value: number | null, form: (value: number) => string) =>
    of.count === 0 || value === null ? <span class="faint">–</span> : form(value)
  return (
    <section class="panel" aria-labelledby="quantiles">
      <div class="panel-head">
        <h2 id="quantiles">Time and size</h2>
        <span class="aside">quantiles, within 1 %</span>
      </div>
      <div class="table-wrap">
        <table aria-label="Quantiles">
          <thead>
            <tr>
              <th scope="col" class="grow">
                What
              </th>
              {["Median", "90 %", "99 %", "Greatest", "Measured"].map((name) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ROWS.map(([key, name, form]) => {
              const of = quantiles[key]
              return (
                <tr key={key}>
                  <th scope="row" class="grow">
                    {name}
                  </th>
                  <td class="number">{cell(of, of.p50, form)}</td>
                  <td class="number">{cell(of, of.p90, form)}</td>
                  <td class="number">{cell(of, of.p99, form)}</td>
                  <td class="number">{cell(of, of.max, form)}</td>
                  <td class="number faint">{compact(of.count)}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}

const LINES = [
  { label: "Median", colour: "--chart-line" },
  { label: "90 %", colour: "--info" },
  { label: "99 %", colour: "--chart-second" },
]
const STEPS = { hour: 3600, day: 86_400 } as const

/** Quantiles by hour or day, of what is chosen. */
export function QuantileChart({ endpoint }: { readonly endpoint: string }) {
  const [key, choose] = useState<keyof EndpointDetail["quantiles"]>("latencyMs")
  const [size, setSize] = useState<"hour" | "day">("hour")
  const answer = useApi<Page<QuantilePoint>>(`/endpoints/${encodeURIComponent(endpoint)}/quantiles?size=${size}`)
  const points = answer.body?.items
  const data = useMemo(
    () =>
      linesOf(points ?? [], STEPS[size], [
        (point) => point[key].p50,
        (point) => point[key].p90,
        (point) => point[key].p99,
      ]),
    [points, key, size],
  )
  const [, name, form] = ROWS.find(([row]) => row === key)!
  const isEmpty = points !== undefined && !points.some((point) => point[key].count > 0)
  return (
    <section class="panel" aria-labelledby="over-time">
      <div class="panel-head">
        <h2 id="over-time">Time and size over time</h2>
        <fieldset class="switch aside">
          <legend class="unseen">Step of the chart</legend>
          {(["hour", "day"] as const).map((step) => (
            <button key={step} type="button" aria-pressed={size === step} onClick={() => setSize(step)}>
              {step === "hour" ? "Hours" : "Days"}
            </button>
          ))}
        </fieldset>
      </div>
      <div class="panel-body">
        <fieldset class="choice wrap">
          <legend class="unseen">What is drawn</legend>
          {ROWS.map(([row, what]) => (
            <button key={row} type="button" class="button" aria-pressed={row === key} onClick={() => choose(row)}>
              {what}
            </button>
          ))}
        </fieldset>
        {points === undefined ? (
          <Loaded answer={answer}>{() => null}</Loaded>
        ) : isEmpty ? (
          <p class="faint">Nothing of this was measured.</p>
        ) : (
          <Chart
            title={`${name}: median, 90 % and 99 % by ${size}`}
            lines={LINES}
            data={data}
            stepS={STEPS[size]}
            format={form}
            floor={0.001}
          />
        )}
      </div>
    </section>
  )
}
