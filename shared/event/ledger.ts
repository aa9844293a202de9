// The equations of the loss ledger, over the dotted counters that a sensor prints, publishes and a collector shows. What
// goes into a stage comes out of it or is set aside for a reason; each equation holds once a run has ended. What a stage of a
// worker that died had taken in and not yet handed on stands in `died.underway.STAGE`.

export interface Equation {
  /** Stage that is held to it. */
  readonly stage: string
  readonly unit: "packets" | "bytes" | "exchanges"
  readonly sentence: string
  /** Counters of what goes in. */
  readonly totals: readonly string[]
  /** Held to it only where the total is known: captures that are read, and libpcap, know nothing of what was offered. */
  readonly isOptional?: boolean
  /** Counters of where it went. */
  readonly parts: readonly RegExp[]
}

export const EQUATIONS: readonly Equation[] = [
  {
    stage: "capture",
    unit: "packets",
    sentence: "offered by the kernel = read + dropped",
    totals: ["capture.offered"],
    isOptional: true,
    // By interface: a sensor that has read captures, too, has packets that no kernel offered.
    parts: [/^capture\.ports\.[^.]+\.(packets|kernel_drops)$/],
  },
  {
    stage: "decoder",
    unit: "packets",
    sentence: "packets = segments + ignored + dropped",
    totals: ["capture.packets"],
    parts: [/^decoder\.tcp$/, /^decoder\.ignored\./, /^decoder\.dropped\./],
  },
  {
    stage: "defrag",
    unit: "packets",
    sentence: "fragments = in datagrams + set aside + held",
    totals: ["defrag.offered"],
    parts: [/^defrag\.fragments\./],
  },
  {
    stage: "duplicates",
    unit: "packets",
    sentence: "segments = copies + offered to TCP",
    totals: ["decoder.tcp"],
    parts: [/^duplicates\.packets$/, /^tcp\.packets$/],
  },
  {
    stage: "tcp",
    unit: "bytes",
    sentence: "segment bytes = delivered + set aside",
    totals: ["tcp.payload_bytes"],
    parts: [/^tcp\.(delivered|retransmitted|late|keep_alive|out_of_window|after_close|stray|shed|held)_bytes$/],
  },
  {
    stage: "http",
    unit: "bytes",
    sentence: "delivered and decrypted bytes = messages + handed over + not HTTP + skipped",
    totals: ["tcp.delivered_bytes", "tls.plain_bytes"],
    parts: [/^http\.(request|response|padding|skipped|after_upgrade)_bytes$/, /^http\.(not_http|handed)_bytes\./],
  },
  {
    stage: "http2",
    unit: "bytes",
    sentence: "handed over as HTTP/2 = frames + preface + skipped",
    totals: ["http.handed_bytes.http2", "http.handed_bytes.h2c"],
    parts: [/^http2\.(preface|frame_header|header_block|body|padding|other|skipped)_bytes$/],
  },
  {
    stage: "websocket",
    unit: "bytes",
    sentence: "handed over as WebSocket = frame headers + payload + control + unframed",
    totals: ["http.handed_bytes.upgraded"],
    parts: [/^websocket\.(header|payload|control|unframed)_bytes$/],
  },
  {
    stage: "tls",
    unit: "bytes",
    sentence: "handed over as TLS = headers + handshakes + read + dark + malformed",
    totals: ["http.handed_bytes.tls"],
    parts: [/^tls\.(framing|handshake|read|malformed)_bytes$/, /^tls\.dark_bytes\./],
  },
  {
    stage: "pairing",
    unit: "exchanges",
    sentence: "exchanges = the sum of their states",
    totals: ["http.exchanges", "http2.exchanges"],
    parts: [/^http2?\.(complete|body_gap|request_only|response_only|unpaired)$/],
  },
  {
    stage: "published",
    unit: "exchanges",
    sentence: "exchanges = published",
    totals: ["http.exchanges", "http2.exchanges"],
    parts: [/^published\.exchanges$/],
  },
  {
    stage: "acknowledged",
    unit: "exchanges",
    sentence: "published = acknowledged + dropped + left in the spool",
    totals: ["published.exchanges"],
    parts: [/^published\.acknowledged$/, /^published\.dropped\./, /^published\.spooled$/],
  },
]

/** An equation with its numbers. */
export interface Balance {
  readonly stage: string
  readonly unit: string
  readonly sentence: string
  /** What went in, and the sum of where it went. */
  readonly offered: number
  readonly accounted: number
  readonly holds: boolean
  /** The parts that are not zero. */
  readonly terms: Readonly<Record<string, number>>
}

/** The balances of the stages that were at work at all. `counters`: dotted names, zeros may be missing. */
export function balances(counters: Readonly<Record<string, number>>): Balance[] {
  const out: Balance[] = []
  for (const { stage, unit, sentence, totals, parts, isOptional } of EQUATIONS) {
    if (isOptional === true && totals.every((total) => counters[total] === undefined)) continue
    let offered = 0
    for (const total of totals) offered += counters[total] ?? 0
    const terms: Record<string, number> = {}
    let accounted = 0
    for (const [name, value] of Object.entries(counters)) {
      if (value === 0 || !(name === `died.underway.${stage}` || parts.some((part) => part.test(name)))) continue
      terms[name] = value
      accounted += value
    }
    if (offered === 0 && accounted === 0) continue
    out.push({ stage, unit, sentence, offered, accounted, holds: offered === accounted, terms })
  }
  return out
}
