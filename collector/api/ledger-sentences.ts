// What each counter of the loss ledger means to the person who has to act on it. First match decides.

export type Severity = "lost" | "ignored" | "noted"

export interface CounterWords {
  readonly counter: RegExp
  readonly severity: Severity
  /** Where the counter's own name does not say it. */
  readonly unit?: string
  readonly sentence: string
}

const lost = (counter: RegExp, unit: string, sentence: string): CounterWords => ({
  counter,
  severity: "lost",
  unit,
  sentence,
})
const ignored = (counter: RegExp, unit: string, sentence: string): CounterWords => ({
  counter,
  severity: "ignored",
  unit,
  sentence,
})
const noted = (counter: RegExp, unit: string, sentence: string): CounterWords => ({
  counter,
  severity: "noted",
  unit,
  sentence,
})

export const SENTENCES: readonly CounterWords[] = [
  lost(
    /^capture\.kernel_drops$/,
    "packets",
    "The kernel dropped packets before the sensor could read them: give it a larger ring or another core.",
  ),
  lost(
    /^capture\.(truncated|malformed|damaged|bad)\w*/,
    "",
    "The capture file ends early or is damaged; everything before that place was read.",
  ),
  lost(
    /^decoder\.dropped\.truncated/,
    "packets",
    "Packets were cut too short by the capture's snap length to read their headers.",
  ),
  lost(/^decoder\.dropped\./, "packets", "Packets whose headers contradict themselves."),
  lost(/^decoder\.ignored\.fragment/, "packets", "IP fragments: this release does not put them together."),
  ignored(/^decoder\.ignored\.not_ip/, "packets", "Packets that carry no IP (ARP, LLDP, spanning tree)."),
  ignored(/^decoder\.ignored\.(not_)?tcp/, "packets", "IP packets that are not TCP."),
  ignored(/^decoder\.ignored\./, "packets", "Packets that no API request can be in."),
  lost(
    /^tcp\.gap_bytes$/,
    "bytes",
    "TCP payload that never reached the sensor: lost at the mirror port, at the tap, or before the capture began.",
  ),
  lost(/^tcp\.reassembly_gap$/, "gaps", "Places where bytes of a stream are missing."),
  lost(
    /^tcp\.segment_memcap_gaps$/,
    "gaps",
    "Gaps declared because out-of-order data filled the memory limit: raise tcp.memcap.",
  ),
  lost(
    /^tcp\.depth_gaps$/,
    "gaps",
    "Gaps declared because a single stream held too much out-of-order data: raise tcp.depth.",
  ),
  lost(
    /^tcp\.snapped_gaps$/,
    "gaps",
    "Gaps behind packets that the capture had cut short: capture with a larger snap length.",
  ),
  lost(/^tcp\.closed\.evicted$/, "sessions", "Sessions pushed out of the full flow table: raise flow.max."),
  lost(
    /^tcp\.late_bytes$/,
    "bytes",
    "Data that came after its place had been given up: the reorder horizon is short for this mirror.",
  ),
  ignored(/^tcp\.(out_of_window|stray)_bytes$/, "bytes", "Data that no endpoint of its session would have accepted."),
  ignored(/^tcp\.after_close_bytes$/, "bytes", "Data after its session had ended."),
  noted(/^tcp\.midstream_pickups$/, "sessions", "Sessions that were already open when the sensor first saw them."),
  noted(/^tcp\.retransmitted_bytes$/, "bytes", "Data sent again by TCP, counted once."),
  noted(
    /^tcp\.overlap_conflicts?$/,
    "segments",
    "Segments that carried different bytes for the same place: evasion, or a broken middlebox.",
  ),
  noted(/^tcp\.out_of_order$/, "segments", "Segments that arrived before an earlier one and were put back in order."),
  noted(/^tcp\.closed\.timeout$/, "sessions", "Sessions that fell silent and were closed by their idle limit."),
  lost(/^http\.skipped_bytes$/, "bytes", "Bytes passed over while looking for the next message after a loss."),
  lost(/^http\.resync/, "times", "The parser lost its footing in a gap and found it again."),
  lost(/^http\.head_too_long$/, "messages", "Heads longer than the sensor reads."),
  lost(
    /^http\.pending_dropped$/,
    "requests",
    "Requests given up because too many waited for a response on one connection.",
  ),
  lost(
    /^http\.body_gap$/,
    "exchanges",
    "Exchanges with bytes missing inside a body; they are paired, their body facts are not complete.",
  ),
  lost(/^http\.request_only$/, "exchanges", "Requests whose response was not seen."),
  lost(/^http\.response_only$/, "exchanges", "Responses whose request was not seen."),
  lost(
    /^http\.unpaired$/,
    "exchanges",
    "Messages near a loss that could not be paired with certainty and so were not.",
  ),
  ignored(
    /^http\.not_http\.tls/,
    "bytes",
    "Encrypted traffic that the sensor has no keys for: what is in it is not in the inventory.",
  ),
  ignored(/^http\.not_http\.http2/, "bytes", "HTTP/2, which this release recognises but does not read."),
  ignored(/^http\.not_http\./, "bytes", "TCP traffic that is not HTTP."),
  ignored(/^http\.after_upgrade_bytes$/, "bytes", "Connections that turned into another protocol (WebSocket, tunnel)."),
  noted(/^http\.lenient_heads$/, "messages", "Heads that the strict parser refused and the tolerant one read."),
  lost(/^published\.dropped\./, "exchanges", "Exchanges that could not be published and were given up."),
  lost(/^summary\.\w*(bomb|failed|limit)\w*/, "", "Bodies whose facts could not be taken in full."),
]
