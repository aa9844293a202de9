import { useApi } from "../api.ts"
import { compact, count, percent, share, words } from "../format.ts"
import { AuditList } from "../parts/audit-list.tsx"
import { Bars, barsOf, Tile } from "../parts/bars.tsx"
import { DarkBadge } from "../parts/dark-labels.tsx"
import { EndpointTree } from "../parts/endpoint-tree.tsx"
import { FindingLines } from "../parts/finding-list.tsx"
import { Head } from "../parts/head.tsx"
import { Identity } from "../parts/identity.tsx"
import { Pins } from "../parts/pins.tsx"
import { Listeners, Risk, ServiceFacts } from "../parts/service-facts.tsx"
import { DriftPanel, Specifications } from "../parts/specifications.tsx"
import { Loaded } from "../parts/states.tsx"
import type { AuditEntry } from "../types/overview.ts"
import type { ServiceDetail } from "../types/services.ts"

/** What of this name is behind TLS: a service that is read in plain text may have another, larger side. */
function DarkSide({ service }: { readonly service: ServiceDetail }) {
  if (service.dark.length === 0) return null
  return (
    <section class="panel" aria-labelledby="dark">
      <div class="panel-head">
        <h2 id="dark">Behind TLS</h2>
        <a class="aside" href={`/dark?search=${encodeURIComponent(service.dark[0]?.name ?? "")}`}>
          Dark
        </a>
      </div>
      <div class="panel-body">
        <ul class="lines">
          {service.dark.map((server) => (
            <li key={server.id}>
              <DarkBadge state={server.state} />
              <span class="what">
                <a href={`/dark/${encodeURIComponent(server.id)}`}>port {server.port}</a>{" "}
                <span class="soft">{compact(server.sessions)} sessions</span>
              </span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

function Findings({ service }: { readonly service: ServiceDetail }) {
  const open = service.findings.filter(({ state }) => state === "open")
  if (open.length === 0) return null
  return (
    <section class="panel" aria-labelledby="findings">
      <div class="panel-head">
        <h2 id="findings">Findings</h2>
        <a class="aside" href={`/findings?service=${encodeURIComponent(service.id)}`}>
          All of this service
        </a>
      </div>
      <div class="panel-body">
        <FindingLines findings={open.slice(0, 8)} />
        {open.length <= 8 ? null : <p class="faint">and {open.length - 8} more</p>}
      </div>
    </section>
  )
}

/** Notes, pins and specifications of the service. */
function isAbout({ subject, edit }: AuditEntry, service: string): boolean {
  return subject === service || (edit as { service?: string } | null)?.service === service
}

function Content({ service }: { readonly service: ServiceDetail }) {
  const unlisted = barsOf(service.unlisted).map((bar) => ({ ...bar, name: words(bar.name), tone: "idle" }))
  return (
    <>
      <div class="tiles">
        <Tile what="Endpoints" value={compact(service.endpoints)} />
        <Tile what="Requests" value={compact(service.requests)} />
        <Tile what="Errors" value={percent(share(service.errors, service.requests))} />
        {service.conversations === 0 ? null : (
          <Tile what="Conversations" value={compact(service.conversations)} note="WebSocket" />
        )}
        <Tile what="Addresses" value={count(service.addresses.length)} />
      </div>
      <Findings service={service} />
      <div class="grid wide-narrow">
        <div class="stack">
          <section class="panel" aria-labelledby="tree">
            <div class="panel-head">
              <h2 id="tree">Endpoints</h2>
              <a class="aside" href={`/endpoints?service=${encodeURIComponent(service.id)}`}>
                As a list
              </a>
            </div>
            <EndpointTree service={service.id} />
          </section>
          <Listeners service={service} />
          <Specifications service={service} />
          <DriftPanel service={service} />
          <Pins service={service.id} />
        </div>
        <div class="stack">
          <ServiceFacts service={service} />
          <Risk service={service} />
          <DarkSide service={service} />
          <Identity coverage={service.identity} />
          <section class="panel" aria-labelledby="unlisted">
            <div class="panel-head">
              <h2 id="unlisted">Exchanges of no endpoint</h2>
            </div>
            <div class="panel-body">
              <Bars bars={unlisted} empty="None." />
            </div>
          </section>
          <AuditList subject={null} isOf={(entry) => isAbout(entry, service.id)} />
        </div>
      </div>
    </>
  )
}

export function ServicePage({ id }: { readonly id: string }) {
  const answer = useApi<ServiceDetail>(`/services/${encodeURIComponent(id)}`)
  const name = answer.body?.name ?? "Service"
  return (
    <>
      <Head title={name} crumbs={[["/services", "Services"]]}>
        <div class="buttons">
          <a class="button small" href={`/consumers?service=${encodeURIComponent(id)}`}>
            Consumers
          </a>
          <a class="button small" href={`/map?service=${encodeURIComponent(id)}`}>
            On the map
          </a>
        </div>
      </Head>
      <Loaded answer={answer}>{(service) => <Content service={service} />}</Loaded>
    </>
  )
}
