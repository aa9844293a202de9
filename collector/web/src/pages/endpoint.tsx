import { useState } from "preact/hooks"
import { useApi } from "../api.ts"
import { bytes, compact, milliseconds, percent, share, time, words } from "../format.ts"
import { Bars, barsOf, Tile } from "../parts/bars.tsx"
import { Calls } from "../parts/calls.tsx"
import { TrafficChart } from "../parts/chart.tsx"
import { Quantiles, Schema } from "../parts/endpoint-facts.tsx"
import { Head } from "../parts/head.tsx"
import {
  DataClasses,
  ErrorShare,
  Method,
  Path,
  POSTURES,
  PostureBadge,
  StatusBadge,
  statusTone,
} from "../parts/labels.tsx"
import { Loaded } from "../parts/states.tsx"
import { type Column, Table } from "../parts/table.tsx"
import type { EndpointDetail, Parameter } from "../types/endpoints.ts"

const PARAMETERS: readonly Column<Parameter>[] = [
  { name: "Name", grow: true, cell: (row) => <span class="mono">{row.name}</span> },
  { name: "In", cell: (row) => <span class="soft">{row.in}</span> },
  {
    name: "Kind",
    cell: (row) =>
      Object.entries(row.kinds)
        .sort((a, b) => b[1] - a[1])
        .slice(0, 3)
        .map(([kind]) => (
          <span key={kind} class="badge violet">
            {kind}
          </span>
        )),
  },
  {
    name: "Presence",
    number: true,
    cell: (row) => (row.presence >= 1 ? "always" : percent(row.presence)),
  },
  { name: "First seen", number: true, cell: (row) => time(row.firstSeen) },
]

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

function Authentication({ endpoint }: { readonly endpoint: EndpointDetail }) {
  const { posture, schemes } = endpoint.auth
  return (
    <section class="panel" aria-labelledby="auth">
      <div class="panel-head">
        <h2 id="auth">Authentication</h2>
        <span class="aside">
          <PostureBadge posture={posture} />
        </span>
      </div>
      <div class="panel-body">
        <p class="soft">{POSTURES[posture][2]}</p>
        <Bars
          bars={barsOf(schemes, (name) => (name === "none" ? "bad" : "good")).map((bar) => ({
            ...bar,
            name: bar.name === "none" ? "no credential" : bar.name,
          }))}
          empty="No successful exchange yet."
        />
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
      <Evidence endpoint={endpoint} />
      <History endpoint={endpoint} />
    </div>
  )
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
          <section class="panel" aria-labelledby="parameters">
            <div class="panel-head">
              <h2 id="parameters">Parameters</h2>
              <span class="aside">kinds, never values</span>
            </div>
            {endpoint.parameters.length === 0 ? (
              <div class="panel-body faint">None seen.</div>
            ) : (
              <Table
                columns={PARAMETERS}
                rows={endpoint.parameters}
                label="Parameters"
                keyOf={(row) => `${row.in} ${row.name}`}
              />
            )}
          </section>
          <section class="panel" aria-labelledby="used-by">
            <div class="panel-head">
              <h2 id="used-by">Consumers</h2>
            </div>
            <Table columns={USED_BY} rows={endpoint.usedBy} label="Consumers" keyOf={(row) => row.consumer.id} />
          </section>
          <Quantiles quantiles={endpoint.quantiles} />
          <div class="grid two">
            <Schema title="Request body" body={request} />
            <Schema title="Response body" body={response} />
          </div>
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
          <StatusBadge status={endpoint.status} />
          <PostureBadge posture={endpoint.auth.posture} />
          <DataClasses classes={classes} />
        </div>
      </Head>
      <Loaded answer={answer}>{(body) => <Content endpoint={body} />}</Loaded>
    </>
  )
}
