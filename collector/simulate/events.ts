// Exchanges to events, in order of time: the quick way out of a world, as if a sensor had read its bytes.
//
// In:  exchanges, ascending in time.   Out: an ApiEvent each, or null where the sensor saw nothing; notes of shapes when they are new.
import {
  type ApiEvent,
  type Client,
  EMPTY_CALL,
  FLAG_NAMES,
  GAP_FLAG,
  type Identity,
  NO_NUMBERS,
  NO_STRINGS,
  ONE_WAY_FLAG,
  type Operation,
  type Server,
  type ShapeNote,
  State,
} from "../../shared/event/api-event.ts"
import { type Answer, Answers, answerBytes, itemsOf, requestBytes } from "./answers.ts"
import type { ApiDesign } from "./api-design.ts"
import { BodySampling } from "./body-sampling.ts"
import { NO_FORM } from "./client-print.ts"
import { anonymousIdentity } from "./credential.ts"
import { hashText, mix, pseudonymText } from "./draws.ts"
import type { Exchange, QueryValue } from "./exchange.ts"
import { GivenToday } from "./given-today.ts"
import { type Impairment, Sight } from "./impairment.ts"
import { isTextual, Operations } from "./operations.ts"

/** Ids that one event tells. */
export const RETURNED_MAX = 512
const UNSEEN: Operation = {
  protocol: 2,
  method: "",
  path: "",
  extension: "",
  pathFlags: 0,
  operationKey: "",
  query: NO_STRINGS,
  headers: NO_STRINGS,
  cookies: NO_STRINGS,
}
const NOBODY: Identity = { ...anonymousIdentity("", ""), principal: "", rule: "" }
const LIMITS: ReadonlySet<string> = new Set(["per_page", "limit", "page_size", "count"])
const OFFSETS: ReadonlySet<string> = new Set(["page", "offset", "start"])
const STATES: Readonly<Record<number, number>> = {
  [Sight.whole]: State.complete,
  [Sight.bodyGap]: State.bodyGap,
  [Sight.requestOnly]: State.requestOnly,
  [Sight.responseOnly]: State.responseOnly,
}
const SERVER_PORT = 80
/** Styles of ids that are numbers, or letters with a number. */
const NUMERIC: ReadonlySet<string> = new Set(["int", "serial"])
/** What a sensor reads of a body: nothing is counted in a longer one. */
const BODY_BYTES = 65_536
/** A body was not walked, because those of its place and size are known. */
/** Between the segments of one message, µs. */
const SEGMENT_STEP_US = 4
const SAMPLED_FLAG = 1 << FLAG_NAMES.indexOf("sampled")
/** Fields beyond the standard ones that a request with an API key has. */
const KEY_HEADERS: readonly string[] = ["x-api-key:hex"]

export class EventMaker {
  readonly #api: ApiDesign
  readonly #answers: Answers
  readonly #operations = new Operations()
  readonly #servers: readonly Server[]
  readonly #impairment: Impairment
  readonly #given = new GivenToday()
  readonly #sampling = new BodySampling()
  readonly #anonymous = new Map<string, Identity>()
  /** Last numeric id of each partner and route, -1 none. */
  readonly #lastIds = new Map<number, number>()
  readonly #classTexts = new Map<string, readonly string[]>()
  readonly #notedShapes = new Set<number>()
  readonly #scratch = new Float64Array(RETURNED_MAX)
  #sequence = 0
  /** Notes of shapes that came up since they were last taken. */
  notes: ShapeNote[] = []

  constructor(api: ApiDesign, impairment: Impairment) {
    this.#api = api
    this.#answers = new Answers(api.services)
    this.#impairment = impairment
    this.#servers = api.services.map(({ address, host }) => ({
      address: pseudonymText(address),
      addressClass: "private",
      port: SERVER_PORT,
      authority: host,
      zone: "",
      tls: "",
    }))
  }

  of(exchange: Exchange): ApiEvent | null {
    const answer = this.#answers.of(exchange)
    const [sentBytes, responseBytes] = [requestBytes(exchange), answerBytes(exchange, answer.kind)]
    const sight = this.#impairment.of(exchange.timeUs, sentBytes, responseBytes)
    this.#sequence++
    if (sight === Sight.nothing) return null
    const hasRequest = sight !== Sight.responseOnly
    const hasResponse = sight !== Sight.requestOnly
    const isWhole = sight === Sight.whole
    if (isWhole) this.#note(exchange, answer)
    const { route, timeUs, waitUs, query } = exchange
    const numbers = isWhole ? this.#returned(exchange, answer) : NO_NUMBERS
    const isCounted = isWhole && exchange.status < 400 && responseBytes <= BODY_BYTES
    const isWalked = this.#isWalked(exchange, sentBytes, responseBytes)
    return {
      startUs: timeUs,
      firstByteUs: isWhole ? waitUs : -1,
      totalUs: isWhole ? waitUs + SEGMENT_STEP_US * Math.floor(responseBytes / 1448) : -1,
      exchangeKey: this.#sequence,
      state: STATES[sight]!,
      flags: this.#flags(sight, timeUs) | (isWalked ? 0 : SAMPLED_FLAG),
      anomalies: NO_NUMBERS,
      client: this.#client(exchange, sentBytes > 0, hasRequest),
      server: this.#servers[route.service]!,
      identity: hasRequest ? this.#identity(exchange) : NOBODY,
      operation: hasRequest ? this.#operation(exchange) : UNSEEN,
      request: hasRequest ? this.#answers.requestForm(exchange) : NO_FORM,
      response: hasResponse ? answer.form : NO_FORM,
      requestBytes: hasRequest ? sentBytes : 0,
      responseBytes: hasResponse ? responseBytes : 0,
      status: hasResponse ? exchange.status : 0,
      items: isCounted && isWalked ? itemsOf(exchange, answer.kind) : -1,
      objects:
        hasRequest && route.hasId && !isTextual(route)
          ? [route.resource!.collection.pseudonym(exchange.asked)]
          : NO_NUMBERS,
      requestClasses: NO_STRINGS,
      responseClasses: hasResponse ? this.#classes(exchange, answer) : NO_STRINGS,
      call: EMPTY_CALL,
      requestMessages: -1,
      responseMessages: -1,
      outcome: -1,
      unknown: 0,
      tenantMatch: -1,
      queryValues: hasRequest && query.length > 0 ? query.map(toldValue) : NO_NUMBERS,
      returned: numbers,
      returnedTotal: isCounted ? this.#total : -1,
      weakObjects: hasRequest && isTextual(route) ? [route.resource!.collection.pseudonym(exchange.asked)] : NO_NUMBERS,
      queryObjects: NO_NUMBERS,
      bodyObjects: hasRequest && exchange.sent.length > 0 ? this.#sent(exchange) : NO_NUMBERS,
      step: hasRequest ? this.#step(exchange) : 0,
      pageLimit: hasRequest ? logOf(query, LIMITS) : -1,
      pageOffset: hasRequest ? logOf(query, OFFSETS) : -1,
    }
  }

  #flags(sight: Sight, timeUs: number): number {
    if (sight === Sight.whole) return 0
    return sight !== Sight.bodyGap && this.#impairment.isOneWay(timeUs) ? ONE_WAY_FLAG : GAP_FLAG
  }

  #isWalked({ route, status }: Exchange, requestBytes: number, responseBytes: number): boolean {
    const place = route.index * 4 + (status < 400 ? 0 : 2)
    const isRequestWalked = this.#sampling.walks(place, requestBytes)
    return this.#sampling.walks(place + 1, responseBytes) && isRequestWalked
  }

  #operation({ route, asked, query, credential }: Exchange): Operation {
    return this.#operations.of(route, asked, query, credential?.fields.scheme === "api-key" ? KEY_HEADERS : NO_STRINGS)
  }

  #client(exchange: Exchange, hasBody: boolean, hasRequest: boolean): Client {
    const record = exchange.client.record(hasBody, exchange.credential?.field ?? "")
    return hasRequest ? record : { ...record, fieldOrder: 0, userAgentFamily: "", userAgentHash: 0 }
  }

  #identity({ credential, client, timeUs }: Exchange): Identity {
    if (credential !== null) return credential.identity(timeUs)
    const key = `${client.address} ${client.software.userAgent}`
    let identity = this.#anonymous.get(key)
    if (identity === undefined) {
      identity = anonymousIdentity(client.address, client.software.userAgent)
      this.#anonymous.set(key, identity)
    }
    return identity
  }

  #note(exchange: Exchange, answer: Answer): void {
    if (answer.note !== null && !this.#notedShapes.has(answer.note.shape)) {
      this.#notedShapes.add(answer.note.shape)
      this.notes.push(answer.note)
    }
    const request = this.#answers.requestForm(exchange)
    if (request.fullShape === 0 || this.#notedShapes.has(request.fullShape)) return
    this.#notedShapes.add(request.fullShape)
    this.notes.push(this.#answers.requestNote(exchange))
  }

  /** "email=3": about 2^3 values. */
  #classes(exchange: Exchange, { kind, classes }: Answer): readonly string[] {
    if (classes.length === 0) return NO_STRINGS
    const count = kind === "list" ? exchange.given!.length : 1
    const log = Math.floor(Math.log2(Math.max(1, count)))
    const key = `${log} ${classes.join(" ")}`
    let texts = this.#classTexts.get(key)
    if (texts === undefined) {
      texts = classes.map((name) => `${name}=${log}`).sort()
      this.#classTexts.set(key, texts)
    }
    return texts
  }

  /** Distinct ids in the answer whose numbers #returned told last. */
  #total = 0

  #returned(exchange: Exchange, { kind }: Answer): readonly number[] {
    this.#total = 0
    const { route, given, asked } = exchange
    const resource = route.resource
    if (resource === null || (kind !== "list" && kind !== "object")) return NO_NUMBERS
    const scratch = this.#scratch
    const { collection, referred } = resource
    const met = given === null ? 1 : given.length
    // The first ids of a body are looked at, and told where they are new.
    let [told, looked] = [0, 0]
    for (let k = 0; k < met && looked < RETURNED_MAX; k++) {
      const number = given === null ? asked : given[k]!
      looked++
      if (this.#isNew(exchange, resource.index, number)) scratch[told++] = collection.low(number)
      const reference = referred === null ? -1 : collection.referenceOf(number)
      if (reference < 0 || looked++ >= RETURNED_MAX) continue
      if (this.#isNew(exchange, referred!.index, reference)) scratch[told++] = referred!.collection.low(reference)
    }
    this.#total = met + (referred === null ? 0 : distinctReferences(resource, given ?? [asked]))
    if (told === 0) return NO_NUMBERS
    const out = Array.from(scratch.subarray(0, told).sort())
    return told === 1 ? out : distinct(out)
  }

  #isNew({ partner, credential, timeUs }: Exchange, resource: number, number: number): boolean {
    if (credential === null) return true
    return this.#given.isNew(partner * this.#api.resources.length + resource, number, timeUs)
  }

  #sent({ route, sent }: Exchange): readonly number[] {
    const referred = route.resource!.referred
    return referred === null ? NO_NUMBERS : sent.map((number) => referred.collection.low(number)).sort((a, b) => a - b)
  }

  #step({ route, asked, partner, credential }: Exchange): number {
    if (!route.hasId || !NUMERIC.has(route.resource!.collection.style)) return 0
    const place = (partner * 2 + (credential === null ? 1 : 0)) * 1024 + route.index
    const last = this.#lastIds.get(place)
    this.#lastIds.set(place, asked)
    if (last === undefined || last === asked) return 0
    return Math.sign(asked - last) * (1 + Math.floor(Math.log2(Math.abs(asked - last))))
  }
}

function distinctReferences(
  resource: { readonly collection: { referenceOf(number: number): number } },
  numbers: readonly number[],
): number {
  if (numbers.length === 1) return resource.collection.referenceOf(numbers[0]!) < 0 ? 0 : 1
  const met = new Set<number>()
  for (const number of numbers) met.add(resource.collection.referenceOf(number))
  return met.size - (met.has(-1) ? 1 : 0)
}

function distinct(ascending: number[]): number[] {
  let kept = 1
  for (let k = 1; k < ascending.length; k++) if (ascending[k] !== ascending[k - 1]) ascending[kept++] = ascending[k]!
  ascending.length = kept
  return ascending
}

/** 32-bit pseudonym of words and small numbers, 0 of what a sensor does not tell. */
function toldValue({ name, kind, value }: QueryValue): number {
  if (typeof value === "number") return value > 9999 ? 0 : mix(name.length * 31 + name.charCodeAt(0), value) || 1
  return kind === "word" || kind === "bool" ? hashText(`${name}=${value}`) || 1 : 0
}

/** floor(log2) of the first parameter of those names, 0 for 0 and 1, -1 without one. */
function logOf(query: readonly QueryValue[], names: ReadonlySet<string>): number {
  for (const { name, value } of query)
    if (typeof value === "number" && names.has(name)) return value <= 1 ? 0 : Math.floor(Math.log2(value))
  return -1
}
