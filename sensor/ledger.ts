// The loss ledger: what came in, what went out, and everything between by its reason. It is printed at the end of a run,
// travels in each batch's envelope, and adds up (shared/event/ledger.ts); a test holds it to that on every golden capture.

import { balances } from "../shared/event/ledger.ts"
import { flattenCounters } from "../shared/telemetry/counters.ts"
import type { CaptureCounters } from "./capture/packet-source.ts"
import type { DarkRow } from "./dark-ledger.ts"
import { DecoderCounters } from "./decode/counters.ts"
import { DefragCounters } from "./defrag/counters.ts"
import { DuplicateCounters } from "./duplicates/counters.ts"
import type { ZoneTally } from "./flow/zone-ledger.ts"
import { HttpCounters } from "./http/counters.ts"
import { Http2Counters } from "./http/http2/counters.ts"
import { WebSocketCounters } from "./http/websocket/counters.ts"
import { OverloadCounters } from "./overload.ts"
import { PublisherCounters } from "./publish/link.ts"
import type { PublishCounters } from "./publish/publisher.ts"
import { SummaryCounters } from "./summary/counters.ts"
import { TcpCounters } from "./tcp/counters.ts"
import { TlsCounters } from "./tls/counters.ts"

/** The counters of every stage, in the packet's order. */
export interface SensorCounters {
  readonly capture: CaptureCounters
  readonly decoder: DecoderCounters
  readonly defrag: DefragCounters
  readonly duplicates: DuplicateCounters
  readonly tcp: TcpCounters
  /** Of the segments, by zone; empty when all are of zone 0. */
  readonly zones: Readonly<Record<string, ZoneTally>>
  readonly http: HttpCounters
  readonly http2: Http2Counters
  readonly websocket: WebSocketCounters
  readonly tls: TlsCounters
  readonly summary: SummaryCounters
  readonly published: PublishCounters
  readonly overload: OverloadCounters
  /** Several workers: each one's share of the sum above. */
  readonly workers?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What went with workers that died. */
  readonly died?: DiedCounters
}

/** Workers that died, and what is in none of the other counters because of it. */
export class DiedCounters {
  restarts = 0
  /** Packets read after the last report. */
  packets = 0
  /** Exchanges put together after the last report: at most, some may have been published. */
  exchanges = 0
  /** Taken in by a stage and not accounted for when the worker last reported, by the stage's equation. */
  readonly underway: Record<string, number> = {}
}

/** The counters of a run that has not begun. */
export function noCounters(): SensorCounters {
  return {
    capture: { packets: 0, bytes: 0, kernelDrops: 0, snapped: 0, problems: 0, interfaces: [] },
    decoder: new DecoderCounters(),
    defrag: new DefragCounters(),
    duplicates: new DuplicateCounters(),
    tcp: new TcpCounters(),
    zones: {},
    http: new HttpCounters(),
    http2: new Http2Counters(),
    websocket: new WebSocketCounters(),
    tls: new TlsCounters(),
    summary: new SummaryCounters(),
    published: new PublisherCounters(),
    overload: new OverloadCounters(),
  }
}

/**
 * Non-zero counters by dotted name: what travels in an envelope. A loss that is not known is no number:
 * `capture.unknown_loss` counts the interfaces that cannot tell theirs.
 */
export function ledgerCounters(counters: SensorCounters): Record<string, number> {
  const flat = flattenCounters(counters)
  const ports = Object.values(counters.capture.ports ?? {})
  const unknown = ports.filter((port) => port.kernelDrops === null).length
  if (unknown > 0) flat["capture.unknown_loss"] = unknown
  return flat
}

/** The ledger for machines: one object, a member a stage. `dark`: TLS that was not read, by server. */
export function ledgerJson(counters: SensorCounters, rssBytes: number, dark?: readonly DarkRow[]): string {
  const equations = balances(ledgerCounters(counters))
  const balance = { holds: equations.every((one) => one.holds), equations }
  return `${JSON.stringify({ ...counters, dark, balance, process: { rssBytes } })}\n`
}

const grouped = (value: number): string => String(value).replaceAll(/\B(?=(\d{3})+$)/g, " ")

/** The ledger in one line: what was read, what was missed, whether it adds up. */
export function ledgerLine(counters: SensorCounters): string {
  const { capture, tcp, http, http2 } = counters
  const missed = [
    [capture.kernelDrops ?? 0, "packets dropped before the sensor"],
    [tcp.gapBytes, "bytes missing in streams"],
    [tcp.afterCloseBytes, "bytes not read because their session had ended"],
    [tcp.outOfWindowBytes + tcp.lateBytes + tcp.shedBytes, "bytes of streams set aside"],
    [http.skippedBytes + http2.skippedBytes, "bytes passed over between messages"],
    [http.exchanges - http.complete + http2.exchanges - http2.complete, "exchanges not seen whole"],
  ] as const
  const said = missed.filter(([count]) => count > 0).map(([count, what]) => `${grouped(count)} ${what}`)
  if (capture.kernelDrops === null) said.push("how many packets were dropped before the sensor is unknown")
  const verdict = balances(ledgerCounters(counters)).every((one) => one.holds)
    ? "the ledger adds up"
    : "the ledger does not add up"
  return `${grouped(capture.packets)} packets read; ${said.length === 0 ? "nothing missed" : said.join(", ")}; ${verdict}.`
}

/** The ledger for people: what matters first, then every counter that is not zero. */
export function ledgerText(counters: SensorCounters): string {
  const flat = ledgerCounters(counters)
  const width = Math.max(...Object.keys(flat).map((name) => name.length), 0)
  const lines = Object.entries(flat).map(([name, value]) => `  ${name.padEnd(width)}  ${grouped(value).padStart(15)}`)
  const wrong = balances(flat).filter((one) => !one.holds)
  const verdict =
    wrong.length === 0
      ? "The ledger adds up."
      : wrong
          .map((one) => `The ledger does not add up: ${one.sentence}, ${grouped(one.offered - one.accounted)} missing.`)
          .join("\n")
  const unknown =
    counters.capture.kernelDrops === null ? "\nHow many packets were dropped before the sensor is unknown." : ""
  return `Read ${counters.capture.interfaces.join(", ") || "nothing"}${unknown}\n${lines.join("\n")}\n${verdict}\n`
}
