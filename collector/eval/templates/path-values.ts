// Where the values of a path parameter come from: a bounded population, drawn from with Zipf's weights.
//
// native: what the description says: its enum, its type and format; a string that nothing is said about is what its name and its
// example suggest, an id of one of the usual forms otherwise.   hard: one of the eighteen styles for each parameter.
// A parameter is known by its place: "/users/{id}" and "/users/{id}/orders" draw from one population.
import type { PathValue } from "./description.ts"
import { ID_STYLES, type IdStyle, styleNamed } from "./id-styles.ts"
import { SeededRandom, Zipf } from "./seeded-random.ts"

export type Mode = "native" | "hard"
export const MODES: readonly Mode[] = ["native", "hard"]

const TRIES_MAX = 5

export class Population {
  readonly style: string
  readonly values: readonly string[]
  readonly #zipf: Zipf

  constructor(style: string, values: readonly string[], exponent: number) {
    this.style = style
    this.values = values
    this.#zipf = new Zipf(values.length, exponent)
  }

  draw(random: SeededRandom): string {
    return this.values[this.#zipf.draw(random)]!
  }
}

/** `siblings`: texts that routes have at the same place; no value is one of them. */
export function populationOf(value: PathValue, mode: Mode, seed: number, siblings: ReadonlySet<string>): Population {
  const random = new SeededRandom(seed)
  if (mode === "native" && value.choices.length > 0) return new Population("enum", random.shuffle(value.choices), 1)
  const style = mode === "hard" ? random.pick(ID_STYLES) : nativeStyle(value, random)
  const size = Math.min(style.most, Math.round(12 * 10 ** (random.next() * 2.5)))
  const next = style.make(random)
  const values = new Set<string>()
  for (let i = 0; i < size * TRIES_MAX && values.size < size; i++) {
    const made = next()
    if (!siblings.has(made)) values.add(made)
  }
  return new Population(style.name, [...values], 0.6 + 0.5 * random.next())
}

const number = (): IdStyle => styleNamed("int")

function nativeStyle(value: PathValue, random: SeededRandom): IdStyle {
  const { type, format, example } = value
  if (type === "integer" || type === "number" || /^(int|long)/.test(format)) return number()
  if (format === "uuid") return styleNamed("uuid")
  if (format.startsWith("date")) return styleNamed("date")
  const name = value.name.toLowerCase()
  if (example !== "") return exampleStyle(example)
  if (/date|day$/.test(name)) return styleNamed("date")
  if (/e-?mail/.test(name)) return styleNamed("email")
  if (/locale|culture/.test(name)) return styleNamed("locale or sku")
  if (/airport|iata/.test(name)) return styleNamed("airport")
  if (/country|currency/.test(name)) return styleNamed("country or currency")
  if (/uuid|guid/.test(name)) return styleNamed("uuid")
  if (/hash|sha|digest/.test(name)) return styleNamed("hex")
  if (/^file$|file_?name/.test(name)) return styleNamed("file")
  if (/^version$/.test(name)) return styleNamed("version")
  if (/^(?:user_?name|login|slug)$/.test(name)) return styleNamed(name === "slug" ? "slug" : "person")
  return styleNamed(random.pick(NATIVE_IDS))
}

function exampleStyle(example: string): IdStyle {
  if (/^\d+$/.test(example)) return number()
  if (/^[0-9a-f-]{36}$/i.test(example)) return styleNamed("uuid")
  if (/^[0-9a-f]{16,}$/.test(example)) return styleNamed("hex")
  if (/^\d+(?:\.\d+)+$/.test(example)) return styleNamed("version")
  if (/^[A-Z\d-]{4,}$/.test(example)) return styleNamed("mixed code")
  return styleNamed(/\d/.test(example) ? "prefixed" : /[-_]/.test(example) ? "slug" : "domain word")
}

/** What a string id is where nothing is said: made by a machine. */
const NATIVE_IDS = ["int", "int", "int", "uuid", "uuid", "uuid", "uuid", "hex", "hex", "hex", "ulid", "prefixed"]
