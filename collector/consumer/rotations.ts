// Rotations: proposed when a day of event time begins, withdrawn when the former comes back, decided by people.
//
// In:  all consumers, once a day. Out: documents of kind rotation, each pair at most once; a confirmed one is a merge.
//
//   new ones (first seen in the last 14 days) --> silent ones of the same network --> score --> best pairs, each consumer in one
//
// Given up: past `rotationCandidates` of one network the others there are not looked at (counted); past `rotations` the oldest that were
// withdrawn or rejected are forgotten, and when there are none nothing is proposed (counted).

import type { Changes } from "../inventory/changes.ts"
import type { Documents } from "../inventory/documents.ts"
import { type Actor, type Edit, EditError, type Edited, type EditHandler, type EditKind } from "../inventory/edits.ts"
import type { InventoryLimits, LimitCounters } from "../inventory/limits.ts"
import type { RotationRecord } from "../store/documents.ts"
import type { Consumer } from "./consumer.ts"
import type { Consumers } from "./consumers.ts"
import { countDays, dayOf } from "./recent-days.ts"
import {
  isNew,
  looksLike,
  type Mix,
  mayRotate,
  type RotationScore,
  SILENCE_MAX_US,
  scoreRotation,
  wasPresent,
} from "./rotation.ts"

/** A former that was seen on so many days since the proposal is back. */
const BACK_DAYS = 2
/** Others that look the same are counted up to here. */
const CROWD_MAX = 8

interface Candidate extends RotationScore {
  readonly former: Consumer
  readonly successor: Consumer
}

export interface RotationSurroundings {
  /** Requests of a consumer by endpoint, up to now. */
  mixes(): (consumer: Consumer) => Mix
  /** Merges two consumers, or throws an EditError. */
  merge(former: Consumer, successor: Consumer): Edited
  newId(): string
}

export class Rotations implements EditHandler {
  readonly kinds: readonly EditKind[] = ["rotation.decide"]
  readonly #documents: Documents
  readonly #consumers: Consumers
  readonly #changes: Changes
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  readonly #around: RotationSurroundings

  constructor(
    documents: Documents,
    consumers: Consumers,
    changes: Changes,
    limits: InventoryLimits,
    reached: LimitCounters,
    around: RotationSurroundings,
  ) {
    this.#documents = documents
    this.#consumers = consumers
    this.#changes = changes
    this.#limits = limits
    this.#reached = reached
    this.#around = around
  }

  /** A day of event time has begun at `nowUs`. */
  turnTo(nowUs: number): void {
    this.#withdraw(nowUs)
    const candidates = this.#candidates(nowUs)
    if (candidates.length === 0) return
    // The best first, then the oldest: nothing depends on ids, which are random.
    candidates.sort(
      (a, b) =>
        b.score - a.score ||
        a.former.firstSeenUs - b.former.firstSeenUs ||
        a.successor.firstSeenUs - b.successor.firstSeenUs ||
        (a.successor.principal < b.successor.principal ? -1 : 1),
    )
    const taken = new Set<Consumer>()
    for (const { state, former, successor } of this.#documents.all("rotation")) {
      if (state !== "proposed") continue
      for (const id of [former, successor]) {
        const consumer = this.#consumers.byId(id)
        if (consumer !== null) taken.add(consumer)
      }
    }
    for (const candidate of candidates) {
      if (taken.has(candidate.former) || taken.has(candidate.successor)) continue
      taken.add(candidate.former).add(candidate.successor)
      this.#propose(candidate, nowUs)
    }
  }

  edit(edit: Edit, actor: Actor): Edited {
    if (edit.kind !== "rotation.decide")
      throw new EditError("invalid", `Edits of kind ${edit.kind} are not about rotations.`)
    const record = this.#documents.get("rotation", edit.id)
    if (record === null) throw new EditError("unknown", "There is no rotation with this id.")
    if (record.state === "confirmed") throw new EditError("conflict", "It is confirmed: the two consumers are one.")
    const decided = { by: actor.name, atUs: actor.atUs }
    const before = { state: record.state }
    if (!edit.isConfirmed) {
      this.#documents.put("rotation", record.id, { ...record, ...decided, state: "rejected" })
      return { id: record.id, sentence: "The two consumers stay two.", before }
    }
    const former = this.#consumers.byId(record.former)
    const successor = this.#consumers.byId(record.successor)
    if (former === null || successor === null) throw new EditError("unknown", "One of the two consumers is not there.")
    const { sentence } = this.#around.merge(former, successor)
    this.#documents.put("rotation", record.id, { ...record, ...decided, state: "confirmed" })
    return { id: record.id, sentence, before }
  }

  /** Two consumers were merged otherwise: proposals of exactly these are answered by that. */
  noteMerge(actor: Pick<Actor, "name" | "atUs">): void {
    for (const record of this.#documents.all("rotation")) {
      if (record.state !== "proposed" || !this.#isOne(record)) continue
      this.#documents.put("rotation", record.id, { ...record, state: "confirmed", by: actor.name, atUs: actor.atUs })
    }
  }

  #isOne({ former, successor }: RotationRecord): boolean {
    return this.#consumers.byId(former) === this.#consumers.byId(successor)
  }

  #withdraw(nowUs: number): void {
    for (const record of this.#documents.all("rotation")) {
      if (record.state !== "proposed") continue
      const former = this.#consumers.byId(record.former)
      const successor = this.#consumers.byId(record.successor)
      if (former === null || successor === null) continue
      if (countDays(former.days, dayOf(record.proposedUs)) < BACK_DAYS) continue
      this.#documents.put("rotation", record.id, { ...record, state: "withdrawn" })
      this.#changes.withdrawnRotation(former, successor, nowUs)
    }
  }

  #candidates(nowUs: number): Candidate[] {
    const fresh: Consumer[] = []
    for (const consumer of this.#consumers.all()) {
      if (mayRotate(consumer) && isNew(consumer, nowUs)) fresh.push(consumer)
    }
    if (fresh.length === 0) return []
    const places = this.#byNetwork(nowUs)
    const known = new Set(this.#documents.all("rotation").map(({ former, successor }) => `${former}\n${successor}`))
    const mixOf = this.#around.mixes()
    const candidates: Candidate[] = []
    for (const successor of fresh) {
      const neighbours = this.#neighbours(successor, places)
      for (const former of neighbours) {
        if (known.has(`${former.id}\n${successor.id}`)) continue
        const crowd = (): number => crowdOf(former, successor, neighbours, mixOf)
        const score = scoreRotation(former, successor, nowUs, mixOf, crowd)
        if (typeof score !== "string") candidates.push({ ...score, former, successor })
      }
    }
    return candidates
  }

  /** Consumers with credentials by network, those seen in the last four weeks. */
  #byNetwork(nowUs: number): Map<string, Consumer[]> {
    const places = new Map<string, Consumer[]>()
    for (const consumer of this.#consumers.all()) {
      if (!mayRotate(consumer) || nowUs - consumer.lastSeenUs > SILENCE_MAX_US) continue
      for (const prefix of consumer.sights.names("prefix")) {
        const place = places.get(prefix)
        if (place === undefined) places.set(prefix, [consumer])
        else place.push(consumer)
      }
    }
    return places
  }

  #neighbours(successor: Consumer, places: ReadonlyMap<string, readonly Consumer[]>): Consumer[] {
    const neighbours = new Set<Consumer>()
    for (const prefix of successor.sights.names("prefix")) {
      for (const consumer of places.get(prefix) ?? []) {
        if (consumer === successor || consumer.scheme !== successor.scheme || neighbours.has(consumer)) continue
        if (neighbours.size >= this.#limits.rotationCandidates) {
          this.#reached.rotationCandidates++
          break
        }
        neighbours.add(consumer)
      }
    }
    return [...neighbours]
  }

  #propose({ former, successor, score, grounds }: Candidate, nowUs: number): void {
    if (!this.#makePlace()) {
      this.#reached.rotations++
      return
    }
    const id = this.#around.newId()
    const decided = { by: "", atUs: 0 }
    const pair = { former: former.id, successor: successor.id }
    this.#documents.put("rotation", id, {
      id,
      ...pair,
      state: "proposed",
      score,
      grounds,
      proposedUs: nowUs,
      ...decided,
    })
    this.#changes.proposedRotation(former, successor, nowUs)
  }

  #makePlace(): boolean {
    if (this.#documents.count("rotation") < this.#limits.rotations) return true
    let oldest: RotationRecord | null = null
    for (const record of this.#documents.all("rotation")) {
      if (record.state !== "withdrawn" && record.state !== "rejected") continue
      if (oldest === null || record.proposedUs < oldest.proposedUs) oldest = record
    }
    if (oldest === null) return false
    this.#documents.remove("rotation", oldest.id)
    return true
  }
}

function crowdOf(
  former: Consumer,
  successor: Consumer,
  neighbours: readonly Consumer[],
  mixOf: (consumer: Consumer) => Mix,
): number {
  let crowd = 0
  for (const other of neighbours) {
    if (other === former || !wasPresent(other, former)) continue
    if (looksLike(successor, other, mixOf) && ++crowd >= CROWD_MAX) break
  }
  return crowd
}
