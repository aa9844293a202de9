// What people say of services and endpoints: owner, labels, names, gateways. By hand, or by rules from a file or by hand.
//
// In:  edits of kinds service.note, endpoint.note and labels.put; records before they are written. Out: records that say it, and
// documents. By hand beats by rule, for each of owner and labels. A change holds for everything that was seen before, at once.
import type { EndpointNoteRecord, LabelRuleRecord, ServiceNoteRecord } from "../../store/documents.ts"
import type { EndpointRecord, ServiceRecord } from "../../store/records.ts"
import type { Documents } from "../documents.ts"
import {
  type Actor,
  type Edit,
  EditError,
  type Edited,
  type EditHandler,
  type EditKind,
  type EditOf,
} from "../edits.ts"
import type { Endpoint } from "../endpoint.ts"
import type { MintId } from "../ids.ts"
import type { InventoryLimits, LimitCounters } from "../limits.ts"
import type { Service } from "../service.ts"
import type { Unsaved } from "../unsaved.ts"
import { LabelRules, labelsMistake, ownerMistake, refuse, ruleMistake } from "./label-rules.ts"

const NAME_MAX = 200
const NOTE_MAX = 2000
const GATEWAYS_MAX = 32

export interface LabelsParts {
  readonly documents: Documents
  readonly limits: InventoryLimits
  readonly reached: LimitCounters
  readonly mint: MintId
  readonly unsaved: Unsaved
  readonly service: (id: string) => Service | null
  readonly services: () => Iterable<Service>
  /** Also by a former id. */
  readonly endpoint: (id: string) => Endpoint | null
}

interface ByRule {
  readonly rules: LabelRules
  /** Places that the service had when the rules were asked: more may fit others. */
  readonly places: number
  readonly owner: string
  readonly labels: readonly string[]
}

export class Labels implements EditHandler {
  readonly kinds: readonly EditKind[] = ["service.note", "endpoint.note", "labels.put"]
  readonly #parts: LabelsParts
  #rules: LabelRules
  readonly #byRule = new Map<string, ByRule>()
  /** Labels by the id that their endpoint has now; null: to be found out again. */
  #endpointLabels: Map<string, string[]> | null = null

  constructor(parts: LabelsParts) {
    this.#parts = parts
    this.#rules = new LabelRules(parts.documents.all("labelRule"))
    for (const note of parts.documents.all("serviceNote"))
      if (note.gateways.length > 0) parts.service(note.service)?.places.remember(note.gateways)
  }

  /** Writes owner and labels into the record. */
  fillService(record: ServiceRecord): void {
    const note = this.#parts.documents.get("serviceNote", record.id)
    const byRule = this.#ruled(record)
    record.owner = note !== null && note.owner !== "" ? note.owner : byRule.owner
    record.labels = [...(note !== null && note.labels.length > 0 ? note.labels : byRule.labels)]
  }

  fillEndpoint(record: EndpointRecord): void {
    record.labels = [...(this.#labelsOfEndpoints().get(record.id) ?? [])]
  }

  /** Routes belong to other endpoints now: what was said of an id is said of another endpoint. */
  regrouped(): void {
    this.#endpointLabels = null
  }

  edit(edit: Edit, actor: Actor): Edited {
    if (edit.kind === "service.note") return this.#noteService(edit, actor)
    return edit.kind === "endpoint.note"
      ? this.#noteEndpoint(edit, actor)
      : this.#putRules(edit as EditOf<"labels.put">)
  }

  #ruled(record: ServiceRecord): ByRule {
    const known = this.#byRule.get(record.id)
    const places = record.listeners.length
    if (known !== undefined && known.rules === this.#rules && known.places === places) return known
    const { owner, labels } = this.#rules.decide(record)
    const ruled = { rules: this.#rules, places, owner: owner?.owner ?? "", labels: labels?.labels ?? [] }
    this.#byRule.set(record.id, ruled)
    return ruled
  }

  #labelsOfEndpoints(): Map<string, string[]> {
    if (this.#endpointLabels !== null) return this.#endpointLabels
    const found = new Map<string, string[]>()
    for (const { endpoint, labels } of this.#parts.documents.all("endpointNote")) {
      const id = this.#parts.endpoint(endpoint)?.id
      if (id !== undefined) found.set(id, [...new Set([...(found.get(id) ?? []), ...labels])])
    }
    this.#endpointLabels = found
    return found
  }

  #noteService(edit: EditOf<"service.note">, actor: Actor): Edited {
    const service = this.#parts.service(edit.service)
    if (service === null) throw new EditError("unknown", "There is no service with this id.", "service")
    const before = this.#parts.documents.get("serviceNote", service.id)
    const { name = before?.name ?? "", owner = before?.owner ?? "", labels = before?.labels ?? [] } = edit
    const gateways = edit.gateways ?? before?.gateways ?? []
    if (name.length > NAME_MAX) throw new EditError("invalid", `A name has at most ${NAME_MAX} characters.`, "name")
    refuse(ownerMistake(owner))
    refuse(labelsMistake(labels))
    refuseGateways(gateways)
    const note: ServiceNoteRecord = {
      service: service.id,
      name: name.trim(),
      owner: owner.trim(),
      labels: [...new Set(labels.map((label) => label.trim()))],
      gateways: [...new Set(gateways)],
      by: actor.name,
      atUs: actor.atUs,
    }
    const isEmpty = note.name === "" && note.owner === "" && note.labels.length + note.gateways.length === 0
    if (isEmpty) this.#parts.documents.remove("serviceNote", service.id)
    else this.#parts.documents.put("serviceNote", service.id, note)
    if (edit.gateways !== undefined && note.gateways.join("\n") !== (before?.gateways ?? []).join("\n"))
      service.places.name(note.gateways)
    if (note.name !== (before?.name ?? "")) service.rename(note.name)
    this.#parts.unsaved.service(service)
    return { id: service.id, before, sentence: `${service.name}: ${said(note)}.` }
  }

  #noteEndpoint(edit: EditOf<"endpoint.note">, actor: Actor): Edited {
    const { documents, limits, reached } = this.#parts
    const endpoint = this.#parts.endpoint(edit.endpoint)
    if (endpoint === null) throw new EditError("unknown", "There is no endpoint with this id.", "endpoint")
    const before = documents.get("endpointNote", endpoint.id)
    const { labels = before?.labels ?? [], note = before?.note ?? "" } = edit
    refuse(labelsMistake(labels))
    if (note.length > NOTE_MAX) throw new EditError("invalid", `A note has at most ${NOTE_MAX} characters.`, "note")
    if (labels.length === 0 && note.trim() === "") documents.remove("endpointNote", endpoint.id)
    else {
      if (before === null && documents.count("endpointNote") >= limits.endpointNotes) {
        reached.endpointNotes++
        throw new EditError("limit", `There are at most ${limits.endpointNotes} notes of endpoints.`)
      }
      const trimmed = [...new Set(labels.map((label) => label.trim()))]
      const record: EndpointNoteRecord = {
        endpoint: endpoint.id,
        labels: trimmed,
        note: note.trim(),
        by: actor.name,
        atUs: actor.atUs,
      }
      documents.put("endpointNote", endpoint.id, record)
    }
    this.regrouped()
    this.#parts.unsaved.endpoint(endpoint)
    const name = `${endpoint.method} ${endpoint.template}`
    const sentence = `${name}: ${labels.length === 0 ? "no labels" : `labels ${labels.join(", ")}`}.`
    return { id: endpoint.id, before, sentence }
  }

  #putRules({ source, rules }: EditOf<"labels.put">): Edited {
    const { documents, limits, reached, mint, unsaved } = this.#parts
    rules.forEach((rule, i) => {
      refuse(ruleMistake(rule, i === rules.length - 1), `rules.${i}`)
    })
    const former = documents.all("labelRule").filter((rule) => rule.source === source)
    if (documents.count("labelRule") - former.length + rules.length > limits.labelRules) {
      reached.labelRules++
      throw new EditError("limit", `There are at most ${limits.labelRules} rules.`, "rules")
    }
    for (const { id } of former) documents.remove("labelRule", id)
    rules.forEach((rule, place) => {
      const id = newId(mint, documents)
      documents.put("labelRule", id, ruleRecord(rule, { id, place, source }))
    })
    this.#rules = new LabelRules(documents.all("labelRule"))
    for (const service of this.#parts.services()) unsaved.service(service)
    const from = source === "file" ? "of the file" : "by hand"
    const sentence = `${rules.length} rules for owners and labels ${from} in place of ${former.length}.`
    return { id: source, before: { rules: former.length }, sentence }
  }
}

function newId(mint: MintId, documents: Documents): string {
  for (;;) {
    const id = mint("rule")
    if (documents.get("labelRule", id) === null) return id
  }
}

type Fields = EditOf<"labels.put">["rules"][number]

/** Fields that are not given fit everything. */
export function ruleRecord(rule: Fields, at: Pick<LabelRuleRecord, "id" | "place" | "source">): LabelRuleRecord {
  const { authority = "", zone = "", network = "", cidr = "", owner = "", labels = [] } = rule
  return { ...at, authority, zone, network, cidr, owner: owner.trim(), labels: labels.map((label) => label.trim()) }
}

/** Whether the rules of the file are those that are kept. */
export function rulesAreKept(rules: readonly Fields[], kept: readonly LabelRuleRecord[]): boolean {
  const ofFile = kept.filter(({ source }) => source === "file").sort((a, b) => a.place - b.place)
  const wanted = rules.map((rule, place) => ruleRecord(rule, { id: ofFile[place]?.id ?? "", place, source: "file" }))
  return JSON.stringify(wanted) === JSON.stringify(ofFile.map((rule) => ruleRecord(rule, rule)))
}

function refuseGateways(gateways: readonly string[]): void {
  if (gateways.length > GATEWAYS_MAX)
    throw new EditError("invalid", `There are at most ${GATEWAYS_MAX} gateways.`, "gateways")
  const wrong = gateways.find((gateway) => gateway.length > 128 || !/.:\d{1,5}$/.test(gateway))
  if (wrong !== undefined)
    throw new EditError("invalid", `"${wrong.slice(0, 128)}" is no place such as the service's addresses.`, "gateways")
}

function said({ name, owner, labels, gateways }: ServiceNoteRecord): string {
  const parts = [
    name === "" ? "" : `name ${name}`,
    owner === "" ? "" : `owner ${owner}`,
    labels.length === 0 ? "" : `labels ${labels.join(", ")}`,
    gateways.length === 0 ? "" : `gateways ${gateways.join(", ")}`,
  ].filter((part) => part !== "")
  return parts.length === 0 ? "nothing is said by hand any more" : `${parts.join("; ")}, by hand`
}
