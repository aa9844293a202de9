// What else than an attack makes counts rise, looked at before a volume finding is raised.
//
// In:  a look at a count that is higher than usual. Out: the chance as it stands after all doubts, and each doubt with the number that
// decided. A doubt that explains lifts the chance to what the explanation leaves open; it never proves innocence.
import { learningOf } from "../baseline/subjects.ts"
import type { Look, Volume } from "../baseline/volume.ts"
import { Lane, Measure } from "../baseline/volume-measures.ts"
import type { DetectorParts } from "./detector.ts"
import type { Doubt } from "./finding.ts"

/** What an explanation leaves open: seen again tomorrow it counts in full, and half until then. */
const LN_EXPLAINED = Math.log(5e-3)
/** What was as high before is no rarer than that. */
const LN_USUAL = Math.log(0.02)
/** Share of objects of unknown origin, or of others, that a synchronisation of one's own stays below. */
const STRANGE_SHARE = 0.3
/** An endpoint is new to a consumer for so long. */
const ADOPTED_DAYS = 21
/** An earlier window counts as as high from this share on. */
const AS_HIGH = 0.85
/** Share of a usual day below which the day before was an outage. */
const OUTAGE_SHARE = 0.4

export interface Weighed {
  readonly lnP: number
  /** Halved where something else explains it. */
  readonly weight: number
  readonly doubts: readonly Doubt[]
}

/** Looks at a finding from all sides. */
export class VolumeDoubts {
  readonly #volume: Volume

  constructor(parts: DetectorParts) {
    this.#volume = parts.baselines.volume
  }

  weigh(look: Look, atUs: number): Weighed {
    const doubts: Doubt[] = []
    let { lnP } = look
    const explain = (what: string, explains: boolean, sentence: string, to = LN_EXPLAINED): void => {
      doubts.push({ what, explains, sentence })
      if (explains) lnP = Math.max(lnP, to)
    }
    this.#youth(look, atUs, explain)
    this.#oneNight(look, atUs, explain)
    if (look.isOwn) {
      const { scan, level } = this.#volume.levelOf(look.consumer, look.pair, look.measure)
      const { excess, today } = look
      const before = scan.greatestBefore(excess.days)
      if (before >= AS_HIGH * excess.count && level.known >= 7)
        explain("as before", true, `It had ${round(before)} in ${days(excess.days)} before.`, LN_USUAL)
      this.#adopted(look, explain)
      this.#growth(look, explain)
      if (excess.days === 1 && level.known >= 2) {
        const usual = excess.mean
        const yesterday = level.counts[1]!
        const isOutage = yesterday >= 0 && yesterday < OUTAGE_SHARE * usual && today + yesterday < 2.5 * usual
        if (isOutage)
          explain("outage", true, `The day before had ${round(yesterday)} of about ${round(usual)}: it caught up.`)
      }
    }
    const factor = this.#volume.factorOfToday(look.consumer, look.measure)
    if (factor > 1.1)
      explain("all consumers", false, `Others are at ${factor.toFixed(1)} times their usual today; it is counted in.`)
    const isExplained = doubts.some(({ explains }) => explains)
    return { lnP: Math.min(0, lnP), weight: isExplained ? 0.5 : 1, doubts }
  }

  #youth(look: Look, atUs: number, explain: Explain): void {
    const consumer = this.#volume.subjects.consumers[look.consumer]!
    const learning = learningOf(consumer, atUs)
    if (learning === "full") return
    const known = Math.max(0, Math.floor((atUs - consumer.firstUs) / DAY_US))
    explain("young", false, `It has been known for ${days(known)}; so little history makes the chance greater.`)
  }

  /** A synchronisation, a back-fill, a month's report: one day, of its own, and then as always. */
  #oneNight(look: Look, atUs: number, explain: Explain): void {
    if (look.lane === Lane.changing || look.excess.days > 1) return
    const { consumer } = look
    const asked = Math.max(1, this.#volume.today(consumer, Measure.asked))
    const strange = Math.max(0, this.#beyond(consumer, Measure.unprovenanced) + this.#beyond(consumer, Measure.foreign))
    // Of whom little was seen, what it was given before is not known.
    const isYoung = learningOf(this.#volume.subjects.consumers[consumer]!, atUs) !== "full"
    explain(
      "re-sync",
      isYoung || strange < STRANGE_SHARE * asked,
      `Today alone is unusual, and of ${round(asked)} objects ${round(strange)} more than usual were never given to it or are others'.`,
    )
  }

  /** How many more than usual, today. */
  #beyond(consumer: number, measure: Measure): number {
    return this.#volume.today(consumer, measure) - this.#volume.usual(consumer, measure)
  }

  /** It has taken up endpoints: what it does there has no history, and is another detector's concern. */
  #adopted(look: Look, explain: Explain): void {
    if (look.pair >= 0 || look.lane === Lane.changing) return
    const { excess, consumer, measure } = look
    const adopted = this.#volume.ofNewPairs(consumer, measure, excess.days, ADOPTED_DAYS)
    if (adopted <= 0) return
    const beyond = excess.count - excess.mean
    explain(
      "new endpoints",
      adopted >= beyond / 2,
      `${round(adopted)} of it are at endpoints that it has used for less than ${ADOPTED_DAYS} days.`,
    )
  }

  /** Its history already grows: is it more than that goes on? */
  #growth(look: Look, explain: Explain): void {
    const { scan } = this.#volume.levelOf(look.consumer, look.pair, look.measure)
    const day = this.#volume.dayOf(look)
    const growth = scan.growth(day)
    if (growth <= 1.002) return
    const lnP = scan.lnIfGrown(look.measure, day, look.today, growth, look.excess.days)
    const explains = lnP > look.excess.lnP / 2
    const percent = ((growth - 1) * 100).toFixed(1)
    explain("growth", explains, `Its level grew by ${percent} % a day before.`, Math.max(look.lnP / 2, lnP))
  }
}

type Explain = (what: string, explains: boolean, sentence: string, to?: number) => void

const DAY_US = 86_400_000_000

export const round = (count: number): number => (count < 10 ? Math.round(count * 10) / 10 : Math.round(count))
export const days = (count: number): string => (count === 1 ? "1 day" : `${count} days`)
