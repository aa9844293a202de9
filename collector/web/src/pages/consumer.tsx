import { useApi } from "../api.ts"
import { bytes, compact, count, percent, share, span, time } from "../format.ts"
import { Tile } from "../parts/bars.tsx"
import { TrafficChart } from "../parts/chart.tsx"
import { Head } from "../parts/head.tsx"
import { EndpointLink, ErrorShare, Scheme } from "../parts/labels.tsx"
import { Loaded } from "../parts/states.tsx"
import { type Column, Table } from "../parts/table.tsx"
import type { ConsumerDetail } from "../types/consumers.ts"

const USES: readonly Column<ConsumerDetail["uses"][number]>[] = [
  { name: "Endpoint", grow: true, cell: (row) => <EndpointLink endpoint={row.endpoint} /> },
  { name: "Service", spare: true, cell: (row) => <span class="soft">{row.endpoint.serviceName}</span> },
  { name: "Requests", number: true, cell: (row) => compact(row.requests) },
  { name: "Errors", number: true, cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} /> },
  { name: "Sent", number: true, spare: true, cell: (row) => bytes(row.requestBytes) },
  { name: "Received", number: true, cell: (row) => bytes(row.responseBytes) },
]

function Pseudonyms({ name, values }: { readonly name: string; readonly values: readonly string[] }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {values.length === 0 ? <span class="faint">none</span> : null}
        {values.slice(0, 8).map((value) => (
          <div key={value} class="mono">
            {value}
          </div>
        ))}
        {values.length > 8 ? <div class="faint">and {values.length - 8} more</div> : null}
      </dd>
    </>
  )
}

function Content({ consumer }: { readonly consumer: ConsumerDetail }) {
  const received = consumer.uses.reduce((sum, use) => sum + use.responseBytes, 0)
  return (
    <>
      <div class="tiles">
        <Tile what="Requests" value={compact(consumer.requests)} />
        <Tile what="Errors" value={percent(share(consumer.errors, consumer.requests))} />
        <Tile what="Endpoints" value={count(consumer.endpoints)} />
        <Tile what="Received" value={bytes(received)} />
        <Tile what="Known for" value={span(consumer.firstSeen, consumer.lastSeen)} />
      </div>
      <div class="grid wide-narrow">
        <div class="stack">
          <section class="panel" aria-labelledby="activity">
            <div class="panel-head">
              <h2 id="activity">Activity by hour</h2>
              <span class="aside">7 days up to its latest exchange, UTC</span>
            </div>
            <div class="panel-body">
              <TrafficChart points={consumer.hourly} size="hour" title="Activity by hour" />
            </div>
          </section>
          <section class="panel" aria-labelledby="uses">
            <div class="panel-head">
              <h2 id="uses">Endpoints it uses</h2>
              <a class="aside" href={`/endpoints?consumer=${encodeURIComponent(consumer.id)}`}>
                As a list
              </a>
            </div>
            <Table columns={USES} rows={consumer.uses} label="Endpoints it uses" keyOf={(row) => row.endpoint.id} />
          </section>
        </div>
        <section class="panel" aria-labelledby="identity">
          <div class="panel-head">
            <h2 id="identity">Identity</h2>
            <span class="aside">pseudonyms</span>
          </div>
          <div class="panel-body">
            <dl class="facts">
              <dt>Credential</dt>
              <dd>
                <Scheme name={consumer.scheme} />
              </dd>
              <dt>Partner</dt>
              <dd>{consumer.partner ?? <span class="faint">not assigned</span>}</dd>
              <dt>Issuer</dt>
              <dd>{consumer.issuer ?? <span class="faint">none</span>}</dd>
              <dt>Rule</dt>
              <dd class="mono">{consumer.rule}</dd>
              <Pseudonyms name="Former keys" values={consumer.formerPrincipals} />
              <Pseudonyms name="Credentials" values={consumer.credentials} />
              <Pseudonyms name="Networks" values={consumer.prefixes} />
              <Pseudonyms name="Clients" values={consumer.userAgents} />
              <dt>First seen</dt>
              <dd>{time(consumer.firstSeen)} UTC</dd>
              <dt>Last seen</dt>
              <dd>{time(consumer.lastSeen)} UTC</dd>
            </dl>
          </div>
        </section>
      </div>
    </>
  )
}

export function ConsumerPage({ id }: { readonly id: string }) {
  const answer = useApi<ConsumerDetail>(`/consumers/${encodeURIComponent(id)}`)
  return (
    <>
      <Head title={answer.body?.name ?? "Consumer"} crumbs={[["/consumers", "Consumers"]]}>
        {answer.body?.learning ? <span class="badge">learning its baseline</span> : null}
      </Head>
      <Loaded answer={answer}>{(consumer) => <Content consumer={consumer} />}</Loaded>
    </>
  )
}
