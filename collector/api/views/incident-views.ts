// Records of incidents as the API shows them: ids with the names that they have by now.
import type { IncidentRecord } from "../../store/incident-records.ts"
import type { Store } from "../../store/store.ts"
import { isoTime } from "../event-time.ts"
import type { Incident, IncidentState, LaneName } from "../incident-models.ts"
import { Lookups } from "../lookups.ts"
import { orNull } from "./inventory-views.ts"

/** Of a page: each name is read once. */
export async function incidentViews(store: Store, records: readonly IncidentRecord[]): Promise<Incident[]> {
  const lookups = new Lookups(store)
  const partners = new Map((await store.documents("partner")).map(({ record }) => [record.id, record.name] as const))
  const views: Incident[] = []
  for (const record of records) views.push(await incidentView(record, store, lookups, partners))
  return views
}

async function incidentView(
  record: IncidentRecord,
  store: Store,
  lookups: Lookups,
  partners: ReadonlyMap<string, string>,
): Promise<Incident> {
  const consumer = record.consumer === "" ? null : await store.consumer(record.consumer)
  const endpoint = record.endpoint === "" ? null : await lookups.endpointLabel(record.endpoint)
  const partner = consumer?.partner ?? null
  const named = async (id: string) => ({ id, name: (await lookups.consumerLabel(id)).name })
  return {
    id: record.id,
    state: record.state as IncidentState,
    verdict: orNull(record.verdict),
    lane: record.lane as LaneName,
    kind: record.kind,
    detections: [...record.detections],
    consumer:
      record.consumer === "" ? null : { id: consumer?.id ?? record.consumer, name: consumer?.name ?? record.consumer },
    partner: partner === null ? null : { id: partner, name: partners.get(partner) ?? partner },
    service: record.service === "" ? null : { id: record.service, name: await lookups.serviceName(record.service) },
    endpoint: endpoint === null ? null : { id: endpoint.id, name: `${endpoint.method} ${endpoint.template}`.trim() },
    sensor: orNull(record.sensor),
    firstEvent: isoTime(record.firstEventUs),
    lastEvent: isoTime(record.lastEventUs),
    openedAt: isoTime(record.openedUs),
    closedAt: isoTime(record.closedUs),
    score: record.score,
    summary: record.summary,
    evidence: record.evidence.map(({ detector, endpoint: at, firstUs, lastUs, sinceUs, doubts, samples, ...rest }) => ({
      ...rest,
      detection: detector,
      endpoint: orNull(at),
      first: isoTime(firstUs),
      last: isoTime(lastUs),
      since: isoTime(sinceUs),
      doubts: [...doubts],
      samples: samples.map(({ atUs, exchange, object, ...sample }) => ({
        ...sample,
        at: isoTime(atUs),
        exchange: orNull(exchange),
        object: orNull(object),
      })),
    })),
    timeline: record.timeline.map(({ atUs, what }) => ({ at: isoTime(atUs), what })),
    notes: record.notes.map(({ atUs, by, text }) => ({ at: isoTime(atUs), by, text })),
    consumers: await Promise.all(record.consumers.map(named)),
    lossyShare: record.lossyShare,
  }
}
