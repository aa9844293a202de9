// What the inventory holds and has counted, for metrics and the summary of a reading.
import { type LimitCounters, limitCounters } from "./limits.ts"

/** Sizes and totals for metrics. */
export class InventoryCounters {
  exchanges = 0
  /** received = exchanges + joined + copies + waiting. */
  received = 0
  joined = 0
  copies = 0
  betterCopies = 0
  halvesExpired = 0
  waiting = 0
  /** Exchange keys remembered. */
  exchangeKeys = 0
  batches = 0
  duplicateBatches = 0
  missingBatches = 0
  checkpoints = 0
  services = 0
  endpoints = 0
  /** What is counted apart: paths (or operations) of endpoints. */
  routes = 0
  consumers = 0
  pairs = 0
  sensors = 0
  shapes = 0
  /** Entries of the ledger of dark APIs. */
  darkServers = 0
  /** Windows that wait for the next checkpoint. */
  pendingWindows = 0
  /** What was given up, by limit. */
  limits: LimitCounters = limitCounters()
}
