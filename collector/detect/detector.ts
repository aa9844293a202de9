// The contract of a detector: one file each, with its statistic, its threshold and why, its gates of quality, the false positives that are
// known of it, and a test with a positive, a near miss, and a known false positive.
import type { Operation } from "../../shared/event/api-event.ts"
import type { Baselines } from "../baseline/baselines.ts"
import type { Turn } from "../baseline/event-clock.ts"
import type { Sight } from "../baseline/sight.ts"
import type { ConsumerSubject, EndpointSubject } from "../baseline/subjects.ts"
import type { ContractRecord } from "../store/documents.ts"
import type { Explanation, Family, Finding } from "./finding.ts"

/** A number that people may set. */
export interface SettingSpec {
  readonly unit: string
  readonly default: number
  readonly min: number
  readonly max: number
  /** Why the default is what it is, one sentence. */
  readonly why: string
}

export interface DetectorSpec {
  /** "enumeration": in incidents, settings, exceptions. */
  readonly name: string
  /** Number in the list of detections, 1 to 24. */
  readonly number: number
  readonly title: string
  /** OWASP API Security Top 10 2023: ["API1"]; empty for none. */
  readonly owasp: readonly string[]
  readonly family: Family
  /** What it looks at, in one sentence for the console. */
  readonly about: string
  readonly falsePositives: readonly string[]
  readonly settings: Readonly<Record<string, SettingSpec>>
}

/** What a detector reports to. */
export interface Report {
  raise(finding: Finding): void
  /** What was raised before is explained now: incidents that would not have opened with it close. */
  explain(explanation: Explanation): void
}

/** The numbers in force, by name of the setting. */
export type SettingValues = Readonly<Record<string, number>>

export interface DetectorParts {
  readonly baselines: Baselines
  /** Asked at each use: people change them while it runs. */
  readonly settings: SettingValues
  /** What the inventory knows beyond events. */
  readonly known: KnownFacts
}

/** Facts of people and of the inventory; the analysis keeps them up to date by its notes, so that a replay has the same. */
export interface KnownFacts {
  /** Contract of a partner by its id; null for none. */
  contractOf(partner: string): ContractRecord | null
  /** "path:type" a line of a full shape (ShapeNote); null when its text is not known. */
  shapeOf(shape: number): readonly string[] | null
  partnerName(partner: string): string
  /** Whether a template of a service was said to be a decoy. */
  isDecoy(endpoint: EndpointSubject): boolean
  /** The same of a path as it was asked for, at no endpoint or at one whose template says less. */
  isDecoyPath(service: string, operation: Operation): boolean
  readonly hasDecoys: boolean
}

export interface Detector {
  readonly spec: DetectorSpec
  /** After all baselines have taken the exchange in. The hot path: most exchanges must leave after a comparison or two. */
  onSight?(sight: Sight, report: Report): void
  onTurn?(turn: Turn, report: Report): void
  mergeConsumers?(former: ConsumerSubject, successor: ConsumerSubject): void
  mergeEndpoints?(former: EndpointSubject, successor: EndpointSubject): void
  /** What it remembers itself, for the snapshot; as in Baseline. */
  save?(): unknown
  /** Only with what `save` gave: a snapshot without it leaves the detector as it was made. */
  restore?(saved: unknown): void
}

export type DetectorClass = new (parts: DetectorParts) => Detector
