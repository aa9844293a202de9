import type { Store } from "../../store/store.ts"
import type { Health } from "../health.ts"
import type { Api } from "../http.ts"
import { Overview } from "../models.ts"
import { OverviewReader } from "../overview.ts"
import { PROBLEM } from "../problem.ts"
import { NullableNumber, ref, Type } from "../schema.ts"

const TEXT = {
  description: "Exposition format 0.0.4.",
  content: { "text/plain": { schema: Type.String() } },
}
const Alive = Type.Object({ status: Type.String() })
const Ready = Type.Object({
  ready: Type.Boolean(),
  reasons: Type.Array(Type.String(), { description: "Why not, a sentence each." }),
  lag: NullableNumber("Messages waiting in the stream; null without one."),
})

export interface OperationOptions {
  readonly health: () => Health
  readonly metrics: () => string | Promise<string>
  readonly clockMs: () => number
}

export function operationRoutes(app: Api, store: Store, options: OperationOptions): void {
  const overview = new OverviewReader(store, options.clockMs)
  app.get(
    "/api/v1/overview",
    {
      schema: {
        operationId: "getOverview",
        summary: "Totals, posture mix, losses and traffic in one answer",
        description: "Totals that need a walk over all endpoints may be some seconds old.",
        tags: ["inventory"],
        response: { 200: ref(Overview), default: PROBLEM },
      },
    },
    () => overview.read(),
  )

  app.get(
    "/healthz",
    {
      schema: {
        operationId: "isAlive",
        summary: "The process runs",
        tags: ["operation"],
        response: { 200: Alive, default: PROBLEM },
      },
    },
    async () => ({ status: "alive" }),
  )

  app.get(
    "/readyz",
    {
      schema: {
        operationId: "isReady",
        summary: "200 once all input is applied (or the stream is being consumed) and the store answers, else 503",
        tags: ["operation"],
        response: { 200: Ready, 503: Ready },
      },
    },
    async (_request, reply) => {
      const health = options.health()
      const reasons = [...health.reasons]
      try {
        await store.ping()
      } catch {
        reasons.push("The store does not answer.")
      }
      const ready = health.ready && reasons.length === 0
      return reply.code(ready ? 200 : 503).send({ ready, reasons, lag: health.lag ?? null })
    },
  )

  app.get(
    "/metrics",
    {
      schema: {
        operationId: "getMetrics",
        summary: "Counters in the Prometheus text format",
        tags: ["operation"],
        response: { 200: TEXT },
      },
    },
    async (_request, reply) => reply.type("text/plain; version=0.0.4; charset=utf-8").send(await options.metrics()),
  )
}
