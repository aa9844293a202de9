// 1, shadow endpoint: a way in that nobody knew, or that was thought to be gone.
//
// Statistic: a service older than 14 days has a new endpoint that answers with success: chance from the endpoints that came up in it before
// (by Poisson, half a one assumed). A fact instead, for review (rule of weight below 1): an endpoint that was idle for 90 days answers
// again; its status is zombie or rogue; its name is one of the administration's; or it stayed with one or two consumers for three days.
// Gates: success only, not lossy; documented ones are none; not split within a day. It belongs to the case of the consumer that was there,
// and is news of the same family as its new endpoint then; without one consumer it is a case of the endpoint.
// Known false positives: releases (a third consumer takes it up within three days: nothing is said), yearly jobs.
import type { Baselines } from "../baseline/baselines.ts"
import { DAY_US, type Turn } from "../baseline/event-clock.ts"
import { RELEASE_PARTIES } from "../baseline/novelty-takers.ts"
import { isSensitivePath } from "../baseline/novelty-words.ts"
import type { Sight } from "../baseline/sight.ts"
import type { EndpointSubject } from "../baseline/subjects.ts"
import type { Detector, DetectorParts, DetectorSpec, Report, SettingValues } from "./detector.ts"
import type { DetectorKind } from "./detectors.ts"
import { sampleOf } from "./episodes.ts"
import type { Doubt, Finding, FindingSample } from "./finding.ts"
import { counted, findingOf, named } from "./novelty-findings.ts"

const IDLE_US = 90 * DAY_US
const SETTLING_US = 3 * DAY_US
const FEW = 2
/** Chance that what is new stays with few, given that it is new. */
const SETTLED = 0.1
const WEIGHT = 0.6
const WAITING_MAX = 1_000
const RATE_US = 28 * DAY_US

interface Waiting {
  readonly p: number
  readonly sinceUs: number
  readonly samples: FindingSample[]
}

interface Saved {
  /** Endpoints that came up lately. */
  readonly waiting: ReadonlyMap<number, Waiting>
  /** When an endpoint of the service came up after its first days, µs: the last eight. */
  readonly arrivals: ReadonlyMap<string, readonly number[]>
  /** Endpoints of which it was said, and when. */
  readonly said: ReadonlyMap<number, number>
}

const spec: DetectorSpec = {
  name: "shadow-endpoint",
  number: 1,
  title: "Endpoint that nobody knew",
  owasp: ["API9"],
  family: "posture",
  about: "A service that has been known for weeks answers at a new endpoint, or at one that was idle for months.",
  falsePositives: ["releases", "yearly jobs"],
  settings: {
    serviceDays: {
      unit: "days",
      default: 14,
      min: 1,
      max: 365,
      why: "By then endpoints that are used weekly have been seen twice.",
    },
  },
}

class ShadowEndpoint implements Detector {
  readonly spec = spec
  readonly #baselines: Baselines
  readonly #settings: SettingValues
  #waiting = new Map<number, Waiting>()
  #arrivals = new Map<string, number[]>()
  #said = new Map<number, number>()

  constructor({ baselines, settings }: DetectorParts) {
    this.#baselines = baselines
    this.#settings = settings
  }

  onSight(sight: Sight, report: Report): void {
    const { endpoint } = sight
    if (endpoint === null || !sight.isSuccess) return
    const isIdle = endpoint.requests > 0 && sight.atUs - endpoint.lastUs >= IDLE_US
    if (isIdle) this.#raiseIdle(sight, endpoint, report)
    else if (endpoint.status === "zombie" || endpoint.status === "rogue") this.#raiseStatus(sight, endpoint, report)
    else if (this.#waiting.size > 0) {
      const waiting = this.#waiting.get(endpoint.ordinal)
      if (waiting !== undefined && waiting.samples.length < 8) waiting.samples.push(sampleOf(sight, 0))
    }
    const { parties } = this.#baselines.novelty
    if (parties >= RELEASE_PARTIES) {
      const doubt = { ...release(parties), explains: true }
      report.explain({ detector: spec.name, endpoint: endpoint.ordinal, key: "", atUs: sight.atUs, doubt })
    }
    if (this.#baselines.novelty.usersOf(endpoint).length !== 1 || sight.pair === null) return
    if (!this.#isNew(sight, endpoint)) return
    this.#meet(sight, endpoint, report)
  }

  onTurn({ kind, endUs }: Turn, report: Report): void {
    if (kind !== "day") return
    for (const [ordinal, waiting] of this.#waiting) {
      if (endUs - waiting.sinceUs < SETTLING_US) continue
      this.#waiting.delete(ordinal)
      const endpoint = this.#baselines.subjects.endpoints[ordinal]!
      const users = this.#baselines.novelty.usersOf(endpoint)
      if (endpoint.id === "" || endpoint.status === "documented" || users.length > FEW || this.#said.has(ordinal))
        continue
      this.#said.set(ordinal, endUs)
      report.raise(this.#finding(waiting, endpoint, users, endUs))
    }
  }

  mergeEndpoints({ ordinal }: EndpointSubject): void {
    this.#waiting.delete(ordinal)
    this.#said.delete(ordinal)
  }

  save(): Saved {
    return { waiting: this.#waiting, arrivals: this.#arrivals, said: this.#said }
  }

  restore(saved: unknown): void {
    const { waiting, arrivals, said } = saved as Saved
    this.#waiting = new Map(waiting)
    this.#arrivals = new Map([...arrivals].map(([service, times]) => [service, [...times]]))
    this.#said = new Map(said)
  }

  #isNew({ atUs }: Sight, endpoint: EndpointSubject): boolean {
    const { ordinal, serviceFirstUs, firstUs, splitUs, status } = endpoint
    if (status === "documented" || this.#waiting.has(ordinal) || this.#said.has(ordinal)) return false
    if (atUs - serviceFirstUs < this.#settings["serviceDays"]! * DAY_US) return false
    return atUs - firstUs < DAY_US && (splitUs === 0 || atUs - splitUs >= DAY_US)
  }

  #meet(sight: Sight, endpoint: EndpointSubject, report: Report): void {
    const { atUs } = sight
    const { service } = endpoint
    const before = (this.#arrivals.get(service) ?? []).filter((timeUs) => atUs - timeUs < RATE_US)
    this.#arrivals.set(service, [...before.slice(-7), atUs])
    const watchedDays = Math.min(RATE_US, atUs - endpoint.serviceFirstUs) / DAY_US
    const p = 1 - Math.exp(-(before.length + 0.5) / watchedDays)
    if (this.#waiting.size < WAITING_MAX)
      this.#waiting.set(endpoint.ordinal, { p, sinceUs: atUs, samples: [sampleOf(sight, 0)] })
    const why = isSensitivePath(endpoint.template)
      ? "; its name says that it is for few"
      : this.#isOldVersion(endpoint)
        ? "; its version is older than any that was asked for before"
        : ""
    const isSensitive = why !== ""
    if (isSensitive) this.#said.set(endpoint.ordinal, atUs)
    const facts = { arrivals: before.length, watchedDays: Math.round(watchedDays), users: 1 }
    report.raise(
      findingOf(spec, sight, {
        family: "novelty",
        p: isSensitive ? 0 : p,
        isRule: isSensitive,
        weight: WEIGHT,
        key: `${spec.name} e${endpoint.ordinal}`,
        sentence:
          `got the first answer that ${named(endpoint)} gave; ` +
          `${counted(before.length, "new endpoint", "new endpoints")} in the ${facts.watchedDays} days before` +
          why,
        facts,
        doubts: [release(1), yearly()],
      }),
    )
  }

  /** Its path has a version, and all other versions of the service are greater. */
  #isOldVersion({ ordinal, service, template }: EndpointSubject): boolean {
    const version = versionOf(template)
    if (version < 0) return false
    let least = Number.POSITIVE_INFINITY
    for (const other of this.#baselines.subjects.endpoints) {
      if (other.service !== service || other.ordinal === ordinal) continue
      const of = versionOf(other.template)
      // Other endpoints of that version that are as new do not make it known.
      if (of > version || (of === version && !this.#said.has(other.ordinal))) least = Math.min(least, of)
      else if (of >= 0 && of < version) return false
    }
    return least > version && least < Number.POSITIVE_INFINITY
  }

  #finding(
    { samples, sinceUs, p }: Waiting,
    endpoint: EndpointSubject,
    users: readonly number[],
    atUs: number,
  ): Finding {
    const days = Math.round((atUs - sinceUs) / DAY_US)
    // Its only user's; else the endpoint's.
    const consumer = users.length === 1 ? users[0]! : -1
    const from =
      consumer < 0
        ? "got answers, although nobody knew the endpoint"
        : `got answers from ${named(endpoint)}, which nobody knew`
    return {
      detector: spec.name,
      family: consumer < 0 ? spec.family : "novelty",
      atUs,
      sinceUs,
      consumer,
      endpoint: endpoint.ordinal,
      p: p * SETTLED,
      isRule: false,
      weight: WEIGHT,
      key: `${spec.name} e${endpoint.ordinal}`,
      sentence: `${from} ${days} days ago; ${counted(users.length, "consumer uses", "consumers use")} it`,
      facts: { days, users: users.length, requests: endpoint.requests },
      doubts: [release(users.length), yearly()],
      samples,
      lossyShare: 0,
    }
  }

  #raiseIdle(sight: Sight, endpoint: EndpointSubject, report: Report): void {
    const idleDays = Math.floor((sight.atUs - endpoint.lastUs) / DAY_US)
    this.#said.set(endpoint.ordinal, sight.atUs)
    report.raise(
      findingOf(spec, sight, {
        family: "novelty",
        p: 0,
        isRule: true,
        weight: WEIGHT,
        key: `${spec.name} e${endpoint.ordinal}`,
        sentence: `got an answer from ${named(endpoint)}, which had been silent for ${idleDays} days`,
        facts: { idleDays, requestsBefore: endpoint.requests },
        doubts: [yearly()],
      }),
    )
  }

  /** Once in 30 days. */
  #raiseStatus(sight: Sight, endpoint: EndpointSubject, report: Report): void {
    const saidUs = this.#said.get(endpoint.ordinal)
    if (saidUs !== undefined && sight.atUs - saidUs < 30 * DAY_US) return
    this.#said.set(endpoint.ordinal, sight.atUs)
    const { status, requests } = endpoint
    report.raise(
      findingOf(spec, sight, {
        consumer: -1,
        p: 0,
        isRule: true,
        weight: WEIGHT,
        key: `${spec.name} e${endpoint.ordinal}`,
        sentence: `got an answer, although the specification says that the endpoint is ${status === "zombie" ? "gone" : "none of its"}`,
        facts: { status, requestsBefore: requests },
        doubts: [],
      }),
    )
  }
}

/** 2 of "/api/v2/orders", -1 without. */
function versionOf(template: string): number {
  const match = /(?:^|\/)v(\d{1,3})(?:\/|$)/.exec(template)
  return match === null ? -1 : Number(match[1])
}

function release(users: number): Doubt {
  return {
    what: "release",
    explains: false,
    sentence: `${counted(users, "party", "parties")} so far; a release is taken up by more than ${FEW} within days`,
  }
}

function yearly(): Doubt {
  return { what: "yearly job", explains: false, sentence: "what is done once a year has not been seen before" }
}

export const SHADOW_ENDPOINT: DetectorKind = { spec, create: (parts) => new ShadowEndpoint(parts) }
