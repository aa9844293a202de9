// Records of the store as the API shows consumers.
import type { SightKind } from "../../store/consumer-records.ts"
import type { ConsumerRecord, SeriesPoint as SeriesRecord, Sight } from "../../store/records.ts"
import type { Consumer, ConsumerDetail } from "../consumer-models.ts"
import { DAY_US, isoTime } from "../event-time.ts"
import { orNull, seriesView } from "./inventory-views.ts"

/** A consumer is being learned until it was seen on so many days, is as old in event time, and has made this many requests. */
export const LEARNING_DAYS = 3
export const LEARNING_REQUESTS = 200
const CLIENT_KINDS = ["userAgent", "prefix", "forwardedPrefix", "network", "ja4", "fieldOrder"] as const

type LearningState = Consumer["learningState"]

/** `nowUs`: how far event time has come. `partnerName` of the partner it belongs to. */
export function consumerView(
  record: ConsumerRecord,
  nowUs: number,
  partnerName: string | null,
  learningState: LearningState,
): Consumer {
  const days = countBits(record.recentDays)
  return {
    id: record.id,
    name: record.name,
    scheme: record.scheme,
    partner: record.partner,
    partnerName,
    firstSeen: isoTime(record.firstSeenUs),
    lastSeen: isoTime(record.lastSeenUs),
    requests: record.requests,
    errors: record.errors,
    endpoints: record.endpoints,
    days,
    learning:
      nowUs - record.firstSeenUs < LEARNING_DAYS * DAY_US ||
      days < LEARNING_DAYS ||
      record.requests < LEARNING_REQUESTS,
    learningState,
  }
}

export interface ConsumerParts {
  readonly nowUs: number
  readonly partnerName: string | null
  readonly learningState: LearningState
  /** By id. */
  readonly serviceNames: ReadonlyMap<string, string>
  readonly uses: ConsumerDetail["uses"]
  readonly hourly: readonly SeriesRecord[]
  readonly daily: readonly SeriesRecord[]
}

/** Ids of the services that a consumer called. */
export function servicesOf({ sights }: ConsumerRecord): string[] {
  return Object.keys(sights.service ?? {})
}

/** "SERVICE response:email" in its parts; null when it is none. */
export function splitDataClass(
  name: string,
): { service: string; direction: "request" | "response"; name: string } | null {
  const match = /^(\S+) (request|response):(.+)$/s.exec(name)
  if (match === null) return null
  return { service: match[1]!, direction: match[2] as "request" | "response", name: match[3]! }
}

export function consumerDetailView(record: ConsumerRecord, parts: ConsumerParts): ConsumerDetail {
  const names = (kind: SightKind): string[] => Object.keys(record.sights[kind] ?? {})
  const seen = (kind: SightKind) => Object.entries(record.sights[kind] ?? {}).map(seenView)
  return {
    ...consumerView(record, parts.nowUs, parts.partnerName, parts.learningState),
    seenName: record.seenName,
    partnerBy: record.partnerBy,
    issuer: orNull(record.issuer),
    rule: record.rule,
    formerPrincipals: record.formerPrincipals,
    identities: record.aliases.map(({ scheme, issuer, principal }) => ({ scheme, issuer: orNull(issuer), principal })),
    credentials: names("credential"),
    userAgents: names("userAgent"),
    prefixes: names("prefix"),
    credentialsSeen: seen("credential"),
    credentialKinds: seen("credentialKind"),
    clients: CLIENT_KINDS.flatMap((kind) => seen(kind).map((one) => ({ kind, ...one }))),
    services: seen("service").map((one) => ({
      ...one,
      id: one.name,
      name: parts.serviceNames.get(one.name) ?? one.name,
    })),
    dataClasses: seen("dataClass").flatMap((one) => {
      const split = splitDataClass(one.name)
      return split === null ? [] : [{ ...one, ...split }]
    }),
    forgotten: record.forgotten,
    uses: parts.uses,
    hourly: seriesView(parts.hourly),
    daily: seriesView(parts.daily),
  }
}

function seenView([name, [requests, firstUs, lastUs]]: [string, Sight]) {
  return { name, requests, firstSeen: isoTime(firstUs), lastSeen: isoTime(lastUs) }
}

function countBits(bits: number): number {
  let count = 0
  for (let rest = bits >>> 0; rest !== 0; rest >>>= 1) count += rest & 1
  return count
}
