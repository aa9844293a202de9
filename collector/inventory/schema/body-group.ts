// Bodies of one direction, status and content type: how often each shape was seen, and from when to when.
//
//   shapes   77 -> 812 bodies, 10:00 to 11:30      `max` at most; shape 0: bodies without one
//            78 ->   3 bodies, ...
//   fields   "note:string" -> 5 bodies, ...        lines of the shapes that found no place, added up
//
// Past `max` shapes the rarest (of equals the one seen least recently) gives up its place: what is lost is which of its fields stood
// together, never how many bodies had a field. A new shape competes too, so that a thousand shapes that are seen once do not push
// out those that are always seen.
import type { BodiesRecord, SchemaChange } from "../../store/endpoint-records.ts"
import type { InventoryLimits, LimitCounters } from "../limits.ts"
import type { ShapeTexts } from "../shape-notes.ts"

/** So many changes (`schemaChanges`) within this time say that the bodies have no schema, and no more are told: 7 days, µs. */
const CHANGES_SPAN_US = 7 * 24 * 3_600_000_000

/** The shape of bodies that were not looked into, of which bytes were lost, or of a kind that has none. */
export const NO_SHAPE = 0

export interface Sight {
  bodies: number
  firstSeenUs: number
  lastSeenUs: number
}

export class BodyGroup {
  readonly direction: BodiesRecord["direction"]
  readonly status: number
  readonly contentType: string
  bodies = 0
  unread = 0
  firstSeenUs = Number.POSITIVE_INFINITY
  lastSeenUs = Number.NEGATIVE_INFINITY
  readonly shapes = new Map<number, Sight>()
  /** What is told of it in the change feed, oldest first, bounded. */
  #changes: SchemaChange[] = []
  readonly #fields = new Map<string, Sight>()
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #texts: ShapeTexts

  constructor(
    { direction, status, contentType }: Pick<BodiesRecord, "direction" | "status" | "contentType">,
    limits: InventoryLimits,
    reached: LimitCounters,
    texts: ShapeTexts,
  ) {
    this.direction = direction
    this.status = status
    this.contentType = contentType
    this.#limits = limits
    this.#reached = reached
    this.#texts = texts
  }

  /** Bodies whose shape is, or was, known. */
  get shaped(): number {
    return this.bodies - (this.shapes.get(NO_SHAPE)?.bodies ?? 0) - this.unread
  }

  /** Lines of shapes that were absorbed, and when each was seen. */
  get absorbed(): ReadonlyMap<string, Readonly<Sight>> {
    return this.#fields
  }

  /** Lines of absorbed shapes have been left out, or are about to be. */
  get isFull(): boolean {
    return this.#fields.size >= this.#limits.schemaFields
  }

  /**
   * Adds bodies of a shape, and gives the sight that they are counted in; null when the shape was absorbed at once. Who keeps it and
   * counts in it goes on only until the next call of `add`.
   */
  add(shape: number, { bodies, firstSeenUs, lastSeenUs }: Readonly<Sight>): Sight | null {
    this.bodies += bodies
    if (firstSeenUs < this.firstSeenUs) this.firstSeenUs = firstSeenUs
    if (lastSeenUs > this.lastSeenUs) this.lastSeenUs = lastSeenUs
    const known = this.shapes.get(shape)
    if (known !== undefined) {
      addSight(known, bodies, firstSeenUs, lastSeenUs)
      return known
    }
    const sight = { bodies, firstSeenUs, lastSeenUs }
    this.shapes.set(shape, sight)
    if (this.shapes.size - (this.shapes.has(NO_SHAPE) ? 1 : 0) <= this.#limits.schemaShapes) return sight
    const rarest = this.#rarest()
    this.#absorb(rarest)
    return rarest === shape ? null : sight
  }

  /** One body of a shape that `sight` is of. */
  see(sight: Sight, atUs: number): void {
    this.bodies++
    addSight(sight, 1, atUs, atUs)
    if (atUs < this.firstSeenUs) this.firstSeenUs = atUs
    if (atUs > this.lastSeenUs) this.lastSeenUs = atUs
  }

  get changes(): readonly SchemaChange[] {
    return this.#changes
  }

  /** False when so many were told lately that there is nothing to learn from another: then it is counted only. */
  noteChange(change: SchemaChange): boolean {
    const changes = this.#changes
    if (changes.length >= this.#limits.schemaChanges) {
      if (changes[0]!.atUs > change.atUs - CHANGES_SPAN_US) {
        this.#reached.schemaChanges++
        return false
      }
      changes.shift()
    }
    changes.push(change)
    return true
  }

  merge(other: BodyGroup): void {
    this.unread += other.unread
    for (const [line, sight] of other.#fields) this.#addField(line, sight)
    // What was absorbed there belongs to no shape here. In order of number: a store gives them back in that order, too.
    let listed = 0
    for (const [shape, sight] of [...other.shapes].sort(([a], [b]) => a - b)) {
      this.add(shape, sight)
      listed += sight.bodies
    }
    this.bodies += other.bodies - listed
    const changes = [...this.#changes, ...other.#changes].sort((a, b) => a.atUs - b.atUs)
    this.#changes = changes.slice(-this.#limits.schemaChanges)
    if (other.firstSeenUs < this.firstSeenUs) this.firstSeenUs = other.firstSeenUs
    if (other.lastSeenUs > this.lastSeenUs) this.lastSeenUs = other.lastSeenUs
  }

  record(): BodiesRecord {
    const { direction, status, contentType, bodies, firstSeenUs, lastSeenUs, unread } = this
    const changes = this.#changes.length === 0 ? {} : { changes: [...this.#changes] }
    return {
      direction,
      status,
      contentType,
      bodies,
      firstSeenUs,
      lastSeenUs,
      shapes: sightRecord(this.shapes),
      fields: sightRecord(this.#fields),
      unread,
      ...changes,
    }
  }

  restore(record: BodiesRecord): void {
    this.bodies = record.bodies
    this.unread = record.unread
    this.firstSeenUs = record.firstSeenUs
    this.lastSeenUs = record.lastSeenUs
    this.#changes = [...(record.changes ?? [])]
    for (const [shape, sight] of Object.entries(record.shapes)) this.shapes.set(Number(shape), sightOf(sight))
    for (const [line, sight] of Object.entries(record.fields)) this.#fields.set(line, sightOf(sight))
  }

  #rarest(): number {
    let rarest = NO_SHAPE
    let least: Sight | null = null
    for (const [shape, sight] of this.shapes) {
      if (shape === NO_SHAPE || (least !== null && !isRarer(sight, least, shape < rarest))) continue
      rarest = shape
      least = sight
    }
    return rarest
  }

  #absorb(shape: number): void {
    const sight = this.shapes.get(shape)!
    this.shapes.delete(shape)
    this.#reached.schemaShapes++
    const lines = this.#texts.linesOf(shape)
    if (lines === null) this.unread += sight.bodies
    else for (const line of lines) if (line.includes(":")) this.#addField(line, sight)
  }

  #addField(line: string, { bodies, firstSeenUs, lastSeenUs }: Readonly<Sight>): void {
    const known = this.#fields.get(line)
    if (known !== undefined) addSight(known, bodies, firstSeenUs, lastSeenUs)
    else if (this.#fields.size >= this.#limits.schemaFields) this.#reached.schemaFields++
    else this.#fields.set(line, { bodies, firstSeenUs, lastSeenUs })
  }
}

function isRarer(a: Sight, b: Sight, isSmaller: boolean): boolean {
  if (a.bodies !== b.bodies) return a.bodies < b.bodies
  return a.lastSeenUs === b.lastSeenUs ? isSmaller : a.lastSeenUs < b.lastSeenUs
}

function addSight(sight: Sight, bodies: number, firstUs: number, lastUs: number): void {
  sight.bodies += bodies
  if (firstUs < sight.firstSeenUs) sight.firstSeenUs = firstUs
  if (lastUs > sight.lastSeenUs) sight.lastSeenUs = lastUs
}

type SightRecord = BodiesRecord["shapes"][string]

const sightOf = ([bodies, firstSeenUs, lastSeenUs]: SightRecord): Sight => ({ bodies, firstSeenUs, lastSeenUs })

function sightRecord(sights: ReadonlyMap<string | number, Sight>): Record<string, SightRecord> {
  const record: Record<string, SightRecord> = {}
  for (const [key, { bodies, firstSeenUs, lastSeenUs }] of sights) record[key] = [bodies, firstSeenUs, lastSeenUs]
  return record
}
