// Words of incidents: lane, state, verdict, detection, whom it is about, how far a consumer is known.
import { count } from "../format.ts"
import type { Baseline, Incident, IncidentState, Lane, LearningState } from "../types/incidents.ts"

export const LANES: Readonly<Record<Lane, readonly [tone: string, name: string, meaning: string]>> = {
  high: ["bad", "look now", "High lane: at most one false incident a week for 1,000 consumers."],
  review: ["warn", "look today", "Review lane: at most one false incident a day for 1,000 consumers."],
}

export function LaneBadge({ lane }: { readonly lane: Lane }) {
  const [tone, name, meaning] = LANES[lane]
  return (
    <span class={`badge ${tone}`} title={meaning}>
      {name}
    </span>
  )
}

export const VERDICTS: Readonly<Record<string, readonly [tone: string, meaning: string]>> = {
  malicious: ["bad", "It was an attack; what happened is no part of what is usual."],
  benign: ["good", "It was nothing; the same evidence stays closed for two weeks."],
  expected: ["info", "It was meant to be; the present level is what is usual, and an exception holds."],
  shared: ["", "It became part of an incident of its endpoint."],
  explained: ["", "What it stood on proved to be a release, or another cause that several had in common."],
  back: ["", "The sensor is heard again."],
}

const STATES: Readonly<Record<IncidentState, readonly [tone: string, name: string]>> = {
  open: ["bad", "open"],
  acknowledged: ["info", "acknowledged"],
  closed: ["", "closed"],
}

export function StateBadge({ incident: { state, verdict } }: { readonly incident: Incident }) {
  if (verdict !== null) {
    const [tone, meaning] = VERDICTS[verdict] ?? ["", ""]
    return (
      <span class={`badge ${tone}`} title={meaning}>
        {verdict}
      </span>
    )
  }
  const [tone, name] = STATES[state]
  return <span class={`badge ${tone}`}>{name}</span>
}

/** "mass-change" -> "mass change". */
export const detectionName = (name: string): string => name.replaceAll("-", " ")

export function Detections({ incident: { kind, detections } }: { readonly incident: Incident }) {
  const names = detections.length === 0 ? [kind] : detections
  return (
    <span class="badges">
      {kind === "shared-cause" ? <span class="badge violet">shared cause</span> : null}
      {names.map((name) => (
        <span key={name} class="badge">
          {detectionName(name)}
        </span>
      ))}
    </span>
  )
}

/** Whom it is about, in words: a consumer, else the endpoint of several, else a sensor. */
export function aboutOf({ consumer, consumers, endpoint, sensor }: Incident): string {
  if (consumer !== null) return consumer.name
  if (sensor !== null) return `sensor ${sensor}`
  if (consumers.length > 0) return `${count(consumers.length)} consumers`
  return endpoint?.name ?? "unknown"
}

const LEARNING: Readonly<Record<LearningState, readonly [tone: string, name: string, meaning: string]>> = {
  rules: [
    "warn",
    "learning: rules and peers only",
    "Under 3 days or 200 requests: only facts and what its peers do speak against it.",
  ],
  shrunk: ["info", "learning: half weight", "To its 14th day its own history counts half, its peers' the rest."],
  full: ["good", "learned", "Its own history says what is usual."],
}

export const learningWords = (state: LearningState): string => LEARNING[state][2]

export function LearningStateBadge({ state }: { readonly state: LearningState }) {
  const [tone, name, meaning] = LEARNING[state]
  return (
    <span class={`badge ${tone}`} title={meaning}>
      {name}
    </span>
  )
}

export function LearningBadge({ learning }: { readonly learning: NonNullable<Baseline["learning"]> }) {
  return (
    <p>
      <LearningStateBadge state={learning.state} />{" "}
      <span class="soft">
        {learning.days} days and {count(learning.requests)} requests so far. {learningWords(learning.state)}
      </span>
    </p>
  )
}
