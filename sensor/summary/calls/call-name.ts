// Names of operations, fit to be published. A name is chosen by whoever sends the request, so it could hold anything:
// only what looks like an identifier, or several of them, is shown, and nothing that looks like an id or a token.
import { isNoName } from "../privacy/name-likeness.ts"
import { classify, isStrong } from "../value-class.ts"

/** Longest name that is shown. */
export const NAME_MAX = 64
/** In place of any other. */
export const ODD_NAME = "{odd}"

const NAME = /^[$A-Za-z_][A-Za-z0-9_]*(?:[.:/#-][A-Za-z0-9_]+)*$/
const scratch = Buffer.alloc(NAME_MAX)

/** `name`, or ODD_NAME. */
export function callName(name: string): string {
  if (name.length > NAME_MAX || !NAME.test(name)) return ODD_NAME
  const length = scratch.write(name, "latin1")
  let start = 0
  for (let i = 0; i <= length; i++) {
    const b = scratch[i]
    // "-" stays inside: ids with a prefix have one.
    if (i < length && b !== 0x2e && b !== 0x2f && b !== 0x3a && b !== 0x23) continue
    if (i - start >= 7 && (isStrong(classify(scratch, start, i)) || isNoName(scratch, start, i))) return ODD_NAME
    start = i + 1
  }
  return name
}
