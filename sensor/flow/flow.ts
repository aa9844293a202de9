// One flow: the 5-tuple both ways. Side 0 is the lower endpoint (address, then port), side 1 the higher, so that both
// directions of a conversation find the same record.

/** Which end of a flow: an index, so that per-side state sits in two-element arrays. */
export type Side = 0 | 1

/** An address as a header of the PROXY protocol tells it: four words as below, IPv4 in the last one. */
export interface ProxiedAddress {
  readonly serial: number
  readonly ipVersion: 4 | 6
  readonly words: Int32Array
}

/** A record that stands for one flow after another: each as long as its session lives, counted by `serial`. */
export class Flow {
  ipVersion: number
  /** Addresses as four signed big-endian words a side: [side 0 words, side 1 words]. IPv4 uses word 3 only. */
  readonly address: Int32Array
  port0: number
  port1: number
  /** VLAN stack and tunnel identity, as Packet.zone. */
  zone: number
  vlan: number
  /** Flows that this record has stood for before. */
  serial = 0
  /** For whom its client said to connect (PROXY protocol); of the flow whose `serial` it names, whatever the record stands for now. */
  proxied: ProxiedAddress | null = null
  /**
   * Facts that summary derived from this flow (pseudonyms, fingerprint, identity cache): its own type, nobody else's. They may be
   * those of the flow before.
   */
  facts: unknown = undefined

  constructor(ipVersion: number, address: Int32Array, port0: number, port1: number, zone: number, vlan: number) {
    this.ipVersion = ipVersion
    this.address = address
    this.port0 = port0
    this.port1 = port1
    this.zone = zone
    this.vlan = vlan
  }
}
