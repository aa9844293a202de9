// Who is compared.
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { PathLearner } from "../../inventory/templates/path-learner.ts"
import { AKTO_LIKE } from "./anchors/akto-like.ts"
import { APICLARITY } from "./anchors/apiclarity.ts"
import { DIGITS_ONLY } from "./anchors/digits-only.ts"
import { DRAIN } from "./anchors/drain.ts"
import type { LearnerKind } from "./learner.ts"
import { PathLearnerAdapter } from "./path-learner-adapter.ts"
import { TYPED_TOKENS } from "./typed-tokens.ts"

export const ANCHORS: readonly LearnerKind[] = [DIGITS_ONLY, APICLARITY, AKTO_LIKE, DRAIN, TYPED_TOKENS]

/** All learners; the inventory's own stands last. */
export async function allLearners(): Promise<readonly LearnerKind[]> {
  const url = new URL("../../inventory/templates/path-trie.ts", import.meta.url)
  if (!existsSync(fileURLToPath(url))) return ANCHORS
  const { PathTrie } = (await import(url.href)) as { PathTrie: new () => PathLearner }
  return [...ANCHORS, { name: "PathTrie", isOnline: true, make: () => new PathLearnerAdapter(new PathTrie()) }]
}
