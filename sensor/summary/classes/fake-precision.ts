// How often values of no class are taken for one, and values of a class are found: by validators alone, and by the rule for fields.
//
// A field is FIELD_VALUES values, one in each body, so that a class is noticed even if the next values revoke it. Its name says
// nothing ("value"), or says the class.
import { SORT_OF } from "./byte-sorts.ts"
import { ClassSet } from "./class-set.ts"
import { DataClasses } from "./data-classes.ts"
import { Lot, OTHER, VALID } from "./fake-values.ts"
import { PlaceFields } from "./place-fields.ts"

export const FIELD_VALUES = 100

const set = new ClassSet()
const classes = new DataClasses(set, { decided: 0, revoked: 0, fieldsCut: 0, placesForgotten: 0 })
const PATH = 7

/** Classes that validators see in a value, whatever its name. */
function classesOf(bytes: Uint8Array, sorts: number): string[] {
  const ids = [...set.candidates(bytes.length, sorts), ...(bytes.length >= 20 ? set.certain : [])]
  const found = ids.filter((id) => set.classes[id]!.check?.(bytes, 0, bytes.length) === true)
  return found.map((id) => set.classes[id]!.name)
}

/** Shows a field values; the classes that events said, with how many bodies said so. */
function show(name: string, values: readonly string[], said: Map<string, number>): void {
  const place = new PlaceFields()
  const names = Buffer.from(name)
  const once = new Set<string>()
  for (const value of values) {
    const bytes = Buffer.from(value)
    classes.begin(place)
    classes.onField(PATH, names, 0, names.length, bytes, 0, bytes.length, true)
    for (const one of classes.end()) once.add(one.slice(0, one.indexOf("=")))
  }
  for (const one of once) said.set(one, (said.get(one) ?? 0) + 1)
}

export interface OtherResult {
  readonly values: number
  readonly fields: number
  /** By class: values that its validator takes. */
  readonly valid: Map<string, number>
  /** By class: fields that events called so at least once. */
  readonly said: Map<string, number>
}

export function measureOther(kind: string, values: number, seed: number): OtherResult {
  const make = OTHER[kind]!
  const lot = new Lot(seed)
  const valid = new Map<string, number>()
  const said = new Map<string, number>()
  const fields = Math.ceil(values / FIELD_VALUES)
  for (let field = 0; field < fields; field++) {
    const texts = Array.from({ length: FIELD_VALUES }, (_, i) => String(make(lot, field * FIELD_VALUES + i)))
    for (const text of texts)
      for (const name of classesOf(Buffer.from(text), sortsOf(text))) valid.set(name, (valid.get(name) ?? 0) + 1)
    show("value", texts, said)
  }
  return { values: fields * FIELD_VALUES, fields, valid, said }
}

export interface ValidResult {
  /** Shares of: values that a body with one of them, under a name that says so, is said to hold; ... */
  readonly named: number
  /** ... bodies with one value under a name that says nothing; fields of FIELD_VALUES values under such a name. */
  readonly alone: number
  readonly field: number
}

export function measureValid(kind: string, values: number, seed: number): ValidResult {
  const { name, make } = VALID[kind]!
  const lot = new Lot(seed)
  const named = new Map<string, number>()
  const alone = new Map<string, number>()
  const field = new Map<string, number>()
  for (let i = 0; i < values; i++) {
    const value = make(lot)
    show(name, [value], named)
    show("value", [value], alone)
  }
  const fields = Math.max(1, Math.floor(values / FIELD_VALUES))
  for (let i = 0; i < fields; i++)
    show(
      "value",
      Array.from({ length: FIELD_VALUES }, () => make(lot)),
      field,
    )
  const share = (said: Map<string, number>, of: number): number => (said.get(kind) ?? 0) / of
  return { named: share(named, values), alone: share(alone, values), field: share(field, fields) }
}

/** Sorts of the bytes of a text, as data-classes.ts finds them. */
function sortsOf(text: string): number {
  return [...Buffer.from(text)].reduce((sorts, b) => sorts | SORT_OF[b]!, 0)
}
