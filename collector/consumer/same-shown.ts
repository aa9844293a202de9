// What a consumer shows again and again: the same credential from the same client, added up until another one comes.
//
// In:  what it showed in each batch. Out: one tally, to be added to its sights in the place of many.
import type { Client, Identity } from "../../shared/event/api-event.ts"
import type { Showing } from "./showing.ts"
import { Tally } from "./sights.ts"

export class SameShown extends Tally {
  readonly identity: Identity
  readonly client: Client

  constructor({ identity, client }: Showing) {
    super()
    this.identity = identity
    this.client = client
  }

  /** Nothing was added since it was last told. */
  get isEmpty(): boolean {
    return this.firstUs === Number.POSITIVE_INFINITY
  }

  /** Whether all that sights are named after is the same. */
  isLike({ identity, client }: Showing): boolean {
    const { identity: ofIdentity, client: ofClient } = this
    return (
      identity.credential === ofIdentity.credential &&
      identity.location === ofIdentity.location &&
      identity.algorithm === ofIdentity.algorithm &&
      client.prefix === ofClient.prefix &&
      client.forwardedPrefix === ofClient.forwardedPrefix &&
      client.addressClass === ofClient.addressClass &&
      client.userAgentFamily === ofClient.userAgentFamily &&
      client.ja4 === ofClient.ja4 &&
      client.fieldOrder === ofClient.fieldOrder
    )
  }

  add({ requests, firstUs, lastUs }: Tally): void {
    this.requests += requests
    if (firstUs < this.firstUs) this.firstUs = firstUs
    if (lastUs > this.lastUs) this.lastUs = lastUs
  }

  /** Told: what comes is added up anew. */
  clear(): void {
    this.requests = 0
    this.firstUs = Number.POSITIVE_INFINITY
    this.lastUs = Number.NEGATIVE_INFINITY
  }
}
