// How far decoding has got in a packet: which layer is next and where it lies.
//
//   slab  ..|...layers done...|....next layer....:~~~~~~~~~~|..
//                             at              end        wireEnd
//
// Bytes from `end` to `wireEnd` were on the wire but not captured. Each IP header pulls both ends in to its own length,
// which cuts off padding, frame check sequences and trailers of brokers.

/** What comes next, or that decoding is over. */
export const Layer = {
  done: 0,
  ethernet: 1,
  /** What `cursor.etherType` says: a tag, an IP version, or something else. */
  etherType: 2,
  llc: 3,
  ipv4: 4,
  ipv6: 5,
  /** An IP version that only its first nibble tells. */
  ip: 6,
  /** What `cursor.protocol` says. */
  transport: 7,
  sll: 8,
  sll2: 9,
  null: 10,
  ppp: 11,
  chdlc: 12,
  radiotap: 13,
  ieee80211: 14,
  arcnetLinux: 15,
  nflog: 16,
} as const
export type Layer = (typeof Layer)[keyof typeof Layer]

export class Cursor {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  end = 0
  wireEnd = 0
  etherType = 0
  /** IP protocol number of what lies at `at`. */
  protocol = 0
}

/**
 * Cuts what lies behind `end`. A header that claims more than the wire carried moves nothing: bytes that were lost show
 * as a hole in the sequence numbers, those that never existed would show as a loss that was none.
 */
export function pullIn(cursor: Cursor, end: number): void {
  if (cursor.wireEnd > end) cursor.wireEnd = end
  if (cursor.end > end) cursor.end = end
}
