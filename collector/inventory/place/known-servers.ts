// Servers that answer HTTP, by zone: one that was never met before in a zone that has been watched for a while is news.
//
// In:  each place that a service is first met at. Out: a line in the change feed and a finding `server.new`, one a service, counted: a
// platform that starts its servers anew under other addresses every hour is one finding, and one decision to dismiss it.
// The first week in a zone makes no news: everything is new then. Where sensors do not tell addresses, nothing is.
import type { ServiceRecord } from "../../store/records.ts"
import type { Changes } from "../changes.ts"
import type { Findings } from "../findings.ts"
import type { InventoryLimits, LimitCounters } from "../limits.ts"
import { DAY_US } from "../pair-counts.ts"
import type { Service } from "../service.ts"
import type { Place } from "./place.ts"

/** A zone that was watched for this long is known. */
export const ZONE_KNOWN_US = 7 * DAY_US

interface Zone {
  firstUs: number
  readonly listeners: Set<string>
}

export class KnownServers {
  readonly #zones = new Map<string, Zone>()
  readonly #findings: Findings
  readonly #changes: Changes
  readonly #limits: InventoryLimits
  readonly #reached: LimitCounters
  #size = 0

  constructor(
    services: readonly ServiceRecord[],
    findings: Findings,
    changes: Changes,
    limits: InventoryLimits,
    reached: LimitCounters,
  ) {
    this.#findings = findings
    this.#changes = changes
    this.#limits = limits
    this.#reached = reached
    for (const { zone, listeners } of services)
      for (const { listener, firstSeenUs } of listeners) this.#add(zone, listener, firstSeenUs)
  }

  meet(service: Service, { listener, address, addressClass }: Place, atUs: number): void {
    if (address === "") return
    const zone = this.#zones.get(service.zone)
    if (zone?.listeners.has(listener)) return
    const watchedUs = zone === undefined ? 0 : atUs - zone.firstUs
    if (!this.#add(service.zone, listener, atUs)) {
      this.#reached.listeners++
      return
    }
    if (watchedUs < ZONE_KNOWN_US) return
    this.#changes.newServer(service, listener, atUs)
    const before = this.#findings.of("server.new", service.id)?.count ?? 0
    const where = service.zone === "" ? "the plain network" : service.zone
    const days = Math.floor(watchedUs / DAY_US)
    const more = before === 0 ? "" : ` It is new server ${before + 1} of this service.`
    this.#findings.hold("server.new", service.id, {
      service: service.id,
      firstUs: atUs,
      lastUs: atUs,
      count: before + 1,
      sentence: `A new server, ${listener} (${addressClass}), answers for ${service.name}; in ${days} days of watching ${where} nothing was seen to answer there.${more}`,
    })
  }

  /** False when there is no place for it. */
  #add(name: string, listener: string, atUs: number): boolean {
    let zone = this.#zones.get(name)
    if (zone === undefined) {
      zone = { firstUs: atUs, listeners: new Set() }
      this.#zones.set(name, zone)
    }
    zone.firstUs = Math.min(zone.firstUs, atUs)
    if (zone.listeners.has(listener)) return true
    if (this.#size >= this.#limits.listeners) return false
    this.#size++
    zone.listeners.add(listener)
    return true
  }
}
