// The sentences of the stages behind HTTP/1: HTTP/2, TLS, WebSocket, and what is taken of heads and bodies. The first match
// decides; ledger-sentences.ts has the words of the stages before them.

/** A counter, its unit, and what it means to the person who has to act on it. */
export type Row = readonly [counter: RegExp, unit: string, sentence: string]

/** Traffic that should have been seen. */
export const PROTOCOL_LOST: readonly Row[] = [
  [/^http2\.resync$/, "times", "A boundary between HTTP/2 frames was lost in a gap and searched for again."],
  [/^http2\.skipped_bytes$/, "bytes", "Bytes passed over while looking for the next HTTP/2 frame after a loss."],
  [/^http2\.body_gap$/, "exchanges", "HTTP/2 exchanges with bytes missing inside a body."],
  [/^http2\.request_only$/, "exchanges", "HTTP/2 requests whose response was not seen."],
  [/^http2\.response_only$/, "exchanges", "HTTP/2 responses whose request was not seen."],
  [
    /^http2\.void_tables$/,
    "times",
    "Header tables that became unknown: connections that the sensor joined after their start, or that lost bytes. Heads on them are read as far as they stand for themselves.",
  ],
  [
    /^http2\.unknown_fields$/,
    "fields",
    "Header fields that refer to a part of a table that was never seen: unknown, and told as unknown.",
  ],
  [/^http2\.(block_too_long|head_too_long)$/, "messages", "HTTP/2 heads longer than the sensor reads."],
  [/^http2\.stale_blocks$/, "messages", "HTTP/2 heads of streams that had ended, or of which the side is unknown."],
  [
    /^http2\.streams_dropped$/,
    "streams",
    "HTTP/2 streams told before their end, because more were under way than the sensor keeps.",
  ],
  [
    /^http2\.(gather|table)_memcap_drop$/,
    "times",
    "HTTP/2 heads, bodies or tables given up because their memory limit was reached.",
  ],
  [/^tls\.losses$/, "times", "TLS records that were lost, in part or wholly."],
  [/^tls\.(memcap_drop|wait_memcap_drop)$/, "records", "TLS records given up because their memory limit was reached."],
  [/^tls\.plain_gap_bytes$/, "bytes", "Decrypted traffic that is missing, because TLS records were lost."],
  [
    /^tls\.keyless$/,
    "sessions",
    "TLS sessions given up because their keys were not there in time: see that the key log reaches the sensor before the traffic.",
  ],
  [/^tls\.keys\.evicted$/, "sessions", "Keys of TLS sessions given up because the sensor held too many."],
  [
    /^websocket\.boundary_lost$/,
    "times",
    "A boundary between WebSocket frames was lost: bytes are counted, frames not.",
  ],
  [/^websocket\.unframed_bytes$/, "bytes", "WebSocket bytes behind a boundary that was lost."],
]

/** Traffic that is not for this sensor to read. */
export const PROTOCOL_IGNORED: readonly Row[] = [
  [
    /^tls\.dark_bytes\.no_keys$/,
    "bytes",
    "Encrypted traffic that the sensor has no keys for: what is in it is not in the inventory. The page Dark lists the servers.",
  ],
  [
    /^tls\.dark_bytes\.midstream$/,
    "bytes",
    "Encrypted traffic of sessions that the sensor joined after their handshake: read once they are opened anew.",
  ],
  [/^tls\.dark_bytes\.gap$/, "bytes", "Encrypted traffic that cannot be decrypted because bytes before it were lost."],
  [/^tls\.dark_bytes\.cipher$/, "bytes", "Encrypted traffic of a version or cipher that the sensor does not decrypt."],
  [/^tls\.dark_bytes\.bad_record$/, "bytes", "Encrypted traffic that does not decrypt under the keys that were given."],
  [/^tls\.dark_bytes\.memory$/, "bytes", "Encrypted traffic not decrypted because the memory limit was reached."],
  [/^tls\.dark_bytes\./, "bytes", "Encrypted traffic that was not read."],
  [/^tls\.unread$/, "sessions", "TLS sessions of which nothing was read. The page Dark lists their servers."],
  [/^tls\.partly$/, "sessions", "TLS sessions of which some was read."],
  [/^tls\.malformed_bytes$/, "bytes", "Bytes in TLS sessions that are no TLS record."],
]

/** Odd, and no loss. */
export const PROTOCOL_NOTED: readonly Row[] = [
  [/^http2\.(bad_frames|bad_blocks)$/, "times", "HTTP/2 frames or header blocks that break their rules."],
  [/^http2\.unknown_frames$/, "frames", "HTTP/2 frames of a type that the standard does not know."],
  [/^http2\.resets$/, "streams", "HTTP/2 streams that one side broke off."],
  [
    /^http2\.rapid_resets$/,
    "connections",
    "Connections on which streams were reset as fast as they were opened: an attack.",
  ],
  [/^http2\.pushed$/, "streams", "Responses that a server pushed without a request."],
  [/^tls\.alerts\.fatal$/, "alerts", "TLS sessions that one side refused or broke off."],
  [
    /^tls\.encrypted_hellos$/,
    "sessions",
    "TLS sessions whose true server name is encrypted: the name shown is a front's.",
  ],
  [/^tls\.ssl2_hellos$/, "sessions", "Sessions that still begin with a hello of SSL 2."],
  [
    /^tls\.(malformed|malformed_messages|long_messages)$/,
    "times",
    "Handshakes that contradict themselves or are too long.",
  ],
  [/^tls\.auth_failures$/, "records", "Tries to open a TLS record that failed: wrong keys, or a search behind a loss."],
  [/^tls\.early_data$/, "sessions", "TLS sessions with data before the end of the handshake, which can be replayed."],
  [/^tls\.keys\.(malformed|unsupported)$/, "lines", "Lines of key logs that the sensor cannot use."],
  [/^tls\.keys\.expired$/, "sessions", "Keys of TLS sessions forgotten after their time, unused or not."],
  [/^tls\.refused_early_records$/, "records", "Early data that servers refused: it comes again."],
  [/^websocket\.bad_frames$/, "frames", "WebSocket frames that break their rules."],
  [/^websocket\.without_request$/, "conversations", "WebSocket conversations whose opening was not seen."],
  [
    /^summary\.(form|multipart|xml|protobuf|packed)\.shape_limits$/,
    "bodies",
    "Forms, parts, XML or binary bodies too deep or too large to be described in full.",
  ],
  [
    /^summary\.(form|multipart|xml|protobuf|packed)\.shape_truncated$/,
    "bodies",
    "Forms, parts, XML or binary bodies that ended before they were whole.",
  ],
  [
    /^summary\.(form|multipart|xml|protobuf|packed)\.malformed$/,
    "bodies",
    "Bodies that are not what their Content-Type says.",
  ],
  [/^summary\.classes\.(fields_cut|places_forgotten)$/, "times", "Fields not looked at for data classes: limits."],
  [/^summary\.identity\.odd_forwarded$/, "requests", "Requests of which a trusted proxy does not say whose they are."],
  [/^summary\.identity\.links_forgotten$/, "links", "Sessions whose login was forgotten for want of space."],
]
