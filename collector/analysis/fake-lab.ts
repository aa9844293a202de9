// Test support: an analysis with the detectors in question, fed exchange by exchange, and what they found.
//
//   const lab = new Lab([ENUMERATION])
//   lab.learn({ days: 20, perDay: 50, consumer: "acme", operation: "GET /v1/orders/{int}" })
//   lab.send({ consumer: "acme", operation: "GET /v1/orders/{int}", objects: [17], status: 404 })
//   lab.findings
import type { ApiEvent } from "../../shared/event/api-event.ts"
import type { ConsumerSubject, EndpointSubject } from "../baseline/subjects.ts"
import type { DetectorKind } from "../detect/detectors.ts"
import type { Finding } from "../detect/finding.ts"
import type { AnalysisNote } from "../incident/notes.ts"
import type { BaselineLimits } from "../inventory/baseline-limits.ts"
import { client, event, identity, operation, server } from "../inventory/fake-batches.ts"
import { limitCounters } from "../inventory/limits.ts"
import { Analysis } from "./analysis.ts"

/** 2026-09-07 00:00:00 UTC, a Monday. */
export const LAB_START_US = 1_788_739_200_000_000
const DAY_US = 86_400_000_000

export interface Sent extends Partial<Omit<ApiEvent, "operation" | "client" | "identity">> {
  /** Its id is its name. */
  readonly consumer?: string
  /** "GET /v1/orders/{int}": the template is the path. "" for an exchange at no endpoint. */
  readonly operation?: string
  readonly service?: string
  /** Event time, µs; without it the lab's clock moves on by a second. */
  readonly atUs?: number
  readonly client?: Parameters<typeof client>[0]
  readonly identity?: Parameters<typeof identity>[0]
  readonly query?: readonly string[]
}

export class Lab {
  readonly findings: Finding[] = []
  readonly reached = limitCounters()
  analysis: Analysis
  nowUs = LAB_START_US
  /** Lines of shapes, for events that refer to them. */
  readonly shapes = new Map<number, readonly string[]>()
  readonly #kinds: readonly DetectorKind[]
  readonly #limits: Partial<BaselineLimits>

  constructor(kinds: readonly DetectorKind[], limits: Partial<BaselineLimits> = {}) {
    this.#kinds = kinds
    this.#limits = limits
    this.analysis = this.#analysis()
  }

  consumer(id = "acme", scheme = "api-key"): ConsumerSubject {
    return this.analysis.consumer(id, id, scheme, "")!
  }

  endpoint(operationText: string, service = "api.example.com"): EndpointSubject {
    const [method = "", template = ""] = operationText.split(" ")
    return this.analysis.endpoint({
      id: `${service} ${operationText}`,
      service,
      serviceName: service,
      method,
      template,
      operation: "",
      firstUs: this.nowUs,
      serviceFirstUs: LAB_START_US,
      status: "unknown",
      isOpenBySpecification: false,
    })!
  }

  send(sent: Sent = {}): void {
    const { consumer = "acme", operation: text = "GET /v1/orders/{int}", service, atUs, query, ...change } = sent
    this.nowUs = atUs ?? this.nowUs + 1_000_000
    const endpoint = text === "" ? null : this.endpoint(text, service)
    const [method = "GET", path = "/nowhere"] = text === "" ? [] : text.split(" ")
    const made = event({
      ...change,
      startUs: this.nowUs,
      client: client(sent.client ?? {}),
      identity: identity({
        scheme: "api-key",
        principal: consumer,
        credential: `key of ${consumer}`,
        name: consumer,
        ...sent.identity,
      }),
      operation: operation({ method, path, query: query ?? [] }),
      server: server({ authority: service ?? "api.example.com" }),
    })
    this.analysis.note(made, this.consumer(consumer), endpoint)
  }

  /** The same, spread evenly over working hours (8 to 18 UTC) of `days` days. `of(i)` changes the i-th. */
  learn({ days, perDay, of, ...sent }: Sent & { days: number; perDay: number; of?: (i: number) => Sent }): void {
    const startUs = Math.ceil(this.nowUs / DAY_US) * DAY_US
    for (let day = 0; day < days; day++) {
      for (let i = 0; i < perDay; i++) {
        const atUs = startUs + day * DAY_US + 8 * 3_600_000_000 + Math.floor((i * 36_000_000_000) / perDay)
        this.send({ ...sent, ...of?.(day * perDay + i), atUs })
      }
    }
  }

  note(note: AnalysisNote): void {
    this.analysis.apply(note)
  }

  /** Goes on with an analysis made from what this one saves, or from `saved`. */
  restart(saved = structuredClone(this.analysis.save())): void {
    this.analysis = this.#analysis(saved)
  }

  found(detector: string): Finding[] {
    return this.findings.filter((finding) => finding.detector === detector)
  }

  #analysis(saved?: ReturnType<Analysis["save"]>): Analysis {
    return new Analysis(
      {
        reached: this.reached,
        limits: this.#limits,
        texts: { linesOf: (shape) => this.shapes.get(shape) ?? null },
        detectors: this.#kinds,
        onFinding: (finding) => this.findings.push(finding),
      },
      saved,
    )
  }
}
