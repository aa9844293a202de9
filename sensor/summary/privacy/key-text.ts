// The text of a key file: the key in force, and for some time after a rotation the one before it.
//
//   2:Zm9v...=                          EPOCH:KEY, 32 bytes in base64 or hex; "EPOCH:" may be missing and is then 1
//   former 1:YmFy...= until 2026-12-29   the key before it, used beside it until the end of that day (UTC, packet time)
//
// A mistake is one sentence that names neither a key nor any part of it.
import { KEY_BYTES, PseudonymKey } from "./pseudonym.ts"

/** Epoch 0 is "unknown" in envelopes; keys count from 1. */
export const EPOCH_MAX = 65_535
/** Days in which two keys overlap after a rotation: longer than a month, so that monthly consumers are known again. */
export const OVERLAP_DAYS = 35
const DAY_US = 86_400_000_000
const FILE_BYTES_MAX = 1024

interface KeyText {
  readonly epoch: number
  readonly bytes: Uint8Array
}

/** Text of a key file. `random`: KEY_BYTES bytes from the system's generator. */
export function formatKey(random: Uint8Array, epoch = 1): string {
  if (random.length !== KEY_BYTES) throw new RangeError(`a pseudonym key has ${KEY_BYTES} bytes`)
  return `${epoch}:${Buffer.from(random).toString("base64")}\n`
}

function keyText(text: string): KeyText | { readonly mistake: string } {
  const parts = /^(?:(\d{1,5}):)?([A-Za-z0-9+/_=-]+)$/.exec(text)
  if (parts === null) return { mistake: 'the key file does not hold "EPOCH:KEY" with a key in base64 or hex' }
  const epoch = parts[1] === undefined ? 1 : Number(parts[1])
  if (epoch < 1 || epoch > EPOCH_MAX) return { mistake: `the key's epoch is not between 1 and ${EPOCH_MAX}` }
  const body = parts[2]!
  const bytes = /^[0-9a-f]{64}$/i.test(body) ? Buffer.from(body, "hex") : Buffer.from(body, "base64")
  return bytes.length === KEY_BYTES
    ? { epoch, bytes }
    : { mistake: `the key has ${bytes.length} bytes, not ${KEY_BYTES}` }
}

/** The last microsecond of a day "YYYY-MM-DD", -1 when there is no such day. */
function endOfDayUs(day: string): number {
  const ms = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== day ? -1 : ms * 1000 + DAY_US - 1
}

/** "YYYY-MM-DD" of a time in µs. */
const dayOf = (us: number): string => new Date(us / 1000).toISOString().slice(0, 10)

function overlap(untilUs: number): string {
  const rotated = dayOf(untilUs - OVERLAP_DAYS * DAY_US)
  return `was rotated on ${rotated}; the former key is in use until ${dayOf(untilUs)}; --force to drop it`
}

/** The key in a key file. */
export function parseKey(file: Uint8Array): { key: PseudonymKey } | { mistake: string } {
  if (file.length > FILE_BYTES_MAX) return { mistake: "the key file is longer than any key" }
  const lines = Buffer.from(file)
    .toString("latin1")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
  const current = keyText(lines[0] ?? "")
  if ("mistake" in current) return current
  if (lines.length > 2) return { mistake: "the key file holds more than a key and the one before it" }
  if (lines.length === 1) return { key: new PseudonymKey(current.bytes, current.epoch) }
  const parts = /^former (\S+) until (\d{4}-\d{2}-\d{2})$/.exec(lines[1]!)
  const untilUs = parts === null ? -1 : endOfDayUs(parts[2]!)
  if (parts === null || untilUs < 0)
    return { mistake: 'the second line of the key file is not "former EPOCH:KEY until YYYY-MM-DD"' }
  const former = keyText(parts[1]!)
  if ("mistake" in former) return former
  if (former.epoch >= current.epoch) return { mistake: "the former key's epoch is not below that of the key in force" }
  const before = new PseudonymKey(former.bytes, former.epoch)
  return { key: new PseudonymKey(current.bytes, current.epoch, before, untilUs) }
}

/**
 * Text of the key file after a rotation: a new key in force, the present one beside it for OVERLAP_DAYS. `today`: "YYYY-MM-DD".
 * A key that is already the former one is dropped, which is a mistake while it overlaps, unless `isForced`. A mistake goes on after the
 * name of the file.
 */
export function rotatedKey(
  file: Uint8Array,
  random: Uint8Array,
  today: string,
  isForced = false,
): { text: string } | { mistake: string } {
  const parsed = parseKey(file)
  if ("mistake" in parsed) return { mistake: `cannot be rotated: ${parsed.mistake}` }
  const { epoch, formerUntilUs } = parsed.key
  if (!isForced && formerUntilUs >= Date.parse(`${today}T00:00:00Z`) * 1000) return { mistake: overlap(formerUntilUs) }
  const present = Buffer.from(file).toString("latin1").trim().split("\n", 1)[0]!.trim()
  if (epoch === EPOCH_MAX) return { mistake: `cannot be rotated: the key's epoch has reached ${EPOCH_MAX}` }
  const until = dayOf(Date.parse(`${today}T00:00:00Z`) * 1000 + OVERLAP_DAYS * DAY_US)
  const former = present.includes(":") ? present : `1:${present}`
  return { text: `${formatKey(random, epoch + 1)}former ${former} until ${until}\n` }
}
