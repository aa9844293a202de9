// The limits of TCP, with the reason for each default.

export interface TcpOptions {
  /** Sessions remembered at once. About 0.5 KiB each here; the counter of the limit is closed.evicted. */
  readonly flowsMax: number
  /** Bytes of slab that one stream may hold. Reached: depthGaps. */
  readonly depthBytes: number
  /** Bytes of slab that all streams may hold. Reached: segmentMemcapGaps. */
  readonly memcapBytes: number
  /** A segment, ACK or reset further than this from where its stream stands is not believed at once. Reached: outOfWindowBytes. */
  readonly windowBytes: number
  /** How long a hole without any word from the other side is waited for, since it last moved. */
  readonly reorderHorizonUs: number
  /** How long data are waited for that the other side has acknowledged, when later data are at hand. */
  readonly ackGraceUs: number
  /** How long a hole is waited for that the receiver has too, or that no later data prove. */
  readonly stallHorizonUs: number
  /** Silence after which an established session is closed. */
  readonly idleTimeoutUs: number
  /** Silence after which a session is closed of which only one side was ever seen, and that never carried payload or has had its FIN. */
  readonly halfOpenTimeoutUs: number
  /** How long an ended session is remembered, so that its late segments do not look like a new one. */
  readonly lingerUs: number
  /** Seed of the flow hash, for tests; secret by default. Nothing but speed depends on it. */
  readonly hashSeed?: number
}

const S = 1_000_000
const MIB = 1 << 20

export const TCP_DEFAULTS: TcpOptions = {
  // 50,000 concurrent flows with room to spare, within the sensor's memory budget.
  flowsMax: 65_536,
  // What a mirror port reorders is a few segments; what a network loses comes again within a window of this order.
  depthBytes: MIB,
  memcapBytes: 64 * MIB,
  // The largest receive window that Linux grants by default is 6 MiB.
  windowBytes: 8 * MIB,
  // A retransmission timer fires after 0.2 to 1 s; a mirror reorders by milliseconds.
  reorderHorizonUs: 2 * S,
  // The acknowledgment may overtake its data on the way to the sensor, by a queue's length, not by more.
  ackGraceUs: S / 10,
  // The retransmission timer after a few doublings: the receiver still waits, so the data must still come.
  stallHorizonUs: 30 * S,
  // Firewalls and proxies between partners drop a connection that is silent for an hour; until then its next request is the same conversation.
  idleTimeoutUs: 3600 * S,
  halfOpenTimeoutUs: 10 * S,
  // A retransmission timer is at least 200 ms; at 30,000 short connections a second each second here is 30 MB.
  lingerUs: S,
}
