// The loss ledger: what came in, what went out, and everything between by its reason. It is printed at the end of a run,
// travels in each batch's envelope, and adds up: `balance` says so, and a test holds it to that on every golden capture.

import { flattenCounters } from "../shared/telemetry/counters.ts"
import type { CaptureCounters } from "./capture/packet-source.ts"
import type { DecoderCounters } from "./decode/counters.ts"
import type { HttpCounters } from "./http/counters.ts"
import type { PublishCounters } from "./publish/publisher.ts"
import type { SummaryCounters } from "./summary/counters.ts"
import type { TcpCounters } from "./tcp/counters.ts"

/** The counters of every stage, in the packet's order. */
export interface SensorCounters {
  readonly capture: CaptureCounters
  readonly decoder: DecoderCounters
  readonly tcp: TcpCounters
  readonly http: HttpCounters
  readonly summary: SummaryCounters
  readonly published: PublishCounters
}

/** One equation of the ledger. It holds when both sides are equal. */
export interface Equation {
  readonly name: string
  /** What goes in. */
  readonly total: number
  /** Where it went, by counter name. */
  readonly parts: Readonly<Record<string, number>>
  /** `total` minus the sum of `parts`: 0 when it adds up. */
  readonly missing: number
}

function equation(name: string, total: number, parts: Readonly<Record<string, number>>): Equation {
  let sum = 0
  for (const part of Object.values(parts)) sum += part
  return { name, total, parts, missing: total - sum }
}

/** The equations that hold once the pipeline is flushed. */
export function balance(counters: SensorCounters): readonly Equation[] {
  const { capture, decoder, tcp, http, published } = counters
  return [
    equation("packets = segments + ignored + dropped", capture.packets, {
      "decoder.tcp": decoder.tcp,
      ...flattenCounters({ decoder: { ignored: decoder.ignored, dropped: decoder.dropped } }),
    }),
    equation("segment bytes = delivered + set aside, by reason", tcp.payloadBytes, {
      "tcp.delivered_bytes": tcp.deliveredBytes,
      "tcp.retransmitted_bytes": tcp.retransmittedBytes,
      "tcp.late_bytes": tcp.lateBytes,
      "tcp.keep_alive_bytes": tcp.keepAliveBytes,
      "tcp.out_of_window_bytes": tcp.outOfWindowBytes,
      "tcp.after_close_bytes": tcp.afterCloseBytes,
      "tcp.stray_bytes": tcp.strayBytes,
      "tcp.held_bytes": tcp.heldBytes,
    }),
    equation("delivered bytes = messages + not HTTP + skipped", tcp.deliveredBytes, {
      "http.request_bytes": http.requestBytes,
      "http.response_bytes": http.responseBytes,
      "http.padding_bytes": http.paddingBytes,
      "http.skipped_bytes": http.skippedBytes,
      "http.after_upgrade_bytes": http.afterUpgradeBytes,
      ...flattenCounters({ http: { notHttpBytes: http.notHttpBytes } }),
    }),
    equation("exchanges by state", http.exchanges, {
      "http.complete": http.complete,
      "http.body_gap": http.bodyGap,
      "http.request_only": http.requestOnly,
      "http.response_only": http.responseOnly,
      "http.unpaired": http.unpaired,
    }),
    equation("exchanges = published", http.exchanges, { "published.exchanges": published.exchanges }),
    equation("published = acknowledged + dropped, by reason", published.exchanges, {
      "published.acknowledged": published.acknowledged,
      ...flattenCounters({ published: { dropped: published.dropped } }),
    }),
  ]
}

/** Non-zero counters by dotted name: what travels in an envelope. */
export function ledgerCounters(counters: SensorCounters): Record<string, number> {
  return flattenCounters(counters)
}

/** The ledger for machines: one object, a member a stage. */
export function ledgerJson(counters: SensorCounters, rssBytes: number): string {
  const equations = balance(counters).map(({ name, total, missing }) => ({ name, total, missing }))
  return `${JSON.stringify({ ...counters, balance: { holds: equations.every((one) => one.missing === 0), equations }, process: { rssBytes } })}\n`
}

const grouped = (value: number): string => String(value).replaceAll(/\B(?=(\d{3})+$)/g, " ")

/** The ledger for people: what matters first, then every counter that is not zero. */
export function ledgerText(counters: SensorCounters): string {
  const flat = ledgerCounters(counters)
  const width = Math.max(...Object.keys(flat).map((name) => name.length), 0)
  const lines = Object.entries(flat).map(([name, value]) => `  ${name.padEnd(width)}  ${grouped(value).padStart(15)}`)
  const wrong = balance(counters).filter((one) => one.missing !== 0)
  const verdict =
    wrong.length === 0
      ? "The ledger adds up."
      : wrong
          .map(
            (one) =>
              `The ledger does not add up: ${one.name}, ${grouped(one.missing)} of ${grouped(one.total)} missing.`,
          )
          .join("\n")
  return `Read ${counters.capture.interfaces.join(", ") || "nothing"}\n${lines.join("\n")}\n${verdict}\n`
}
