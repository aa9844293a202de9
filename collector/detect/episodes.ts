// What a detector has said already: it says it again when it grew by much, or a day later. And the exchanges that show it.
//
// Out: whether a finding is due; up to eight samples. Given up: past `EPISODES_MAX` the oldest episode is forgotten, and would be said twice.
import type { Sight } from "../baseline/sight.ts"
import type { FindingSample } from "./finding.ts"

const DAY_US = 86_400_000_000
const EPISODES_MAX = 4_096
const SAMPLES_MAX = 8

interface Episode {
  /** When it began, and when it was said last (0 never), µs. */
  sinceUs: number
  saidUs: number
  saidP: number
  saidCount: number
  /** What `tally` counted since it began, and the day's count that it was told last. */
  total: number
  tallied: number
  samples: FindingSample[]
  /** Low 32 bits of the samples' objects, for questions to the baselines. */
  objects: number[]
}

export type SavedEpisodes = ReadonlyMap<number, Episode>

export class Episodes {
  #all: Map<number, Episode>

  constructor(saved?: SavedEpisodes) {
    this.#all = new Map(saved)
  }

  /** Keeps the exchange as a sample of the episode `key`, which begins anew when it rested for a day. `object` 0: none. */
  note(key: number, sight: Sight, object: number): void {
    const { atUs } = sight
    let episode = this.#all.get(key)
    if (episode === undefined || (episode.saidUs === 0 && atUs - episode.sinceUs > DAY_US)) {
      episode = { sinceUs: atUs, saidUs: 0, saidP: 1, saidCount: 0, total: 0, tallied: 0, samples: [], objects: [] }
      this.#all.delete(key)
      this.#all.set(key, episode)
      for (const oldest of this.#all.keys()) {
        if (this.#all.size <= EPISODES_MAX) break
        this.#all.delete(oldest)
      }
    }
    if (episode.samples.length >= SAMPLES_MAX) return
    episode.samples.push(sampleOf(sight, object))
    episode.objects.push(object >>> 0)
  }

  samples(key: number): readonly FindingSample[] {
    // A copy: a finding stays as it was said.
    return [...(this.#all.get(key)?.samples ?? [])]
  }

  objects(key: number): readonly number[] {
    return this.#all.get(key)?.objects ?? []
  }

  /** Takes the count of the day, which begins anew each day: the episode goes on. */
  tally(key: number, ofDay: number): void {
    const episode = this.#all.get(key)
    if (episode === undefined) return
    episode.total += ofDay < episode.tallied ? ofDay : ofDay - episode.tallied
    episode.tallied = ofDay
  }

  total(key: number): number {
    return this.#all.get(key)?.total ?? 0
  }

  sinceUs(key: number): number {
    return this.#all.get(key)?.sinceUs ?? 0
  }

  /** Whether `p` and `count`, or a total that has doubled, are news; then they are taken as said. */
  isNews(key: number, p: number, count: number, atUs: number): boolean {
    const episode = this.#all.get(key)
    if (episode === undefined) return false
    if (episode.total > 0) count = episode.total
    const isFirst = episode.saidUs === 0
    const hasGrown = p <= episode.saidP / 10 && (p > 1e-12 || episode.saidP > 1e-12)
    if (!isFirst && !hasGrown && count < 2 * episode.saidCount && atUs - episode.saidUs < DAY_US) return false
    episode.saidUs = atUs
    episode.saidP = Math.min(episode.saidP, p)
    episode.saidCount = Math.max(episode.saidCount, count)
    return true
  }

  /** The episode is over. */
  end(key: number): void {
    this.#all.delete(key)
  }

  save(): SavedEpisodes {
    return this.#all
  }
}

export function sampleOf({ event, atUs, answer }: Sight, object: number): FindingSample {
  const { operation, exchangeKey } = event
  return {
    atUs,
    operation: `${operation.method} ${operation.path}`,
    status: answer,
    exchange: exchangeKey === 0 ? "" : exchangeKey.toString(16).padStart(12, "0"),
    object: object === 0 ? "" : wholeOf(event.objects, object).toString(16).padStart(12, "0"),
  }
}

/** The 48-bit pseudonym of which only the low 32 bits are at hand, where the path has it. */
function wholeOf(objects: readonly number[], low: number): number {
  return objects.find((object) => (object | 0) === (low | 0)) ?? low >>> 0
}
