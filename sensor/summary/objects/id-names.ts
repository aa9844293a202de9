// What the name of a field or parameter says of its values: whether they are ids that may stand in a path later.
//
// Precision matters less than that the ids which a client will use are among those that are told: a name that promises too much costs a
// few bytes, since values are judged, too (id-text.ts). Names of secrets and of what is counted, timed or measured promise nothing.
import { wordsOf } from "../classes/field-name.ts"

export const Says = {
  nothing: 0,
  /** Any number or token under it is an id. */
  id: 1,
  /** Tokens are, numbers are not: `code`, `key`. */
  text: 2,
  /** URLs and paths whose last id is one. */
  link: 3,
  /** Whatever its values look like. */
  never: 4,
} as const
export type Says = (typeof Says)[keyof typeof Says]

/** In the singular, as words of names are. */
const set = (words: string): ReadonlySet<string> => new Set(words.split(" ").flatMap(wordsOf))

/** As the last word, in the singular. */
const ID_WORDS = set(
  "id ids uuid guid oid pk urn identifier number no num nr ref reference sku isbn issn ean gtin upc barcode serial tracking",
)
const TEXT_WORDS = set("code slug key handle alias")
const LINK_WORDS = set("href url uri link self next prev previous first last location resource name")
/** An id without a capital or a mark before it: "orderid". */
const GLUED_ID =
  /^(?:order|user|customer|client|account|contact|partner|tenant|product|item|article|asset|device|invoice|payment|object|record|project|ticket|case|message|document|file|group|team|member|company|vendor|supplier|shipment|booking|event|session|external|parent|row)s?(?:id|no|nr)$/
const SECRET =
  /passw|passphrase|passcode|pwd|secret|token|credential|api[-_]?key|access[-_]?key|session|csrf|xsrf|signature|nonce/i
/** Anywhere in a name: secrets, what is a number of people's, and numbers that identify nothing. */
const NEVER_WORDS = set(
  "pass auth sid otp pin cvv cvc sig jwt ssn card iban pan tax hash checksum digest etag md sha trace span correlation request idempotency " +
    "page version line phone fax mobile house street zip postal postcode country currency error status response http port cursor",
)

/** Of a name as written, escapes of its format undone or not. */
export function saysOf(name: string): Says {
  if (SECRET.test(name)) return Says.never
  const words = wordsOf(name)
  if (words.some((word) => NEVER_WORDS.has(word))) return Says.never
  const last = words.at(-1) ?? ""
  if (ID_WORDS.has(last) || GLUED_ID.test(last)) return Says.id
  if (TEXT_WORDS.has(last)) return Says.text
  return LINK_WORDS.has(last) ? Says.link : Says.nothing
}

const LIMIT_NAMES = set(
  "limit perpage pagesize size first top count take row max maxresult maxitem n itemperpage pagelimit resultperpage",
)
const OFFSET_NAMES = set("offset page skip start from pagenumber pageno pageindex startindex pageoffset startat p")

export const Paging = { none: 0, limit: 1, offset: 2 } as const
export type Paging = (typeof Paging)[keyof typeof Paging]

/** What a parameter of that name says of the page that is asked for: "$top", "page[size]", "per_page". */
export function pagingOf(name: string): Paging {
  const joined = wordsOf(name).join("")
  if (LIMIT_NAMES.has(joined)) return Paging.limit
  return OFFSET_NAMES.has(joined) ? Paging.offset : Paging.none
}
