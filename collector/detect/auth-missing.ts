// 2, authentication missing: a success without a credential where practically all had one.
//
// Statistic: successes of the endpoint by whether they carried a credential. From 200 on (50 where the answers are sensitive) with at least
// 98 % authenticated, a success without one is a fact, not a chance: it is said with the first one, once a day and endpoint.
// Gates: lossy evidence and heads that could not be decoded say nothing about a credential; OPTIONS and HEAD carry none; endpoints that a
// specification opens to all are none of our business. The weight is the endpoint's sensitivity: what is not sensitive goes to review.
// Known false positives: health checks (they are in the two percent), preflight requests, an endpoint that was made public on purpose.
import { type SavedSlab, Slab } from "../baseline/columns.ts"
import { SENSITIVE } from "../baseline/sensitivity.ts"
import type { Sight } from "../baseline/sight.ts"
import type { EndpointSubject } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { Episodes, type SavedEpisodes } from "./episodes.ts"

const ROWS = {
  authenticated: [Float64Array, 1],
  open: [Float64Array, 1],
  today: [Float64Array, 1],
  saidDay: [Int32Array, 1],
} as const
const DAY_US = 86_400_000_000

const spec: DetectorSpec = {
  name: "auth-missing",
  number: 2,
  title: "Answered without a credential",
  owasp: ["API2", "API8"],
  family: "posture",
  about: "Successes without a credential at an endpoint where practically all had one.",
  falsePositives: ["health checks", "preflight requests", "an endpoint made public on purpose"],
  settings: {
    share: { unit: "share of successes", default: 0.98, min: 0.5, max: 1, why: "Room for health checks." },
    successes: { unit: "successes", default: 200, min: 20, max: 100_000, why: "98 % of fewer says little." },
    successesSensitive: {
      unit: "successes",
      default: 50,
      min: 5,
      max: 100_000,
      why: "Where people's data is at stake, sooner.",
    },
  },
}

class AuthMissing implements Detector {
  readonly spec = spec
  readonly #settings: SettingValues
  #rows = new Slab(ROWS)
  #episodes = new Episodes()

  constructor({ settings }: DetectorParts) {
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    const { endpoint, event } = sight
    if (endpoint === null || !sight.isSuccess) return
    const row = endpoint.ordinal
    this.#rows.reserve(row)
    const { columns } = this.#rows
    if (event.identity.scheme !== "none") {
      columns.authenticated[row]!++
      return
    }
    const { method } = event.operation
    if (sight.isUnsure || event.unknown !== 0 || method === "OPTIONS" || method === "HEAD") return
    if (!endpoint.isOpenBySpecification) this.#look(sight, endpoint, report)
    columns.open[row]!++
  }

  mergeEndpoints(former: EndpointSubject, successor: EndpointSubject): void {
    if (former.ordinal >= this.#rows.rows) return
    this.#rows.reserve(successor.ordinal)
    const { columns } = this.#rows
    for (const column of [columns.authenticated, columns.open, columns.today])
      column[successor.ordinal]! += column[former.ordinal]!
  }

  save(): { rows: SavedSlab<typeof ROWS>; episodes: SavedEpisodes } {
    return { rows: this.#rows.save(), episodes: this.#episodes.save() }
  }

  restore(saved: unknown): void {
    const { rows, episodes } = saved as ReturnType<AuthMissing["save"]>
    this.#rows = new Slab(ROWS, rows)
    this.#episodes = new Episodes(episodes)
  }

  #look(sight: Sight, endpoint: EndpointSubject, report: Report): void {
    const { columns } = this.#rows
    const row = endpoint.ordinal
    const authenticated = columns.authenticated[row]!
    const day = Math.floor(sight.atUs / DAY_US)
    if (columns.saidDay[row]! < day) columns.today[row] = 0
    // Before today: those that are told of do not make themselves usual.
    const open = columns.open[row]! - columns.today[row]!
    const isSensitive = endpoint.sensitivity >= SENSITIVE
    if (authenticated + open < this.#settings[isSensitive ? "successesSensitive" : "successes"]!) return
    if (authenticated < this.#settings["share"]! * (authenticated + open)) return
    columns.today[row]!++
    this.#episodes.note(row, sight, 0)
    const today = columns.today[row]!
    // Said at once, and again when there are ten times as many.
    if (columns.saidDay[row]! === day && !/^10*$/.test(String(today))) return
    columns.saidDay[row] = day
    const { consumer, atUs } = sight
    report.raise({
      detector: spec.name,
      family: spec.family,
      atUs,
      sinceUs: atUs,
      consumer: consumer.ordinal,
      endpoint: row,
      p: 0,
      isRule: true,
      weight: isSensitive ? Math.max(1, endpoint.sensitivity) : 0.7,
      key: `${spec.name} e${row}`,
      sentence:
        `was answered without a credential at ${endpoint.method} ${endpoint.template} (${today} today), ` +
        `where ${authenticated} of ${authenticated + open} successes before had one`,
      facts: { today, authenticatedBefore: authenticated, openBefore: open },
      doubts: [
        {
          what: "health check",
          explains: false,
          sentence: `${open} of ${authenticated + open} successes before were without`,
        },
      ],
      samples: this.#episodes.samples(row),
      lossyShare: 0,
    })
  }
}

export const AUTH_MISSING: DetectorKind = { spec, create: (parts) => new AuthMissing(parts) }
