// Which attacks a world has: kind, variant, intensity, in whose name, when.
import type { Archetype } from "../archetypes.ts"
import type { Draws } from "../draws.ts"
import { DETECTOR_NAMES, type DetectorName, type Label, type Labels, type Variant } from "../labels.ts"
import type { Partner } from "../partner.ts"
import * as identity from "./identity-attacks.ts"
import * as objects from "./object-attacks.ts"
import type { AttackDay } from "./scene.ts"
import * as surface from "./surface-attacks.ts"

interface AttackFields {
  readonly run: AttackDay
  /** Days that it goes on for. */
  readonly days: number
  /** Partners in whose name it makes sense; all that work daily when left out. */
  readonly of?: readonly Archetype[]
  readonly isUsable?: (partner: Partner) => boolean
}

const NOBODY: AttackDay = () => undefined
/** Not machines that only watch, nor partners that are seldom there. */
const DAILY: readonly Archetype[] = ["erp-sync", "nightly-batch", "event-driven", "reseller", "portal", "integrated"]
/** The usual share of ids that were never given is small. */
const PROVENANCED: readonly Archetype[] = ["erp-sync", "nightly-batch", "reseller", "portal", "integrated"]

const schemeOf = (partner: Partner): string => partner.credentialAt(0).fields.scheme

export const ATTACKS: Readonly<Record<DetectorName, AttackFields>> = {
  "shadow-endpoint": { run: surface.shadowEndpoint, days: 2 },
  "auth-missing": { run: identity.authMissing, days: 1 },
  "token-anomaly": { run: identity.authDowngrade, days: 1, isUsable: (one) => schemeOf(one) === "bearer-jwt" },
  "credential-elsewhere": { run: identity.credentialElsewhere, days: 1 },
  "credential-sharing": { run: identity.credentialSharing, days: 7 },
  "dormant-credential": { run: identity.dormantCredential, days: 1 },
  enumeration: { run: objects.enumeration, days: 1 },
  "unprovenanced-ids": { run: objects.unprovenancedIds, days: 3, of: PROVENANCED },
  "foreign-object": { run: objects.foreignObject, days: 3, of: PROVENANCED },
  scraping: { run: objects.scraping, days: 14 },
  "slow-exfiltration": { run: objects.slowExfiltration, days: 21 },
  "new-endpoint": { run: surface.newEndpoint, days: 1 },
  "flow-order": { run: objects.flowOrder, days: 2, of: PROVENANCED },
  "undocumented-parameter": { run: surface.undocumentedParameter, days: 2 },
  "excess-exposure": { run: surface.excessExposure, days: 3 },
  "failures-then-success": {
    run: identity.failuresThenSuccess,
    days: 1,
    isUsable: (one) => schemeOf(one) !== "api-key",
  },
  probing: { run: surface.probing, days: 1 },
  "paging-cost": { run: objects.pagingCost, days: 1 },
  "url-parameter": { run: surface.urlParameter, days: 1 },
  "contract-violated": { run: surface.contractViolated, days: 2 },
  "mass-change": { run: objects.massChange, days: 1 },
  decoy: { run: surface.decoy, days: 1 },
  "mix-shift": { run: objects.offProfile, days: 2, of: ["portal", "reseller"] },
  // Nothing is sent: what is there is not seen (impairment.ts).
  "sensor-blind": { run: NOBODY, days: 1 },
}

/** Dormant for so long before somebody uses it. */
const DORMANT_DAYS = 33
const CAMPAIGN: readonly DetectorName[] = ["credential-elsewhere", "probing", "new-endpoint", "scraping"]

export interface PlanFields {
  readonly kinds: readonly DetectorName[]
  /** 1 to 5; 0: drawn for each. */
  readonly intensity: number
  readonly days: number
  /** Mimic, learning window and campaign beside the plain ones. */
  readonly hasVariants: boolean
}

export class AttackPlanner {
  readonly #labels: Labels
  readonly #draws: Draws
  readonly #fields: PlanFields
  readonly #all: readonly Partner[]
  readonly #free: Partner[]

  constructor(labels: Labels, partners: readonly Partner[], draws: Draws, fields: PlanFields) {
    this.#labels = labels
    this.#draws = draws
    this.#fields = fields
    this.#all = partners
    this.#free = [...partners]
  }

  plan(): void {
    // First who has to be gone for a month: nobody else's attack may need it.
    const kinds = [...this.#fields.kinds].sort(
      (a, b) => Number(b === "dormant-credential") - Number(a === "dormant-credential"),
    )
    for (const kind of kinds) this.#add(kind)
    if (!this.#fields.hasVariants) return
    this.#add("unprovenanced-ids", "mimic", Math.min(30, this.#fields.days >> 1))
    this.#add("scraping", "mimic", Math.min(30, this.#fields.days >> 1))
    this.#add("scraping", "learning", 10)
    this.#add("unprovenanced-ids", "learning", 8)
    this.#addCampaign()
  }

  get #intensity(): number {
    return this.#fields.intensity === 0 ? this.#draws.integer(1, 5) : this.#fields.intensity
  }

  /** The first day on which an attack may begin: when partners are known. */
  get #firstDay(): number {
    return Math.max(1, Math.min(21, Math.floor(this.#fields.days * 0.55)))
  }

  /** A partner that has no other attack where there is one, taken; null when nobody fits. */
  #take(kinds: readonly Archetype[], isUsable: (partner: Partner) => boolean): Partner | null {
    const isFit = (one: Partner): boolean => kinds.includes(one.archetype) && isUsable(one)
    const free = this.#free.filter(isFit)
    // In a small world a partner has more than one.
    const fit = free.length > 0 ? free : this.#all.filter((one) => isFit(one) && one.untilDay > this.#fields.days)
    if (fit.length === 0) return null
    const chosen = this.#draws.pick(fit)
    if (free.length > 0) this.#free.splice(this.#free.indexOf(chosen), 1)
    return chosen
  }

  #add(kind: DetectorName, variant: Variant = "plain", days = ATTACKS[kind].days): Label | null {
    const intensity = this.#intensity
    const latest = this.#fields.days - days - (days > 7 ? 0 : 1)
    const first = variant === "learning" ? 1 : this.#firstDay
    const fromDay = variant === "learning" ? 1 : this.#draws.integer(Math.min(first, latest), Math.max(0, latest))
    if (fromDay < 0) return null
    if (kind === "sensor-blind")
      return this.#labels.add({ kind, isAttack: true, partner: -1, fromDay, untilDay: fromDay + 1, intensity, variant })
    if (kind === "dormant-credential") return this.#addDormant(intensity)
    const partner = this.#take(
      ATTACKS[kind].of ?? DAILY,
      (one) => one.fromDay === 0 && (ATTACKS[kind].isUsable?.(one) ?? true),
    )
    if (partner === null) return null
    return this.#labels.add({
      kind,
      isAttack: true,
      partner: partner.index,
      fromDay,
      untilDay: Math.min(this.#fields.days, fromDay + days),
      intensity,
      variant,
    })
  }

  #addDormant(intensity: number): Label | null {
    const latest = this.#fields.days - 2
    const earliest = DORMANT_DAYS + 8
    if (latest < earliest) return null
    const partner = this.#take(["erp-sync", "nightly-batch", "reseller"], (one) => one.fromDay === 0)
    if (partner === null) return null
    const fromDay = this.#draws.integer(earliest, latest)
    partner.untilDay = fromDay - DORMANT_DAYS
    return this.#labels.add({
      kind: "dormant-credential",
      isAttack: true,
      partner: partner.index,
      fromDay,
      untilDay: fromDay + 1,
      intensity,
    })
  }

  /** Steals a key, looks for weak places, finds the administration, takes what it can: one partner, one week. */
  #addCampaign(): void {
    const partner = this.#take(PROVENANCED, (one) => one.fromDay === 0)
    const from = this.#draws.integer(this.#firstDay, Math.max(this.#firstDay, this.#fields.days - 9))
    if (partner === null) return
    CAMPAIGN.forEach((kind, step) => {
      const fromDay = Math.min(this.#fields.days - 1, from + step * 2)
      const untilDay = Math.min(this.#fields.days, fromDay + (kind === "scraping" ? 3 : 1))
      const intensity = this.#intensity
      this.#labels.add({
        kind,
        isAttack: true,
        partner: partner.index,
        fromDay,
        untilDay,
        intensity,
        variant: "campaign",
      })
    })
  }
}

/** "all", "none" or names with commas between; null where one is unknown. */
export function parseAttacks(text: string): readonly DetectorName[] | null {
  if (text === "all") return DETECTOR_NAMES
  if (text === "none") return []
  const names = text.split(",").map((name) => name.trim())
  return names.every((name) => (DETECTOR_NAMES as readonly string[]).includes(name)) ? (names as DetectorName[]) : null
}
