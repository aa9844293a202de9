// The layout of a request's head: which fields it has, in which order. Requests of one client repeat it, so everything that
// follows from the names alone is worked out once a layout.
//
// In:  a head.   Out: a Layout record: the order's hash, and which fields are worth naming in the event.
// The key of a layout holds FieldName, length and first byte of a known name (its case shows the client's software), and
// the bytes of any other. Bounded: FIELDS_MAX fields, NAMES_MAX names; further ones are counted.
import { ByteInterner, hashBytes } from "../../shared/bytes/interner.ts"
import { FieldName, type HttpHead } from "../http/http-head.ts"
import type { SummaryCounters } from "./counters.ts"
import { publishedName } from "./privacy/names.ts"

const LAYOUTS = { entries: 2048, keyBytes: 256 * 1024 }
export const NAMES_MAX = 64
/** Fields and bytes of one other name that tell layouts apart. */
const FIELDS_MAX = 128
const NAME_BYTES_MAX = 64

/** Fields that every client of HTTP may send: saying so tells nothing about an API. */
const STANDARD = new Set(
  (
    "accept accept-charset accept-datetime accept-encoding accept-language accept-ranges access-control-request-headers " +
    "access-control-request-method age allow alt-used authorization cache-control connection content-digest " +
    "content-disposition content-encoding content-language content-length content-location content-md5 content-range " +
    "content-security-policy content-type cookie cookie2 date depth destination device-memory dnt downlink early-data ect " +
    "expect expires forwarded from front-end-https host http2-settings if if-match if-modified-since if-none-match " +
    "if-range if-unmodified-since keep-alive last-modified link lock-token max-forwards mime-version origin overwrite " +
    "pragma prefer priority proxy-authorization proxy-connection purpose range referer rtt save-data " +
    "sec-gpc service-worker service-worker-navigation-preload te timeout trailer transfer-encoding " +
    "upgrade upgrade-insecure-requests user-agent via viewport-width want-digest warning width x-forwarded-for " +
    "x-forwarded-host x-forwarded-port x-forwarded-proto x-real-ip"
  ).split(" "),
)

/** Fields that carry an id or the time of the one request. */
const REQUEST_IDS =
  /^(?:x-)?(?:amzn-|b3-|ms-client-|client-|azure-)?(?:request|correlation|trace|span|parentspan|transaction|idempotency)-?(?:id|key)$|^trace(?:parent|state)$|^(?:x-)?(?:nonce|timestamp|signature|b3|cloud-trace-context)$|^x-amz-(?:date|content-sha256)$|^x-datadog-/

export interface Layout {
  /** Distinct for each record ever made. */
  readonly id: number
  /** What tells it from others: see isLayout. */
  readonly key: Uint8Array
  /** Hash of the field names in order, as sent; never 0 when there are any. */
  readonly fieldOrder: number
  /** Where Host and User-Agent stand to each other and how they are spelt: constant for a client's software. */
  readonly habit: number
  /** Index of each non-standard field in the head, and its published name. */
  readonly extras: readonly number[]
  readonly extraNames: readonly string[]
  /** Extra k is an id of the request, whose kind says nothing and changes from one request to the next. */
  readonly requestIds: readonly boolean[]
  /** Every field's name in lower case, for the rules of identity. */
  readonly names: readonly string[]
}

export class Layouts {
  readonly #known = new ByteInterner<Layout>(LAYOUTS)
  readonly #key = new Uint8Array(FIELDS_MAX * (NAME_BYTES_MAX + 3))
  readonly #counters: SummaryCounters
  #nextId = 1

  constructor(counters: SummaryCounters) {
    this.#counters = counters
  }

  /** `last`: the layout of the request before, which it mostly is again. */
  of(head: HttpHead, last: Layout | null): Layout {
    const fields = Math.min(head.fields, FIELDS_MAX)
    if (last !== null && isLayout(head, fields, last.key)) return last
    const key = this.#key
    const { bytes, nameStart, nameEnd, name } = head
    let to = 0
    for (let i = 0; i < fields; i++) {
      const start = nameStart[i]!
      let end = nameEnd[i]!
      key[to++] = name[i]!
      key[to++] = end - start
      if (name[i] !== FieldName.other) end = start + 1
      else if (end - start > NAME_BYTES_MAX) end = start + NAME_BYTES_MAX
      for (let at = start; at < end; at++) key[to++] = bytes[at]!
    }
    const known = this.#known.find(key, 0, to)
    if (known !== undefined) return known
    const layout = this.#make(head, fields, key.slice(0, to))
    this.#known.add(key, 0, to, layout)
    return layout
  }

  #make(head: HttpHead, fields: number, key: Uint8Array): Layout {
    const extras: number[] = []
    const extraNames: string[] = []
    const requestIds: boolean[] = []
    const names: string[] = []
    let cut = false
    for (let i = 0; i < fields; i++) {
      const name = head.buffer.latin1Slice(head.nameStart[i]!, head.nameEnd[i]!).toLowerCase()
      names.push(name)
      if (STANDARD.has(name) || name.startsWith("sec-") || name.startsWith(":")) continue
      if (extras.length === NAMES_MAX) cut = true
      else {
        const bytes = Buffer.from(name, "latin1")
        extras.push(i)
        requestIds.push(REQUEST_IDS.test(name))
        extraNames.push(publishedName(bytes, 0, bytes.length))
      }
    }
    if (cut || head.fields > fields) this.#counters.namesCut.headers++
    return {
      id: this.#nextId++,
      key,
      fieldOrder: fields === 0 ? 0 : hashBytes(key, 0, key.length) >>> 0 || 1,
      habit: habitOf(head),
      extras,
      extraNames,
      requestIds,
      names,
    }
  }
}

/** True when the head's names are those of a layout's key: FieldName, length, then the first byte or all bytes. */
function isLayout(head: HttpHead, fields: number, key: Uint8Array): boolean {
  const { bytes, nameStart, nameEnd, name } = head
  let at = 0
  for (let i = 0; i < fields; i++) {
    const start = nameStart[i]!
    const length = nameEnd[i]! - start
    if (key[at] !== name[i] || key[at + 1] !== (length & 0xff) || key[at + 2] !== bytes[start]) return false
    at += 3
    if (name[i] !== FieldName.other) continue
    const until = Math.min(length, NAME_BYTES_MAX)
    for (let k = 1; k < until; k++) if (key[at++] !== bytes[start + k]) return false
  }
  return at === key.length
}

function habitOf(head: HttpHead): number {
  const host = head.known[FieldName.host]!
  const agent = head.known[FieldName.userAgent]!
  const first = (i: number): number => (i < 0 ? 0 : head.bytes[head.nameStart[i]!]!)
  return (first(host) << 9) | (first(agent) << 1) | (host < agent ? 1 : 0)
}
