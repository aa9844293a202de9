// The path of a request target as events have it, without a capture around it: for whoever evaluates what is made of paths.
import { SummaryCounters } from "./counters.ts"
import { PathTokens, pathText } from "./path-tokens.ts"
import { ObjectPseudonyms } from "./privacy/object-pseudonyms.ts"
import { Domain, type PseudonymKey } from "./privacy/pseudonym.ts"
import { Skeleton } from "./skeleton.ts"

/** Operation.path and Operation.extension. */
export interface PathText {
  readonly path: string
  readonly extension: string
}

/** Reads targets as the summary stage does where all weak words may leave (privacy.paths: text). */
export function pathReader(key: PseudonymKey): (target: string) => PathText {
  const tokens = new PathTokens(new ObjectPseudonyms(key.of(Domain.object)), new SummaryCounters())
  const skeleton = new Skeleton()
  return (target) => {
    const bytes = Buffer.from(target, "utf8")
    skeleton.clear()
    tokens.read(bytes, 0, bytes.length, skeleton)
    return pathText(skeleton.bytes, 0, skeleton.length)
  }
}
