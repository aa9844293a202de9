// Which batches of which sensor runs are already applied: what makes redelivery harmless.
//
// In:  (sensor, boot, sequence) of batches in any order, each any number of times.
// Out: applied or not; for the checkpoint the runs that changed; how many batches are missing.
// A run is kept as its greatest sequence and the holes below it, not as the set of what was applied: JetStream delivers
// nearly in order, so there are few holes, and one that arrives late still fills its place, exactly once.
//
//   applied  1 2 3 . . 6 7 . 9        sequence 9, holes [4,5] [8,8]
//
// Given up: past `holesMax` the oldest hole of a run is closed for good (its batches count as missing for ever, and one
// that arrives after all is taken for a duplicate); past `runsMax` a run is forgotten: the oldest of the sensor that has the most, so
// that no sensor can make those of another one forgotten by inventing runs.
import type { Position } from "../store/records.ts"

/** Holes kept a run; each is two numbers. */
export const HOLES_MAX = 256
/** Runs kept in memory, over all sensors. */
export const RUNS_MAX = 10_000

export interface PositionLimits {
  readonly holesMax: number
  readonly runsMax: number
}

interface Run {
  readonly sensor: string
  readonly boot: string
  /** Greatest sequence applied; 0 before the first. */
  sequence: number
  /** Inclusive ranges below `sequence` that were not applied, ascending, never touching. */
  readonly holes: (readonly [first: number, last: number])[]
  /** Batches in holes that were closed for good. */
  lost: number
  /** Ledger of the batch with the greatest sequence. */
  ledger: Readonly<Record<string, number>>
  /** What the last checkpoint was offered; null since the run changed. */
  offered: Position | null
}

const NO_LEDGER: Readonly<Record<string, number>> = Object.freeze({})

export class Positions {
  /** Holes closed for good because a run had too many. */
  holesClosed = 0
  /** Runs forgotten because there were too many. */
  runsForgotten = 0
  readonly #limits: PositionLimits
  /** By sensor, then boot; least recently marked first in both. */
  readonly #runs = new Map<string, Map<string, Run>>()
  #size = 0
  readonly #dirty = new Set<Run>()
  /** Batches missing in runs that were forgotten. */
  #forgottenMissing = 0

  constructor(limits: PositionLimits = { holesMax: HOLES_MAX, runsMax: RUNS_MAX }) {
    this.#limits = limits
  }

  /** Goes on from what the store kept. The order given is taken as the order of last use. */
  static from(stored: readonly Position[], limits?: PositionLimits): Positions {
    const positions = new Positions(limits)
    for (const position of stored) {
      positions.#add({ ...position, holes: [...position.holes], offered: position })
    }
    return positions
  }

  isApplied(sensor: string, boot: string, sequence: number): boolean {
    const run = this.#runs.get(sensor)?.get(boot)
    if (run === undefined || sequence > run.sequence) return false
    return holeOf(run, sequence) < 0
  }

  /** The greatest sequence applied; 0 before the first. */
  greatest(sensor: string, boot: string): number {
    return this.#runs.get(sensor)?.get(boot)?.sequence ?? 0
  }

  /** Notes a batch as applied. `ledger` counts only when no later batch of the run was there before. */
  mark(sensor: string, boot: string, sequence: number, ledger: Readonly<Record<string, number>>): void {
    const run = this.#take(sensor, boot) ?? {
      ...{ sensor, boot, sequence: 0, holes: [], lost: 0, ledger: NO_LEDGER },
      offered: null,
    }
    if (sequence > run.sequence) {
      if (sequence > run.sequence + 1) run.holes.push([run.sequence + 1, sequence - 1])
      run.sequence = sequence
      run.ledger = ledger
    } else {
      fill(run, sequence)
    }
    this.#close(run)
    run.offered = null
    this.#dirty.add(run)
    this.#add(run)
  }

  /**
   * Batches that did not arrive between two that did. What a run sent before the first batch that came here is not
   * counted: the collector may be younger than the sensor.
   */
  missing(): number {
    let missing = this.#forgottenMissing
    for (const run of this.#all()) missing += missingOf(run)
    return missing
  }

  /** The same by sensor, without runs that were forgotten. */
  missingBySensor(): Map<string, number> {
    const missing = new Map<string, number>()
    for (const run of this.#all()) missing.set(run.sensor, (missing.get(run.sensor) ?? 0) + missingOf(run))
    return missing
  }

  /** Runs changed since the checkpoint that was last confirmed by `committed`. */
  dirty(): Position[] {
    const positions: Position[] = []
    for (const run of this.#dirty) {
      run.offered ??= {
        sensor: run.sensor,
        boot: run.boot,
        sequence: run.sequence,
        holes: [...run.holes],
        lost: run.lost,
        ledger: run.ledger,
      }
      positions.push(run.offered)
    }
    return positions
  }

  /** Tells that the positions that `dirty` gave are in the store. Runs that changed meanwhile stay dirty. */
  committed(positions: readonly Position[]): void {
    const stored = new Set(positions)
    for (const run of this.#dirty) {
      if (run.offered !== null && stored.has(run.offered)) this.#dirty.delete(run)
    }
  }

  *#all(): Iterable<Run> {
    for (const runs of this.#runs.values()) yield* runs.values()
  }

  /** Takes a run out, to be put back as the one marked last. */
  #take(sensor: string, boot: string): Run | null {
    const runs = this.#runs.get(sensor)
    const run = runs?.get(boot)
    if (runs === undefined || run === undefined) return null
    runs.delete(boot)
    this.#size--
    if (runs.size === 0) this.#runs.delete(sensor)
    return run
  }

  #add(run: Run): void {
    const runs = this.#runs.get(run.sensor) ?? new Map<string, Run>()
    runs.set(run.boot, run)
    this.#runs.delete(run.sensor)
    this.#runs.set(run.sensor, runs)
    this.#size++
    if (this.#size > this.#limits.runsMax) this.#forget()
  }

  /** Of sensors with as many runs, the one that was longest without a batch. */
  #forget(): void {
    let most: Map<string, Run> | null = null
    for (const runs of this.#runs.values()) if (most === null || runs.size > most.size) most = runs
    const [oldest] = most!.values()
    this.#take(oldest!.sensor, oldest!.boot)
    this.#forgottenMissing += missingOf(oldest!)
    this.runsForgotten++
  }

  #close(run: Run): void {
    while (run.holes.length > this.#limits.holesMax) {
      const [first, last] = run.holes.shift()!
      if (first > 1) run.lost += last - first + 1
      this.holesClosed++
    }
  }
}

function missingOf(run: Run): number {
  let missing = run.lost
  for (const [first, last] of run.holes) if (first > 1) missing += last - first + 1
  return missing
}

/** Index of the hole that holds `sequence`, -1 when it was applied. */
function holeOf(run: Run, sequence: number): number {
  for (let i = run.holes.length - 1; i >= 0; i--) {
    const [first, last] = run.holes[i]!
    if (sequence > last) return -1
    if (sequence >= first) return i
  }
  return -1
}

function fill(run: Run, sequence: number): void {
  const index = holeOf(run, sequence)
  if (index < 0) return
  const [first, last] = run.holes[index]!
  const rest: (readonly [number, number])[] = []
  if (first < sequence) rest.push([first, sequence - 1])
  if (sequence < last) rest.push([sequence + 1, last])
  run.holes.splice(index, 1, ...rest)
}
