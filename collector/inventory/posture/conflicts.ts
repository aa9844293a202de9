// Where an endpoint contradicts itself or its neighbours: what a reviewer looks at first.
//
// In:  the record of an endpoint, its posture, and what its service says as a whole. Out: sentences with the numbers and, where there are,
// the exchanges that show it. A conflict is a fact about shares, not yet a mistake: a public read beside a protected write is usual.
import type { EndpointRecord, OpenSample } from "../../store/records.ts"
import { CONSISTENT_SHARE, type PostureResult, percent, SUCCESSES_MIN } from "../posture.ts"

export type ConflictKind = "schemes" | "open-successes" | "open-among-protected" | "open-read" | "expired" | "changed"

export interface Conflict {
  readonly kind: ConflictKind
  readonly sentence: string
  readonly samples: readonly OpenSample[]
}

/** What the other endpoints of the service let pass, those withheld left out. */
export interface Neighbours {
  readonly endpoints: number
  readonly successes: number
  readonly authenticated: number
  /** Methods of the same template with their posture: {"POST": "consistent"}. */
  readonly methods: Readonly<Record<string, string>>
}

export const NO_NEIGHBOURS: Neighbours = { endpoints: 0, successes: 0, authenticated: 0, methods: {} }

/** A scheme counts as one of several from this share of the authenticated successes on, and from this many. */
const SCHEME_SHARE_MIN = 0.05
const SCHEME_COUNT_MIN = 5
/** Change of the authenticated share from one window to the next that is told. */
const CHANGE_MIN = 0.2

const READS: readonly string[] = ["GET", "HEAD"]

/** Whether the other endpoints of its service are protected: enough successes, and nearly all with a credential. */
export function isProtected({ successes, authenticated }: Neighbours): boolean {
  return successes >= SUCCESSES_MIN && authenticated >= CONSISTENT_SHARE * successes
}

export function conflictsOf(record: EndpointRecord, result: PostureResult, neighbours: Neighbours): Conflict[] {
  const found: Conflict[] = []
  const add = (kind: ConflictKind, sentence: string, samples: readonly OpenSample[] = []): void => {
    if (sentence !== "") found.push({ kind, sentence, samples })
  }
  add("schemes", severalSchemes(result))
  add("open-successes", openSuccesses(result), samplesOf(record))
  if (result.posture === "missing" || result.posture === "partial") {
    add("open-among-protected", amongProtected(result, neighbours), samplesOf(record))
    add("open-read", openRead(record, neighbours))
  }
  add("expired", expired(record))
  add("changed", changed(record))
  return found
}

/** Successes without a credential, the newest window first. */
export function samplesOf({ auth }: Pick<EndpointRecord, "auth">): readonly OpenSample[] {
  return auth.windows.toReversed().flatMap(({ open }) => open)
}

function severalSchemes({ schemes, authenticated }: PostureResult): string {
  const several = Object.entries(schemes)
    .filter(([scheme]) => scheme !== "none")
    .filter(([, count]) => count >= SCHEME_COUNT_MIN && count >= SCHEME_SHARE_MIN * authenticated)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  if (several.length < 2) return ""
  const shares = several.map(([scheme, count]) => `${scheme} ${count} (${percent(count, authenticated)})`)
  return `It takes credentials of several schemes: ${shares.join(", ")}.`
}

function openSuccesses({ posture, successes, authenticated }: PostureResult): string {
  const open = successes - authenticated
  if (posture !== "consistent" || open === 0) return ""
  return `${open} of ${successes} successful exchanges carried no credential (${percent(open, successes)}), at an endpoint that is protected otherwise.`
}

function amongProtected({ successes, authenticated }: PostureResult, neighbours: Neighbours): string {
  if (!isProtected(neighbours)) return ""
  const share = percent(neighbours.authenticated, neighbours.successes)
  const here = percent(successes - authenticated, successes)
  return `${here} of its successes carried no credential, while ${share} of those at the other endpoints of the service did.`
}

function openRead({ method, template }: EndpointRecord, { methods }: Neighbours): string {
  if (!READS.includes(method)) return ""
  const closed = Object.entries(methods)
    .filter(([other, posture]) => !READS.includes(other) && posture === "consistent")
    .map(([other]) => other)
  return closed.length === 0 ? "" : `${method} ${template} is open and ${closed.sort().join(", ")} is not.`
}

function expired({ auth }: EndpointRecord): string {
  const count = auth.weak.expired ?? 0
  if (count === 0) return ""
  const exchanges = count === 1 ? "1 exchange" : `${count} exchanges`
  return `${exchanges} with a token that had expired were answered with success.`
}

/** Both windows must say enough. */
function changed({ auth }: EndpointRecord): string {
  const [before, present] = auth.windows
  if (before === undefined || present === undefined) return ""
  const [[a, m], [b, n]] = [shareOf(before.schemes), shareOf(present.schemes)]
  if (m < SUCCESSES_MIN || n < SUCCESSES_MIN || Math.abs(a / m - b / n) < CHANGE_MIN) return ""
  const word = b / n < a / m ? "fell" : "rose"
  return `The authenticated share ${word} from ${percent(a, m)} of ${m} successes to ${percent(b, n)} of ${n} in the 30 days after.`
}

function shareOf(schemes: Readonly<Record<string, number>>): [authenticated: number, successes: number] {
  const successes = Object.values(schemes).reduce((sum, count) => sum + count, 0)
  return [successes - (schemes.none ?? 0), successes]
}
