// Parameters, types, paths and data classes that an endpoint has shown (B8).
import type { Baseline, BaselineParts } from "./baseline.ts"
import type { Sight } from "./sight.ts"

export type SavedShapes = Record<string, never>

export class Shapes implements Baseline {
  readonly bytes = 0

  constructor(_parts: BaselineParts, _saved?: SavedShapes) {}

  note(_sight: Sight): void {}

  save(): SavedShapes {
    return {}
  }
}
