// Ids of a JSON document, or of a form, under names that are known: a pass over the bytes that is far quicker than a walk of the shape,
// so that every body can be asked and not one in sixteen.
//
// In:  bytes of one document or of several after each other, perhaps cut; the names of its place.   Out: values, to an IdCollector.
// At any depth: what counts is the name. A list under a name that holds ids is a list of ids. Values with escapes are not ids.
import { skipSpace } from "../json-shape-scan.ts"
import { classify, isStrong, Kind } from "../value-class.ts"
import type { IdCollector } from "./id-collector.ts"
import { Says } from "./id-names.ts"
import type { PlaceIds } from "./place-ids.ts"

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const AND = 0x26
const EQUALS = 0x3d
/** A key that is an id is at least so long. */
const ID_KEY_MIN = 5

export function scanJson(bytes: Uint8Array, start: number, end: number, place: PlaceIds, ids: IdCollector): void {
  let i = skipSpace(bytes, start, end)
  if (place.isBare && bytes[i] === OPEN_ARRAY) i = scanList(bytes, i + 1, end, Says.id, ids)
  for (;;) {
    while (i < end && bytes[i] !== QUOTE) i++
    const from = i + 1
    let stop = from
    while (stop < end && bytes[stop] !== QUOTE) stop += bytes[stop] === BACKSLASH ? 2 : 1
    if (++stop > end) return
    i = bytes[stop] === COLON ? stop : skipSpace(bytes, stop, end)
    if (i >= end) return
    if (bytes[i] !== COLON) continue
    i++
    const says = place.find(bytes, from, stop - 1)
    if (says !== Says.nothing) i = scanValue(bytes, i, end, says, ids)
    else if (place.hasIdKeys && isIdKey(bytes, from, stop - 1)) ids.note(bytes, from, stop - 1, Says.text, true)
  }
}

/** A form, whose names are those of a walk: the last part of "user[address][id]". */
export function scanForm(
  bytes: Uint8Array,
  start: number,
  end: number,
  whole: boolean,
  place: PlaceIds,
  ids: IdCollector,
): void {
  for (let at = start, next = at; at < end; at = next + 1) {
    let equals = -1
    for (next = at; next < end && bytes[next] !== AND; next++) if (equals < 0 && bytes[next] === EQUALS) equals = next
    if (equals <= at || (next === end && !whole)) continue
    let to = equals
    let from = at
    if (bytes[to - 1] === CLOSE_ARRAY && bytes[to - 2] === OPEN_ARRAY) to -= 2
    else if (bytes[to - 1] === CLOSE_ARRAY) {
      from = --to
      while (from > at && bytes[from - 1] !== OPEN_ARRAY) from--
    }
    const says = to > from ? place.find(bytes, from, to) : Says.nothing
    if (says !== Says.nothing) ids.note(bytes, equals + 1, next, says, true)
  }
}

/** A value under a name that holds ids; returns where to go on. */
function scanValue(bytes: Uint8Array, start: number, end: number, says: Says, ids: IdCollector): number {
  const at = skipSpace(bytes, start, end)
  return bytes[at] === OPEN_ARRAY ? scanList(bytes, at + 1, end, says, ids) : scanScalar(bytes, at, end, says, ids)
}

function scanList(bytes: Uint8Array, start: number, end: number, says: Says, ids: IdCollector): number {
  let i = skipSpace(bytes, start, end)
  for (;;) {
    const next = scanScalar(bytes, i, end, says, ids)
    if (next === i) return i
    i = skipSpace(bytes, next, end)
    if (bytes[i] !== COMMA) return i
    i = skipSpace(bytes, i + 1, end)
  }
}

/** Returns the index after the scalar, or `at` when there is none, or its end was not seen. */
function scanScalar(bytes: Uint8Array, at: number, end: number, says: Says, ids: IdCollector): number {
  if (at >= end) return at
  if (bytes[at] === QUOTE) {
    let stop = at + 1
    while (stop < end && bytes[stop] !== QUOTE) stop += bytes[stop] === BACKSLASH ? 2 : 1
    if (stop >= end) return end
    ids.note(bytes, at + 1, stop, says, true)
    return stop + 1
  }
  let i = at
  while (i < end && bytes[i]! >= 0x30 && bytes[i]! <= 0x39) i++
  if (i === at || i === end) return i
  const b = bytes[i]!
  // No fraction, no exponent.
  if (b !== 0x2e && (b | 0x20) !== 0x65) ids.note(bytes, at, i, says, false)
  return i
}

function isIdKey(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= ID_KEY_MIN && isKeyKind(classify(bytes, start, end))
}

/** Kinds of values that identify something under any name. */
export function isIdKind(kind: Kind): boolean {
  return kind === Kind.uuid || kind === Kind.hex || kind === Kind.ulid || kind === Kind.id || kind === Kind.serial
}

/** Kinds of keys of maps that are ids: numbers, too. */
export function isKeyKind(kind: Kind): boolean {
  return kind !== Kind.date && kind !== Kind.timestamp && kind !== Kind.jwt && kind !== Kind.float && isStrong(kind)
}
