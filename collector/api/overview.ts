// The first page of the console in one answer. What needs a walk over all endpoints (posture mix, schemes, lossy share) is
// kept for a while that grows with what the walk costs, so that it never takes more than a few percent of the process.
import { postureOf } from "../inventory/posture.ts"
import type { DarkSum, EndpointRecord } from "../store/records.ts"
import type { Store } from "../store/store.ts"
import { isoTime } from "./event-time.ts"
import type { Overview } from "./models.ts"
import { HOURLY_US, SERIES_MAX } from "./routes/endpoint-routes.ts"
import { seriesView } from "./views/inventory-views.ts"
import { sumView } from "./views/sensor-views.ts"

/** Rows a step of the walk, so that other requests get their turn in between. */
const WALK_PAGE = 250
const KEEP_MS_MIN = 2_000
const KEEP_FACTOR = 30

interface Mix {
  readonly postures: Record<string, number>
  readonly schemes: Record<string, number>
  requests: number
  errors: number
  lossy: number
  firstSeenUs: number
}

function addTo(mix: Mix, record: EndpointRecord): void {
  const posture = postureOf(record)
  mix.postures[posture] = (mix.postures[posture] ?? 0) + 1
  for (const [scheme, count] of Object.entries(record.schemes)) mix.schemes[scheme] = (mix.schemes[scheme] ?? 0) + count
  mix.requests += record.requests
  mix.lossy += record.lossy
  if (record.firstSeenUs > 0) mix.firstSeenUs = Math.min(mix.firstSeenUs, record.firstSeenUs)
}

async function walk(store: Store): Promise<Mix> {
  const mix: Mix = { postures: {}, schemes: {}, requests: 0, errors: 0, lossy: 0, firstSeenUs: Number.MAX_SAFE_INTEGER }
  let cursor: string | undefined
  do {
    const page = await store.endpoints({}, { limit: WALK_PAGE, cursor, sort: "template" })
    for (const record of page.items) addTo(mix, record)
    cursor = page.next ?? undefined
    await new Promise<void>((resolve) => setImmediate(resolve))
  } while (cursor !== undefined)
  // All traffic, also what is in no endpoint: the same that the chart shows.
  for (const day of await store.series({}, "day", 0, Number.MAX_SAFE_INTEGER, SERIES_MAX)) mix.errors += day.errors
  return mix
}

function darkTotals(sums: readonly DarkSum[]): Overview["dark"] {
  const totals = { servers: 0, unread: 0, partly: 0, sessions: 0, bytes: 0 }
  for (const { state, servers, sessions, requestBytes, responseBytes } of sums) {
    totals.servers += servers
    if (state === "read") continue
    if (state === "partly") totals.partly += servers
    else totals.unread += servers
    totals.sessions += sessions
    totals.bytes += requestBytes + responseBytes
  }
  return totals
}

export class OverviewReader {
  readonly #store: Store
  readonly #clockMs: () => number
  #mix: Promise<Mix> | null = null
  #keepUntilMs = 0
  /** Exchanges in the store when the mix was read: without news it stays true for ever. */
  #readAt = -1

  constructor(store: Store, clockMs: () => number) {
    this.#store = store
    this.#clockMs = clockMs
  }

  #readMix(exchanges: number): Promise<Mix> {
    const startMs = this.#clockMs()
    if (this.#mix !== null && (exchanges === this.#readAt || startMs < this.#keepUntilMs)) return this.#mix
    this.#readAt = exchanges
    this.#keepUntilMs = Number.MAX_SAFE_INTEGER
    const mix = walk(this.#store)
    this.#mix = mix
    mix.then(
      () => {
        const tookMs = this.#clockMs() - startMs
        this.#keepUntilMs = startMs + Math.max(KEEP_MS_MIN, KEEP_FACTOR * tookMs)
      },
      () => {
        this.#mix = null
      },
    )
    return mix
  }

  async read(): Promise<Overview> {
    const store = this.#store
    const one = { limit: 1 }
    const [ledger, sensors] = [await store.ledger(), await store.sensors()]
    const mix = await this.#readMix(ledger.exchanges)
    const nowUs = sensors.reduce((latest, sensor) => Math.max(latest, sensor.watermarkUs), 0)
    return {
      services: (await store.services(one)).total,
      endpoints: (await store.endpoints({}, one)).total,
      consumers: (await store.consumers(one)).total,
      sensors: sensors.length,
      silentSensors: sensors.filter((sensor) => sensor.silent && !sensor.finished).length,
      exchanges: ledger.exchanges,
      errors: mix.errors,
      firstEvent: mix.firstSeenUs === Number.MAX_SAFE_INTEGER ? null : isoTime(mix.firstSeenUs),
      lastEvent: isoTime(nowUs),
      states: ledger.states,
      postures: mix.postures,
      schemes: mix.schemes,
      lossyShare: mix.requests === 0 ? 0 : Math.min(1, mix.lossy / mix.requests),
      dark: darkTotals(await store.darkSums()),
      ledger: sumView(sensors),
      hourly: seriesView(await store.series({}, "hour", Math.max(0, nowUs - HOURLY_US), nowUs + 1, SERIES_MAX)),
    }
  }
}
