// As Akto groups URLs: numbers, UUIDs, object ids and longer mixes of letters and digits are parameters by themselves; of the rest, URLs of equal length that differ
// in one segment become one once there are enough of them, if what they answer looks alike.
//
// In:  requests.   Out: groups, settled when they are asked for. One segment at a time, from the left, so that a merge on the left
// is known further right.
import type { Learner, LearnerKind, LearnerRequest } from "../learner.ts"

const URLS_MIN = 10
const STRONG = /^(?:[-+]?\d+(?:\.\d+)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24})$/i
const PARAMETER = "{}"
const MIX_LENGTH_MIN = 6
const MIX_DIGITS_MIN = 3

const isParameter = (segment: string): boolean =>
  STRONG.test(segment) ||
  (segment.length >= MIX_LENGTH_MIN && segment.replace(/\D/g, "").length >= MIX_DIGITS_MIN && /[a-z]/i.test(segment))

interface Url {
  segments: string[]
  readonly shapes: Set<number>
}

class AktoLike implements Learner {
  readonly #urls = new Map<string, Url>()
  readonly #requests: Url[] = []

  observe(request: LearnerRequest): void {
    const segments = request.target.split("/").map((segment) => (isParameter(segment) ? PARAMETER : segment))
    const key = segments.join("/")
    const url = this.#urls.get(key) ?? { segments, shapes: new Set() }
    this.#urls.set(key, url)
    if (request.status < 400) url.shapes.add(request.shape)
    this.#requests.push(url)
  }

  groups(): readonly string[] {
    const urls = [...this.#urls.values()]
    const longest = Math.max(0, ...urls.map((url) => url.segments.length))
    for (let at = 1; at < longest; at++) this.#merge(urls, at)
    return this.#requests.map((url) => url.segments.join("/"))
  }

  #merge(urls: readonly Url[], at: number): void {
    const rows = new Map<string, Url[]>()
    for (const url of urls) {
      if (url.segments.length <= at || url.segments[at] === PARAMETER) continue
      const key = `${url.segments.slice(0, at).join("/")}//${url.segments.slice(at + 1).join("/")}`
      rows.set(key, [...(rows.get(key) ?? []), url])
    }
    for (const row of rows.values()) {
      for (const alike of byShape(row))
        if (new Set(alike.map((url) => url.segments[at])).size >= URLS_MIN)
          for (const url of alike) url.segments = url.segments.with(at, PARAMETER)
    }
  }
}

/** URLs that answer alike, each in one list. */
function byShape(row: readonly Url[]): Url[][] {
  const lists = new Map<number, Url[]>()
  for (const url of row) {
    const [first = 0] = [...url.shapes].sort((a, b) => a - b)
    lists.set(first, [...(lists.get(first) ?? []), url])
  }
  return [...lists.values()]
}

export const AKTO_LIKE: LearnerKind = { name: "Akto-like", make: () => new AktoLike() }
