// Names of the anomaly codes in events (sensor/anomalies.ts, which nothing of the collector may import). Codes are part of
// the event contract: appended, never renumbered. A test holds the two lists together.

/** Index = code. */
export const ANOMALY_NAMES: readonly string[] = [
  "",
  "tcp.overlap_conflict",
  "http.lenient_head",
  "http.unknown_method",
  "http.raw_target_bytes",
  "http.space_in_target",
  "http.space_before_colon",
  "http.bare_line_feed",
  "http.obsolete_fold",
  "http.duplicate_length",
  "http.conflicting_length",
  "http.length_and_chunked",
  "http.bad_chunk",
  "http.bad_transfer_encoding",
  "http.many_fields",
  "http.head_too_long",
  "http.missing_host",
  "http.duplicate_host",
  "http.credential_in_url",
  "http.null_byte",
  "http.invalid_length",
  "http.bad_version",
  "http.data_after_close",
  "http.response_without_request",
  "http.body_decode_failed",
  "http.body_bomb",
  "auth.jwt_alg_none",
  "http.invalid_field_name",
  "http.invalid_status",
]

/** Counts by code as counts by name; a code newer than this list keeps its number. */
export function namedAnomalies(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).map(([code, count]) => [ANOMALY_NAMES[Number(code)] || `code ${code}`, count]),
  )
}
