// A simulated world: APIs, partners with habits, what happens to them, attacks. Seeded: the same options give the same exchanges.
//
// In:  options.   Out: exchanges, a day at a time, ascending in time, and the labels that say what they were.

import { type ApiDesign, designApi, type Resource, referenceFor, stockObjects } from "./api-design.ts"
import { ATTACKS, AttackPlanner } from "./attacks/plans.ts"
import { Scene } from "./attacks/scene.ts"
import { BUSINESS_HOURS, HOUR_US, SECOND_US, startOfDay } from "./calendar.ts"
import { Draws } from "./draws.ts"
import type { Exchange } from "./exchange.ts"
import { Impairment } from "./impairment.ts"
import { type DetectorName, Labels } from "./labels.ts"
import { drawArchetypes, Partner } from "./partner.ts"
import { PartnerDays } from "./partner-days.ts"
import { type Outage, Specials } from "./specials.ts"
import { type Half, THEMES } from "./themes.ts"
import { businessOf, isThere } from "./visits.ts"

export interface WorldOptions {
  readonly seed: number
  readonly days: number
  readonly consumers: number
  readonly half: Half
  readonly attacks: readonly DetectorName[]
  /** 1 to 5; 0: drawn for each attack. */
  readonly intensity: number
  /** Mimics, attacks while nothing is learned yet, campaigns. */
  readonly hasVariants: boolean
  /** Share of packets that are lost. */
  readonly loss: number
  readonly oneWayHours: number
}

export const WORLD_OPTIONS: WorldOptions = {
  seed: 1,
  days: 60,
  consumers: 300,
  half: "development",
  attacks: [],
  intensity: 0,
  hasVariants: false,
  loss: 0,
  oneWayHours: 0,
}

export class World {
  readonly options: WorldOptions
  readonly api: ApiDesign
  readonly partners: readonly Partner[]
  readonly labels = new Labels()
  readonly impairment: Impairment
  readonly #specials: Specials
  readonly #partnerDays: PartnerDays

  constructor(options: Partial<WorldOptions> = {}) {
    this.options = { ...WORLD_OPTIONS, ...options }
    const { seed, days, consumers, half } = this.options
    this.api = designApi(THEMES[half], seed)
    const archetypes = drawArchetypes(consumers, half, Draws.of(seed, "archetypes"))
    this.partners = archetypes.map(
      (archetype, index) => new Partner(index, archetype, this.api, Draws.of(seed, "partner", index)),
    )
    const owners = this.api.services.map((_, service) => this.partners.filter((one) => one.service === service))
    stockObjects(
      this.api,
      (resource) => owners[this.#serviceOf(resource)]!.filter(({ resources }) => resources.includes(resource)),
      Draws.of(seed, "stock"),
    )
    this.#specials = new Specials(this.labels, Draws.of(seed, "specials"), days)
    this.#specials.plan(this.api, this.partners)
    const { attacks: kinds, intensity, hasVariants } = this.options
    new AttackPlanner(this.labels, this.partners, Draws.of(seed, "attacks"), {
      kinds,
      intensity,
      days,
      hasVariants,
    }).plan()
    this.impairment = new Impairment(this.options, this.labels.attacks)
    this.#partnerDays = new PartnerDays(this.api, seed, this.#specials)
  }

  #serviceOf(resource: Resource): number {
    return this.api.routes.find((route) => route.resource === resource)!.service
  }

  /** Exchanges of one day after the other, ascending in time; what runs past midnight is in the next. */
  *days(): Generator<readonly Exchange[]> {
    let sink: Exchange[] = []
    for (let day = 0; day < this.options.days; day++) {
      this.#arrive(day)
      for (const partner of this.partners) this.#partnerDays.run(partner, day, sink)
      this.#attack(day, sink)
      this.#fail(sink, day)
      const ordered = inOrder(sink, startOfDay(day))
      const end = startOfDay(day + 1)
      let count = ordered.length
      while (count > 0 && ordered[count - 1]!.timeUs >= end) count--
      sink = ordered.splice(count)
      for (const { label, timeUs } of ordered) if (label > 0) this.labels.count(label, timeUs)
      yield ordered
    }
  }

  /** Objects that come about on a day, in order of time over all partners, so that neighbours have different owners. */
  #arrive(day: number): void {
    const arrivals: { timeUs: number; partner: Partner; resource: Resource }[] = []
    const draws = Draws.of(this.options.seed, "arrivals", day)
    for (const partner of this.partners) {
      if (!isThere(partner, day)) continue
      const business = businessOf(partner, day)
      for (const resource of partner.resources) {
        if (resource.theme.isShared === true) continue
        for (let k = draws.bunched(resource.theme.daily * partner.scale * business, 0.2); k > 0; k--) {
          const hour = draws.weighted(BUSINESS_HOURS) + draws.next()
          arrivals.push({ timeUs: startOfDay(day) + hour * HOUR_US, partner, resource })
        }
      }
    }
    arrivals.sort((a, b) => a.timeUs - b.timeUs)
    for (const { timeUs, partner, resource } of arrivals) {
      const number = resource.collection.add(partner.index, referenceFor(resource, partner.index, draws))
      partner.arrivals[resource.index] ??= []
      partner.arrivals[resource.index]!.push({ timeUs, number })
    }
  }

  #attack(day: number, sink: Exchange[]): void {
    for (const label of this.labels.attacks) {
      if (day < label.fromDay || day >= label.untilDay || label.partner < 0) continue
      const partner = this.partners[label.partner]!
      const { seed } = this.options
      const scene = new Scene({ api: this.api, partners: this.partners, partner, label, day, seed, sink })
      ATTACKS[label.kind as DetectorName].run(scene)
    }
  }

  /** What falls into an outage fails, and is asked again when it is over. */
  #fail(sink: Exchange[], day: number): void {
    for (const outage of this.#specials.outages) {
      if (outage.untilUs < startOfDay(day) || outage.fromUs >= startOfDay(day + 1)) continue
      const draws = Draws.of(this.options.seed, "outage", outage.label)
      const hit = sink.filter((one) => isHit(one, outage))
      for (const exchange of hit) {
        sink.push({ ...exchange, timeUs: Math.floor(outage.untilUs + draws.exponential(300 * SECOND_US)) })
        sink.splice(sink.indexOf(exchange), 1)
        if (outage.hasAnswers)
          sink.push({
            ...exchange,
            status: 503,
            given: null,
            label: exchange.label === 0 ? outage.label : exchange.label,
          })
      }
    }
  }
}

const isHit = ({ timeUs, route }: Exchange, { service, fromUs, untilUs }: Outage): boolean =>
  route.service === service && timeUs >= fromUs && timeUs < untilUs

/** Ascending in time; times become distinct, so that one names an exchange. */
function inOrder(exchanges: readonly Exchange[], fromUs: number): Exchange[] {
  // Time in units of 16 µs and place in one number: a million exchanges in two days fit below 2^53.
  const places = 2 ** Math.ceil(Math.log2(exchanges.length + 1))
  const keys = new Float64Array(exchanges.length)
  exchanges.forEach(({ timeUs }, k) => {
    keys[k] = Math.floor(Math.max(0, timeUs - fromUs) / 16) * places + k
  })
  keys.sort()
  const out: Exchange[] = new Array<Exchange>(exchanges.length)
  let last = 0
  keys.forEach((key, k) => {
    const exchange = exchanges[key % places]!
    if (exchange.timeUs <= last) exchange.timeUs = last + 1
    last = exchange.timeUs
    out[k] = exchange
  })
  return out
}
