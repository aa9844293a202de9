// The credential of a request: its sources are tried in order, the first whose rule takes what stands there decides.
//
// In:  a head with its cookies and query, and the sources of its operation.   Out: a Credential, or null.
// The value is compared with that of the flow's last request, and of the last head of the same stencil, before it is looked up.
import { FieldName, type HttpHead } from "../../http/http-head.ts"
import type { CookieJar } from "../cookies.ts"
import type { FlowFacts } from "../flow-facts.ts"
import { type HeadMemo, isSteady } from "../head-memo.ts"
import type { QueryNames } from "../query-names.ts"
import { isSameValue } from "../same-value.ts"
import type { Target } from "../target.ts"
import { type Credential, Verdict } from "./credential.ts"
import type { Credentials } from "./credentials.ts"
import type { Source, SourceList } from "./sources.ts"

const SLASH = 0x2f
const QUESTION = 0x3f

export class CredentialFinder {
  readonly #credentials: Credentials
  readonly #query: QueryNames
  readonly #target: Target
  /** Value of the source at hand: [start, end) of `#bytes`. */
  #bytes: Buffer = Buffer.alloc(0)
  #start = 0
  #end = 0

  /** `query` and `target` are those of the head that is asked about. */
  constructor(credentials: Credentials, query: QueryNames, target: Target) {
    this.#credentials = credentials
    this.#query = query
    this.#target = target
  }

  of(
    flow: FlowFacts,
    head: HttpHead,
    jar: CookieJar,
    { sources }: SourceList,
    memo: HeadMemo | null,
  ): Credential | null {
    let ignoredKind = ""
    let ignoredIndex = -1
    for (const source of sources) {
      const { location, index } = source
      const isField = location.kind === "authorization" || location.kind === "field"
      const kind = isField ? "field" : location.kind
      if (index === ignoredIndex && kind === ignoredKind) continue
      if (location.rule.isTrustedOnly === true && !flow.isTrusted) continue
      const isRemembered = memo !== null && isField && isSteady(head, index)
      const known = isRemembered && memo.credential?.location === location ? memo.credential : null
      const credential = known ?? this.#at(flow, head, jar, source)
      if (credential === null) continue
      if (credential.verdict === Verdict.ignored) {
        ignoredKind = kind
        ignoredIndex = index
      }
      if (credential.verdict !== Verdict.mine) continue
      if (isRemembered) memo.credential = credential
      return this.#standing(flow, credential)
    }
    return flow.standing
  }

  /** What authenticates a connection holds for its requests that carry nothing. */
  #standing(flow: FlowFacts, credential: Credential): Credential {
    if (credential.scheme === "negotiate") flow.standing = credential
    return credential
  }

  #at(flow: FlowFacts, head: HttpHead, jar: CookieJar, { location, index }: Source): Credential | null {
    this.#find(flow, head, jar, location.kind, index)
    const start = this.#start
    const end = this.#end
    if (end <= start) return null
    const last = flow.credential
    if (last !== null && last.location === location && isSameValue(last.bytes, this.#bytes, start, end)) return last
    const credential = this.#credentials.of(location, this.#bytes, start, end)
    flow.credential = credential
    return credential
  }

  #find(flow: FlowFacts, head: HttpHead, jar: CookieJar, kind: Source["location"]["kind"], index: number): void {
    this.#bytes = head.buffer
    this.#start = 0
    this.#end = 0
    if (kind === "certificate") {
      const { certificate } = flow.channel
      if (certificate === null) return
      this.#bytes = certificate
      this.#end = certificate.length
    } else if (kind === "query") {
      this.#start = this.#query.valueStart[index]!
      this.#end = this.#query.valueEnd[index]!
    } else if (kind === "cookie") {
      const base = head.valueStart[head.known[FieldName.cookie]!]!
      this.#start = base + jar.starts[index]!
      this.#end = base + jar.ends[index]!
    } else if (kind === "path") this.#segment(head, index)
    else {
      this.#start = head.valueStart[index]!
      this.#end = head.valueEnd[index]!
    }
  }

  /** The segment with that number, from 0. */
  #segment({ bytes }: HttpHead, index: number): void {
    const { pathStart, pathEnd } = this.#target
    let segment = -1
    for (let at = pathStart; at < pathEnd && bytes[at] !== QUESTION; at++) {
      if (bytes[at] !== SLASH || ++segment !== index) continue
      let end = at + 1
      while (end < pathEnd && bytes[end] !== SLASH && bytes[end] !== QUESTION) end++
      this.#start = at + 1
      this.#end = end
      return
    }
  }
}
