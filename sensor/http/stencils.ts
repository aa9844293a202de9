// Which stencils to try on a head: the few that heads from one place were last read with.
//
//   requests: by client and server      responses: by server, its port included
//
// In:  a flow and the side that sends.   Out: a set of at most WAYS stencils, the one that fitted last first.
// Places share a set when they meet in the table: a set is a hint, whatever it holds. Bounded: SETS sets, and all
// stencils together `bytesMax`; beyond it all are forgotten (`stencilsForgotten`), which costs a parse each. A place whose heads never
// repeat is not worth a stencil each time: after MISSES_MAX in a row only one in MISSES_MAX makes one.
import type { Flow, Side } from "../flow/flow.ts"
import type { HttpCounters } from "./counters.ts"
import { Stencil } from "./head-stencil.ts"
import type { HttpHead } from "./http-head.ts"

export const WAYS = 4
const SETS = 1024
const MISSES_MAX = 16
export const STENCIL_BYTES_MAX: number = 4 * 1024 * 1024

export class StencilSet {
  readonly #stencils: Stencil[] = []
  /** Heads in a row that none fitted. */
  #misses = 0

  /** As Stencil.fit, with the first that fits. What a stream sends may change, so a set may hold stencils of both kinds. */
  fit(head: HttpHead, start: number, end: number, isRequest: boolean): number {
    const stencils = this.#stencils
    for (let i = 0; i < stencils.length; i++) {
      const stencil = stencils[i]!
      const length = stencil.isRequest === isRequest ? stencil.fit(head, start, end) : 0
      if (length === 0) continue
      if (i > 0) {
        stencils[i] = stencils[i - 1]!
        stencils[i - 1] = stencil
      }
      this.#misses = 0
      return length
    }
    return 0
  }

  /** True when a stencil of a head that none fitted is worth making. Asked once for each such head. */
  isWorthIt(): boolean {
    return ++this.#misses <= MISSES_MAX || this.#misses % MISSES_MAX === 0
  }

  /** Puts it first. Returns the one that had to go. */
  add(stencil: Stencil): Stencil | undefined {
    const dropped = this.#stencils.length === WAYS ? this.#stencils.pop() : undefined
    this.#stencils.unshift(stencil)
    return dropped
  }

  clear(): void {
    this.#stencils.length = 0
  }
}

export class Stencils {
  /** Bytes of all stencils. */
  usedBytes = 0
  readonly #bytesMax: number
  readonly #counters: HttpCounters
  readonly #sets: (StencilSet | undefined)[] = new Array<StencilSet | undefined>(SETS).fill(undefined)

  constructor(counters: HttpCounters, bytesMax: number = STENCIL_BYTES_MAX) {
    this.#counters = counters
    this.#bytesMax = bytesMax
  }

  /** For heads that `side` sends. */
  of(flow: Flow, side: Side, isRequest: boolean): StencilSet {
    const { address } = flow
    const port = (side === 0) === isRequest ? flow.port1 : flow.port0
    const server = (side === 0) === isRequest ? 4 : 0
    let hash = Math.imul(port + (isRequest ? 65_536 : 0), 0x9e3779b1)
    for (let i = 0; i < 4; i++) hash = Math.imul(hash ^ address[server + i]!, 0x85ebca6b)
    if (isRequest) for (let i = 0; i < 4; i++) hash = Math.imul(hash ^ address[4 - server + i]!, 0xc2b2ae35)
    const at = (hash ^ (hash >>> 15)) & (SETS - 1)
    const set = this.#sets[at]
    if (set !== undefined) return set
    const made = new StencilSet()
    this.#sets[at] = made
    return made
  }

  /** Makes a stencil of the head, which the strict parser took without an anomaly, if it can be one. */
  learn(set: StencilSet, head: HttpHead): void {
    if (!set.isWorthIt() || !Stencil.canBe(head)) return
    const stencil = new Stencil(head)
    if (this.usedBytes + stencil.size > this.#bytesMax) {
      for (const each of this.#sets) each?.clear()
      this.usedBytes = 0
      this.#counters.stencilsForgotten++
    }
    this.usedBytes += stencil.size - (set.add(stencil)?.size ?? 0)
    head.stencil = stencil
  }
}
