import { send, useApi } from "../api.ts"
import { bytes, compact, count, percent, share, time, words } from "../format.ts"
import { Tile } from "../parts/bars.tsx"
import { TrafficChart } from "../parts/chart.tsx"
import { EditButton, REASON } from "../parts/form.tsx"
import { Head } from "../parts/head.tsx"
import { DataClasses, EndpointLink, ErrorShare, Labels, Scheme } from "../parts/labels.tsx"
import { PARTNER_FIELDS, partnerBody } from "../parts/partner-form.tsx"
import { Loaded } from "../parts/states.tsx"
import { type Column, Table } from "../parts/table.tsx"
import { navigate } from "../router.ts"
import type { Edited, Page } from "../types/common.ts"
import type { Consumer, PartnerDetail, Violation } from "../types/consumers.ts"

/** The consumer is of this partner (an id), or as rules say (""). */
export async function assign(consumer: string, partner: string, reason: string | undefined): Promise<string> {
  const body = { partner, reason }
  return (await send<Edited>("PUT", `/consumers/${encodeURIComponent(consumer)}/partner`, body)).sentence
}

const MEMBERS: readonly Column<Consumer>[] = [
  {
    name: "Consumer",
    grow: true,
    cell: (row) => (
      <a data-main href={`/consumers/${encodeURIComponent(row.id)}`}>
        {row.name}
      </a>
    ),
  },
  { name: "Credential", spare: true, cell: (row) => <Scheme name={row.scheme} /> },
  { name: "Requests", number: true, cell: (row) => compact(row.requests) },
  { name: "Errors", number: true, cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} /> },
  { name: "Last seen", number: true, cell: (row) => time(row.lastSeen) },
  {
    name: "Change",
    cell: (row) => (
      <EditButton
        label="Take out"
        about={row.name}
        title={`${row.name} is not of this partner`}
        fields={[REASON]}
        submit="Take out"
        effect={() => "It belongs to no partner then, whatever the rules say, for the past, too."}
        send={async ({ reason }) => {
          const body = { partner: null, reason }
          return (await send<Edited>("PUT", `/consumers/${encodeURIComponent(row.id)}/partner`, body)).sentence
        }}
      />
    ),
  },
]

const USES: readonly Column<PartnerDetail["uses"][number]>[] = [
  { name: "Endpoint", grow: true, cell: (row) => <EndpointLink endpoint={row.endpoint} /> },
  { name: "Consumers", number: true, spare: true, cell: (row) => count(row.consumers) },
  { name: "Requests", number: true, cell: (row) => compact(row.requests) },
  { name: "Errors", number: true, cell: (row) => <ErrorShare errors={row.errors} requests={row.requests} /> },
  { name: "Received", number: true, cell: (row) => bytes(row.responseBytes) },
]

function ViolationLine({ violation }: { readonly violation: Violation }) {
  return (
    <li>
      <span class="what">
        <span class="badge bad">{words(violation.kind)}</span> {violation.sentence}
        <details>
          <summary>{violation.samples.length === 1 ? "1 example" : `${violation.samples.length} examples`}</summary>
          <ul>
            {violation.samples.map((sample, i) => (
              <li key={i} class="soft">
                {sample.endpoint === null ? (
                  sample.what
                ) : (
                  <a href={`/endpoints/${encodeURIComponent(sample.endpoint)}`}>{sample.what}</a>
                )}
                , {compact(sample.requests)} requests, last {time(sample.lastSeen)}
              </li>
            ))}
          </ul>
        </details>
      </span>
    </li>
  )
}

function ContractPanel({ partner }: { readonly partner: PartnerDetail }) {
  const { contract } = partner
  const rows = [
    ["Endpoints", contract.endpoints],
    ["Networks", contract.networks],
    ["Hours", contract.hours],
    ["Requests an hour", contract.requestsPerHour === null ? [] : [count(contract.requestsPerHour)]],
    ["Requests a day", contract.requestsPerDay === null ? [] : [count(contract.requestsPerDay)]],
    ["Data classes", contract.dataClasses],
  ] as const
  return (
    <section class="panel" aria-labelledby="contract">
      <div class="panel-head">
        <h2 id="contract">Contract</h2>
      </div>
      <div class="panel-body">
        <dl class="facts">
          {rows.map(([name, values]) => (
            <>
              <dt>{name}</dt>
              <dd>
                {values.length === 0 ? <span class="faint">any</span> : values.map((value) => <div>{value}</div>)}
              </dd>
            </>
          ))}
        </dl>
      </div>
    </section>
  )
}

function AssignConsumer({ partner }: { readonly partner: PartnerDetail }) {
  const { body } = useApi<Page<Consumer>>("/consumers?sort=name&limit=1000")
  const options = (body?.items ?? [])
    .filter((consumer) => consumer.partner !== partner.id)
    .map(({ id, name, partnerName }) => [id, partnerName === null ? name : `${name} (${partnerName})`] as const)
  return (
    <EditButton
      label="Assign a consumer"
      fields={[
        { name: "consumer", label: "Consumer", kind: "choice", required: true, options: [["", "Choose"], ...options] },
        REASON,
      ]}
      submit="Assign"
      effect={() => `All that it did and will do counts for ${partner.name}.`}
      send={({ consumer, reason }) => assign(consumer ?? "", partner.id, reason)}
    />
  )
}

function Content({ partner }: { readonly partner: PartnerDetail }) {
  return (
    <>
      <div class="tiles">
        <Tile what="Consumers" value={count(partner.consumers)} />
        <Tile what="Requests" value={compact(partner.requests)} />
        <Tile what="Errors" value={percent(share(partner.errors, partner.requests))} />
        <Tile what="Received" value={bytes(partner.responseBytes)} />
        <Tile what="Violations" value={count(partner.violations.length)} note="kinds" />
      </div>
      <div class="grid wide-narrow">
        <div class="stack">
          <section class="panel" aria-labelledby="violations">
            <div class="panel-head">
              <h2 id="violations">What the contract does not allow</h2>
            </div>
            <div class="panel-body">
              <p class="soft">{partner.checked.sentence}</p>
              {partner.violations.length === 0 ? (
                <p class="faint">Nothing.</p>
              ) : (
                <ul class="lines">
                  {partner.violations.map((violation) => (
                    <ViolationLine key={violation.kind} violation={violation} />
                  ))}
                </ul>
              )}
            </div>
          </section>
          <section class="panel" aria-labelledby="activity">
            <div class="panel-head">
              <h2 id="activity">Activity by hour</h2>
              <span class="aside">UTC</span>
            </div>
            <div class="panel-body">
              <TrafficChart points={partner.hourly} size="hour" title="Activity by hour" />
            </div>
          </section>
          <section class="panel" aria-labelledby="members">
            <div class="panel-head">
              <h2 id="members">Members</h2>
              <span class="aside">
                <AssignConsumer partner={partner} />
              </span>
            </div>
            {partner.members.length === 0 ? (
              <div class="panel-body faint">None: no rule fits a consumer, and none is assigned.</div>
            ) : (
              <Table columns={MEMBERS} rows={partner.members} label="Members" keyOf={(row) => row.id} />
            )}
          </section>
          <section class="panel" aria-labelledby="uses">
            <div class="panel-head">
              <h2 id="uses">Endpoints it uses</h2>
            </div>
            <Table columns={USES} rows={partner.uses} label="Endpoints it uses" keyOf={(row) => row.endpoint.id} />
          </section>
        </div>
        <div class="stack">
          <section class="panel" aria-labelledby="facts">
            <div class="panel-head">
              <h2 id="facts">Who it is</h2>
            </div>
            <div class="panel-body">
              <dl class="facts">
                <dt>Owner here</dt>
                <dd>{partner.owner || <span class="faint">none</span>}</dd>
                <dt>Contact there</dt>
                <dd>{partner.contact || <span class="faint">none</span>}</dd>
                <dt>Labels</dt>
                <dd>
                  {partner.labels.length === 0 ? <span class="faint">none</span> : <Labels labels={partner.labels} />}
                </dd>
                <dt>Rules</dt>
                <dd>
                  {partner.rules.length === 0 ? <span class="faint">none</span> : null}
                  {partner.rules.map((rule) => (
                    <div key={rule} class="mono">
                      {rule}
                    </div>
                  ))}
                </dd>
                <dt>Data sent</dt>
                <dd>
                  <DataClasses classes={partner.dataClasses.request} />
                </dd>
                <dt>Data received</dt>
                <dd>
                  <DataClasses classes={partner.dataClasses.response} />
                </dd>
                <dt>Changed</dt>
                <dd>
                  {partner.changedAt === null ? "from the file" : `${time(partner.changedAt)} UTC by ${partner.by}`},{" "}
                  <a class="link" href={`/audit?subject=${encodeURIComponent(partner.id)}`}>
                    audit
                  </a>
                </dd>
              </dl>
              {partner.note === "" ? null : <p class="soft">{partner.note}</p>}
            </div>
          </section>
          <ContractPanel partner={partner} />
        </div>
      </div>
    </>
  )
}

function Actions({ partner }: { readonly partner: PartnerDetail }) {
  const path = `/partners/${encodeURIComponent(partner.id)}`
  return (
    <div class="buttons">
      <a class="button small" href={`/map?partner=${encodeURIComponent(partner.id)}`}>
        On the map
      </a>
      <EditButton
        label="Edit"
        about={partner.name}
        fields={PARTNER_FIELDS(partner)}
        submit="Save"
        send={async (values) => (await send<Edited>("PUT", path, partnerBody(values))).sentence}
      />
      <EditButton
        label="Remove"
        about={partner.name}
        fields={[]}
        submit="Remove the partner"
        effect={() => "Its consumers belong to none then, or where other rules say. The audit log keeps what it was."}
        send={async () => {
          const { sentence } = await send<Edited>("DELETE", path)
          navigate("/partners")
          return sentence
        }}
      />
    </div>
  )
}

export function PartnerPage({ id }: { readonly id: string }) {
  const answer = useApi<PartnerDetail>(`/partners/${encodeURIComponent(id)}`)
  return (
    <>
      <Head title={answer.body?.name ?? "Partner"} crumbs={[["/partners", "Partners"]]}>
        {answer.body === null ? null : <Actions partner={answer.body} />}
      </Head>
      <Loaded answer={answer}>{(partner) => <Content partner={partner} />}</Loaded>
    </>
  )
}
