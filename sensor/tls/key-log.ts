// Lines of a TLS key log, as programs write them that are told to by SSLKEYLOGFILE. NSS key log format; RFC 9850.
//
//   LABEL SP client-random (64 hex digits) SP secret (hex digits) LF
//
// In:  bytes in pieces, from a file, a capture or a socket.
// Out: onSecret for each line that names a secret that decrypts records. Comments and empty lines are passed over.
// Given up, and counted: lines that are too long or not of this form. What a line holds goes nowhere but to the receiver, as
// bytes that can be filled with zeros: never into a string, a message or a log.
import {
  NEEDLESS_LABELS,
  RANDOM_BYTES,
  SECRET_BYTES_MAX,
  SECRET_LABELS,
  type Secret,
  UNSUPPORTED_LABELS,
} from "./secret-labels.ts"

export interface KeyLogReceiver {
  /** `secret`: valid during the call, then zeros. `clientRandom`: 64 lower-case hex digits. */
  onSecret(label: Secret, clientRandom: string, secret: Uint8Array): void
}

/** The longest label, random and secret take 177; RSA lines, which are only counted, less than this. */
export const LINE_BYTES_MAX = 512
const LABEL_BYTES_MAX = 40

const LF = 10
const CR = 13
const SP = 32
const HASH = 35

export class KeyLogCounters {
  /** Lines with a label, whatever became of them. */
  lines = 0
  /** Secrets for which no record waits: of exporters and the like. */
  needless = 0
  /** Premaster secrets. */
  unsupported = 0
  malformed = 0
}

export class KeyLogReader {
  readonly #receiver: KeyLogReceiver
  readonly #counters: KeyLogCounters
  readonly #line = Buffer.alloc(LINE_BYTES_MAX)
  #length = 0
  /** The rest of a line that is too long. */
  #isSkipping = false
  readonly #secret = Buffer.alloc(SECRET_BYTES_MAX)

  constructor(receiver: KeyLogReceiver, counters: KeyLogCounters) {
    this.#receiver = receiver
    this.#counters = counters
  }

  read(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      const found = bytes.indexOf(LF, at)
      const end = found < 0 ? bytes.length : found
      this.#take(bytes, at, end)
      if (found >= 0) this.#endLine()
      at = end + 1
    }
  }

  /** The input has ended: a last line without its line feed counts. */
  end(): void {
    if (this.#length > 0 || this.#isSkipping) this.#endLine()
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isSkipping) return
    if (this.#length + end - start > LINE_BYTES_MAX) {
      this.#isSkipping = true
      return
    }
    this.#line.set(bytes.subarray(start, end), this.#length)
    this.#length += end - start
  }

  #endLine(): void {
    const line = this.#line
    let end = this.#length
    if (end > 0 && line[end - 1] === CR) end--
    if (this.#isSkipping) {
      this.#counters.lines++
      this.#counters.malformed++
    } else if (end > 0 && line[0] !== HASH) this.#readLine(end)
    line.fill(0, 0, this.#length)
    this.#length = 0
    this.#isSkipping = false
  }

  #readLine(end: number): void {
    const counters = this.#counters
    counters.lines++
    const labelEnd = this.#line.indexOf(SP)
    if (labelEnd <= 0 || labelEnd >= end || labelEnd > LABEL_BYTES_MAX) {
      counters.malformed++
      return
    }
    const name = this.#line.latin1Slice(0, labelEnd)
    const label = SECRET_LABELS.get(name)
    if (label === undefined) {
      if (NEEDLESS_LABELS.has(name)) counters.needless++
      else if (UNSUPPORTED_LABELS.has(name)) counters.unsupported++
      else counters.malformed++
      return
    }
    if (!this.#readSecret(label, labelEnd + 1, end)) counters.malformed++
  }

  /** `start`: of the random. */
  #readSecret(label: Secret, start: number, end: number): boolean {
    const line = this.#line
    const randomEnd = start + 2 * RANDOM_BYTES
    const secretStart = randomEnd + 1
    const secretBytes = (end - secretStart) / 2
    // A master secret has 48 bytes, a traffic secret as many as its hash.
    if (secretBytes !== SECRET_BYTES_MAX && (secretBytes !== 32 || label === 0)) return false
    if (line[randomEnd] !== SP) return false
    for (let at = start; at < randomEnd; at++) if (hexDigit(line[at]!) < 0) return false
    for (let i = 0; i < secretBytes; i++) {
      const high = hexDigit(line[secretStart + 2 * i]!)
      const low = hexDigit(line[secretStart + 2 * i + 1]!)
      if (high < 0 || low < 0) {
        this.#secret.fill(0)
        return false
      }
      this.#secret[i] = (high << 4) | low
    }
    const random = line.latin1Slice(start, randomEnd).toLowerCase()
    this.#receiver.onSecret(label, random, this.#secret.subarray(0, secretBytes))
    this.#secret.fill(0)
    return true
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}
