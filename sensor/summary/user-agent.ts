// The User-Agent: its product, and a keyed hash of the whole.
//
// In:  the field's value.   Out: an Agent record, the same for equal bytes while remembered. RFC 9110 section 10.1.5.
import { ByteInterner } from "../../shared/bytes/interner.ts"
import { isNoName } from "./privacy/name-likeness.ts"
import { Domain, type PseudonymKey, type Pseudonyms } from "./privacy/pseudonym.ts"
import { classify, isStrong, KIND_NAMES } from "./value-class.ts"

const AGENTS = { entries: 4096, keyBytes: 1024 * 1024 }
/** Longer values are cut: two that differ only beyond are one. */
export const AGENT_MAX = 512

export interface Agent {
  /** Distinct for each record ever made; 0 for the absent one. */
  readonly id: number
  /** The value, cut, for comparison with the next request's. */
  readonly bytes: Uint8Array
  readonly family: string
  readonly hash: number
  /** Under the former key, 0 without one. */
  readonly formerHash: number
}

export const NO_AGENT: Agent = { id: 0, bytes: new Uint8Array(0), family: "", hash: 0, formerHash: 0 }

/** Browsers all call themselves Mozilla, and by the names of those they want to be taken for: most specific first. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdge?\w{0,3}\//, "edge"],
  [/\bOPR\//, "opera"],
  [/\bSamsungBrowser\//, "samsungbrowser"],
  [/\bHeadlessChrome\//, "headlesschrome"],
  [/\bFirefox\//, "firefox"],
  [/\bChrome\//, "chrome"],
  [/\b(?:MSIE|Trident)\b/, "explorer"],
  [/\bSafari\//, "safari"],
]

/** "partner-sdk/3.2 (java 17)" is "partner-sdk"; a browser is its name; a product that is an id is folded. */
export function familyOf(value: string): string {
  const product = /^[^\s/;,(]{1,64}/.exec(value)?.[0] ?? ""
  if (product === "Mozilla") {
    const bot = /\b([A-Za-z-]{2,24}(?:bot|crawler|spider))\b/i.exec(value)?.[1]
    if (bot !== undefined) return bot.toLowerCase()
    return BROWSERS.find(([pattern]) => pattern.test(value))?.[1] ?? "mozilla"
  }
  if (!/^[A-Za-z0-9._+-]{1,40}$/.test(product)) return product === "" ? "" : "other"
  const kind = classify(Buffer.from(product, "latin1"), 0, product.length)
  if (isStrong(kind)) return `{${KIND_NAMES[kind]}}`
  return isNoName(Buffer.from(product, "latin1"), 0, product.length) ? "other" : product.toLowerCase()
}

export class Agents {
  readonly #known = new ByteInterner<Agent>(AGENTS)
  readonly #pseudonyms: Pseudonyms
  readonly #former: Pseudonyms | null
  #nextId = 1

  constructor(key: PseudonymKey) {
    this.#pseudonyms = key.of(Domain.agent)
    this.#former = key.former === null ? null : key.former.of(Domain.agent)
  }

  of(bytes: Buffer, start: number, end: number): Agent {
    if (end === start) return NO_AGENT
    if (end - start > AGENT_MAX) end = start + AGENT_MAX
    let agent = this.#known.find(bytes, start, end)
    if (agent === undefined) {
      const family = familyOf(bytes.latin1Slice(start, end))
      const hash = this.#pseudonyms.hash(bytes, start, end)
      const formerHash = this.#former === null ? 0 : this.#former.hash(bytes, start, end)
      agent = { id: this.#nextId++, bytes: new Uint8Array(bytes.subarray(start, end)), family, hash, formerHash }
      this.#known.add(bytes, start, end, agent)
    }
    return agent
  }
}
