// The change feed: what is new in the inventory, in the order in which the collector met it, one sentence each.

import type { Consumer } from "../consumer/consumer.ts"
import type { ChangeRecord, EndpointRecord } from "../store/records.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Parameter } from "./parameter.ts"
import type { Route } from "./route.ts"
import type { BodySchemas, SchemaNews } from "./schema/body-schemas.ts"
import type { Service } from "./service.ts"

/** A parameter is news only at an endpoint that has shown this many requests without it. */
export const PARAMETER_NEWS_AFTER = 50

/** Changes of endpoints told one by one in a checkpoint, of a service where somebody makes up paths; the others are one line. */
export const FLOODED_CHANGES_MAX = 10

export class Changes {
  #sequence: number
  #pending: ChangeRecord[] = []
  /** Wall clock of the edit that what comes now follows from; 0 for traffic. */
  #madeUs = 0
  /** Of services in a flood, since the last call of `take`: changes of endpoints, and the event time of the last one. */
  readonly #flooded = new Map<Service, { count: number; atUs: number }>()

  constructor(lastSequence: number) {
    this.#sequence = lastSequence
  }

  newService(service: Service, atUs: number): void {
    this.#add("service.new", service.id, atUs, `New service ${service.name}.`)
  }

  newEndpoint(endpoint: Endpoint, atUs: number): void {
    if (this.#isSummed(endpoint, atUs)) return
    this.#add("endpoint.new", endpoint.id, atUs, `New endpoint ${describe(endpoint)}.`)
  }

  mergedEndpoints(endpoint: Endpoint, former: readonly string[], why: string, atUs: number): void {
    if (this.#isSummed(endpoint, atUs)) return
    const own = `${endpoint.method} ${endpoint.template}`
    const others = former.filter((name) => name !== own)
    const are = others.length === 1 ? "belongs to" : "are one endpoint,"
    const sentence = `${listOf(others)} ${are} ${describe(endpoint)}.${why === "" ? "" : ` ${why}`}`
    this.#add("endpoint.merged", endpoint.id, atUs, sentence)
  }

  splitEndpoint(endpoint: Endpoint, former: string, why: string, atUs: number): void {
    if (this.#isSummed(endpoint, atUs)) return
    const sentence = `${describe(endpoint)} is an endpoint of its own, no more ${former}.${why === "" ? "" : ` ${why}`}`
    this.#add("endpoint.split", endpoint.id, atUs, sentence)
  }

  renamedTemplate(endpoint: Endpoint, before: string, why: string, atUs: number): void {
    if (this.#isSummed(endpoint, atUs)) return
    const sentence = `${describe(endpoint)} was ${before} before.${why === "" ? "" : ` ${why}`}`
    this.#add("template.renamed", endpoint.id, atUs, sentence)
  }

  newConsumer(consumer: Consumer, atUs: number): void {
    const scheme = consumer.scheme === "none" ? "" : ` (${consumer.scheme})`
    this.#add("consumer.new", consumer.id, atUs, `New consumer ${consumer.name}${scheme}.`)
  }

  rekeyedConsumer(consumer: Consumer, atUs: number): void {
    const sentence = `Consumer ${consumer.name} goes on under a new pseudonym key.`
    this.#add("consumer.rekeyed", consumer.id, atUs, sentence)
  }

  mergedConsumer(former: Consumer, successor: Consumer): void {
    const sentence = `Consumer ${successor.name} goes on as ${former.name}: the two are one.`
    this.#add("consumer.merged", former.id, Math.max(former.lastSeenUs, successor.lastSeenUs), sentence)
  }

  proposedRotation(former: Consumer, successor: Consumer, atUs: number): void {
    const sentence = `Consumer ${successor.name} may be ${former.name} under a new credential.`
    this.#add("rotation.proposed", successor.id, atUs, sentence)
  }

  withdrawnRotation(former: Consumer, successor: Consumer, atUs: number): void {
    const sentence = `Consumer ${former.name} is back beside ${successor.name}: they are not one.`
    this.#add("rotation.withdrawn", successor.id, atUs, sentence)
  }

  /** `route`: of its endpoint, the one that shows it first. */
  newParameter(route: Route, parameter: Parameter, atUs: number): void {
    const { endpoint } = route
    if (endpoint.requests < PARAMETER_NEWS_AFTER) return
    if (endpoint.hasParameter(parameter.in, parameter.name, route)) return
    const sentence = `New ${parameter.in} parameter ${parameter.name} at ${describe(endpoint)}.`
    this.#add("parameter.new", endpoint.id, atUs, sentence)
  }

  /** What is new in the endpoint's bodies. */
  schemas(endpoint: Endpoint, bodies: BodySchemas): void {
    for (const news of bodies.takeNews())
      this.#add(news.kind, endpoint.id, news.atUs, `${schemaSentence(news)} at ${describe(endpoint)}.`)
  }

  newServer(service: Service, listener: string, atUs: number): void {
    const sentence = `New server ${listener} answers for ${service.name}.`
    this.#add("server.new", service.id, atUs, sentence)
  }

  /** What specifications say of an endpoint has become news, or ceased to be. */
  endpointStatus({ id, method, template, status, statusWhy, lastSeenUs }: EndpointRecord, before: string): void {
    const reason = statusWhy === "" ? "" : ` ${statusWhy}`
    const sentence = `Endpoint ${method} ${template} is ${status}, no longer ${before}.${reason}`
    this.#add(`endpoint.${status}`, id, lastSeenUs, sentence)
  }

  /** `atUs`: how far the sensor had come, so that the feed keeps to event time. The sentence tells when it was last heard. */
  /** The sentence. */
  sensorSilent(sensor: string, worker: number | null, heardUs: number, atUs: number): string {
    const who = worker === null ? `Sensor ${sensor}` : `Worker ${worker} of sensor ${sensor}`
    const since = heardUs === 0 ? "" : ` since ${new Date(Math.floor(heardUs / 1000)).toISOString()}`
    const sentence = `${who} is silent: nothing was heard${since}.`
    this.#add("sensor.silent", sensor, atUs, sentence)
    return sentence
  }

  sensorBack(sensor: string, silenceUs: number, atUs: number): void {
    const seconds = Math.round(silenceUs / 1_000_000)
    this.#add("sensor.back", sensor, atUs, `Sensor ${sensor} is back after ${seconds} s of silence.`)
  }

  /** Until the next checkpoint, what is added follows from what somebody did then. */
  followEdit(madeUs: number): void {
    this.#madeUs = madeUs
  }

  /** What was added since the last call. */
  take(): ChangeRecord[] {
    for (const [service, { count, atUs }] of this.#flooded) {
      const more = count - FLOODED_CHANGES_MAX
      if (more <= 0) continue
      const sentence = `${more} more endpoints came or were put together at ${service.name}, where somebody makes up paths.`
      this.#add("service.flooded", service.id, atUs, sentence)
    }
    this.#flooded.clear()
    const taken = this.#pending
    this.#pending = []
    this.#madeUs = 0
    return taken
  }

  /** Whether the change is only counted, for the line that sums them up. */
  #isSummed({ service }: Endpoint, atUs: number): boolean {
    if (!service.isFlooded(atUs)) return false
    const known = this.#flooded.get(service)
    if (known === undefined) {
      this.#flooded.set(service, { count: 1, atUs })
      return false
    }
    known.atUs = Math.max(known.atUs, atUs)
    return ++known.count > FLOODED_CHANGES_MAX
  }

  #add(kind: string, subject: string, atUs: number, sentence: string): void {
    this.#sequence++
    const made = this.#madeUs === 0 ? {} : { madeUs: this.#madeUs }
    this.#pending.push({ sequence: this.#sequence, atUs, ...made, kind, subject, sentence })
  }
}

/** Names told of what goes together. */
const NAMES_MAX = 3

function listOf(names: readonly string[]): string {
  const more = names.length - NAMES_MAX
  const told = names.slice(0, NAMES_MAX)
  if (more > 0) return `${told.join(", ")} and ${more} more`
  return told.length < 2 ? told.join("") : `${told.slice(0, -1).join(", ")} and ${told.at(-1)}`
}

function describe(endpoint: Endpoint): string {
  const operation = endpoint.operation === "" ? "" : ` (${endpoint.operation})`
  return `${endpoint.method} ${endpoint.template}${operation} at ${endpoint.service.name}`
}

function schemaSentence({ kind, field, before, now, direction, status, contentType }: SchemaNews): string {
  const where = `in ${direction === "request" ? "request bodies" : `bodies of status ${status}`} (${contentType})`
  const name = field === "" ? "the whole body" : field
  switch (kind) {
    case "status.new":
      return `New status ${status}`
    case "type.new":
      return `New content type ${contentType === "" ? "(none)" : contentType} of ${direction === "request" ? "requests" : `status ${status}`}`
    case "schema.field.gone":
      return `Field ${name} is gone: not seen for long ${where}`
    case "schema.type.changed":
      return `Field ${name} was ${before} and is now also ${now
        .split("|")
        .filter((type) => !before.split("|").includes(type))
        .join("|")} ${where}`
    default:
      return `New field ${name} (${now}) ${where}`
  }
}
