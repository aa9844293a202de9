// Objects of the simulated APIs: collections of numbered objects, each with an owner, an id as its API writes it, and the pseudonyms
// that a sensor would give that id.
//
// A number beyond those that exist has an id and a pseudonym, too: it is what somebody who guesses asks for.
import { Draws, mix } from "./draws.ts"

/** int and serial count up; uuid and token cannot be guessed; slug is text in a path. */
export const ID_STYLES = ["int", "serial", "uuid", "token", "slug"] as const
export type IdStyle = (typeof ID_STYLES)[number]

/** Catalogues are everybody's. */
export const SHARED = -1
const COLOURS = ["red", "blue", "green", "amber", "steel", "ivory", "coral", "slate"]
const THINGS = ["kettle", "valve", "bracket", "sensor", "panel", "crate", "motor", "lamp", "cable", "pump"]
const TOKEN_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789"

export interface CollectionFields {
  readonly name: string
  readonly style: IdStyle
  readonly isShared: boolean
  /** Letters before a serial's number, before a token. */
  readonly prefix: string
  /** Id of number 0 where ids are counted. */
  readonly base: number
}

export class Collection implements CollectionFields {
  readonly name: string
  readonly style: IdStyle
  readonly isShared: boolean
  readonly prefix: string
  readonly base: number
  /** Number of objects there are: 0 to size - 1 exist. */
  size = 0
  #owners = new Int16Array(1024)
  #references = new Int32Array(1024)
  readonly #own: number[][] = []
  readonly #salt: number

  constructor(fields: CollectionFields, salt: number) {
    this.name = fields.name
    this.style = fields.style
    this.isShared = fields.isShared
    this.prefix = fields.prefix
    this.base = fields.base
    // Equal texts have equal pseudonyms, so collections that count up share theirs.
    this.#salt = this.style === "int" ? 0x1d872b41 : salt
  }

  /** Adds an object and returns its number. `reference`: number of the object of another collection that it names, -1 none. */
  add(owner: number, reference = -1): number {
    if (this.size === this.#owners.length) {
      this.#owners = grown(this.#owners, new Int16Array(this.size * 2))
      this.#references = grown(this.#references, new Int32Array(this.size * 2))
    }
    const number = this.size++
    this.#owners[number] = owner
    this.#references[number] = reference
    if (owner !== SHARED) {
      this.#own[owner] ??= []
      this.#own[owner].push(number)
    }
    return number
  }

  /** SHARED, or the index of the partner; -2 when there is no such object. */
  ownerOf(number: number): number {
    return number >= 0 && number < this.size ? this.#owners[number]! : -2
  }

  referenceOf(number: number): number {
    return number >= 0 && number < this.size ? this.#references[number]! : -1
  }

  /** Numbers of the partner's objects, oldest first. */
  ownOf(partner: number): readonly number[] {
    return this.#own[partner] ?? NONE
  }

  #key(number: number): number {
    return this.style === "int" ? number + this.base : number
  }

  /** Low 32 bits of the id's pseudonym. */
  low(number: number): number {
    return mix(this.#salt, this.#key(number))
  }

  /** The id's pseudonym, 48 bits. */
  pseudonym(number: number): number {
    return (mix(this.#salt ^ 0x5bd1e995, this.#key(number)) & 0xffff) * 4_294_967_296 + this.low(number)
  }

  /** The id as the API writes it. */
  text(number: number): string {
    switch (this.style) {
      case "int":
        return String(this.base + number)
      case "serial":
        return `${this.prefix}-${String(this.base + number).padStart(7, "0")}`
      case "slug":
        return `${COLOURS[mix(this.#salt, number) % COLOURS.length]}-${THINGS[mix(number, this.#salt) % THINGS.length]}-${number + 10}`
      case "uuid": {
        const hex = [1, 2, 3, 4]
          .map((k) =>
            mix(this.#salt + k, number)
              .toString(16)
              .padStart(8, "0"),
          )
          .join("")
        return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
      }
      case "token": {
        const draws = Draws.of(this.#salt, number)
        let tail = ""
        for (let i = 0; i < 16; i++) tail += TOKEN_LETTERS[draws.integer(0, TOKEN_LETTERS.length - 1)]
        return `${this.prefix.toLowerCase()}_${tail}`
      }
    }
  }
}

const NONE: readonly number[] = []

function grown<T extends Int16Array | Int32Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** Kind of a sensor's path token that ids of a style get, "" where they stay text. */
export const TOKEN_KINDS: Readonly<Record<IdStyle, string>> = {
  int: "int",
  serial: "serial",
  uuid: "uuid",
  token: "id",
  slug: "",
}
