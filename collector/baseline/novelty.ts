// How surprising it is that a consumer takes up an endpoint or a method (B3).
import type { Baseline, BaselineParts } from "./baseline.ts"
import type { Sight } from "./sight.ts"

export type SavedNovelty = Record<string, never>

export class Novelty implements Baseline {
  readonly bytes = 0

  constructor(_parts: BaselineParts, _saved?: SavedNovelty) {}

  note(_sight: Sight): void {}

  save(): SavedNovelty {
    return {}
  }
}
