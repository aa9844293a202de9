// GraphQL with files: a multipart body whose field "operations" is the JSON that would otherwise be the body, and comes first
// (GraphQL multipart request specification, "File structure").
//
// In:  the body.   Out: where that JSON lies, to the end of what is there when it is cut.
import { CUT, PartHead, TOO_LONG } from "../body/part-head.ts"

const LF = 0x0a
const DASH = 0x2d
const NAME = Buffer.from("operations")
const BOUNDARY_MAX = 80
const head = new PartHead()

export function operationsPart(bytes: Uint8Array, start: number, end: number): { start: number; end: number } | null {
  if (bytes[start] !== DASH || bytes[start + 1] !== DASH) return null
  let at = start
  while (at < end && bytes[at] !== LF && at - start < BOUNDARY_MAX) at++
  if (bytes[at] !== LF) return null
  const content = head.read(bytes, at + 1, end)
  if (content === CUT || content === TOO_LONG) return null
  const isNamed = head.nameLength === NAME.length && NAME.equals(head.name.subarray(0, NAME.length))
  // JSON ends by itself: where the part does need not be known.
  return isNamed ? { start: content, end } : null
}
