import { useState } from "preact/hooks"
import { send, useApi } from "../api.ts"
import { number } from "../facts.ts"
import { compact, count, time } from "../format.ts"
import { useMissing } from "../parts/access.tsx"
import { Tile } from "../parts/bars.tsx"
import { type Field, Form, type Values } from "../parts/form.tsx"
import { Head } from "../parts/head.tsx"
import { detectionName, LaneBadge } from "../parts/incident-labels.tsx"
import { Loaded } from "../parts/states.tsx"
import { type Column, Table } from "../parts/table.tsx"
import { setQuery } from "../router.ts"
import type { Named, Page } from "../types/common.ts"
import type { Backtest, BacktestIncident, Detection } from "../types/incidents.ts"
import { settingValues } from "./detections.tsx"

const EXCEPT = "except"

function fieldsOf(detection: Detection | null, consumers: readonly Named[], asked: URLSearchParams): Field[] {
  const settings = (detection?.settings ?? []).map(
    ({ name, value, min, max, unit }): Field => ({
      name: `set.${name}`,
      label: `${name}, ${unit}`,
      kind: "number",
      value: String(value),
      hint: `${number(min)} to ${number(max)}; in force: ${number(value)}.`,
    }),
  )
  const consumer = asked.get("consumer") ?? ""
  return [
    ...(detection === null
      ? []
      : [
          {
            name: "isEnabled",
            label: "Were it on",
            kind: "check",
            value: detection.isEnabled ? "yes" : "",
          } satisfies Field,
        ]),
    ...settings,
    {
      name: EXCEPT,
      label: "As if an exception had held for",
      kind: "choice",
      value: consumer,
      options: [["", "Nobody"], ...consumers.map(({ id, name }) => [id, name] as const)],
    },
    { name: "since", label: "From", kind: "date", value: "", hint: "Event time; empty: all that is stored." },
  ]
}

function requestOf(detection: Detection | null, values: Values) {
  const consumer = values[EXCEPT] ?? ""
  const since = values.since ?? ""
  const settings = detection?.settings ?? []
  const set = Object.fromEntries(settings.map(({ name }) => [name, values[`set.${name}`] ?? ""]))
  return {
    ...(detection !== null && {
      detections: [
        {
          name: detection.name,
          isEnabled: values.isEnabled === "yes",
          values: settingValues(settings, set),
        },
      ],
    }),
    ...(consumer !== "" && {
      exception: { consumer, ...(detection !== null && { detection: detection.name }) },
    }),
    ...(since !== "" && { since }),
  }
}

const COLUMNS: readonly Column<BacktestIncident>[] = [
  { name: "Lane", cell: (row) => <LaneBadge lane={row.lane} /> },
  { name: "Who", wrap: "name", cell: (row) => row.consumer },
  {
    name: "Incident",
    grow: true,
    cell: (row) => (
      <>
        <span class="clamp" title={row.summary}>
          {row.summary}
        </span>
        <span class="badge">{detectionName(row.kind)}</span>
      </>
    ),
  },
  { name: "Opened", number: true, cell: (row) => time(row.openedAt) },
]

function Told({ title, rows, none }: { title: string; rows: readonly BacktestIncident[]; none: string }) {
  return (
    <section class="panel" aria-label={title}>
      <div class="panel-head">
        <h2>{title}</h2>
        <span class="aside">{count(rows.length)}</span>
      </div>
      {rows.length === 0 ? (
        <div class="panel-body">
          <p class="faint">{none}</p>
        </div>
      ) : (
        <Table columns={COLUMNS} rows={rows} label={title} keyOf={(row) => row.id} />
      )}
    </section>
  )
}

function Result({ result }: { readonly result: Backtest }) {
  return (
    <>
      <section class="panel summary" aria-label="Result">
        <p>{result.sentence}</p>
        <p class="faint">
          {time(result.from)} to {time(result.to)} UTC
        </p>
      </section>
      <div class="tiles">
        <Tile what="Exchanges" value={compact(result.exchanges)} />
        <Tile
          what="Incidents"
          value={count(result.incidentsAfter)}
          note={`${count(result.incidentsBefore)} in force`}
        />
        <Tile what="Of them high" value={count(result.highAfter)} note={`${count(result.highBefore)} in force`} />
        <Tile what="Held back" value={count(result.heldBack)} note="findings" />
      </div>
      <Told title="Opened besides" rows={result.more} none="No incident would have been opened besides." />
      <Told title="Not opened" rows={result.fewer} none="No incident would have been missing." />
    </>
  )
}

interface TrialProps {
  readonly detections: readonly Detection[]
  readonly query: URLSearchParams
}

function Trial({ detections, query }: TrialProps) {
  const [result, setResult] = useState<Backtest | null>(null)
  const missing = useMissing("analyst")
  const consumers = useApi<Page<Named>>("/consumers?sort=name&limit=1000")
  const chosen = detections.find(({ name }) => name === query.get("detection")) ?? null
  return (
    <div class="grid narrow-wide">
      <section class="panel" aria-label="What is considered">
        <div class="panel-body">
          <label class="form-row">
            Detection
            <select
              class="field"
              value={chosen?.name ?? ""}
              onChange={(event) => setQuery({ detection: event.currentTarget.value })}
            >
              <option value="">As they are in force</option>
              {detections.map(({ name, title }) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          </label>
          <Loaded answer={consumers}>
            {({ items }) =>
              missing !== "" ? (
                <p class="notice">{missing}</p>
              ) : (
                <Form
                  key={chosen?.name ?? ""}
                  fields={fieldsOf(chosen, items, query)}
                  submit="Back-test"
                  effect={() => "Nothing is changed. It takes about 20 s a million exchanges."}
                  send={async (values) => {
                    const answer = await send<Backtest>("POST", "/backtests", requestOf(chosen, values))
                    setResult(answer)
                    return "The back-test is through."
                  }}
                />
              )
            }
          </Loaded>
        </div>
      </section>
      <div class="stack">
        {result === null ? (
          <div class="panel blank">
            <strong>What it would have been</strong>
            <p>
              The stored history is read once more with the settings and the exception that you consider: which
              incidents would have been opened besides, and which not at all.
            </p>
          </div>
        ) : (
          <Result result={result} />
        )}
      </div>
    </div>
  )
}

export function BacktestPage({ query }: { readonly query: URLSearchParams }) {
  const answer = useApi<Page<Detection>>("/detections?limit=100")
  return (
    <>
      <Head
        title="Back-test"
        sub="What other settings, or an exception, would have made of the stored history."
        crumbs={[["/detections", "Detections"]]}
      />
      <Loaded answer={answer}>{({ items }) => <Trial detections={items} query={query} />}</Loaded>
    </>
  )
}
