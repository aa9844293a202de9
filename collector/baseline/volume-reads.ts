// What people are shown of volume: usual levels, bands, the day so far, as plain objects.
import { quantile } from "./negative-binomial.ts"
import type { ConsumerSubject, Learning } from "./subjects.ts"
import { learningOf } from "./subjects.ts"
import type { Volume } from "./volume.ts"
import { LANE_OF, MEASURE_NAMES, MEASURES, type Measure, PAIR_MEASURES } from "./volume-measures.ts"

const LN_HALF = Math.log(0.5)
const LN_Q99 = Math.log(0.01)

/** One series as it stands, counts a day. */
export interface SeriesReading {
  /** requests, items, bytes, asked, fresh, unprovenanced, changes, deletes, sensitive, foreign. */
  readonly measure: string
  /** Count of the day in progress, and what is usual for it. */
  readonly today: number
  readonly expectedToday: number
  /** Of an average day; q50 and q99 of days as they usually are. 0 without history. */
  readonly usual: number
  readonly q50: number
  readonly q99: number
  /** Greatest level of peers but one in a hundred; -1 under three peers. */
  readonly peersQ99: number
  /** Days that the level was learned from, and those of them with a count. */
  readonly historyDays: number
  readonly activeDays: number
  /** Counts of the days before, newest first; -1 unknown. */
  readonly days: readonly number[]
  /** Sums over windows that end today: what is slow shows here. -log10 of the model's chances, 0 to about 300. */
  readonly burst: number
  readonly lasting: number
  readonly slow: number
}

export interface VolumeReading {
  readonly learning: Learning
  readonly series: readonly SeriesReading[]
}

/** Of a consumer over all endpoints, or of one pair (ordinal; -1 for all). */
export function readVolume(volume: Volume, consumer: ConsumerSubject, pair: number, nowUs: number): VolumeReading {
  const measures: readonly number[] = pair < 0 ? Array.from({ length: MEASURES }, (_, i) => i) : PAIR_MEASURES
  const isKnown = volume.isKnown(consumer.ordinal, pair)
  const series = isKnown
    ? measures.map((measure) => readSeries(volume, consumer.ordinal, pair, measure as Measure))
    : []
  return { learning: learningOf(consumer, nowUs), series }
}

function readSeries(volume: Volume, consumer: number, pair: number, measure: Measure): SeriesReading {
  const peers = Float64Array.from(volume.peersOf(consumer, pair, measure)).sort()
  const today = volume.todayOf(consumer, pair, measure)
  const { level, scan } = volume.levelOf(consumer, pair, measure)
  const { rate, total, days: historyDays, activeDays } = level
  const day = volume.dayOf({ consumer, pair })
  const hasLevel = rate > 0
  const phi = level.phiAt(rate)
  const shape = total / phi + 0.5
  if (hasLevel) scan.look(measure, day, today, 1)
  const digits = (lnP: number): number => (hasLevel && LANE_OF[measure]! >= 0 ? Math.max(0, -lnP / Math.LN10) : 0)
  return {
    measure: MEASURE_NAMES[measure]!,
    today,
    expectedToday: hasLevel ? rate * level.weekdayFactor(day) : 0,
    usual: rate,
    q50: hasLevel ? phi * quantile(LN_HALF, shape, rate / phi) : 0,
    q99: hasLevel ? phi * quantile(LN_Q99, shape, rate / phi) : 0,
    peersQ99: peers.length < 3 ? -1 : peers[Math.ceil(0.99 * peers.length) - 1]!,
    historyDays,
    activeDays,
    days: Array.from(level.counts.subarray(1, level.known + 1)),
    burst: digits(scan.burst.lnP),
    lasting: digits(scan.lasting.lnP),
    slow: digits(scan.slow.lnP),
  }
}
