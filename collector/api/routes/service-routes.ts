import type { Store } from "../../store/store.ts"
import type { Api } from "../http.ts"
import { Service, ServiceDetail } from "../models.ts"
import { pageBody, pageRequest } from "../paging.ts"
import { notFound, PROBLEM } from "../problem.ts"
import { IdParams, ListQuery, PageOf, ref, Type } from "../schema.ts"
import { coverageView, darkView } from "../views/dark-views.ts"
import { serviceView } from "../views/inventory-views.ts"

const SORTS = ["name", "requests", "errors", "endpoints", "firstSeen", "lastSeen"]

/** Servers behind TLS shown with a service. */
const DARK_MAX = 50

/** An authority without its port: what a client would ask for by SNI. */
function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, "")
}

export function serviceRoutes(app: Api, store: Store): void {
  app.get(
    "/api/v1/services",
    {
      schema: {
        operationId: "listServices",
        summary: "Services: an authority in a zone, and where it answers",
        tags: ["inventory"],
        querystring: ListQuery(
          { search: Type.Optional(Type.String({ maxLength: 256, description: "Text that the name contains." })) },
          SORTS,
        ),
        response: { 200: PageOf(ref(Service)), default: PROBLEM },
      },
    },
    async ({ query }) =>
      pageBody(await store.services(pageRequest(query, "name"), { search: query.search }), serviceView),
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
    async ({ params }) => {
      const record = await store.service(params.id)
      if (record === null) throw notFound("service")
      const name = hostOf(record.authority)
      const { items } = name === "" ? { items: [] } : await store.dark({ name }, { limit: DARK_MAX })
      const dark = items.map((entry) => darkView(entry, [record])).filter(({ service }) => service !== null)
      return { ...serviceView(record), identity: coverageView([record.rules]), dark }
    },
  )
}
