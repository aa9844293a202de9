// What a data class consists of.
import { Sort } from "./byte-sorts.ts"

/** True when [start, end) is a value of the class. At least one byte; escapes undone; linear in its length. */
export type Check = (bytes: Uint8Array, start: number, end: number) => boolean

export interface DataClass {
  /** As events name it. Several entries may share one: latitude and longitude are both "geo". */
  readonly name: string
  /** Validator of values that stand under any name; null: the class is taken only where the name says so. */
  readonly check: Check | null
  /** Validator under a name that says what the values are. */
  readonly hinted: Check
  /** Words of such names, see names of fields in field-name.ts. */
  readonly hints: readonly string[]
  /** Names that speak of something else all the same: no hint. */
  readonly unhinted: readonly string[]
  /** Names without a hint of which the values, whatever they look like, are something else. */
  readonly barred: readonly string[]
  /** Distinct values a field must have shown before it is of the class, whatever its name, ... */
  readonly alone: number
  /** ... and the share of them that must be valid. */
  readonly share: number
  /** Windows of them in a row that must say so. */
  readonly windows: number
  /** Valid distinct values that suffice under such a name. */
  readonly named: number
  /** One value proves itself, whatever field it stands in: each is counted as it comes. */
  readonly isCertain: boolean
  /** The field counts only if its place has another named like this one's counterpart: latitude needs longitude. */
  readonly needs: string
  /** Values that can be valid at all: length in bytes, sorts that may occur, sorts of which each must. */
  readonly form: Form
}

export interface Form {
  readonly min: number
  readonly max: number
  readonly may: number
  readonly must: number
}

export const ANY_SORT: number =
  Sort.digit | Sort.upper | Sort.lower | Sort.mark | Sort.at | Sort.sign | Sort.other | Sort.strange

/** Share of distinct values that must be valid, unless the class says otherwise. */
const SHARE = 0.8
/** Distinct values that a field is judged by. */
export const WINDOW = 20

type Some = Partial<DataClass> & Pick<DataClass, "name">

export function dataClass(some: Some): DataClass {
  const check = some.check ?? null
  return {
    check,
    hinted: check ?? (() => false),
    hints: [],
    unhinted: [],
    barred: [],
    alone: WINDOW,
    share: SHARE,
    windows: 1,
    named: 1,
    isCertain: false,
    needs: "",
    form: { min: 1, max: Number.POSITIVE_INFINITY, may: ANY_SORT, must: 0 },
    ...some,
  }
}
