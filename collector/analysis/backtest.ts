// A back-test: the journal once more through two analyses, one with what is in force and one with what somebody considers.
//
// In:  a store, changed settings of detectors, exceptions that are considered. Out: incidents that either would have opened, by whom and
//      when, in the time that the journal covers. Nothing is written.
// The journal forgets its oldest pieces (watch.ts); what is usual is then learned anew from where it begins, and incidents of the first
// days are fewer than they were.
import { type LimitCounters, limitCounters } from "../inventory/limits.ts"
import type { DetectorRecord, ExceptionRecord } from "../store/documents.ts"
import type { IncidentRecord } from "../store/incident-records.ts"
import type { Store } from "../store/store.ts"
import { Analysis, type AnalysisOptions } from "./analysis.ts"
import { replay, replaying } from "./journal.ts"
import { unpacked } from "./snapshot.ts"

export interface BacktestOptions {
  readonly detectors: readonly Pick<DetectorRecord, "name" | "isEnabled" | "values">[]
  readonly exceptions?: readonly ExceptionRecord[]
  /** Incidents opened from then on are told, event time, µs; 0: all. */
  readonly sinceUs?: number
  readonly texts?: AnalysisOptions["texts"]
  /** Awaited every thousand exchanges, so that others may run in between. */
  readonly onRest?: () => Promise<void>
}

export interface BacktestResult {
  readonly exchanges: number
  readonly fromUs: number
  readonly toUs: number
  /** With the settings in force, and with those considered. */
  readonly before: readonly IncidentRecord[]
  readonly after: readonly IncidentRecord[]
  /** Findings that the exceptions considered would have held back. */
  readonly heldBack: number
}

/** The state that the store leads to: snapshot and journal. `sequence` of the last piece. */
export async function openAnalysis(
  store: Store,
  options: AnalysisOptions,
): Promise<{ analysis: Analysis; sequence: number; since: number }> {
  const snapshot = await store.snapshot()
  const saved = snapshot === null ? null : unpacked(snapshot.bytes)
  const analysis = saved === null ? new Analysis(options) : new Analysis(options, saved)
  let sequence = saved === null ? 0 : snapshot!.sequence
  let since = 0
  for (;;) {
    const piece = await store.journalAfter(sequence)
    if (piece === null) break
    replay(piece, analysis)
    sequence = piece.sequence
    since += piece.exchanges
  }
  analysis.takeIncidents()
  return { analysis, sequence, since }
}

/** Which incidents an analysis opens, as they stood last. */
class Opened {
  readonly analysis: Analysis
  readonly #records = new Map<string, IncidentRecord>()

  constructor(known: Analysis, reached: LimitCounters, texts: AnalysisOptions["texts"]) {
    const saved = known.save()
    const empty = new Analysis({ reached, ...(texts !== undefined && { texts }) }).save()
    // Ordinals are those of the journal; what was counted under them is not known yet.
    const { consumers, endpoints, pairs } = structuredClone(saved.subjects)
    for (const each of consumers) Object.assign(each, { firstUs: 0, lastUs: 0, requests: 0, activeDays: 0, lastDay: 0 })
    for (const each of endpoints) each.requests = 0
    for (const each of pairs) each.requests = 0
    const { settings, known: facts, incidents } = structuredClone({ ...saved, incidents: saved.incidents })
    this.analysis = new Analysis(
      { reached, ...(texts !== undefined && { texts }) },
      {
        ...empty,
        subjects: { consumers, endpoints, pairs },
        settings,
        known: facts,
        incidents: { ...empty.incidents, exceptions: incidents.exceptions },
      },
    )
  }

  collect(): void {
    for (const record of this.analysis.takeIncidents()) this.#records.set(record.id, record)
  }

  since(sinceUs: number): IncidentRecord[] {
    return [...this.#records.values()]
      .filter(({ openedUs }) => openedUs >= sinceUs)
      .sort((a, b) => a.openedUs - b.openedUs || (a.id < b.id ? -1 : 1))
  }
}

export async function backtest(store: Store, known: Analysis, options: BacktestOptions): Promise<BacktestResult> {
  const { texts, sinceUs = 0 } = options
  const before = new Opened(known, limitCounters(), texts)
  const after = new Opened(known, limitCounters(), texts)
  const hold = (): void => {
    for (const { name, isEnabled, values } of options.detectors) {
      after.analysis.apply({ kind: "detector", name, isEnabled, values })
    }
    for (const exception of options.exceptions ?? []) {
      after.analysis.apply({ kind: "exception", id: exception.id, exception })
    }
  }
  let sequence = 0
  let exchanges = 0
  hold()
  for (;;) {
    const piece = await store.journalAfter(sequence)
    if (piece === null) break
    for (const { analysis } of [before, after]) {
      for (const _ of replaying(piece, analysis)) await options.onRest?.()
    }
    // Settings that people changed on the way are in the journal; those considered hold all the time.
    hold()
    before.collect()
    after.collect()
    sequence = piece.sequence
    exchanges += piece.exchanges
  }
  const { fromUs, toUs } = await store.journalRange()
  const heldBack = (options.exceptions ?? []).reduce(
    (sum, { id }) => sum + after.analysis.incidents.exceptions.useOf(id).count,
    0,
  )
  return { exchanges, fromUs, toUs, before: before.since(sinceUs), after: after.since(sinceUs), heldBack }
}
