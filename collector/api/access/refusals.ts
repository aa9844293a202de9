// What the API refused, by reason: counted for /metrics, whatever is told of it elsewhere.

/**
 * host: a name that is not served; origin: a change by a page of elsewhere; unauthenticated: no token, no session; wrong_token: one that is
 * none; throttled: too many wrong ones; role: who may not; rate: too many requests of an address or a principal; connections: too many at once.
 */
const NONE = {
  host: 0,
  origin: 0,
  unauthenticated: 0,
  wrong_token: 0,
  throttled: 0,
  role: 0,
  rate: 0,
  connections: 0,
}
export type Refusal = keyof typeof NONE

export class Refusals {
  /** Requests since the start. */
  readonly counters: Record<Refusal, number> = { ...NONE }

  count(reason: Refusal): void {
    this.counters[reason]++
  }
}
