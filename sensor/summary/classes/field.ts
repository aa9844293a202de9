// One field of a place: which values it has shown, and of which class that makes it.
//
// A field is judged by its distinct values, in windows of WINDOW of them. It is of a class
//  - by its name and `named` valid values (1 or 3, data-class.ts), unless more than half of its values are not valid;
//  - whatever its name, once `alone` distinct values were seen of which `share` are valid. `alone` below WINDOW counts only in the
//    first window: a field that has shown other values before is judged by full windows, some classes by several in a row.
// It is no longer of it when, after REVOKE_MIN distinct values, less than half are valid (a fifth where the name said so). Between
// the two limits nothing changes, so that a class does not come and go.
//
// A field is looked at less often once it is known: see `pause`.
import { type DataClass, WINDOW } from "./data-class.ts"

const REVOKE_MIN = 8
/** Values that pass unseen after one that was looked at, in fields that are ... */
const PAUSE = { decided: 7, dull: 15, repeating: 15, mixed: 1 } as const
/** Values seen before in the same window, after which a field repeats itself. */
const REPEATS_MAX = 32
/** Decided: no class. */
export const NO_CLASS = -1

export class Field {
  /** Hash of its path. */
  readonly path: number
  /** Classes that its name speaks of. */
  readonly hinted: readonly number[]
  /** Classes that its values are not of unless its name speaks of them. */
  readonly barred: readonly number[]
  /** Number of its class, NO_CLASS without one. */
  decided: number = NO_CLASS
  /** The class of which one of its values has proved to be; NO_CLASS: of none. */
  proved: number = NO_CLASS
  /** Document that it was last met in, and its values there. */
  document = 0
  values = 0
  /** Values that pass before the next one is looked at. */
  rest = 0
  #pause = 0
  /** Hashes of the distinct values of the window: small integers, which an array holds without a box. */
  readonly #seen: number[] = []
  #distinct = 0
  #repeats = 0
  #windows = 0
  /** The class that windows spoke for without deciding, how many in a row, and the number of the last of them. */
  #favourite = NO_CLASS
  #streak = 0
  #favouredIn = -2
  /** Valid values of the window by class; null while there are none. */
  #valid: Uint8Array | null = null

  constructor(path: number, hinted: readonly number[], barred: readonly number[]) {
    this.path = path
    this.hinted = hinted
    this.barred = barred
  }

  /** False when the value was seen in this window before. */
  isNew(value: number): boolean {
    const hash = value >> 2
    const seen = this.#seen
    const count = this.#distinct
    for (let i = 0; i < count; i++)
      if (seen[i] === hash) {
        if (++this.#repeats >= REPEATS_MAX) this.#pause = PAUSE.repeating
        this.rest = this.#pause
        return false
      }
    seen[this.#distinct++] = hash
    return true
  }

  /** More of its values would soon tell: some were valid, and its first window is not over, or the last ones spoke for a class. */
  get isPromising(): boolean {
    if (this.decided !== NO_CLASS) return false
    return this.#windows === 0 ? this.#valid !== null : this.#favouredIn === this.#windows - 1
  }

  /** The value just taken by isNew is valid for `id`. */
  count(id: number, classes: number): void {
    this.#valid ??= new Uint8Array(classes)
    this.#valid[id]!++
  }

  /** After each new value: whether the class has changed. `isWhole`: the place shows what the class needs besides. */
  judge(classes: readonly DataClass[], isWhole: (id: number) => boolean): boolean {
    const before = this.decided
    const valid = this.#valid
    if (valid !== null || before !== NO_CLASS) this.#decide(classes, valid, isWhole)
    if (this.#distinct === WINDOW) this.#closeWindow()
    this.rest = this.#pause
    return this.decided !== before
  }

  #decide(classes: readonly DataClass[], valid: Uint8Array | null, isWhole: (id: number) => boolean): void {
    const { decided } = this
    const count = this.#distinct
    if (decided !== NO_CLASS) {
      const parts = this.hinted.includes(decided) ? 5 : 2
      if (count < REVOKE_MIN || (valid?.[decided] ?? 0) * parts >= count) return
      this.decided = NO_CLASS
    }
    if (valid === null) return
    const isWindow = count === WINDOW
    for (const id of this.hinted)
      if (valid[id]! >= classes[id]!.named && valid[id]! * 2 >= count && isWhole(id)) {
        this.decided = id
        return
      }
    for (let id = 0; id < valid.length; id++) {
      const { alone, share, check } = classes[id]!
      if (valid[id] === 0 || check === null || count < alone || valid[id]! < share * count || !isWhole(id)) continue
      if ((this.#windows > 0 && !isWindow) || (isWindow && !this.#isFavoured(id, classes[id]!.windows))) continue
      this.decided = id
      return
    }
  }

  /** True once that many windows in a row have spoken for the class. */
  #isFavoured(id: number, windows: number): boolean {
    if (windows === 1) return true
    const isRow = this.#favourite === id && this.#favouredIn === this.#windows - 1
    this.#streak = isRow ? this.#streak + 1 : 1
    this.#favourite = id
    this.#favouredIn = this.#windows
    return this.#streak >= windows
  }

  #closeWindow(): void {
    this.#windows++
    this.#distinct = 0
    this.#repeats = 0
    const valid = this.#valid
    this.#pause = this.decided !== NO_CLASS ? PAUSE.decided : valid === null ? PAUSE.dull : PAUSE.mixed
    this.#valid = null
  }
}
