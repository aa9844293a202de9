// Attacks on objects: ids that are guessed, ids of others, too many of one's own, things done out of order, things destroyed.
import { HOUR_US, MINUTE_US, SECOND_US } from "../calendar.ts"
import { pageQuery } from "../jobs.ts"
import type { Scene } from "./scene.ts"

/** Counts up through ids, most of which are none of one's own: 404 where there is none, 403 where there is a check. */
export function enumeration(scene: Scene): void {
  const { target, draws } = scene
  const counted =
    scene.partner.resources.find(({ theme }) => theme.style === "int" || theme.style === "serial") ?? target
  const get = scene.route(counted, "get")
  const caller = scene.caller(scene.workingTime(), scene.of([20, 8, 3, 0.8, 0.15]) * SECOND_US)
  const start = draws.integer(0, Math.max(0, counted.collection.size - 200))
  const count = scene.of([25, 50, 120, 400, 2000])
  for (let k = 0; k < count; k++) {
    const asked = start + k
    const owner = counted.collection.ownerOf(asked)
    const status = owner === -2 ? 404 : owner === scene.partner.index || draws.chance(0.3) ? 200 : 403
    caller.call(get, { asked, status })
  }
}

/** Reads objects of others, which the server lets it (API1), over the day and with the partner's own software. */
export function unprovenancedIds(scene: Scene): void {
  const isMimic = scene.label.variant === "mimic"
  const count = isMimic ? 7 : scene.of([6, 12, 25, 80, 300])
  const get = scene.route(scene.target, "get")
  for (const asked of scene.foreign(scene.target, count)) scene.caller(scene.workingTime()).call(get, { asked })
}

/** A few objects that another partner is working on. */
export function foreignObject(scene: Scene): void {
  const get = scene.route(scene.target, "get")
  for (let k = scene.of([1, 2, 4, 8, 20]); k > 0; k--)
    scene.caller(scene.workingTime()).call(get, { asked: scene.recentOfAnother(scene.target) })
}

/** Lists and reads a part more than usual each day, all of it provenanced: old objects, and those of others where the list gives them. */
export function scraping(scene: Scene): void {
  const { target, service, partner, draws } = scene
  const share = scene.label.variant === "mimic" ? 0.08 : scene.of([0.1, 0.3, 0.6, 1.5, 6])
  const count = Math.max(1, draws.poisson(share * scene.usualObjects))
  const { collection } = target
  const from = (collection.size >> 2) + scene.dayOfAttack * count
  const numbers = Array.from({ length: count }, (_, k) => (from + k) % collection.size)
  const caller = scene.caller(scene.workingTime(), scene.of([60, 40, 20, 5, 1]) * SECOND_US)
  for (let start = 0; start < count; start += partner.limit) {
    const page = numbers.slice(start, start + partner.limit)
    caller.call(scene.route(target, "list"), { query: pageQuery(service, partner.limit, from + start), given: page })
    for (const asked of page) caller.call(scene.route(target, "get"), { asked })
  }
}

/** Pages of sensitive lists, a few more every day, for weeks. */
export function slowExfiltration(scene: Scene): void {
  const { target, service, partner } = scene
  const items = Math.max(2, Math.round(scene.of([0.15, 0.3, 0.6, 1.2, 3]) * scene.usualObjects))
  const { collection } = target
  const from = scene.dayOfAttack * items
  const given = Array.from({ length: Math.min(items, partner.limit) }, (_, k) => (from + k) % collection.size)
  scene.caller(scene.workingTime()).call(scene.route(target, "list"), {
    query: pageQuery(service, partner.limit, from),
    given,
  })
}

/** Changes objects that nobody has looked at before, as no client of this API does. */
export function flowOrder(scene: Scene): void {
  const own = scene.partner.resources.filter(({ theme }) => (theme.actions?.length ?? 0) > 0)
  const resource = own[0] ?? scene.api.resources.find(({ theme }) => (theme.actions?.length ?? 0) > 0)!
  const act = scene.route(resource, "act")
  const caller = scene.caller(scene.workingTime(), 20 * SECOND_US)
  for (const asked of scene.foreign(resource, scene.of([4, 8, 20, 60, 200]))) caller.call(act, { asked })
}

/** Deletes and overwrites. */
export function massChange(scene: Scene): void {
  const own = scene.partner.resources.find(({ theme }) => theme.isReadOnly !== true) ?? scene.target
  const caller = scene.caller(scene.workingTime(), HOUR_US / 2 / scene.of([10, 25, 60, 200, 800]))
  const numbers = own.collection.ownOf(scene.partner.index)
  for (let k = 0; k < scene.of([10, 25, 60, 200, 800]) && k < numbers.length; k++)
    caller.call(scene.route(own, scene.draws.chance(0.8) ? "delete" : "patch"), { asked: numbers[k]! })
}

/** Far more of a collection at once, and far deeper into it, than anybody needs. */
export function pagingCost(scene: Scene): void {
  const { service, target } = scene
  const limit = scene.of([800, 1500, 5000, 20_000, 100_000])
  const caller = scene.caller(scene.workingTime(), 10 * SECOND_US)
  for (let k = 0; k < scene.of([1, 2, 5, 15, 40]); k++) {
    const start = Math.floor(scene.draws.next() * target.collection.size)
    const given = Array.from(
      { length: Math.min(500, limit, target.collection.size) },
      (_, i) => (start + i) % target.collection.size,
    )
    caller.call(scene.route(target, "list"), { query: pageQuery(service, limit, start), given })
  }
}

/** The partner's usual calls at hours and days at which it never works. */
export function offProfile(scene: Scene): void {
  for (let k = 0; k < scene.of([1, 2, 4, 8, 16]); k++) {
    const caller = scene.caller(scene.localHour(1.5 + 2 * scene.draws.next()), MINUTE_US)
    const asked = scene.own(scene.target)
    if (asked < 0) return
    caller.call(scene.route(scene.target, "list"), {
      query: pageQuery(scene.service, scene.partner.limit, 0),
      given: [asked],
    })
    caller.call(scene.route(scene.target, "get"), { asked })
  }
}
