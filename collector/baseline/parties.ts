// Which consumers are one: those of one partner, and those that were merged.
import type { ConsumerSubject, Subjects } from "./subjects.ts"

export interface SavedParties {
  /** Ordinals of a partner's consumers; and the partner that each consumer was last seen with. */
  readonly members: ReadonlyMap<string, readonly number[]>
  readonly partners: readonly string[]
  /** Ordinal of a consumer that was merged: of the one that goes on. */
  readonly successors: ReadonlyMap<number, number>
}

const NONE: readonly number[] = []

export class Parties {
  readonly #subjects: Subjects
  readonly #members: Map<string, number[]>
  readonly #partners: string[]
  readonly #successors: Map<number, number>

  constructor(subjects: Subjects, saved?: SavedParties) {
    this.#subjects = subjects
    this.#members = new Map([...(saved?.members ?? [])].map(([partner, ordinals]) => [partner, [...ordinals]]))
    this.#partners = [...(saved?.partners ?? [])]
    this.#successors = new Map(saved?.successors)
  }

  /** Keeps up with partners that people gave and took. */
  meet({ ordinal, partner }: ConsumerSubject): void {
    const before = this.#partners[ordinal] ?? ""
    if (before === partner) return
    while (this.#partners.length < ordinal) this.#partners.push("")
    this.#partners[ordinal] = partner
    const left = this.#members.get(before)
    if (left !== undefined) left.splice(left.indexOf(ordinal), 1)
    if (left?.length === 0) this.#members.delete(before)
    if (partner === "") return
    const joined = this.#members.get(partner)
    if (joined === undefined) this.#members.set(partner, [ordinal])
    else joined.push(ordinal)
  }

  /** All consumers of its partner that were met since, it among them; none without a partner. */
  siblings({ partner }: ConsumerSubject): readonly number[] {
    return partner === "" ? NONE : (this.#members.get(partner) ?? NONE)
  }

  /** The one that goes on for `ordinal`. */
  present(ordinal: number): number {
    return this.#successors.size === 0 ? ordinal : (this.#successors.get(ordinal) ?? ordinal)
  }

  isSame(ordinal: number, consumer: ConsumerSubject): boolean {
    if (ordinal === consumer.ordinal) return true
    return consumer.partner !== "" && this.#subjects.consumers[ordinal]?.partner === consumer.partner
  }

  merge(former: ConsumerSubject, successor: ConsumerSubject): void {
    for (const [from, into] of this.#successors)
      if (into === former.ordinal) this.#successors.set(from, successor.ordinal)
    this.#successors.set(former.ordinal, successor.ordinal)
    this.meet({ ...former, partner: "" })
  }

  save(): SavedParties {
    return { members: this.#members, partners: this.#partners, successors: this.#successors }
  }
}
