// End-to-end totals: what was applied, what was met twice, refused, or belongs nowhere.
//
// They add up: received = exchanges + joined + copies + waiting; exchanges = requests and conversations of all services +
// unlisted; those of a service = those of its endpoints + its own unlisted; tlsSessions = sessions of all dark servers + those
// that `limits` says found no place (darkServers). A test holds every bench and test run against it.
import { STATE_NAMES } from "../../shared/event/api-event.ts"
import type { LedgerRecord } from "../store/records.ts"
import { BoundedCounts, namedCounts } from "./bounded-counts.ts"
import { type InventoryLimits, type LimitCounters, reachedLimits } from "./limits.ts"

/** More reasons than answer.ts knows: none is ever refused. */
const REASONS_MAX = 32

export class Ledger {
  exchanges: number
  received: number
  conversations: number
  tlsSessions: number
  /** As in LedgerRecord. */
  joined: number
  copies: number
  betterCopies: number
  halvesExpired: number
  batches: number
  duplicateBatches: number
  readonly states: number[]
  readonly #refused: BoundedCounts<string>
  readonly #unlisted: BoundedCounts<string>
  readonly #reached: LimitCounters

  constructor(record: LedgerRecord, limits: InventoryLimits, reached: LimitCounters) {
    this.exchanges = record.exchanges
    this.received = record.received
    this.conversations = record.conversations
    this.tlsSessions = record.tlsSessions
    this.joined = record.joined
    this.copies = record.copies
    this.betterCopies = record.betterCopies
    this.halvesExpired = record.halvesExpired
    this.batches = record.batches
    this.duplicateBatches = record.duplicateBatches
    this.states = STATE_NAMES.map((name) => record.states[name] ?? 0)
    this.#refused = BoundedCounts.ofTexts(limits.refusedReasons, record.refused)
    this.#unlisted = BoundedCounts.ofTexts(REASONS_MAX, record.unlisted)
    this.#reached = reached
  }

  countUnlisted(reason: string): void {
    this.#unlisted.add(reason)
  }

  countRefused(reason: string): void {
    if (!this.#refused.add(reason)) this.#reached.refusedReasons++
  }

  record(missingBatches: number, waiting: number): LedgerRecord {
    return {
      exchanges: this.exchanges,
      received: this.received,
      conversations: this.conversations,
      tlsSessions: this.tlsSessions,
      joined: this.joined,
      copies: this.copies,
      betterCopies: this.betterCopies,
      halvesExpired: this.halvesExpired,
      waiting,
      batches: this.batches,
      duplicateBatches: this.duplicateBatches,
      missingBatches,
      refused: this.#refused.record(),
      states: namedCounts(STATE_NAMES, this.states),
      unlisted: this.#unlisted.record(),
      limits: reachedLimits(this.#reached),
    }
  }
}
