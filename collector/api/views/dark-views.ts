// Records of the store as the API shows the ledger of dark APIs, and which identity rules decide.
import type { DarkHour, DarkRecord, NamedService } from "../../store/records.ts"
import { darkState } from "../../store/records.ts"
import type { Dark, DarkDetail, IdentityCoverage } from "../dark-models.ts"
import { darkWords } from "../dark-sentences.ts"
import { isoTime } from "../event-time.ts"
import { orNull } from "./inventory-views.ts"

const HTTPS = 443

/** Authorities under which a server of this name and port would be a service. */
export function authoritiesOf({ name, port }: Pick<DarkRecord, "name" | "port">): string[] {
  return name === "" ? [] : [name, `${name}:${port}`]
}

/** Where it listens, as services say it. */
export function listenerOf({ address, port }: Pick<DarkRecord, "address" | "port">): string {
  return `${address}:${port}`
}

/**
 * How well a service fits, 0 best: named with the port, seen at that place, named without a port that nobody writes (443), named
 * alike and seen elsewhere only. A name at a place that several names share fits none but its own.
 */
function distance(record: DarkRecord, { authority, zone, addresses }: NamedService): number {
  const { name, port } = record
  const isThere = zone === record.zone && addresses.includes(listenerOf(record))
  if (name === "") return isThere ? 1 : Number.POSITIVE_INFINITY
  if (authority === `${name}:${port}`) return 0
  if (authority !== name) return Number.POSITIVE_INFINITY
  return isThere ? 1 : port === HTTPS ? 2 : 3
}

/** The services that it may be, the best first, of equals those of its own zone. */
export function servicesOf(record: DarkRecord, services: readonly NamedService[]): NamedService[] {
  const rank = (one: NamedService): number => 2 * distance(record, one) + (one.zone === record.zone ? 0 : 1)
  const fitting = services.filter((one) => distance(record, one) < Number.POSITIVE_INFINITY)
  return fitting.sort((a, b) => rank(a) - rank(b))
}

/** The one that it is, as far as anybody can tell; null when it is of another port, or one of several at a place without a name. */
function serviceOf(record: DarkRecord, services: readonly NamedService[]): NamedService | null {
  const [first, ...others] = servicesOf(record, services)
  if (first === undefined || distance(record, first) > 2) return null
  return record.name === "" && others.length > 0 ? null : first
}

function labelOf({ id, name, zone }: NamedService) {
  return { id, name, zone: orNull(zone) }
}

export function darkView(record: DarkRecord, services: readonly NamedService[]): Dark {
  const service = serviceOf(record, services)
  return {
    id: record.id,
    name: orNull(record.name),
    address: record.address,
    addressClass: record.addressClass,
    port: record.port,
    zone: orNull(record.zone),
    state: darkState(record),
    sessions: record.sessions,
    requestBytes: record.requestBytes,
    responseBytes: record.responseBytes,
    clients: record.clients.length,
    moreClients: record.isCrowded,
    versions: record.versions,
    alpns: record.alpns,
    reasons: record.reasons,
    firstSeen: isoTime(record.firstSeenUs),
    lastSeen: isoTime(record.lastSeenUs),
    service: service === null ? null : labelOf(service),
  }
}

export function darkDetailView(
  record: DarkRecord,
  services: readonly NamedService[],
  hours: readonly DarkHour[],
): DarkDetail {
  return {
    ...darkView(record, services),
    states: record.states,
    why: Object.entries(record.reasons)
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .map(([reason, notes]) => ({ reason, notes, ...darkWords(reason) })),
    ciphers: record.ciphers,
    ja4s: record.ja4s,
    issuers: record.issuers,
    certificateNames: record.certificateNames,
    clientNames: record.clientNames,
    resumed: record.resumed,
    earlyData: record.earlyData,
    services: servicesOf(record, services).map(labelOf),
    hourly: hours.map(({ windowUs, sessions, requestBytes, responseBytes }) => ({
      at: isoTime(windowUs),
      sessions,
      requestBytes,
      responseBytes,
    })),
  }
}

/** `counts`: requests by "rule scheme", of one service or sensor, or of several. */
export function coverageView(counts: readonly Readonly<Record<string, number>>[]): IdentityCoverage {
  const sums = new Map<string, number>()
  for (const one of counts) for (const [key, count] of Object.entries(one)) sums.set(key, (sums.get(key) ?? 0) + count)
  let requests = 0
  let anonymous = 0
  const rules = [...sums]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([key, count]) => {
      const space = key.lastIndexOf(" ")
      const scheme = key.slice(space + 1)
      requests += count
      if (scheme === "none") anonymous += count
      return { rule: key.slice(0, space), scheme, requests: count, share: 0 }
    })
  const share = (count: number): number => (requests === 0 ? 0 : count / requests)
  return {
    requests,
    anonymous,
    anonymousShare: share(anonymous),
    rules: rules.map((rule) => ({ ...rule, share: share(rule.requests) })),
  }
}
