// 18, paging or GraphQL cost: one request for far more, from far deeper, or in far more layers than anybody needs.
//
// Statistic: of each consumer, endpoint and day the greatest magnitude (log2) of each of five measures; chance of such a day among the days of
// all that use the endpoint, and among its own, a quarter as likely with each doubling beyond what was seen (offsets: 0.7,
// for collections grow). p = (own days so high + 3 q) / (own days + 3), q that of all others' days; times the measures.
// A list that nobody asked for a size of is known by what it gave, pages of a hundred included.
// Threshold 10^-3. Gates: success only; three days of the endpoint.
// Depth alone is what every walk through a whole collection reaches (a re-sync): it supports other findings, and raises nothing by itself.
// Known false positive: reporting, which asks for much once a month: a day as high before explains it by its own share.
import type { Baselines } from "../baseline/baselines.ts"
import { type SavedSlab, Slab } from "../baseline/columns.ts"
import { DAY_US } from "../baseline/event-clock.ts"
import type { Sight } from "../baseline/sight.ts"
import type { ConsumerSubject } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { Episodes, type SavedEpisodes } from "./episodes.ts"
import { findingOf, named, weightOf } from "./novelty-findings.ts"

const MEASURES = ["limit", "offset", "depth", "aliases", "batch"] as const
const COUNT = MEASURES.length
const WORDS: readonly string[] = [
  "a page of about",
  "a page from about",
  "a depth of about",
  "aliases, about",
  "a batch of about",
]
/** Chance of each doubling beyond what was seen. */
const BEYOND: readonly number[] = [0.25, 0.7, 0.25, 0.25, 0.25]
/** Magnitudes 0 to 23. */
const LEVELS = 24
/** Pages of a hundred are asked for where nobody ever did before. */
const USUAL_PAGE = 6
const OWN_WEIGHT = 3
const LEARNED_US = 3 * DAY_US
const DAYS_MIN = 5

const PAIRS = {
  day: [Int32Array, 1],
  /** By measure: 1 + magnitude of the day, 0 for none; and of former days the greatest, and days with one. */
  today: [Uint8Array, COUNT],
  most: [Uint8Array, COUNT],
  days: [Uint16Array, COUNT],
  /** Former days with the greatest magnitude. */
  mostDays: [Uint16Array, COUNT],
} as const
/** By measure and magnitude: days of consumers whose greatest it was. */
const ENDPOINTS = { days: [Uint32Array, COUNT * LEVELS] } as const

const spec: DetectorSpec = {
  name: "paging-cost",
  number: 18,
  title: "Asks for far too much at once",
  owasp: ["API4"],
  family: "volume",
  about: "Sizes of pages, offsets, and depth, aliases and batches of GraphQL that no consumer of the endpoint uses.",
  falsePositives: ["reporting", "a first full synchronisation"],
  settings: {
    chance: {
      unit: "probability",
      default: 1e-3,
      min: 1e-12,
      max: 1e-1,
      why: "Two doublings beyond what anybody asked for in a hundred days.",
    },
  },
}

class PagingCost implements Detector {
  readonly spec = spec
  readonly #baselines: Baselines
  readonly #settings: SettingValues
  readonly #levels = new Uint8Array(COUNT)
  #pairs = new Slab(PAIRS)
  #endpoints = new Slab(ENDPOINTS)
  #episodes = new Episodes()

  constructor({ baselines, settings }: DetectorParts) {
    this.#baselines = baselines
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    const { event, pair, endpoint } = sight
    const { call } = event
    if (event.pageLimit < 0 && event.pageOffset < 0 && event.items <= 0 && call.kind === "") return
    if (pair === null || endpoint === null || !sight.isSuccess || sight.isLate) return
    const row = pair.ordinal
    this.#turnTo(row, endpoint.ordinal, Math.floor(sight.atUs / DAY_US))
    const levels = this.#levels
    levels[0] = levelOf(event.pageLimit >= 0 ? event.pageLimit : usualPage(event.items))
    levels[1] = levelOf(event.pageOffset)
    levels[2] = call.kind === "" ? 0 : levelOf(log2(call.depth))
    levels[3] = call.kind === "" ? 0 : levelOf(log2(call.aliases))
    levels[4] = call.kind === "" ? 0 : levelOf(log2(call.batch))
    const { today, most } = this.#pairs.columns
    for (let m = 0; m < COUNT; m++) {
      const at = row * COUNT + m
      if (levels[m]! <= today[at]!) continue
      today[at] = levels[m]!
      // What it was given without asking for a size is only learned from.
      if (m === 0 && event.pageLimit < 0) continue
      if (levels[m]! > most[at]! && sight.atUs - endpoint.firstUs >= LEARNED_US) this.#look(sight, m, report)
    }
  }

  mergeConsumers({ ordinal: former }: ConsumerSubject, successor: ConsumerSubject): void {
    const { subjects } = this.#baselines
    const { pairs } = this.#pairs.rows > 0 ? subjects : { pairs: [] }
    for (const { consumer, endpoint, ordinal } of pairs) {
      if (consumer !== former || ordinal >= this.#pairs.rows) continue
      const into = subjects.pair(successor, subjects.endpoints[endpoint]!)
      if (into === null) continue
      this.#pairs.reserve(into.ordinal)
      const { most, days, mostDays } = this.#pairs.columns
      for (let m = 0; m < COUNT; m++) {
        const from = ordinal * COUNT + m
        const to = into.ordinal * COUNT + m
        days[to]! += days[from]!
        if (most[from]! <= most[to]!) continue
        most[to] = most[from]!
        mostDays[to] = mostDays[from]!
      }
    }
  }

  save(): { pairs: SavedSlab<typeof PAIRS>; endpoints: SavedSlab<typeof ENDPOINTS>; episodes: SavedEpisodes } {
    return { pairs: this.#pairs.save(), endpoints: this.#endpoints.save(), episodes: this.#episodes.save() }
  }

  restore(saved: unknown): void {
    const { pairs, endpoints, episodes } = saved as ReturnType<PagingCost["save"]>
    this.#pairs = new Slab(PAIRS, pairs)
    this.#endpoints = new Slab(ENDPOINTS, endpoints)
    this.#episodes = new Episodes(episodes)
  }

  /** The pair's day before is history. */
  #turnTo(row: number, endpoint: number, day: number): void {
    this.#pairs.reserve(row)
    this.#endpoints.reserve(endpoint)
    const { columns } = this.#pairs
    if (day <= columns.day[row]!) return
    columns.day[row] = day
    for (let m = 0; m < COUNT; m++) {
      const at = row * COUNT + m
      const level = columns.today[at]!
      if (level === 0) continue
      columns.today[at] = 0
      columns.days[at]!++
      this.#endpoints.columns.days[(endpoint * COUNT + m) * LEVELS + level - 1]!++
      if (level > columns.most[at]!) {
        columns.most[at] = level
        columns.mostDays[at] = 0
      }
      if (level === columns.most[at]!) columns.mostDays[at]!++
    }
  }

  #look(sight: Sight, measure: number, report: Report): void {
    const endpoint = sight.endpoint!
    const row = sight.pair!.ordinal
    const at = row * COUNT + measure
    const { today, most, days } = this.#pairs.columns
    const level = today[at]! - 1
    const { all, asHigh, greatest } = this.#daysOf(endpoint.ordinal, measure, level)
    if (all < DAYS_MIN) return
    const beyond = BEYOND[measure]! ** Math.max(0, level - greatest)
    const usual = (asHigh + 0.5 * beyond) / (all + 1)
    // Its own days never were so high, or there would be no look.
    const own = (OWN_WEIGHT * usual) / (days[at]! + OWN_WEIGHT)
    const p = Math.min(1, own * COUNT)
    this.#episodes.note(row, sight, 0)
    if (p > this.#settings.chance! || !this.#episodes.isNews(row, p, level + 1, sight.atUs)) return
    const size = 2 ** level
    const facts = {
      measure: MEASURES[measure]!,
      size,
      ownMost: most[at]! === 0 ? 0 : 2 ** (most[at]! - 1),
      ownDays: days[at]!,
      othersMost: 2 ** greatest,
      days: all,
      daysAsHigh: asHigh,
    }
    report.raise({
      ...findingOf(spec, sight, {
        p,
        // How deep it goes is known of every first synchronisation: it only supports.
        weight: measure === 1 ? 0.7 : weightOf(Math.max(1, endpoint.sensitivity)),
        key: `${spec.name} e${endpoint.ordinal} ${MEASURES[measure]}`,
        sentence: `asked ${named(endpoint)} for ${WORDS[measure]} ${size}; its own were at most about ${facts.ownMost} on ${facts.ownDays} days, those of all about ${facts.othersMost} on ${all} days`,
        facts,
        doubts: [
          {
            what: "reporting",
            explains: false,
            sentence: `on ${asHigh} of ${all} days somebody asked for as much; it never did on ${facts.ownDays}`,
          },
        ],
        samples: this.#episodes.samples(row),
      }),
      isSupporting: MEASURES[measure] === "offset",
    })
  }

  /** Days of consumers at the endpoint: all, those as high, and the greatest magnitude. */
  #daysOf(endpoint: number, measure: number, level: number): { all: number; asHigh: number; greatest: number } {
    const from = (endpoint * COUNT + measure) * LEVELS
    const { days } = this.#endpoints.columns
    let [all, asHigh, greatest] = [0, 0, 0]
    for (let k = 0; k < LEVELS; k++) {
      const count = days[from + k]!
      if (count === 0) continue
      all += count
      if (k >= level) asHigh += count
      greatest = k
    }
    return { all, asHigh, greatest }
  }
}

/** Of a list that was asked for without a size: what it gave, and what is asked for everywhere: magnitude. */
const usualPage = (items: number): number => (items <= 0 ? -1 : Math.max(USUAL_PAGE, log2(items)))

const log2 = (count: number): number => (count <= 0 ? -1 : Math.floor(Math.log2(count)))

/** 1 + magnitude, 0 for none. */
function levelOf(magnitude: number): number {
  return magnitude < 0 ? 0 : Math.min(LEVELS, magnitude + 1)
}

export const PAGING_COST: DetectorKind = { spec, create: (parts) => new PagingCost(parts) }
