// What partners do: sync, batch, react, buy, browse, watch, report. Lists give ids, ids are read, what was read is changed.
//
// In:  a Caller at the time of a run, and what has arrived until then.   Out: calls. Attacks use the same steps.
import { draw, type Resource, type Service } from "./api-design.ts"
import { MINUTE_US } from "./calendar.ts"
import type { Caller } from "./caller.ts"
import type { QueryValue } from "./exchange.ts"
import type { Partner } from "./partner.ts"

/** Parameters of a page, and beside them a filter; in order of name. */
export function pageQuery(
  service: Service,
  limit: number,
  start: number,
  extra: readonly QueryValue[] = [],
): QueryValue[] {
  const { paging } = service
  const offset = paging.isPages ? Math.floor(start / limit) + 1 : start
  const query = [
    { name: paging.limit, kind: "int", value: limit },
    { name: paging.offset, kind: "int", value: offset },
    ...extra,
  ]
  return query.sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function sinceQuery(timeUs: number): QueryValue {
  return { name: "updated_since", kind: "timestamp", value: `${minuteText(Math.floor(timeUs / MINUTE_US))}:00Z` }
}

const days = new Map<number, string>()
const two = (number: number): string => (number < 10 ? `0${number}` : String(number))

/** "2026-09-07T08:15" of a minute since 1970. */
function minuteText(minute: number): string {
  const day = Math.floor(minute / 1440)
  let text = days.get(day)
  if (text === undefined) {
    text = new Date(day * 86_400_000).toISOString().slice(0, 11)
    days.set(day, text)
  }
  return `${text}${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`
}

/** Lists `numbers` page by page; an empty list is asked for once. */
export function listAll(
  caller: Caller,
  service: Service,
  resource: Resource,
  numbers: readonly number[],
  extra: readonly QueryValue[] = [],
): void {
  const { partner } = caller
  const route = partner.route(resource, "list")
  if (route === null) return
  const { limit } = partner
  for (let start = 0; start === 0 || start < numbers.length; start += limit)
    caller.call(route, { query: pageQuery(service, limit, start, extra), given: numbers.slice(start, start + limit) })
}

/** Reads one object and, by chance, what hangs on it, and changes it. */
export function readObject(caller: Caller, resource: Resource, number: number, changes = 0.25): void {
  const { partner, draws } = caller
  const get = partner.route(resource, "get")
  if (get === null || caller.call(get, { asked: number }) !== 200) return
  const nested = partner.route(resource, "nested")
  if (nested !== null && draws.chance(0.35)) caller.call(nested, { asked: number })
  if (!draws.chance(changes)) return
  const action = draws.pick(["patch", "act"] as const)
  const change = partner.route(resource, action)
  if (change !== null) caller.call(change, { asked: number, ...(draws.chance(0.01) ? { status: 422 } : {}) })
}

/** Makes an object that is to be; reads it again. */
function makeObject(caller: Caller, resource: Resource, number: number): void {
  const { partner, draws } = caller
  const create = partner.route(resource, "create")
  if (create === null) {
    readObject(caller, resource, number)
    return
  }
  const reference = resource.collection.referenceOf(number)
  const sent = reference < 0 ? [] : [reference]
  if (draws.chance(0.012)) caller.call(create, { sent, status: 422 })
  caller.call(create, { sent, given: [number] })
  const get = partner.route(resource, "get")
  if (get !== null && draws.chance(0.5)) caller.wait(MINUTE_US * draws.next()).call(get, { asked: number })
}

/** Numbers that arrived until `timeUs`, taken out of the partner's queue. */
function takeArrived(partner: Partner, resource: Resource, timeUs: number): number[] {
  const queue = partner.arrivals[resource.index]
  if (queue === undefined) return []
  let count = 0
  while (count < queue.length && queue[count]!.timeUs <= timeUs) count++
  return queue.splice(0, count).map(({ number }) => number)
}

/** Objects that somebody changed since: mostly young ones. */
function changedLately(caller: Caller, resource: Resource, mean: number): number[] {
  const own = resource.collection.ownOf(caller.partner.index)
  const out: number[] = []
  for (let k = Math.min(own.length, caller.draws.poisson(mean)); k > 0; k--) {
    const age = Math.min(own.length - 1, Math.floor(caller.draws.exponential(own.length / 8)))
    const number = own[own.length - 1 - age]!
    if (!out.includes(number)) out.push(number)
  }
  return out
}

/** What is new and changed since the last run: listed, then read; some is made here, some is known by mail. */
export function syncRun(caller: Caller, service: Service, sinceUs: number): void {
  const { partner, draws } = caller
  for (const resource of partner.resources) {
    if (resource.theme.isShared === true) continue
    const arrived = takeArrived(partner, resource, caller.timeUs)
    const listed: number[] = []
    for (const number of arrived) {
      const chance = draws.next()
      if (chance < partner.creates) makeObject(caller, resource, number)
      else if (chance < partner.creates + (1 - partner.creates) * partner.mailed) readObject(caller, resource, number)
      else listed.push(number)
    }
    if (partner.archetype === "event-driven" && listed.length === 0) continue
    const numbers = [...listed, ...changedLately(caller, resource, 0.3 + listed.length * 0.2)]
    listAll(caller, service, resource, numbers, [sinceQuery(sinceUs)])
    for (const number of numbers) if (draws.chance(0.85)) readObject(caller, resource, number)
  }
}

/** Looks for goods, looks at some, orders. */
export function shoppingRun(caller: Caller, service: Service, sinceUs: number): void {
  const { partner, draws } = caller
  for (const resource of partner.resources) {
    if (resource.theme.isShared !== true) continue
    const { size } = resource.collection
    const found = Array.from({ length: Math.min(partner.limit, draws.integer(0, 25)) }, () =>
      Math.floor(size * draws.next() ** 2),
    )
    const search = partner.route(resource, "search")
    const word = draws.pick(["pump", "valve", "lamp", "cable", "crate", "motor"])
    if (search !== null)
      caller.call(search, { query: [{ name: "q", kind: "word", value: word }], given: [...new Set(found)] })
    else listAll(caller, service, resource, [...new Set(found)])
    const get = partner.route(resource, "get")
    if (get !== null) for (const number of draws.sample(found, draws.integer(0, 4))) caller.call(get, { asked: number })
  }
  syncRun(caller, service, sinceUs)
}

/** A person at a screen. */
export function portalRun(caller: Caller, service: Service, sinceUs: number): void {
  const { partner, draws } = caller
  const resource = draws.pick(partner.resources)
  const own = resource.theme.isShared === true ? null : resource.collection.ownOf(partner.index)
  const recent = own === null ? [] : own.slice(-partner.limit)
  listAll(caller, service, resource, recent)
  for (const number of draws.sample(recent, draws.integer(0, 3))) readObject(caller, resource, number, 0.4)
  if (own !== null && draws.chance(0.15)) {
    const old = draw(resource, partner.index, draws)
    if (old >= 0) readObject(caller, resource, old, 0.3)
  }
  if (draws.chance(0.4)) syncRun(caller, service, sinceUs)
}

/** Is it alive? */
export function monitorRun(caller: Caller, service: Service): void {
  const { partner } = caller
  const health = partner.route(null, "health")
  if (health !== null) caller.call(health)
  if (caller.draws.chance(0.1)) listAll(caller, service, partner.resources[0]!, [])
}

/** The figures of a week or month: everything of one's own, page by page. */
export function reportingRun(caller: Caller, service: Service): void {
  const { partner } = caller
  const report = partner.route(null, "report")
  if (report !== null) caller.call(report)
  for (const resource of partner.resources)
    if (resource.theme.isShared !== true) listAll(caller, service, resource, resource.collection.ownOf(partner.index))
}

/** Everything of one's own, listed and read again: a new database, a back-fill. */
export function resyncRun(caller: Caller, service: Service, readMax: number): void {
  const { partner } = caller
  for (const resource of partner.resources) {
    if (resource.theme.isShared === true) continue
    const own = resource.collection.ownOf(partner.index)
    listAll(caller, service, resource, own)
    for (const number of own.slice(-readMax)) readObject(caller, resource, number, 0)
  }
}
