// Counters are plain objects of numbers, one class a stage, nested by stage and by reason. Here they become the dotted,
// snake_case names of the ledger, the envelope and the metrics: {tcp: {gapBytes: 3}} -> "tcp.gap_bytes" = 3.

export type CounterTree = { readonly [name: string]: number | CounterTree | readonly string[] | string | null }

/**
 * Dotted names by prefix and member: the ledger travels in each batch, and making a hundred names anew costs more than
 * encoding a hundred events. Bounded, because some members are named by what was met; beyond it names are made each time.
 */
const NAMES_MAX = 4096
const namesOf = new Map<string, Map<string, string>>()
let namesKept = 0

function dottedName(prefix: string, names: Map<string, string>, key: string): string {
  const known = names.get(key)
  if (known !== undefined) return known
  const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const name = prefix === "" ? snake : `${prefix}.${snake}`
  if (namesKept < NAMES_MAX) {
    namesKept++
    names.set(key, name)
  }
  return name
}

function namesUnder(prefix: string): Map<string, string> {
  let names = namesOf.get(prefix)
  if (names === undefined) {
    names = new Map()
    if (namesOf.size < NAMES_MAX) namesOf.set(prefix, names)
  }
  return names
}

function flattenInto(
  out: Record<string, number>,
  node: Readonly<Record<string, unknown>>,
  prefix: string,
  zero: boolean,
): void {
  const names = namesUnder(prefix)
  for (const key of Object.keys(node)) {
    const value = node[key]
    if (typeof value === "number") {
      if (zero || value !== 0) out[dottedName(prefix, names, key)] = value
    } else if (typeof value === "object" && value !== null && !Array.isArray(value))
      flattenInto(out, value as Record<string, unknown>, dottedName(prefix, names, key), zero)
  }
}

/** Every number of the tree by its dotted name. `zero`: keep those that are 0. */
export function flattenCounters(tree: object, zero = false): Record<string, number> {
  const out: Record<string, number> = {}
  flattenInto(out, tree as Record<string, unknown>, "", zero)
  return out
}

/** Adds `from` to `into`, name by name. */
export function addCounters(into: Record<string, number>, from: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(from)) into[name] = (into[name] ?? 0) + value
}

/**
 * The sum of trees of one kind: numbers are added, lists of names united, a null (unknown) makes the sum unknown. Members that
 * only some trees have count as they are.
 */
export function sumTrees<T extends object>(trees: readonly T[]): T {
  const sum: Record<string, unknown> = {}
  for (const tree of trees)
    for (const [key, value] of Object.entries(tree)) {
      const before = sum[key]
      if (before === undefined) sum[key] = structuredClone(value)
      else if (value === null || before === null) sum[key] = null
      else if (typeof value === "number") sum[key] = (before as number) + value
      else if (Array.isArray(value)) sum[key] = [...new Set([...(before as unknown[]), ...value])]
      else if (typeof value === "object") sum[key] = sumTrees([before as object, value as object])
    }
  return sum as T
}
