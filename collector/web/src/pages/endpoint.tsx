import { useState } from "preact/hooks"
import { send, useApi } from "../api.ts"
import { bytes, compact, milliseconds, percent, share, time, words } from "../format.ts"
import { AuditList } from "../parts/audit-list.tsx"
import { Bars, barsOf, Tile } from "../parts/bars.tsx"
import { Calls } from "../parts/calls.tsx"
import { TrafficChart } from "../parts/chart.tsx"
import { DriftList } from "../parts/drift-list.tsx"
import { QuantileChart, Quantiles } from "../parts/endpoint-facts.tsx"
import { Authentication } from "../parts/endpoint-posture.tsx"
import { EditButton, listOf, REASON } from "../parts/form.tsx"
import { Head } from "../parts/head.tsx"
import { IncidentsOf } from "../parts/incident-list.tsx"
import {
  DataClasses,
  ErrorShare,
  Labels,
  Method,
  Path,
  PostureBadge,
  StatusBadge,
  statusTone,
} from "../parts/labels.tsx"
import { Parameters } from "../parts/parameters.tsx"
import { Schema } from "../parts/schema.tsx"
import { Loaded } from "../parts/states.tsx"
import { type Column, Table } from "../parts/table.tsx"
import { Template } from "../parts/template.tsx"
import type { EndpointDetail, EndpointNote, Sample } from "../types/endpoints.ts"
import type { AuditEntry } from "../types/overview.ts"

const USED_BY: readonly Column<EndpointDetail["usedBy"][number]>[] = [
  {
    name: "Consumer",
    grow: true,
    cell: ({ consumer }) => (
      <a data-main href={`/consumers/${encodeURIComponent(consumer.id)}`}>
        {consumer.name}
      </a>
    ),
  },
  { name: "Credential", cell: ({ consumer }) => <span class="soft">{consumer.scheme}</span> },
  { name: "Requests", number: true, cell: (row) => compact(row.requests) },
  { name: "Errors", number: true, cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} /> },
  { name: "Received", number: true, cell: (row) => bytes(row.responseBytes) },
]

function Evidence({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const { evidence } = endpoint
  const odd = barsOf(endpoint.anomalies).map((bar) => ({ ...bar, tone: "warn" }))
  return (
    <section class="panel" aria-labelledby="evidence">
      <div class="panel-head">
        <h2 id="evidence">Quality of the evidence</h2>
      </div>
      <div class="panel-body">
        <p class="soft">
          {evidence.lossy === 0
            ? "Every exchange was seen whole."
            : `${compact(evidence.lossy)} of ${compact(evidence.exchanges)} exchanges (${percent(evidence.lossyShare)}) have a gap, one side only, or began before the capture.`}
        </p>
        <Bars
          bars={barsOf(evidence.states, (name) => (name === "complete" ? "good" : "warn")).map((bar) => ({
            ...bar,
            name: words(bar.name),
          }))}
          empty="None."
        />
        {odd.length === 0 ? null : (
          <>
            <h3>Odd on the wire</h3>
            <Bars bars={odd} empty="" />
          </>
        )}
      </div>
    </section>
  )
}

function Traffic({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const [size, setSize] = useState<"hour" | "day">("hour")
  return (
    <section class="panel" aria-labelledby="traffic">
      <div class="panel-head">
        <h2 id="traffic">Traffic</h2>
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
        <TrafficChart points={size === "hour" ? endpoint.hourly : endpoint.daily} size={size} title="Traffic" />
      </div>
    </section>
  )
}

function History({ endpoint }: { readonly endpoint: EndpointDetail }) {
  return (
    <section class="panel" aria-labelledby="history">
      <div class="panel-head">
        <h2 id="history">History</h2>
      </div>
      <div class="panel-body">
        <ul class="lines">
          {endpoint.history.toReversed().map((entry) => (
            <li key={entry.sentence}>
              <span class="when">{time(entry.at)}</span>
              <span class="what">{entry.sentence}</span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

function Side({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const statuses = barsOf(endpoint.statuses, statusTone).map((bar) => ({
    ...bar,
    name: bar.name === "0" ? "no answer" : bar.name,
  }))
  return (
    <div class="stack">
      <section class="panel" aria-labelledby="statuses">
        <div class="panel-head">
          <h2 id="statuses">Statuses</h2>
        </div>
        <div class="panel-body">
          <Bars bars={statuses} empty="No answer was seen." />
        </div>
      </section>
      <Calls endpoint={endpoint} />
      <Authentication endpoint={endpoint} />
      <NotePanel endpoint={endpoint} />
      <Evidence endpoint={endpoint} />
      <History endpoint={endpoint} />
      <AuditList subject={null} isOf={(entry) => isAbout(entry, endpoint)} />
    </div>
  )
}

const SAMPLES: readonly Column<Sample>[] = [
  { name: "When", cell: (row) => time(row.at) },
  {
    name: "Path",
    grow: true,
    cell: (row) => (
      <>
        <span class="mono">{row.path}</span>
        <div class="faint">stands for {row.why.join(", ")}</div>
      </>
    ),
  },
  { name: "Status", number: true, cell: (row) => (row.status === 0 ? "–" : row.status) },
  {
    name: "Consumer",
    spare: "wide",
    wrap: "name",
    cell: (row) =>
      row.consumer === null ? (
        <span class="faint">–</span>
      ) : (
        <a class="mono" href={`/consumers/${encodeURIComponent(row.consumer)}`}>
          {row.consumer}
        </a>
      ),
  },
  { name: "Latency", number: true, cell: (row) => (row.latencyMs === null ? "–" : milliseconds(row.latencyMs)) },
  { name: "Received", number: true, spare: "wide", cell: (row) => bytes(row.responseBytes) },
]

/** Exchanges kept as examples: what they looked like, without a value. */
function Samples({ endpoint }: { readonly endpoint: EndpointDetail }) {
  return (
    <section class="panel" aria-labelledby="samples">
      <div class="panel-head">
        <h2 id="samples">Examples</h2>
        <span class="aside">exchanges that stand for others</span>
      </div>
      {endpoint.samples.length === 0 ? (
        <div class="panel-body faint">None is kept.</div>
      ) : (
        <Table
          columns={SAMPLES}
          rows={endpoint.samples}
          label="Examples"
          keyOf={(row) => `${row.at} ${row.exchange} ${row.why.join()}`}
        />
      )}
    </section>
  )
}

/** Standing against the specifications, and every difference. */
function Specified({ endpoint }: { readonly endpoint: EndpointDetail }) {
  if (endpoint.status === "unknown" && endpoint.drift.length === 0) return null
  return (
    <section class="panel" aria-labelledby="specified">
      <div class="panel-head">
        <h2 id="specified">Against the specification</h2>
        <span class="aside">
          <StatusBadge status={endpoint.status} />
        </span>
      </div>
      <div class="panel-body">
        {endpoint.statusWhy === "" ? null : <p class="soft">{endpoint.statusWhy}</p>}
        {endpoint.drift.length > 0 ? (
          <DriftList drift={endpoint.drift} />
        ) : endpoint.differences === null ? null : (
          <p class="faint">No difference was seen.</p>
        )}
      </div>
    </section>
  )
}

function NotePanel({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const path = `/endpoints/${encodeURIComponent(endpoint.id)}/note`
  const { body } = useApi<EndpointNote>(path)
  const { labels, note } = body ?? { labels: [], note: "" }
  return (
    <section class="panel" aria-labelledby="note">
      <div class="panel-head">
        <h2 id="note">Labels and note</h2>
        <span class="aside">
          {body === null ? null : (
            <EditButton
              key={JSON.stringify(body)}
              label="Edit"
              about="labels and note"
              fields={[
                { name: "labels", label: "Labels", value: labels.join(", "), hint: "With commas between them." },
                { name: "note", label: "Note", kind: "area", value: note },
                REASON,
              ]}
              submit="Save"
              send={async (values) => {
                await send("PUT", path, { labels: listOf(values.labels), note: values.note, reason: values.reason })
                return "Labels and note of the endpoint are saved."
              }}
            />
          )}
        </span>
      </div>
      <div class="panel-body">
        {labels.length === 0 && note === "" ? <p class="faint">None.</p> : <Labels labels={labels} />}
        {note === "" ? null : <p>{note}</p>}
      </div>
    </section>
  )
}

/** Notes of the endpoint, and pins of its template or of a route below it. */
function isAbout(entry: AuditEntry, endpoint: EndpointDetail): boolean {
  if (entry.subject === endpoint.id || endpoint.aliases.includes(entry.subject)) return true
  const { service, path } = (entry.edit ?? {}) as { service?: string; path?: string }
  if (service !== endpoint.service || path === undefined) return false
  const bare = (template: string): string => template.replaceAll(/\{[^}]*\}/g, "{}")
  return [endpoint.template, ...endpoint.routes.map((route) => route.path)].some((one) => bare(one) === bare(path))
}

function Content({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const { request, response } = endpoint.schemas
  const { latencyMs, responseBytes } = endpoint.quantiles
  return (
    <>
      {endpoint.evidence.withheld ? (
        <div class="notice warn" role="note">
          <span>
            <strong>Conclusions are withheld.</strong> {percent(endpoint.evidence.lossyShare)} of the exchanges were not
            seen whole, so nothing is said about authentication.
          </span>
        </div>
      ) : null}
      <div class="tiles">
        <Tile what="Requests" value={compact(endpoint.requests)} />
        <Tile what="Errors" value={percent(share(endpoint.errors, endpoint.requests))} />
        <Tile what="Consumers" value={compact(endpoint.consumers)} />
        <Tile what="Median latency" value={latencyMs.p50 === null ? "–" : milliseconds(latencyMs.p50)} />
        <Tile what="Median response" value={responseBytes.p50 === null ? "–" : bytes(responseBytes.p50)} />
      </div>
      <div class="grid wide-narrow">
        <div class="stack">
          <Traffic endpoint={endpoint} />
          <IncidentsOf by="endpoint" id={endpoint.id} />
          <Template endpoint={endpoint} />
          <Specified endpoint={endpoint} />
          <Parameters parameters={endpoint.parameters} />
          <section class="panel" aria-labelledby="used-by">
            <div class="panel-head">
              <h2 id="used-by">Consumers</h2>
            </div>
            <Table columns={USED_BY} rows={endpoint.usedBy} label="Consumers" keyOf={(row) => row.consumer.id} />
          </section>
          <QuantileChart endpoint={endpoint.id} />
          <Quantiles quantiles={endpoint.quantiles} />
          <div class="grid two">
            <Schema title="Request body" body={request} />
            <Schema title="Response body" body={response} />
          </div>
          <Samples endpoint={endpoint} />
        </div>
        <Side endpoint={endpoint} />
      </div>
    </>
  )
}

export function EndpointPage({ id }: { readonly id: string }) {
  const answer = useApi<EndpointDetail>(`/endpoints/${encodeURIComponent(id)}`)
  const endpoint = answer.body
  if (endpoint === null) {
    return (
      <>
        <Head title="Endpoint" crumbs={[["/endpoints", "Endpoints"]]} />
        <div class="panel">
          <Loaded answer={answer}>{() => null}</Loaded>
        </div>
      </>
    )
  }
  const classes = { ...endpoint.dataClasses.request, ...endpoint.dataClasses.response }
  const title = `${endpoint.method} ${endpoint.template}${endpoint.operation === null ? "" : ` ${endpoint.operation}`}`
  return (
    <>
      <Head
        title={title}
        heading={
          <>
            <Method name={endpoint.method} />
            <Path template={endpoint.template} operation={endpoint.operation} />
          </>
        }
        crumbs={[
          ["/services", "Services"],
          [`/services/${encodeURIComponent(endpoint.service)}`, endpoint.serviceName],
        ]}
        sub={`${time(endpoint.firstSeen)} to ${time(endpoint.lastSeen)} UTC, ${Object.keys(endpoint.protocols).join(", ")}`}
      >
        <div>
          <StatusBadge status={endpoint.status} why={endpoint.statusWhy} />
          <PostureBadge posture={endpoint.auth.posture} why={endpoint.auth.why} />
          <DataClasses classes={classes} />
        </div>
      </Head>
      <Loaded answer={answer}>{(body) => <Content endpoint={body} />}</Loaded>
    </>
  )
}
