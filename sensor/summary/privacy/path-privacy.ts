// Which words of a path may leave as text: the option privacy.paths.
//
//   text     all weak tokens (words, slugs); ids and secrets never do
//   strict   a word leaves once two credentials, or twenty requests, have used it at this sensor; before, its pseudonym does
//   closed   only words that every API has (RESERVED), versions and locales
//
// In:  weak tokens of a path, then who sent the request.   Out: text or pseudonym, "{~0f3a...}" in the published path.
// Bounded: WORDS words remembered; one that is forgotten is learned again. A word that reads like a name of a thing (slug, word) is
// revealed by either count; one with digits or capitals in it only by two credentials, because a secret in a URL is used often by one.
import { ByteInterner } from "../../../shared/bytes/interner.ts"
import type { SummaryCounters } from "../counters.ts"
import { Mark, type Skeleton } from "../skeleton.ts"
import { Kind } from "../value-class.ts"
import type { Pseudonyms } from "./pseudonym.ts"

export type PathMode = "text" | "strict" | "closed"
export const PATH_MODES: readonly PathMode[] = ["text", "strict", "closed"]

const WORDS = { entries: 32_768, keyBytes: 2 * 1024 * 1024 }
const REQUESTS_MIN = 20
/** Hidden words of one request that count towards their reveal. */
const PENDING_MAX = 16
export const PSEUDONYM_DIGITS = 12

/** Words that say what is done, and nothing about whose. */
const RESERVED = new Set(
  (
    "api apis rest rpc soap graphql graphiql odata grpc v me self my current latest all search query find filter list lookup export " +
    "import download upload bulk batch count stats statistics metrics health healthz status ping ready live version info about docs " +
    "doc swagger openapi schema schemas spec help auth oauth oauth2 oidc login logout signin signout signup register token tokens " +
    "refresh authorize callback session sessions user users account accounts admin public private internal external partner " +
    "partners customer customers client clients order orders item items product products invoice invoices payment payments cart " +
    "carts checkout catalog price prices quote quotes shipment shipments tracking address addresses contact contacts company " +
    "companies organization organizations tenant tenants group groups role roles permission permissions setting settings config " +
    "event events message messages notification notifications webhook webhooks job jobs task tasks report reports file files document " +
    "documents image images media asset assets static page pages index home new edit create update delete cancel close open " +
    "confirm approve reject submit send validate preview archive restore history audit log logs data entity entities record records " +
    "resource resources details summary services service subscriptions subscription transactions transaction transfers transfer " +
    "balance balances rates rate well-known .well-known openid-configuration jwks.json jwks robots.txt favicon.ico $metadata $batch"
  ).split(" "),
)
const LOCALE = /^[a-z]{2}(?:[-_][A-Za-z]{2})?$/
const VERSION = /^v?\d{1,4}(?:\.\d{1,3}){0,2}(?:-?(?:alpha|beta|rc|preview)\d{0,2})?$/

interface Word {
  /** 12 hex digits, latin1. */
  readonly pseudonym: Buffer
  /** The text may leave. */
  isShown: boolean
  /** Two credentials are needed. */
  readonly isOdd: boolean
  requests: number
  /** Principal that used it first. */
  first: string
}

export class PathPrivacy {
  readonly #isStrict: boolean
  readonly #pseudonyms: Pseudonyms
  readonly #counters: SummaryCounters
  readonly #words = new ByteInterner<Word>(WORDS)
  /** Hidden words of the request at hand. */
  readonly #pending: Word[] = []

  /** `pseudonyms`: of domain "token". */
  constructor(mode: "strict" | "closed", pseudonyms: Pseudonyms, counters: SummaryCounters) {
    this.#isStrict = mode === "strict"
    this.#pseudonyms = pseudonyms
    this.#counters = counters
  }

  /** A path begins. */
  clear(): void {
    this.#pending.length = 0
  }

  /** The weak token that the skeleton holds from `from` on: stays, or is replaced by its pseudonym. */
  token(skeleton: Skeleton, from: number, kind: Kind): void {
    const { bytes } = skeleton
    let word = this.#words.find(bytes, from, skeleton.length)
    if (word === undefined) {
      word = this.#make(bytes, from, skeleton.length, kind)
      this.#words.add(bytes, from, skeleton.length, word)
    }
    if (word.isShown) return
    this.#counters.pathWords.hidden++
    if (this.#isStrict && this.#pending.length < PENDING_MAX) this.#pending.push(word)
    bytes[from] = Mark.hidden
    bytes.set(word.pseudonym, from + 1)
    skeleton.length = from + 1 + PSEUDONYM_DIGITS
  }

  /** Who sent the request whose path was read last. `principal`: its pseudonym. */
  onSender(principal: string): void {
    for (const word of this.#pending) {
      word.requests++
      if (word.first === "") word.first = principal
      const isShared = word.first !== principal
      word.isShown = isShared || (!word.isOdd && word.requests >= REQUESTS_MIN)
      if (word.isShown) this.#counters.pathWords.revealed++
    }
    this.#pending.length = 0
  }

  #make(bytes: Buffer, start: number, end: number, kind: Kind): Word {
    const text = bytes.latin1Slice(start, end)
    const isShown = RESERVED.has(text.toLowerCase()) || LOCALE.test(text) || VERSION.test(text)
    const pseudonym = Buffer.from(this.#pseudonyms.text(bytes, start, end), "latin1")
    const isOdd = (kind !== Kind.word && kind !== Kind.slug && kind !== Kind.bool) || /[^a-z._-]/.test(text)
    return { pseudonym, isShown, isOdd, requests: 0, first: "" }
  }
}
