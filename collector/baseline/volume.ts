// Counts by pair and by consumer, hour and day, against their usual level (B1), and summed up over days (B2).
import type { Baseline, BaselineParts } from "./baseline.ts"
import type { Sight } from "./sight.ts"

export type SavedVolume = Record<string, never>

export class Volume implements Baseline {
  readonly bytes = 0

  constructor(_parts: BaselineParts, _saved?: SavedVolume) {}

  note(_sight: Sight): void {}

  save(): SavedVolume {
    return {}
  }
}
