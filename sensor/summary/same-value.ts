// Whether a value at hand is one that was kept.

/** From this length on, the runtime's comparison is quicker than a loop. */
const COMPARE_NATIVE = 48

export function isSameValue(kept: Uint8Array, buffer: Buffer, start: number, end: number): boolean {
  const length = end - start
  if (kept.length !== length) return false
  if (length >= COMPARE_NATIVE) return buffer.compare(kept, 0, length, start, end) === 0
  for (let i = 0; i < length; i++) if (kept[i] !== buffer[start + i]) return false
  return true
}
