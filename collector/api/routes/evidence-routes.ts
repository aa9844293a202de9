import type { Store } from "../../store/store.ts"
import type { Api } from "../http.ts"
import { Totals } from "../models.ts"
import { PROBLEM } from "../problem.ts"
import { ref } from "../schema.ts"
import { totalsView } from "../views/sensor-views.ts"

export function evidenceRoutes(app: Api, store: Store): void {
  app.get(
    "/api/v1/ledger",
    {
      schema: {
        operationId: "getLedger",
        summary: "End-to-end totals: exchanges is the number of exchanges applied to the store",
        description: "received = exchanges + joined + copies + waiting; exchanges = the sum of states.",
        tags: ["evidence"],
        response: { 200: ref(Totals), default: PROBLEM },
      },
    },
    async () => totalsView(await store.ledger(), await store.sensors(), await store.facts()),
  )
}
