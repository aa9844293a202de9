// The zones met: a number for each, and its name.
//
//   (parent zone, kind, id) --exact--> zone number -----> "vlan 12/vni 42"
//
// In: the identities of tunnels, packet by packet. Out: zone numbers, the same for the same identities in every run and on
// every sensor; text where somebody asks. Given up: beyond `zonesMax` a zone is numbered by its hash alone, which another
// one may share, and has no name; packets of such zones are counted.

import type { DecoderCounters } from "./counters.ts"
import { foldZone, ZONE_KINDS, ZoneKind } from "./zone.ts"
import { ruleFor, type ZoneMap, type ZoneRule } from "./zone-map.ts"

/** Words of an entry: parent, kind, id, upper half of the id, zone. */
const WORDS = 5

export class ZoneNames {
  readonly #counters: DecoderCounters
  readonly #map: ZoneMap
  readonly #zonesMax: number
  /** Open addressing, at most half full; an entry of kind 0 is free. */
  readonly #entries: Int32Array
  readonly #mask: number
  readonly #names = new Map<number, string>()

  constructor(counters: DecoderCounters, map: ZoneMap, zonesMax: number) {
    this.#counters = counters
    this.#map = map
    this.#zonesMax = zonesMax
    let size = 16
    while (size < zonesMax * 2) size *= 2
    this.#entries = new Int32Array(size * WORDS)
    this.#mask = size - 1
  }

  /** The zone that identity `id` of `kind` makes within `parent`; `high` is the upper half of an id of 64 bits. */
  enter(parent: number, kind: ZoneKind, id: number, high = 0): number {
    if (this.#map[kind]!.length === 0) return this.#find(parent, kind, id | 0, high | 0)
    const rule: ZoneRule | undefined = ruleFor(this.#map, kind, id >>> 0)
    if (rule === undefined) return this.#find(parent, kind, id | 0, high | 0)
    return rule.intoKind === ZoneKind.none ? parent : this.#find(parent, rule.intoKind, rule.intoId | 0, 0)
  }

  /** "" for zone 0, "vlan 12/vni 42" from the outside in; a zone without a name shows its number. */
  name(zone: number): string {
    if (zone === 0) return ""
    return this.#names.get(zone) ?? `zone ${(zone >>> 0).toString(16).padStart(8, "0")}`
  }

  #find(parent: number, kind: ZoneKind, id: number, high: number): number {
    const entries = this.#entries
    const hash = foldZone(parent, kind, id, high)
    for (let place = hash & this.#mask; ; place = (place + 1) & this.#mask) {
      const at = place * WORDS
      if (entries[at + 1] === ZoneKind.none) return this.#add(at, hash, parent, kind, id, high)
      const isSame =
        entries[at] === parent && entries[at + 1] === kind && entries[at + 2] === id && entries[at + 3] === high
      if (isSame) return entries[at + 4]!
    }
  }

  #add(at: number, hash: number, parent: number, kind: ZoneKind, id: number, high: number): number {
    if (this.#names.size >= this.#zonesMax) {
      this.#counters.zonesUnnamed++
      return hash
    }
    let zone = hash
    // Two identities whose hashes agree are still two zones.
    while (zone === 0 || this.#names.has(zone)) zone = (zone + 1) | 0
    const entries = this.#entries
    entries[at] = parent
    entries[at + 1] = kind
    entries[at + 2] = id
    entries[at + 3] = high
    entries[at + 4] = zone
    const number =
      kind === ZoneKind.endpoint
        ? ((BigInt(high >>> 0) << 32n) | BigInt(id >>> 0)).toString(16).padStart(16, "0")
        : String(id >>> 0)
    const own = `${ZONE_KINDS[kind]} ${number}`
    this.#names.set(zone, parent === 0 ? own : `${this.name(parent)}/${own}`)
    this.#counters.zones++
    return zone
  }
}
