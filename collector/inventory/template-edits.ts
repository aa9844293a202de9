// What people and specifications say about path templates, and what can be read of them: pins, evidence, suggestions, former ids.
//
// In:  edits "pin.add" and "pin.remove"; the pins of a service's specifications. Out: documents of kind "pin", endpoints regrouped at
// once, for the past too. A learner remembers the pins in force with its own state, so nothing is to be done after a restart.
import type { PinRecord } from "../store/documents.ts"
import type { Documents } from "./documents.ts"
import { type Actor, type Edit, EditError, type Edited, type EditHandler, type EditKind, type EditOf } from "./edits.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Ids } from "./ids.ts"
import { type InventoryLimits, isFull, type LimitCounters } from "./limits.ts"
import { matchesOf } from "./pin-effects.ts"
import { checkPinPath, fits, formOf } from "./pin-paths.ts"
import type { Service } from "./service.ts"
import type { EnumSuggestion, Pin, Regrouping, TemplateEvidence } from "./templates/path-learner.ts"
import type { WorkingSet } from "./working-set.ts"

/** What the API shows of templates beside what the store keeps. */
export interface TemplateReads {
  /** Of an endpoint, by any of its ids; null when there is none. `aliases`: other ids that lead to it, at most ALIASES_MAX. */
  endpoint(id: string): {
    readonly id: string
    readonly evidence: readonly TemplateEvidence[]
    readonly aliases: readonly string[]
  } | null
  /** Null when there is no such service. */
  suggestions(service: string): readonly EnumSuggestion[] | null
  /** Of each pin of the service: the number of routes in use that it decides about. */
  pinMatches(service: string): ReadonlyMap<string, number>
  /** The same of a template that is not pinned. */
  matchesOf(service: string, path: string): number
  /** Endpoints in use whose template lies within a path: what pinning it would take. */
  within(service: string, path: string): readonly { readonly id: string; readonly name: string }[]
}

export const ALIASES_MAX = 200
/** Names of endpoints that the audit log keeps of what was there before. */
const BEFORE_MAX = 20

export interface TemplateEditParts {
  readonly set: WorkingSet
  readonly documents: Documents
  readonly limits: InventoryLimits
  readonly reached: LimitCounters
  readonly ids: Ids
  /** Pins of the service's specifications. */
  readonly specified: (service: string) => readonly Pin[]
  readonly regroup: (service: Service, regroupings: readonly Regrouping[], atUs: number) => void
}

export class TemplateEdits implements EditHandler, TemplateReads {
  readonly kinds: readonly EditKind[] = ["pin.add", "pin.remove"]
  readonly #parts: TemplateEditParts

  constructor(parts: TemplateEditParts) {
    this.#parts = parts
    for (const { id } of parts.documents.all("pin")) parts.ids.note(id)
  }

  edit(edit: Edit, actor: Actor): Edited {
    if (edit.kind === "pin.add") return this.#add(edit, actor)
    if (edit.kind === "pin.remove") return this.#remove(edit)
    throw new EditError("invalid", `Templates know nothing of edits of kind ${edit.kind}.`)
  }

  /**
   * The specifications of a service are others now: pins are given to its learner anew, what is `expected` has an endpoint although
   * nobody has used it, and what nobody has used and is expected no more has none.
   */
  specify(service: Service, expected: readonly { readonly method: string; readonly path: string }[]): void {
    this.#apply(service)
    const { routes } = this.#parts.set
    const names = new Set(expected.map(({ method, path }) => `${method} ${path}`))
    for (const endpoint of [...service.table.endpoints()])
      if (!names.has(`${endpoint.method} ${endpoint.template}`)) routes.unspecified(endpoint)
    const known = new Set(Array.from(service.table.endpoints(), ({ method, template }) => `${method} ${template}`))
    for (const { method, path } of expected)
      if (!known.has(`${method} ${path}`)) routes.specified(service, method, path, timeOf(service))
  }

  endpoint(id: string): ReturnType<TemplateReads["endpoint"]> {
    const { routes } = this.#parts.set
    const endpoint = routes.endpoint(id)
    if (endpoint === null) return null
    const evidence = endpoint.service.table.learner.evidence(endpoint.templateObject)
    return { id: endpoint.id, evidence, aliases: routes.aliasesOf(endpoint, ALIASES_MAX) }
  }

  suggestions(service: string): readonly EnumSuggestion[] | null {
    return this.#parts.set.service(service)?.table.learner.suggestions() ?? null
  }

  pinMatches(service: string): ReadonlyMap<string, number> {
    const known = this.#parts.set.service(service)
    return known === null ? new Map() : matchesOf(this.#pinsOf(service), known)
  }

  matchesOf(service: string, path: string): number {
    const known = this.#parts.set.service(service)
    if (known === null) return 0
    return matchesOf([{ id: "", kind: "template", path, source: "analyst" }], known).get("") ?? 0
  }

  within(service: string, path: string): ReturnType<TemplateReads["within"]> {
    const known = this.#parts.set.service(service)
    if (known === null) return []
    return [...known.table.endpoints()]
      .filter((endpoint) => fits(path, endpoint.template) && endpoint.requests > 0)
      .map(({ id, method, template }) => ({ id, name: `${method} ${template}` }))
  }

  #add({ service: id, pin: kind, path, reason = "" }: EditOf<"pin.add">, actor: Actor): Edited {
    const service = this.#service(id)
    checkPinPath(path)
    const pins = this.#of(id)
    const { limits, reached, documents, ids } = this.#parts
    for (const pin of pins) refuseConflict(pin, kind, path)
    if (isFull(limits, reached, "pinsPerService", pins.length))
      throw new EditError("limit", `A service has at most ${limits.pinsPerService} pins.`)
    const before = namesOf([...service.table.endpoints()].filter(({ template }) => fits(path, template)))
    const pinId = ids.next("pin")
    documents.put("pin", pinId, { id: pinId, service: id, kind, path, by: actor.name, atUs: actor.atUs, reason })
    const told = this.#apply(service)
    const isIdle = (matchesOf(this.#pinsOf(id), service).get(pinId) ?? 0) === 0
    const effect = isIdle ? "it has no effect so far, nobody has requested such a path." : told
    const what = kind === "apart" ? `What is below ${path} is kept apart` : `${path} is pinned`
    const named = before.length > 1 ? ` Taken: ${before.map((name) => name.replace(/^\S+ /, "")).join(", ")}.` : ""
    return { id: pinId, sentence: `${what} at ${service.name}: ${effect}${named}`, before: { endpoints: before } }
  }

  #remove({ service: id, id: pinId }: EditOf<"pin.remove">): Edited {
    const service = this.#service(id)
    const { documents } = this.#parts
    const record = documents.get("pin", pinId)
    if (record === null || record.service !== id) throw new EditError("unknown", "There is no pin with this id.", "id")
    documents.remove("pin", pinId)
    const effect = this.#apply(service)
    return { id: pinId, sentence: `${record.path} is pinned no more at ${service.name}: ${effect}`, before: record }
  }

  /** Gives the learner all pins in force; says what became of the endpoints. */
  #apply(service: Service): string {
    const { id, table } = service
    const pins = this.#pinsOf(id)
    const atUs = timeOf(service)
    const before = table.size
    const regroupings = table.learner.pin([...pins, ...this.#parts.specified(id)], atUs)
    this.#parts.regroup(service, regroupings, atUs)
    if (regroupings.length === 0) return "it has no effect so far, no endpoint has changed."
    return `${countOf(before)} before, ${countOf(table.size)} now.`
  }

  #pinsOf(service: string): Pin[] {
    return this.#of(service).map(({ id, kind, path }): Pin => ({ id, kind, path, source: "analyst" }))
  }

  #service(id: string): Service {
    const service = this.#parts.set.service(id)
    if (service === null) throw new EditError("unknown", "There is no service with this id.", "service")
    return service
  }

  /** In the order in which they were made. */
  #of(service: string): PinRecord[] {
    return this.#parts.documents
      .all("pin")
      .filter((pin) => pin.service === service)
      .sort((a, b) => a.atUs - b.atUs || (a.id < b.id ? -1 : 1))
  }
}

function refuseConflict(known: PinRecord, kind: PinRecord["kind"], path: string): void {
  const [theirs, ours] = [formOf(known.path), formOf(path)]
  if (known.kind === kind && theirs === ours) {
    const same = known.path === path ? "This is pinned already" : `It is pinned as ${known.path} already`
    throw new EditError("conflict", `${same} (${known.id}): remove that pin first.`, "path")
  }
  const [apart, template] = kind === "apart" ? [ours, theirs] : [theirs, ours]
  if (known.kind !== kind && `${template}/`.startsWith(`${apart === "/" ? "" : apart}/{}/`))
    throw new EditError("conflict", `The pin ${known.path} (${known.id}) says the contrary of what is below.`, "path")
}

/** Event time of what people do: how far the service had come. */
const timeOf = ({ lastSeenUs }: Service): number => (Number.isFinite(lastSeenUs) ? lastSeenUs : 0)

const namesOf = (endpoints: readonly Endpoint[]): string[] =>
  endpoints.slice(0, BEFORE_MAX).map(({ id, method, template }) => `${id} ${method} ${template}`)

const countOf = (endpoints: number): string => (endpoints === 1 ? "1 endpoint" : `${endpoints} endpoints`)
