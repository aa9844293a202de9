// Local references of a document: "#/components/schemas/Order" to what stands there.
//
// References to other documents and to anchors are never followed: what they stand for is unknown, so that nothing is concluded from it.
import { isObject, type JsonObject } from "./document.ts"
import { pointerStep, SpecificationError, stepKey } from "./specification-error.ts"

/** References that lead to references. */
export const CHAIN_MAX = 32

export interface Found {
  readonly value: unknown
  readonly pointer: string
}

export class References {
  readonly #root: JsonObject
  /** References to other documents, each once. */
  readonly outside = new Set<string>()

  constructor(root: JsonObject) {
    this.#root = root
  }

  /**
   * What `value` stands for: itself, or the end of its chain of references. Null when it is elsewhere or unknown; a reference to nothing
   * throws a SpecificationError where it must lead somewhere (`isNeeded`).
   */
  follow(value: unknown, pointer: string, isNeeded = false): Found | null {
    let at: Found = { value, pointer }
    for (let step = 0; step < CHAIN_MAX; step++) {
      if (!isObject(at.value) || typeof at.value.$ref !== "string") return at
      const reference = at.value.$ref
      if (!reference.startsWith("#/")) {
        if (!reference.startsWith("#")) this.outside.add(reference.slice(0, 200))
        return null
      }
      const next = this.#at(reference)
      if (next === undefined) {
        if (isNeeded)
          throw new SpecificationError(`${reference.slice(0, 200)} leads to nothing in this document.`, at.pointer)
        return null
      }
      at = { value: next, pointer: reference.slice(1) }
    }
    if (isNeeded) throw new SpecificationError("The reference leads back to itself.", pointer)
    return null
  }

  #at(reference: string): unknown {
    let value: unknown = this.#root
    for (const step of reference.slice(2).split("/")) {
      const key = stepKey(decoded(step))
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined
      value = (value as JsonObject)[key]
    }
    return value
  }
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step)
  } catch {
    return step
  }
}

/** Members of an object with their pointers. */
export function* members(
  value: unknown,
  pointer: string,
): Iterable<readonly [key: string, member: unknown, at: string]> {
  if (!isObject(value)) return
  for (const key of Object.keys(value)) yield [key, value[key], `${pointer}/${pointerStep(key)}`]
}

export function* elements(value: unknown, pointer: string): Iterable<readonly [element: unknown, at: string]> {
  if (!Array.isArray(value)) return
  for (let i = 0; i < value.length; i++) yield [value[i] as unknown, `${pointer}/${i}`]
}
