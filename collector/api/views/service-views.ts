// Records of the store as the API shows services.
import { percent, plural } from "../../inventory/posture.ts"
import type { LabelRuleRecord } from "../../store/documents.ts"
import type { ListenerRecord, ServiceRecord } from "../../store/records.ts"
import { isoTime } from "../event-time.ts"
import type { Listener, Service } from "../service-models.ts"
import { orNull } from "./inventory-views.ts"

export function serviceView(record: ServiceRecord): Service {
  return {
    id: record.id,
    name: record.name,
    authority: orNull(record.authority),
    zone: orNull(record.zone),
    owner: orNull(record.owner),
    labels: record.labels,
    risk: record.risk,
    addresses: record.addresses,
    listeners: record.listeners.map((listener) => listenerView(listener, record)),
    ports: record.ports,
    protocols: record.protocols,
    specifications: record.specifications,
    firstSeen: isoTime(record.firstSeenUs),
    lastSeen: isoTime(record.lastSeenUs),
    requests: record.requests,
    errors: record.errors,
    endpoints: record.endpoints,
    conversations: record.conversations,
    unlisted: record.unlisted,
  }
}

function listenerView(record: ListenerRecord, service: ServiceRecord): Listener {
  const { bypass } = record
  return {
    listener: record.listener,
    addressClass: record.addressClass,
    requests: record.requests,
    successes: record.successes,
    firstSeen: isoTime(record.firstSeenUs),
    lastSeen: isoTime(record.lastSeenUs),
    role: record.role as Listener["role"],
    why: whyRole(record, service),
    bypass:
      bypass === null
        ? null
        : {
            requests: bypass.requests,
            successes: bypass.successes,
            authenticated: bypass.authenticated,
            first: isoTime(bypass.firstUs),
            last: isoTime(bypass.lastUs),
            consumers: Object.entries(bypass.consumers).map(([id, one]) => ({ id: orNull(id), ...one })),
          },
  }
}

const carriedBy = ({ requests }: ListenerRecord): number => requests.tls + requests.clear

function whyRole(record: ListenerRecord, { listeners }: ServiceRecord): string {
  const all = listeners.reduce((sum, one) => sum + carriedBy(one), 0)
  const carried = carriedBy(record)
  const share = `${plural(carried, "exchange")}, ${percent(carried, all)} of the service's`
  switch (record.role) {
    case "gateway":
      return `A gateway, named by hand or learned: ${share}.`
    case "bypass":
      return `${plural(record.bypass?.requests ?? 0, "exchange")} came here past the gateway, while that one went on working.`
    case "behind":
      return "Reached from the address of a gateway, or through a client that is in front of several consumers at the gateway: a replica behind the same proxy, or a bypass that looks like one. Name the gateways to decide."
    default:
      return record.bypass === null
        ? `No gateway of the service is known: ${share}.`
        : `${plural(record.bypass.requests, "exchange")} came here past the gateway: too few successes, or the gateway was silent since.`
  }
}

/** "owner ops: authority *.example.com (file, rule 3)". */
export function ruleWords(rule: LabelRuleRecord | null): string | null {
  if (rule === null) return null
  const patterns = (["authority", "zone", "network", "cidr"] as const)
    .filter((field) => rule[field] !== "")
    .map((field) => `${field} ${rule[field]}`)
  const from = rule.source === "file" ? "of the file" : "by hand"
  return `${patterns.length === 0 ? "every service" : patterns.join(", ")} (rule ${rule.place + 1} ${from})`
}
