// Behind a request for another protocol or a tunnel, what its client sends depends on the answer, and a capture may show it before
// the answer: the mirror port of the server is behind, or the client does not wait. So it is gathered until then.
//
// In:  bytes behind such a request: all of them behind CONNECT, those that are no HTTP/1 behind Upgrade.
// Out: after 101 or a tunnel they are what follows there (connection.ts); after any other answer, a loss, or more of them than
// WAIT_BYTES_MAX, they are read as what they would be without the request.
import type { Connection } from "./connection.ts"
import { Gather } from "./gather.ts"
import { FieldName, type HttpHead } from "./http-head.ts"
import type { Message } from "./message.ts"
import { At, type StreamState } from "./stream-state.ts"
import { expectedAccept } from "./websocket/handshake.ts"

/** A ClientHello, or the first frames of a client that did not wait. */
const WAIT_BYTES_MAX = 16 * 1024

/** Whether `request`, whose head has just been read, asks for it. */
export function markHandover(head: HttpHead, request: Message<unknown>): void {
  if (head.known[FieldName.upgrade]! >= 0) {
    request.isHandover = true
    request.accept = expectedAccept(head)
  } else if (head.method === "CONNECT") request.isHandover = true
}

/** The only request that has no answer yet asks for it. */
export function isHandoverPending<Q, S>(c: Connection<Q, S>): boolean {
  const { front } = c.pairing
  return front?.isHandover === true && front.next === null
}

/** Gathers bytes from `pos` on; returns where it stopped. */
export function gatherWaiting<Q, S>(
  c: Connection<Q, S>,
  d: StreamState<Q, S>,
  bytes: Uint8Array,
  pos: number,
  end: number,
  timeUs: number,
  ack: number,
): number {
  d.gather ??= new Gather(c.shared.pool, d.fed - (end - pos))
  const isFull = d.gather.length + end - pos > WAIT_BYTES_MAX
  if (!isFull && d.gather.append(bytes, pos, end, timeUs, ack)) return end
  if (!isFull) c.shared.counters.gatherMemcapDrop++
  endWait(c, d)
  return pos
}

/** What waits is read: as HTTP/1, or as the start of whatever a tunnel carries. */
export function endWait<Q, S>(c: Connection<Q, S>, d: StreamState<Q, S>): void {
  const { gather } = d
  if (c.pairing.front !== null) c.pairing.front.isHandover = false
  d.at = At.head
  d.gather = null
  if (gather === null) return
  c.replay(d, gather, 0, gather.length)
  gather.clear()
}
