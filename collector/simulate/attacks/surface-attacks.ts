// Attacks on the surface: routes nobody uses, parameters nobody documents, values that point elsewhere, answers that say too much.
import { hiddenRoute } from "../api-design.ts"
import { MINUTE_US, SECOND_US } from "../calendar.ts"
import { pageQuery } from "../jobs.ts"
import type { Scene } from "./scene.ts"

type Hidden = Parameters<typeof hiddenRoute>[2]

function callHidden(scene: Scene, which: Hidden, count: number, refused = 0): void {
  const route = hiddenRoute(scene.api, scene.partner.service, which)
  const caller = scene.caller(scene.workingTime(), 30 * SECOND_US)
  const { collection } = route.resource!
  for (let k = 0; k < count; k++) {
    const number = scene.draws.integer(0, collection.size - 1)
    const given = Array.from({ length: 20 }, (_, i) => (number + i) % collection.size)
    const isRefused = scene.draws.chance(refused)
    caller.call(route, {
      ...(route.hasId ? { asked: number } : { given }),
      ...(isRefused ? { status: 403 } : {}),
    })
  }
}

/** A way in that nobody documents, or one that was thought to be gone. */
export function shadowEndpoint(scene: Scene): void {
  callHidden(scene, scene.label.intensity % 2 === 0 ? "zombie" : "shadow", scene.of([1, 2, 5, 20, 60]))
}

/** The administration's routes with a partner's key. */
export function newEndpoint(scene: Scene): void {
  const isQuiet = scene.label.intensity <= 2
  callHidden(scene, isQuiet ? "bank" : "admin", scene.of([1, 3, 8, 20, 60]), isQuiet ? 0.3 : 0)
}

export function decoy(scene: Scene): void {
  callHidden(scene, "decoy", scene.of([1, 1, 2, 4, 10]))
}

/** Fields that only answers have, in a request; a parameter that opens more. */
export function undocumentedParameter(scene: Scene): void {
  const caller = scene.caller(scene.workingTime(), 20 * SECOND_US)
  for (let k = 0; k < scene.of([1, 3, 8, 20, 60]); k++) {
    const asked = scene.own(scene.target)
    if (asked < 0) return
    const writable = scene.target.theme.isReadOnly !== true
    if (writable)
      caller.call(scene.route(scene.target, "patch"), { asked, extraFields: ["is_admin", "role", "version"] })
    else
      caller.call(scene.route(scene.target, "get"), { asked, query: [{ name: "debug", kind: "bool", value: "true" }] })
  }
}

/** Answers of a route hold more than they did: another form, with another data class. */
export function excessExposure(scene: Scene): void {
  const get = scene.route(scene.target, "get")
  for (let k = 0; k < scene.of([2, 5, 10, 30, 100]); k++) {
    const asked = scene.own(scene.target)
    if (asked >= 0) scene.caller(scene.workingTime()).call(get, { asked, form: 2 })
  }
}

const PROBES = [
  "id",
  "file",
  "path",
  "cmd",
  "exec",
  "template",
  "redirect",
  "order",
  "sort",
  "filter",
  "where",
  "table",
  "debug",
  "test",
]

/** Requests that are wrong on purpose: odd parameters, paths that do not exist. */
export function probing(scene: Scene): void {
  const count = scene.of([12, 30, 80, 250, 900])
  const caller = scene.caller(scene.workingTime(), (20 * MINUTE_US) / count)
  const { draws, target } = scene
  for (let k = 0; k < count; k++) {
    const name = `${draws.pick(PROBES)}${draws.chance(0.3) ? "_id" : ""}`
    const query = [{ name, kind: "word", value: draws.pick(["admin", "select", "union", "passwd"]) }]
    if (draws.chance(0.5)) caller.call(scene.route(target, "list"), { query, status: draws.chance(0.9) ? 400 : 500 })
    else
      caller.call(scene.route(target, "get"), {
        query,
        asked: target.collection.size + draws.integer(1000, 90_000),
        status: 404,
      })
  }
}

/** An address in a parameter, for the server to call. */
export function urlParameter(scene: Scene): void {
  const list = scene.route(scene.target, "list")
  for (let k = 0; k < scene.of([1, 2, 4, 10, 30]); k++)
    scene.caller(scene.workingTime()).call(list, {
      query: [
        ...pageQuery(scene.service, scene.partner.limit, 0),
        { name: "source", kind: "url", value: "http://169.254.10.20/latest/" },
      ].sort((a, b) => (a.name < b.name ? -1 : 1)),
      given: [],
    })
}

/** Outside what was agreed: a method that the partner's contract does not have. */
export function contractViolated(scene: Scene): void {
  const resource = scene.partner.resources.find(({ theme }) => theme.isReadOnly !== true) ?? scene.target
  const caller = scene.caller(scene.workingTime(), 30 * SECOND_US)
  for (let k = 0; k < scene.of([1, 2, 5, 15, 40]); k++) {
    const asked = scene.own(resource)
    if (asked >= 0) caller.call(scene.route(resource, "delete"), { asked })
  }
}
