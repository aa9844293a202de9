// A body's bytes without their Content-Encoding.
//
// In:  the prefix of a body that the sensor kept, perhaps the whole body, and the names of its codings.
// Out: the first outputBytesMax bytes of what was encoded. A prefix yields what it has; a damaged body what comes before
//      the damage, as far as it is found cheaply.
// gzip of several members, deflate (zlib, and raw as some servers send it, told apart by the first two bytes), br without large
// windows, zstd of several frames, skippable ones included (zstd-frames.ts); up to CODINGS_MAX in a row, the last one
// undone first. RFC 9110 section 8.4, RFC 1950 to 1952, RFC 7932, RFC 8878, RFC 9659 (window of zstd).
//
// node:zlib's synchronous functions give either all of the output or none. So that a limit keeps what came before it,
// they may produce WORK times the limit, which is then cut; when even that is not enough, the first 1/8 of the input is
// decoded in place of all, then 1/64, 1/512, then nothing is kept. Likewise a damaged body is tried again with its first
// 1/2, 1/4, 1/8. Bound: ATTEMPTS_MAX decodings for each coding, and one more when a body ends early, each of at most
// WORK * outputBytesMax bytes and a chunk. Only brotli works more than it gives: its decoder fills its window, 16 MiB at
// most, before it hands out a byte, so that a bomb of 27 bytes takes 6 ms where the others take less than 2.
// Given up: the rest of a body that expands beyond its limit. It is a bomb only when it also expands more than ratioMax times.
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, constants as z } from "node:zlib"
import { Anomaly } from "../../shared/event/anomalies.ts"
import { inflateFrames, isZstd } from "./zstd-frames.ts"

export const CODINGS_MAX = 3
export const ATTEMPTS_MAX = 4
const WORK = 4
/** Part of the input that is decoded when all of it expands too far. */
const PART = 8
const CHUNK_MIN = 4096
const CHUNK_MAX = 65_536
/** log2 of bytes: what RFC 9659 allows in HTTP. A frame that wants more would make the sensor set it aside. */
const ZSTD_WINDOW_LOG = 23

export interface DecodeLimits {
  /** Bytes kept of a decoded body. */
  readonly outputBytesMax: number
  /** Decoded bytes for an encoded byte beyond which a body that is over its limit is a bomb. JSON seldom exceeds 50. */
  readonly ratioMax: number
}
export const DECODE_LIMITS: DecodeLimits = { outputBytesMax: 256 * 1024, ratioMax: 100 }

/** Bytes [start, end) of `bytes` are the decoded body. */
export interface DecodedBody {
  bytes: Uint8Array
  start: number
  end: number
  /** Anomaly.bodyDecodeFailed, Anomaly.bodyBomb, or 0. */
  anomaly: number
  /** The bytes are the body from its first to its last. */
  whole: boolean
  /** A coding that exists and is not undone here: nothing is kept, and nothing is wrong. */
  isForeign: boolean
}

type Codec = "gzip" | "deflate" | "br" | "zstd"
const CODECS: Readonly<Record<string, readonly Codec[]>> = {
  __proto__: null as never,
  gzip: ["gzip"],
  "x-gzip": ["gzip"],
  deflate: ["deflate"],
  br: ["br"],
  zstd: ["zstd"],
  identity: [],
  "": [],
  // What servers write who mistake the field for another one: the body is as it is.
  none: [],
  "utf-8": [],
  binary: [],
  "8bit": [],
}
/** Of IANA's registry, and Amazon's chunks with signatures. */
const FOREIGN = /(?:^|, *)(?:x-)?(?:compress|exi|pack200-gzip|aes128gcm|dcb|dcz|aws-chunked)(?: *,|$)/

const NOTHING = new Uint8Array(0)

export class BodyDecoder {
  readonly #limits: DecodeLimits
  readonly #result: DecodedBody = { bytes: NOTHING, start: 0, end: 0, anomaly: 0, whole: false, isForeign: false }
  /** Of the last #run: why there is no output. */
  #isTooLarge = false
  #endsEarly = false

  constructor(limits: DecodeLimits = DECODE_LIMITS) {
    this.#limits = limits
  }

  /**
   * `coding` is the value of Content-Encoding in lower case; `whole` says that [start, end) is all of the body. The result
   * is one record, reused by the next call. Bytes without coding are handed back untouched and uncut.
   */
  decode(coding: string, bytes: Uint8Array, start: number, end: number, whole: boolean): DecodedBody {
    const result = this.#result
    result.bytes = bytes
    result.start = start
    result.end = end
    result.anomaly = 0
    result.whole = whole
    result.isForeign = false
    const codecs = CODECS[coding] ?? parseCodings(coding)
    if (codecs === null) {
      result.isForeign = FOREIGN.test(coding)
      this.#fail(result.isForeign ? 0 : Anomaly.bodyDecodeFailed)
      return result
    }
    if (end <= start) return result
    for (let k = codecs.length - 1; k >= 0 && result.end > result.start; k--) this.#undo(codecs[k]!, end - start)
    return result
  }

  /** Nothing is kept. */
  #fail(anomaly: number): void {
    const result = this.#result
    result.bytes = NOTHING
    result.start = result.end = 0
    result.anomaly = anomaly
    result.whole = false
  }

  /** Undoes one coding of the result. `sent` is the body's length on the wire, which its expansion is measured by. */
  #undo(codec: Codec, sent: number): void {
    const { bytes, start, end, whole } = this.#result
    const input = bytes.subarray(start, end)
    if (!isPlausible(codec, input)) {
      this.#fail(Anomaly.bodyDecodeFailed)
      return
    }
    const output = this.#run(codec, input, whole)
    if (output !== null) this.#keep(output, output.length, sent)
    else if (this.#isTooLarge) this.#undoPart(codec, input, sent)
    else this.#undoDamaged(codec, input, sent)
  }

  /** The limit's worth of `output`, of which the body would have given about `expanded` bytes. */
  #keep(output: Uint8Array, expanded: number, sent: number): void {
    const { outputBytesMax, ratioMax } = this.#limits
    const result = this.#result
    result.bytes = output
    result.start = 0
    result.end = Math.min(output.length, outputBytesMax)
    if (expanded <= outputBytesMax) return
    result.whole = false
    if (expanded > ratioMax * sent) result.anomaly = Anomaly.bodyBomb
  }

  /** All of the input expands too far: a part of it, as large as can be. */
  #undoPart(codec: Codec, input: Uint8Array, sent: number): void {
    const enough = WORK * this.#limits.outputBytesMax
    let output: Uint8Array | null = null
    let part = 1
    for (let attempt = 1; attempt < ATTEMPTS_MAX && output === null; attempt++) {
      part *= PART
      output = this.#run(codec, input.subarray(0, Math.ceil(input.length / part)), false)
      if (output === null && !this.#isTooLarge) break
    }
    // What did not fit a part as large as the last but one, or all of it, says how far it expands at least.
    const expanded = Math.max((enough * part) / (output === null ? 1 : PART), (output?.length ?? 0) * part)
    this.#keep(output ?? NOTHING, expanded, sent)
  }

  /** Cut short without saying so: all of it can be read. Damaged: some beginning may be, if the coding says where it begins. */
  #undoDamaged(codec: Codec, input: Uint8Array, sent: number): void {
    let output = this.#endsEarly ? this.#run(codec, input, false) : null
    const attempts = codec === "br" || (codec === "deflate" && !isZlib(input)) ? 0 : ATTEMPTS_MAX - 1
    let length = input.length >>> 1
    for (let attempt = 0; attempt < attempts && length > 0 && output === null; attempt++, length >>>= 1)
      output = this.#run(codec, input.subarray(0, length), false)
    this.#fail(Anomaly.bodyDecodeFailed)
    if (output !== null) this.#keep(output, output.length, sent)
  }

  /** All of the output, or null and the reason. */
  #run(codec: Codec, input: Uint8Array, whole: boolean): Uint8Array | null {
    const maxOutputLength = WORK * this.#limits.outputBytesMax
    const chunkSize = Math.min(CHUNK_MAX, Math.max(CHUNK_MIN, input.length * 8))
    const finishFlush = whole ? z.Z_FINISH : z.Z_SYNC_FLUSH
    this.#isTooLarge = this.#endsEarly = false
    try {
      switch (codec) {
        case "gzip":
          return gunzipSync(input, { maxOutputLength, chunkSize, finishFlush })
        case "deflate":
          return (isZlib(input) ? inflateSync : inflateRawSync)(input, { maxOutputLength, chunkSize, finishFlush })
        case "br":
          return brotliDecompressSync(input, {
            maxOutputLength,
            chunkSize,
            finishFlush: whole ? z.BROTLI_OPERATION_FINISH : z.BROTLI_OPERATION_PROCESS,
          })
        case "zstd":
          return inflateFrames(input, {
            maxOutputLength,
            chunkSize,
            finishFlush: whole ? z.ZSTD_e_end : z.ZSTD_e_continue,
            params: { [z.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG },
          })
      }
    } catch (error) {
      const code = (error as { code?: unknown }).code
      this.#isTooLarge = code === "ERR_BUFFER_TOO_LARGE"
      this.#endsEarly = code === "Z_BUF_ERROR"
      return null
    }
  }
}

/** The codings of a list in the order in which they were applied; null when one is unknown or there are too many. */
function parseCodings(list: string): readonly Codec[] | null {
  const names = list.split(",", CODINGS_MAX + 1)
  if (names.length > CODINGS_MAX) return null
  const codecs: Codec[] = []
  for (const name of names) {
    const known = CODECS[name.trim()]
    if (known === undefined) return null
    codecs.push(...known)
  }
  return codecs
}

/** RFC 1950 section 2.2: method 8, and a check that makes the first two bytes divisible by 31. */
const isZlib = (input: Uint8Array): boolean =>
  (input[0]! & 0x0f) === 8 && (input.length < 2 || ((input[0]! << 8) | input[1]!) % 31 === 0)

/** False when the first bytes cannot be the codec's: cheaper than to let it throw. */
function isPlausible(codec: Codec, input: Uint8Array): boolean {
  if (codec === "gzip") return input[0] === 0x1f && (input.length < 2 || input[1] === 0x8b)
  return codec !== "zstd" || input.length < 4 || isZstd(input, 0)
}
