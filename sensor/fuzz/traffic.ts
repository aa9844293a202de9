// Endless traffic that follows from a seed: several conversations at a time, each spoilt in its own way, or not at all.
//
// In:  a seed and what to spoil. Out: frames, one after the other. Most conversations are nearly right: what is wrong everywhere
// reaches only the first check.
import type { FuzzFrame } from "./fuzz-frame.ts"
import { mutate } from "./mutations.ts"
import { disorder, readdress, shiftNumbers } from "./orders.ts"
import { Random } from "./random.ts"
import { fragment, wrap } from "./wrappings.ts"

/** Conversations under way at the same time. */
const AT_ONCE = 12

/** Frames taken of one conversation. */
const FRAMES_MAX = 200

export class FuzzTraffic {
  readonly #random: Random
  readonly #seeds: readonly (readonly FuzzFrame[])[]
  readonly #conversations: FuzzFrame[][] = []

  constructor(seeds: readonly (readonly FuzzFrame[])[], seed: number, stream: number) {
    this.#seeds = seeds
    this.#random = new Random(seed, stream)
  }

  next(): FuzzFrame {
    const random = this.#random
    for (;;) {
      while (this.#conversations.length < AT_ONCE) this.#conversations.push(this.#spoil())
      const i = random.below(AT_ONCE)
      const conversation = this.#conversations[i]!
      const frame = conversation.pop()
      if (frame !== undefined) return frame
      this.#conversations.splice(i, 1)
    }
  }

  /** The frames of a new conversation, the last first. */
  #spoil(): FuzzFrame[] {
    const random = this.#random
    const seed = random.pick(this.#seeds)
    const from = random.once(4) ? random.below(seed.length) : 0
    let frames: FuzzFrame[] = seed
      .slice(from, from + FRAMES_MAX)
      .map((frame) => ({ ...frame, bytes: Uint8Array.from(frame.bytes) }))
    if (random.once(2)) shiftNumbers(frames, nearWrap(random), nearWrap(random))
    // Now and then under the addresses of another one that may still be under way.
    if (!random.once(5)) readdress(frames, random.below(65_536))
    const plan = random.below(10)
    if (plan >= 3) disorder(frames, random)
    if (plan >= 6) {
      const oneIn = random.pick([2, 8, 30])
      for (const frame of frames) if (random.once(oneIn)) mutate(frame, random, random.pick(seed))
    }
    if (random.once(5)) frames = frames.flatMap((frame) => (random.once(3) ? fragment(frame, random) : [frame]))
    if (random.once(4)) this.#wrapAll(frames)
    return frames.reverse()
  }

  #wrapAll(frames: readonly FuzzFrame[]): void {
    const random = this.#random
    const isDamaged = random.once(3)
    for (const frame of frames) {
      wrap(frame, random)
      if (isDamaged && random.once(6)) mutate(frame, random, frame)
    }
  }
}

function nearWrap(random: Random): number {
  return random.once(2) ? random.bits() : (random.pick([0, 0x7fffffff]) - random.below(4000)) | 0
}
