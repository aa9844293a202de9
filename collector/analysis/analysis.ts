// The analysis: exchanges in context in, incidents out.
//
//   exchange --> clock (hours and days that close) --> baselines (what is usual) --> detectors (what is not) --> incidents
//   note     --> subjects, known facts, settings, incidents
//
// Event time only; the result depends on the order of what is taken in, and on nothing else. State: `save`, and the constructor.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { BaselineParts } from "../baseline/baseline.ts"
import { Baselines, type SavedBaselines } from "../baseline/baselines.ts"
import { EventClock, type SavedClock } from "../baseline/event-clock.ts"
import { sensitivityOf } from "../baseline/sensitivity.ts"
import { Sight } from "../baseline/sight.ts"
import { type ConsumerSubject, type EndpointSubject, type SavedSubjects, Subjects } from "../baseline/subjects.ts"
import type { Detector } from "../detect/detector.ts"
import { DETECTORS, type DetectorKind } from "../detect/detectors.ts"
import { Incidents, type SavedIncidents } from "../incident/incidents.ts"
import type { AnalysisNote, EndpointFacts } from "../incident/notes.ts"
import { type BaselineLimits, DEFAULT_BASELINE_LIMITS } from "../inventory/baseline-limits.ts"
import type { LimitCounters } from "../inventory/limits.ts"
import { NO_SHAPE_TEXTS, type ShapeTexts } from "../inventory/shape-notes.ts"
import type { IncidentRecord } from "../store/incident-records.ts"
import { Known, type SavedKnown } from "./known.ts"
import { DetectorSettings, type SavedSettings } from "./settings.ts"

const DAY_US = 86_400_000_000

export interface SavedAnalysis {
  readonly version: number
  readonly clock: SavedClock
  readonly subjects: SavedSubjects
  readonly baselines: SavedBaselines
  readonly detectors: Readonly<Record<string, unknown>>
  readonly incidents: SavedIncidents
  readonly known: SavedKnown
  readonly settings: SavedSettings
}

export interface AnalysisOptions {
  readonly limits?: Partial<BaselineLimits>
  readonly reached: LimitCounters
  /** Fields of bodies by shape. */
  readonly texts?: ShapeTexts
  readonly detectors?: readonly DetectorKind[]
  /** Where findings go besides: tests, back-tests. */
  readonly onFinding?: (finding: import("../detect/finding.ts").Finding) => void
}

/** Version of SavedAnalysis; a snapshot of another one is not read, and the journal is replayed instead. */
export const ANALYSIS_VERSION = 2

interface Running {
  readonly kind: DetectorKind
  readonly detector: Detector
}

type SightDetector = Detector & Required<Pick<Detector, "onSight">>

export class Analysis {
  readonly subjects: Subjects
  readonly baselines: Baselines
  readonly incidents: Incidents
  readonly known: Known
  readonly settings: DetectorSettings
  readonly #clock: EventClock
  readonly #detectors: Running[] = []
  /** Those that are on and look at exchanges, in the same order. */
  #looking: SightDetector[] = []
  readonly #sight = new Sight()
  readonly #report: import("../detect/detector.ts").Report
  readonly #reached: LimitCounters
  #lateExchanges = 0

  constructor(options: AnalysisOptions, saved?: SavedAnalysis) {
    const limits = { ...DEFAULT_BASELINE_LIMITS, ...options.limits }
    this.#reached = options.reached
    this.#clock = new EventClock(saved?.clock)
    this.subjects = new Subjects(limits, options.reached, saved?.subjects)
    const texts = options.texts ?? NO_SHAPE_TEXTS
    const parts: BaselineParts = { subjects: this.subjects, limits, reached: options.reached, texts }
    this.baselines = new Baselines(parts, saved?.baselines)
    this.known = new Known(texts, saved?.known)
    this.settings = new DetectorSettings(saved?.settings)
    this.incidents = new Incidents(
      {
        subjects: this.subjects,
        reached: options.reached,
        casesMax: limits.cases,
        onMalicious: (consumer, fromUs, toUs) => {
          for (const baseline of this.baselines.all) baseline.purge?.(consumer, fromUs, toUs)
        },
        onExpected: (consumer, endpoint) => {
          for (const baseline of this.baselines.all) baseline.adopt?.(consumer, endpoint)
        },
      },
      saved?.incidents,
    )
    for (const kind of options.detectors ?? DETECTORS) {
      const { baselines, known } = this
      const detector = kind.create({ baselines, known, settings: this.settings.of(kind.spec) })
      // A snapshot from before there was this detector has nothing of it.
      const own = saved?.detectors[kind.spec.name] ?? null
      if (own !== null) detector.restore?.(own)
      this.#detectors.push({ kind, detector })
    }
    this.#chooseLooking()
    const { onFinding } = options
    const { incidents } = this
    this.#report =
      onFinding === undefined
        ? incidents
        : {
            raise: (finding) => {
              onFinding(finding)
              incidents.raise(finding)
            },
            explain: (explanation) => incidents.explain(explanation),
          }
  }

  /** Event time reached, µs; -1 before the first exchange. */
  get nowUs(): number {
    return this.#clock.nowUs
  }

  /** Exchanges that belonged to a closed hour. */
  get lateExchanges(): number {
    return this.#lateExchanges
  }

  note(event: ApiEvent, consumer: ConsumerSubject, endpoint: EndpointSubject | null): void {
    const atUs = event.startUs
    const clock = this.#clock
    if (clock.isAhead(atUs)) {
      this.#reached.aheadExchanges++
      return
    }
    if (clock.isDue(atUs)) this.#turnTo(atUs)
    if (atUs > clock.nowUs) clock.nowUs = atUs
    const isLate = clock.isLate(atUs)
    if (isLate) this.#lateExchanges++
    if (consumer.requests === 0) consumer.firstUs = atUs
    const sight = this.#sight
    const pair = endpoint === null ? null : this.subjects.pairAt(consumer, endpoint, atUs)
    sight.turnTo(event, consumer, endpoint, pair, isLate)
    this.baselines.note(sight)
    const looking = this.#looking
    for (let i = 0; i < looking.length; i++) looking[i]!.onSight(sight, this.#report)
    // After the detectors: to them the subjects are as they were before the exchange.
    countConsumer(consumer, atUs)
    if (endpoint !== null) countEndpoint(endpoint, event)
    if (pair !== null) {
      pair.requests++
      if (atUs > pair.lastUs) pair.lastUs = atUs
    }
  }

  apply(note: AnalysisNote): void {
    switch (note.kind) {
      case "consumer": {
        const consumer = this.consumer(note.id, note.name, note.scheme, note.partner, note.key)
        if (consumer === null) return
        if (consumer.name !== note.name) this.incidents.renamed(consumer.ordinal, -1)
        Object.assign(consumer, { name: note.name, partner: note.partner })
        return
      }
      case "consumers.merged":
        this.#mergeConsumers(note.from, note.into)
        return
      case "endpoint":
        this.endpoint(note.facts)
        return
      case "endpoints.merged":
        this.#mergeEndpoints(note.from, note.into)
        return
      case "endpoint.split":
        this.#split(note.parent, note.fresh, note.atUs)
        return
      case "partner":
        this.known.setPartner(note.id, note.name, note.contract)
        return
      case "decoy":
        this.known.setDecoy(note.id, note.pattern)
        return
      case "detector":
        this.settings.set(note.name, note.isEnabled, note.values)
        this.#chooseLooking()
        return
      default:
        this.incidents.apply(note)
    }
  }

  /** Found or added. `key`: what is the same in every store. */
  consumer(id: string, name: string, scheme: string, partner: string, key = id): ConsumerSubject | null {
    return this.subjects.consumer(id) ?? this.subjects.addConsumer(id, name, scheme, partner, key)
  }

  /** Found or added; what is known otherwise than before is put right. */
  endpoint(facts: EndpointFacts): EndpointSubject | null {
    const known = this.subjects.endpoint(facts.id)
    if (known === null) {
      return this.subjects.addEndpoint({
        ...facts,
        lastUs: facts.firstUs,
        requests: 0,
        sensitivity: sensitivityOf([]),
        splitUs: 0,
      })
    }
    const { template, status, serviceName, isOpenBySpecification } = facts
    if (known.template !== template || known.serviceName !== serviceName) this.incidents.renamed(-1, known.ordinal)
    Object.assign(known, { template, status, serviceName, isOpenBySpecification })
    return known
  }

  takeIncidents(): IncidentRecord[] {
    return this.incidents.take()
  }

  save(): SavedAnalysis {
    return {
      version: ANALYSIS_VERSION,
      clock: this.#clock.save(),
      subjects: this.subjects.save(),
      baselines: this.baselines.save(),
      detectors: Object.fromEntries(
        this.#detectors.map(({ kind, detector }) => [kind.spec.name, detector.save?.() ?? null]),
      ),
      incidents: this.incidents.save(),
      known: this.known.save(),
      settings: this.settings.save(),
    }
  }

  #chooseLooking(): void {
    this.#looking = this.#detectors.flatMap(({ kind, detector }) =>
      looksAtSights(detector) && this.settings.isEnabled(kind.spec.name) ? [detector] : [],
    )
  }

  #turnTo(atUs: number): void {
    for (const turn of this.#clock.turnTo(atUs)) {
      // Detectors first: baselines then take the closed window in as history.
      for (const { detector, kind } of this.#detectors) {
        if (detector.onTurn !== undefined && this.settings.isEnabled(kind.spec.name))
          detector.onTurn(turn, this.#report)
      }
      this.baselines.turn(turn)
      this.incidents.turn(turn)
    }
  }

  #mergeConsumers(from: string, into: string): void {
    const former = this.subjects.consumer(from)
    const successor = this.subjects.consumer(into)
    if (former === null || successor === null || former === successor) return
    for (const baseline of this.baselines.all) baseline.mergeConsumers?.(former, successor)
    for (const { detector } of this.#detectors) detector.mergeConsumers?.(former, successor)
    this.incidents.mergeConsumers(former, successor)
    successor.firstUs = Math.min(successor.firstUs, former.firstUs)
    successor.requests += former.requests
    successor.activeDays += former.activeDays
    this.subjects.mergeConsumers(former, successor)
  }

  #mergeEndpoints(from: string, into: string): void {
    const former = this.subjects.endpoint(from)
    const successor = this.subjects.endpoint(into)
    if (former === null || successor === null || former === successor) return
    for (const baseline of this.baselines.all) baseline.mergeEndpoints?.(former, successor)
    for (const { detector } of this.#detectors) detector.mergeEndpoints?.(former, successor)
    this.incidents.mergeEndpoints(former, successor)
    successor.firstUs = Math.min(successor.firstUs, former.firstUs)
    successor.requests += former.requests
    successor.sensitivity = Math.max(successor.sensitivity, former.sensitivity)
    this.subjects.mergeEndpoints(former, successor)
  }

  #split(parent: string, facts: EndpointFacts, atUs: number): void {
    const from = this.subjects.endpoint(parent)
    const fresh = this.endpoint(facts)
    if (from === null || fresh === null || from === fresh) return
    fresh.splitUs = atUs
    fresh.firstUs = from.firstUs
    fresh.sensitivity = from.sensitivity
    for (const baseline of this.baselines.all) baseline.splitEndpoint?.(from, fresh)
  }
}

function looksAtSights(detector: Detector): detector is SightDetector {
  return detector.onSight !== undefined
}

function countConsumer(consumer: ConsumerSubject, atUs: number): void {
  consumer.requests++
  if (atUs > consumer.lastUs) consumer.lastUs = atUs
  const day = Math.floor(atUs / DAY_US)
  if (day <= consumer.lastDay) return
  consumer.lastDay = day
  consumer.activeDays++
}

function countEndpoint(endpoint: EndpointSubject, event: ApiEvent): void {
  endpoint.requests++
  if (event.startUs > endpoint.lastUs) endpoint.lastUs = event.startUs
  if (event.responseClasses.length === 0) return
  const sensitivity = sensitivityOf(event.responseClasses)
  if (sensitivity > endpoint.sensitivity) endpoint.sensitivity = sensitivity
}
