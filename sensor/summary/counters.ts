// What the summary stage counts. Every limit has a number here that says how often it was reached.

import { CallCounters } from "./calls/counters.ts"

export class SummaryCounters {
  /** Events handed on. */
  events = 0
  /** Events by state of the evidence behind their body facts: walked now, taken over from the last walk, not looked into. */
  readonly bodies = { walked: 0, reused: 0, unread: 0 }
  /** Bodies of a place with more looks than are told apart (form-state.ts). */
  looksCut = 0
  /** Bytes of bodies walked, after decoding. */
  bodyBytes = 0
  /** Bodies that do not decode as their Content-Encoding says, that expand beyond the limit, whose coding is not undone here. */
  readonly decode = { failed: 0, bombs: 0, foreign: 0 }
  /** Documents that ended before they were whole, that reached a limit of the walker, that are no JSON. */
  readonly json = { shapeTruncated: 0, shapeLimits: 0, malformed: 0 }
  /** Operations that bodies and heads name. */
  readonly calls = new CallCounters()
  /** The same of forms, multipart bodies, XML, protobuf, and of MessagePack and CBOR. */
  readonly form = { shapeTruncated: 0, shapeLimits: 0, malformed: 0 }
  readonly multipart = { shapeTruncated: 0, shapeLimits: 0, malformed: 0 }
  readonly xml = { shapeTruncated: 0, shapeLimits: 0, malformed: 0 }
  readonly protobuf = { shapeTruncated: 0, shapeLimits: 0, malformed: 0 }
  readonly packed = { shapeTruncated: 0, shapeLimits: 0, malformed: 0 }
  /** Bodies in UTF-16, which are made UTF-8; in Latin-1 and in other charsets, which are walked as they are. */
  readonly charset = { utf16: 0, latin1: 0, other: 0 }
  /** Fields whose data class was decided or revoked, values of fields beyond the limit of a place, places forgotten. */
  readonly classes = { decided: 0, revoked: 0, fieldsCut: 0, placesForgotten: 0 }
  /** Ids of bodies (objects/objects.ts). */
  readonly objects = {
    scanned: 0,
    repeated: 0,
    viewsLeft: 0,
    requestsLeft: 0,
    idsCut: 0,
    namesCut: 0,
    toldForgotten: 0,
    stepsForgotten: 0,
  }
  /** Shapes whose text was sent. */
  shapes = 0
  /** Paths at the limit of segments or bytes; names beyond the limit in a query, a head, a cookie. */
  pathsCut = 0
  /** Words of paths that left as pseudonyms, and words revealed after that (privacy.paths). */
  readonly pathWords = { hidden: 0, revealed: 0 }
  readonly namesCut = { query: 0, headers: 0, cookies: 0 }
  /** Authorities longer than the limit or with bytes that had to be escaped. */
  oddAuthorities = 0
  /** Credentials that were malformed for their scheme. */
  malformedCredentials = 0
  /** Requests by the rule that identified their sender. */
  readonly rules: Record<string, number> = {}
  /**
   * Sessions and tokens linked to a login, and links forgotten for lack of room (at least); requests that a trusted proxy
   * forwarded, and those of which it did not say for whom in a way that can be read; operations with more places for a
   * credential than are looked at.
   */
  readonly identity = { linked: 0, linksForgotten: 0, forwarded: 0, oddForwarded: 0, sourcesCut: 0 }
  /** Operations, identities and the like made anew: a high share of events says that a cache is too small or attacked. */
  readonly made = { operations: 0, identities: 0, clients: 0, servers: 0 }
}
