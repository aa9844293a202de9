// The change feed: what is new in the inventory, in the order in which the collector met it, one sentence each.

import type { Consumer } from "../consumer/consumer.ts"
import type { ChangeRecord } from "../store/records.ts"
import type { Endpoint } from "./endpoint.ts"
import type { Parameter } from "./parameter.ts"
import type { Service } from "./service.ts"

/** A parameter is news only at an endpoint that has shown this many requests without it. */
export const PARAMETER_NEWS_AFTER = 50

export class Changes {
  #sequence: number
  #pending: ChangeRecord[] = []

  constructor(lastSequence: number) {
    this.#sequence = lastSequence
  }

  newService(service: Service, atUs: number): void {
    this.#add("service.new", service.id, atUs, `New service ${service.name}.`)
  }

  newEndpoint(endpoint: Endpoint, atUs: number): void {
    this.#add("endpoint.new", endpoint.id, atUs, `New endpoint ${describe(endpoint)}.`)
  }

  newConsumer(consumer: Consumer, atUs: number): void {
    const scheme = consumer.scheme === "none" ? "" : ` (${consumer.scheme})`
    this.#add("consumer.new", consumer.id, atUs, `New consumer ${consumer.name}${scheme}.`)
  }

  rekeyedConsumer(consumer: Consumer, atUs: number): void {
    const sentence = `Consumer ${consumer.name} goes on under a new pseudonym key.`
    this.#add("consumer.rekeyed", consumer.id, atUs, sentence)
  }

  newParameter(endpoint: Endpoint, parameter: Parameter, atUs: number): void {
    if (endpoint.requests < PARAMETER_NEWS_AFTER) return
    const sentence = `New ${parameter.in} parameter ${parameter.name} at ${describe(endpoint)}.`
    this.#add("parameter.new", endpoint.id, atUs, sentence)
  }

  newServer(service: Service, listener: string, atUs: number): void {
    const sentence = `New server ${listener} answers for ${service.name}.`
    this.#add("server.new", service.id, atUs, sentence)
  }

  /** `atUs`: how far the sensor had come, so that the feed keeps to event time. The sentence tells when it was last heard. */
  sensorSilent(sensor: string, worker: number | null, heardUs: number, atUs: number): void {
    const who = worker === null ? `Sensor ${sensor}` : `Worker ${worker} of sensor ${sensor}`
    const since = heardUs === 0 ? "" : ` since ${new Date(Math.floor(heardUs / 1000)).toISOString()}`
    this.#add("sensor.silent", sensor, atUs, `${who} is silent: nothing was heard${since}.`)
  }

  sensorBack(sensor: string, silenceUs: number, atUs: number): void {
    const seconds = Math.round(silenceUs / 1_000_000)
    this.#add("sensor.back", sensor, atUs, `Sensor ${sensor} is back after ${seconds} s of silence.`)
  }

  /** What was added since the last call. */
  take(): ChangeRecord[] {
    const taken = this.#pending
    this.#pending = []
    return taken
  }

  #add(kind: string, subject: string, atUs: number, sentence: string): void {
    this.#sequence++
    this.#pending.push({ sequence: this.#sequence, atUs, kind, subject, sentence })
  }
}

function describe(endpoint: Endpoint): string {
  const operation = endpoint.operation === "" ? "" : ` (${endpoint.operation})`
  return `${endpoint.method} ${endpoint.template}${operation} at ${endpoint.service.name}`
}
