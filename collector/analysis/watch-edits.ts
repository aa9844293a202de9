// What people decide about incidents and detections: states, exceptions, settings of detectors, decoys.
//
// Exceptions, settings and decoys are documents; the analysis learns of them with the checkpoint that keeps them. A decision about an
// incident goes into the journal at once.
import { DETECTORS } from "../detect/detectors.ts"
import type { AnalysisNote } from "../incident/notes.ts"
import type { Documents } from "../inventory/documents.ts"
import {
  type Actor,
  type Edit,
  EditError,
  type Edited,
  type EditHandler,
  type EditKind,
  type EditOf,
} from "../inventory/edits.ts"
import type { MintId } from "../inventory/ids.ts"
import { type InventoryLimits, isFull, type LimitCounters } from "../inventory/limits.ts"
import type { ExceptionRecord } from "../store/documents.ts"
import type { Analysis } from "./analysis.ts"

const DAY_US = 86_400_000_000
/** How long the exception holds that closing an incident as expected makes, days of event time. */
const EXPECTED_DAYS = 90
const TEXT_MAX = 2000
const PATTERN = /^\S+ \S+ \/\S*$/

export interface WatchEditParts {
  readonly analysis: Analysis
  readonly documents: Documents
  readonly limits: InventoryLimits
  readonly reached: LimitCounters
  readonly mint: MintId
  readonly apply: (note: AnalysisNote) => void
}

export class WatchEdits implements EditHandler {
  readonly kinds: readonly EditKind[] = [
    "incident.state",
    "exception.put",
    "exception.remove",
    "detector.set",
    "decoy.put",
    "decoy.remove",
  ]
  readonly #parts: WatchEditParts

  constructor(parts: WatchEditParts) {
    this.#parts = parts
  }

  edit(edit: Edit, actor: Actor): Edited {
    switch (edit.kind) {
      case "incident.state":
        return this.#decide(edit, actor)
      case "exception.put":
        return this.#putException(edit, actor)
      case "exception.remove":
        return this.#remove("exception", edit.id)
      case "detector.set":
        return this.#setDetector(edit, actor)
      case "decoy.put":
        return this.#putDecoy(edit, actor)
      case "decoy.remove":
        return this.#remove("decoy", edit.id)
    }
    throw new EditError("invalid", `Edits of kind ${edit.kind} are not about incidents.`)
  }

  #decide(edit: EditOf<"incident.state">, actor: Actor): Edited {
    const { id, state, verdict = "", reason = "" } = edit
    const { incidents } = this.#parts.analysis
    const found = incidents.byId(id)
    if (found === null) {
      throw new EditError(
        "unknown",
        "There is no such incident, or it was closed so long ago that it is only kept as a record.",
        "id",
      )
    }
    if (state === "closed" && verdict === "") {
      throw new EditError("invalid", "Say why it is closed: malicious, benign or expected.", "verdict")
    }
    if (state !== "closed" && verdict !== "") {
      throw new EditError("invalid", `Only a closed incident has a verdict, not one that is ${state}.`, "verdict")
    }
    if (reason.length > TEXT_MAX) throw new EditError("invalid", `At most ${TEXT_MAX} characters.`, "reason")
    const before = { state: found.saved.state, verdict: found.saved.verdict }
    const endpoints = verdict === "expected" ? this.#expect(edit, actor) : 0
    this.#parts.apply({ kind: "incident.state", id, state, verdict, by: actor.name, atUs: actor.atUs, text: reason })
    const more =
      endpoints === 0
        ? ""
        : ` Its level is adopted, and ${endpoints === 1 ? "an exception holds" : `${endpoints} exceptions hold`} for ${EXPECTED_DAYS} days.`
    const what = state === "closed" ? `closed as ${verdict}` : state
    return { id, sentence: `Incident ${id} is ${what}.${more}`, before }
  }

  /** One exception for each detection and endpoint of its evidence. */
  #expect({ id, reason = "", owner }: EditOf<"incident.state">, actor: Actor): number {
    const { analysis } = this.#parts
    const found = analysis.incidents.byId(id)!
    const consumer = analysis.subjects.consumers[found.saved.consumer]
    if (consumer === undefined) return 0
    const scopes = new Map<string, { detector: string; endpoint: string }>()
    for (const { detector, endpoint: ordinal } of found.evidence()) {
      const endpoint = analysis.subjects.endpoints[ordinal]?.id ?? ""
      scopes.set(`${detector}\n${endpoint}`, { detector, endpoint })
    }
    for (const scope of scopes.values()) {
      this.#put({
        ...scope,
        id: this.#parts.mint("exception"),
        consumer: consumer.id,
        partner: "",
        owner: owner ?? actor.name,
        reason: reason === "" ? `Incident ${id} was expected.` : reason,
        untilUs: analysis.nowUs + EXPECTED_DAYS * DAY_US,
        incident: id,
        by: actor.name,
        atUs: actor.atUs,
      })
    }
    return scopes.size
  }

  #putException(edit: EditOf<"exception.put">, actor: Actor): Edited {
    const { exception, reason = "" } = edit
    const { consumer = "", partner = "", endpoint = "", detector = "", owner, untilUs } = exception
    if (consumer === "" && partner === "" && endpoint === "") {
      throw new EditError("invalid", "Say whom or what it is for: a consumer, a partner or an endpoint.", "consumer")
    }
    if (detector !== "" && !DETECTORS.some(({ spec }) => spec.name === detector)) {
      throw new EditError("invalid", `There is no detection called ${detector}.`, "detector")
    }
    const { subjects } = this.#parts.analysis
    if (consumer !== "" && subjects.consumer(consumer) === null) {
      throw new EditError("unknown", "There is no such consumer.", "consumer")
    }
    if (partner !== "" && this.#parts.documents.get("partner", partner) === null) {
      throw new EditError("unknown", "There is no such partner.", "partner")
    }
    if (endpoint !== "" && subjects.endpoint(endpoint) === null) {
      throw new EditError("unknown", "There is no such endpoint, or nobody has used it yet.", "endpoint")
    }
    if (reason === "") throw new EditError("invalid", "Say why, so that the next person knows.", "reason")
    if (!(untilUs > this.#parts.analysis.nowUs))
      throw new EditError("invalid", "Its end lies before the newest traffic.", "until")
    const known = edit.id === undefined ? null : this.#parts.documents.get("exception", edit.id)
    if (edit.id !== undefined && known === null) throw new EditError("unknown", "There is no such exception.", "id")
    const id = edit.id ?? this.#parts.mint("exception")
    const incident = known?.incident ?? ""
    this.#put({
      id,
      consumer,
      partner,
      endpoint,
      detector,
      owner,
      reason,
      untilUs,
      incident,
      by: actor.name,
      atUs: actor.atUs,
    })
    return { id, sentence: `The exception ${id} holds until ${new Date(untilUs / 1000).toISOString()}.`, before: known }
  }

  #put(record: ExceptionRecord): void {
    const { documents, limits, reached } = this.#parts
    const isNew = documents.get("exception", record.id) === null
    if (isNew && isFull(limits, reached, "exceptions", documents.count("exception"))) {
      throw new EditError("limit", `There are ${limits.exceptions} exceptions already; remove some that are over.`)
    }
    documents.put("exception", record.id, record)
  }

  #setDetector(edit: EditOf<"detector.set">, actor: Actor): Edited {
    const { name, isEnabled = true, values = {} } = edit
    const spec = DETECTORS.find((kind) => kind.spec.name === name)?.spec
    if (spec === undefined) throw new EditError("unknown", `There is no detection called ${name}.`, "name")
    for (const [setting, value] of Object.entries(values)) {
      const bounds = Object.hasOwn(spec.settings, setting) ? spec.settings[setting] : undefined
      if (bounds === undefined)
        throw new EditError("invalid", `${name} has no setting ${setting}.`, `values.${setting}`)
      if (!(value >= bounds.min && value <= bounds.max)) {
        const sentence = `${setting} is ${bounds.min} to ${bounds.max} ${bounds.unit}.`
        throw new EditError("invalid", sentence, `values.${setting}`)
      }
    }
    const before = this.#parts.documents.get("detector", name)
    this.#parts.documents.put("detector", name, { name, isEnabled, values, by: actor.name, atUs: actor.atUs })
    return { id: name, sentence: `${spec.title} ${isEnabled ? "is on" : "is off"}, with the values given.`, before }
  }

  #putDecoy(edit: EditOf<"decoy.put">, actor: Actor): Edited {
    const { documents, limits, reached, mint } = this.#parts
    if (!PATTERN.test(edit.pattern) || edit.pattern.length > TEXT_MAX) {
      throw new EditError("invalid", 'A decoy is said as "SERVICE METHOD /PATH", each with * for any text.', "pattern")
    }
    if (isFull(limits, reached, "decoys", documents.count("decoy"))) {
      throw new EditError("limit", `There are ${limits.decoys} decoys already.`)
    }
    const id = mint("decoy")
    documents.put("decoy", id, { id, pattern: edit.pattern, by: actor.name, atUs: actor.atUs })
    return { id, sentence: `Whoever touches ${edit.pattern} raises an incident.`, before: null }
  }

  #remove(kind: "exception" | "decoy", id: string): Edited {
    const before = this.#parts.documents.get(kind, id)
    if (before === null) throw new EditError("unknown", `There is no such ${kind}.`, "id")
    this.#parts.documents.remove(kind, id)
    return { id, sentence: `The ${kind} ${id} is removed.`, before }
  }
}
