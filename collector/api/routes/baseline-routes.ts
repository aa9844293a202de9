// What is usual of a consumer, and where the ids of an incident's samples come from: what is in memory of the analysis, with names.
import type { Band } from "../../analysis/baseline-reads.ts"
import type { WatchReads } from "../../analysis/watch-reads.ts"
import type { IncidentRecord } from "../../store/incident-records.ts"
import type { SeriesPoint } from "../../store/records.ts"
import type { Store } from "../../store/store.ts"
import { Baseline, Provenance } from "../baseline-models.ts"
import { DAY_US, isoTime } from "../event-time.ts"
import type { Api } from "../http.ts"
import { Lookups } from "../lookups.ts"
import { notFound, PROBLEM } from "../problem.ts"
import { IdParams, ref, Type } from "../schema.ts"

/** Days shown: those before the rings of the analysis come from the store's windows. */
const SHOWN_DAYS = 90
/** Ids of samples that are traced: each asks every consumer's set. */
const TRACED_MAX = 32

export interface BaselineParts {
  readonly store: Store
  readonly reads: WatchReads | null
}

export function baselineRoutes(app: Api, { store, reads }: BaselineParts): void {
  app.get(
    "/api/v1/consumers/:id/baseline",
    {
      schema: {
        operationId: "getConsumerBaseline",
        summary: "What is usual of a consumer a day, of its peers, and what was counted",
        tags: ["incidents"],
        params: IdParams,
        querystring: Type.Object(
          { endpoint: Type.Optional(Type.String({ maxLength: 128, description: "Id of an endpoint." })) },
          { additionalProperties: false },
        ),
        response: { 200: ref(Baseline), default: PROBLEM },
      },
    },
    async ({ params, query }) => {
      const consumer = await store.consumer(params.id)
      if (consumer === null) throw notFound("consumer")
      const endpoint = query.endpoint === undefined ? null : await store.endpoint(query.endpoint)
      if (query.endpoint !== undefined && endpoint === null) throw notFound("endpoint")
      const found = reads?.baseline(consumer.id, endpoint?.id ?? "") ?? null
      const untilUs = (reads?.nowUs() ?? 0) + 1
      const by = { consumer: consumer.id, ...(endpoint !== null && { endpoint: endpoint.id }) }
      const stored = await store.series(by, "day", Math.max(0, untilUs - SHOWN_DAYS * DAY_US), untilUs, SHOWN_DAYS)
      return {
        consumer: consumer.id,
        endpoint: endpoint?.id ?? null,
        learning: found?.learning ?? null,
        fingerprints: (found?.fingerprints ?? []).map(({ firstUs, lastUs, ...rest }) => ({
          ...rest,
          first: isoTime(firstUs),
          last: isoTime(lastUs),
        })),
        bands: (found?.bands ?? []).map((band) => bandView(band, stored)),
      }
    },
  )
  app.get(
    "/api/v1/incidents/:id/provenance",
    {
      schema: {
        operationId: "getIncidentProvenance",
        summary: "Whose the ids of its samples are, and who gave them to whom",
        description:
          "As known now: an id that was guessed may have been given since, by the answer to that very request.",
        tags: ["incidents"],
        params: IdParams,
        response: { 200: ref(Provenance), default: PROBLEM },
      },
    },
    async ({ params }) => {
      const record = await store.incident(params.id)
      if (record === null) throw notFound("incident")
      return provenanceOf(store, reads, record)
    },
  )
}

/** Fields of the store's windows that count what a measure counts. */
const STORED: Readonly<Record<string, (point: SeriesPoint) => number>> = {
  requests: ({ requests }) => requests,
  items: ({ items }) => items,
  bytes: ({ responseBytes }) => responseBytes,
}

function bandView({ days, ...band }: Band, stored: readonly SeriesPoint[]): Baseline["bands"][number] {
  const beginsUs = days[0]?.atUs ?? 0
  const of = STORED[band.measure]
  const before = of === undefined ? [] : stored.filter(({ windowUs }) => windowUs < beginsUs)
  const known = (value: number): number | null => (value < 0 ? null : value)
  return {
    ...band,
    days: [
      ...before.map((point) => ({ at: isoTime(point.windowUs), count: of!(point), q50: null, q99: null })),
      ...days.map(({ atUs, count, q50, q99 }) => ({
        at: isoTime(atUs),
        count: known(count),
        q50: known(q50),
        q99: known(q99),
      })),
    ],
  }
}

async function provenanceOf(store: Store, reads: WatchReads | null, record: IncidentRecord): Promise<Provenance> {
  const lookups = new Lookups(store)
  const named = async (id: string) => ({ id, name: (await lookups.consumerLabel(id)).name })
  const seen = new Set<string>()
  const items: Provenance["items"] = []
  let more = 0
  for (const { detector, endpoint, samples } of record.evidence) {
    for (const { object, atUs } of samples) {
      if (object === "" || seen.has(object)) continue
      seen.add(object)
      const trace = items.length < TRACED_MAX ? (reads?.trace(record.consumer, endpoint, object) ?? null) : null
      if (items.length >= TRACED_MAX) more++
      if (trace === null) continue
      const { owner, givenBy, others, ...rest } = trace
      const list = givenBy === "" ? null : await lookups.endpointLabel(givenBy)
      items.push({
        ...rest,
        object,
        detection: detector,
        at: isoTime(atUs),
        owner: owner === "" ? null : await named(owner),
        isOwn: owner !== "" && owner === record.consumer,
        givenBy: list === null ? null : { id: list.id, name: `${list.method} ${list.template}`.trim() },
        others: await Promise.all(others.map(named)),
      })
    }
  }
  return { items, more }
}
