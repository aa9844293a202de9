// What each attack was, as a judge could have seen it: its endpoints, exchanges and the objects that it took, in order of time.
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import type { Label } from "../../simulate/labels.ts"
import type { World } from "../../simulate/world.ts"
import type { Place } from "./judge.ts"

export interface Attack {
  readonly label: Label
  readonly seed: number
  readonly archetype: string
  readonly endpoints: ReadonlySet<string>
  /** Start of each exchange, µs, ascending. */
  readonly times: readonly number[]
  /** Distinct objects that answers with success gave until each exchange. */
  readonly taken: readonly number[]
}

interface Growing {
  readonly endpoints: Set<string>
  readonly times: number[]
  readonly taken: number[]
  readonly objects: Set<number>
}

/** Nothing that a judge of exchanges could see. */
export const UNSEEN_KINDS: ReadonlySet<string> = new Set(["sensor-blind"])

export class AttackLog {
  readonly #world: World
  readonly #growing = new Map<number, Growing>()

  constructor(world: World) {
    this.#world = world
  }

  note(label: number, event: ApiEvent, place: Place | null): void {
    if (label === 0 || this.#world.labels.at(label)?.isAttack !== true) return
    let attack = this.#growing.get(label)
    if (attack === undefined) {
      attack = { endpoints: new Set(), times: [], taken: [], objects: new Set() }
      this.#growing.set(label, attack)
    }
    if (place !== null) attack.endpoints.add(place.id)
    attack.times.push(event.startUs)
    if (event.status >= 200 && event.status < 300) {
      for (const object of event.objects) attack.objects.add(object % 2 ** 32)
      for (const object of event.weakObjects) attack.objects.add(object % 2 ** 32)
      for (const object of event.returned) attack.objects.add(object)
    }
    attack.taken.push(attack.objects.size)
  }

  attacks(): Attack[] {
    return this.#world.labels.attacks.flatMap((label) => {
      const growing = this.#growing.get(label.index)
      if (growing === undefined || UNSEEN_KINDS.has(label.kind)) return []
      const partner = this.#world.partners[label.partner]!
      return [{ label, seed: this.#world.options.seed, archetype: partner.archetype, ...growing }]
    })
  }
}
