// What the decoder knows a field by: FieldName for ordinary fields, numbers above them for the pseudo-header fields.
import { fieldNameOf } from "../field-name.ts"
import { FieldName } from "../http-head.ts"

export const Pseudo = {
  method: 240,
  path: 241,
  scheme: 242,
  authority: 243,
  status: 244,
  protocol: 245,
  /** Begins with ":" and is none of these. */
  odd: 246,
} as const
export const PSEUDO_MIN = 240

const COLON = 58
const NAMES: readonly (readonly [string, number])[] = [
  [":path", Pseudo.path],
  [":method", Pseudo.method],
  [":scheme", Pseudo.scheme],
  [":status", Pseudo.status],
  [":protocol", Pseudo.protocol],
  [":authority", Pseudo.authority],
]

/** The code of the name in [start, end). */
export function fieldCodeOf(bytes: Uint8Array, start: number, end: number): number {
  if (end > start && bytes[start] !== COLON) return fieldNameOf(bytes, start, end)
  for (const [name, code] of NAMES) {
    if (name.length !== end - start) continue
    let i = 0
    while (i < name.length && bytes[start + i] === name.charCodeAt(i)) i++
    if (i === name.length) return code
  }
  return end > start ? Pseudo.odd : FieldName.other
}
