import { useMemo, useState } from "preact/hooks"
import { read, useApi } from "../api.ts"
import { compact, count, percent, share, time, words } from "../format.ts"
import { Bars, barsOf, Tile } from "../parts/bars.tsx"
import { DarkBadge } from "../parts/dark-labels.tsx"
import { Head } from "../parts/head.tsx"
import { Identity } from "../parts/identity.tsx"
import { ErrorShare, Method, PostureBadge } from "../parts/labels.tsx"
import { Failure, Loaded, Loading } from "../parts/states.tsx"
import { openRows, pathTree, type TreeRow } from "../path-tree.ts"
import type { Endpoint } from "../types/endpoints.ts"
import type { Page } from "../types/common.ts"
import type { Service, ServiceDetail } from "../types/services.ts"

const PAGE = 1000

function FolderRow(props: { readonly row: TreeRow; readonly open: boolean; readonly toggle: () => void }) {
  const { row, open, toggle } = props
  return (
    <tr>
      <td class="grow" style={{ paddingLeft: `${16 + row.depth * 18}px` }}>
        {row.hasChildren ? (
          <button type="button" class="tree-toggle" aria-expanded={open} onClick={toggle}>
            {row.name}
          </button>
        ) : (
          <span class="path">{row.name}</span>
        )}
      </td>
      <td class="faint">{row.count === 1 ? "1 endpoint" : `${count(row.count)} endpoints`}</td>
      <td />
      <td class="number faint">{compact(row.requests)}</td>
      <td class="number">
        <ErrorShare errors={row.errors} requests={row.requests} />
      </td>
    </tr>
  )
}

function LeafRow({
  endpoint,
  depth,
  name,
}: {
  readonly endpoint: Endpoint
  readonly depth: number
  readonly name: string
}) {
  return (
    <tr data-row>
      <td class="grow" style={{ paddingLeft: `${16 + depth * 18}px` }}>
        <a data-main href={`/endpoints/${encodeURIComponent(endpoint.id)}`}>
          <Method name={endpoint.method} />
          <span class="path">
            {name}
            {endpoint.operation === null ? null : <span class="operation">{endpoint.operation}</span>}
          </span>
        </a>
      </td>
      <td class="soft">{endpoint.consumers === 1 ? "1 consumer" : `${count(endpoint.consumers)} consumers`}</td>
      <td>
        <PostureBadge posture={endpoint.auth.posture} />
      </td>
      <td class="number">{compact(endpoint.requests)}</td>
      <td class="number">
        <ErrorShare errors={endpoint.errors} requests={endpoint.requests} />
      </td>
    </tr>
  )
}

function Tree({ endpoints }: { readonly endpoints: readonly Endpoint[] }) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const rows = useMemo(() => pathTree(endpoints), [endpoints])
  const toggle = (path: string): void => {
    const next = new Set(closed)
    if (!next.delete(path)) next.add(path)
    setClosed(next)
  }
  return (
    <div class="table-wrap">
      <table aria-label="Endpoints by path">
        <thead>
          <tr>
            <th scope="col" class="grow">
              Path
            </th>
            <th scope="col">Use</th>
            <th scope="col">Auth</th>
            <th scope="col" class="number">
              Requests
            </th>
            <th scope="col" class="number">
              Errors
            </th>
          </tr>
        </thead>
        <tbody>
          {openRows(rows, closed).flatMap((row) => {
            const folder = row.hasChildren || row.endpoints.length > 1
            const open = !closed.has(row.path)
            return [
              folder ? <FolderRow key={row.path} row={row} open={open} toggle={() => toggle(row.path)} /> : null,
              ...(open ? row.endpoints : []).map((endpoint) => (
                <LeafRow
                  key={endpoint.id}
                  endpoint={endpoint}
                  depth={folder ? row.depth + 1 : row.depth}
                  name={folder ? "" : row.name}
                />
              )),
            ]
          })}
        </tbody>
      </table>
    </div>
  )
}

/** The first thousand at once; the rest when asked for. */
function Endpoints({ service }: { readonly service: string }) {
  const base = `/endpoints?service=${encodeURIComponent(service)}&sort=template&limit=${PAGE}`
  const first = useApi<Page<Endpoint>>(base)
  const [more, setMore] = useState<readonly Endpoint[]>([])
  const [next, setNext] = useState<string | null | undefined>(undefined)
  const endpoints = useMemo(() => [...(first.body?.items ?? []), ...more], [first.body, more])
  if (first.body === null) return first.error === null ? <Loading /> : <Failure answer={first} />
  const cursor = next === undefined ? first.body.next : next
  const load = async (): Promise<void> => {
    const page = await read<Page<Endpoint>>(`${base}&cursor=${encodeURIComponent(cursor ?? "")}`)
    setMore([...more, ...page.items])
    setNext(page.next)
  }
  return (
    <>
      <Tree endpoints={endpoints} />
      {cursor === null ? null : (
        <div class="below">
          {count(endpoints.length)} of {count(first.body.total)} shown
          <button type="button" class="button push" onClick={() => void load()}>
            Show more
          </button>
        </div>
      )}
    </>
  )
}

function Facts({ service }: { readonly service: Service }) {
  return (
    <section class="panel" aria-labelledby="facts">
      <div class="panel-head">
        <h2 id="facts">Where it answers</h2>
      </div>
      <div class="panel-body">
        <dl class="facts">
          <dt>Authority</dt>
          <dd>{service.authority ?? "none sent"}</dd>
          <dt>Zone</dt>
          <dd>{service.zone ?? "plain network"}</dd>
          <dt>Ports</dt>
          <dd>{service.ports.join(", ")}</dd>
          <dt>Protocols</dt>
          <dd>{service.protocols.join(", ")}</dd>
          <dt>Addresses</dt>
          <dd>
            {service.addresses.slice(0, 12).map((address) => (
              <div key={address} class="mono">
                {address}
              </div>
            ))}
            {service.addresses.length > 12 ? <div class="faint">and {service.addresses.length - 12} more</div> : null}
          </dd>
          <dt>First seen</dt>
          <dd>{time(service.firstSeen)} UTC</dd>
          <dt>Last seen</dt>
          <dd>{time(service.lastSeen)} UTC</dd>
        </dl>
      </div>
    </section>
  )
}

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
      <div class="grid wide-narrow">
        <section class="panel" aria-labelledby="tree">
          <div class="panel-head">
            <h2 id="tree">Endpoints</h2>
            <a class="aside" href={`/endpoints?service=${encodeURIComponent(service.id)}`}>
              As a list
            </a>
          </div>
          <Endpoints service={service.id} />
        </section>
        <div class="stack">
          <Facts service={service} />
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
      <Head title={name} crumbs={[["/services", "Services"]]} />
      <Loaded answer={answer}>{(service) => <Content service={service} />}</Loaded>
    </>
  )
}
