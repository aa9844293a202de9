// Microseconds that the path trie takes for a request (add, note and the reviews that fall due), for traffic of three sorts, and
// milliseconds of its state to bytes and back: run it with the pinned Node. `--smoke` runs a hundredth.
import { sequence, shapeOf } from "./fake-service.ts"
import { PathTrie } from "./path-trie.ts"

const REQUESTS = process.argv.includes("--smoke") ? 2_000 : 200_000

type Draw = (random: () => number) => string

const ROUTES = Array.from(
  { length: 120 },
  (_, i) =>
    `/v1/${"orders items users carts stock".split(" ")[i % 5]}/part${"abcdefghij"[i % 10]}${"klmnopqrst"[Math.floor(i / 10) % 10]}`,
)
const SCENES: readonly (readonly [string, Draw])[] = [
  ["strong ids", (random) => `${ROUTES[Math.floor(random() * ROUTES.length)]}/{int}/lines/{uuid}`],
  [
    "names and codes",
    (random) =>
      `/v1/users/name-${"abcdefghij"[Math.floor(random() * 10)]}${Math.floor(random() ** 3 * 500)}/orders/AB${Math.floor(random() ** 2 * 900)}C`,
  ],
  [
    "made-up paths",
    (random) => `/${Math.floor(random() * 1e9).toString(36)}/${Math.floor(random() * 1e9).toString(36)}/x`,
  ],
]

/** Milliseconds, of nine. */
function median(run: () => unknown): number {
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return times.sort((a, b) => a - b)[4]!
}

for (const [name, draw] of SCENES) {
  const trie = new PathTrie()
  const random = sequence(7)
  const paths = Array.from({ length: REQUESTS }, () => draw(random))
  let regroupings = 0
  const start = performance.now()
  for (let i = 0; i < REQUESTS; i++) {
    const path = paths[i]!
    const leaf = trie.add(path, "", i)
    trie.note(leaf, path, "GET", shapeOf(path.slice(0, 6)), i % 40, i)
    if (trie.isDue) regroupings += trie.review(i).length
  }
  const spent = performance.now() - start
  const templates = new Set([...trie.leaves()].map(({ template }) => template)).size
  const bytes = trie.toBytes()
  const writtenMs = median(() => trie.toBytes())
  const readMs = median(() => PathTrie.from(bytes))
  const { nodes, reviews } = trie.counters
  process.stdout.write(
    `${name}: ${((spent / REQUESTS) * 1000).toFixed(2)} µs a request, ${templates} templates, ${nodes} nodes, ${reviews} reviews, ` +
      `${regroupings} regroupings; ${(bytes.length / 1024).toFixed(0)} KiB, to bytes ${writtenMs.toFixed(1)} ms, back ${readMs.toFixed(1)} ms\n`,
  )
}
