// All endpoints of a service, whatever the length of a page.
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
