// Shares of operations and hours of a consumer against what is usual (B4).
import type { Baseline, BaselineParts } from "./baseline.ts"
import type { Sight } from "./sight.ts"

export type SavedMix = Record<string, never>

export class Mix implements Baseline {
  readonly bytes = 0

  constructor(_parts: BaselineParts, _saved?: SavedMix) {}

  note(_sight: Sight): void {}

  save(): SavedMix {
    return {}
  }
}
