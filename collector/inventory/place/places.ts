// Where a service answers, which of its places is the gateway, and what goes past it.
//
// In:  exchanges of the service in the order in which they are applied, and gateways named by hand. Out: a role for each place.
//
//   gateway   named by hand; or learned: it carried 99 % of at least 1,000 exchanges over at least 7 days
//   behind    reached only through a gateway's address, or (learned only) through a client that is in front of three consumers at a
//             gateway with few clients: a replica behind the same proxy
//   bypass    exchanges from anybody else, one of them successful with a credential or five without, while the gateway still works
//   unknown   everything else
//
// A learned gateway is joined by a second one when that one took over (failover: 20 exchanges in a row, while the gateway was silent for a
// minute at least and for ten times its usual pause), or when it shares the work openly (a second front: a fifth of at least 100 exchanges
// since, from more than five clients). Neither happens where people named the gateways: there everything else is a bypass.
// Why 7 days and 1,000: a week holds a weekend and most jobs; below a thousand, 99 % would hang on a handful of exchanges.
// Given up: a bypass by a client that is also the proxy of the gateway. Name the gateways to see it.
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import type { Consumer } from "../../consumer/consumer.ts"
import type { ListenerRecord } from "../../store/records.ts"
import { answerOf, isProof } from "../answer.ts"
import { DAY_US } from "../pair-counts.ts"
import { Place, Role } from "./place.ts"

export const GATEWAY_REQUESTS_MIN = 1000
export const GATEWAY_SPAN_US = 7 * DAY_US
export const GATEWAY_SHARE = 0.99
const FAILOVER_RUN = 20
const FAILOVER_SILENCE_US = 60_000_000
const FAILOVER_PAUSES = 10
const FRONT_REQUESTS_MIN = 100
const FRONT_SHARE = 0.2
/** Exchanges at the gateways beside a bypass: without them the service may have moved. */
const ALONGSIDE_MIN = 10
const BYPASS_SUCCESSES_MIN = 5

export class Places {
  readonly #max: number
  readonly #places = new Map<string, Place>()
  #total = 0
  #main: Place | null = null
  /** Named by hand; empty: learned. */
  #named: ReadonlySet<string> = new Set()
  #gateways: Place[] = []
  #gatewayAddresses: ReadonlySet<string> = new Set()
  #gatewayRequests = 0
  #gatewayLastUs = Number.NEGATIVE_INFINITY

  constructor(max: number, records: readonly ListenerRecord[] = []) {
    this.#max = max
    for (const record of records) {
      const place = new Place(record.listener, record.addressClass, record)
      this.#places.set(place.listener, place)
      this.#total += place.requests
      this.#noteMain(place)
    }
    this.#takeGateways()
  }

  get(listener: string): Place | undefined {
    return this.#places.get(listener)
  }

  /** Null when there are too many. */
  add(listener: string, addressClass: string): Place | null {
    if (this.#places.size >= this.#max) return null
    const place = new Place(listener, addressClass)
    this.#places.set(listener, place)
    place.gatewayBase = this.#gatewayRequests
    if (this.#named.has(listener)) {
      place.role = Role.gateway
      this.#takeGateways()
    }
    return place
  }

  count(place: Place, event: ApiEvent, consumer: Consumer | null): void {
    const isSuccess = isProof(answerOf(event))
    if (this.#gateways.length === 0 && this.#named.size === 0) this.#learn(place)
    this.#total++
    place.count(event, consumer?.principal ?? "", isSuccess)
    if (this.#main !== place) this.#noteMain(place)
    if (place.role === Role.gateway) {
      this.#gatewayRequests++
      if (event.startUs > this.#gatewayLastUs) this.#gatewayLastUs = event.startUs
    } else if (this.#gateways.length > 0 || this.#named.size > 0)
      this.#countElsewhere(place, event, consumer, isSuccess)
  }

  /** Gateways named by hand, for the past as well; none: learned from what was counted. */
  name(listeners: readonly string[]): void {
    this.#named = new Set(listeners)
    for (const place of this.#places.values()) {
      place.role = this.#named.has(place.listener) ? Role.gateway : Role.unknown
      place.bypass = null
      place.run = 0
    }
    this.#takeGateways()
    for (const place of this.#places.values()) {
      place.gatewayBase = 0
      if (this.#named.size === 0 || place.role === Role.gateway || place.requests === 0) continue
      if (place.isReachedOnlyFrom(this.#gatewayAddresses)) place.role = Role.behind
      else place.assumeBypass()
    }
  }

  records(): ListenerRecord[] {
    return [...this.#places.values()].map((place) => place.record(this.#shownRole(place)))
  }

  /** Gateways named by hand before the start: their roles are in the records. */
  remember(listeners: readonly string[]): void {
    this.#named = new Set(listeners)
  }

  /** A place that would be learned as the gateway is shown as one before anything goes past it. */
  #shownRole(place: Place): Role {
    if (this.#isBypass(place)) return Role.bypass
    if (place.role !== Role.unknown || this.#gateways.length > 0 || this.#named.size > 0) return place.role
    return place === this.#main && this.#isGateway(place) ? Role.gateway : Role.unknown
  }

  #isGateway(place: Place): boolean {
    if (place.address === "" || place.requests < GATEWAY_REQUESTS_MIN) return false
    return place.requests >= GATEWAY_SHARE * this.#total && place.lastSeenUs - place.firstSeenUs >= GATEWAY_SPAN_US
  }

  /** Before an exchange elsewhere is counted. */
  #learn(place: Place): void {
    const main = this.#main
    if (main === null || main === place || !this.#isGateway(main)) return
    main.role = Role.gateway
    this.#takeGateways()
    for (const other of this.#places.values()) other.gatewayBase = this.#gatewayRequests
  }

  #takeGateways(): void {
    this.#gateways = [...this.#places.values()].filter(({ role }) => role === Role.gateway)
    this.#gatewayAddresses = new Set(this.#gateways.map(({ address }) => address).filter((address) => address !== ""))
    this.#gatewayRequests = this.#gateways.reduce((sum, { requests }) => sum + requests, 0)
    this.#gatewayLastUs = this.#gateways.reduce((last, one) => Math.max(last, one.lastSeenUs), Number.NEGATIVE_INFINITY)
  }

  #noteMain(place: Place): void {
    if (this.#main === null || place.requests > this.#main.requests) this.#main = place
  }

  #countElsewhere(place: Place, event: ApiEvent, consumer: Consumer | null, isSuccess: boolean): void {
    if (this.#isThroughProxy(event.client.address)) {
      if (place.role === Role.unknown) place.role = Role.behind
      return
    }
    if (place.runBase !== this.#gatewayRequests) {
      place.runBase = this.#gatewayRequests
      place.run = 0
    }
    place.run++
    place.countBypass(event, consumer, isSuccess)
    if (this.#named.size === 0 && (this.#hasTakenOver(place, event.startUs) || this.#isFront(place))) this.#join(place)
  }

  #isThroughProxy(client: string): boolean {
    if (this.#gatewayAddresses.has(client)) return true
    return this.#named.size === 0 && this.#gateways.some((gateway) => gateway.isProxy(client))
  }

  #isBypass({ bypass, address, gatewayBase }: Place): boolean {
    if (bypass === null || address === "") return false
    if (this.#named.size === 0 && this.#gatewayRequests - gatewayBase < ALONGSIDE_MIN) return false
    return bypass.authenticated > 0 || bypass.successes >= BYPASS_SUCCESSES_MIN
  }

  #hasTakenOver(place: Place, nowUs: number): boolean {
    if (place.run < FAILOVER_RUN) return false
    const firstUs = this.#gateways.reduce((first, one) => Math.min(first, one.firstSeenUs), Number.POSITIVE_INFINITY)
    const pauseUs = (this.#gatewayLastUs - firstUs) / Math.max(1, this.#gatewayRequests)
    return nowUs - this.#gatewayLastUs >= Math.max(FAILOVER_SILENCE_US, FAILOVER_PAUSES * pauseUs)
  }

  #isFront(place: Place): boolean {
    const since = place.requests + this.#gatewayRequests - place.gatewayBase
    return place.isCrowded && place.requests >= FRONT_REQUESTS_MIN && place.requests >= FRONT_SHARE * since
  }

  #join(place: Place): void {
    place.role = Role.gateway
    place.bypass = null
    for (const other of this.#places.values()) if (other !== place) other.gatewayBase += place.requests
    this.#takeGateways()
  }
}
