// How good a judge is: which attacks it showed, when, after how much was gone; what it showed that was none.
//
// An attack is shown by a case about its partner, under whatever credential (or, where that names nobody, about an endpoint that it
// called), that opened between its first exchange and three days after its last, or that was open before and got evidence in that
// time. Every case that shows no attack is false, whatever benign event it is about.
import { DAY_US } from "../../simulate/calendar.ts"
import { type Interval, median, poissonRate, quantile, wilson } from "./intervals.ts"
import type { Case } from "./judge.ts"
import type { Attack } from "./truth.ts"

const GRACE_US = 3 * DAY_US
const WEEK_US = 7 * DAY_US

export interface Outcome {
  readonly attack: Attack
  /** Null: missed. */
  readonly shownUs: number | null
  /** The case that showed it names the detection that the attack was made for. */
  readonly isNamed: boolean
  readonly lane: string
  /** From its first exchange, µs; exchanges until then, and objects that were taken by then (all of them when it was missed). */
  readonly delayUs: number
  readonly requests: number
  readonly taken: number
}

/** A case, and whose it is. */
export interface JudgedCase extends Case {
  /** Indices of the partners that it is about. */
  readonly partners: readonly number[]
}

/** Time at which a case shows the attack, null when it does not. */
function shownAt(attack: Attack, one: JudgedCase): number | null {
  const isOfPartner = one.partners.includes(attack.label.partner)
  if (!isOfPartner && (one.partners.length > 0 || !attack.endpoints.has(one.endpoint))) return null
  const [fromUs, untilUs] = [attack.times[0]!, attack.times.at(-1)! + GRACE_US]
  const times = [one.openedUs, ...one.evidence.map(({ firstUs }) => firstUs)]
  const inTime = times.filter((atUs) => atUs >= Math.max(fromUs, one.openedUs) && atUs <= untilUs)
  return inTime.length === 0 ? null : Math.min(...inTime)
}

export function outcomeOf(
  attack: Attack,
  cases: readonly JudgedCase[],
  number: number,
  numbers: ReadonlyMap<string, number>,
): Outcome {
  let shownUs: number | null = null
  let [isNamed, lane] = [false, ""]
  for (const one of cases) {
    const atUs = shownAt(attack, one)
    if (atUs === null) continue
    isNamed ||= one.evidence.some(({ detector }) => numbers.get(detector) === number)
    if (lane !== "high") lane = one.lane
    if (shownUs === null || atUs < shownUs) shownUs = atUs
  }
  const before = shownUs === null ? attack.times.length : attack.times.filter((timeUs) => timeUs <= shownUs!).length
  const taken = before === 0 ? 0 : attack.taken[before - 1]!
  return {
    attack,
    shownUs,
    isNamed,
    lane,
    delayUs: (shownUs ?? Number.POSITIVE_INFINITY) - attack.times[0]!,
    requests: before,
    taken,
  }
}

export const falseCases = (attacks: readonly Attack[], cases: readonly JudgedCase[]): JudgedCase[] =>
  cases.filter((one) => !attacks.some((attack) => shownAt(attack, one) !== null))

export interface Summary {
  readonly attacks: number
  readonly recall: Interval
  readonly named: Interval
  /** Hours until shown, of those that were. */
  readonly hours: Interval
  readonly requests: number
  readonly taken: Interval
}

export function summaryOf(outcomes: readonly Outcome[]): Summary {
  const shown = outcomes.filter(({ shownUs }) => shownUs !== null)
  return {
    attacks: outcomes.length,
    recall: wilson(shown.length, outcomes.length),
    named: wilson(shown.filter(({ isNamed }) => isNamed).length, outcomes.length),
    hours: median(shown.map(({ delayUs }) => delayUs / 3.6e9)),
    requests: quantile(
      shown.map(({ requests }) => requests),
      0.5,
    ),
    taken: median(outcomes.map(({ taken }) => taken)),
  }
}

/** How much was watched. */
export interface Exposure {
  readonly consumers: number
  readonly days: number
}

/** Weeks of 1,000 consumers. */
export const exposureOf = (parts: readonly Exposure[]): number =>
  parts.reduce((sum, { consumers, days }) => sum + (consumers / 1000) * ((days * DAY_US) / WEEK_US), 0)

export const falseRate = (count: number, parts: readonly Exposure[]): Interval => poissonRate(count, exposureOf(parts))

/** Share of shown cases that are attacks, where so many of 1,000 consumers are attacked a week. */
export function precisionAt(baseRate: number, recall: number, falseRatePerWeek: number): number {
  const right = baseRate * recall
  return right === 0 ? 0 : right / (right + falseRatePerWeek)
}
