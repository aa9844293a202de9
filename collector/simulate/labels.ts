// The truth about a world: which exchanges belong to what, by an index that each exchange carries.
import { startOfDay } from "./calendar.ts"

export const DETECTOR_NAMES = [
  "shadow-endpoint",
  "auth-missing",
  "token-anomaly",
  "credential-elsewhere",
  "credential-sharing",
  "dormant-credential",
  "enumeration",
  "unprovenanced-ids",
  "foreign-object",
  "scraping",
  "slow-exfiltration",
  "new-endpoint",
  "flow-order",
  "undocumented-parameter",
  "excess-exposure",
  "failures-then-success",
  "probing",
  "paging-cost",
  "url-parameter",
  "contract-violated",
  "mass-change",
  "decoy",
  "mix-shift",
  "sensor-blind",
] as const
/** Detections 1 to 24 in their order. */
export type DetectorName = (typeof DETECTOR_NAMES)[number]

/** plain; one who knows the thresholds; one who was there before anything was learned; steps of a longer story. */
export const VARIANTS = ["plain", "mimic", "learning", "campaign"] as const
export type Variant = (typeof VARIANTS)[number]

export const SPECIAL_KINDS = [
  "key-rotation",
  "egress-move",
  "client-upgrade",
  "onboarding",
  "full-resync",
  "feature-adopted",
  "release",
  "outage",
  "quarterly-return",
] as const
export type SpecialKind = (typeof SPECIAL_KINDS)[number]

export interface Label {
  /** Index that its exchanges carry, from 1. */
  readonly index: number
  /** "attack-3", "special-12". */
  readonly id: string
  readonly kind: DetectorName | SpecialKind
  readonly isAttack: boolean
  readonly variant: Variant
  /** Index of the partner, -1: nobody's in particular. */
  readonly partner: number
  readonly fromDay: number
  /** First day after it. */
  readonly untilDay: number
  /** 1 to 5; 0 for benign events. */
  readonly intensity: number
  /** Counted while the world runs: its exchanges, and times of the first and last one, µs. */
  exchanges: number
  firstUs: number
  lastUs: number
}

export class Labels {
  readonly all: Label[] = []

  add(fields: Pick<Label, "kind" | "isAttack" | "partner" | "fromDay" | "untilDay"> & Partial<Label>): Label {
    const index = this.all.length + 1
    const label: Label = {
      index,
      id: `${fields.isAttack ? "attack" : "special"}-${index}`,
      variant: "plain",
      intensity: 0,
      exchanges: 0,
      firstUs: startOfDay(fields.fromDay),
      lastUs: startOfDay(fields.fromDay),
      ...fields,
    }
    this.all.push(label)
    return label
  }

  at(index: number): Label | null {
    return index === 0 ? null : this.all[index - 1]!
  }

  /** Counts an exchange that carries the label. */
  count(index: number, timeUs: number): void {
    const label = this.all[index - 1]!
    if (label.exchanges++ === 0) label.firstUs = timeUs
    label.lastUs = timeUs
  }

  get attacks(): readonly Label[] {
    return this.all.filter(({ isAttack }) => isAttack)
  }

  get specials(): readonly Label[] {
    return this.all.filter(({ isAttack }) => !isAttack)
  }
}
