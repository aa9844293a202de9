// What the collector says of itself to Prometheus. The names are a contract (deploy/docs/metrics.md lists them, and a test holds the list
// to what is served): they may grow, a name keeps its meaning.
//
// In:  counters of inventory and feeds, open incidents, channels. Out: metrics named sonde_collector_*.
import { flattenCounters } from "../shared/telemetry/counters.ts"
import type { Metric } from "../shared/telemetry/prometheus.ts"
import type { InventoryCounters } from "./inventory/inventory-counters.ts"
import type { ChannelState } from "./notify/notifier.ts"

/** What a feed counted: messages, and those that could not be applied, by reason. */
export interface FeedCounts {
  readonly name: string
  readonly counters: object
}

export interface CollectorState {
  readonly inventory: InventoryCounters
  readonly feeds: readonly FeedCounts[]
  readonly health: { readonly ready: boolean; readonly lag?: number | null | undefined }
  /** Open incidents by lane. */
  readonly incidents: { readonly high: number; readonly review: number }
  /** What the API refused by reason, and entries that the audit log did not take. */
  readonly access: { readonly refused: Readonly<Record<string, number>>; readonly untold: number }
  readonly channels: readonly ChannelState[]
}

type Figure = keyof { [K in keyof InventoryCounters as InventoryCounters[K] extends number ? K : never]: true }

/** Totals since the store was made. */
const TOTALS: readonly (readonly [figure: Figure, name: string, help: string])[] = [
  ["exchanges", "exchanges_total", "Exchanges applied to the store."],
  ["received", "received_total", "Events received: applied, joined, copies, and halves that wait."],
  ["joined", "joined_total", "Halves joined to the half that another sensor or worker saw."],
  ["copies", "copies_total", "Copies of exchanges that were counted before."],
  ["betterCopies", "better_copies_total", "Of the copies: those that were whole where the first was not."],
  ["halvesExpired", "halves_expired_total", "Halves whose other half never came."],
  ["batches", "batches_total", "Batches applied."],
  ["duplicateBatches", "duplicate_batches_total", "Batches delivered again and left out."],
  ["checkpoints", "checkpoints_total", "Checkpoints written since the start."],
]

/** What is held now. */
const HELD: readonly (readonly [figure: Figure, name: string, help: string])[] = [
  ["missingBatches", "missing_batches", "Batches missing between two that arrived; falls when they come late."],
  ["waiting", "waiting_halves", "Halves that wait for the other one."],
  ["exchangeKeys", "exchange_keys", "Exchange keys remembered, for copies and halves."],
  ["services", "services", "Services known."],
  ["endpoints", "endpoints", "Endpoints known."],
  ["routes", "routes", "Paths and operations counted apart."],
  ["consumers", "consumers", "Consumers known."],
  ["pairs", "pairs", "Pairs of consumer and endpoint known."],
  ["shapes", "shapes", "Shapes of bodies known."],
  ["darkServers", "dark_servers", "Servers whose traffic is encrypted, read or not."],
  ["pendingWindows", "pending_windows", "Windows that wait for the next checkpoint."],
]

/** Counters of a feed that are its own, by name. */
const FEED_TOTALS: readonly (readonly [counter: string, name: string, help: string])[] = [
  ["messages", "feed_messages_total", "Messages taken, whatever came of them, since the start."],
  ["bytes", "feed_bytes_total", "Bytes of messages taken, since the start."],
  ["applied", "feed_applied_total", "Messages applied, since the start."],
  ["duplicates", "feed_duplicates_total", "Messages delivered again, since the start."],
  ["unnamed", "feed_unnamed_total", "Messages on subjects that name no sensor, since the start."],
  ["again", "feed_taken_again_total", "Messages that the store had lost and the stream had not, since it was made."],
  ["gone", "feed_gone_total", "Messages no longer in the stream when they were to be taken, since it was made."],
  ["connections", "feed_connections_total", "Connections made, since the start."],
  ["checkpointFailures", "feed_checkpoint_failures_total", "Checkpoints that failed, since the start."],
]

const CHANNEL_TOTALS = [
  ["delivered", "notifications_delivered_total", "Notifications that a receiver took."],
  ["retried", "notifications_retried_total", "Attempts after the first."],
  ["dead", "notifications_dead_total", "Notifications given up; they are kept as dead letters."],
  ["dropped", "notifications_dropped_total", "Notifications left out because the outbox was full."],
] as const

const named = (name: string, help: string, type: Metric["type"], samples: Metric["samples"]): Metric => ({
  name: `sonde_collector_${name}`,
  help,
  type,
  samples,
})

export function collectorMetrics(state: CollectorState): Metric[] {
  const { inventory, health, incidents } = state
  return [
    named("ready", "1 when every feed is ready.", "gauge", [{ value: health.ready ? 1 : 0 }]),
    ...(health.lag == null
      ? []
      : [named("lag_messages", "Messages waiting in the stream.", "gauge", [{ value: health.lag }])]),
    named(
      "api_refused_total",
      "Requests that the API refused, by reason, since the start.",
      "counter",
      Object.entries(state.access.refused).map(([reason, value]) => ({ labels: { reason }, value })),
    ),
    named(
      "audit_left_out_total",
      "Sign-ins and refusals that the audit log left out because there were too many, since the start.",
      "counter",
      [{ value: state.access.untold }],
    ),
    ...TOTALS.map(([figure, name, help]) => named(name, help, "counter", [{ value: inventory[figure] }])),
    ...HELD.map(([figure, name, help]) => named(name, help, "gauge", [{ value: inventory[figure] }])),
    named(
      "limit_reached_total",
      "What was given up because a table was full, by limit.",
      "counter",
      Object.entries(flattenCounters(inventory.limits, true)).map(([limit, value]) => ({ labels: { limit }, value })),
    ),
    named("open_incidents", "Incidents that nobody has closed, by lane.", "gauge", [
      { labels: { lane: "high" }, value: incidents.high },
      { labels: { lane: "review" }, value: incidents.review },
    ]),
    ...feedMetrics(state.feeds),
    ...channelMetrics(state.channels),
  ]
}

function feedMetrics(feeds: readonly FeedCounts[]): Metric[] {
  const counted = feeds.map(({ name, counters }) => ({ name, figures: counters as Readonly<Record<string, unknown>> }))
  const metrics = FEED_TOTALS.map(([counter, name, help]) =>
    named(
      name,
      help,
      "counter",
      counted.flatMap(({ name: feed, figures }) =>
        typeof figures[counter] === "number" ? [{ labels: { feed }, value: figures[counter] }] : [],
      ),
    ),
  )
  const refused = counted.map(({ name: feed, figures }) => ({ feed, by: flattenCounters(figures.refused ?? {}) }))
  metrics.push(
    named(
      "feed_refused_total",
      "Messages that could not be applied, since the start.",
      "counter",
      refused.map(({ feed, by }) => ({ labels: { feed }, value: Object.values(by).reduce((sum, n) => sum + n, 0) })),
    ),
    named(
      "feed_refused_by_reason_total",
      "The same, by reason.",
      "counter",
      refused.flatMap(({ feed, by }) =>
        Object.entries(by).map(([reason, value]) => ({ labels: { feed, reason }, value })),
      ),
    ),
  )
  return metrics.filter(({ samples }) => samples.length > 0)
}

function channelMetrics(channels: readonly ChannelState[]): Metric[] {
  if (channels.length === 0) return []
  const by = (of: (channel: ChannelState) => number): Metric["samples"] =>
    channels.map((channel) => ({ labels: { channel: channel.name }, value: of(channel) }))
  return [
    ...CHANNEL_TOTALS.map(([figure, name, help]) =>
      named(
        name,
        help,
        "counter",
        by((channel) => channel[figure]),
      ),
    ),
    named(
      "notifications_queued",
      "Notifications that wait.",
      "gauge",
      by((channel) => channel.queued),
    ),
    named(
      "notifications_dead_letters",
      "Dead letters kept.",
      "gauge",
      by((channel) => channel.deadLetters),
    ),
  ]
}
