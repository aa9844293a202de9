// Back-tests: what other settings or an exception would have made of the stored history. One at a time; reads and traffic go on meanwhile.
import { setImmediate } from "node:timers/promises"
import { backtest } from "../../analysis/backtest.ts"
import type { WatchReads } from "../../analysis/watch-reads.ts"
import type { ExceptionRecord } from "../../store/documents.ts"
import type { IncidentRecord } from "../../store/incident-records.ts"
import type { Store } from "../../store/store.ts"
import { Backtest, type BacktestIncident, BacktestRequest } from "../backtest-models.ts"
import { isoTime, parseTime } from "../event-time.ts"
import type { Api } from "../http.ts"
import { Lookups } from "../lookups.ts"
import { ApiProblem, notFound, PROBLEM } from "../problem.ts"
import { ref, type Static } from "../schema.ts"

const TOLD_MAX = 500

export function backtestRoutes(
  app: Api,
  { store, reads }: { readonly store: Store; readonly reads: WatchReads | null },
): void {
  let isRunning = false
  app.post(
    "/api/v1/backtests",
    {
      schema: {
        operationId: "backtest",
        summary: "What other settings, or an exception, would have made of the stored history",
        description: "Answers when it is through: about 20 s a million exchanges. Nothing is changed.",
        tags: ["incidents"],
        body: BacktestRequest,
        response: { 200: ref(Backtest), default: PROBLEM },
      },
    },
    async ({ body }) => {
      if (reads === null) throw notFound("analysis")
      const detectors = detectorsOf(reads, body)
      const sinceUs = body.since === undefined ? 0 : parseTime(body.since)
      if (sinceUs === null) throw new ApiProblem(400, "since is no ISO 8601 time with zone, and no date.")
      const exceptions = exceptionsOf(body)
      if (isRunning) throw new ApiProblem(409, "Another back-test is running; ask again when it is through.")
      isRunning = true
      try {
        const result = await backtest(store, reads.analysis(), {
          detectors,
          exceptions,
          sinceUs,
          texts: reads.texts(),
          onRest: () => setImmediate(),
        })
        return view(store, result)
      } finally {
        isRunning = false
      }
    },
  )
}

type Asked = Static<typeof BacktestRequest>

/** Refuses what there is not, and values beyond their bounds. */
function detectorsOf(reads: WatchReads, { detections = [] }: Asked) {
  return detections.map(({ name, isEnabled = true, values = {} }) => {
    const spec = reads.specs().find((each) => each.name === name)
    if (spec === undefined) throw new ApiProblem(422, `There is no detection called ${name}.`)
    for (const [setting, value] of Object.entries(values)) {
      const bounds = Object.hasOwn(spec.settings, setting) ? spec.settings[setting] : undefined
      if (bounds === undefined) throw new ApiProblem(422, `${name} has no setting ${setting}.`)
      if (!(value >= bounds.min && value <= bounds.max))
        throw new ApiProblem(422, `${name}.${setting} is ${bounds.min} to ${bounds.max} ${bounds.unit}.`)
    }
    return { name, isEnabled, values }
  })
}

function exceptionsOf({ exception }: Asked): ExceptionRecord[] {
  if (exception === undefined) return []
  const { consumer = "", partner = "", endpoint = "", detection: detector = "" } = exception
  if (consumer === "" && partner === "" && endpoint === "")
    throw new ApiProblem(422, "Say whom or what the exception is for: a consumer, a partner or an endpoint.")
  const considered = { owner: "", reason: "", untilUs: Number.MAX_SAFE_INTEGER, incident: "", by: "", atUs: 0 }
  return [{ id: "considered", consumer, partner, endpoint, detector, ...considered }]
}

async function view(store: Store, result: Awaited<ReturnType<typeof backtest>>): Promise<Backtest> {
  const lookups = new Lookups(store)
  const { before, after } = result
  const told = async (records: readonly IncidentRecord[], others: readonly IncidentRecord[]) => {
    const ids = new Set(others.map(({ id }) => id))
    const only = records.filter(({ id }) => !ids.has(id)).slice(0, TOLD_MAX)
    return Promise.all(only.map((record) => incidentOf(lookups, record)))
  }
  const more = await told(after, before)
  const fewer = await told(before, after)
  const isHigh = ({ lane }: IncidentRecord): boolean => lane === "high"
  const held = result.heldBack === 0 ? "" : ` ${result.heldBack} findings would have been held back.`
  return {
    exchanges: result.exchanges,
    from: isoTime(result.fromUs),
    to: isoTime(result.toUs),
    incidentsBefore: before.length,
    incidentsAfter: after.length,
    highBefore: before.filter(isHigh).length,
    highAfter: after.filter(isHigh).length,
    heldBack: result.heldBack,
    more,
    fewer,
    sentence:
      `Over ${result.exchanges} exchanges ${after.length} incidents would have been opened instead of ${before.length}: ` +
      `${more.length} more, ${fewer.length} fewer.${held}`,
  }
}

async function incidentOf(lookups: Lookups, record: IncidentRecord): Promise<BacktestIncident> {
  const { id, lane, kind, consumer, sensor, endpoint, openedUs, summary } = record
  const about =
    consumer !== "" ? (await lookups.consumerLabel(consumer)).name : sensor !== "" ? `sensor ${sensor}` : endpoint
  return { id, lane, kind, consumer: about, openedAt: isoTime(openedUs), summary }
}
