// Objects: which a consumer asked for and was given before, and whose they are (provenance, novelty, ownership).
import type { Baseline, BaselineParts } from "./baseline.ts"
import type { Sight } from "./sight.ts"

export type SavedObjects = Record<string, never>

export class Objects implements Baseline {
  readonly bytes = 0

  constructor(_parts: BaselineParts, _saved?: SavedObjects) {}

  note(_sight: Sight): void {}

  save(): SavedObjects {
    return {}
  }
}
