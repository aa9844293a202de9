// Which detectors run, and with which numbers: the defaults of their specs, and what people have set instead.
import type { DetectorSpec, SettingValues } from "../detect/detector.ts"

interface Setting {
  isEnabled: boolean
  values: Readonly<Record<string, number>>
}

export type SavedSettings = ReadonlyMap<string, Setting>

export class DetectorSettings {
  readonly #set: Map<string, Setting>
  readonly #live = new Map<string, { readonly spec: DetectorSpec; readonly values: Record<string, number> }>()

  constructor(saved?: SavedSettings) {
    this.#set = new Map(saved ?? [])
  }

  isEnabled(name: string): boolean {
    return this.#set.size === 0 || (this.#set.get(name)?.isEnabled ?? true)
  }

  /** An object whose numbers are always those in force. */
  of(spec: DetectorSpec): SettingValues {
    const known = this.#live.get(spec.name)
    if (known !== undefined) return known.values
    const values = valuesOf(spec, this.#set.get(spec.name)?.values ?? {})
    this.#live.set(spec.name, { spec, values })
    return values
  }

  /** Values beyond the spec's bounds are refused before they come here. */
  set(name: string, isEnabled: boolean, values: Readonly<Record<string, number>>): void {
    this.#set.set(name, { isEnabled, values })
    const live = this.#live.get(name)
    if (live !== undefined) Object.assign(live.values, valuesOf(live.spec, values))
  }

  save(): SavedSettings {
    return this.#set
  }
}

function valuesOf(spec: DetectorSpec, set: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(spec.settings).map(([name, { default: value }]) => [name, set[name] ?? value]),
  )
}
