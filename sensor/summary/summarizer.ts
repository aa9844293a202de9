// The exchange becomes an event: what it was, who sent it, where it went, what its bodies looked like; and nothing that may
// not leave. Facts are taken of each head and body while its bytes are at hand, and put together when the exchange is whole.
//
// In:  heads, starts of bodies, exchanges (ExchangeReceiver).   Out: ApiEvents, and the texts of new shapes.
// Everything that repeats is an interned record, recognised by comparing bytes: see the other files of this folder. Given up:
// names, segments, bodies and entries beyond their limits; each is counted in SummaryCounters.
import {
  type ApiEvent,
  type Call,
  EMPTY_CALL,
  EMPTY_FORM,
  type Form,
  NO_STRINGS,
  type Operation,
  PROTOCOL_NAMES,
  type ShapeNote,
} from "../../shared/event/api-event.ts"
import {
  type Conversation,
  type Exchange,
  ExchangeFlag,
  type ExchangeReceiver,
  type MessageEnd,
  Protocol,
} from "../http/exchange-receiver.ts"
import { FieldName, type HttpHead } from "../http/http-head.ts"
import { Addresses } from "./addresses.ts"
import { Bodies, UNKNOWN_STATUS } from "./bodies.ts"
import { CallMedia } from "./calls/call-media.ts"
import { Calls } from "./calls/calls.ts"
import { DataClasses } from "./classes/data-classes.ts"
import { EVERY, HeadClasses } from "./classes/head-classes.ts"
import { type CookieJar, Cookies, NO_COOKIES } from "./cookies.ts"
import type { SummaryCounters } from "./counters.ts"
import { emptyEvent, unseenOperation } from "./empty-event.ts"
import type { EventSink } from "./event-sink.ts"
import { type BodyFacts, Odd, RequestFacts, ResponseFacts, Spare, templateOf } from "./facts.ts"
import type { FlowFacts } from "./flow-facts.ts"
import { type Layout, Layouts } from "./head-layout.ts"
import { HeadMemo, isSteadyMedia } from "./head-memo.ts"
import { Credentials, NOBODY } from "./identity/credentials.ts"
import { CredentialFinder } from "./identity/finder.ts"
import { Forwarding } from "./identity/forwarding.ts"
import { LOGIN_BYTES, LoginPart, Logins } from "./identity/logins.ts"
import { type RuleSet, RuleSets } from "./identity/rule-sets.ts"
import { tenantMatch } from "./identity/tenant.ts"
import { type Media, MediaTypes } from "./media.ts"
import { Objects, writeIds } from "./objects/objects.ts"
import { UNSEEN_OBJECTS } from "./objects/request-objects.ts"
import { hashOf } from "./objects/told-bodies.ts"
import { mergedAnomalies } from "./odd-anomalies.ts"
import { type OperationEntry, Operations } from "./operations.ts"
import { SUMMARY_DEFAULTS, type SummaryOptions } from "./options.ts"
import { exchangeKey, Parties } from "./parties.ts"
import { plainFacts } from "./plain-view.ts"
import { ObjectPseudonyms } from "./privacy/object-pseudonyms.ts"
import { PathPrivacy } from "./privacy/path-privacy.ts"
import { Domain, type PseudonymKey } from "./privacy/pseudonym.ts"
import { QueryValues } from "./query-values.ts"
import { isSameValue } from "./same-value.ts"
import { Sampler } from "./sampler.ts"
import { Sender } from "./sender.ts"
import { Target, writtenAuthority } from "./target.ts"

const EVENT_STREAM = "text/event-stream"

export class Summarizer implements ExchangeReceiver<RequestFacts, ResponseFacts> {
  readonly #sink: EventSink
  readonly #counters: SummaryCounters
  readonly #options: SummaryOptions
  readonly #credentials: Credentials
  readonly #parties: Parties
  readonly #layouts: Layouts
  readonly #cookies: Cookies
  readonly #operations: Operations
  readonly #finder: CredentialFinder
  readonly #logins: Logins
  readonly #media = new MediaTypes()
  readonly #calls: Calls
  readonly #classes: DataClasses
  readonly #headClasses: HeadClasses
  readonly #bodies: Bodies
  /** Null: only objects of paths are told. */
  readonly #objects: Objects | null
  readonly #target = new Target()
  /** Operation of a request that was not seen, by protocol. */
  readonly #unseen: readonly Operation[] = PROTOCOL_NAMES.map((_, protocol) => unseenOperation(protocol))
  readonly #event: ApiEvent = emptyEvent()
  readonly #requests = new Spare(() => new RequestFacts())
  readonly #responses = new Spare(() => new ResponseFacts())
  /** Overload: no body is looked into; its form is then "unread". */
  isBodyless = false

  constructor(
    sink: EventSink,
    key: PseudonymKey,
    counters: SummaryCounters,
    options: Partial<SummaryOptions> = SUMMARY_DEFAULTS,
  ) {
    this.#sink = sink
    this.#counters = counters
    this.#options = { ...SUMMARY_DEFAULTS, ...options }
    const { networks, zoneName, bodyPrefixBytes, sampleEvery, classes, sessionTtlUs } = this.#options
    const { addressMode, pathMode, valueMode, objectMode } = this.#options
    this.#credentials = new Credentials(key, counters, sessionTtlUs)
    const forwarding = new Forwarding(this.#options.trustedProxies, this.#options.forwardingFields, counters)
    const rules = new RuleSets(this.#options.rules)
    const none = this.#media.none
    const addresses = new Addresses(key, networks, addressMode)
    this.#parties = new Parties(key, this.#credentials, addresses, forwarding, rules, zoneName, none, counters)
    this.#layouts = new Layouts(counters)
    this.#cookies = new Cookies(counters)
    const objects = new ObjectPseudonyms(key.of(Domain.object))
    const privacy = pathMode === "text" ? null : new PathPrivacy(pathMode, key.of(Domain.token), counters)
    this.#classes = new DataClasses(classes, counters.classes)
    const next = this.#classes.isOff ? null : this.#classes
    this.#objects = objectMode === "none" ? null : new Objects(objects, counters.objects, next)
    const values = valueMode === "none" ? null : new QueryValues(key.of(Domain.value))
    this.#operations = new Operations(objects, this.#credentials, counters, privacy, values, this.#objects !== null)
    this.#finder = new CredentialFinder(this.#credentials, this.#operations.query, this.#target)
    this.#logins = new Logins(this.#credentials, this.#options.loginFields)
    const note = (shape: ShapeNote): void => sink.note(shape)
    this.#calls = new Calls(key.of(Domain.call), counters.calls)
    const seed = key.derive(Domain.sampling)
    this.#headClasses = new HeadClasses(this.#classes, new Sampler(seed, EVERY))
    this.#bodies = new Bodies(
      this.#media,
      this.#calls,
      counters,
      this.#classes,
      note,
      bodyPrefixBytes,
      new Sampler(seed, sampleEvery),
      this.#objects,
    )
  }

  onRequest(head: HttpHead, conversation: Conversation, timeUs: number): RequestFacts {
    const flow = this.#parties.of(conversation)
    const memo = HeadMemo.of(head)
    const target = this.#target
    target.read(head)
    const last = flow.senderOf(head, memo)
    const layout = last === null ? this.#layoutOf(flow, head, memo) : last.layout
    const jar = last === null ? this.#jarOf(flow, head) : last.jar
    const rules = last === null ? this.#parties.rules(flow, conversation.flow, head, target) : last.rules
    const entry = this.#operations.of(head, target, layout, jar, memo, rules)
    const isLast = last?.hasSources(entry.sources) === true
    const sender = isLast ? last : this.#senderOf(flow, head, conversation, layout, jar, rules, entry, memo)
    this.#operations.path.privacy?.onSender(sender.principal)
    if (this.#headClasses.isDue(entry)) this.#headClasses.read(entry, head, target, this.#operations.query, layout, jar)
    const facts = this.#requests.take()
    const { body } = facts
    const call = this.#headCall(head, sender.media, entry)
    const hasBody = head.contentLength > 0 || head.chunked
    this.#objects?.begin(timeUs)
    body.principalHash = sender.principalHash
    body.targetHash = entry.template.isTagged ? hashOf(head.bytes, head.targetStart, head.targetEnd) : 0
    this.#bodies.begin(body, head, sender.media, hasBody, templateOf(entry, call, head.unknown), 0)
    body.call = call
    body.hints = entry.hints
    if (entry.isCredentialInUrl) body.odd |= Odd.credentialInUrl
    const { credential } = sender
    if (credential?.isUnsigned === true) body.odd |= Odd.jwtAlgNone
    const { reveal } = this.#options
    facts.flow = flow
    facts.entry = entry
    facts.sender = sender
    facts.named.read(head, this.#operations, entry, sender, this.#objects === null ? null : this.#objects.steps)
    facts.method = head.method
    facts.unknown = head.unknown
    facts.isHead = head.method === "HEAD"
    const isOfTenant = credential !== null && credential.tenant !== null
    facts.tenantMatch = isOfTenant ? tenantMatch(head.bytes, target, credential, entry.template) : -1
    facts.login = null
    facts.loginBytes = entry.loginPart === LoginPart.login ? LOGIN_BYTES : 0
    facts.target = reveal && head.targetEnd > head.targetStart ? head.target() : null
    facts.authority = reveal ? this.#authorityOf(head, target, conversation) : null
    return facts
  }

  /** What the head names; otherwise the body is asked (Bodies.read). */
  #headCall(head: HttpHead, media: Media, { hints }: OperationEntry): Call {
    if (hints.isPlain && media.call === CallMedia.none && media.soapAction === "") return EMPTY_CALL
    return this.#calls.ofHead(head, hints, media, this.#operations.query)
  }

  /** A sender that is not the flow's last one, or may not be. */
  #senderOf(
    flow: FlowFacts,
    head: HttpHead,
    conversation: Conversation,
    layout: Layout,
    jar: CookieJar,
    rules: RuleSet,
    entry: OperationEntry,
    memo: HeadMemo | null,
  ): Sender {
    const client = this.#parties.client(flow, head, layout, memo)
    const server = this.#parties.server(flow, conversation.flow, head, this.#target)
    const { sources } = entry
    const credential = this.#finder.of(flow, head, jar, sources, memo)
    const isNamed = credential !== null && credential.identity !== null
    const anonymous = isNamed ? null : this.#parties.anonymous(flow, credential)
    const media = this.#mediaOf(head, flow.requestMedia, memo)
    flow.requestMedia = media
    const said = { layout, jar, client, server, rules, sources, credential, anonymous, media }
    const sender = new Sender(said, flow, head, memo, this.#parties.forwardingFields(flow, layout))
    flow.remember(sender)
    if (memo !== null) memo.sender = sender
    return sender
  }

  onResponse(head: HttpHead, request: RequestFacts | null, conversation: Conversation, timeUs: number): ResponseFacts {
    const flow = this.#parties.of(conversation)
    const media = this.#mediaOf(head, flow.responseMedia, HeadMemo.of(head))
    flow.responseMedia = media
    const { status } = head
    const hasBody =
      head.contentLength !== 0 && status !== 101 && status !== 204 && status !== 304 && request?.isHead !== true
    const facts = this.#responses.take()
    facts.body.answer(request === null ? null : request.body)
    this.#objects?.begin(timeUs)
    const template = request?.answerTemplate(status) ?? null
    this.#bodies.begin(facts.body, head, media, hasBody, template, status || UNKNOWN_STATUS)
    if (request !== null && request.body.call.kind !== "") this.#calls.onAnswer(head, request.body.call, facts.body)
    this.#objects?.onHead(head, status, facts.body)
    facts.flow = flow
    facts.status = status
    facts.grants = null
    facts.loginBytes = 0
    if (request === null || status >= 400) return facts
    const isLogin = request.loginBytes > 0
    if (!isLogin && head.known[FieldName.setCookie]! < 0) return facts
    facts.grants = this.#logins.onAnswer(head, request, isLogin)
    if (facts.grants !== null) facts.loginBytes = LOGIN_BYTES
    return facts
  }

  bodyWanted(facts: RequestFacts | ResponseFacts): number {
    if (this.isBodyless) return 0
    return Math.max(facts.loginBytes, facts.body.wanted)
  }

  onBody(facts: RequestFacts | ResponseFacts, bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    const { body } = facts
    if (facts.loginBytes > 0) this.#logins.onBody(facts, bytes, start, end, whole)
    // What was gathered for logins only, or beyond what the shape asks for, is not looked into.
    const stop = Math.min(end, start + body.wanted)
    if (stop > start) this.#bodies.read(body, bytes, start, stop, whole && stop === end)
  }

  onUpgrade(request: RequestFacts, subprotocol = ""): RequestFacts {
    const facts = this.#requests.take()
    const { flow, entry, sender, isHead, unknown, tenantMatch, target, authority, method } = request
    facts.body.begin(request.body.media, null, 0, null)
    facts.named.follow(request.named)
    facts.body.call = this.#calls.webSocket(subprotocol)
    facts.login = null
    facts.loginBytes = 0
    return Object.assign(facts, { flow, entry, sender, isHead, unknown, tenantMatch, target, authority, method })
  }

  onExchange(exchange: Exchange<RequestFacts, ResponseFacts>): void {
    const { request, response } = exchange
    const event = this.#event
    const first = request ?? response
    if (first === null) return
    event.startUs = first.firstUs
    // A WebSocket conversation has messages in place of bodies, and no first byte that answers anything.
    const isConversation = exchange.protocol === Protocol.websocket
    event.firstByteUs =
      request !== null && response !== null && !isConversation ? atLeast0(response.firstUs - request.lastUs) : -1
    event.totalUs =
      request !== null && response !== null ? atLeast0(Math.max(response.lastUs, request.lastUs) - request.firstUs) : -1
    event.state = exchange.state
    event.requestMessages = exchange.requestMessages
    event.responseMessages = exchange.responseMessages
    event.unknown = exchange.unknown
    const { sessions } = this.#credentials
    if (first.lastUs > sessions.timeUs) sessions.timeUs = first.lastUs
    const flow = request !== null ? request.facts.flow : response!.facts.flow
    event.exchangeKey = exchangeKey(flow, exchange.requestEndSeq)
    this.#describeRequest(event, exchange, flow, request)
    const requestBody = request === null ? null : request.facts.body
    const responseBody = response === null ? null : response.facts.body
    if (request !== null && response !== null) this.#bodies.settle(response.facts, request.facts)
    event.requestBytes = request === null ? 0 : request.bodyBytes
    event.responseBytes = response === null ? 0 : response.bodyBytes
    event.request = this.#formOf(requestBody, isConversation ? 0 : event.requestBytes)
    event.response = this.#formOf(responseBody, isConversation ? 0 : event.responseBytes)
    event.status = response === null ? 0 : response.facts.status
    event.outcome = exchange.outcome >= 0 || responseBody === null ? exchange.outcome : responseBody.outcome
    event.call = requestBody === null ? EMPTY_CALL : requestBody.call
    if (event.call === EMPTY_CALL && responseBody?.media.contentType === EVENT_STREAM)
      event.call = this.#calls.eventStream
    writeIds(event, requestBody, responseBody)
    event.items = responseBody === null ? -1 : responseBody.items
    event.requestClasses =
      request === null ? NO_STRINGS : this.#classes.merged(request.facts.entry.turns.last, request.facts.body.classes)
    event.responseClasses = responseBody === null ? NO_STRINGS : responseBody.classes
    const isSampled =
      (requestBody?.isReused === true && event.requestBytes > 0) ||
      (responseBody?.isReused === true && event.responseBytes > 0)
    event.flags = isSampled ? exchange.flags | ExchangeFlag.sampled : exchange.flags
    const odd = (requestBody?.odd ?? 0) | (responseBody?.odd ?? 0)
    event.anomalies = odd === 0 ? exchange.anomalies : mergedAnomalies(exchange.anomalies, odd)
    this.#counters.events++
    this.#sink.publish(event, this.#options.reveal ? plainFacts(this.#parties, exchange, flow) : null)
    if (request !== null) this.#requests.give(request.facts)
    if (response !== null) this.#responses.give(response.facts)
  }

  #describeRequest(
    event: ApiEvent,
    exchange: Exchange<RequestFacts, ResponseFacts>,
    flow: FlowFacts,
    request: MessageEnd<RequestFacts> | null,
  ): void {
    if (request === null) {
      event.client = this.#parties.unseenClient(flow)
      event.server = this.#parties.unseenServer(flow, exchange.conversation.flow)
      event.identity = NOBODY
      event.operation = this.#unseen[exchange.protocol]!
      UNSEEN_OBJECTS.writeTo(event)
      event.tenantMatch = -1
      return
    }
    const { facts } = request
    const { client, server, credential, anonymous } = facts.sender
    event.client = client
    event.server = server
    const isUnsure = facts.isPartial && credential === null
    const identity = isUnsure ? NOBODY : (anonymous ?? credential!.at(request.firstUs))
    event.identity = identity
    const { rules } = this.#counters
    rules[identity.rule] = (rules[identity.rule] ?? 0) + 1
    event.operation = facts.entry.operation(exchange.protocol, facts.body.call)
    facts.named.writeTo(event)
    event.tenantMatch = facts.tenantMatch
  }

  /** What the request named, for the local debugging view. */
  #authorityOf(head: HttpHead, target: Target, { flow, client }: Conversation): string {
    const raw = head.buffer.latin1Slice(target.authorityStart, target.authorityEnd)
    return writtenAuthority(raw, client === 0 ? flow.port1 : flow.port0).authority
  }

  #layoutOf(flow: FlowFacts, head: HttpHead, memo: HeadMemo | null): Layout {
    if (memo === null) return this.#layouts.of(head, flow.layout)
    memo.layout ??= this.#layouts.of(head, flow.layout)
    return memo.layout
  }

  #mediaOf(head: HttpHead, last: Media, memo: HeadMemo | null): Media {
    if (memo === null || !isSteadyMedia(head)) return this.#media.of(head, last)
    memo.media ??= this.#media.of(head, last)
    return memo.media
  }

  #jarOf(flow: FlowFacts, head: HttpHead): CookieJar {
    const i = head.known[FieldName.cookie]!
    if (i < 0) return NO_COOKIES
    const start = head.valueStart[i]!
    const end = head.valueEnd[i]!
    if (!isSameValue(flow.jar.bytes, head.buffer, start, end)) flow.jar = this.#cookies.of(head.buffer, start, end)
    return flow.jar
  }

  #formOf(body: BodyFacts | null, bodyBytes: number): Form {
    if (body === null) return EMPTY_FORM
    if (bodyBytes === 0) return body.media.empty
    const { bodies } = this.#counters
    if (body.form !== null) {
      if (body.isReused) bodies.reused++
      else bodies.walked++
      return body.form
    }
    bodies.unread++
    return body.media.unread
  }
}

const atLeast0 = (us: number): number => Math.max(us, 0)
