// Sizes, times and shapes of an endpoint's messages.
import { bytes, compact, count, milliseconds, percent } from "../format.ts"
import { mergeShapes } from "../shape-merge.ts"
import type { Body, EndpointDetail } from "../types/endpoints.ts"
import type { Quantiles as QuantilesOf } from "../types/undefined.ts"
import { barsOf } from "./bars.tsx"

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

/** Fields shown before the rest is folded away. */
const FIELDS_SHOWN = 40

function Fields({ fields }: { readonly fields: ReturnType<typeof mergeShapes> }) {
  return (
    <ul class="fields">
      {fields.map((field) => (
        <li key={field.path}>
          <span class="name" title={field.path}>
            {field.path}
          </span>
          <span class="type">
            {field.classes.map((name) => (
              <span key={name} class="badge violet" title="Data class of this field">
                {name}
              </span>
            ))}
            {field.types.join(" | ")}
          </span>
          <span class="often">{field.presence >= 1 ? "always" : percent(field.presence)}</span>
        </li>
      ))}
    </ul>
  )
}

export function Schema({ title, body }: { readonly title: string; readonly body: Body }) {
  const fields = mergeShapes(body.shapes)
  const types = barsOf(body.contentTypes)
  return (
    <section class="panel" aria-label={title}>
      <div class="panel-head">
        <h2>{title}</h2>
        <span class="aside">
          {body.shapes.length === 0 ? "" : `${body.shapes.length} ${body.shapes.length === 1 ? "shape" : "shapes"}`}
        </span>
      </div>
      <div class="panel-body">
        {types.length === 0 ? (
          <p class="faint">No body.</p>
        ) : (
          <p>
            {types.map(({ name }) => (
              <span key={name} class="badge">
                {name}
              </span>
            ))}
          </p>
        )}
        {fields.length === 0 ? null : <Fields fields={fields.slice(0, FIELDS_SHOWN)} />}
        {fields.length <= FIELDS_SHOWN ? null : (
          <details>
            <summary>{fields.length - FIELDS_SHOWN} more fields</summary>
            <Fields fields={fields.slice(FIELDS_SHOWN)} />
          </details>
        )}
      </div>
    </section>
  )
}
