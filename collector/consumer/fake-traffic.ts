// Test support: callers who call day after day, and an inventory that hears of it.
import type { ApiEvent, Client, Identity } from "../../shared/event/api-event.ts"
import { batch, client, countingIds, event, identity, operation, server } from "../inventory/fake-batches.ts"
import { Inventory } from "../inventory/inventory.ts"
import type { InventoryLimits } from "../inventory/limits.ts"
import { DAY_US, HOUR_US } from "../inventory/pair-counts.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"

/** 2026-11-02 00:00:00 UTC, a Monday. */
export const MONDAY_US = Date.UTC(2026, 10, 2) * 1000

/** Requests a day by path; one of them is named by its host and path. */
export type CallsOfDay = Readonly<Record<string, number>>

export const ORDERS: CallsOfDay = { "/v1/orders": 2, "/v1/orders/{int}": 6, "/v1/customers/{int}": 2 }
export const INVOICES: CallsOfDay = { "/v1/invoices": 3, "/v1/invoices/{int}": 7 }

export interface Caller {
  readonly identity: Identity
  readonly client: Client
  readonly calls: CallsOfDay
  readonly host?: string
  /** Days since MONDAY_US on which it calls, at 06:00 and the minutes after that. */
  readonly days: readonly number[]
  readonly hour?: number
}

export function key(principal: string, change: Partial<Identity> = {}): Identity {
  const of = { scheme: "api-key", location: "header:x-api-key", algorithm: "", issuer: "", name: "", rule: "api-key" }
  return identity({ ...of, principal, credential: `d${principal}`, ...change })
}

export const SDK = client({
  prefix: "office-net",
  ja4: "t13d1516h2_aaaa_bbbb",
  fieldOrder: 77,
  userAgentFamily: "acme-sdk",
})

export function days(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

export function eventsOf(callers: readonly Caller[]): ApiEvent[] {
  const events: ApiEvent[] = []
  for (const caller of callers) {
    const where = server({ authority: caller.host ?? "api.example.com" })
    const kinds = Object.entries(caller.calls).map(([path, count]) => ({ count, operation: operation({ path }) }))
    for (const day of caller.days) {
      let atUs = MONDAY_US + day * DAY_US + (caller.hour ?? 6) * HOUR_US
      for (const { count, operation: what } of kinds) {
        for (let i = 0; i < count; i++) {
          atUs += 1_000_000
          const { identity: who, client: from } = caller
          events.push(event({ startUs: atUs, identity: who, client: from, server: where, operation: what }))
        }
      }
    }
  }
  return events.sort((a, b) => a.startUs - b.startUs)
}

export interface Heard {
  readonly store: Store
  inventory: Inventory
  /** Applies events as the next batches, `size` events each. */
  hear(events: readonly ApiEvent[], size?: number): Promise<void>
  /** As after a kill. */
  restart(): Promise<void>
  close(): Promise<void>
}

export async function hearing(limits: Partial<InventoryLimits> = {}): Promise<Heard> {
  const store = await openSqliteStore(":memory:")
  const mint = countingIds()
  let sequence = 0
  const heard: Heard = {
    store,
    inventory: await Inventory.open(store, { mint, limits }),
    async hear(events, size = 500) {
      for (let at = 0; at < events.length; at += size) {
        heard.inventory.apply(batch(events.slice(at, at + size), { sequence: ++sequence }))
        await heard.inventory.checkpoint()
      }
    },
    async restart() {
      heard.inventory = await Inventory.open(store, { mint, limits })
    },
    close: () => store.close(),
  }
  return heard
}

export const ACTOR = { name: "console", atUs: 1 }
