// Of a service: where it listens and in what role, whose it is, what makes it risky.
import { send } from "../api.ts"
import { compact, percent, share, time } from "../format.ts"
import type { Listener, ServiceDetail } from "../types/services.ts"
import { EditButton, lineList, listOf, REASON } from "./form.tsx"
import { Labels } from "./labels.tsx"
import { type Column, Table } from "./table.tsx"

const ROLES: Readonly<Record<Listener["role"], readonly [tone: string, name: string]>> = {
  gateway: ["good", "gateway"],
  behind: ["info", "behind the gateway"],
  bypass: ["bad", "bypass"],
  unknown: ["", "unknown"],
}

function BypassFacts({ listener }: { readonly listener: Listener }) {
  const { bypass } = listener
  if (bypass === null) return null
  return (
    <details>
      <summary>{compact(bypass.requests)} requests past the gateway</summary>
      <p class="soft">
        {compact(bypass.successes)} succeeded, {compact(bypass.authenticated)} of them with a credential; last{" "}
        {time(bypass.last)} UTC.
      </p>
      <ul>
        {bypass.consumers.map((consumer) => (
          <li key={consumer.id ?? consumer.name}>
            {consumer.id === null ? (
              consumer.name
            ) : (
              <a class="link" href={`/consumers/${encodeURIComponent(consumer.id)}`}>
                {consumer.name}
              </a>
            )}{" "}
            <span class="faint">{compact(consumer.requests)}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

const COLUMNS: readonly Column<Listener>[] = [
  {
    name: "Where",
    grow: true,
    cell: (row) => (
      <>
        <span class="mono">{row.listener}</span> <span class="faint">{row.addressClass}</span>
        <div class="soft">{row.why}</div>
        <BypassFacts listener={row} />
      </>
    ),
  },
  { name: "Role", cell: (row) => <span class={`badge ${ROLES[row.role][0]}`}>{ROLES[row.role][1]}</span> },
  {
    name: "With TLS",
    number: true,
    spare: true,
    cell: ({ requests: { tls, clear } }) => percent(share(tls, tls + clear)),
  },
  { name: "Requests", number: true, cell: ({ requests: { tls, clear } }) => compact(tls + clear) },
  { name: "Last seen", number: true, spare: true, cell: (row) => time(row.lastSeen) },
]

export function Listeners({ service }: { readonly service: ServiceDetail }) {
  return (
    <section class="panel" aria-labelledby="listeners">
      <div class="panel-head">
        <h2 id="listeners">Where it listens</h2>
        <span class="aside">addresses are pseudonyms</span>
      </div>
      {service.listeners.length === 0 ? (
        <div class="panel-body faint">No listener is known.</div>
      ) : (
        <Table columns={COLUMNS} rows={service.listeners} label="Listeners" keyOf={(row) => row.listener} />
      )}
    </section>
  )
}

export function NoteButton({ service }: { readonly service: ServiceDetail }) {
  const { note } = service
  return (
    <EditButton
      key={JSON.stringify(note)}
      label="Edit"
      about="owner and labels"
      title={`What is said of ${service.name}`}
      fields={[
        { name: "name", label: "Name", value: note.name, hint: `Empty: ${service.authority ?? "as it is addressed"}.` },
        { name: "owner", label: "Owner", value: note.owner, hint: "Empty: as the label rules say." },
        { name: "labels", label: "Labels", value: note.labels.join(", "), hint: "With commas between them." },
        {
          name: "gateways",
          label: "Gateways",
          kind: "area",
          value: note.gateways.join("\n"),
          hint: "A line each: listeners (as in the table) through which all of it should come.",
        },
        REASON,
      ]}
      submit="Save"
      effect={({ gateways }) =>
        gateways?.trim()
          ? "Requests to other listeners of the service count as a bypass."
          : "Without gateways named here, they are concluded from the traffic."
      }
      send={async (values) => {
        await send("PUT", `/services/${encodeURIComponent(service.id)}/note`, {
          name: values.name,
          owner: values.owner,
          labels: listOf(values.labels),
          gateways: lineList(values.gateways),
          reason: values.reason,
        })
        return `What is said of ${service.name} is saved.`
      }}
    />
  )
}

const ruledBy = (rule: string | null) => (rule === null ? null : <span class="faint"> by {rule}</span>)

export function ServiceFacts({ service }: { readonly service: ServiceDetail }) {
  return (
    <section class="panel" aria-labelledby="facts">
      <div class="panel-head">
        <h2 id="facts">What it is</h2>
        <span class="aside">
          <NoteButton service={service} />
        </span>
      </div>
      <div class="panel-body">
        <dl class="facts">
          <dt>Owner</dt>
          <dd>
            {service.owner ?? <span class="faint">nobody</span>}
            {ruledBy(service.ruledBy.owner)}
          </dd>
          <dt>Labels</dt>
          <dd>
            {service.labels.length === 0 ? <span class="faint">none</span> : <Labels labels={service.labels} />}
            {ruledBy(service.ruledBy.labels)}
          </dd>
          <dt>Authority</dt>
          <dd>{service.authority ?? "none sent"}</dd>
          <dt>Zone</dt>
          <dd>{service.zone ?? "plain network"}</dd>
          <dt>Ports</dt>
          <dd>{service.ports.join(", ")}</dd>
          <dt>Protocols</dt>
          <dd>{service.protocols.join(", ")}</dd>
          <dt>First seen</dt>
          <dd>{time(service.firstSeen)} UTC</dd>
          <dt>Last seen</dt>
          <dd>{time(service.lastSeen)} UTC</dd>
        </dl>
      </div>
    </section>
  )
}

export function Risk({ service }: { readonly service: ServiceDetail }) {
  return (
    <section class="panel" aria-labelledby="risk">
      <div class="panel-head">
        <h2 id="risk">Risk</h2>
        <span class="aside">{service.risk} points</span>
      </div>
      <div class="panel-body">
        {service.riskFacts.length === 0 ? (
          <p class="faint">Nothing speaks for it.</p>
        ) : (
          <ul class="lines">
            {service.riskFacts.map(({ points, sentence }) => (
              <li key={sentence}>
                <span class="when">+{points}</span>
                <span class="what">{sentence}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}
