// Owners and labels: rules by hand and those of the file, notes of services and endpoints.
import type { Edits } from "../../inventory/edits.ts"
import { LabelRules, tellsAddresses } from "../../inventory/labels/label-rules.ts"
import type { LabelRuleRecord } from "../../store/documents.ts"
import type { ServiceRecord } from "../../store/records.ts"
import type { Store } from "../../store/store.ts"
import type { Api } from "../http.ts"
import { EndpointNote, EndpointNoteEdit, LabelRule, LabelRulesEdit, ServiceNoteEdit } from "../label-models.ts"
import { notFound, PROBLEM } from "../problem.ts"
import { IdParams, type PageBody, PageOf, ref } from "../schema.ts"
import { ServiceDetail } from "../service-models.ts"
import { readServiceDetail } from "../service-reader.ts"
import { orNull } from "../views/inventory-views.ts"
import { actorOf, editsOf } from "../write-guard.ts"

/** Services that rules are tried on to say what they decide. */
const TRIED_MAX = 1000

export interface LabelParts {
  readonly store: Store
  readonly edits: Edits | null
}

async function readRules(store: Store): Promise<PageBody<LabelRule>> {
  const records = (await store.documents("labelRule")).map(({ record }) => record)
  const services = (await store.services({ limit: TRIED_MAX, sort: "-requests" })).items
  const rules = new LabelRules(records)
  const decided = new Map<string, number>()
  for (const service of services)
    for (const id of new Set(Object.values(rules.decide(service)).flatMap((rule) => rule?.id ?? [])))
      decided.set(id, (decided.get(id) ?? 0) + 1)
  const rank = ({ source }: LabelRuleRecord): number => (source === "hand" ? 0 : 1)
  const items = records
    .sort((a, b) => rank(a) - rank(b) || a.place - b.place)
    .map((record) => ruleView(record, decided.get(record.id) ?? 0, services))
  return { items, next: null, total: items.length }
}

function ruleView(record: LabelRuleRecord, decided: number, services: readonly ServiceRecord[]): LabelRule {
  const cannot =
    record.cidr !== "" && services.some(({ listeners }) => listeners.length > 0) && !tellsAddresses(services)
  return {
    id: record.id,
    source: record.source === "file" ? "file" : "hand",
    authority: orNull(record.authority),
    zone: orNull(record.zone),
    network: orNull(record.network),
    cidr: orNull(record.cidr),
    owner: orNull(record.owner),
    labels: [...record.labels],
    services: decided,
    remark: cannot
      ? "It cannot fit: the sensors tell addresses as pseudonyms. Name the network at the sensor, or have it tell addresses in plain text (privacy.addresses)."
      : null,
  }
}

function ruleRoutes(app: Api, { store, edits }: LabelParts): void {
  app.get(
    "/api/v1/labels",
    {
      schema: {
        operationId: "listLabelRules",
        summary: "Rules that give services an owner and labels, in the order in which they are asked",
        description: "By hand before those of the file (--labels). What a service's note says beats every rule.",
        tags: ["inventory"],
        response: { 200: PageOf(ref(LabelRule)), default: PROBLEM },
      },
    },
    async () => readRules(store),
  )
  app.put(
    "/api/v1/labels",
    {
      schema: {
        operationId: "putLabelRules",
        summary: "Rules by hand, in place of those before; they hold for the past at once",
        tags: ["inventory"],
        body: LabelRulesEdit,
        response: { 200: PageOf(ref(LabelRule)), default: PROBLEM },
      },
    },
    async (request) => {
      await editsOf(edits).edit({ kind: "labels.put", source: "hand", ...request.body }, actorOf(request))
      return readRules(store)
    },
  )
}

export function labelRoutes(app: Api, parts: LabelParts): void {
  const { store, edits } = parts
  ruleRoutes(app, parts)
  app.put(
    "/api/v1/services/:id/note",
    {
      schema: {
        operationId: "putServiceNote",
        summary: "What people say of a service: name, owner, labels, gateways",
        tags: ["inventory"],
        params: IdParams,
        body: ServiceNoteEdit,
        response: { 200: ref(ServiceDetail), default: PROBLEM },
      },
    },
    async (request) => {
      const service = request.params.id
      await editsOf(edits).edit({ kind: "service.note", service, ...request.body }, actorOf(request))
      return readServiceDetail(store, service)
    },
  )
  app.put(
    "/api/v1/endpoints/:id/note",
    {
      schema: {
        operationId: "putEndpointNote",
        summary: "What people say of an endpoint: labels and a note",
        tags: ["inventory"],
        params: IdParams,
        body: EndpointNoteEdit,
        response: { 200: ref(EndpointNote), default: PROBLEM },
      },
    },
    async (request) => {
      const endpoint = request.params.id
      const { id } = await editsOf(edits).edit({ kind: "endpoint.note", endpoint, ...request.body }, actorOf(request))
      return readNote(store, id)
    },
  )
  app.get(
    "/api/v1/endpoints/:id/note",
    {
      schema: {
        operationId: "getEndpointNote",
        summary: "What people say of an endpoint",
        tags: ["inventory"],
        params: IdParams,
        response: { 200: ref(EndpointNote), default: PROBLEM },
      },
    },
    async ({ params }) => {
      const record = await store.endpoint(params.id)
      if (record === null) throw notFound("endpoint")
      return readNote(store, record.id)
    },
  )
}

async function readNote(store: Store, id: string): Promise<{ id: string; labels: string[]; note: string }> {
  const stored = await store.document("endpointNote", id)
  return { id, labels: [...(stored?.record.labels ?? [])], note: stored?.record.note ?? "" }
}
