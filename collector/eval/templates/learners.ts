// Who is compared.
import { PathTrie } from "../../inventory/templates/path-trie.ts"
import { AKTO_LIKE } from "./anchors/akto-like.ts"
import { APICLARITY } from "./anchors/apiclarity.ts"
import { DIGITS_ONLY } from "./anchors/digits-only.ts"
import { DRAIN } from "./anchors/drain.ts"
import type { LearnerKind } from "./learner.ts"
import { PathLearnerAdapter } from "./path-learner-adapter.ts"
import { TYPED_TOKENS } from "./typed-tokens.ts"

export const ANCHORS: readonly LearnerKind[] = [DIGITS_ONLY, APICLARITY, AKTO_LIKE, DRAIN, TYPED_TOKENS]

/** The inventory's own. */
export const PATH_TRIE: LearnerKind = {
  name: "PathTrie",
  isOnline: true,
  make: () => new PathLearnerAdapter(new PathTrie()),
}

export const LEARNERS: readonly LearnerKind[] = [...ANCHORS, PATH_TRIE]
