// Who asks for one made-up path after the other where something answers 200 to whatever is asked: the page of an application, say.
//
// In:  GETs answered with success and a body at paths that are new, or share a leaf with others. Out: whether somebody swept through
// paths of the service, and facts for its finding. A consumer sweeps when, in a day of event time,
//
//   at least `limit` paths were asked for by it first, hardly one of them twice (PER_PATH_MAX),
//   and nearly all (ALIKE_SHARE) were answered alike: same status, type and shape, as many bytes (`isAlike`).
//
// A few consumers with the same answer, PART_MIN of the limit each, count together. What is read one by one from a collection differs in
// its bytes, names in a directory are asked for again and by many, numbers and UUIDs leave the sensor as their kind: as one path.
// Given up: HEAD, whose answers all look alike; sweeps of which answers echo the path in a body with a shape or a short one; a day that
// asks for the names of a collection without a list in front of it and is given as many bytes for each is taken for a sweep.
// Bounds: a sketch of 512 bytes, SWEEPERS_MAX consumers by Space-Saving, those who asked for most first.
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { DaySketch } from "./day-sketch.ts"

const SWEEPERS_MAX = 16
const PER_PATH_MAX = 1.5
const ALIKE_SHARE = 0.8
const PART_MIN = 0.25

/** An answer as far as it says that the path made no difference. */
export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly coarseShape: number
  readonly fullShape: number
  readonly bytes: number
}

export function answerAt({ status, response, responseBytes }: ApiEvent): Answer {
  const { contentType, coarseShape, fullShape } = response
  return { status, contentType, coarseShape, fullShape, bytes: responseBytes }
}

/** A body that has a shape is the same in every byte; a page may repeat the path, or hold a code of its own. */
export function isAlike(one: Answer, other: Answer): boolean {
  if (one.status !== other.status || one.contentType !== other.contentType) return false
  return one.coarseShape === other.coarseShape && hasSameLength(one, other)
}

export function hasSameLength(one: Pick<Answer, "bytes" | "fullShape">, other: Pick<Answer, "bytes">): boolean {
  const slack = one.fullShape !== 0 ? 0 : Math.min(64, one.bytes >> 4)
  return Math.abs(one.bytes - other.bytes) <= slack
}

/** What one consumer asked for on the present day. */
interface Sweeper {
  readonly consumer: string
  /** Paths that it asked for first, estimated; what another one may have asked for, before it took that one's place. */
  paths: number
  before: number
  requests: number
  /** Answer of most of its paths (majority vote of Boyer and Moore), the votes that it leads by, and paths answered so. */
  answer: Answer
  lead: number
  alike: number
  firstUs: number
  lastUs: number
}

/** Of the worst day. */
export interface SweepFacts {
  readonly paths: number
  /** Who did, most paths first. */
  readonly consumers: readonly string[]
  readonly answer: Answer
  readonly firstUs: number
  readonly lastUs: number
}

export class PathSweep {
  readonly #limit: number
  #sketch = new DaySketch()
  readonly #sweepers = new Map<string, Sweeper>()
  #worst: SweepFacts | null = null

  constructor(limit: number) {
    this.#limit = limit
  }

  get facts(): SweepFacts | null {
    return this.#worst
  }

  /** The worst day is the one that events have come to. */
  isSweeping(atUs: number): boolean {
    return this.#worst !== null && Math.min(atUs, this.#worst.lastUs) >= this.#sketch.dayUs
  }

  /**
   * `path`: 32-bit hash. `isOfCollection` is asked when the path is new in the day: whether its name may have been given by a list
   * above it, which is no sweep.
   */
  note(path: number, consumer: string, event: ApiEvent, isOfCollection: (answer: Answer) => boolean): void {
    const { startUs } = event
    if (this.#sketch.turnTo(startUs)) this.#sweepers.clear()
    const weight = this.#sketch.add(path)
    const known = this.#sweepers.get(consumer)
    if (known !== undefined) known.requests++
    if (weight === 0) return
    const answer = answerAt(event)
    if (isOfCollection(answer)) return
    const sweeper = known ?? this.#sweeper(consumer, answer, startUs)
    sweeper.paths += weight
    if (startUs < sweeper.firstUs) sweeper.firstUs = startUs
    if (startUs > sweeper.lastUs) sweeper.lastUs = startUs
    vote(sweeper, answer, weight)
    if (sweeper.alike >= PART_MIN * this.#limit && isSweeping(sweeper)) this.#conclude(sweeper)
  }

  /** Takes the place of the one who asked for least, past SWEEPERS_MAX. */
  #sweeper(consumer: string, answer: Answer, atUs: number): Sweeper {
    let before = 0
    if (this.#sweepers.size >= SWEEPERS_MAX) {
      let least: Sweeper | null = null
      for (const other of this.#sweepers.values()) if (least === null || sum(other) < sum(least)) least = other
      before = sum(least!)
      this.#sweepers.delete(least!.consumer)
    }
    const counts = { paths: 0, before, requests: 1, lead: 0, alike: 0 }
    const sweeper: Sweeper = { consumer, ...counts, answer, firstUs: atUs, lastUs: atUs }
    this.#sweepers.set(consumer, sweeper)
    return sweeper
  }

  #conclude({ answer }: Sweeper): void {
    const together = [...this.#sweepers.values()].filter(
      (each) => each.alike >= PART_MIN * this.#limit && isSweeping(each) && isAlike(each.answer, answer),
    )
    const paths = Math.round(together.reduce((all, { alike }) => all + alike, 0))
    if (paths < this.#limit || paths <= (this.#worst?.paths ?? 0)) return
    together.sort((a, b) => b.alike - a.alike || (a.consumer < b.consumer ? -1 : 1))
    const consumers = together.flatMap(({ consumer }) => (consumer === "" ? [] : [consumer]))
    const firstUs = Math.min(...together.map((each) => each.firstUs))
    const lastUs = Math.max(...together.map((each) => each.lastUs))
    this.#worst = { paths, consumers, answer, firstUs, lastUs }
  }

  toJson(): unknown {
    return [1, this.#sketch.toJson(), this.#sketch.dayUs, [...this.#sweepers.values()], this.#worst]
  }

  static from(stored: unknown, limit: number): PathSweep {
    const sweep = new PathSweep(limit)
    const [, bits, dayUs, sweepers, worst] = stored as [number, string, number, Sweeper[], SweepFacts | null]
    sweep.#sketch = DaySketch.from(bits, dayUs)
    for (const each of sweepers) sweep.#sweepers.set(each.consumer, { ...each })
    sweep.#worst = worst
    return sweep
  }
}

const sum = ({ paths, before }: Sweeper): number => paths + before

const isSweeping = ({ paths, requests, alike }: Sweeper): boolean =>
  alike >= ALIKE_SHARE * paths && requests <= PER_PATH_MAX * paths

function vote(sweeper: Sweeper, answer: Answer, weight: number): void {
  if (sweeper.lead > 0 && isAlike(sweeper.answer, answer)) {
    sweeper.lead++
    sweeper.alike += weight
    return
  }
  if (sweeper.lead > 0) {
    sweeper.lead--
    return
  }
  sweeper.answer = answer
  sweeper.lead = 1
  sweeper.alike = weight
}
