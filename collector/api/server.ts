// The collector's face: the HTTP API, its OpenAPI document, the console. Reads through the Store, changes through Edits.

import type { WatchReads } from "../analysis/watch-reads.ts"
import type { Edits } from "../inventory/edits.ts"
import type { TemplateReads } from "../inventory/template-edits.ts"
import type { Notifications } from "../notify/notifier.ts"
import type { Store } from "../store/store.ts"
import { AccessLog } from "./access/access-log.ts"
import { Gate } from "./access/gate.ts"
import { Refusals } from "./access/refusals.ts"
import { Sessions } from "./access/sessions.ts"
import type { Tokens } from "./access/tokens.ts"
import { Backtest } from "./backtest-models.ts"
import { BASELINE_SHARED } from "./baseline-models.ts"
import { CONSUMER_SHARED } from "./consumer-models.ts"
import { DARK_SHARED } from "./dark-models.ts"
import type { Health } from "./health.ts"
import { type Api, createHttp, listen, type TlsFiles, useTls } from "./http.ts"
import { INCIDENT_SHARED } from "./incident-models.ts"
import { assertMayListen, isLoopback, type ListenAddress } from "./listen.ts"
import { SHARED } from "./models.ts"
import { NO_EDITS } from "./no-edits.ts"
import { NOTIFICATION_SHARED } from "./notification-models.ts"
import { PARTNER_SHARED } from "./partner-models.ts"
import { auditRoutes } from "./routes/audit-routes.ts"
import { backtestRoutes } from "./routes/backtest-routes.ts"
import { baselineRoutes } from "./routes/baseline-routes.ts"
import { changeRoutes } from "./routes/change-routes.ts"
import { consumerRoutes } from "./routes/consumer-routes.ts"
import { darkRoutes } from "./routes/dark-routes.ts"
import { detectionRoutes } from "./routes/detection-routes.ts"
import { endpointRoutes } from "./routes/endpoint-routes.ts"
import { evidenceRoutes } from "./routes/evidence-routes.ts"
import { exceptionRoutes } from "./routes/exception-routes.ts"
import { findingRoutes } from "./routes/finding-routes.ts"
import { incidentRoutes } from "./routes/incident-routes.ts"
import { labelRoutes } from "./routes/label-routes.ts"
import { mapRoutes } from "./routes/map-routes.ts"
import { notificationRoutes } from "./routes/notification-routes.ts"
import { operationRoutes } from "./routes/operation-routes.ts"
import { partnerRoutes } from "./routes/partner-routes.ts"
import { quantileRoutes } from "./routes/quantile-routes.ts"
import { rotationRoutes } from "./routes/rotation-routes.ts"
import { sensorRoutes } from "./routes/sensor-routes.ts"
import { serviceRoutes } from "./routes/service-routes.ts"
import { sessionRoutes } from "./routes/session-routes.ts"
import { type SpecificationParts, specificationRoutes } from "./routes/specification-routes.ts"
import { templateRoutes } from "./routes/template-routes.ts"
import { SENSOR_SHARED } from "./sensor-models.ts"
import { SPECIFICATION_SHARED } from "./specification-models.ts"

export type { Health } from "./health.ts"
export { ApiStartError, type ListenAddress } from "./listen.ts"

/** Enough for a dashboard and a script at once, few enough that a loop gone wild does not starve the collector. */
export const REQUESTS_PER_MINUTE = 60_000
/** A program with a token, over all its addresses: two hundred a second. */
export const PRINCIPAL_REQUESTS_PER_MINUTE = 12_000

export interface ApiOptions {
  readonly store: Store
  /** Where changes by people go. Without it every change is refused. */
  readonly edits?: Edits
  /** What is in memory only of path templates: evidence, suggestions, former ids. */
  readonly templates?: TemplateReads
  /** Imported specifications. Without them every endpoint is as if there were none. */
  readonly specifications?: SpecificationParts["shelf"]
  /** What is in memory only of the analysis. */
  readonly watch?: WatchReads
  /** Who is told of incidents. Without it: nobody. */
  readonly notifications?: Notifications
  /** Loopback only: throws ApiStartError "not-loopback" otherwise. Port 0 takes any free one. */
  readonly listen: ListenAddress
  /** Asked at each /readyz. */
  readonly health: () => Health
  /** Prometheus text, asked at each /metrics. */
  readonly metrics: () => string | Promise<string>
  /** Directory of the built console (collector/web/dist). */
  readonly assets: string
  readonly version: string
  /** Of an address, and of a token's holder. */
  readonly requestsPerMinute?: number
  readonly principalRequestsPerMinute?: number
  /** Names under which it may be asked, beside its own. */
  readonly hostNames?: readonly string[]
  /** Who may ask. Without it: everybody on this machine, nobody else. */
  readonly tokens?: Tokens
  readonly tls?: TlsFiles | null
  /** Beyond loopback without TLS: the operator says that something in front speaks it. */
  readonly mayBePlain?: boolean
  /** Told of failures that are ours (status 500 and 503 of the store). Default: nobody. */
  readonly onError?: (error: unknown) => void
}

export interface RunningApi {
  readonly address: { readonly host: string; readonly port: number; readonly url: string }
  /** What was refused, by reason, and entries of the audit log that were left out; since the start. */
  readonly access: { readonly refused: Readonly<Record<string, number>>; readonly untold: () => number }
  /** Another certificate and key for connections from now on; they must fit each other. With TLS only. */
  useTls(files: TlsFiles): void
  close(): Promise<void>
}

async function addRoutes(app: Api, options: ApiOptions): Promise<void> {
  for (const schema of [
    ...DARK_SHARED,
    ...SHARED,
    ...SENSOR_SHARED,
    ...CONSUMER_SHARED,
    ...PARTNER_SHARED,
    ...SPECIFICATION_SHARED,
    ...INCIDENT_SHARED,
    ...BASELINE_SHARED,
    ...NOTIFICATION_SHARED,
    Backtest,
  ])
    app.addSchema(schema)
  const { store, health, metrics, edits = NO_EDITS } = options
  serviceRoutes(app, store)
  const templates = options.templates ?? null
  endpointRoutes(app, store, { shelf: options.specifications ?? null, templates })
  templateRoutes(app, { store, edits, reads: templates })
  quantileRoutes(app, store)
  consumerRoutes(app, { store, edits, reads: options.watch ?? null })
  mapRoutes(app, store)
  partnerRoutes(app, { store, edits, reads: options.watch ?? null })
  rotationRoutes(app, store, edits)
  sensorRoutes(app, store)
  evidenceRoutes(app, store)
  changeRoutes(app, store)
  auditRoutes(app, store)
  darkRoutes(app, store)
  findingRoutes(app, { store, edits: options.edits ?? null })
  incidentRoutes(app, { store, edits: options.edits ?? null, reads: options.watch ?? null })
  detectionRoutes(app, { store, edits: options.edits ?? null, reads: options.watch ?? null })
  backtestRoutes(app, { store, reads: options.watch ?? null })
  exceptionRoutes(app, { store, edits: options.edits ?? null, reads: options.watch ?? null })
  baselineRoutes(app, { store, reads: options.watch ?? null })
  notificationRoutes(app, options.notifications ?? null)
  labelRoutes(app, { store, edits: options.edits ?? null })
  await specificationRoutes(app, { store, edits: options.edits ?? null, shelf: options.specifications ?? null })
  operationRoutes(app, store, { health, metrics, clockMs: Date.now })
  app.get(
    "/api/v1/openapi.json",
    { schema: { operationId: "getOpenapi", summary: "This document", tags: ["operation"] } },
    async () => app.swagger(),
  )
}

/** Throws ApiStartError, a sentence for people, when it cannot start. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { tokens, tls = null } = options
  const hasTokens = tokens?.areNeeded(Date.now()) === true
  assertMayListen(options.listen, hasTokens, tls !== null || options.mayBePlain === true)
  const { edits, store, onError = () => {} } = options
  const refusals = new Refusals()
  const log = edits === undefined ? null : new AccessLog({ store, edits, onError })
  const isClosed = !isLoopback(options.listen.host)
  const isSecure = tls !== null || (isClosed && options.mayBePlain === true)
  const gateOptions = { isClosed, isSecure, refusals, ...(log !== null && { witness: log }) }
  const gate = tokens === undefined ? null : new Gate(tokens, new Sessions(), gateOptions)
  const app = await createHttp({
    listenHost: options.listen.host,
    hostNames: (options.hostNames ?? []).map((name) => name.toLowerCase()),
    isSecure,
    gate,
    refusals,
    tls,
    assets: options.assets,
    version: options.version,
    addressRequestsPerMinute: options.requestsPerMinute ?? REQUESTS_PER_MINUTE,
    principalRequestsPerMinute: options.principalRequestsPerMinute ?? PRINCIPAL_REQUESTS_PER_MINUTE,
    onError,
  })
  await addRoutes(app, options)
  sessionRoutes(app, gate)
  const { host, port } = await listen(app, options.listen)
  if (log !== null) tokens?.follow((records) => log.tokens(records))
  const name = host.includes(":") ? `[${host}]` : host
  return {
    address: { host, port, url: `${tls === null ? "http" : "https"}://${name}:${port}` },
    access: { refused: refusals.counters, untold: () => log?.untold ?? 0 },
    useTls: (files) => useTls(app, files),
    close: async () => {
      await app.close()
      await log?.settled()
    },
  }
}
