// What a partner did: sums over its consumers, and what of it the contract does not allow.
//
// In:  the store's records of its consumers. Out: the parts of a partner's page.
// Given up: consumers past MEMBERS_MAX are not read, those past LOOKED_MAX are not held against the contract; both are said.
import { parseContract } from "../consumer/contract.ts"
import { type Call, type ContractEvidence, type Violation, violationsOf } from "../consumer/contract-check.ts"
import type { PartnerRecord } from "../store/documents.ts"
import type { ConsumerRecord, SeriesPoint, Sight } from "../store/records.ts"
import type { Store } from "../store/store.ts"
import { DAY_US, HOUR_US } from "./event-time.ts"
import type { Lookups } from "./lookups.ts"
import type { PartnerDetail } from "./partner-models.ts"
import { splitDataClass } from "./views/consumer-views.ts"

/** Consumers of a partner that are read, and that are looked at hour by hour: the busiest. */
export const MEMBERS_MAX = 1000
const LOOKED_MAX = 200
/** Windows of a consumer held against the contract, and endpoints shown. */
const WINDOWS_MAX = 5000
const USES_MAX = 200

export interface Members {
  readonly records: readonly ConsumerRecord[]
  /** With those that were not read. */
  readonly total: number
}

/** Busiest first. */
export async function readMembers(store: Store, partner: string): Promise<Members> {
  const page = await store.consumers({ limit: MEMBERS_MAX, sort: "-requests" }, { partner })
  const records = page.items.filter((record) => record.partner === partner)
  return { records, total: records.length < page.items.length ? records.length : page.total }
}

/** Windows of all members together, oldest first. */
export async function readSeries(
  store: Store,
  members: readonly ConsumerRecord[],
  size: "hour" | "day",
  sinceUs: number,
  untilUs: number,
  limit: number,
): Promise<SeriesPoint[]> {
  const sums = new Map<number, { -readonly [field in keyof SeriesPoint]: number }>()
  for (const { id } of members.slice(0, LOOKED_MAX)) {
    for (const point of await store.series({ consumer: id }, size, sinceUs, untilUs, limit)) {
      const sum = sums.get(point.windowUs)
      if (sum === undefined) sums.set(point.windowUs, { ...point })
      else {
        sum.requests += point.requests
        sum.errors += point.errors
        sum.requestBytes += point.requestBytes
        sum.responseBytes += point.responseBytes
        sum.items += point.items
      }
    }
  }
  return [...sums.values()].sort((a, b) => a.windowUs - b.windowUs).slice(-limit)
}

export async function readPartnerUses(
  store: Store,
  lookups: Lookups,
  members: readonly ConsumerRecord[],
): Promise<PartnerDetail["uses"]> {
  const sums = new Map<string, { endpoint: string; consumers: number } & Record<UsageField, number>>()
  for (const { id } of members.slice(0, LOOKED_MAX)) {
    for (const pair of await store.pairs({ consumer: id }, USES_MAX)) {
      const sum = sums.get(pair.endpoint) ?? { endpoint: pair.endpoint, consumers: 0, ...NO_USAGE }
      for (const field of USAGE_FIELDS) sum[field] += pair[field]
      sum.consumers++
      sums.set(pair.endpoint, sum)
    }
  }
  const busiest = [...sums.values()].sort((a, b) => b.requests - a.requests).slice(0, USES_MAX)
  return Promise.all(
    busiest.map(async ({ endpoint, ...sum }) => ({ endpoint: await lookups.endpointLabel(endpoint), ...sum })),
  )
}

const USAGE_FIELDS = ["requests", "errors", "requestBytes", "responseBytes", "items"] as const
type UsageField = (typeof USAGE_FIELDS)[number]
const NO_USAGE = { requests: 0, errors: 0, requestBytes: 0, responseBytes: 0, items: 0 }

export function sumDataClasses(members: readonly ConsumerRecord[]): PartnerDetail["dataClasses"] {
  const sums: PartnerDetail["dataClasses"] = { request: {}, response: {} }
  for (const { direction, name, sight } of members.flatMap(classesOf))
    sums[direction][name] = (sums[direction][name] ?? 0) + sight[0]
  return sums
}

export interface Checked {
  readonly violations: readonly Violation[]
  readonly sentence: string
}

/** Holds what was stored of [sinceUs, untilUs) against the contract. */
export async function checkContract(
  store: Store,
  lookups: Lookups,
  partner: PartnerRecord,
  members: Members,
  sinceUs: number,
  untilUs: number,
): Promise<Checked> {
  if (members.records.length === 0) return { violations: [], sentence: "None of its consumers was seen yet." }
  const looked = members.records.slice(0, LOOKED_MAX)
  const calls: Call[] = []
  let isCut = false
  for (const { id } of looked) {
    const windows = await store.windows({ consumer: id }, "hour", sinceUs, untilUs, WINDOWS_MAX)
    if (windows.length >= WINDOWS_MAX) isCut = true
    for (const { endpoint, windowUs, requests } of windows) {
      const { operation, ...name } = await lookups.endpointLabel(endpoint)
      const call = { consumer: id, endpointId: endpoint, windowUs, lengthUs: HOUR_US, requests }
      calls.push({ ...call, endpoint: { ...name, operation: operation ?? "" } })
    }
  }
  const hoursMax = Math.ceil((untilUs - sinceUs) / HOUR_US) + 1
  const evidence: ContractEvidence = {
    calls,
    hours: await readSeries(store, looked, "hour", sinceUs, untilUs, hoursMax),
    days: await readSeries(store, looked, "day", startOfDay(sinceUs), untilUs, hoursMax),
    networks: looked.flatMap(networksOf).filter(({ lastUs }) => lastUs >= sinceUs),
    dataClasses: looked.flatMap(givenTo).filter(({ lastUs }) => lastUs >= sinceUs),
  }
  const violations = violationsOf(parseContract(partner.contract, []), evidence)
  const parts = ["Calls by the hour; networks and data classes by their first and last sight; days are those of UTC."]
  if (members.total > looked.length) parts.push(`Only its busiest ${looked.length} consumers were looked at.`)
  if (isCut) parts.push(`Of some consumers only the first ${WINDOWS_MAX} windows were looked at.`)
  return { violations, sentence: parts.join(" ") }
}

function startOfDay(timeUs: number): number {
  return Math.floor(timeUs / DAY_US) * DAY_US
}

function networksOf({ id, sights }: ConsumerRecord) {
  return Object.entries(sights.network ?? {}).map(([name, sight]) => {
    const [network = "", prefix = ""] = name.split(" ")
    return { network, prefix, ...seenBy(id, sight) }
  })
}

function classesOf({ sights }: ConsumerRecord) {
  return Object.entries(sights.dataClass ?? {}).flatMap(([key, sight]) => {
    const split = splitDataClass(key)
    return split === null ? [] : [{ ...split, sight }]
  })
}

function givenTo(record: ConsumerRecord) {
  return classesOf(record)
    .filter(({ direction }) => direction === "response")
    .map(({ name, service, sight }) => ({ name, service, ...seenBy(record.id, sight) }))
}

function seenBy(consumer: string, [requests, firstUs, lastUs]: Sight) {
  return { consumer, requests, firstUs, lastUs }
}
