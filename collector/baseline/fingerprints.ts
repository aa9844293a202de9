// From where and with which client a consumer comes, in bits of surprise (B6).
import type { Baseline, BaselineParts } from "./baseline.ts"
import type { Sight } from "./sight.ts"

export type SavedFingerprints = Record<string, never>

export class Fingerprints implements Baseline {
  readonly bytes = 0

  constructor(_parts: BaselineParts, _saved?: SavedFingerprints) {}

  note(_sight: Sight): void {}

  save(): SavedFingerprints {
    return {}
  }
}
