// Who logged in: principals of session cookies and tokens that a server gave out in answer to a login.
//
// In:  the pseudonym of what was given out, and whose login it was.   Out: the Link of a later credential, while it lasts.
// Event time only. A link ends `ttlUs` after its last use, and holds until its first one. Bounded: LINKS of a generation (two are held); a link that is
// forgotten costs its session the name of its principal, and is counted.
import { StringInterner } from "../../../shared/bytes/interner.ts"
import type { SummaryCounters } from "../counters.ts"

export const LINKS = 16_384

/** Whose credential something is: pseudonyms under the key in force and the former one, and a name that may be shown. */
export interface Principal {
  readonly principal: string
  readonly formerPrincipal: string
  readonly name: string
}

export interface Link extends Principal {
  /** Packet time, µs, up to which it holds; each use moves it. -1 before the first one. */
  untilUs: number
}

export class Sessions {
  /** Counts links: whoever looked for one before has to look again. */
  version = 0
  /** Greatest packet time met, µs. */
  timeUs = 0
  readonly ttlUs: number
  readonly #links: StringInterner<Link>
  readonly #counters: SummaryCounters

  constructor(counters: SummaryCounters, ttlUs: number, links: number = LINKS) {
    this.#counters = counters
    this.ttlUs = ttlUs
    this.#links = new StringInterner<Link>(links)
  }

  /** `credential`: pseudonym of a cookie's or token's value. */
  link(credential: string, { principal, formerPrincipal, name }: Principal): void {
    const known = this.#links.find(credential)
    if (known?.principal === principal) {
      if (known.untilUs < this.timeUs) this.version++
      known.untilUs = -1
      return
    }
    const { rotations } = this.#links
    this.#links.add(credential, { principal, formerPrincipal, name, untilUs: -1 })
    if (this.#links.rotations !== rotations) this.#counters.identity.linksForgotten++
    this.#counters.identity.linked++
    this.version++
  }

  /** The link of a credential at that time, which is its use; null without one. */
  of(credential: string, timeUs: number): Link | null {
    const link = this.#links.find(credential)
    return link === undefined || !this.isAlive(link, timeUs) ? null : link
  }

  /** Uses a link. False when it has ended. */
  isAlive(link: Link, timeUs: number): boolean {
    if (link.untilUs >= 0 && timeUs > link.untilUs) return false
    link.untilUs = Math.max(link.untilUs, timeUs + this.ttlUs)
    return true
  }
}
