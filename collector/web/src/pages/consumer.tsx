import { useState } from "preact/hooks"
import { send, useApi } from "../api.ts"
import { bytes, compact, count, percent, share, span, time } from "../format.ts"
import { Tile } from "../parts/bars.tsx"
import { Usual } from "../parts/baseline.tsx"
import { TrafficChart } from "../parts/chart.tsx"
import { ConsumerExceptions } from "../parts/consumer-exceptions.tsx"
import { EditButton, REASON } from "../parts/form.tsx"
import { Head } from "../parts/head.tsx"
import { LearningStateBadge } from "../parts/incident-labels.tsx"
import { IncidentsOf } from "../parts/incident-list.tsx"
import { KnownClients } from "../parts/known-clients.tsx"
import { EndpointLink, ErrorShare, Scheme } from "../parts/labels.tsx"
import { Loaded } from "../parts/states.tsx"
import { type Column, Table } from "../parts/table.tsx"
import type { Edited, Page } from "../types/common.ts"
import type { Consumer, ConsumerDetail, Partner, Seen } from "../types/consumers.ts"

/** Stands for null in a choice, where "" is "as the rules say". */
const NONE = "-"

const USES: readonly Column<ConsumerDetail["uses"][number]>[] = [
  { name: "Endpoint", grow: true, cell: (row) => <EndpointLink endpoint={row.endpoint} /> },
  { name: "Service", spare: true, cell: (row) => <span class="soft">{row.endpoint.serviceName}</span> },
  { name: "Requests", number: true, cell: (row) => compact(row.requests) },
  { name: "Errors", number: true, cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} /> },
  { name: "Sent", number: true, spare: true, cell: (row) => bytes(row.requestBytes) },
  { name: "Received", number: true, cell: (row) => bytes(row.responseBytes) },
]

function Sights({ name, values }: { readonly name: string; readonly values: readonly Seen[] }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {values.length === 0 ? <span class="faint">none</span> : null}
        {values.slice(0, 6).map((seen) => (
          <div key={seen.name} title={`${time(seen.firstSeen)} to ${time(seen.lastSeen)} UTC`}>
            <span class="mono">{seen.name}</span> <span class="faint">{compact(seen.requests)}</span>
          </div>
        ))}
        {values.length > 6 ? <div class="faint">and {values.length - 6} more</div> : null}
      </dd>
    </>
  )
}

const CLIENT_KINDS: readonly (readonly [kind: string, name: string])[] = [
  ["network", "Networks"],
  ["prefix", "Addresses"],
  ["forwardedPrefix", "Behind proxies"],
  ["userAgent", "Programs"],
  ["ja4", "TLS clients"],
]

function Identity({ consumer }: { readonly consumer: ConsumerDetail }) {
  return (
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
          <dd>
            {consumer.partner === null ? (
              <span class="faint">none</span>
            ) : (
              <a class="link" href={`/partners/${encodeURIComponent(consumer.partner)}`}>
                {consumer.partnerName}
              </a>
            )}{" "}
            {consumer.partnerBy === "" ? null : <span class="faint">by {consumer.partnerBy}</span>}
          </dd>
          {consumer.seenName === consumer.name ? null : (
            <>
              <dt>Calls itself</dt>
              <dd class="mono">{consumer.seenName}</dd>
            </>
          )}
          <dt>Issuer</dt>
          <dd>{consumer.issuer ?? <span class="faint">none</span>}</dd>
          <dt>Rule</dt>
          <dd class="mono">{consumer.rule}</dd>
          {consumer.identities.length <= 1 ? null : (
            <>
              <dt>Goes on from</dt>
              <dd>
                {consumer.identities.map(({ scheme, principal }) => (
                  <div key={`${scheme} ${principal}`} class="mono">
                    {scheme} {principal}
                  </div>
                ))}
              </dd>
            </>
          )}
          <Sights name="Credentials" values={consumer.credentialsSeen} />
          {CLIENT_KINDS.map(([kind, name]) => {
            const values = consumer.clients.filter((client) => client.kind === kind)
            return values.length === 0 ? null : <Sights key={kind} name={name} values={values} />
          })}
          <dt>First seen</dt>
          <dd>{time(consumer.firstSeen)} UTC</dd>
          <dt>Last seen</dt>
          <dd>{time(consumer.lastSeen)} UTC</dd>
        </dl>
      </div>
    </section>
  )
}

const DATA: readonly Column<ConsumerDetail["dataClasses"][number]>[] = [
  {
    name: "Class",
    cell: (row) => (
      <span class="badge violet" title={`${time(row.firstSeen)} to ${time(row.lastSeen)} UTC`}>
        {row.name}
      </span>
    ),
  },
  { name: "Way", cell: (row) => (row.direction === "request" ? "sent" : "received") },
  { name: "Requests", number: true, cell: (row) => compact(row.requests) },
  { name: "Last", number: true, spare: true, cell: (row) => time(row.lastSeen).slice(0, 10) },
]

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
          <IncidentsOf by="consumer" id={consumer.id} />
          <section class="panel" aria-labelledby="usual">
            <div class="panel-head">
              <h2 id="usual">What is usual</h2>
              <span class="aside">counts a day of event time, UTC</span>
            </div>
            <div class="panel-body">
              <Usual consumer={consumer.id} />
            </div>
          </section>
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
        <div class="stack">
          <Identity consumer={consumer} />
          <ConsumerExceptions consumer={consumer} />
          <KnownClients consumer={consumer.id} />
          {consumer.dataClasses.length === 0 ? null : (
            <section class="panel" aria-labelledby="data">
              <div class="panel-head">
                <h2 id="data">Classes of data</h2>
              </div>
              <Table
                columns={DATA}
                rows={consumer.dataClasses}
                label="Classes of data"
                keyOf={(row) => `${row.service} ${row.direction} ${row.name}`}
              />
            </section>
          )}
        </div>
      </div>
    </>
  )
}

function Actions({ consumer }: { readonly consumer: ConsumerDetail }) {
  const path = `/consumers/${encodeURIComponent(consumer.id)}`
  const [isOpened, setOpened] = useState(false)
  const partners = useApi<Page<Partner>>("/partners?sort=name&limit=500").body?.items ?? []
  const others = useApi<Page<Consumer>>(isOpened ? "/consumers?sort=name&limit=1000" : null).body?.items ?? []
  const named = (rows: readonly { readonly id: string; readonly name: string }[]) =>
    rows.filter(({ id }) => id !== consumer.id).map(({ id, name }) => [id, name] as const)
  return (
    <div class="buttons">
      <EditButton
        label="Rename"
        about={consumer.name}
        fields={[{ name: "name", label: "Name", value: consumer.name, hint: "Empty: as its exchanges say." }, REASON]}
        submit="Rename"
        send={async ({ name, reason }) => (await send<Edited>("PUT", `${path}/name`, { name, reason })).sentence}
      />
      <EditButton
        label="Assign"
        about={consumer.name}
        title={`Whose consumer ${consumer.name} is`}
        fields={[
          {
            name: "partner",
            label: "Partner",
            kind: "choice",
            value: consumer.partnerBy === "hand" ? (consumer.partner ?? NONE) : "",
            options: [["", "As the rules say"], [NONE, "None, whatever the rules say"], ...named(partners)],
          },
          REASON,
        ]}
        submit="Assign"
        effect={() => "It holds for all that it did, too."}
        send={async ({ partner = "", reason }) => {
          const body = { partner: partner === NONE ? null : partner, reason }
          return (await send<Edited>("PUT", `${path}/partner`, body)).sentence
        }}
      />
      <EditButton
        label="Merge"
        opened={() => setOpened(true)}
        about={consumer.name}
        title={`Another consumer is ${consumer.name}`}
        fields={[
          {
            name: "successor",
            label: "The other one",
            kind: "choice",
            required: true,
            options: [["", "Choose"], ...named(others)],
          },
          REASON,
        ]}
        submit="Merge"
        effect={() =>
          `Its past and its future are put to ${consumer.name}; its id finds this one. It cannot be taken apart again.`
        }
        send={async ({ successor, reason }) =>
          (await send<Edited>("POST", `${path}/merge`, { successor, reason })).sentence
        }
      />
      <a class="button small" href={`/audit?subject=${encodeURIComponent(consumer.id)}`}>
        Audit
      </a>
    </div>
  )
}

export function ConsumerPage({ id }: { readonly id: string }) {
  const answer = useApi<ConsumerDetail>(`/consumers/${encodeURIComponent(id)}`)
  return (
    <>
      <Head title={answer.body?.name ?? "Consumer"} crumbs={[["/consumers", "Consumers"]]}>
        {answer.body === null || answer.body.learningState === null ? null : (
          <LearningStateBadge state={answer.body.learningState} />
        )}
        {answer.body === null ? null : <Actions consumer={answer.body} />}
      </Head>
      <Loaded answer={answer}>{(consumer) => <Content consumer={consumer} />}</Loaded>
    </>
  )
}
