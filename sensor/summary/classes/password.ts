// Passwords. Only the name can say so: the value must be there, be no address of a page, and not be stars.

const VALUE_MAX = 1024

export function isPassword(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > VALUE_MAX) return false
  const first = bytes[start]!
  let isMasked = true
  let hasSpace = false
  for (let i = start; i < end; i++) {
    const b = bytes[i]!
    if (b !== first) isMasked = false
    if (b === 0x3a && bytes[i + 1] === 0x2f && bytes[i + 2] === 0x2f) return false
    if (b === 0x20) hasSpace = true
  }
  // "•" is three bytes beyond ASCII; one character over and over hides what stood there.
  if (isMasked && end - start > 1 && (first === 0x2a || first === 0x78 || first === 0x58 || first === 0x2e))
    return false
  return !(first === 0xe2 && bytes[start + 1] === 0x80 && bytes[start + 2] === 0xa2) && !(hasSpace && end - start > 128)
}
