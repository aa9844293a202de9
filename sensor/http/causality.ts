// What acknowledgments rule out, whatever the client and the server are like.
import type { Message } from "./message.ts"

/** What pairing decides about a response. */
export const Decision = { none: 0, hold: 1, certain: 2, tentative: 3, unpaired: 4 } as const
export type Decision = (typeof Decision)[keyof typeof Decision]

/** Bytes behind a request that are none: line ends that some clients append, the FIN that counts as one. */
export const SURPLUS_BYTES_MAX = 4

/** In place of the length of what is hidden before a request. */
export const UNCOUNTED = -2

/** True when `response` was sent before the request existed, or before any of it had arrived. */
export function cannotAnswer(request: Message<unknown>, response: Message<unknown>): boolean {
  if (request.ack > response.start) return true
  if (response.ack < 0 || response.ack > request.start) return false
  // The first bytes of a server that never acknowledged anything: packets made by hand, except for the 408 that a server
  // sends on an idle connection.
  return !(response.ack === 0 && response.start === 0 && response.status !== 408)
}

/** The last request from `front` on, which `response` may answer, that it may answer too. */
export function lastAnswerable<Q>(front: Message<Q>, response: Message<unknown>): Message<Q> {
  let last = front
  while (last.next !== null && !cannotAnswer(last.next, response)) last = last.next
  return last
}
