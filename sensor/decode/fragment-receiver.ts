// What decode asks of the stage that puts fragments of IP datagrams together again (sensor/defrag). Decode knows the headers,
// the receiver knows what came before; when a datagram is whole, decoding goes on in the receiver's bytes.
import type { Packet } from "./packet.ts"

export interface FragmentReceiver {
  /**
   * Takes one fragment: payload [start, end) of `bytes` at `offset` of its datagram; `wireLength` exceeds end - start when
   * the capture cut it. `packet` tells version, addresses, zone and time. Returns true when it completed its datagram:
   * `bytes`, `start`, `end`, `wireEnd` then hold the whole payload from offset 0 on, until the next call but one.
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
}
