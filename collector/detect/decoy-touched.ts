// 22, decoy touched: somebody was where nobody has a reason to be.
//
// A rule: the endpoint, or where there is none service, method and path, fits what people said to be a decoy. Refused requests, too: to know
// of it is the point. Once an hour a consumer. Known false positive: scanners of one's own; an exception for that consumer is the way.
import type { Sight } from "../baseline/sight.ts"
import type { Detector, DetectorParts, DetectorSpec, KnownFacts, Report } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { Episodes, type SavedEpisodes } from "./episodes.ts"
import { findingOf } from "./novelty-findings.ts"

const HOUR_US = 3_600_000_000
const SAID_MAX = 10_000

const spec: DetectorSpec = {
  name: "decoy-touched",
  number: 22,
  title: "Decoy touched",
  owasp: ["API9"],
  family: "posture",
  about: "A request to what is there, or is told of, only so that somebody finds it.",
  falsePositives: ["scanners of one's own"],
  settings: {},
}

interface Saved {
  readonly said: ReadonlyMap<number, number>
  readonly counts: ReadonlyMap<number, number>
  readonly episodes: SavedEpisodes
}

class DecoyTouched implements Detector {
  readonly spec = spec
  readonly #known: KnownFacts
  /** By consumer: when it was said last, µs; requests to decoys. */
  #said = new Map<number, number>()
  #counts = new Map<number, number>()
  #episodes = new Episodes()

  constructor({ known }: DetectorParts) {
    this.#known = known
  }

  onSight(sight: Sight, report: Report): void {
    const { endpoint, consumer, atUs } = sight
    if (!this.#known.hasDecoys || !this.#isDecoy(sight)) return
    const { ordinal } = consumer
    const count = (this.#counts.get(ordinal) ?? 0) + 1
    if (count === 1 && this.#counts.size >= SAID_MAX) {
      const oldest = this.#counts.keys().next().value!
      this.#counts.delete(oldest)
      this.#said.delete(oldest)
    }
    this.#counts.set(ordinal, count)
    this.#episodes.note(ordinal, sight, 0)
    const saidUs = this.#said.get(ordinal)
    if (saidUs !== undefined && atUs - saidUs < HOUR_US) return
    this.#said.set(ordinal, atUs)
    const { method, path } = sight.event.operation
    report.raise(
      findingOf(spec, sight, {
        p: 0,
        isRule: true,
        weight: 1.5,
        key: spec.name,
        sentence: `asked for the decoy ${method} ${endpoint?.template ?? path} (answered ${sight.answer}); ${count} ${count === 1 ? "request" : "requests"} to decoys so far`,
        facts: { requests: count, status: sight.answer },
        doubts: [
          {
            what: "own scanner",
            explains: false,
            sentence: "nothing says that it is one: an exception for this consumer would",
          },
        ],
        sinceUs: this.#episodes.sinceUs(ordinal),
        samples: this.#episodes.samples(ordinal),
      }),
    )
  }

  save(): Saved {
    return { said: this.#said, counts: this.#counts, episodes: this.#episodes.save() }
  }

  restore(saved: unknown): void {
    const { said, counts, episodes } = saved as Saved
    this.#said = new Map(said)
    this.#counts = new Map(counts)
    this.#episodes = new Episodes(episodes)
  }

  #isDecoy({ endpoint, event }: Sight): boolean {
    if (endpoint !== null && this.#known.isDecoy(endpoint)) return true
    // The path itself, where the endpoint's template says less ("/v1/{code}"), or there is none.
    const { path } = event.operation
    if (path === "" || endpoint?.template === path) return false
    return this.#known.isDecoyPath(endpoint?.serviceName ?? event.server.authority, event.operation)
  }
}

export const DECOY_TOUCHED: DetectorKind = { spec, create: (parts) => new DecoyTouched(parts) }
