// Learns, while a body is walked for its shape, which names of its place hold ids; passes all fields on to the data classes.
//
// In:  every scalar of a walk (FieldReceiver).   Out: names in PlaceIds; of formats that have no scan of their own, the ids themselves.
import type { FieldReceiver, ParentNames } from "../classes/field-receiver.ts"
import { classify } from "../value-class.ts"
import type { IdCollector } from "./id-collector.ts"
import { Says, saysOf } from "./id-names.ts"
import { isIdKind, isKeyKind } from "./id-scan.ts"
import type { PlaceIds } from "./place-ids.ts"

const NAME_MAX = 64
const VALUE_MAX = 64
/** Shorter values are of no kind that identifies. */
const KIND_MIN = 4
const QUOTE = 0x22

export class IdLearner implements FieldReceiver {
  /** Of the body at hand; null: nothing is learned. */
  place: PlaceIds | null = null
  /** Who is told of ids at once; null: nobody. */
  collector: IdCollector | null = null
  readonly #next: FieldReceiver | null
  readonly #counters: { namesCut: number }

  constructor(next: FieldReceiver | null, counters: { namesCut: number }) {
    this.#counters = counters
    this.#next = next
  }

  get parents(): ParentNames | null {
    return this.#next?.parents ?? null
  }

  set parents(parents: ParentNames | null) {
    if (this.#next !== null) this.#next.parents = parents
  }

  onField(
    field: number,
    names: Uint8Array,
    nameStart: number,
    nameEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isText: boolean,
  ): void {
    this.#next?.onField(field, names, nameStart, nameEnd, bytes, start, end, isText)
    const { place, collector } = this
    if (place === null || end <= start || (collector === null && place.isSettled(field))) return
    if (nameEnd <= nameStart) {
      if (isText) learnNameless(place, field, bytes, start, end)
      return
    }
    let says = place.find(names, nameStart, nameEnd)
    if (says === Says.nothing) says = this.#learn(place, field, names, nameStart, nameEnd, bytes, start, end, isText)
    else if (collector === null) place.pass(field)
    if (says !== Says.nothing) collector?.note(bytes, start, end, says, isText)
  }

  #learn(
    place: PlaceIds,
    field: number,
    names: Uint8Array,
    nameStart: number,
    nameEnd: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    isText: boolean,
  ): Says {
    const left = place.looks(field)
    if (left === 0 || nameEnd - nameStart > NAME_MAX) return Says.nothing
    let says = saysOf(Buffer.from(names.buffer, names.byteOffset, names.byteLength).latin1Slice(nameStart, nameEnd))
    if (says === Says.never) {
      place.settle(field, 0)
      return Says.nothing
    }
    const isShort = end - start >= KIND_MIN && end - start <= VALUE_MAX
    if (says === Says.nothing && isText && isShort && isIdKind(classify(bytes, start, end))) says = Says.text
    place.settle(field, left - 1)
    if (says !== Says.nothing && !place.add(names, nameStart, nameEnd, says)) this.#counters.namesCut++
    return says
  }
}

/** Keys of a map, or elements of a list that is the document. */
function learnNameless(place: PlaceIds, field: number, bytes: Uint8Array, start: number, end: number): void {
  const left = place.looks(field)
  if (left === 0 || end - start > VALUE_MAX) return
  place.settle(field, left - 1)
  if (!isKeyKind(classify(bytes, start, end))) return
  let at = end + 1
  while (bytes[at] === 0x20) at++
  const isKey = bytes[end] === QUOTE && bytes[at] === 0x3a
  if (isKey ? place.hasIdKeys : place.isBare) return
  if (isKey) place.hasIdKeys = true
  else place.isBare = true
  place.version++
}
