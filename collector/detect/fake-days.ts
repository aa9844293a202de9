// Test support: days of a lab with counts that vary as partners' days do, seeded; objects that were and were not asked for before.
import type { Lab, Sent } from "../analysis/fake-lab.ts"
import { Draws } from "../simulate/draws.ts"

export const DAY_US = 86_400_000_000
const HOUR_US = 3_600_000_000

export interface Habit extends Sent {
  readonly consumer: string
  /** New objects on a usual working day; a third at weekends. */
  readonly perDay: number
}

export class Days {
  readonly #lab: Lab
  readonly #draws: Draws
  #object = 1_000
  day = 0

  constructor(lab: Lab, seed: string) {
    this.#lab = lab
    this.#draws = Draws.of(7, seed)
  }

  /** One day of all habits; `times` of the first one's usual count. Ends at the last exchange. */
  run(habits: readonly Habit[], times = 1, change: Sent = {}): void {
    const startUs = Math.floor(this.#lab.nowUs / DAY_US) * DAY_US + (this.day > 0 ? DAY_US : 0)
    const sent: { atUs: number; of: Sent }[] = []
    for (const [i, { perDay, ...habit }] of habits.entries()) {
      const mean = perDay * (i === 0 ? times : 1) * (this.day % 7 >= 5 ? 0.33 : 1)
      const count = this.#draws.bunched(mean, 0.15)
      for (let k = 0; k < count; k++) {
        const atUs = startUs + 8 * HOUR_US + Math.floor(((k + this.#draws.next()) * 10 * HOUR_US) / count)
        sent.push({ atUs, of: { ...habit, ...(i === 0 ? change : {}) } })
      }
    }
    sent.sort((a, b) => a.atUs - b.atUs)
    for (const { atUs, of } of sent) this.#lab.send({ ...of, objects: [this.#object++], atUs })
    this.day++
  }
}
