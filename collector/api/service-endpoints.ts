// All endpoints of a service, whatever the length of a page, and the texts of the shapes of their bodies.
import type { SchemaTexts } from "../inventory/schema/schema-tree.ts"
import { shapesOf } from "../inventory/specification/observed-bodies.ts"
import type { EndpointRecord } from "../store/records.ts"
import type { Store } from "../store/store.ts"

const PAGE = 1000

/** In order of template; at most as many as the inventory lets a service have. */
export async function endpointsOf(store: Store, service: string): Promise<EndpointRecord[]> {
  const records: EndpointRecord[] = []
  let cursor: string | undefined
  do {
    const page = await store.endpoints({ service }, { limit: PAGE, sort: "template", cursor })
    records.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  return records
}

export const NO_TEXTS: SchemaTexts = new Map()

const SHAPES_AT_ONCE = 500

export async function textsOf(store: Store, records: readonly EndpointRecord[]): Promise<SchemaTexts> {
  const shapes = [...new Set(records.flatMap(shapesOf))]
  const texts = new Map<number, { readonly paths: readonly string[] }>()
  for (let i = 0; i < shapes.length; i += SHAPES_AT_ONCE)
    for (const { shape, paths } of await store.shapes(shapes.slice(i, i + SHAPES_AT_ONCE))) texts.set(shape, { paths })
  return texts
}
