// A case: all that speaks against one subject (a consumer, an endpoint, a sensor), and the incident it has become, if it has.
//
// In:  findings, each bringing the evidence of its key up to date; what people decide. Out: the record that the store keeps.
// Bounded: pieces of evidence, samples, timeline, notes. What weighs least makes place.
import { createHash } from "node:crypto"
import type { Subjects } from "../baseline/subjects.ts"
import type { Doubt, Family, Finding, FindingSample } from "../detect/finding.ts"
import type { IncidentNote, IncidentRecord, TimelineEntry } from "../store/incident-records.ts"
import { type Lane, partOf, scoreOf } from "./score.ts"
import { summaryOf } from "./summary.ts"

const DAY_US = 86_400_000_000
const EVIDENCE_MAX = 32
const TIMELINE_MAX = 100
const NOTES_MAX = 100
const SAMPLES_MAX = 8

export interface Evidence {
  key: string
  detector: string
  family: Family
  firstUs: number
  lastUs: number
  sinceUs: number
  count: number
  /** Ordinal, -1 for none. */
  endpoint: number
  p: number
  isRule: boolean
  isSupporting: boolean
  /** Event time and chance when the timeline had it last, µs. */
  toldUs: number
  toldP: number
  weight: number
  sentence: string
  facts: Readonly<Record<string, number | string>>
  doubts: readonly Doubt[]
  samples: readonly FindingSample[]
  lossyShare: number
}

export interface CaseSubject {
  /** Ordinals, -1 for none. */
  readonly consumer: number
  readonly endpoint: number
  readonly sensor: string
}

export interface SavedCase {
  consumer: number
  endpoint: number
  readonly sensor: string
  readonly evidence: Map<string, Evidence>
  id: string
  lane: Lane
  state: "" | "open" | "acknowledged" | "closed"
  verdict: string
  openedUs: number
  closedUs: number
  firstEventUs: number
  lastEventUs: number
  /** Greatest so far. */
  score: number
  readonly timeline: TimelineEntry[]
  readonly notes: IncidentNote[]
  /** Of an endpoint's case: ordinals of the consumers that are concerned. */
  readonly consumers: number[]
}

const CONSUMERS_MAX = 100

export function newCase(subject: CaseSubject): SavedCase {
  return {
    ...subject,
    evidence: new Map(),
    id: "",
    lane: "review",
    state: "",
    verdict: "",
    openedUs: 0,
    closedUs: 0,
    firstEventUs: 0,
    lastEventUs: 0,
    score: 0,
    timeline: [],
    notes: [],
    consumers: [],
  }
}

export class Case {
  readonly saved: SavedCase
  isDirty = false

  constructor(saved: SavedCase) {
    this.saved = saved
  }

  /** An incident that people have not closed. */
  get isOpen(): boolean {
    return this.saved.state === "open" || this.saved.state === "acknowledged"
  }

  get isIncident(): boolean {
    return this.saved.state !== ""
  }

  evidence(): Evidence[] {
    return [...this.saved.evidence.values()]
  }

  /** Heaviest first. */
  byWeight(nowUs: number): Evidence[] {
    return this.evidence().sort((a, b) => partOf(b, nowUs) - partOf(a, nowUs) || compare(a.key, b.key))
  }

  add(finding: Finding): void {
    const { saved } = this
    const known = saved.evidence.get(finding.key)
    if (known === undefined) {
      if (saved.evidence.size >= EVIDENCE_MAX) this.#dropLightest(finding.atUs)
      saved.evidence.set(finding.key, evidenceOf(finding))
      if (saved.timeline.length < TIMELINE_MAX) saved.timeline.push({ atUs: finding.atUs, what: finding.sentence })
    } else {
      update(known, finding)
      if (this.isIncident && isNews(known, finding)) {
        known.toldUs = finding.atUs
        known.toldP = finding.p
        if (saved.timeline.length < TIMELINE_MAX) saved.timeline.push({ atUs: finding.atUs, what: finding.sentence })
      }
    }
    const fromUs = finding.samples.reduce((first, { atUs }) => Math.min(first, atUs), finding.sinceUs)
    if (saved.firstEventUs === 0 || fromUs < saved.firstEventUs) saved.firstEventUs = fromUs
    if (finding.atUs > saved.lastEventUs) saved.lastEventUs = finding.atUs
    const { sum } = scoreOf(this.evidence(), finding.atUs)
    if (sum > saved.score) saved.score = sum
    this.isDirty = true
  }

  /** Evidence of a closed case that is not explained goes on in this one. */
  take(evidence: readonly Evidence[]): void {
    const { saved } = this
    for (const each of evidence) {
      saved.evidence.set(each.key, each)
      if (saved.firstEventUs === 0 || each.sinceUs < saved.firstEventUs) saved.firstEventUs = each.sinceUs
      saved.lastEventUs = Math.max(saved.lastEventUs, each.lastUs)
      if (saved.timeline.length < TIMELINE_MAX) saved.timeline.push({ atUs: each.lastUs, what: each.sentence })
    }
    saved.score = scoreOf(this.evidence(), saved.lastEventUs).sum
  }

  tell(atUs: number, what: string): void {
    if (this.saved.timeline.length < TIMELINE_MAX) this.saved.timeline.push({ atUs, what })
  }

  concern(consumer: number): void {
    const { consumers } = this.saved
    if (consumers.includes(consumer) || consumers.length >= CONSUMERS_MAX) return
    consumers.push(consumer)
    this.isDirty = true
  }

  /** Two endpoints are one. True when the case has to do with the former. */
  moveEndpoint(former: number, successor: number): boolean {
    const { saved } = this
    let isMoved = saved.endpoint === former
    if (isMoved) saved.endpoint = successor
    for (const each of saved.evidence.values()) {
      if (each.endpoint !== former) continue
      each.endpoint = successor
      isMoved = true
    }
    return isMoved
  }

  open(lane: Lane, name: string, atUs: number): void {
    const { saved } = this
    saved.id = `i_${createHash("sha256").update(`${name}\n${atUs}`).digest("hex").slice(0, 12)}`
    saved.lane = lane
    saved.state = "open"
    saved.openedUs = atUs
    this.isDirty = true
  }

  raiseTo(lane: Lane, atUs: number): void {
    const { saved } = this
    if (saved.lane === lane || lane === "review") return
    saved.lane = lane
    if (saved.timeline.length < TIMELINE_MAX) saved.timeline.push({ atUs, what: "moved to the high lane" })
    this.isDirty = true
  }

  decide(state: "open" | "acknowledged" | "closed", verdict: string, note: IncidentNote, nowUs: number): void {
    const { saved } = this
    saved.state = state
    saved.verdict = state === "closed" ? verdict : ""
    saved.closedUs = state === "closed" ? nowUs : 0
    if (note.text !== "" && saved.notes.length < NOTES_MAX) saved.notes.push(note)
    const what = state === "closed" && verdict !== "" ? `closed as ${verdict} by ${note.by}` : `${state} by ${note.by}`
    if (saved.timeline.length < TIMELINE_MAX) saved.timeline.push({ atUs: nowUs, what })
    this.isDirty = true
  }

  /** Of an incident: as it was with its last event, whenever it is asked for. */
  record(subjects: Subjects): IncidentRecord {
    const { saved } = this
    const evidence = this.byWeight(saved.lastEventUs)
    const heaviest = evidence[0]
    const at = (ordinal: number) => (ordinal < 0 ? null : (subjects.endpoints[ordinal] ?? null))
    const endpoint = at(saved.endpoint >= 0 ? saved.endpoint : (heaviest?.endpoint ?? -1))
    const consumer = saved.consumer < 0 ? null : (subjects.consumers[saved.consumer] ?? null)
    const detections = [...new Set(evidence.map(({ detector }) => detector))]
    const total = evidence.reduce((sum, { weight }) => sum + weight, 0)
    const lossy = evidence.reduce((sum, { weight, lossyShare }) => sum + weight * lossyShare, 0)
    return {
      id: saved.id,
      state: saved.state,
      verdict: saved.verdict,
      lane: saved.lane,
      kind: saved.sensor === "" && saved.consumer < 0 ? "shared-cause" : (detections[0] ?? ""),
      detections,
      consumer: consumer?.id ?? "",
      service: endpoint?.service ?? "",
      endpoint: endpoint?.id ?? "",
      sensor: saved.sensor,
      firstEventUs: saved.firstEventUs,
      lastEventUs: saved.lastEventUs,
      openedUs: saved.openedUs,
      closedUs: saved.closedUs,
      score: round(scoreOf(evidence, saved.lastEventUs).sum),
      summary: summaryOf({ saved, evidence, consumer, endpoint }),
      evidence: evidence.map(({ endpoint: ordinal, isSupporting: _supports, toldUs: _us, toldP: _p, ...rest }) => ({
        ...rest,
        endpoint: at(ordinal)?.id ?? "",
      })),
      timeline: [...saved.timeline],
      notes: [...saved.notes],
      consumers: saved.consumers.map((ordinal) => subjects.consumers[ordinal]?.id ?? "").filter((id) => id !== ""),
      lossyShare: round(total === 0 ? 0 : lossy / total),
    }
  }

  #dropLightest(nowUs: number): void {
    const lightest = this.byWeight(nowUs).at(-1)
    if (lightest !== undefined) this.saved.evidence.delete(lightest.key)
  }
}

function evidenceOf(finding: Finding): Evidence {
  const { consumer: _consumer, atUs, isSupporting = false, ...rest } = finding
  return {
    ...rest,
    isSupporting,
    toldUs: atUs,
    toldP: finding.p,
    firstUs: atUs,
    lastUs: atUs,
    count: 1,
    samples: finding.samples.slice(0, SAMPLES_MAX),
  }
}

/** Worth a line of the timeline: a day later, or a hundred times less likely. */
function isNews({ toldUs, toldP }: Evidence, { atUs, p }: Finding): boolean {
  return atUs - toldUs >= DAY_US || p < toldP / 100
}

/** The newest finding tells best how it stands; the smallest chance was the case. */
function update(known: Evidence, finding: Finding): void {
  known.lastUs = Math.max(known.lastUs, finding.atUs)
  known.sinceUs = Math.min(known.sinceUs, finding.sinceUs)
  known.count++
  known.p = Math.min(known.p, finding.p)
  known.isRule ||= finding.isRule
  known.weight = Math.max(known.weight, finding.weight)
  known.sentence = finding.sentence
  known.facts = finding.facts
  known.doubts = finding.doubts
  known.endpoint = finding.endpoint
  known.lossyShare = finding.lossyShare
  const kept = known.samples.slice(0, SAMPLES_MAX / 2)
  known.samples = [...kept, ...finding.samples.slice(-(SAMPLES_MAX - kept.length))]
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
