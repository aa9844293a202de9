// Endpoints of a service as a tree of path segments, in the order of a sitemap. Segments with a single continuation and no
// endpoint of their own are folded into one row: "/v1/orders" rather than two.
import type { Endpoint } from "./types/endpoints.ts"

export interface TreeRow {
  /** "" is the root; "/v1/orders" a folder or the place of endpoints. */
  readonly path: string
  /** What the row says: the part below its parent. */
  readonly name: string
  readonly depth: number
  readonly endpoints: readonly Endpoint[]
  readonly hasChildren: boolean
  /** Over everything below, itself included. */
  readonly requests: number
  readonly errors: number
  readonly count: number
}

interface Node {
  readonly name: string
  readonly path: string
  readonly children: Map<string, Node>
  readonly endpoints: Endpoint[]
}

const newNode = (name: string, path: string): Node => ({ name, path, children: new Map(), endpoints: [] })

function grow(endpoints: readonly Endpoint[]): Node {
  const root = newNode("", "")
  for (const endpoint of endpoints) {
    let node = root
    for (const segment of endpoint.template.split("/").slice(endpoint.template.startsWith("/") ? 1 : 0)) {
      let child = node.children.get(segment)
      if (child === undefined) {
        child = newNode(`/${segment}`, `${node.path}/${segment}`)
        node.children.set(segment, child)
      }
      node = child
    }
    node.endpoints.push(endpoint)
  }
  return root
}

function fold(node: Node, name: string): { readonly node: Node; readonly name: string } {
  let at = node
  let text = name
  while (at.endpoints.length === 0 && at.children.size === 1) {
    at = at.children.values().next().value as Node
    text += at.name
  }
  return { node: at, name: text }
}

/** Rows from top to bottom. */
export function pathTree(endpoints: readonly Endpoint[]): TreeRow[] {
  const rows: TreeRow[] = []
  const walk = (start: Node, depth: number): { requests: number; errors: number; count: number } => {
    const { node, name } = fold(start, start.name)
    const at = rows.length
    const sum = { requests: 0, errors: 0, count: node.endpoints.length }
    for (const endpoint of node.endpoints) {
      sum.requests += endpoint.requests
      sum.errors += endpoint.errors
    }
    rows.push({ path: node.path, name, depth, endpoints: node.endpoints, hasChildren: node.children.size > 0, ...sum })
    for (const child of [...node.children.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const below = walk(child, depth + 1)
      sum.requests += below.requests
      sum.errors += below.errors
      sum.count += below.count
    }
    rows[at] = { ...rows[at]!, ...sum }
    return sum
  }
  for (const child of [...grow(endpoints).children.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) walk(child, 0)
  return rows
}

/** The rows that are seen when the folders in `closed` are shut. */
export function openRows(rows: readonly TreeRow[], closed: ReadonlySet<string>): TreeRow[] {
  const out: TreeRow[] = []
  let hiddenBelow = Number.POSITIVE_INFINITY
  for (const row of rows) {
    if (row.depth > hiddenBelow) continue
    hiddenBelow = closed.has(row.path) ? row.depth : Number.POSITIVE_INFINITY
    out.push(row)
  }
  return out
}
