// What is told: one piece of news of an incident, as JSON with a version. Webhooks and NATS get it as it is; CEF and ECS are made of it.
//
// In:  a delivery of the outbox, and the store for the names that ids have by now. Out: the notice, bounded: about 40 KB at most.
// The form is promised: deploy/docs/incident-notice-1.schema.json. What changes its meaning makes it sonde.incident/2.
import type { IncidentRecord } from "../store/incident-records.ts"
import type { Delivery } from "../store/outbox.ts"
import type { Store } from "../store/store.ts"
import { clip } from "./clip.ts"

export const NOTICE_SCHEMA = "sonde.incident/1"
const NAME_MAX = 200
const SENTENCE_MAX = 2000
const EVIDENCE_MAX = 8
const FACTS_MAX = 24
const NOTES_MAX = 4
const DETECTIONS_MAX = 24

export interface Named {
  readonly id: string
  readonly name: string
}

export interface NoticeEvidence {
  readonly detection: string
  readonly sentence: string
  readonly since: string | null
  readonly last: string | null
  readonly count: number
  /** Chance of this if all were as usual; 0 for a fact. */
  readonly p: number
  readonly isRule: boolean
  readonly facts: Readonly<Record<string, number | string>>
}

export interface IncidentNotice {
  readonly schema: typeof NOTICE_SCHEMA
  /** The same however often it is sent: the incident's id and the version of what is told of it. */
  readonly id: string
  readonly tenant: string
  /** opened, raised, acknowledged, reopened, closed, test. */
  readonly kind: string
  readonly version: number
  readonly incident: {
    readonly id: string
    readonly state: string
    readonly verdict: string | null
    readonly lane: string
    /** The detection that weighs most. */
    readonly kind: string
    readonly detections: readonly string[]
    readonly consumer: Named | null
    readonly service: Named | null
    readonly endpoint: (Named & { readonly method: string; readonly template: string }) | null
    readonly sensor: string | null
    /** Event time, ISO 8601. */
    readonly firstEvent: string | null
    readonly lastEvent: string | null
    readonly openedAt: string | null
    readonly closedAt: string | null
    readonly score: number
    readonly summary: string
    /** Heaviest first. */
    readonly evidence: readonly NoticeEvidence[]
    /** Newest last. */
    readonly notes: readonly { readonly at: string | null; readonly by: string; readonly text: string }[]
    readonly lossyShare: number
  }
}

export const noticeId = (incident: string, version: number): string => `${incident}.${version}`

export async function noticeOf(store: Store, { kind, version, record }: Delivery, tenant: string) {
  const endpoint = record.endpoint === "" ? null : await store.endpoint(record.endpoint)
  const service = record.service === "" ? null : await store.service(record.service)
  const consumer = record.consumer === "" ? null : await store.consumer(record.consumer)
  const { method = "", template = "" } = endpoint ?? {}
  return notice(kind, version, tenant, record, {
    consumer: named(record.consumer, consumer?.name),
    service: named(record.service, service?.name),
    endpoint:
      record.endpoint === ""
        ? null
        : {
            ...named(endpoint?.id ?? record.endpoint, `${method} ${template}`.trim())!,
            method: clip(method, NAME_MAX),
            template: clip(template, NAME_MAX),
          },
  })
}

/** What a test sends: an incident that says that it is none. */
export function testNotice(nowMs: number, tenant: string): IncidentNotice {
  const atUs = nowMs * 1000
  const record: IncidentRecord = {
    id: `test-${nowMs}`,
    state: "open",
    verdict: "",
    lane: "review",
    kind: "test",
    detections: ["test"],
    consumer: "",
    service: "",
    endpoint: "",
    sensor: "",
    firstEventUs: atUs,
    lastEventUs: atUs,
    openedUs: atUs,
    closedUs: 0,
    score: 0,
    summary: "This is a test of the notification channel. Nothing has happened.",
    evidence: [],
    timeline: [],
    notes: [],
    consumers: [],
    lossyShare: 0,
  }
  return notice("test", 1, tenant, record, { consumer: null, service: null, endpoint: null })
}

type Names = Pick<IncidentNotice["incident"], "consumer" | "service" | "endpoint">

function notice(kind: string, version: number, tenant: string, record: IncidentRecord, names: Names): IncidentNotice {
  const { id, state, lane, score, lossyShare, verdict, sensor } = record
  return {
    schema: NOTICE_SCHEMA,
    id: noticeId(id, version),
    tenant,
    kind,
    version,
    incident: {
      id,
      state,
      verdict: verdict === "" ? null : verdict,
      lane,
      kind: record.kind,
      detections: record.detections.slice(0, DETECTIONS_MAX),
      ...names,
      sensor: sensor === "" ? null : clip(sensor, NAME_MAX),
      firstEvent: isoTime(record.firstEventUs),
      lastEvent: isoTime(record.lastEventUs),
      openedAt: isoTime(record.openedUs),
      closedAt: isoTime(record.closedUs),
      score,
      summary: clip(record.summary, SENTENCE_MAX),
      evidence: record.evidence.slice(0, EVIDENCE_MAX).map(evidenceOf),
      notes: record.notes.slice(-NOTES_MAX).map(({ atUs, by, text }) => ({
        at: isoTime(atUs),
        by: clip(by, NAME_MAX),
        text: clip(text, SENTENCE_MAX),
      })),
      lossyShare,
    },
  }
}

function evidenceOf(evidence: IncidentRecord["evidence"][number]): NoticeEvidence {
  const { detector, sentence, sinceUs, lastUs, count, p, isRule, facts } = evidence
  const told = Object.entries(facts).slice(0, FACTS_MAX)
  return {
    detection: detector,
    sentence: clip(sentence, SENTENCE_MAX),
    since: isoTime(sinceUs),
    last: isoTime(lastUs),
    count,
    p,
    isRule,
    facts: Object.fromEntries(
      told.map(([name, value]) => [clip(name, NAME_MAX), typeof value === "string" ? clip(value, NAME_MAX) : value]),
    ),
  }
}

function named(id: string, name: string | undefined): Named | null {
  return id === "" ? null : { id, name: clip(name === undefined || name === "" ? id : name, NAME_MAX) }
}

const DATE_MS_MAX = 8.64e15

function isoTime(timeUs: number): string | null {
  const ms = Math.floor(timeUs / 1000)
  return timeUs > 0 && ms <= DATE_MS_MAX ? new Date(ms).toISOString() : null
}
