// Facts that the analysis has from people and from the inventory: contracts of partners, decoys.
import type { Operation } from "../../shared/event/api-event.ts"
import type { EndpointSubject } from "../baseline/subjects.ts"
import type { KnownFacts } from "../detect/detector.ts"
import type { ShapeTexts } from "../inventory/shape-notes.ts"
import type { ContractRecord } from "../store/documents.ts"

interface KnownPartner {
  readonly name: string
  readonly contract: ContractRecord | null
}

export interface SavedKnown {
  readonly partners: ReadonlyMap<string, KnownPartner>
  readonly decoys: ReadonlyMap<string, string>
}

export class Known implements KnownFacts {
  readonly #texts: ShapeTexts
  readonly #partners: Map<string, KnownPartner>
  readonly #decoys: Map<string, string>
  /** By endpoint ordinal, until the decoys change. */
  readonly #isDecoy = new Map<number, boolean>()
  /** By operation record, with the service that it was asked of last. */
  #isDecoyPath = new WeakMap<Operation, { readonly service: string; readonly is: boolean }>()

  constructor(texts: ShapeTexts, saved?: SavedKnown) {
    this.#texts = texts
    this.#partners = new Map(saved?.partners ?? [])
    this.#decoys = new Map(saved?.decoys ?? [])
  }

  contractOf(partner: string): ContractRecord | null {
    return partner === "" ? null : (this.#partners.get(partner)?.contract ?? null)
  }

  partnerName(partner: string): string {
    return this.#partners.get(partner)?.name ?? partner
  }

  get hasDecoys(): boolean {
    return this.#decoys.size > 0
  }

  isDecoy(endpoint: EndpointSubject): boolean {
    if (this.#decoys.size === 0) return false
    let is = this.#isDecoy.get(endpoint.ordinal)
    if (is === undefined) {
      const name = `${endpoint.serviceName} ${endpoint.method} ${endpoint.template}`
      is = this.#isDecoyName(name)
      this.#isDecoy.set(endpoint.ordinal, is)
    }
    return is
  }

  isDecoyPath(service: string, operation: Operation): boolean {
    let known = this.#isDecoyPath.get(operation)
    if (known?.service !== service) {
      known = { service, is: this.#isDecoyName(`${service} ${operation.method} ${operation.path}`) }
      this.#isDecoyPath.set(operation, known)
    }
    return known.is
  }

  shapeOf(shape: number): readonly string[] | null {
    return this.#texts.linesOf(shape)
  }

  setPartner(id: string, name: string, contract: ContractRecord | null): void {
    this.#partners.set(id, { name, contract })
  }

  setDecoy(id: string, pattern: string | null): void {
    if (pattern === null) this.#decoys.delete(id)
    else this.#decoys.set(id, pattern)
    this.#isDecoy.clear()
    this.#isDecoyPath = new WeakMap()
  }

  #isDecoyName(name: string): boolean {
    for (const pattern of this.#decoys.values()) if (matches(pattern, name)) return true
    return false
  }

  save(): SavedKnown {
    return { partners: this.#partners, decoys: this.#decoys }
  }
}

/** "*" stands for any text. */
function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*")
  if (!name.startsWith(parts[0]!)) return false
  let at = parts[0]!.length
  for (const [i, part] of parts.slice(1).entries()) {
    const isLast = i === parts.length - 2
    const found = isLast ? name.length - part.length : name.indexOf(part, at)
    if (found < at || !name.startsWith(part, found)) return false
    at = found + part.length
  }
  return at === name.length
}
