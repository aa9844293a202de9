// What the anchors look at: a row of figures for each partner and day. They are given the partner, whatever credential was used.
import type { ApiEvent } from "../../../../shared/event/api-event.ts"
import { DAY_US, WORLD_START_US } from "../../../simulate/calendar.ts"

export const FEATURES = [
  "requests",
  "objects",
  "items",
  "bytes",
  "refused",
  "routes",
  "addresses",
  "writes",
  "credentials",
] as const

/** log(1 + figure), in the order of FEATURES. */
export type Row = Float64Array

export interface PartnerDay {
  readonly partner: number
  readonly day: number
  readonly row: Row
}

interface Open {
  readonly sums: Float64Array
  readonly objects: Set<number>
  readonly routes: Set<number>
  readonly addresses: Set<string>
  readonly credentials: Set<string>
}

export class DayFeatures {
  readonly rows: PartnerDay[] = []
  readonly #open = new Map<number, Open>()
  #day = 0

  note(event: ApiEvent, partner: number, route: number): void {
    const day = Math.floor((event.startUs - WORLD_START_US) / DAY_US)
    if (day > this.#day) this.close()
    this.#day = day
    let open = this.#open.get(partner)
    if (open === undefined) {
      open = {
        sums: new Float64Array(5),
        objects: new Set(),
        routes: new Set(),
        addresses: new Set(),
        credentials: new Set(),
      }
      this.#open.set(partner, open)
    }
    const { sums } = open
    sums[0]!++
    sums[1]! += Math.max(0, event.items)
    sums[2]! += event.responseBytes
    if (event.status >= 400 && event.status < 500) sums[3]!++
    for (const object of event.objects) open.objects.add(object)
    open.routes.add(route)
    open.addresses.add(event.client.address)
    open.credentials.add(event.identity.principal)
    if (event.operation.method !== "GET") sums[4]!++
  }

  /** The day is over. */
  close(): void {
    for (const [partner, { sums, objects, routes, addresses, credentials }] of this.#open) {
      const [requests, items, bytes, refused, writes] = sums
      const figures = [
        requests!,
        objects.size,
        items!,
        bytes!,
        refused!,
        routes.size,
        addresses.size,
        writes!,
        credentials.size,
      ]
      this.rows.push({ partner, day: this.#day, row: Float64Array.from(figures, Math.log1p) })
    }
    this.#open.clear()
  }
}
