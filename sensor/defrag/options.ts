// The limits of reassembly, with the reason for each default.

/**
 * Whose bytes count where fragments of an IPv4 datagram overlap: `first` and `last` in order of arrival; `drop` gives the
 * datagram up. Hosts differ: older BSD and Windows keep the first, some routers the last, Linux since 4.19 drops.
 */
export type OverlapPolicy = "first" | "last" | "drop"

export interface DefragOptions {
  /** Datagrams remembered at once: waiting, just completed, or given up. Reached: evictions. */
  readonly datagramsMax: number
  /** Bytes of slab that fragments may take. Reached: evictions. */
  readonly memcapBytes: number
  /** Fragments of one datagram. Reached: fragments.crowded. */
  readonly fragmentsMax: number
  /** How long a datagram is waited for, since its first fragment came. Reached: timeouts. */
  readonly timeoutUs: number
  /**
   * How long the fragments of one datagram, and copies of them, take to pass the mirror. A completed datagram is
   * remembered for so long, so that late copies begin no other. Fragments further apart may belong to two datagrams with the same id.
   */
  readonly burstUs: number
  /** For IPv4. Overlapping fragments of IPv6 always cost their datagram (RFC 8200 section 4.5). */
  readonly overlapIpv4: OverlapPolicy
  /** Seed of the hash of keys, for tests; secret by default. Nothing but speed depends on it. */
  readonly hashSeed?: number
}

const S = 1_000_000

export const DEFRAG_DEFAULTS: DefragOptions = {
  // What Linux remembers by its default of 4 MiB, and the fragments of a hundredth of a second at 10 Gbit/s.
  datagramsMax: 4096,
  memcapBytes: 16 << 20,
  // 65,515 bytes in fragments of 552 (an MTU of 576) are 119.
  fragmentsMax: 128,
  // Linux waits as long for IPv4; RFC 8200 says 60 s, but an id comes again after less on a busy path.
  timeoutUs: 30 * S,
  // Fragments leave their sender back to back, and mirrors add milliseconds. 65,536 datagrams with other ids take 0.5 s at 10 Gbit/s and 9,000 bytes.
  burstUs: S / 10,
  // As TCP does here.
  overlapIpv4: "first",
}
