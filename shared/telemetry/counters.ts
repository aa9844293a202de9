// Counters are plain objects of numbers, one class a stage, nested by stage and by reason. Here they become the dotted,
// snake_case names of the ledger, the envelope and the metrics: {tcp: {gapBytes: 3}} -> "tcp.gap_bytes" = 3.

export type CounterTree = { readonly [name: string]: number | CounterTree | readonly string[] | string | null }

const snake = new Map<string, string>()

function snakeCase(name: string): string {
  let text = snake.get(name)
  if (text === undefined) {
    text = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    if (snake.size < 4096) snake.set(name, text)
  }
  return text
}

/** Every number of the tree by its dotted name. `zero`: keep those that are 0. */
export function flattenCounters(tree: object, zero = false): Record<string, number> {
  const out: Record<string, number> = {}
  const walk = (node: object, prefix: string): void => {
    for (const [key, value] of Object.entries(node)) {
      const name = prefix === "" ? snakeCase(key) : `${prefix}.${snakeCase(key)}`
      if (typeof value === "number") {
        if (zero || value !== 0) out[name] = value
      } else if (typeof value === "object" && value !== null && !Array.isArray(value)) walk(value as object, name)
    }
  }
  walk(tree, "")
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
