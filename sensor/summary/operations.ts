// From a request head to its Operation: the skeleton is built byte by byte, and what it stands for is looked up.
//
// In:  a head, its target, layout and cookies.   Out: an OperationEntry: the Operation, the template that body facts hang on,
// and where the credential is. All strings are made once a skeleton; equal operations are one object while remembered.
// Given up: what PathTokens, QueryNames, Layouts and Cookies give up. Beyond the limits below, entries are made again.
import { ByteInterner, StringInterner } from "../../shared/bytes/interner.ts"
import { type Call, NO_STRINGS, type Operation } from "../../shared/event/api-event.ts"
import { Protocol } from "../http/exchange-receiver.ts"
import type { HttpHead } from "../http/http-head.ts"
import { METHODS as REGISTERED } from "../http/start-line.ts"
import { CallHints } from "./calls/call-hints.ts"
import { HeadTurns } from "./classes/head-classes.ts"
import type { CookieJar } from "./cookies.ts"
import type { SummaryCounters } from "./counters.ts"
import { Template } from "./form-state.ts"
import type { Layout } from "./head-layout.ts"
import { type HeadMemo, isSteady } from "./head-memo.ts"
import type { Credentials } from "./identity/credentials.ts"
import { type LoginPart, loginPartOf } from "./identity/logins.ts"
import type { RuleSet } from "./identity/rule-sets.ts"
import { type SourceList, Sources } from "./identity/sources.ts"
import { type QueryPlan, queryPlan } from "./objects/query-objects.ts"
import { PathTokens, pathText } from "./path-tokens.ts"
import { steadyKind, uniqueSorted } from "./privacy/names.ts"
import type { ObjectPseudonyms } from "./privacy/object-pseudonyms.ts"
import type { PathPrivacy } from "./privacy/path-privacy.ts"
import { parametersOf, QueryNames, queryNames } from "./query-names.ts"
import type { QueryValues, ValuePlan } from "./query-values.ts"
import { Mark, Skeleton } from "./skeleton.ts"
import type { Target } from "./target.ts"
import { KIND_NAMES, Kind } from "./value-class.ts"

const SKELETONS = { entries: 4096, keyBytes: 1024 * 1024 }
const OPERATIONS = 4096
const TEMPLATES = 2048
/** Registered methods (IANA), and those in use without it. What stands in for any other: a client may put anything there. */
const METHODS: ReadonlySet<string> = new Set(REGISTERED)
const ODD_METHOD = "{odd}"
/** Names of headers and cookies an operation may have. */
const NAMES_MAX = 64
/** Paths whose last segment names one object. */
const OBJECT_LAST = /\{(?!~|authority|date|timestamp|float)[^/{]*\}$/
/** Operations inside one URL that an entry remembers. */
const NAMED_MAX = 64

export class OperationEntry {
  readonly template: Template
  readonly hints: CallHints
  /** Where the credential may be, in order. */
  readonly sources: SourceList
  /** What its path says of logins. */
  readonly loginPart: LoginPart
  /** Some parameter of the URL is a credential, whether it decides or not. */
  readonly isCredentialInUrl: boolean
  /** Values of its query that are told; null: none. */
  readonly values: ValuePlan | null
  /** Objects and paging of its query; null: none. */
  readonly queryPlan: QueryPlan | null
  /** Data classes of its heads. */
  readonly turns: HeadTurns = new HeadTurns()
  /** By protocol; the one of the head's version is made first. */
  readonly #operations: (Operation | undefined)[] = [undefined, undefined, undefined, undefined, undefined]
  /** By call, for those that name their operation. */
  readonly #named = new Map<Call, Operation>()
  readonly #make: (protocol: number, operationKey: string) => Operation

  constructor(
    template: Template,
    hints: CallHints,
    sources: SourceList,
    loginPart: LoginPart,
    isCredentialInUrl: boolean,
    values: ValuePlan | null,
    objects: QueryPlan | null,
    make: (protocol: number, operationKey: string) => Operation,
  ) {
    this.template = template
    this.hints = hints
    this.sources = sources
    this.loginPart = loginPart
    this.isCredentialInUrl = isCredentialInUrl
    this.values = values
    this.queryPlan = objects
    this.#make = make
  }

  operation(protocol: number, call: Call): Operation {
    if (call.key !== "") return this.#ofCall(protocol, call)
    const known = this.#operations[protocol]
    if (known !== undefined) return known
    const made = this.#make(protocol, "")
    this.#operations[protocol] = made
    return made
  }

  #ofCall(protocol: number, call: Call): Operation {
    const known = this.#named.get(call)
    if (known !== undefined && known.protocol === protocol) return known
    if (this.#named.size === NAMED_MAX) this.#named.clear()
    const made = this.#make(protocol, call.key)
    this.#named.set(call, made)
    return made
  }
}

/** Sections of the skeleton at hand: where each ends. */
interface Sections {
  readonly path: number
  readonly pathEnd: number
  readonly query: number
  readonly queryEnd: number
  readonly kinds: number
}

export class Operations {
  readonly query: QueryNames
  readonly path: PathTokens
  readonly #entries = new ByteInterner<OperationEntry>(SKELETONS)
  readonly #operations = new StringInterner<Operation>(OPERATIONS)
  readonly #templates = new StringInterner<Template>(TEMPLATES)
  readonly #skeleton = new Skeleton()
  readonly #counters: SummaryCounters
  readonly #sources: Sources
  readonly #values: QueryValues | null
  /** Null: objects of queries are not told. */
  readonly #objects: ObjectPseudonyms | null
  #serial = 0

  constructor(
    objects: ObjectPseudonyms,
    credentials: Credentials,
    counters: SummaryCounters,
    privacy: PathPrivacy | null,
    values: QueryValues | null,
    areObjectsTold = true,
  ) {
    this.#objects = areObjectsTold ? objects : null
    this.path = new PathTokens(objects, counters, privacy)
    this.query = new QueryNames(counters)
    this.#counters = counters
    this.#sources = new Sources(credentials.locations, counters)
    this.#values = values
  }

  /** Afterwards `path.objects` and the values of `query` are those of this request. */
  of(
    head: HttpHead,
    target: Target,
    layout: Layout,
    jar: CookieJar,
    memo: HeadMemo | null,
    rules: RuleSet,
  ): OperationEntry {
    const skeleton = this.#skeleton
    skeleton.clear()
    skeleton.text(head.method)
    skeleton.mark(Mark.end)
    const path = skeleton.length
    let rest = target.pathEnd
    if (target.isAuthorityForm) {
      this.path.read(head.bytes, 0, 0, skeleton)
      skeleton.text("{authority}")
    } else rest = this.path.read(head.bytes, target.pathStart, target.pathEnd, skeleton)
    const pathEnd = skeleton.length
    skeleton.mark(Mark.end)
    const query = skeleton.length
    this.query.read(head.bytes, rest, target.pathEnd, this.path, skeleton)
    const queryEnd = skeleton.length
    skeleton.mark(Mark.end)
    skeleton.mark(this.path.flags)
    skeleton.id(layout.id)
    skeleton.id(jar.set.id)
    if (rules.id !== 0) skeleton.id(rules.id)
    const kinds = skeleton.length
    this.#kinds(head, layout, memo)
    const known = this.#entries.find(skeleton.bytes, 0, skeleton.length)
    if (known !== undefined) return known
    const entry = this.#make(head, target, layout, jar, rules, { path, pathEnd, query, queryEnd, kinds })
    this.#entries.add(skeleton.bytes, 0, skeleton.length, entry)
    return entry
  }

  /** Kinds of the values of the layout's extra fields. */
  #kinds(head: HttpHead, layout: Layout, memo: HeadMemo | null): void {
    const skeleton = this.#skeleton
    const { extras, requestIds } = layout
    if (memo !== null) memo.kinds ??= new Uint8Array(extras.length)
    for (let i = 0; i < extras.length; i++) {
      if (requestIds[i] === true) {
        skeleton.mark(Kind.mix)
        continue
      }
      const field = extras[i]!
      const kinds = memo !== null && isSteady(head, field) ? memo.kinds : null
      let kind = kinds === null ? 0 : kinds[i]!
      if (kind === 0) {
        kind = steadyKind(head.bytes, head.valueStart[field]!, head.valueEnd[field]!) + 1
        if (kinds !== null) kinds[i] = kind
      }
      skeleton.mark(kind - 1)
    }
  }

  #make(
    head: HttpHead,
    target: Target,
    layout: Layout,
    jar: CookieJar,
    { rules }: RuleSet,
    at: Sections,
  ): OperationEntry {
    this.#counters.made.operations++
    const { bytes } = this.#skeleton
    const method = head.method === "" || METHODS.has(head.method) ? head.method : ODD_METHOD
    const { path, extension } = pathText(bytes, at.path, at.pathEnd)
    const parameters = parametersOf(bytes, at.query, at.queryEnd)
    const query = queryNames(parameters)
    const named = layout.extraNames.map((name, i) => `${name}:${KIND_NAMES[bytes[at.kinds + i]!]}`)
    const headers = uniqueSorted(named, NAMES_MAX).names
    const cookies = jar.set.names
    const pathFlags = this.path.flags
    const make = (protocol: number, operationKey: string): Operation =>
      this.#operation({
        protocol,
        method: protocol === Protocol.websocket ? "" : method,
        path,
        extension,
        pathFlags,
        operationKey,
        query,
        headers,
        cookies,
      })
    // As sent: in the published path words may be hidden. Which ids stand in it makes no difference between these requests.
    const sent = head.buffer.latin1Slice(target.pathStart, target.pathEnd).replace(/[?;].*$/s, "")
    const grounds = { head, layout, jar, parameters, path: sent }
    const template = this.#template(method, path, extension)
    return new OperationEntry(
      template,
      new CallHints(template, path, sent, layout.names, parameters),
      this.#sources.of(rules, grounds),
      loginPartOf(method, sent),
      this.#sources.isInUrl(rules, grounds),
      this.#values?.planOf(`${method} ${path}.${extension}`, parameters, query) ?? null,
      this.#objects === null ? null : queryPlan(parameters, query, this.#objects),
      make,
    )
  }

  /** The remembered object with that content. */
  #operation(operation: Operation): Operation {
    const key = JSON.stringify(operation)
    let known = this.#operations.find(key)
    if (known === undefined) {
      known = operation.query.length === 0 ? { ...operation, query: NO_STRINGS } : operation
      this.#operations.add(key, known)
    }
    return known
  }

  #template(method: string, path: string, extension: string): Template {
    const key = `${method} ${path}.${extension}`
    let template = this.#templates.find(key)
    if (template === undefined) {
      template = new Template(++this.#serial, OBJECT_LAST.test(path))
      this.#templates.add(key, template)
    }
    return template
  }
}
