// What the summary stage counts. Every limit has a number here that says how often it was reached.

import { CallCounters } from "./calls/counters.ts"

export class SummaryCounters {
  /** Events handed on. */
  events = 0
  /** Events by state of the evidence behind their body facts: walked now, taken over from the last walk, not looked into. */
  readonly bodies = { walked: 0, reused: 0, unread: 0 }
  /** Bytes of bodies walked, after decoding. */
  bodyBytes = 0
  /** Bodies that do not decode as their Content-Encoding says, and that expand beyond the limit. */
  readonly decode = { failed: 0, bombs: 0 }
  /** Documents that ended before they were whole, that reached a limit of the walker, that are no JSON. */
  readonly json = { shapeTruncated: 0, shapeLimits: 0, malformed: 0 }
  readonly calls = new CallCounters()
  /** Shape texts sent. */
  shapes = 0
  /** Paths at the limit of segments or bytes; names beyond the limit in a query, a head, a cookie. */
  pathsCut = 0
  readonly namesCut = { query: 0, headers: 0, cookies: 0 }
  /** Authorities longer than the limit or with bytes that had to be escaped. */
  oddAuthorities = 0
  /** Credentials that were malformed for their scheme. */
  malformedCredentials = 0
  /** Requests by the rule that identified their sender. */
  readonly rules: Record<string, number> = {}
  /** Operations, identities and the like made anew: a high share of events says that a cache is too small or attacked. */
  readonly made = { operations: 0, identities: 0, clients: 0, servers: 0 }
}
