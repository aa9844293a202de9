// Test support: what a walker tells of values, as text, and the property that every walker has.
import assert from "node:assert/strict"
import type { FieldReceiver } from "../classes/field-receiver.ts"

/** "name=value" of every field, "#value" for those that are no text. */
export class FakeFieldReceiver implements FieldReceiver {
  readonly fields: string[] = []
  readonly paths = new Set<number>()

  onField(
    field: number,
    names: Uint8Array,
    nameStart: number,
    nameEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isText: boolean,
  ): void {
    assert.ok(nameStart >= 0 && nameStart <= nameEnd && nameEnd <= names.length)
    assert.ok(start >= 0 && start <= end && end <= bytes.length)
    const name = Buffer.from(names.subarray(nameStart, nameEnd)).toString()
    const value = Buffer.from(bytes.subarray(start, end)).toString()
    this.fields.push(`${name}${isText ? "=" : "#"}${value}`)
    this.paths.add(field)
  }
}

/** Each "path:type" of the lines, one for each type; brackets that only say that a field repeats are left out. */
export function pairsOf(lines: readonly string[]): Set<string> {
  return new Set(
    lines.flatMap((line) => {
      const colon = line.lastIndexOf(":")
      const path = line.slice(0, colon).replaceAll("[]", "")
      return line
        .slice(colon + 1)
        .split("|")
        .map((type) => `${path}:${type}`)
    }),
  )
}

/** Said of a path only where nothing below it says so. */
const CONTAINER = /:(?:object|array)$/

/** The beginning of a document, whatever its length, has no path or type that the whole of it does not have. */
export function checkPrefixes(bytes: Uint8Array, pathsOf: (prefix: Uint8Array, whole: boolean) => string[]): void {
  const all = pairsOf(pathsOf(bytes, true))
  for (let length = 0; length < bytes.length; length++)
    for (const pair of pairsOf(pathsOf(bytes.subarray(0, length), false)))
      assert.ok(
        all.has(pair) || CONTAINER.test(pair),
        `${pair} in the first ${length} of ${bytes.length} bytes: ${[...all].join(" ")}`,
      )
}

/** The bytes in the middle of a larger buffer, whose rest would change the outcome if it were read. */
export function framed(
  body: Uint8Array,
  before: string,
  after: string,
): { bytes: Uint8Array; start: number; end: number } {
  const bytes = Buffer.concat([Buffer.from(before), body, Buffer.from(after)])
  return { bytes, start: Buffer.byteLength(before), end: Buffer.byteLength(before) + body.length }
}
