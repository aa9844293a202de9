// Servers that nobody named, in a deployment where some are.
//
// A service is named by a specification, an owner or a label. One that is not, on listeners where no named service answers, is rogue as
// soon as there is any named service. In: services as they change. Out: why a service is rogue, and which ones changed.
import type { ServiceRecord } from "../../store/records.ts"

interface Known {
  readonly name: string
  readonly listeners: readonly string[]
  readonly isNamed: boolean
}

type Facts = Pick<ServiceRecord, "id" | "name" | "addresses" | "owner" | "labels">

export class RogueServers {
  readonly #services = new Map<string, Known>()
  /** Named services at each listener. */
  readonly #named = new Map<string, number>()
  #namedServices = 0

  /** `hasSpecification`: whether a document is there for it. True when others may have become or ceased to be rogue by that. */
  note({ id, name, addresses, owner, labels }: Facts, hasSpecification: boolean): boolean {
    const before = this.#services.get(id)
    const isNamed = hasSpecification || owner !== "" || labels.length > 0
    if (before !== undefined && before.isNamed === isNamed && before.listeners.length === addresses.length) return false
    if (before?.isNamed === true) this.#count(before.listeners, -1)
    this.#services.set(id, { name, listeners: [...addresses], isNamed })
    if (isNamed) this.#count(addresses, 1)
    return isNamed || before?.isNamed === true
  }

  ids(): Iterable<string> {
    return this.#services.keys()
  }

  /** "" when it is not. */
  whyRogue(id: string): string {
    const service = this.#services.get(id)
    if (service === undefined || service.isNamed || this.#namedServices === 0) return ""
    if (service.listeners.some((listener) => (this.#named.get(listener) ?? 0) > 0)) return ""
    const { listeners } = service
    const places =
      listeners.length > 3
        ? `${listeners.slice(0, 3).join(", ")} and ${listeners.length - 3} more`
        : listeners.join(", ")
    return `Nobody named this server: it has no specification, owner or label, and no service that has one answers at ${places}.`
  }

  #count(listeners: readonly string[], by: number): void {
    this.#namedServices += by
    for (const listener of listeners) {
      const left = (this.#named.get(listener) ?? 0) + by
      if (left === 0) this.#named.delete(listener)
      else this.#named.set(listener, left)
    }
  }
}
