// Makes calls, one after the other: a client with a clock of its own. Natural failures happen here: servers that stumble, tokens that
// have just expired, objects that are gone; and a client that asks again.
import type { Route } from "./api-design.ts"
import { SECOND_US } from "./calendar.ts"
import type { ClientPrint } from "./client-print.ts"
import type { Credential } from "./credential.ts"
import type { Draws } from "./draws.ts"
import { type Exchange, NO_NAMES, NO_QUERY, type QueryValue } from "./exchange.ts"
import type { Partner } from "./partner.ts"

export interface Disguise {
  /** In place of the partner's own. */
  readonly client?: ClientPrint
  /** In place of the partner's own; null: none. */
  readonly credential?: Credential | null
}

export interface CallFields {
  readonly query?: readonly QueryValue[]
  readonly asked?: number
  readonly given?: readonly number[] | null
  readonly sent?: readonly number[]
  readonly extraFields?: readonly string[]
  /** What the server answers; the route's usual status when left out. */
  readonly status?: number
  /** Form of the answer, where it is not that of the day. */
  readonly form?: number
}

const NO_NUMBERS: readonly number[] = Object.freeze([])
const FAILURES = { server: 0.0015, token: 0.0006, gone: 0.002 }
/** Days after which a release's new field is in the answers of its routes. */
const FORM_DAYS = 31

export class Caller {
  timeUs: number
  readonly partner: Partner
  readonly draws: Draws
  readonly #sink: Exchange[]
  readonly #paceUs: number
  readonly #label: number
  readonly #disguise: Disguise
  readonly #dayOf: (timeUs: number) => number

  constructor(fields: {
    readonly partner: Partner
    readonly draws: Draws
    readonly sink: Exchange[]
    readonly timeUs: number
    readonly paceUs?: number
    readonly label?: number
    readonly disguise?: Disguise
    readonly dayOf: (timeUs: number) => number
  }) {
    this.timeUs = Math.floor(fields.timeUs)
    this.partner = fields.partner
    this.draws = fields.draws
    this.#sink = fields.sink
    this.#paceUs = fields.paceUs ?? fields.partner.habits.paceUs
    this.#label = fields.label ?? 0
    this.#disguise = fields.disguise ?? {}
    this.#dayOf = fields.dayOf
  }

  wait(us: number): this {
    this.timeUs += Math.floor(us)
    return this
  }

  /** Returns the status of the last answer. */
  call(route: Route, fields: CallFields = {}): number {
    const status = fields.status ?? route.status
    if (this.#label === 0 && fields.status === undefined) {
      const failed = this.#failure(route)
      if (failed !== 0) {
        this.#emit(route, fields, failed)
        if (failed === 404) return 404
        this.wait(failed === 401 ? 50_000 : SECOND_US * (1 + 4 * this.draws.next()))
      }
    }
    this.#emit(route, fields, status)
    return status
  }

  #failure(route: Route): number {
    const chance = this.draws.next()
    if (chance < FAILURES.server) return chance < FAILURES.server / 3 ? 503 : 500
    if (chance < FAILURES.server + FAILURES.token)
      return this.partner.credentialAt(this.timeUs).fields.scheme === "bearer-jwt" ? 401 : 0
    if (chance < FAILURES.server + FAILURES.token + FAILURES.gone) return route.hasId ? 404 : 0
    return 0
  }

  #emit(route: Route, fields: CallFields, status: number): void {
    const { draws, timeUs } = this
    const { client, credential } = this.#disguise
    const isSuccess = status < 300
    const waitUs = Math.floor(4000 + draws.exponential(22_000))
    this.#sink.push({
      timeUs,
      waitUs,
      partner: this.partner.index,
      client: client ?? this.partner.printAt(timeUs),
      credential: credential === undefined ? this.partner.credentialAt(timeUs) : credential,
      route,
      query: fields.query ?? NO_QUERY,
      asked: fields.asked ?? -1,
      given: isSuccess ? (fields.given ?? null) : null,
      sent: fields.sent ?? NO_NUMBERS,
      extraFields: fields.extraFields ?? NO_NAMES,
      status,
      form: fields.form ?? (this.#dayOf(timeUs) >= FORM_DAYS && route.index % 5 === 2 ? 1 : 0),
      label: this.#label,
    })
    this.timeUs = timeUs + waitUs + Math.floor(this.#paceUs * (0.4 + draws.exponential(0.6)))
  }
}
