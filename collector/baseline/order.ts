// What comes before what on the same object (B5).
import type { Baseline, BaselineParts } from "./baseline.ts"
import type { Sight } from "./sight.ts"

export type SavedOrder = Record<string, never>

export class Order implements Baseline {
  readonly bytes = 0

  constructor(_parts: BaselineParts, _saved?: SavedOrder) {}

  note(_sight: Sight): void {}

  save(): SavedOrder {
    return {}
  }
}
