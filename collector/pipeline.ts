// Events to inventory to store to API, on one screen.
//
//   embedded sensor --bytes--> in-process consumer --+
//                                                    +--batch--> inventory --checkpoint--> store <-- api <-- people
//   NATS JetStream ----------> jetstream consumer ---+                              |
//                                                                                   '----> notifier --> channels
//
// Messages are acknowledged after the checkpoint that holds them. Nothing here reads arguments, files or signals.

import { processMetrics } from "../shared/telemetry/process-metrics.ts"
import { exposition } from "../shared/telemetry/prometheus.ts"
import type { Analysis } from "./analysis/analysis.ts"
import { WatchKind } from "./analysis/watch.ts"
import { watchReads } from "./analysis/watch-reads.ts"
import type { ListenAddress } from "./api/listen.ts"
import { type ApiOptions, type Health, type RunningApi, startApi } from "./api/server.ts"
import { collectorMetrics } from "./collector-metrics.ts"
import { SYSTEM_CLOCK } from "./consume/checkpoint-schedule.ts"
import { SILENCE_US, SilenceWatch } from "./consume/silence-watch.ts"
import { saysTheSame } from "./consumer/partner-fields.ts"
import type { LabelRuleFields, PartnerFields } from "./inventory/edits.ts"
import { Inventory } from "./inventory/inventory.ts"
import { rulesAreKept } from "./inventory/labels/labels.ts"
import type { Channel } from "./notify/channel.ts"
import { Notifier } from "./notify/notifier.ts"
import { SENSORS_MAX, sensorMetrics } from "./sensor-metrics.ts"
import type { Store } from "./store/store.ts"
import { storeMetrics } from "./store-metrics.ts"

/** Messages that a stream read to its end may still hold: what is pulled ahead at once. */
const UNDER_WAY = 64
/** Shown at the end of a reading. */
const SUMMARY_SERVICES = 8
const SUMMARY_ENDPOINTS = 3
const SUMMARY_INCIDENTS = 5
const LINE_MAX = 160

/** What feeds the inventory: says for itself whether it is ready and what it counted. */
export interface Feed {
  readonly name: string
  /** Reasons why the collector is not ready because of this feed; empty when it is. */
  readonly reasons: readonly string[]
  /** Messages waiting, null where there is no queue. */
  readonly lag: number | null
  readonly counters: object
}

export interface CollectorOptions {
  readonly listen: ListenAddress
  readonly assets: string
  readonly version: string
  /** Who may ask, and over what. */
  readonly access?: Pick<ApiOptions, "tokens" | "tls" | "mayBePlain" | "hostNames">
  /** How long half an exchange waits for the other one, µs of event time. */
  readonly joinWindowUs?: number
  /** A running sensor that is not heard for this long is silent, µs. */
  readonly silenceUs?: number
  /** Who is told of incidents. Left out: nobody, and what is in the outbox waits. */
  readonly channels?: readonly Channel[]
  /** Takes a sentence when a channel fails or works again. */
  readonly log?: (sentence: string) => void
  readonly onError: (error: unknown) => void
}

export class Collector {
  readonly inventory: Inventory
  readonly #store: Store
  readonly #watcher: WatchKind
  readonly #version: string
  readonly #feeds: Feed[] = []
  #watch: SilenceWatch | null = null
  #api: RunningApi | null = null
  #notifier: Notifier | null = null

  private constructor(store: Store, inventory: Inventory, watcher: WatchKind, version: string) {
    this.#store = store
    this.inventory = inventory
    this.#watcher = watcher
    this.#version = version
  }

  /** What follows the exchanges that the inventory applies. */
  get analysis(): Analysis {
    return this.#watcher.watch!.analysis
  }

  /** Loads what the store holds and serves the API. */
  static async start(store: Store, options: CollectorOptions): Promise<Collector> {
    const { joinWindowUs } = options
    const watcher = new WatchKind()
    const inventory = await Inventory.open(store, { watcher, ...(joinWindowUs !== undefined && { joinWindowUs }) })
    const collector = new Collector(store, inventory, watcher, options.version)
    const { channels, log } = options
    if (channels !== undefined)
      collector.#notifier = await Notifier.open({
        store,
        channels,
        clock: SYSTEM_CLOCK,
        ...(log !== undefined && { log }),
      })
    collector.#api = await startApi({
      store,
      edits: inventory,
      templates: inventory.templates,
      specifications: inventory.specifications,
      watch: watchReads(
        () => collector.analysis,
        () => inventory.texts,
      ),
      ...(collector.#notifier !== null && { notifications: collector.#notifier }),
      listen: options.listen,
      assets: options.assets,
      version: options.version,
      onError: options.onError,
      ...options.access,
      health: () => collector.health(),
      metrics: () => collector.metrics(),
    })
    const keep = (): void => {
      inventory.checkpoint().catch(options.onError)
    }
    const limitUs = options.silenceUs ?? SILENCE_US
    collector.#watch = new SilenceWatch(inventory, limitUs, () => collector.#hearsAll, keep, SYSTEM_CLOCK)
    return collector
  }

  /** Partners as the file says them, in place of those it had; nothing happens when it says the same. */
  async usePartners(partners: readonly PartnerFields[], atUs: number): Promise<void> {
    const kept = (await this.#store.documents("partner")).map(({ record }) => record)
    if (saysTheSame(partners, kept)) return
    await this.inventory.edit({ kind: "partners.put", source: "file", partners }, { name: "file", atUs })
  }

  /** Rules of the file, in place of those it had; nothing happens when it says the same. */
  async useLabels(rules: readonly LabelRuleFields[], atUs: number): Promise<void> {
    const kept = (await this.#store.documents("labelRule")).map(({ record }) => record)
    if (rulesAreKept(rules, kept)) return
    await this.inventory.edit({ kind: "labels.put", source: "file", rules }, { name: "file", atUs })
  }

  get url(): string {
    return this.#api?.address.url ?? ""
  }

  /** Another certificate and key for new connections. */
  useTls(files: NonNullable<ApiOptions["tls"]>): void {
    this.#api?.useTls(files)
  }

  addFeed(feed: Feed): void {
    this.#feeds.push(feed)
  }

  health(): Health {
    const reasons = this.#feeds.flatMap((feed) => feed.reasons)
    const lag = this.#feeds.reduce<number | null>(
      (sum, feed) => (feed.lag === null ? sum : (sum ?? 0) + feed.lag),
      null,
    )
    return { ready: reasons.length === 0, reasons, lag }
  }

  /** A bus is connected and read to its end, but for what is on its way: whoever sends is heard. */
  get #hearsAll(): boolean {
    return this.#feeds.some(({ lag, reasons }) => lag !== null && lag <= UNDER_WAY && reasons.length === 0)
  }

  async metrics(): Promise<string> {
    const open = async (lane: "high" | "review"): Promise<number> =>
      (await this.#store.incidents({ state: "open", lane }, { limit: 1 })).total
    const { counters } = this.inventory
    return exposition([
      ...processMetrics("sonde_collector", this.#version),
      ...collectorMetrics({
        inventory: counters,
        feeds: this.#feeds,
        health: this.health(),
        incidents: { high: await open("high"), review: await open("review") },
        access: { refused: this.#api?.access.refused ?? {}, untold: this.#api?.access.untold() ?? 0 },
        channels: (await this.#notifier?.states()) ?? [],
      }),
      ...storeMetrics(await this.#store.facts()),
      ...sensorMetrics(this.inventory.sensorRecords(SENSORS_MAX), counters.sensors, SYSTEM_CLOCK.wallUs()),
    ])
  }

  /**
   * A line for each of the busiest services: its name, what it holds, and its busiest endpoints; and one for what is there
   * and could not be read.
   */
  async summary(): Promise<readonly string[]> {
    const lines: string[] = []
    for (const service of (await this.#store.services({ limit: SUMMARY_SERVICES, sort: "-requests" })).items) {
      lines.push(`${service.name}: ${service.requests} requests, ${service.endpoints} endpoints`)
      const filter = { service: service.id }
      const busiest = await this.#store.endpoints(filter, { limit: SUMMARY_ENDPOINTS, sort: "-requests" })
      for (const endpoint of busiest.items)
        lines.push(
          `  ${[endpoint.method, endpoint.template, endpoint.operation, endpoint.requests].filter((part) => part !== "").join(" ")}`,
        )
    }
    lines.push(...(await this.#incidents()))
    const dark = (await this.#store.darkSums()).filter(({ state }) => state !== "read")
    const servers = dark.reduce((sum, one) => sum + one.servers, 0)
    const sessions = dark.reduce((sum, one) => sum + one.sessions, 0)
    if (servers > 0) {
      const those = servers === 1 ? "1 server behind TLS is" : `${servers} servers behind TLS are`
      lines.push(`${those} not in this, or not whole: ${sessions} sessions could not be read, see the page Dark`)
    }
    return lines
  }

  /** How many incidents are open, and the first words of the newest ones. */
  async #incidents(): Promise<string[]> {
    const high = await this.#store.incidents({ state: "open", lane: "high" }, { limit: SUMMARY_INCIDENTS })
    const review = await this.#store.incidents({ state: "open", lane: "review" }, { limit: 1 })
    const all = high.total + review.total
    if (all === 0) return []
    const are = all === 1 ? "1 incident is open" : `${all} incidents are open`
    const told = high.items.map(
      ({ summary }) => `  ${summary.length > LINE_MAX ? `${summary.slice(0, LINE_MAX)}...` : summary}`,
    )
    return [`${are}, ${high.total} of them to look at now:`, ...told]
  }

  /** Closes API and store as they are: the store has failed, and a checkpoint would fail again. */
  async abort(): Promise<void> {
    this.#watch?.stop()
    await this.#notifier?.close(0)
    await this.#api?.close()
    await this.#store.close().catch(() => undefined)
  }

  /** The last checkpoint, what is to be told of it, then the API and the store are closed. */
  async close(): Promise<void> {
    this.#watch?.stop()
    await this.inventory.checkpoint()
    await this.#notifier?.close()
    await this.#api?.close()
    await this.#store.close()
  }
}
