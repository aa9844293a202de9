// What each counter of the loss ledger means to the person who has to act on it. First match decides.

export type Severity = "lost" | "ignored" | "noted"

export interface CounterWords {
  readonly counter: RegExp
  readonly severity: Severity
  readonly unit: string
  readonly sentence: string
}

type Row = readonly [counter: RegExp, unit: string, sentence: string]

/** Traffic that should have been seen. */
const LOST: readonly Row[] = [
  [
    /^capture\.kernel_drops$/,
    "packets",
    "The kernel dropped packets before the sensor could read them: give it a larger ring or another core.",
  ],
  [/^capture\.problems$/, "places", "The capture is damaged or ends early; everything around the damage was read."],
  [/^capture\.snapped$/, "packets", "Packets cut short by the capture: raise its snap length."],
  [/^decoder\.dropped\.truncated$/, "packets", "Packets cut too short to read their headers."],
  [/^decoder\.dropped\./, "packets", "Packets whose headers contradict themselves."],
  [/^decoder\.ignored\.fragment$/, "packets", "IP fragments: this release does not put them together."],
  [/^decoder\.ignored\.unknown_link$/, "packets", "Packets of a link type that this release does not know."],
  [
    /^tcp\.gap_bytes$/,
    "bytes",
    "TCP payload that never reached the sensor: lost at the mirror port, at the tap, or before the capture began.",
  ],
  [/^tcp\.reassembly_gap$/, "gaps", "Places where bytes of a stream are missing."],
  [
    /^tcp\.segment_memcap_gaps$/,
    "gaps",
    "Gaps declared because out-of-order data filled the memory limit: raise tcp.memcap.",
  ],
  [
    /^tcp\.depth_gaps$/,
    "gaps",
    "Gaps declared because a single stream held too much out-of-order data: raise tcp.depth.",
  ],
  [/^tcp\.snapped_gaps$/, "gaps", "Gaps behind packets that the capture had cut short."],
  [/^tcp\.closed\.evicted$/, "sessions", "Sessions pushed out of the full flow table: raise flow.max."],
  [
    /^tcp\.late_bytes$/,
    "bytes",
    "Data that came after its place had been given up: raise tcp.reorder-horizon for this mirror.",
  ],
  [/^http\.skipped_bytes$/, "bytes", "Bytes passed over while looking for the next message after a loss."],
  [/^http\.resync$/, "times", "A boundary between messages was lost in a gap and searched for again."],
  [/^http\.body_gap$/, "exchanges", "Exchanges with bytes missing inside a body: paired, their body facts incomplete."],
  [/^http\.request_only$/, "exchanges", "Requests whose response was not seen."],
  [/^http\.response_only$/, "exchanges", "Responses whose request was not seen."],
  [/^http\.unpaired$/, "exchanges", "Messages near a loss that could not be paired with certainty, and so were not."],
  [/^http\.partial_heads$/, "messages", "Heads cut off by a loss or by the end of their stream."],
  [/^http\.head_too_long$/, "messages", "Heads longer than the sensor reads: raise http.head-max."],
  [/^http\.pending_dropped$/, "requests", "Requests given up because too many waited for an answer on one connection."],
  [/^http\.held_dropped$/, "responses", "Responses given up because too many came before their request."],
  [/^http\.gather_memcap_drop$/, "messages", "Heads and body facts given up because their memory limit was reached."],
  [/^published\.dropped\./, "exchanges", "Exchanges that could not be published and were given up."],
]

/** Traffic that is not for this sensor to read. */
const IGNORED: readonly Row[] = [
  [/^decoder\.ignored\.not_ip$/, "packets", "Packets that carry no IP (ARP, LLDP, spanning tree)."],
  [/^decoder\.ignored\.not_tcp\.udp$/, "packets", "UDP: DNS, QUIC and others. HTTP/3 is not read."],
  [/^decoder\.ignored\.not_tcp\./, "packets", "IP packets that are neither TCP nor UDP."],
  [/^tcp\.(out_of_window|stray)_bytes$/, "bytes", "Data that no endpoint of its session would have accepted."],
  [/^tcp\.after_close_bytes$/, "bytes", "Data after its session had ended."],
  [
    /^http\.not_http_bytes\.tls$/,
    "bytes",
    "Encrypted traffic that the sensor has no keys for: what is in it is not in the inventory.",
  ],
  [/^http\.not_http_bytes\.http2$/, "bytes", "HTTP/2, which this release recognises and does not read."],
  [/^http\.not_http_bytes\.undecided$/, "bytes", "Streams that ended before it could be told what they carry."],
  [/^http\.not_http_bytes\./, "bytes", "TCP traffic that is not HTTP."],
  [/^http\.after_upgrade_bytes$/, "bytes", "Connections that turned into another protocol (WebSocket, tunnel)."],
]

/** Odd, and no loss. */
const NOTED: readonly Row[] = [
  [/^tcp\.midstream_pickups$/, "sessions", "Sessions that were already open when the sensor first saw them."],
  [/^tcp\.retransmitted_bytes$/, "bytes", "Data sent again by TCP, counted once."],
  [
    /^tcp\.overlap_conflicts$/,
    "segments",
    "Segments that carried different bytes for the same place: evasion, or a broken middlebox.",
  ],
  [/^tcp\.out_of_order$/, "segments", "Segments that arrived before an earlier one and were put back in order."],
  [/^tcp\.closed\.timeout$/, "sessions", "Sessions that fell silent and were closed by their idle limit."],
  [/^http\.lenient_heads$/, "messages", "Heads that the strict parser refused and the tolerant one read."],
  [/^http\.bad_chunk$/, "messages", "Bodies with malformed chunks."],
  [/^summary\.bodies\.unread$/, "bodies", "Bodies whose facts were not taken."],
  [/^summary\.decode\.bombs$/, "bodies", "Bodies that expand beyond the limit; their facts end there."],
  [/^summary\.decode\.failed$/, "bodies", "Bodies that do not decode as their Content-Encoding says."],
  [/^summary\.json\.shape_limits$/, "bodies", "JSON too deep or too large to be described in full."],
  [/^summary\.json\.shape_truncated$/, "bodies", "JSON that ended before it was whole."],
  [/^summary\.json\.malformed$/, "bodies", "Bodies that say they are JSON and are not."],
  [/^summary\.odd_authorities$/, "requests", "Hosts too long or with bytes that no host has."],
  [/^summary\.(paths_cut|names_cut\.\w+)$/, "times", "Paths or lists of names cut to the sensor's limits."],
  [/^summary\.malformed_credentials$/, "requests", "Credentials that are malformed for their scheme."],
  [/^published\.resent$/, "batches", "Batches sent once more because their acknowledgement did not come."],
  [/^published\.cut$/, "values", "Texts and lists cut to the limits of the event format."],
]

const rows = (severity: Severity, list: readonly Row[]): CounterWords[] =>
  list.map(([counter, unit, sentence]) => ({ counter, severity, unit, sentence }))

export const SENTENCES: readonly CounterWords[] = [
  ...rows("lost", LOST),
  ...rows("ignored", IGNORED),
  ...rows("noted", NOTED),
]
