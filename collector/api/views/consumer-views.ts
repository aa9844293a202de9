// Records of the store as the API shows consumers.
import type { ConsumerRecord, SeriesPoint as SeriesRecord } from "../../store/records.ts"
import { DAY_US, isoTime } from "../event-time.ts"
import type { Consumer, ConsumerDetail } from "../models.ts"
import { orNull, seriesView } from "./inventory-views.ts"

/** A consumer is being learned until it is this old in event time and has made this many requests. */
export const LEARNING_US = 3 * DAY_US
export const LEARNING_REQUESTS = 200

/** `nowUs`: how far event time has come. */
export function consumerView(record: ConsumerRecord, nowUs: number): Consumer {
  return {
    id: record.id,
    name: record.name,
    scheme: record.scheme,
    partner: record.partner,
    firstSeen: isoTime(record.firstSeenUs),
    lastSeen: isoTime(record.lastSeenUs),
    requests: record.requests,
    errors: record.errors,
    endpoints: record.endpoints,
    learning: nowUs - record.firstSeenUs < LEARNING_US || record.requests < LEARNING_REQUESTS,
  }
}

export interface ConsumerParts {
  readonly nowUs: number
  readonly uses: ConsumerDetail["uses"]
  readonly hourly: readonly SeriesRecord[]
  readonly daily: readonly SeriesRecord[]
}

export function consumerDetailView(record: ConsumerRecord, parts: ConsumerParts): ConsumerDetail {
  return {
    ...consumerView(record, parts.nowUs),
    issuer: orNull(record.issuer),
    rule: record.rule,
    formerPrincipals: record.formerPrincipals,
    credentials: record.credentials,
    userAgents: record.userAgents,
    prefixes: record.prefixes,
    uses: parts.uses,
    hourly: seriesView(parts.hourly),
    daily: seriesView(parts.daily),
  }
}
