// How many different keys were met, in a row of 512 bytes (HyperLogLog; Flajolet et al. 2007, Heule et al. 2013): standard error 4.6 %.
//
// In:  32-bit hashes, spread evenly. Out: an estimate; below 1,280 keys by the empty registers (linear counting), nearly exact.
// Rows are taken from the caller's array, so that thousands of them are one array.
export const DISTINCT_REGISTERS = 512
const INDEX_BITS = 9
const ALPHA = 0.7213 / (1 + 1.079 / DISTINCT_REGISTERS)

export function addDistinct(registers: Uint8Array, start: number, hash: number): void {
  const at = start + (hash >>> (32 - INDEX_BITS))
  const rank = Math.min(Math.clz32(hash << INDEX_BITS), 32 - INDEX_BITS) + 1
  if (registers[at]! < rank) registers[at] = rank
}

export function distinctCount(registers: Uint8Array, start: number): number {
  let sum = 0
  let empty = 0
  for (let at = start; at < start + DISTINCT_REGISTERS; at++) {
    sum += 2 ** -registers[at]!
    if (registers[at] === 0) empty++
  }
  const raw = (ALPHA * DISTINCT_REGISTERS ** 2) / sum
  if (raw <= 2.5 * DISTINCT_REGISTERS && empty > 0) return DISTINCT_REGISTERS * Math.log(DISTINCT_REGISTERS / empty)
  return raw
}

/** What `from` counted, `into` has counted, too. */
export function mergeDistinct(into: Uint8Array, intoStart: number, from: Uint8Array, fromStart: number): void {
  for (let i = 0; i < DISTINCT_REGISTERS; i++)
    into[intoStart + i] = Math.max(into[intoStart + i]!, from[fromStart + i]!)
}
