// Puts a classic BPF program together from instructions and labels.
//
// In:  instructions in order, jumps to labels that are marked further on. Out: a program whose jumps are counted.
// A conditional jump reaches 255 instructions. Where a label lies further, an unconditional jump is set behind the
// condition as a stepping stone, and later conditions within reach step on the same stone.
//
//   jeq #80  jt far, jf next        becomes         jeq #80  jt 0, jf 1
//                                                   ja  far
import { type BpfInstruction, Op } from "./bpf-program.ts"

/** A place in the program: made by `label`, set once by `mark`, jumped to from before it. */
export type Label = number

const REACH_MAX = 255

type Item =
  | { readonly kind: "plain"; readonly code: number; readonly k: number }
  | { readonly kind: "jump"; readonly to: Label }
  | {
      readonly kind: "branch"
      readonly code: number
      readonly k: number
      readonly ifTrue: Label | null
      readonly ifFalse: Label | null
    }
  | { readonly kind: "mark"; readonly label: Label }

export class BpfAssembler {
  readonly #items: Item[] = []
  #labels = 0

  label(): Label {
    return this.#labels++
  }

  /** Sets a label at the next instruction. */
  mark(label: Label): this {
    this.#items.push({ kind: "mark", label })
    return this
  }

  emit(code: number, k = 0): this {
    this.#items.push({ kind: "plain", code, k: k >>> 0 })
    return this
  }

  jump(to: Label): this {
    this.#items.push({ kind: "jump", to })
    return this
  }

  /** A conditional jump; null goes on with the next instruction. */
  branch(code: number, k: number, ifTrue: Label | null, ifFalse: Label | null): this {
    this.#items.push({ kind: "branch", code, k: k >>> 0, ifTrue, ifFalse })
    return this
  }

  /** The program, which may be longer than a kernel takes. */
  assemble(): BpfInstruction[] {
    const layout = new Layout()
    for (const item of this.#items.reverse()) layout.prepend(item)
    return layout.program()
  }
}

/** Lays instructions out from the last to the first, so that the distance to every label is known when it is needed. */
class Layout {
  /** Last instruction first. */
  readonly #reversed: BpfInstruction[] = []
  /** For each label, how many instructions stand from it to the end. */
  readonly #places = new Map<Label, number>()
  /** The same for the latest unconditional jump to a label. */
  readonly #stones = new Map<Label, number>()

  prepend(item: Item): void {
    switch (item.kind) {
      case "plain":
        this.#put(item.code, 0, 0, item.k)
        break
      case "mark":
        this.#places.set(item.label, this.#reversed.length)
        break
      case "jump":
        this.#jump(item.to)
        break
      case "branch":
        this.#branch(item.code, item.k, item.ifTrue, item.ifFalse)
    }
  }

  program(): BpfInstruction[] {
    return this.#reversed.reverse()
  }

  #put(code: number, jt: number, jf: number, k: number): void {
    this.#reversed.push({ code, jt, jf, k })
  }

  #distance(label: Label): number {
    const place = this.#places.get(label)
    if (place === undefined) throw new Error(`label ${label} is not marked behind the jump to it`)
    return this.#reversed.length - place
  }

  #jump(to: Label): void {
    const distance = this.#distance(to)
    if (distance === 0) return
    this.#put(Op.jump, 0, 0, distance)
    this.#stones.set(to, this.#reversed.length)
  }

  #branch(code: number, k: number, ifTrue: Label | null, ifFalse: Label | null): void {
    const next = this.#reversed.length
    // Each stone moves what lies behind it away by one, so that the other side must be looked at again.
    for (let before = -1; before !== this.#reversed.length; ) {
      before = this.#reversed.length
      this.#reach(ifTrue)
      this.#reach(ifFalse)
    }
    const jt = ifTrue === null ? this.#reversed.length - next : this.#skip(ifTrue)
    const jf = ifFalse === null ? this.#reversed.length - next : this.#skip(ifFalse)
    this.#put(code, jt, jf, k)
  }

  /** Sets a stone when the label is out of reach. */
  #reach(label: Label | null): void {
    if (label !== null && this.#skip(label) > REACH_MAX) this.#jump(label)
  }

  /** Instructions to skip to get to a label, or to a stone on the way when it is too far. */
  #skip(label: Label): number {
    const distance = this.#distance(label)
    const stone = this.#stones.get(label)
    return distance <= REACH_MAX || stone === undefined ? distance : this.#reversed.length - stone
  }
}
