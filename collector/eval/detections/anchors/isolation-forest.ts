// An isolation forest (Liu, Ting and Zhou, 2008): how quickly random cuts part a point from the others.
import type { Draws } from "../../../simulate/draws.ts"

const TREES = 100
const SAMPLE = 256
const EULER = 0.5772156649

/** Mean depth of a search that fails in a tree of `count` points. */
const usualDepth = (count: number): number =>
  count <= 1 ? 0 : 2 * (Math.log(count - 1) + EULER) - (2 * (count - 1)) / count

type Node =
  | { readonly size: number }
  | { readonly feature: number; readonly cut: number; readonly low: Node; readonly high: Node }

export class IsolationForest {
  readonly #trees: readonly Node[]
  readonly #usual: number

  constructor(points: readonly Float64Array[], draws: Draws) {
    const size = Math.min(SAMPLE, points.length)
    const depthMax = Math.ceil(Math.log2(Math.max(2, size)))
    this.#usual = usualDepth(size)
    this.#trees = Array.from({ length: TREES }, () => grow(draws.sample(points, size), depthMax, draws))
  }

  /** 0 to 1: the more, the odder; about 0.5 for most. */
  score(point: Float64Array): number {
    let sum = 0
    for (const tree of this.#trees) sum += depthOf(tree, point)
    return 2 ** (-sum / TREES / this.#usual)
  }
}

function grow(points: readonly Float64Array[], depthLeft: number, draws: Draws): Node {
  if (depthLeft === 0 || points.length <= 1) return { size: points.length }
  const feature = draws.integer(0, points[0]!.length - 1)
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const point of points) {
    least = Math.min(least, point[feature]!)
    most = Math.max(most, point[feature]!)
  }
  if (least === most) return { size: points.length }
  const cut = least + draws.next() * (most - least)
  const low = points.filter((point) => point[feature]! < cut)
  const high = points.filter((point) => point[feature]! >= cut)
  return { feature, cut, low: grow(low, depthLeft - 1, draws), high: grow(high, depthLeft - 1, draws) }
}

function depthOf(tree: Node, point: Float64Array): number {
  let [node, depth] = [tree, 0]
  while ("feature" in node) {
    node = point[node.feature]! < node.cut ? node.low : node.high
    depth++
  }
  return depth + usualDepth(node.size)
}
