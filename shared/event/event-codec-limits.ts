// What a message may hold. The encoder cuts to these and counts; the decoder refuses what exceeds them, because a message
// that does was not made by a sensor of ours.
import { STATE_NAMES } from "./api-event.ts"

export const CODEC_LIMITS = {
  /** Bytes of a message, before and after decompression. */
  messageBytes: 8 * 1024 * 1024,
  /** Events in a batch. */
  events: 10_000,
  /** Distinct strings in a batch. */
  strings: 65_536,
  /** UTF-16 units of a string. */
  stringUnits: 1024,
  /** Rows of one record table (clients, servers, identities, operations, forms, calls). */
  records: 20_000,
  /** Elements of one kind of list, over the whole batch. */
  elements: 262_144,
  /** Names in one list of an operation (query, headers, cookies). */
  names: 128,
  /** Objects of an event: one for each strong path token. */
  objects: 8,
  /** Anomalies of an event. */
  anomalies: 64,
  /** Data classes of an event in one direction. */
  classes: 64,
  /** Distinct values of queries in a batch. */
  values: 16_384,
  /** Ids that a response gave, tokens of text that may be ids, and ids in a request's body, of an event. */
  returned: 512,
  weakObjects: 4,
  bodyObjects: 8,
  /** Fields of a call. */
  callFields: 16,
  /** TLS notes in a batch, and certificate names of one. */
  tlsNotes: 1024,
  certificateNames: 8,
  /** Shape notes in a batch, and lines in one. */
  shapes: 1024,
  shapePaths: 1024,
  /** Counters in the ledger of an envelope. */
  ledger: 1024,
} as const

/** Greatest time that travels, µs since 1970: the year 2112. Its differences, doubled, are still exact numbers. */
export const TIME_MAX_US = 2 ** 52 - 1
/** 48-bit keys and pseudonyms. */
export const KEY_MAX = 2 ** 48 - 1
export const HASH_MAX = 0xffff_ffff

/** log2 of a lifetime or age in seconds, plus one so that unknown is 0. */
export const LIFETIME_MAX = 64
export const HOPS_MAX = 0xff
/** Depth, aliases and batch of a call. */
export const CALL_COUNT_MAX = 0xffff_ffff
/** gRPC status or close code, plus one so that unknown is 0. */
export const OUTCOME_MAX = 0xffff
export const UNKNOWN_MAX = 0xff
export const PATH_FLAGS_MAX = 0xffff
/** Greatest absolute step, and greatest log2 of a paging parameter plus one so that unknown is 0. */
export const STEP_MAX = 64
export const PAGE_MAX = 65
export const STATE_MAX = STATE_NAMES.length - 1
export const FLAGS_MAX = 0xffff
export const ANOMALY_MAX = 1023
export const STATUS_MAX = 999
