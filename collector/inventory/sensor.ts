// What one sensor says about itself, summed over its boots: batches, exchanges by quality flag, its loss ledger, and what it
// saw and missed minute by minute.
//
// In:  each applied batch's envelope, in any order; the ledger of a boot is cumulative, so the one with the greatest sequence
//      counts, and the sensor's ledger grows by the difference to what that boot had said before.
// Out: the sensor's record and the minutes since the last checkpoint. A run that was never met before becomes the present
//      one: event time cannot tell which run is newer, because a sensor may read an older capture today.
import { type ApiEvent, type Envelope, FLAG_NAMES } from "../../shared/event/api-event.ts"
import type { Position, SensorCounts, SensorMinute, SensorRecord, WorkerRecord } from "../store/records.ts"
import { BoundedCounts, namedCounts } from "./bounded-counts.ts"
import type { InventoryLimits, LimitCounters } from "./limits.ts"
import { RuleCounts, ruleOf } from "./rule-counts.ts"
import {
  addGrowth,
  type Counters,
  countsOf,
  isLevel,
  isPeak,
  levelsOf,
  NO_COUNTERS,
  namedLevels,
} from "./sensor-counts.ts"
import { SensorRun } from "./sensor-run.ts"
import { parseBoot } from "./source.ts"

const MINUTE_US = 60_000_000

interface Boot {
  sequence: number
  ledger: Counters
}

export class Sensor {
  isDirty = false
  readonly #record: SensorRecord
  readonly #flags: number[]
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  /** By name, least recently met first. */
  readonly #boots = new Map<string, Boot>()
  readonly #ledger: BoundedCounts<string>
  readonly #rules: RuleCounts
  #run: SensorRun
  /** Since the last checkpoint, by the start of the minute. */
  readonly #minutes = new Map<number, SensorMinute>()

  constructor(record: SensorRecord, limits: InventoryLimits, reached: LimitCounters) {
    this.#record = { ...record }
    this.#limits = limits
    this.#reached = reached
    this.#ledger = BoundedCounts.ofTexts(limits.ledgerCounters, withoutLevels(record.ledger))
    this.#rules = new RuleCounts(limits.facts, record.rules)
    this.#run = new SensorRun(record.run, limits.workers, record.workers)
    this.#flags = FLAG_NAMES.map((name) => record.flags[name] ?? 0)
  }

  get name(): string {
    return this.#record.sensor
  }

  get run(): SensorRun {
    return this.#run
  }

  countFlags(flags: number): void {
    for (let bit = 0; bit < FLAG_NAMES.length; bit++) if ((flags & (1 << bit)) !== 0) this.#flags[bit]!++
  }

  /** Which identity rule decided, request by request. */
  countRules(requests: readonly ApiEvent[]): void {
    for (const { identity } of requests) if (!this.#rules.add(ruleOf(identity))) this.#reached.facts++
  }

  countCopies(copies: number): void {
    this.#record.copies += copies
  }

  /** Takes the boot's ledger as said before this process began. */
  resume(position: Position): void {
    this.#boots.set(position.boot, { sequence: position.sequence, ledger: position.ledger })
    // Counted when it was forgotten first.
    this.#forgetBoot()
  }

  /** Returns how long the sensor had been silent, µs of wall clock; 0 when it had not. */
  noteBatch(envelope: Envelope, events: readonly ApiEvent[], heardUs: number): number {
    const record = this.#record
    const wasSilent = record.silent
    const silenceUs = wasSilent ? Math.max(1, heardUs - record.lastHeardUs) : 0
    const boot = this.#boots.get(envelope.boot)
    this.#noteRun(envelope, boot === undefined, heardUs)
    this.#noteLedger(envelope, boot)
    record.watermarkUs = Math.max(record.watermarkUs, envelope.watermarkUs)
    record.lastHeardUs = Math.max(record.lastHeardUs, heardUs)
    record.exchanges += events.length
    record.batches++
    let firstUs = envelope.watermarkUs
    for (const event of events) if (event.startUs < firstUs) firstUs = event.startUs
    if (record.firstBatchUs === 0 || firstUs < record.firstBatchUs) record.firstBatchUs = firstUs
    return wasSilent && !record.silent ? silenceUs : 0
  }

  /** A worker of the present run was not heard for too long. True when the whole sensor has fallen silent by it. */
  noteSilence(worker: number): boolean {
    this.#run.setSilent(worker)
    const wasSilent = this.#record.silent
    this.#record.silent = this.#run.isSilent
    return this.#record.silent && !wasSilent
  }

  record(missingBatches = this.#record.missingBatches): SensorRecord {
    const record = this.#record
    record.missingBatches = missingBatches
    const workers: readonly WorkerRecord[] = this.#run.records()
    const ledger = { ...this.#ledger.record(), ...namedLevels(this.#run.levels) }
    const flags = namedCounts(FLAG_NAMES, this.#flags)
    return { ...record, workers, ledger: nonZero(ledger), flags, rules: this.#rules.record() }
  }

  /** What was added to minutes since the last call. */
  takeMinutes(): SensorMinute[] {
    const minutes = [...this.#minutes.values()]
    this.#minutes.clear()
    return minutes
  }

  #noteRun(envelope: Envelope, isNewBoot: boolean, heardUs: number): void {
    const record = this.#record
    const name = parseBoot(envelope.boot)
    if (isNewBoot && name.run !== this.#run.name && !this.#knowsRun(name.run)) {
      this.#run = new SensorRun(name.run, this.#limits.workers)
      record.run = name.run
      record.runs++
      record.boot = ""
      record.sequence = 0
    }
    if (name.run !== this.#run.name) return
    if (!this.#run.note(envelope, name, heardUs)) this.#reached.workers++
    record.finished = this.#run.isFinished
    record.silent = this.#run.isSilent
    record.keyEpoch = envelope.keyEpoch
    if (record.boot !== envelope.boot) record.sequence = 0
    record.boot = envelope.boot
    record.sequence = Math.max(record.sequence, envelope.sequence)
  }

  #noteLedger(envelope: Envelope, known: Boot | undefined): void {
    let boot = known
    if (boot === undefined) {
      boot = { sequence: 0, ledger: NO_COUNTERS }
      this.#boots.set(envelope.boot, boot)
      if (this.#forgetBoot()) this.#reached.boots++
    }
    if (envelope.sequence <= boot.sequence) return
    this.#addDifference(envelope.ledger, boot.ledger)
    // What a boot did before its first batch that came here is in the ledger, and in no minute: when it was is not known.
    if (known !== undefined || envelope.sequence === 1) this.#addMinute(envelope, boot.ledger)
    boot.sequence = envelope.sequence
    boot.ledger = envelope.ledger
  }

  /** Adds what `now` says beyond `before`, also where it says less. */
  #addDifference(now: Counters, before: Counters): void {
    for (const [name, value] of Object.entries(now)) {
      if (isLevel(name)) continue
      const change = isPeak(name) ? Math.max(0, value - this.#ledger.get(name)) : value - ownValue(before, name)
      if (change !== 0 && !this.#ledger.add(name, change)) this.#reached.ledgerCounters++
    }
    // A counter that is no longer there has come back to zero.
    for (const [name, value] of Object.entries(before)) {
      if (!Object.hasOwn(now, name) && !isLevel(name) && !isPeak(name)) this.#ledger.add(name, -value)
    }
  }

  #addMinute({ watermarkUs, ledger }: Envelope, before: Counters): void {
    const windowUs = Math.floor(watermarkUs / MINUTE_US) * MINUTE_US
    let minute = this.#minutes.get(windowUs)
    if (minute === undefined) {
      minute = { sensor: this.name, windowUs, ...countsOf(NO_COUNTERS), ...levelsOf(NO_COUNTERS) }
      this.#minutes.set(windowUs, minute)
    }
    addGrowth(minute as SensorCounts, countsOf(ledger), countsOf(before))
    const { unknownLoss, overloadStep } = levelsOf(ledger)
    minute.unknownLoss = Math.max(minute.unknownLoss, unknownLoss)
    minute.overloadStep = Math.max(minute.overloadStep, overloadStep)
  }

  #knowsRun(run: string): boolean {
    for (const boot of this.#boots.keys()) if (parseBoot(boot).run === run) return true
    return false
  }

  /** Makes room for the boot that was met last. True when another had to go. */
  #forgetBoot(): boolean {
    if (this.#boots.size <= this.#limits.boots) return false
    for (const boot of this.#boots.keys()) {
      this.#boots.delete(boot)
      break
    }
    return true
  }
}

function ownValue(counters: Counters, name: string): number {
  return Object.hasOwn(counters, name) ? counters[name]! : 0
}

function nonZero(ledger: Counters): Record<string, number> {
  return Object.fromEntries(Object.entries(ledger).filter(([, value]) => value !== 0))
}

function withoutLevels(ledger: Counters): Record<string, number> {
  return Object.fromEntries(Object.entries(ledger).filter(([name]) => !isLevel(name)))
}
