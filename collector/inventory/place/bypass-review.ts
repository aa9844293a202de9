// What went past a service's gateway, as one finding a service.
//
// In:  the record of a service. Out: the finding gateway.bypass, held or gone, with counts, places and consumers.
import type { BypassRecord, ListenerRecord, ServiceRecord } from "../../store/records.ts"
import type { Findings } from "../findings.ts"
import { percent, plural } from "../posture.ts"
import { Role } from "./place.ts"

const KIND = "gateway.bypass"
/** Consumers and places named in a sentence. */
const NAMED_MAX = 3

export function reviewBypass(record: ServiceRecord, findings: Findings): void {
  const past = record.listeners.flatMap(({ listener, role, bypass }) =>
    role === Role.bypass && bypass !== null ? [{ listener, bypass }] : [],
  )
  if (past.length === 0) {
    findings.gone(KIND, record.id, record.lastSeenUs, "None of its places counts as a bypass any more.")
    return
  }
  const sum = (of: (bypass: BypassRecord) => number): number =>
    past.reduce((total, { bypass }) => total + of(bypass), 0)
  const requests = sum((bypass) => bypass.requests)
  const consumers = consumersOf(past.map(({ bypass }) => bypass))
  const places = named(past.map(({ listener, bypass }) => `${listener} (${bypass.requests})`))
  const by = consumers.length === 0 ? "" : `, by ${named(consumers.map((one) => `${one.name} (${one.requests})`))}`
  const successes = sum((bypass) => bypass.successes)
  findings.hold(KIND, record.id, {
    service: record.id,
    consumer: consumers.length === 1 ? consumers[0]!.id : "",
    firstUs: Math.min(...past.map(({ bypass }) => bypass.firstUs)),
    lastUs: Math.max(...past.map(({ bypass }) => bypass.lastUs)),
    count: requests,
    sentence: `${plural(requests, "exchange")} with ${record.name} went past its gateway${gatewaysOf(record)}, ${successes} of them successful: at ${places}${by}.`,
  })
}

function gatewaysOf({ listeners, requests }: ServiceRecord): string {
  const gateways = listeners.filter(({ role }) => role === Role.gateway)
  if (gateways.length === 0) return ""
  const carried = gateways.reduce((sum, one) => sum + carriedBy(one), 0)
  return ` ${named(gateways.map(({ listener }) => listener))} (${carried} exchanges, ${percent(Math.min(carried, requests), requests)})`
}

function carriedBy({ requests }: ListenerRecord): number {
  return requests.tls + requests.clear
}

function consumersOf(bypasses: readonly BypassRecord[]): { id: string; name: string; requests: number }[] {
  const sums = new Map<string, { id: string; name: string; requests: number }>()
  for (const { consumers } of bypasses)
    for (const [id, { name, requests }] of Object.entries(consumers)) {
      const known = sums.get(id)
      if (known !== undefined) known.requests += requests
      else sums.set(id, { id, name: name === "" ? "clients not known" : name, requests })
    }
  return [...sums.values()].sort((a, b) => b.requests - a.requests || (a.name < b.name ? -1 : 1))
}

function named(names: readonly string[]): string {
  const more = names.length - NAMED_MAX
  return more <= 0 ? names.join(", ") : `${names.slice(0, NAMED_MAX).join(", ")} and ${more} more`
}
