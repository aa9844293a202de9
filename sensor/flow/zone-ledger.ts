// What each zone carried and lost: segments, their payload, the bytes that are missing in its streams.
//
// In:  packets with verdict tcp of a zone other than 0, gaps as TCP declares them. Out: counters by the zone's name; zone 0,
// which costs nothing here, is what the totals have more, and is told of only when there are other zones.
// Given up: beyond `zonesMax` zones are counted together as "other".
import type { Packet } from "../decode/packet.ts"

/** Zones counted apart, as many as a ledger shows without drowning the rest. */
export const LEDGER_ZONES_MAX = 64

export class ZoneTally {
  /** Segments, and their captured payload. */
  packets = 0
  payloadBytes = 0
  /** Holes given up, and the stream bytes in them. */
  gaps = 0
  gapBytes = 0
}

export class ZoneLedger {
  readonly #nameOf: (zone: number) => string
  readonly #zonesMax: number
  readonly #tallies = new Map<number, ZoneTally>()
  #other: ZoneTally | undefined = undefined
  #lastZone = 0
  #last = new ZoneTally()

  /** `nameOf`: the name of a zone, as text. */
  constructor(nameOf: (zone: number) => string, zonesMax = LEDGER_ZONES_MAX) {
    this.#nameOf = nameOf
    this.#zonesMax = zonesMax
  }

  /** A segment; not for zone 0. */
  onSegment(packet: Packet): void {
    const tally = packet.zone === this.#lastZone ? this.#last : this.#find(packet.zone)
    tally.packets++
    tally.payloadBytes += packet.payloadEnd - packet.payloadStart
  }

  /** `length` bytes of a stream were given up; not for zone 0. */
  onGap(zone: number, length: number): void {
    const tally = this.#find(zone)
    tally.gaps++
    tally.gapBytes += length
  }

  /** By names of letters, digits, "-" and "_": {"vni-42": …, "vlan-12_vni-42": …, other: …, none: …}. `total`: of all zones. */
  counters(total: Readonly<ZoneTally>): Record<string, ZoneTally> {
    const out: Record<string, ZoneTally> = {}
    if (this.#tallies.size === 0) return out
    const none = Object.assign(new ZoneTally(), total)
    const tell = (name: string, tally: ZoneTally): void => {
      out[name] = tally
      none.packets -= tally.packets
      none.payloadBytes -= tally.payloadBytes
      none.gaps -= tally.gaps
      none.gapBytes -= tally.gapBytes
    }
    for (const [zone, tally] of this.#tallies) tell(ledgerName(this.#nameOf(zone)), tally)
    if (this.#other !== undefined) tell("other", this.#other)
    out.none = none
    return out
  }

  #find(zone: number): ZoneTally {
    let tally = this.#tallies.get(zone)
    if (tally === undefined) {
      if (this.#tallies.size < this.#zonesMax) {
        tally = new ZoneTally()
        this.#tallies.set(zone, tally)
      } else {
        this.#other ??= new ZoneTally()
        tally = this.#other
      }
    }
    this.#lastZone = zone
    this.#last = tally
    return tally
  }
}

/** A zone's name as part of a dotted counter's: "vlan 12/vni 42" is "vlan-12_vni-42". */
function ledgerName(name: string): string {
  return name.replaceAll("/", "_").replaceAll(/[^A-Za-z0-9_]/g, "-")
}
