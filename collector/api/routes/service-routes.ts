import type { ServiceRecord } from "../../store/records.ts"
import type { PageRequest, Store } from "../../store/store.ts"
import { type Columns, FormatParameter, sendExport } from "../export.ts"
import type { Api } from "../http.ts"
import { SERVICE_FILTERS, serviceFilter } from "../list-filters.ts"
import { pageBody, pageRequest } from "../paging.ts"
import { PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, PageOf, ref } from "../schema.ts"
import { Service, ServiceDetail } from "../service-models.ts"
import { readServiceDetail } from "../service-reader.ts"
import { serviceView } from "../views/service-views.ts"

const SORTS = ["name", "owner", "zone", "requests", "errors", "endpoints", "firstSeen", "lastSeen"]
const COLUMNS: Columns<Service> = {
  id: (row) => row.id,
  name: (row) => row.name,
  authority: (row) => row.authority,
  zone: (row) => row.zone,
  owner: (row) => row.owner,
  labels: (row) => row.labels.join(" "),
  risk: (row) => row.risk,
  addresses: (row) => row.addresses.join(" "),
  ports: (row) => row.ports.join(" "),
  protocols: (row) => row.protocols.join(" "),
  requests: (row) => row.requests,
  errors: (row) => row.errors,
  endpoints: (row) => row.endpoints,
  conversations: (row) => row.conversations,
  firstSeen: (row) => row.firstSeen,
  lastSeen: (row) => row.lastSeen,
}

export function serviceRoutes(app: Api, store: Store): void {
  app.get(
    "/api/v1/services",
    {
      schema: {
        operationId: "listServices",
        summary: "Services: an authority in a zone, and where it answers",
        tags: ["inventory"],
        querystring: ListQuery({ ...SERVICE_FILTERS, ...FormatParameter }, SORTS),
        response: { 200: PageOf(ref(Service)), default: PROBLEM },
      },
    },
    async ({ query }, reply) => {
      const filter = serviceFilter(query)
      const read = (page: PageRequest) => store.services(page, filter)
      const page = pageRequest(query, "name")
      if (query.format !== undefined) {
        const view = (rows: readonly ServiceRecord[]) => rows.map(serviceView)
        return sendExport(reply, query.format, page.sort, { name: "services", read, view, columns: COLUMNS })
      }
      return pageBody(await read(page), serviceView)
    },
  )

  app.get(
    "/api/v1/services/:id",
    {
      schema: {
        operationId: "getService",
        summary: "One service",
        tags: ["inventory"],
        params: IdParams,
        response: { 200: ref(ServiceDetail), default: PROBLEM },
      },
    },
    async ({ params }) => readServiceDetail(store, params.id),
  )
}
