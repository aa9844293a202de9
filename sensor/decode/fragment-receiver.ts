// What decode expects of the stage that puts IP fragments together. decode knows nothing else of it.
import type { Packet } from "./packet.ts"

export interface FragmentReceiver {
  /**
   * Takes one fragment: payload [start, end) of `bytes`, at byte `offset` of its datagram's payload. `wireLength` is what the
   * fragment carried on the wire: more than end - start when the capture cut it. `more`: another one follows it.
   *
   * The datagram is known by the addresses, the IP version and the zone of `packet`, by `protocol` (the upper protocol; of
   * IPv6 the next header that the fragment header names) and by `id`. Time is `packet.timeUs`.
   *
   * Returns true when this fragment completed its datagram. Then [start, end) of `bytes` below is the payload from offset 0
   * on, and up to `wireEnd` what was on the wire but not captured. They hold until the next call of `take` that returns true,
   * or until the next packet: the bytes taken may lie in the `bytes` given back before (fragments within a datagram that
   * itself came in fragments).
   */
  take(
    packet: Packet,
    protocol: number,
    id: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    wireLength: number,
    offset: number,
    more: boolean,
  ): boolean
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly wireEnd: number
  /** Upper protocol of the datagram: of IPv6 fragments only the first one's counts (RFC 8200 section 4.5). */
  readonly protocol: number
}
