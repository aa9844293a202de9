// A place where a service answers: address and port, what was exchanged there, and with which clients while they are few.
import type { ApiEvent } from "../../../shared/event/api-event.ts"
import type { Consumer } from "../../consumer/consumer.ts"
import type { BypassRecord, ListenerRecord } from "../../store/records.ts"

/** Concluded; `bypass` is only shown, it follows from the counts. */
export const Role = { gateway: "gateway", bypass: "bypass", behind: "behind", unknown: "unknown" } as const
export type Role = (typeof Role)[keyof typeof Role]

/** Clients remembered. A place with more is not the back of a proxy. */
const CLIENTS_MAX = 5
/** Consumers remembered of each, by principal: an address in front of that many is a proxy or many people's way out. */
export const PROXY_CONSUMERS = 3
/** Consumers of a bypass that are named. */
const BYPASS_CONSUMERS_MAX = 16

export class Place {
  readonly listener: string
  readonly address: string
  readonly addressClass: string
  tls = 0
  clear = 0
  successes = 0
  firstSeenUs = Number.POSITIVE_INFINITY
  lastSeenUs = Number.NEGATIVE_INFINITY
  role: Role = Role.unknown
  /** See ListenerRecord. */
  gatewayBase = 0
  run = 0
  runBase = 0
  bypass: BypassRecord | null = null
  isCrowded = false
  readonly #clients = new Map<string, string[]>()

  constructor(listener: string, addressClass: string, record?: ListenerRecord) {
    this.listener = listener
    this.address = listener.slice(0, listener.lastIndexOf(":"))
    this.addressClass = addressClass
    if (record === undefined) return
    this.tls = record.requests.tls
    this.clear = record.requests.clear
    this.successes = record.successes
    this.firstSeenUs = record.firstSeenUs
    this.lastSeenUs = record.lastSeenUs
    this.role = record.isFixed ? (record.role as Role) : Role.unknown
    this.gatewayBase = record.gatewayBase
    this.run = record.run
    this.runBase = record.runBase
    this.bypass = record.bypass
    this.isCrowded = record.isCrowded
    for (const [client, consumers] of Object.entries(record.clients)) this.#clients.set(client, [...consumers])
  }

  get requests(): number {
    return this.tls + this.clear
  }

  /** `principal`: of the consumer, "" when it is not known. */
  count({ server, startUs, client }: ApiEvent, principal: string, isSuccess: boolean): void {
    if (server.tls === "") this.clear++
    else this.tls++
    if (isSuccess) this.successes++
    if (startUs < this.firstSeenUs) this.firstSeenUs = startUs
    if (startUs > this.lastSeenUs) this.lastSeenUs = startUs
    if (!this.isCrowded && client.address !== "") this.#noteClient(client.address, principal)
  }

  countBypass({ startUs, identity }: ApiEvent, consumer: Consumer | null, isSuccess: boolean): void {
    const bypass = this.bypass ?? newBypass(startUs)
    this.bypass = bypass
    bypass.requests++
    if (isSuccess) bypass.successes++
    if (isSuccess && identity.scheme !== "none") bypass.authenticated++
    bypass.firstUs = Math.min(bypass.firstUs, startUs)
    bypass.lastUs = Math.max(bypass.lastUs, startUs)
    const id = consumer?.id ?? ""
    const known = bypass.consumers[id]
    if (known !== undefined) known.requests++
    else if (Object.keys(bypass.consumers).length < BYPASS_CONSUMERS_MAX)
      bypass.consumers[id] = { name: consumer?.name ?? "", requests: 1 }
  }

  /** What it had carried before anybody said that it is no gateway. */
  assumeBypass(): void {
    const { requests, successes, firstSeenUs, lastSeenUs } = this
    this.bypass = { requests, successes, authenticated: 0, firstUs: firstSeenUs, lastUs: lastSeenUs, consumers: {} }
  }

  /** Whether the client is in front of several consumers here, where clients are few. */
  isProxy(address: string): boolean {
    return !this.isCrowded && (this.#clients.get(address)?.length ?? 0) >= PROXY_CONSUMERS
  }

  /** Whether nobody but these addresses was ever a client here. */
  isReachedOnlyFrom(addresses: ReadonlySet<string>): boolean {
    if (this.isCrowded) return false
    for (const address of this.#clients.keys()) if (!addresses.has(address)) return false
    return this.#clients.size > 0
  }

  record(role: Role): ListenerRecord {
    const { listener, addressClass, successes, firstSeenUs, lastSeenUs, isCrowded, gatewayBase, run, runBase } = this
    const bypass = this.bypass === null ? null : structuredClone(this.bypass)
    const requests = { tls: this.tls, clear: this.clear }
    const seen = { listener, addressClass, requests, successes, firstSeenUs, lastSeenUs }
    const clients = Object.fromEntries([...this.#clients].map(([address, consumers]) => [address, [...consumers]]))
    return {
      ...seen,
      role,
      isFixed: this.role !== Role.unknown,
      clients,
      isCrowded,
      gatewayBase,
      run,
      runBase,
      bypass,
    }
  }

  /** Of the consumers the smallest by text are kept, so that the order in which they came does not matter. */
  #noteClient(address: string, principal: string): void {
    let known = this.#clients.get(address)
    if (known === undefined) {
      if (this.#clients.size >= CLIENTS_MAX) {
        this.isCrowded = true
        this.#clients.clear()
        return
      }
      known = []
      this.#clients.set(address, known)
    }
    if (principal === "" || (known.length === PROXY_CONSUMERS && principal >= known.at(-1)!)) return
    if (known.includes(principal)) return
    known.push(principal)
    known.sort()
    if (known.length > PROXY_CONSUMERS) known.pop()
  }
}

function newBypass(atUs: number): BypassRecord {
  return { requests: 0, successes: 0, authenticated: 0, firstUs: atUs, lastUs: atUs, consumers: {} }
}
