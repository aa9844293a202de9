// Seeds for hash tables that hold what strangers send. A table whose multipliers are secret cannot be filled with
// colliding keys from outside: the family sum(word[i] * odd[i]) mod 2^32, read from its top bits, is universal
// (Dietzfelbinger et al., 1997). Results must never depend on the seed: only the places of entries do.
import { randomFillSync } from "node:crypto"

/** `count` odd 32-bit multipliers: secret ones, or, for tests, those that follow from `seed`. */
export function hashMultipliers(count: number, seed?: number): Int32Array {
  const multipliers = new Int32Array(count)
  if (seed === undefined) randomFillSync(multipliers)
  else {
    let state = seed | 0
    for (let i = 0; i < count; i++) multipliers[i] = state = mix(state + 0x6d2b79f5)
  }
  for (let i = 0; i < count; i++) multipliers[i] = multipliers[i]! | 1
  return multipliers
}

/** Spreads every bit of `value` over the whole word; a bijection on 32 bits. */
export function mix(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return h ^ (h >>> 16)
}
