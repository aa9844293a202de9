// The ledger of dark APIs, and which identity rules decide: what a reader of the inventory must know that is not in it.
import type { DarkRecord, NamedService } from "../../store/records.ts"
import type { PageRequest, Store } from "../../store/store.ts"
import { countsCell } from "../csv.ts"
import { Dark, DarkDetail, IdentityCoverage } from "../dark-models.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { pageRequest } from "../paging.ts"
import { notFound, PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, PageOf, ref, Type } from "../schema.ts"
import { authoritiesOf, coverageView, darkDetailView, darkView, listenerOf } from "../views/dark-views.ts"
import { HOURLY_US, SERIES_MAX } from "./endpoint-routes.ts"

const SORTS = [
  "name",
  "address",
  "port",
  "zone",
  "state",
  "sessions",
  "clients",
  "requestBytes",
  "responseBytes",
  "firstSeen",
  "lastSeen",
]

const FILTERS = {
  state: Type.Optional(Type.Unsafe<string>({ type: "string", enum: ["read", "partly", "unread"] })),
  name: Type.Optional(Type.String({ maxLength: 256, description: "Server name, whole." })),
  port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
  search: Type.Optional(
    Type.String({ maxLength: 256, description: "Text that the server name, address or a certificate name contains." }),
  ),
}

/** Services that these may be: by name, and of those without a name by place. */
async function candidates(store: Store, records: readonly DarkRecord[]): Promise<readonly NamedService[]> {
  const nameless = records.filter(({ name }) => name === "")
  const named = await store.servicesNamed([...new Set(records.flatMap(authoritiesOf))])
  const placed = await store.servicesAt([...new Set(nameless.map(listenerOf))])
  return [...new Map([...named, ...placed].map((one) => [one.id, one])).values()]
}

const COLUMNS: Columns<Dark> = {
  id: (row) => row.id,
  name: (row) => row.name,
  address: (row) => row.address,
  addressClass: (row) => row.addressClass,
  port: (row) => row.port,
  zone: (row) => row.zone,
  state: (row) => row.state,
  sessions: (row) => row.sessions,
  requestBytes: (row) => row.requestBytes,
  responseBytes: (row) => row.responseBytes,
  clients: (row) => row.clients,
  versions: (row) => countsCell(row.versions),
  alpns: (row) => countsCell(row.alpns),
  reasons: (row) => countsCell(row.reasons),
  firstSeen: (row) => row.firstSeen,
  lastSeen: (row) => row.lastSeen,
  service: (row) => row.service?.name ?? null,
}

export function darkRoutes(app: Api, store: Store): void {
  app.get(
    "/api/v1/dark",
    {
      schema: {
        operationId: "listDark",
        summary: "Servers behind TLS, read or not: what the inventory cannot tell of",
        description: "A server is a name (SNI) at an address and port in a zone.",
        tags: ["evidence"],
        querystring: ListQuery({ ...FILTERS, ...FormatParameter }, SORTS),
        response: { 200: PageOf(ref(Dark)), default: PROBLEM },
      },
    },
    async ({ query }, reply) => {
      const { state, name, port, search, format, sort = "-sessions" } = query
      const filter = { state, name, port, search }
      const view = async (rows: readonly DarkRecord[]) => {
        const services = await candidates(store, rows)
        return rows.map((record) => darkView(record, services))
      }
      if (format !== undefined) {
        const read = (request: PageRequest) => store.dark(filter, request)
        return sendExport(reply, format, sort, { name: "dark", read, view, columns: COLUMNS })
      }
      const page = await store.dark(filter, pageRequest(query, "-sessions"))
      return { items: await view(page.items), next: page.next, total: page.total }
    },
  )

  app.get(
    "/api/v1/dark/:id",
    {
      schema: {
        operationId: "getDark",
        summary: "One server behind TLS: why it was not read, and what to do about it",
        tags: ["evidence"],
        params: IdParams,
        response: { 200: ref(DarkDetail), default: PROBLEM },
      },
    },
    async ({ params }) => {
      const record = await store.darkServer(params.id)
      if (record === null) throw notFound("dark server")
      const untilUs = record.lastSeenUs + 1
      const hours = await store.darkHours(record.id, Math.max(0, untilUs - HOURLY_US), untilUs, SERIES_MAX)
      return darkDetailView(record, await candidates(store, [record]), hours)
    },
  )
  coverageRoute(app, store)
}

function coverageRoute(app: Api, store: Store): void {
  app.get(
    "/api/v1/identity-coverage",
    {
      schema: {
        operationId: "getIdentityCoverage",
        summary: "Which identity rule decided how much, and what stayed anonymous",
        description:
          "Of a service, of a sensor, or of everything that all sensors sent. A request counts once, at the sensor that showed it first; answers whose request was not seen do not count.",
        tags: ["evidence"],
        querystring: Type.Object(
          {
            service: Type.Optional(Type.String({ maxLength: 128, description: "Id of a service." })),
            sensor: Type.Optional(Type.String({ maxLength: 128, description: "Name of a sensor." })),
          },
          { additionalProperties: false },
        ),
        response: { 200: ref(IdentityCoverage), default: PROBLEM },
      },
    },
    async ({ query }) => {
      if (query.service !== undefined) {
        const record = await store.service(query.service)
        if (record === null) throw notFound("service")
        return coverageView([record.rules])
      }
      const sensors = await store.sensors()
      const chosen = sensors.filter(({ sensor }) => query.sensor === undefined || query.sensor === sensor)
      if (query.sensor !== undefined && chosen.length === 0) throw notFound("sensor")
      return coverageView(chosen.map(({ rules }) => rules))
    },
  )
}
