// A 101 was sent: the session turns into what it names.
import type { Connection } from "./connection.ts"
import type { HttpHead } from "./http-head.ts"
import { Opaque } from "./stream-state.ts"
import { HandedSession } from "./successors.ts"

/** 101: both sides speak something else from here on; the client once its request is through. */
export function upgrade<Q, S>(c: Connection<Q, S>, response: HttpHead, request: Q | null, timeUs: number): void {
  const { counters, successors } = c.shared
  counters.upgraded++
  const handed = new HandedSession(c.session)
  c.turnInto(handed, successors.openUpgraded(handed, c.client, response, request, timeUs), Opaque.afterUpgrade)
}

/**
 * 101 to h2c (RFC 7540 section 3.2): HTTP/2 from here on, whose stream 1 answers the request; the 101 is but an interim answer.
 * False: nobody reads HTTP/2.
 */
export function continueAsHttp2<Q, S>(c: Connection<Q, S>, timeUs: number): boolean {
  const handed = new HandedSession(c.session)
  handed.isAtStart.fill(true)
  const successor = c.shared.successors.openH2c(handed, c.client, timeUs)
  if (successor === null) return false
  c.shared.counters.upgraded++
  const request = c.pairing.takeOnly()
  if (request !== null) successor.adopt(request)
  c.turnInto(handed, successor, Opaque.h2c)
  return true
}
