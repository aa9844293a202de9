// What each counter of the loss ledger means to the person who has to act on it. First match decides.
import { PROTOCOL_IGNORED, PROTOCOL_LOST, PROTOCOL_NOTED, type Row } from "./ledger-protocol-sentences.ts"

export type Severity = "lost" | "ignored" | "noted"

export interface CounterWords {
  readonly counter: RegExp
  readonly severity: Severity
  readonly unit: string
  readonly sentence: string
}

/** Traffic that should have been seen. */
const LOST: readonly Row[] = [
  [
    /^capture\.kernel_drops$/,
    "packets",
    "The kernel dropped packets before the sensor could read them: give it a larger ring or another core.",
  ],
  [
    /^capture\.unknown_loss$/,
    "interfaces",
    "Interfaces whose losses cannot be counted: what they dropped is unknown, not zero. The native capture counts it.",
  ],
  [
    /^capture\.ports\..+\.link_downs$/,
    "times",
    "The link went down or the interface away: nothing was seen meanwhile.",
  ],
  [/^capture\.problems$/, "places", "The capture is damaged or ends early; everything around the damage was read."],
  [/^capture\.snapped$/, "packets", "Packets cut short by the capture: raise its snap length."],
  [
    /^decoder\.dropped\.(too_deep|too_nested)$/,
    "packets",
    "Packets with more tunnels and tags inside each other than the sensor opens.",
  ],
  [/^decoder\.dropped\.truncated$/, "packets", "Packets cut too short to read their headers."],
  [/^decoder\.dropped\./, "packets", "Packets whose headers contradict themselves."],
  [/^decoder\.ignored\.unknown_link$/, "packets", "Packets of a link type that this release does not know."],
  [/^defrag\.timeouts$/, "datagrams", "IP datagrams of which not all fragments came in time."],
  [
    /^defrag\.evictions$/,
    "datagrams",
    "IP datagrams given up because a limit was reached: raise the limits of defrag.",
  ],
  [/^defrag\.snapped$/, "datagrams", "IP datagrams with fragments that the capture had cut short."],
  [
    /^defrag\.fragments\.(timed_out|evicted|unfinished|crowded|overlapping|unproven)$/,
    "fragments",
    "Fragments of IP datagrams that were not put together.",
  ],
  [
    /^defrag\.fragments\.(empty|unaligned|too_long|contradictory)$/,
    "fragments",
    "Malformed IP fragments: no host would accept them.",
  ],
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
  [
    /^tcp\.after_close_bytes$/,
    "bytes",
    "Data that was not read because its session had ended: captures in the wrong order, or a sender that goes on after its end.",
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
  [
    /^overload\.raised$/,
    "times",
    "The sensor was overloaded and gave up detail: body facts first, then whole flows. Give it another core or less traffic.",
  ],
  [
    /^overload\.step$/,
    "step",
    "Step of degradation in force: from 1 bodies are not looked into, from 2 flows are kept out, half of them and more.",
  ],
  [
    /^tcp\.shed_bytes$/,
    "bytes",
    "TCP payload of whole flows that overload kept out, so that the exchanges of the others stay complete.",
  ],
  [
    /^(died|workers?)\.restarts$/,
    "workers",
    "Workers that died and were started again; what they had in hand is lost.",
  ],
  [/^died\.packets$/, "packets", "Packets that workers read between their last report and their death."],
  [/^died\.exchanges$/, "exchanges", "Exchanges put together between a worker's last report and its death, at most."],
  [/^died\.underway\./, "", "What a stage of a worker that died had taken in and not yet handed on."],
  [/^tls\.dark_bytes\.gap$/, "bytes", "Encrypted traffic that cannot be read because parts of it never came."],
  [/^tls\.dark_bytes\.bad_record$/, "bytes", "Encrypted traffic that the keys at hand do not open."],
  [
    /^tls\.(dark_bytes\.memory|memcap_drop)$/,
    "",
    "TLS given up because the bound of what is held was reached: raise tls.memcap.",
  ],
  [/^published\.dropped\./, "exchanges", "Exchanges that could not be published and were given up."],
]

/** Traffic that is not for this sensor to read. */
const IGNORED: readonly Row[] = [
  [/^capture\.filtered$/, "packets", "Packets that the filter left out."],
  [
    /^decoder\.ignored\.fragment$/,
    "packets",
    "IP fragments, but for those that completed a datagram: the datagram counts in their place.",
  ],
  [/^decoder\.zones_unnamed$/, "packets", "Packets of VLANs or tunnels beyond the number that is told apart."],
  [/^decoder\.ignored\.not_ip$/, "packets", "Packets that carry no IP (ARP, LLDP, spanning tree)."],
  [/^decoder\.ignored\.not_tcp\.udp$/, "packets", "UDP: DNS, QUIC and others. HTTP/3 is not read."],
  [/^decoder\.ignored\.not_tcp\./, "packets", "IP packets that are neither TCP nor UDP."],
  [/^tcp\.(out_of_window|stray)_bytes$/, "bytes", "Data that no endpoint of its session would have accepted."],
  [
    /^tls\.dark_bytes\.no_keys$/,
    "bytes",
    "Encrypted traffic that the sensor has no keys for: what is in it is not in the inventory.",
  ],
  [
    /^tls\.dark_bytes\.midstream$/,
    "bytes",
    "Encrypted traffic of sessions that were already open when the sensor first saw them: no key fits them.",
  ],
  [
    /^tls\.dark_bytes\.cipher$/,
    "bytes",
    "Encrypted traffic under ciphers or versions that the sensor does not decrypt.",
  ],
  [
    /^http\.not_http_bytes\.tls$/,
    "bytes",
    "Encrypted traffic that the sensor has no keys for: what is in it is not in the inventory.",
  ],
  [/^http\.not_http_bytes\.http2$/, "bytes", "HTTP/2 that no stage was there to read."],
  [/^http\.not_http_bytes\.undecided$/, "bytes", "Streams that ended before it could be told what they carry."],
  [/^http\.not_http_bytes\./, "bytes", "TCP traffic that is not HTTP."],
  [/^http\.after_upgrade_bytes$/, "bytes", "Connections that turned into a protocol that the sensor does not read."],
]

/** Odd, and no loss. */
const NOTED: readonly Row[] = [
  [/^capture\.ports\..+\.kernel_drops$/, "packets", "Of the packets that the kernel dropped: those of this interface."],
  [/^capture\.ports\..+\.freezes$/, "times", "Times the kernel found the whole ring of this interface full."],
  [/^capture\.ports\..+\.reopened$/, "times", "Times this interface was opened again."],
  [
    /^decoder\.(mpls|pseudowire|pppoe|gre|nvgre|erspan|pptp|ip_in_ip|ether_ip|vxlan|geneve|gtp|teredo|ayiya|l2tp|tzsp)$/,
    "headers",
    "Tunnel headers taken off: what is inside is read.",
  ],
  [
    /^decoder\.(vntag|etag|macsec|cisco_metadata|fabric_path)$/,
    "headers",
    "Tags of switches and packet brokers taken off: what is behind them is read.",
  ],
  [/^duplicates\.packets$/, "packets", "Packets that the mirror showed more than once: one of each was read."],
  [/^duplicates\.routed$/, "packets", "Of the duplicates: seen before and behind a router."],
  [/^duplicates\.other_vlan$/, "packets", "Of the duplicates: seen in two VLANs, or before and after tagging."],
  [/^duplicates\.other_port$/, "packets", "Of the duplicates: seen on two interfaces of the sensor."],
  [/^duplicates\.same_wire$/, "packets", "Of the duplicates: several ports of a switch are mirrored into one."],
  [
    /^duplicates\.late$/,
    "packets",
    "Copies that came too late to be known as such: raise duplicates.window for this mirror.",
  ],
  [/^duplicates\.displaced$/, "packets", "Packets forgotten before their copy could have come: traffic is too dense."],
  [/^defrag\.fragments\.duplicate$/, "fragments", "IP fragments that had come before."],
  [/^defrag\.overlaps$/, "fragments", "IP fragments that overlap others: evasion, or a broken stack."],
  [/^defrag\.overlap_conflicts$/, "fragments", "Overlapping IP fragments with different bytes: evasion."],
  [/^defrag\.tiny$/, "fragments", "First IP fragments too short for a TCP header: an old way around filters."],
  [/^defrag\.bytes\.(?!held|completed)/, "bytes", "Captured bytes of IP fragments that were not put together."],
  [/^zones\..+\.gap_bytes$/, "bytes", "Of the TCP payload that never came: that of this VLAN or tunnel."],
  [/^zones\..+\.gaps$/, "gaps", "Of the places where bytes of a stream are missing: those in this VLAN or tunnel."],
  [/^overload\.lowered$/, "times", "Steps of degradation that were taken back."],
  [/^tcp\.shed_segments$/, "segments", "Segments of the flows that overload kept out."],
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
  [/^tls\.malformed$/, "times", "Places in TLS sessions where a record should begin and does not."],
  [/^tls\.malformed_messages$/, "messages", "Handshake messages that break off or contradict themselves."],
  [/^tls\.ssl2_hellos$/, "sessions", "Clients that still begin with the hello of SSL 2."],
  [
    /^tls\.encrypted_hellos$/,
    "sessions",
    "Sessions whose true server name is encrypted; the name shown is that of a front.",
  ],
  [/^tls\.versions\.(ssl3|tls10|tls11)$/, "sessions", "Sessions of a version that is no longer safe."],
  [/^summary\.bodies\.unread$/, "bodies", "Bodies whose facts were not taken."],
  [/^summary\.decode\.bombs$/, "bodies", "Bodies that expand beyond the limit; their facts end there."],
  [/^summary\.decode\.failed$/, "bodies", "Bodies that do not decode as their Content-Encoding says."],
  [/^summary\.decode\.foreign$/, "bodies", "Bodies in a content coding that the sensor does not undo."],
  [
    /^summary\.(json|form|multipart|xml|protobuf|packed)\.shape_limits$/,
    "bodies",
    "Bodies too deep or too large to be described in full.",
  ],
  [
    /^summary\.(json|form|multipart|xml|protobuf|packed)\.shape_truncated$/,
    "bodies",
    "Bodies that ended, or made no sense, before they were whole.",
  ],
  [
    /^summary\.(json|form|multipart|xml|protobuf|packed)\.malformed$/,
    "bodies",
    "Bodies that are not what their type says.",
  ],
  [/^summary\.charset\.utf16$/, "bodies", "Bodies in UTF-16."],
  [/^summary\.charset\.(latin1|other)$/, "bodies", "Bodies in another charset than UTF-8, read as if they were in it."],
  [/^summary\.odd_authorities$/, "requests", "Hosts too long or with bytes that no host has."],
  [/^summary\.(paths_cut|names_cut\.\w+)$/, "times", "Paths or lists of names cut to the sensor's limits."],
  [/^summary\.malformed_credentials$/, "requests", "Credentials that are malformed for their scheme."],
  [/^published\.resent$/, "batches", "Batches sent once more because their acknowledgement did not come."],
  [/^published\.cut$/, "values", "Texts and lists cut to the limits of the event format."],
]

const rows = (severity: Severity, list: readonly Row[]): CounterWords[] =>
  list.map(([counter, unit, sentence]) => ({ counter, severity, unit, sentence }))

export const SENTENCES: readonly CounterWords[] = [
  ...rows("lost", [...LOST, ...PROTOCOL_LOST]),
  ...rows("ignored", [...IGNORED, ...PROTOCOL_IGNORED]),
  ...rows("noted", [...NOTED, ...PROTOCOL_NOTED]),
]
