// Traffic of one described API, seeded: routes with Zipf's weights, values of its parameters, consumers, statuses, answers.
//
// Out: requests in order of time. `route` is the truth; null for what a scanner makes up. A request whose status is 404, 405
// or 5xx is sent to learners and not scored: an inventory need not have a place for it.
import type { ApiDescription, Route } from "./description.ts"
import { type Mode, type Population, populationOf } from "./path-values.ts"
import { type Answer, Responses } from "./responses.ts"
import { hashText, SeededRandom, Zipf } from "./seeded-random.ts"

export interface TrafficRequest {
  readonly route: Route | null
  readonly method: string
  /** As on the wire, without query. */
  readonly target: string
  readonly status: number
  /** From 0. */
  readonly consumer: number
  readonly answer: Answer
  /** Event time, µs since 1970. */
  readonly timeUs: number
}

export interface TrafficOptions {
  readonly mode: Mode
  readonly requests: number
  readonly seed: number
  /** No response has a body. */
  readonly isShapeless?: boolean
}

export interface Traffic {
  readonly api: ApiDescription
  readonly requests: readonly TrafficRequest[]
  /** By place of a parameter ("/users/{}#0"): where its values came from. */
  readonly populations: ReadonlyMap<string, Population>
}

const START_US = Date.UTC(2026, 0, 5, 8) * 1000
const CONSUMERS = 40
/** Between two requests on average, µs. */
const GAP_US = 2_000_000
const ROUTE_EXPONENT = 1
const SHARE = { notFound: 0.02, denied: 0.015, failed: 0.005, scanned: 0.005 } as const

export const isScored = (request: TrafficRequest): boolean =>
  request.route !== null && request.status < 500 && request.status !== 404 && request.status !== 405

export function makeTraffic(api: ApiDescription, options: TrafficOptions): Traffic {
  const seed = options.seed ^ hashText(api.name)
  const random = new SeededRandom(seed)
  const responses = new Responses(seed ^ 0x5eed)
  const routes = random.shuffle(api.routes)
  const routeWeights = new Zipf(routes.length, ROUTE_EXPONENT)
  const consumerWeights = new Zipf(CONSUMERS, 0.8)
  const siblings = siblingsOf(api.routes)
  const populations = new Map<string, Population>()
  const requests: TrafficRequest[] = []
  let timeUs = START_US
  for (let i = 0; i < options.requests; i++) {
    timeUs += Math.round(-Math.log(1 - random.next()) * GAP_US)
    const consumer = consumerWeights.draw(random)
    if (random.chance(SHARE.scanned)) {
      requests.push(scan(random, responses, consumer, timeUs))
      continue
    }
    const route = routes[routeWeights.draw(random)]!
    const method = random.chance(0.6) && route.methods.includes("GET") ? "GET" : random.pick(route.methods)
    const status = statusOf(route, method, random)
    const target = fill(route, (value, place, siblingKey) => {
      let population = populations.get(place)
      if (population === undefined) {
        population = populationOf(value, options.mode, seed ^ hashText(place), siblings.get(siblingKey) ?? NO_TEXTS)
        populations.set(place, population)
      }
      return population.draw(random)
    })
    const answer = options.isShapeless
      ? NO_ANSWER
      : responses.of(`${method} ${route.key}`, method, isList(route, method), status, random)
    requests.push({ route, method, target, status, consumer, answer, timeUs })
  }
  return { api, requests, populations }
}

/** Word-like values that are too few to be told from routes. */
const FEW = 6
const WORD_LIKE =
  /^(?:enum|slug|person|company|airport|country or currency|file|version|mixed code|domain word|locale or sku)$/

/** Keys of the routes that nobody can learn from paths alone: they have a parameter of a few word-like values. */
export function fewValuedRoutes({ api, populations }: Traffic): ReadonlySet<string> {
  const out = new Set<string>()
  for (const [place, { style, values }] of populations) {
    if (values.length > FEW || !WORD_LIKE.test(style)) continue
    const before = place.split("#")[0]!
    for (const { key } of api.routes) if (key === before || key.startsWith(`${before}/`)) out.add(key)
  }
  return out
}

const NO_ANSWER: Answer = { body: "", shape: 0 }
const NO_TEXTS: ReadonlySet<string> = new Set()

/** By the key of what comes before: texts that stand there as whole segments. */
function siblingsOf(routes: readonly Route[]): Map<string, Set<string>> {
  const out = new Map<string, Set<string>>()
  for (const { segments } of routes) {
    let before = ""
    for (const { texts } of segments) {
      if (texts.length === 1) out.set(before, (out.get(before) ?? new Set<string>()).add(texts[0]!))
      before += `/${texts.join("{}")}`
    }
  }
  return out
}

type Value = (value: Route["segments"][number]["values"][number], place: string, before: string) => string

function fill(route: Route, value: Value): string {
  let target = ""
  let before = ""
  for (const { texts, values } of route.segments) {
    const place = `${before}/${texts.join("{}")}`
    target += "/"
    texts.forEach((text, k) => {
      target += encodeURI(text)
      if (k < values.length) target += encodeURIComponent(value(values[k]!, `${place}#${k}`, before))
    })
    before = place
  }
  return target
}

/** A GET whose path does not end in a parameter, and that has children with one: most such answer with a list. */
const isList = (route: Route, method: string): boolean => method === "GET" && route.segments.at(-1)!.values.length === 0

function statusOf(route: Route, method: string, random: SeededRandom): number {
  const drawn = random.next()
  const hasValues = route.segments.some((segment) => segment.values.length > 0)
  if (drawn < SHARE.notFound) return hasValues ? 404 : 200
  if (drawn < SHARE.notFound + SHARE.denied) return 401
  if (drawn < SHARE.notFound + SHARE.denied + SHARE.failed) return 500
  const good = (route.statuses.get(method) ?? []).filter((status) => status >= 200 && status < 300)
  return good[0] ?? 200
}

const SCANNED =
  `wp-login.php .env .git/config admin/config.php phpmyadmin/index.php actuator/env server-status backup.sql
  cgi-bin/test.cgi vendor/phpunit`.split(/\s+/)

function scan(random: SeededRandom, responses: Responses, consumer: number, timeUs: number): TrafficRequest {
  const target = `/${random.pick(SCANNED)}${random.chance(0.5) ? `/${random.text("abcdefghijklmnopqrstuvwxyz", 8)}` : ""}`
  return {
    route: null,
    method: "GET",
    target,
    status: 404,
    consumer,
    answer: responses.of("", "GET", false, 404, random),
    timeUs,
  }
}
