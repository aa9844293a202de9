// What happens to partners and APIs without anybody meaning harm: what a detector must not take for an attack.
//
// In:  partners.   Out: labels of benign events, entered into the partners' lists of credentials and addresses, and outages.
import type { ApiDesign } from "./api-design.ts"
import { HOUR_US, MINUTE_US, startOfDay } from "./calendar.ts"
import { addressIn, ClientPrint, upgraded } from "./client-print.ts"
import { Credential } from "./credential.ts"
import type { Draws } from "./draws.ts"
import type { Labels, SpecialKind } from "./labels.ts"
import type { Partner } from "./partner.ts"
import { dayOfVisit } from "./visits.ts"

export interface Outage {
  readonly service: number
  readonly fromUs: number
  readonly untilUs: number
  /** The servers answer with 503; else nothing comes through. */
  readonly hasAnswers: boolean
  readonly label: number
}

/** Chance a partner and day. */
const RATES = { rotation: 1 / 110, egress: 1 / 160, upgrade: 1 / 50, resync: 1 / 80, feature: 1 / 90 }
/** Share of partners that come while the world runs. */
const NEW_PARTNERS = 0.06
const OUTAGES_PER_DAY = 1 / 25
const RELEASES = [24, 31, 38]

export class Specials {
  readonly outages: Outage[] = []
  /** Days and partners of full re-syncs: "day/partner" to the label's index. */
  readonly resyncs = new Map<string, number>()
  /** Days and partners that take up a route they never used. */
  readonly features = new Map<string, number>()
  readonly #labels: Labels
  readonly #draws: Draws
  readonly #days: number

  constructor(labels: Labels, draws: Draws, days: number) {
    this.#labels = labels
    this.#draws = draws
    this.#days = days
  }

  plan(api: ApiDesign, partners: readonly Partner[]): void {
    for (const partner of partners) this.#planPartner(partner)
    for (const day of RELEASES) if (day < this.#days) this.#label("release", -1, day)
    for (let day = 1; day < this.#days; day++)
      if (this.#draws.chance(OUTAGES_PER_DAY)) {
        const fromUs = startOfDay(day) + this.#draws.next() * 20 * HOUR_US
        this.outages.push({
          service: this.#draws.integer(0, api.services.length - 1),
          fromUs,
          untilUs: fromUs + (8 + 50 * this.#draws.next()) * MINUTE_US,
          hasAnswers: this.#draws.chance(0.7),
          label: this.#label("outage", -1, day),
        })
      }
  }

  #label(kind: SpecialKind, partner: number, fromDay: number): number {
    return this.#labels.add({ kind, isAttack: false, partner, fromDay, untilDay: fromDay + 1 }).index
  }

  #planPartner(partner: Partner): void {
    const draws = this.#draws
    if (partner.archetype !== "quarterly" && this.#days > 20 && draws.chance(NEW_PARTNERS)) {
      partner.fromDay = draws.integer(8, this.#days - 8)
      this.resyncs.set(`${partner.fromDay}/${partner.index}`, this.#label("onboarding", partner.index, partner.fromDay))
    }
    partner.adoptsDay = draws.chance(0.35) ? 24 + draws.integer(0, 30) : Number.POSITIVE_INFINITY
    const canResync = /^(?:erp-sync|nightly-batch|reporting|event-driven)$/.test(partner.archetype)
    for (let day = 1; day < this.#days && partner.archetype === "quarterly"; day++)
      if (dayOfVisit(partner, day) === 0) this.#label("quarterly-return", partner.index, day)
    let [serial, network] = [1, 0]
    for (let day = partner.fromDay + 2; day < this.#days; day++) {
      const timeUs = startOfDay(day) + (6 + 10 * draws.next()) * HOUR_US
      if (draws.chance(RATES.rotation)) this.#rotate(partner, day, timeUs, ++serial)
      if (partner.archetype !== "integrated" && draws.chance(RATES.egress)) this.#move(partner, day, timeUs, ++network)
      if (draws.chance(RATES.upgrade)) this.#upgrade(partner, day, timeUs)
      if (canResync && draws.chance(RATES.resync))
        this.resyncs.set(`${day}/${partner.index}`, this.#label("full-resync", partner.index, day))
      if (partner.archetype !== "monitor" && draws.chance(RATES.feature))
        this.features.set(`${day}/${partner.index}`, this.#label("feature-adopted", partner.index, day))
    }
  }

  #rotate(partner: Partner, day: number, timeUs: number, serial: number): void {
    const { fields } = partner.credentialAt(timeUs)
    partner.useCredential(
      timeUs,
      new Credential({ ...fields, serial, ...(fields.scheme === "bearer-jwt" ? { keyId: `k${serial}` } : {}) }),
    )
    this.#label("key-rotation", partner.index, day)
  }

  #move(partner: Partner, day: number, timeUs: number, network: number): void {
    const { software } = partner.printAt(timeUs)
    partner.usePrint(timeUs, new ClientPrint(addressIn(40_000 + partner.index * 8 + network, 10), software))
    this.#label("egress-move", partner.index, day)
  }

  #upgrade(partner: Partner, day: number, timeUs: number): void {
    const print = partner.printAt(timeUs)
    partner.usePrint(timeUs, new ClientPrint(print.address, upgraded(print.software, this.#draws)))
    this.#label("client-upgrade", partner.index, day)
  }
}
