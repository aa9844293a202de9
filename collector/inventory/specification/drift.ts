// How an endpoint differs from its operation in a specification.
//
// In:  the endpoint's record, what its bodies have in common, the operation. Out: differences, each with what shows it. Pure.
// Where a specification is open (a default response, a range of statuses, other members allowed, "*/*") nothing differs; what evidence
// with losses cannot prove is left out. Values are pseudonyms, so that nothing is said of enumerations.
import type { EndpointRecord, OpenSample, SampleRecord } from "../../store/records.ts"
import { statusReason } from "../sample-reasons.ts"
import { authDrift } from "./auth-drift.ts"
import { bodyDrift } from "./body-drift.ts"
import type { ObservedBody } from "./observed-bodies.ts"
import { parameterDrift } from "./parameter-drift.ts"
import type { References } from "./references.ts"
import { responseFor } from "./response-lookup.ts"
import type { SecurityScheme, SpecifiedOperation } from "./specified-operation.ts"

export type DriftKind =
  | "parameter.undocumented"
  | "parameter.type"
  | "parameter.missing"
  | "status.undocumented"
  | "contentType.undocumented"
  | "field.undocumented"
  | "field.type"
  | "auth.missing"
  | "auth.scheme"

export interface Difference {
  readonly kind: DriftKind
  /** Where: "query", "response 200 application/json", "". */
  readonly place: string
  /** The parameter, field, status, media type or scheme. */
  readonly name: string
  /** Exchanges, requests or bodies that show it. */
  readonly count: number
  /** Event time, µs; 0 where it is not known for this alone. */
  readonly firstUs: number
  readonly lastUs: number
  readonly sentence: string
  /** Whether a sample of the endpoint shows it. */
  readonly shows: (sample: SampleRecord) => boolean
}

export type DriftSample = OpenSample & { readonly consumer?: string }

export interface Drift extends Difference {
  readonly samples: readonly DriftSample[]
}

/** What a difference is found in. */
export interface Subject {
  readonly record: EndpointRecord
  readonly operation: SpecifiedOperation
  readonly references: References
  /** Every scheme of the document: a credential that it names is no parameter. */
  readonly schemes: readonly SecurityScheme[]
  /** Bodies by direction, status and type; null where shapes are not at hand: then only media types are compared. */
  readonly bodies: readonly ObservedBody[] | null
}

const SAMPLES_MAX = 3

/** Of one endpoint; what is beyond is left out. */
export const DIFFERENCES_MAX = 500

export function driftOf(subject: Subject): Drift[] {
  return differencesOf(subject).map((difference) => ({ ...difference, samples: samplesOf(difference, subject.record) }))
}

/** Of missing credentials also those that auth-facts.ts keeps of each window: they are there when no other place was left. */
function samplesOf({ kind, shows }: Difference, { samples, auth }: EndpointRecord): DriftSample[] {
  const found: DriftSample[] = samples.filter(shows)
  if (kind === "auth.missing")
    for (const sample of auth.windows.flatMap(({ open }) => open))
      if (!found.some(({ atUs, path }) => atUs === sample.atUs && path === sample.path)) found.push(sample)
  return found.slice(0, SAMPLES_MAX)
}

export function differencesOf(subject: Subject): Difference[] {
  return [...parameterDrift(subject), ...statusDrift(subject), ...bodyDrift(subject), ...authDrift(subject)].slice(
    0,
    DIFFERENCES_MAX,
  )
}

function* statusDrift({ record, operation }: Subject): Iterable<Difference> {
  for (const [name, count] of Object.entries(record.statuses)) {
    const status = Number(name)
    if (responseFor(operation, status) !== null || isHttpsOwn(operation, status)) continue
    const bodies = record.bodies.filter((body) => body.direction === "response" && body.status === status)
    const sample = record.samples.find(({ why }) => why.includes(statusReason(name)))
    yield {
      kind: "status.undocumented",
      place: "response",
      name,
      count,
      firstUs:
        sample?.atUs ??
        Math.min(...bodies.map((body) => body.firstSeenUs), Number.POSITIVE_INFINITY, record.lastSeenUs),
      lastUs: bodies.length === 0 ? 0 : Math.max(...bodies.map((body) => body.lastSeenUs)),
      sentence: `Answered with status ${name} (${count} times), which is not documented.`,
      shows: ({ why }) => why.includes(statusReason(name)),
    }
  }
}

/** What HTTP itself answers to a conditional request or one for a range, where the whole is documented; and what is no final answer, or no status of HTTP. */
function isHttpsOwn(operation: SpecifiedOperation, status: number): boolean {
  if (status < 200 || status > 599) return true
  return operation.method === "GET" && [206, 304, 416].includes(status) && responseFor(operation, 200) !== null
}
