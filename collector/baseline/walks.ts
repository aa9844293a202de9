// How a consumer walks through ids: neighbours, misses, refusals (B7).
import type { Baseline, BaselineParts } from "./baseline.ts"
import type { Sight } from "./sight.ts"

export type SavedWalks = Record<string, never>

export class Walks implements Baseline {
  readonly bytes = 0

  constructor(_parts: BaselineParts, _saved?: SavedWalks) {}

  note(_sight: Sight): void {}

  save(): SavedWalks {
    return {}
  }
}
