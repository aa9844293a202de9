// Endpoints of a service as a tree of paths.
import { useMemo, useState } from "preact/hooks"
import { read, useApi } from "../api.ts"
import { compact, count } from "../format.ts"
import { openRows, pathTree, type TreeRow } from "../path-tree.ts"
import type { Page } from "../types/common.ts"
import type { Endpoint } from "../types/endpoints.ts"
import { ErrorShare, Method, PostureBadge, StatusBadge } from "./labels.tsx"
import { Failure, Loading } from "./states.tsx"

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
      <td class="words">
        <PostureBadge posture={endpoint.auth.posture} why={endpoint.auth.why} />
        <StatusBadge status={endpoint.status} why={endpoint.statusWhy} />
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
export function EndpointTree({ service }: { readonly service: string }) {
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
