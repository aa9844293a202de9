// Findings to incidents: the few things worth a person's time.
//
//   finding --> exception? held back --> shared cause? the endpoint's case --> the consumer's case --> score --> lane --> incident
//
// One open incident a consumer: what comes later is added to it. A case that people have closed opens anew only for what is new: evidence
// of the same key stays closed for two weeks unless it is ten times less likely.
// What turns out to be a release later is explained, and an incident that would not have opened without it closes.
// Bounded: cases; those of subjects that have been quiet make place, open incidents last.
import type { Turn } from "../baseline/event-clock.ts"
import type { ConsumerSubject, EndpointSubject, Subjects } from "../baseline/subjects.ts"
import type { Report } from "../detect/detector.ts"
import type { Explanation, Finding } from "../detect/finding.ts"
import type { LimitCounters } from "../inventory/limits.ts"
import type { IncidentRecord } from "../store/incident-records.ts"
import { Budget, type SavedBudget } from "./budget.ts"
import { Case, type CaseSubject, type Evidence, newCase, type SavedCase } from "./case.ts"
import { Exceptions, type SavedExceptions } from "./exceptions.ts"
import type { AnalysisNote } from "./notes.ts"
import { DEFAULT_THRESHOLDS, laneOf, scoreOf, type Thresholds } from "./score.ts"
import { type SavedSharedCauses, SharedCauses } from "./shared-causes.ts"
import { explainIn, isExplained, wouldOpen } from "./withdrawal.ts"

const DAY_US = 86_400_000_000
/** How long what people have closed stays closed. */
const SETTLED_US = 14 * DAY_US
/** A case that is no incident is forgotten when its score has fallen below this. */
const FORGOTTEN_SCORE = 0.5

type IncidentNotes = Extract<AnalysisNote, { kind: "exception" | "incident.state" | "sensor" }>
type Decision = Extract<AnalysisNote, { kind: "incident.state" }>

/** Evidence that people have judged: key with the subject, until when (event time, µs) and down to which chance it stays closed. */
export type SavedSettled = Map<string, { readonly untilUs: number; readonly p: number }>

export interface SavedIncidents {
  readonly cases: readonly SavedCase[]
  readonly settled: SavedSettled
  readonly exceptions: SavedExceptions
  readonly shared: SavedSharedCauses
  readonly budget: SavedBudget
  readonly nowUs: number
}

export interface IncidentParts {
  readonly subjects: Subjects
  readonly reached: LimitCounters
  /** Cases at most, open and closed incidents included. */
  readonly casesMax: number
  readonly thresholds?: Thresholds
  /** A case was judged: what happened is no part of what is usual; the present level is what is usual now. */
  readonly onMalicious: (consumer: ConsumerSubject, fromUs: number, toUs: number) => void
  readonly onExpected: (consumer: ConsumerSubject, endpoint: EndpointSubject | null) => void
}

export class Incidents implements Report {
  readonly exceptions: Exceptions
  readonly budget: Budget
  readonly #parts: IncidentParts
  readonly #thresholds: Thresholds
  readonly #shared: SharedCauses
  readonly #settled: SavedSettled
  /** The present case of each subject; closed incidents are found by id only. */
  readonly #bySubject = new Map<string, Case>()
  readonly #byId = new Map<string, Case>()
  /** In the order in which they came. */
  readonly #cases = new Set<Case>()
  readonly #dirty = new Set<Case>()
  #nowUs: number

  constructor(parts: IncidentParts, saved?: SavedIncidents) {
    this.#parts = parts
    this.#thresholds = parts.thresholds ?? DEFAULT_THRESHOLDS
    this.exceptions = new Exceptions(saved?.exceptions)
    this.budget = new Budget(saved?.budget)
    this.#shared = new SharedCauses(saved?.shared)
    this.#settled = saved?.settled ?? new Map()
    this.#nowUs = saved?.nowUs ?? 0
    for (const each of saved?.cases ?? []) this.#add(new Case(each))
  }

  raise(finding: Finding): void {
    const { subjects } = this.#parts
    const consumer = subjects.consumers[finding.consumer] ?? null
    const endpoint = subjects.endpoints[finding.endpoint] ?? null
    if (finding.atUs > this.#nowUs) this.#nowUs = finding.atUs
    if (this.exceptions.of(finding.detector, consumer, endpoint, finding.atUs) !== null) return
    if (finding.consumer >= 0 && finding.endpoint >= 0 && !finding.isRule) {
      const users = subjects.pairsOf(endpoint!).length
      const together = this.#shared.note(finding.endpoint, finding.consumer, finding.atUs, users)
      if (together !== null) {
        this.#raiseShared(finding, together)
        return
      }
    }
    this.#raiseAt(
      { consumer: finding.consumer, endpoint: finding.consumer < 0 ? finding.endpoint : -1, sensor: "" },
      finding,
    )
  }

  explain(explanation: Explanation): void {
    if (explanation.atUs > this.#nowUs) this.#nowUs = explanation.atUs
    for (const each of [...this.#cases]) {
      if (each.saved.state === "closed" || !explainIn(each.saved.evidence.values(), explanation)) continue
      if (each.isIncident) this.#withdraw(each, explanation)
    }
  }

  turn({ kind, endUs }: Turn): void {
    this.#nowUs = Math.max(this.#nowUs, endUs)
    if (kind !== "day") return
    for (const [key, { untilUs }] of this.#settled) if (untilUs < endUs) this.#settled.delete(key)
    for (const each of this.#cases) {
      if (!each.isIncident && scoreOf(each.evidence(), endUs).sum < FORGOTTEN_SCORE) this.#forget(each)
    }
  }

  apply(note: IncidentNotes): void {
    if (note.kind === "exception") this.exceptions.set(note.id, note.exception)
    else if (note.kind === "incident.state") this.#decide(note)
    else this.#noteSensor(note)
  }

  /** A subject (-1 for none) is called otherwise from now on: what is told of it is told anew. */
  renamed(consumer: number, endpoint: number): void {
    for (const each of this.#cases) {
      const { saved } = each
      if (each.isIncident && (consumer >= 0 ? saved.consumer === consumer : saved.endpoint === endpoint))
        this.#touch(each)
    }
  }

  /** What was found at the former endpoint was found at the successor. */
  mergeEndpoints(former: EndpointSubject, successor: EndpointSubject): void {
    for (const each of this.#cases) {
      const isOfIt = each.saved.endpoint === former.ordinal
      if (!each.moveEndpoint(former.ordinal, successor.ordinal)) continue
      if (each.isIncident) this.#touch(each)
      if (!isOfIt || this.#bySubject.get(`e ${former.ordinal}`) !== each) continue
      this.#bySubject.delete(`e ${former.ordinal}`)
      const stays = this.#bySubject.get(keyOf(each.saved))
      if (stays === undefined || (each.isIncident && !stays.isIncident)) this.#bySubject.set(keyOf(each.saved), each)
      else if (!each.isIncident) this.#forget(each)
    }
  }

  mergeConsumers(former: ConsumerSubject, successor: ConsumerSubject): void {
    const goes = this.#bySubject.get(keyOf({ consumer: former.ordinal, endpoint: -1, sensor: "" }))
    for (const each of this.#cases) {
      if (each.saved.consumer !== former.ordinal) continue
      if (each !== goes) each.saved.consumer = successor.ordinal
      if (each.isIncident) this.#touch(each)
    }
    if (goes === undefined) return
    this.#bySubject.delete(keyOf(goes.saved))
    const stays = this.#bySubject.get(keyOf({ consumer: successor.ordinal, endpoint: -1, sensor: "" }))
    goes.saved.consumer = successor.ordinal
    // Two open incidents of what is one consumer now: both stay, the newer one is where the rest is added.
    if (stays === undefined || (goes.isIncident && !stays.isIncident)) this.#bySubject.set(keyOf(goes.saved), goes)
    else if (!goes.isIncident) this.#forget(goes)
  }

  /** The incident of that id, while it is remembered. */
  byId(id: string): Case | null {
    return this.#byId.get(id) ?? null
  }

  /** Those that changed since the last call. */
  take(): IncidentRecord[] {
    const records: IncidentRecord[] = []
    for (const each of this.#dirty) if (each.isIncident) records.push(each.record(this.#parts.subjects))
    this.#dirty.clear()
    return records
  }

  save(): SavedIncidents {
    return {
      cases: [...this.#cases].map(({ saved }) => saved),
      settled: this.#settled,
      exceptions: this.exceptions.save(),
      shared: this.#shared.save(),
      budget: this.budget.save(),
      nowUs: this.#nowUs,
    }
  }

  /** The endpoint's case takes what was the consumers', and their incidents that were nothing else. */
  #raiseShared(finding: Finding, together: readonly number[]): void {
    const subject: CaseSubject = { consumer: -1, endpoint: finding.endpoint, sensor: "" }
    const shared = this.#raiseAt(subject, finding)
    if (shared === null) return
    for (const consumer of together) {
      shared.concern(consumer)
      const own = this.#bySubject.get(keyOf({ consumer, endpoint: -1, sensor: "" }))
      if (own === undefined) continue
      const isOnlyThis = own.evidence().every(({ endpoint, isRule }) => endpoint === finding.endpoint && !isRule)
      if (!isOnlyThis) continue
      if (!own.isIncident) this.#forget(own)
      else if (own.isOpen && shared.isIncident) {
        const text = `Part of incident ${shared.saved.id}: ${together.length} consumers at this endpoint within an hour.`
        own.decide("closed", "shared", { atUs: 0, by: "sonde", text }, this.#nowUs)
        this.#settle(own)
      }
    }
    this.#touch(shared)
  }

  /** Closed if what is left would not have opened it; who has taken it on decides alone. */
  #withdraw(found: Case, { doubt, atUs }: Explanation): void {
    found.tell(atUs, `${doubt.what}: ${doubt.sentence}`)
    this.#touch(found)
    if (found.saved.state !== "open" || wouldOpen(found.evidence(), this.#thresholds)) return
    const text = `Explained by ${doubt.what}: ${doubt.sentence}. What else there is would not have opened an incident.`
    found.decide("closed", "explained", { atUs: 0, by: "sonde", text }, this.#nowUs)
    const left = found.evidence().filter((each) => !isExplained(each))
    this.#settle(found, isExplained)
    if (left.length === 0) return
    const { consumer, endpoint, sensor } = found.saved
    this.#newCase({ consumer, endpoint, sensor })?.take(structuredClone(left))
  }

  #raiseAt(subject: CaseSubject, finding: Finding): Case | null {
    const key = keyOf(subject)
    const settled = this.#settled.get(`${key}\n${finding.key}`)
    if (settled !== undefined && finding.atUs < settled.untilUs && finding.p > settled.p / 10) return null
    const found = this.#bySubject.get(key) ?? this.#newCase(subject)
    if (found === null) return null
    found.add(finding)
    const lane = laneOf(found.evidence(), finding.atUs, this.#thresholds)
    if (lane !== null && !found.isIncident) {
      found.open(lane, this.#nameOf(subject), finding.atUs)
      this.budget.count(lane, finding.atUs)
      this.#byId.set(found.saved.id, found)
    } else if (lane === "high" && found.isOpen && found.saved.lane !== "high") {
      found.raiseTo(lane, finding.atUs)
      this.budget.count(lane, finding.atUs)
    }
    if (found.isIncident) this.#touch(found)
    return found
  }

  #decide({ id, state, verdict, by, atUs, text }: Decision): void {
    const found = this.#byId.get(id)
    if (found === undefined) return
    const wasOpen = found.isOpen
    found.decide(state, verdict, { atUs, by, text }, this.#nowUs)
    this.#touch(found)
    if (state === "closed" && wasOpen) this.#settle(found)
    else if (state !== "closed" && !wasOpen) this.#bySubject.set(keyOf(found.saved), found)
    const consumer = this.#parts.subjects.consumers[found.saved.consumer]
    if (state !== "closed" || consumer === undefined) return
    const { firstEventUs, lastEventUs } = found.saved
    if (verdict === "malicious") this.#parts.onMalicious(consumer, firstEventUs, lastEventUs + 1)
    if (verdict !== "expected") return
    const endpoints = new Set(found.evidence().map(({ endpoint }) => endpoint))
    for (const endpoint of endpoints) this.#parts.onExpected(consumer, this.#parts.subjects.endpoints[endpoint] ?? null)
  }

  /** The next finding of the subject begins another case. */
  #settle(closed: Case, which: (evidence: Evidence) => boolean = () => true): void {
    const key = keyOf(closed.saved)
    if (this.#bySubject.get(key) === closed) this.#bySubject.delete(key)
    const untilUs = this.#nowUs + SETTLED_US
    for (const { key: of, p } of closed.evidence().filter(which)) this.#settled.set(`${key}\n${of}`, { untilUs, p })
  }

  #noteSensor({ sensor, what, atUs, sentence, facts }: Extract<AnalysisNote, { kind: "sensor" }>): void {
    if (atUs > this.#nowUs) this.#nowUs = atUs
    const subject: CaseSubject = { consumer: -1, endpoint: -1, sensor }
    const open = this.#bySubject.get(keyOf(subject))
    if (what === "back") {
      if (open?.isOpen !== true) return
      open.decide("closed", "back", { atUs: 0, by: "sonde", text: sentence }, atUs)
      this.#bySubject.delete(keyOf(subject))
      this.#touch(open)
      return
    }
    this.#raiseAt(subject, {
      detector: "sensor-blind",
      family: "posture",
      atUs,
      sinceUs: atUs,
      consumer: -1,
      endpoint: -1,
      p: 0,
      isRule: true,
      // A fact about us, not about a consumer: the review lane.
      weight: 0.5,
      key: `sensor-blind ${what}`,
      sentence: sentence.replace(/^(Sensor|Worker \d+ of sensor) \S+ /, ""),
      facts,
      doubts: [],
      samples: [],
      lossyShare: 0,
    })
  }

  #newCase(subject: CaseSubject): Case | null {
    if (this.#cases.size >= this.#parts.casesMax && !this.#makePlace()) {
      this.#parts.reached.cases++
      return null
    }
    const made = new Case(newCase(subject))
    this.#add(made)
    return made
  }

  /** Closed incidents and cases that are none go first; the store has the incidents. */
  #makePlace(): boolean {
    for (const each of this.#cases) {
      if (each.isOpen || this.#dirty.has(each)) continue
      this.#forget(each)
      this.#parts.reached.cases++
      return true
    }
    return false
  }

  #add(each: Case): void {
    this.#cases.add(each)
    if (each.saved.id !== "") this.#byId.set(each.saved.id, each)
    if (each.saved.state !== "closed") this.#bySubject.set(keyOf(each.saved), each)
  }

  #forget(each: Case): void {
    this.#cases.delete(each)
    this.#byId.delete(each.saved.id)
    if (this.#bySubject.get(keyOf(each.saved)) === each) this.#bySubject.delete(keyOf(each.saved))
  }

  #touch(each: Case): void {
    this.#dirty.add(each)
  }

  /** What the id is made of: the same in every store that has read the same. */
  #nameOf({ consumer, endpoint, sensor }: CaseSubject): string {
    const { consumers, endpoints } = this.#parts.subjects
    if (sensor !== "") return `sensor ${sensor}`
    if (consumer >= 0) return `consumer ${consumers[consumer]?.key}`
    const of = endpoints[endpoint]
    return `endpoint ${of?.serviceName} ${of?.method} ${of?.template} ${of?.operation}`
  }
}

function keyOf({ consumer, endpoint, sensor }: CaseSubject): string {
  return sensor !== "" ? `s ${sensor}` : consumer >= 0 ? `c ${consumer}` : `e ${endpoint}`
}
