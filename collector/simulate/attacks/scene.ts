// Where an attack takes place: its world, the partner in whose name it comes, the day, and callers to do it with.
import { type ApiDesign, draw, type Resource, type Route, type Service } from "../api-design.ts"
import { DAY_US, HOUR_US, startOfDay } from "../calendar.ts"
import { Caller, type Disguise } from "../caller.ts"
import { addressIn, ClientPrint, drawSoftware, type Software } from "../client-print.ts"
import { Draws } from "../draws.ts"
import type { Exchange } from "../exchange.ts"
import type { Label } from "../labels.ts"
import type { Partner } from "../partner.ts"

export interface SceneFields {
  readonly api: ApiDesign
  readonly partners: readonly Partner[]
  readonly partner: Partner
  readonly label: Label
  readonly day: number
  readonly seed: number
  readonly sink: Exchange[]
}

export class Scene {
  readonly api: ApiDesign
  readonly partner: Partner
  readonly label: Label
  readonly day: number
  readonly draws: Draws
  readonly #fields: SceneFields

  constructor(fields: SceneFields) {
    this.api = fields.api
    this.partner = fields.partner
    this.label = fields.label
    this.day = fields.day
    this.draws = Draws.of(fields.seed, "attack", fields.label.index, fields.day)
    this.#fields = fields
  }

  get service(): Service {
    return this.api.services[this.partner.service]!
  }

  get isFirstDay(): boolean {
    return this.day === this.label.fromDay
  }

  /** 0 on the first day. */
  get dayOfAttack(): number {
    return this.day - this.label.fromDay
  }

  /** Of five values the one of this attack's intensity. */
  of(values: readonly [number, number, number, number, number]): number {
    return values[this.label.intensity - 1]!
  }

  /** A time at which the partner works, µs. */
  workingTime(): number {
    return this.localHour(this.draws.weighted(this.partner.habits.hours) + this.draws.next())
  }

  /** Time of an hour of the partner's local day, within this day in UTC. */
  localHour(hour: number): number {
    const utc = (((hour - this.partner.zoneHours) % 24) + 24) % 24
    return startOfDay(this.day) + Math.min(DAY_US - 1, utc * HOUR_US)
  }

  caller(timeUs: number, paceUs?: number, disguise?: Disguise): Caller {
    const { partner, sink, label } = this.#fields
    return new Caller({
      partner,
      sink,
      timeUs,
      label: label.index,
      draws: this.draws,
      dayOf: () => this.day,
      ...(paceUs === undefined ? {} : { paceUs }),
      ...(disguise === undefined ? {} : { disguise }),
    })
  }

  /** Somewhere else, the same for all of an attack; with the partner's own software where that is given. */
  elsewhere(software?: Software): ClientPrint {
    const { index } = this.label
    const network = 30_000 + (this.#fields.seed % 97) * 100 + index
    return new ClientPrint(
      addressIn(network, 66),
      software ?? drawSoftware(Draws.of(this.#fields.seed, "intruder", index)),
    )
  }

  /** The partner's resource that is worth most: with personal data, else its first own. */
  get target(): Resource {
    const own = this.partner.resources.filter(({ theme }) => theme.isShared !== true)
    return own.find(({ theme }) => (theme.classes?.length ?? 0) > 0) ?? own[0]!
  }

  route(resource: Resource, action: Route["action"]): Route {
    const found = this.api.routes.find((r) => r.resource === resource && r.action === action && !r.isHidden)
    return found ?? this.route(resource, "get")
  }

  /** Numbers of objects of others. */
  foreign(resource: Resource, count: number): number[] {
    const out: number[] = []
    const { collection } = resource
    for (let tries = 0; out.length < count && tries < count * 20; tries++) {
      const number = this.draws.integer(0, collection.size - 1)
      if (collection.ownerOf(number) !== this.partner.index) out.push(number)
    }
    return out
  }

  /** One of the partner's own. */
  own(resource: Resource): number {
    return draw(resource, this.partner.index, this.draws)
  }

  /** What another partner has dealt with lately. */
  recentOfAnother(resource: Resource): number {
    const others = this.#fields.partners.filter(
      (one) => one !== this.partner && resource.collection.ownOf(one.index).length > 10,
    )
    const own = resource.collection.ownOf(this.draws.pick(others).index)
    return own[own.length - 1 - this.draws.integer(2, 9)]!
  }

  /** Objects that the partner gets on a usual day. */
  get usualObjects(): number {
    const { resources, scale } = this.partner
    return resources.reduce((sum, { theme }) => sum + (theme.isShared === true ? 0 : theme.daily * scale), 0)
  }
}

export type AttackDay = (scene: Scene) => void
