// Names of a request's or an answer's parts as numbers, once for each record: queries, headers, cookies, fields of bodies.
//
// In:  operations ("page:int" in lists by place) and lines of shapes ("customer.email:string#email"). Out: a place, a 32-bit hash of the name
// and a bit for the kind, and one number for all of them. An endpoint's requests repeat, so that the hot path compares texts.

import { mix } from "../../shared/bytes/hash.ts"
import type { Operation } from "../../shared/event/api-event.ts"
import { isSame } from "./object-slots.ts"

export const Place = { query: 0, header: 1, cookie: 2, body: 3, answer: 4, dataClass: 5, leaf: 6, service: 7 } as const
export type Place = (typeof Place)[keyof typeof Place]

/** Bit of the kind "url"; all other kinds share the 30 below it. */
export const URL_BIT = 2 ** 30
const OTHER_BITS = 30

export interface NamedPart {
  readonly place: Place
  readonly name: string
  readonly hash: number
  /** Of one kind or several. */
  readonly kinds: number
  /** Text of the kind: "int", "int|string". */
  readonly kind: string
}

export interface Parts {
  /** Hash over all names and kinds; 0 where there is none. */
  readonly signature: number
  readonly parts: readonly NamedPart[]
}

const NO_PARTS: readonly NamedPart[] = []

export function hashText(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mix(h)
}

const NONE: Parts = { signature: 0, parts: NO_PARTS }
const ofLines = new WeakMap<readonly string[], readonly NamedPart[]>()

/** Lists of parameters remembered of an endpoint; the one met first makes place. */
const LISTS_MAX = 8

/** Parts of the lists that endpoints have shown lately. */
export class PartsTable {
  /** By ordinal of the endpoint. */
  readonly #known: { readonly operation: Operation; readonly parts: Parts }[][] = []

  of(operation: Operation, endpoint: number): Parts {
    const { query, headers, cookies } = operation
    if (query.length + headers.length + cookies.length === 0) return NONE
    while (this.#known.length <= endpoint) this.#known.push([])
    const known = this.#known[endpoint]!
    for (const each of known) {
      const of = each.operation
      if (isSame(of.query, query) && isSame(of.headers, headers) && isSame(of.cookies, cookies)) return each.parts
    }
    const parts = partsOf(operation)
    if (known.length >= LISTS_MAX) known.shift()
    known.push({ operation, parts })
    return parts
  }
}

/** Fields of a shape, in the place `body` or `answer`. */
export function fieldsOf(lines: readonly string[], place: Place): readonly NamedPart[] {
  let fields = ofLines.get(lines)
  if (fields === undefined) {
    fields = lines.map((line) => readLine(line, Place.body))
    ofLines.set(lines, fields)
  }
  return place === Place.body ? fields : fields.map((field) => ({ ...field, place }))
}

/** Last name of a path: "isAdmin" of "users[].isAdmin". */
export function leafOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1).replaceAll("[]", "")
}

/** What templates of one resource have in common: "/v1/users" of "/v1/users/{int}", and of "/v1/users". */
export function resourceOf(template: string): string {
  let end = template.length
  while (end > 0) {
    const from = template.lastIndexOf("/", end - 1)
    if (from < 0 || !template.slice(from, end).includes("{")) break
    end = from
  }
  return template.slice(0, end)
}

export function partsOf({ query, headers, cookies }: Operation): Parts {
  const parts: NamedPart[] = []
  const lists = [query, headers, cookies] as const
  const places = [Place.query, Place.header, Place.cookie] as const
  lists.forEach((list, k) => {
    for (const text of list) {
      const colon = text.lastIndexOf(":")
      const name = colon < 0 ? text : text.slice(0, colon)
      const kind = colon < 0 ? "" : text.slice(colon + 1)
      parts.push({ place: places[k]!, name, hash: hashText(name), kinds: kindsOf(kind), kind })
    }
  })
  if (parts.length === 0) return NONE
  let signature = 1
  for (const { place, hash, kinds } of parts) signature = mix(signature ^ hash ^ (place << 29)) ^ kinds
  return { signature, parts }
}

/** Hash over method, path and names of the query: what was asked for, its values left out. */
export function formOf(operation: Operation): number {
  let form = hashText(operation.path) ^ hashText(operation.method)
  for (const { place, hash } of partsOf(operation).parts) if (place === Place.query) form = mix(form ^ hash)
  return form
}

/** Lines are made of what clients send: no kind, no colon is fine. */
function readLine(line: string, place: Place): NamedPart {
  const colon = line.lastIndexOf(":")
  const path = colon < 0 ? line : line.slice(0, colon)
  const hash = line.indexOf("#", colon + 1)
  const kind = colon < 0 ? "" : line.slice(colon + 1, hash < 0 ? undefined : hash)
  return { place, name: path, hash: hashText(path), kinds: kindsOf(kind), kind }
}

function kindsOf(text: string): number {
  let bits = 0
  for (const kind of text.split("|")) bits |= kind === "url" ? URL_BIT : 1 << ((hashText(kind) >>> 0) % OTHER_BITS)
  return bits
}
