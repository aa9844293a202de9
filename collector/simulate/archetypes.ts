// Kinds of partners: how they work, when, how much. A table; what a job does stands in jobs.ts.
import { BUSINESS_HOURS, OFFICE_HOURS } from "./calendar.ts"
import type { Scheme } from "./credential.ts"
import type { Half } from "./themes.ts"

export const ARCHETYPES = [
  "erp-sync",
  "nightly-batch",
  "event-driven",
  "reseller",
  "portal",
  "quarterly",
  "monitor",
  "reporting",
  "integrated",
] as const
export type Archetype = (typeof ARCHETYPES)[number]

export interface ArchetypeFields {
  /** Share of a world's partners, by half: the halves differ in their mix. */
  readonly share: Readonly<Record<Half, number>>
  /** Weight of each hour of a local day. */
  readonly hours: readonly number[]
  /** Share of a working day's business at weekends. */
  readonly weekend: number
  /** Runs of the job on a day. */
  readonly runsPerDay: readonly [number, number]
  /** Share of new objects that the partner makes by itself (the rest come about at the API's owner). */
  readonly creates: readonly [number, number]
  /** Share of new objects whose ids come by mail, file or webhook: never given in an answer before they are asked for. */
  readonly mailed: readonly [number, number]
  /** Objects against what is usual for the resource. */
  readonly scale: readonly [number, number]
  readonly limits: readonly number[]
  readonly schemes: readonly Scheme[]
  /** Median time between calls of one run, µs. */
  readonly paceUs: number
}

const FLAT: readonly number[] = new Array<number>(24).fill(1)
const NIGHT: readonly number[] = FLAT.map((_, hour) => (hour >= 1 && hour <= 4 ? 1 : 0))

export const ARCHETYPE_FIELDS: Readonly<Record<Archetype, ArchetypeFields>> = {
  "erp-sync": {
    share: { development: 0.28, judging: 0.2 },
    hours: BUSINESS_HOURS,
    weekend: 0.35,
    runsPerDay: [24, 96],
    creates: [0.2, 0.6],
    mailed: [0, 0.04],
    scale: [0.3, 1.6],
    limits: [50, 100],
    schemes: ["api-key", "bearer-jwt"],
    paceUs: 180_000,
  },
  "nightly-batch": {
    share: { development: 0.15, judging: 0.2 },
    hours: NIGHT,
    weekend: 0.6,
    runsPerDay: [1, 2],
    creates: [0, 0.1],
    mailed: [0, 0.03],
    scale: [0.5, 2.5],
    limits: [100, 200],
    schemes: ["basic", "api-key"],
    paceUs: 90_000,
  },
  "event-driven": {
    share: { development: 0.12, judging: 0.16 },
    hours: BUSINESS_HOURS,
    weekend: 0.5,
    runsPerDay: [30, 120],
    creates: [0, 0.2],
    mailed: [0.6, 1],
    scale: [0.3, 1.5],
    limits: [20],
    schemes: ["bearer-jwt", "api-key"],
    paceUs: 250_000,
  },
  reseller: {
    share: { development: 0.14, judging: 0.1 },
    hours: BUSINESS_HOURS,
    weekend: 0.8,
    runsPerDay: [20, 70],
    creates: [0.85, 1],
    mailed: [0, 0.02],
    scale: [0.2, 1.2],
    limits: [20, 25, 50],
    schemes: ["api-key", "basic"],
    paceUs: 600_000,
  },
  portal: {
    share: { development: 0.11, judging: 0.14 },
    hours: OFFICE_HOURS,
    weekend: 0.03,
    runsPerDay: [4, 30],
    creates: [0.3, 0.7],
    mailed: [0.02, 0.15],
    scale: [0.2, 0.8],
    limits: [20, 25],
    schemes: ["bearer-jwt", "basic"],
    paceUs: 9_000_000,
  },
  quarterly: {
    share: { development: 0.04, judging: 0.05 },
    hours: OFFICE_HOURS,
    weekend: 0,
    runsPerDay: [3, 12],
    creates: [0, 0],
    mailed: [0, 0],
    scale: [0.05, 0.2],
    limits: [100],
    schemes: ["api-key", "basic"],
    paceUs: 400_000,
  },
  monitor: {
    share: { development: 0.05, judging: 0.03 },
    hours: FLAT,
    weekend: 1,
    runsPerDay: [288, 720],
    creates: [0, 0],
    mailed: [0, 0],
    scale: [0.02, 0.05],
    limits: [20],
    schemes: ["api-key"],
    paceUs: 50_000,
  },
  reporting: {
    share: { development: 0.05, judging: 0.06 },
    hours: NIGHT,
    weekend: 0.4,
    runsPerDay: [1, 1],
    creates: [0, 0],
    mailed: [0, 0.02],
    scale: [0.3, 1.2],
    limits: [200, 500],
    schemes: ["bearer-jwt", "basic"],
    paceUs: 120_000,
  },
  integrated: {
    share: { development: 0.06, judging: 0.06 },
    hours: BUSINESS_HOURS,
    weekend: 0.4,
    runsPerDay: [10, 40],
    creates: [0.1, 0.4],
    mailed: [0, 0.05],
    scale: [0.1, 0.6],
    limits: [50],
    schemes: ["api-key"],
    paceUs: 200_000,
  },
}
