// The collector's analysis as a judge: what people and the inventory would tell it is told here.
//
// A consumer that took another's place is merged with it a day later, as somebody who confirms a rotation does. Contracts and decoys of the
// world are known from the start.
import type { ApiEvent, ShapeNote } from "../../../shared/event/api-event.ts"
import { Analysis } from "../../analysis/analysis.ts"
import type { ConsumerSubject, EndpointSubject } from "../../baseline/subjects.ts"
import { NO_CONTRACT } from "../../consumer/contract.ts"
import { DETECTORS } from "../../detect/detectors.ts"
import type { Finding } from "../../detect/finding.ts"
import { limitCounters } from "../../inventory/limits.ts"
import { hiddenRoute } from "../../simulate/api-design.ts"
import { DAY_US, HOUR_US } from "../../simulate/calendar.ts"
import { contractOf } from "../../simulate/promises.ts"
import type { World } from "../../simulate/world.ts"
import type { IncidentRecord } from "../../store/incident-records.ts"
import { detectorsThat } from "./deaf-detectors.ts"
import type { Actor, Case, Judge, Place } from "./judge.ts"

export class AnalysisJudge implements Judge {
  readonly #analysis: Analysis
  readonly #consumers = new Map<Actor, ConsumerSubject | null>()
  readonly #endpoints = new Map<Place, EndpointSubject | null>()
  readonly #incidents = new Map<string, IncidentRecord>()
  readonly #texts = new Map<number, readonly string[]>()
  #successions: { readonly actor: Actor; readonly atUs: number }[] = []
  #takenUs = 0

  /** `keeps`: whether a finding is heard. */
  constructor(world: World, keeps?: (finding: Finding) => boolean) {
    this.#analysis = new Analysis({
      reached: limitCounters(),
      ...(keeps === undefined ? {} : { detectors: detectorsThat(keeps) }),
      texts: { linesOf: (shape) => this.#texts.get(shape) ?? null },
    })
    for (const { index, name } of world.partners) {
      const endpoints = contractOf(world, index)
      const contract = endpoints === null ? null : { ...NO_CONTRACT, endpoints }
      this.#analysis.apply({ kind: "partner", id: `partner-${index}`, name, contract })
    }
    for (const { index, host } of world.api.services) {
      const { prefix } = hiddenRoute(world.api, index, "decoy")
      this.#analysis.apply({ kind: "decoy", id: `decoy-${index}`, pattern: `${host} GET ${prefix}` })
    }
  }

  learnShapes(shapes: readonly ShapeNote[]): void {
    for (const { shape, paths } of shapes) this.#texts.set(shape, paths)
  }

  note(event: ApiEvent, actor: Actor, place: Place | null): void {
    const consumer = this.#consumer(actor, event.startUs)
    if (consumer === null) return
    if (event.startUs >= this.#takenUs + HOUR_US) this.#everyHour(event.startUs)
    this.#analysis.note(event, consumer, place === null ? null : this.#endpoint(place))
  }

  cases(): readonly Case[] {
    this.#take()
    return [...this.#incidents.values()].map(
      ({ id, lane, consumer, endpoint, consumers, openedUs, evidence, summary }) => ({
        id,
        lane,
        consumer,
        endpoint,
        consumers,
        openedUs,
        evidence,
        summary,
      }),
    )
  }

  #consumer(actor: Actor, atUs: number): ConsumerSubject | null {
    let consumer = this.#consumers.get(actor)
    if (consumer === undefined) {
      const partner = actor.scheme === "none" ? "" : `partner-${actor.partner}`
      consumer = this.#analysis.consumer(actor.id, actor.name, actor.scheme, partner)
      this.#consumers.set(actor, consumer)
      if (actor.succeeds !== null) this.#successions.push({ actor, atUs: atUs + DAY_US })
    }
    return consumer
  }

  #endpoint(place: Place): EndpointSubject | null {
    let endpoint = this.#endpoints.get(place)
    if (endpoint === undefined) {
      endpoint = this.#analysis.endpoint({
        id: place.id,
        service: place.host,
        serviceName: place.host,
        method: place.method,
        template: place.template,
        operation: "",
        firstUs: place.firstUs,
        serviceFirstUs: place.serviceFirstUs,
        status: "unknown",
        isOpenBySpecification: false,
      })
      this.#endpoints.set(place, endpoint)
    }
    return endpoint
  }

  #everyHour(atUs: number): void {
    this.#takenUs = atUs
    this.#take()
    const due = this.#successions.filter((one) => one.atUs <= atUs)
    if (due.length === 0) return
    this.#successions = this.#successions.filter((one) => one.atUs > atUs)
    for (const { actor } of due) {
      this.#analysis.apply({ kind: "consumers.merged", from: actor.succeeds!.id, into: actor.id })
      // What still comes under the former credential, or one before it, is the successor's.
      const [former, successor] = [this.#consumers.get(actor.succeeds!), this.#consumers.get(actor)!]
      for (const [one, subject] of this.#consumers) if (subject === former) this.#consumers.set(one, successor)
    }
  }

  #take(): void {
    for (const record of this.#analysis.takeIncidents()) this.#incidents.set(record.id, record)
  }
}

/** Numbers of the detections, by name. */
export const detectorNumbers = (): ReadonlyMap<string, number> =>
  new Map(DETECTORS.map(({ spec }) => [spec.name, spec.number]))
