// The limits of the HTTP/2 stage, with the reason for each default.

export interface Http2Options {
  /** Longest header block that is gathered, with its CONTINUATIONs. Reached: blockTooLong, and the table is void. */
  readonly blockBytesMax: number
  /** Longest decoded head: names, values and 32 bytes a field, as SETTINGS_MAX_HEADER_LIST_SIZE counts. Reached: headTooLong. */
  readonly headBytesMax: number
  /** Largest dynamic table that is kept; what lies beyond is unknown. */
  readonly tableBytesMax: number
  /** Dynamic tables of a worker. Reached: tableMemcapDrop, and the table is void. */
  readonly tablesBytesMax: number
  /** Cut header blocks and body prefixes that a worker holds at once. Reached: gatherMemcapDrop. */
  readonly gatherBytesMax: number
  readonly bodyPrefixBytes: number
  /** Streams of one connection under way. Reached: streamsDropped, the oldest is told. */
  readonly streamsMax: number
  /** Of all connections of a worker. */
  readonly streamsTotalMax: number
}

const KIB = 1 << 10

export const HTTP2_DEFAULTS: Http2Options = {
  // As an HTTP/1 head: servers refuse beyond 8 to 32 KiB.
  blockBytesMax: 64 * KIB,
  headBytesMax: 256 * KIB,
  // Browsers and nghttp2 offer 64 KiB at most.
  tableBytesMax: 64 * KIB,
  tablesBytesMax: 64 * KIB * KIB,
  gatherBytesMax: 32 * KIB * KIB,
  bodyPrefixBytes: 64 * KIB,
  // Servers allow 100 to 1,000 concurrent streams.
  streamsMax: 1000,
  streamsTotalMax: 200_000,
}
