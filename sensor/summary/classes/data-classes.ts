// Data classes of bodies and heads: which classes of personal data and secrets a message holds, and in which fields.
//
// In:  for each message a place, then its values (FieldReceiver), from any walker.   Out: "class=log2 count" strings, sorted,
// interned; the class of a field by its path, for the text of a shape. No value is kept: of each, at most 32 keyed bits.
// Fields are classified, not values (field.ts); only what proves itself (a token, a private key) counts as it comes.
// Given up: the middle of values longer than SCAN_MAX; fields and places beyond the limits of place-fields.ts, counted.
import { hashMultipliers } from "../../../shared/bytes/hash.ts"
import { SORT_OF, Sort } from "./byte-sorts.ts"
import { CERTAIN_MIN, type ClassSet } from "./class-set.ts"
import { ClassTally } from "./class-tally.ts"
import { undoEscapes, undone } from "./escapes.ts"
import { type Field, NO_CLASS } from "./field.ts"
import type { FieldReceiver, ParentNames } from "./field-receiver.ts"
import { NestedJson } from "./nested-json.ts"
import { type FieldCounters, FieldTables, type PlaceFields } from "./place-fields.ts"

/** Bytes of a value that tell its sorts and make it distinct: so many at its start, the rest at its end. */
const SCAN_MAX = 128
const NAME_MAX = 64
/** Bodies of a place that are looked into out of turn, because a field is nearly decided. */
const EAGER_MAX = 64
/** Shapes of a place whose text is known to be up to date. */
const TOLD_MAX = 64
/** Bits of PlaceFields.halves. */
const HALVES: Readonly<Record<string, number>> = { latitude: 1, longitude: 2 }

export interface ClassCounters extends FieldCounters {
  /** Fields that were found to be of a class, and that no longer were. */
  decided: number
  revoked: number
}

export class DataClasses implements FieldReceiver {
  readonly #set: ClassSet
  readonly #counters: ClassCounters
  readonly #tables: FieldTables
  readonly #tally: ClassTally
  readonly #nested: NestedJson = new NestedJson(this)
  readonly #multipliers: Int32Array
  readonly #isWhole: (id: number) => boolean
  parents: ParentNames | null = null
  #place!: PlaceFields
  #isMixed = false
  /** Number of the message, and its fields. */
  #document = 0
  #met: Field[] = []
  /** Sorts and keyed hash of the value at hand. */
  #sorts = 0
  #hash = 0
  /** Some field has lost its class since the message began. */
  hasRevoked = false

  constructor(set: ClassSet, counters: ClassCounters, fieldsMax?: number) {
    this.#set = set
    this.#counters = counters
    this.#tables = new FieldTables(counters, fieldsMax)
    this.#tally = new ClassTally(set.names)
    this.#multipliers = hashMultipliers(SCAN_MAX + 1)
    this.#isWhole = (id) => this.#isComplete(id)
  }

  /** No class is wanted: nothing need be told. */
  get isOff(): boolean {
    return this.#set.isEmpty
  }

  /** `isMixed`: messages before this one say nothing of its fields. */
  begin(place: PlaceFields, isMixed = false): void {
    if (isMixed) this.#tables.clear(place)
    this.#place = place
    this.#isMixed = isMixed
    this.parents = null
    this.#tables.enter(place)
    this.#document = (this.#document + 1) | 0
    this.#met.length = 0
    this.hasRevoked = false
  }

  /** True when the fields of the place have other classes than when `told` was last called for that shape. */
  isNews(shape: number): boolean {
    const { version, told } = this.#place
    return version > 0 && told?.get(shape) !== version
  }

  told(shape: number): void {
    const place = this.#place
    if (place.version === 0) return
    place.told ??= new Map()
    if (place.told.size >= TOLD_MAX) place.told.clear()
    place.told.set(shape, place.version)
  }

  /** Classes of the message; also `last` of its place. */
  end(): readonly string[] {
    const set = this.#set
    const place = this.#place
    place.isEager = false
    for (const field of this.#met) {
      // Its other half came later in the message.
      if (field.decided === NO_CLASS && field.hinted.length > 0 && place.halves === 3) this.#judge(field)
      if (field.decided !== NO_CLASS) this.#tally.add(set.nameOf[field.decided]!, field.values)
      else if (field.isPromising) place.isEager = true
    }
    if (place.isEager) place.isEager = !this.#isMixed && place.eager++ < EAGER_MAX
    const classes = this.#tally.take()
    place.last = classes
    return classes
  }

  /** Of a head and of its body. */
  merged(a: readonly string[], b: readonly string[]): readonly string[] {
    return this.#tally.merge(a, b)
  }

  /** Name of the class of a field of the place at hand, "" without one. */
  nameOf(path: number): string {
    const field = this.#tables.find(this.#place, path)
    const id = field === null ? NO_CLASS : field.decided === NO_CLASS ? field.proved : field.decided
    return id === NO_CLASS ? "" : this.#set.classes[id]!.name
  }

  onField(
    path: number,
    names: Uint8Array,
    nameStart: number,
    nameEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isText: boolean,
  ): void {
    if (end <= start || (isText && this.#nested.tell(path, bytes, start, end))) return
    const field = this.#tables.find(this.#place, path) ?? this.#add(path, names, nameStart, nameEnd)
    const length = end - start
    if (length >= CERTAIN_MIN && this.#set.leads[(bytes[start]! << 8) | bytes[start + 1]!] === 1)
      this.#countCertain(field, bytes, start, end)
    if (field === null) return
    if (field.document !== this.#document) {
      field.document = this.#document
      field.values = 0
      this.#met.push(field)
    }
    field.values++
    if (field.rest > 0) field.rest--
    else this.#look(field, bytes, start, end)
  }

  #add(path: number, names: Uint8Array, start: number, end: number): Field | null {
    if (!this.#tables.hasRoom(this.#place)) return null
    const stop = Math.min(end, start + NAME_MAX)
    const name = start >= stop ? "" : Buffer.from(names.buffer, names.byteOffset + start, stop - start).latin1Slice()
    const set = this.#set
    return this.#tables.add(this.#place, path, set.hinted(name, this.parents), set.barred(name, this.parents))
  }

  #countCertain(field: Field | null, bytes: Uint8Array, start: number, end: number): void {
    const { certain, classes, nameOf } = this.#set
    for (let i = 0; i < certain.length; i++) {
      const id = certain[i]!
      if (classes[id]!.check?.(bytes, start, end) !== true) continue
      this.#tally.add(nameOf[id]!, 1)
      if (field === null || field.proved === id) return
      field.proved = id
      this.#place.version++
      this.#counters.decided++
      return
    }
  }

  #look(field: Field, bytes: Uint8Array, start: number, end: number): void {
    this.#scan(bytes, start, end)
    if (!field.isNew(this.#hash)) return
    if ((this.#sorts & Sort.escape) !== 0) {
      const length = undoEscapes(bytes, start, end)
      if (length > 0) {
        bytes = undone
        start = 0
        end = length
        this.#scan(bytes, 0, length)
      }
    }
    const { classes } = this.#set
    const { hinted, barred } = field
    for (let i = 0; i < hinted.length; i++) {
      const id = hinted[i]!
      const one = classes[id]!
      if (!one.hinted(bytes, start, end)) continue
      field.count(id, classes.length)
      if (one.needs !== "") this.#place.halves |= 3 ^ HALVES[one.needs]!
    }
    const candidates = this.#set.candidates(end - start, this.#sorts)
    for (let i = 0; i < candidates.length; i++) {
      const id = candidates[i]!
      if (hinted.includes(id) || barred.includes(id)) continue
      if (classes[id]!.check?.(bytes, start, end) === true) field.count(id, classes.length)
    }
    this.#judge(field)
  }

  #judge(field: Field): void {
    const before = field.decided
    if (!field.judge(this.#set.classes, this.#isWhole)) return
    this.#place.version++
    if (before !== NO_CLASS) {
      this.hasRevoked = true
      this.#counters.revoked++
    }
    if (field.decided !== NO_CLASS) this.#counters.decided++
  }

  #isComplete(id: number): boolean {
    const { needs } = this.#set.classes[id]!
    return needs === "" || (this.#place.halves & HALVES[needs]!) !== 0
  }

  /** Sets #sorts and #hash. The middle of a long value is passed over. */
  #scan(bytes: Uint8Array, start: number, end: number): void {
    const multipliers = this.#multipliers
    let sorts = 0
    let hash = Math.imul(end - start, multipliers[SCAN_MAX]!)
    const head = Math.min(end, start + SCAN_MAX / 2)
    let k = 0
    for (let i = start; i < head; i++, k++) {
      const b = bytes[i]!
      sorts |= SORT_OF[b]!
      hash = (hash + Math.imul(b, multipliers[k]!)) | 0
    }
    for (let i = Math.max(head, end - SCAN_MAX / 2); i < end; i++, k++) {
      const b = bytes[i]!
      sorts |= SORT_OF[b]!
      hash = (hash + Math.imul(b, multipliers[k]!)) | 0
    }
    this.#sorts = sorts
    this.#hash = hash
  }
}
