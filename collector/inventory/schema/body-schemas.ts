// The bodies of an endpoint by direction, status and content type: what its schemas are merged from.
//
// In:  its exchanges, one at a time.   Out: records; what is new in them, for the change feed.
// Requests that were refused (4xx) say nothing of what an endpoint takes, and are left out. A body of which bytes were lost counts,
// but not its shape. Answers without a body have content type "".
// Given up, and counted: bodies of kinds past `schemas`; of one kind see body-group.ts. The order of exchanges makes no difference
// but for what finds no place.
//
//   exchange --> form and status as last time? --> the sight that was counted then
//                        | no
//                        +--> group (direction, status, content type) --> sight of its shape; a new one may be news
import { type ApiEvent, type Form, GAP_FLAG, State, TRUNCATED_FLAG } from "../../../shared/event/api-event.ts"
import type { BodiesRecord, SchemaChange } from "../../store/endpoint-records.ts"
import type { InventoryLimits, LimitCounters } from "../limits.ts"
import type { ShapeTexts } from "../shape-notes.ts"
import { BodyGroup, NO_SHAPE, type Sight } from "./body-group.ts"
import { SchemaWatch } from "./schema-watch.ts"

/** What is new in one kind of body. */
export interface SchemaNews extends SchemaChange {
  readonly direction: BodiesRecord["direction"]
  readonly status: number
  readonly contentType: string
}

/** What was counted last, so that an exchange like the one before costs no look-up. */
interface Last {
  readonly form: Form
  readonly status: number
  readonly group: BodyGroup
  readonly sight: Sight
}

/** Of the same kind and shape: forms are one object within a batch only. */
const isAlike = (a: Form, b: Form): boolean =>
  a === b || (a.fullShape === b.fullShape && a.kind === b.kind && a.contentType === b.contentType)

export class BodySchemas {
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #texts: ShapeTexts
  /** By status, twice, plus one for responses; then by content type. */
  readonly #groups = new Map<number, Map<string, BodyGroup>>()
  #size = 0
  #lastRequest: Last | null = null
  #lastResponse: Last | null = null
  readonly #watch: SchemaWatch
  #news: SchemaNews[] = []

  constructor(
    limits: InventoryLimits,
    reached: LimitCounters,
    texts: ShapeTexts,
    records: readonly BodiesRecord[] = [],
  ) {
    this.#limits = limits
    this.#reached = reached
    this.#texts = texts
    this.#watch = new SchemaWatch(texts)
    for (const record of records) this.#make(record)?.restore(record)
  }

  /** Something is new since takeNews. */
  get hasNews(): boolean {
    return this.#news.length > 0
  }

  takeNews(): SchemaNews[] {
    const taken = this.#news
    this.#news = []
    return taken
  }

  count(event: ApiEvent): void {
    const { request, response, status } = event
    if (status !== 0) {
      const last = this.#lastResponse
      if (last !== null && last.status === status && isAlike(last.form, response) && isWhole(event))
        this.#again(last, event)
      else this.#lastResponse = this.#count("response", status, response, event)
    }
    if (request.kind === "none" || (status >= 400 && status < 500)) return
    const last = this.#lastRequest
    if (last !== null && isAlike(last.form, request) && isWhole(event)) this.#again(last, event)
    else this.#lastRequest = this.#count("request", 0, request, event)
  }

  /** Adds what another route counted. */
  merge(other: BodySchemas): void {
    for (const theirs of other.#sorted()) {
      const group = this.#find(theirs.direction, theirs.status, theirs.contentType) ?? this.#make(theirs)
      if (group === null) this.#reached.schemas += theirs.bodies
      else group.merge(theirs)
    }
    this.#watch.forget()
    this.#lastRequest = this.#lastResponse = null
  }

  /** In a fixed order: requests first, then by status and content type. */
  records(): BodiesRecord[] {
    return this.#sorted().map((group) => group.record())
  }

  #again({ group, sight }: Last, { startUs }: ApiEvent): void {
    group.see(sight, startUs)
    if (this.#watch.isDue(group)) this.#tell(group, this.#watch.gone(group))
  }

  #count(direction: BodiesRecord["direction"], status: number, form: Form, event: ApiEvent): Last | null {
    const contentType = form.kind === "none" ? "" : form.contentType
    let group = this.#find(direction, status, contentType)
    const { startUs } = event
    if (group === null) {
      const kind = this.#newKind(direction, status)
      group = this.#make({ direction, status, contentType })
      if (group === null) {
        this.#reached.schemas++
        return null
      }
      if (kind !== "") this.#tell(group, [{ atUs: startUs, kind, field: "", before: "", now: "" }])
    }
    const shape = isWhole(event) ? form.fullShape : NO_SHAPE
    if (!group.shapes.has(shape)) this.#tell(group, this.#watch.newShape(group, shape, startUs))
    const sight = group.add(shape, { bodies: 1, firstSeenUs: startUs, lastSeenUs: startUs })
    if (this.#watch.isDue(group)) this.#tell(group, this.#watch.gone(group))
    return sight === null || !isWhole(event) ? null : { form, status, group, sight }
  }

  /** Which news a kind of body is that has not been seen before; "" for none. */
  #newKind(direction: BodiesRecord["direction"], status: number): string {
    let seen = 0
    let isKnownStatus = false
    for (const group of this.#all()) {
      if (group.direction !== direction) continue
      seen += group.bodies
      if (group.status === status) isKnownStatus = true
    }
    if (seen < this.#watch.newsAfter) return ""
    return isKnownStatus ? "type.new" : "status.new"
  }

  #tell(group: BodyGroup, changes: readonly SchemaChange[]): void {
    for (const change of changes) {
      if (!group.noteChange(change)) return
      const { direction, status, contentType } = group
      this.#news.push({ ...change, direction, status, contentType })
    }
  }

  *#all(): Iterable<BodyGroup> {
    for (const ofStatus of this.#groups.values()) yield* ofStatus.values()
  }

  #sorted(): BodyGroup[] {
    return [...this.#all()].sort(
      (a, b) =>
        (a.direction < b.direction ? -1 : a.direction > b.direction ? 1 : 0) ||
        a.status - b.status ||
        (a.contentType < b.contentType ? -1 : 1),
    )
  }

  #find(direction: BodiesRecord["direction"], status: number, contentType: string): BodyGroup | null {
    return this.#groups.get(keyOf(direction, status))?.get(contentType) ?? null
  }

  #make(kind: Pick<BodiesRecord, "direction" | "status" | "contentType">): BodyGroup | null {
    if (this.#size >= this.#limits.schemas) return null
    this.#size++
    const group = new BodyGroup(kind, this.#limits, this.#reached, this.#texts)
    const key = keyOf(kind.direction, kind.status)
    const ofStatus = this.#groups.get(key)
    if (ofStatus === undefined) this.#groups.set(key, new Map([[kind.contentType, group]]))
    else ofStatus.set(kind.contentType, group)
    return group
  }
}

const keyOf = (direction: BodiesRecord["direction"], status: number): number =>
  status * 2 + (direction === "response" ? 1 : 0)

/** No byte of the exchange was lost: its shapes are those of what was sent. */
const isWhole = (event: ApiEvent): boolean =>
  (event.flags & (GAP_FLAG | TRUNCATED_FLAG)) === 0 && event.state !== State.bodyGap
