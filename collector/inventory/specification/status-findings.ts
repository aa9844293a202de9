// Findings that follow from status: endpoint.shadow and endpoint.zombie of endpoints, server.rogue of services.
//
// In:  records with their status. Out: findings held as long as it is so, gone when it is not. A finding is a function of the record.
import type { EndpointRecord, ServiceRecord } from "../../store/records.ts"
import type { Findings } from "../findings.ts"
import { successesOf } from "./classification.ts"

const KINDS: Readonly<Record<string, string>> = { shadow: "endpoint.shadow", zombie: "endpoint.zombie" }

export class StatusFindings {
  readonly #findings: Pick<Findings, "hold" | "gone">

  constructor(findings: Pick<Findings, "hold" | "gone">) {
    this.#findings = findings
  }

  ofEndpoint(record: EndpointRecord): void {
    const { id, service, method, template, status, statusWhy, firstSeenUs, lastSeenUs } = record
    for (const [name, kind] of Object.entries(KINDS)) {
      if (status !== name) this.#findings.gone(kind, id, lastSeenUs, statusWhy || "It has no specification any more.")
      else
        this.#findings.hold(kind, id, {
          service,
          endpoint: id,
          firstUs: firstSeenUs,
          lastUs: lastSeenUs,
          count: successesOf(record),
          sentence: `${method} ${template}: ${statusWhy}`,
        })
    }
  }

  /** The endpoint belongs to another one now. */
  goneEndpoint(id: string): void {
    for (const kind of Object.values(KINDS)) this.#findings.gone(kind, id, 0, "It is a part of another endpoint now.")
  }

  /** `why`: "" when it is not rogue. */
  ofService({ id, name, firstSeenUs, lastSeenUs, requests }: ServiceRecord, why: string): void {
    if (why === "") this.#findings.gone("server.rogue", id, lastSeenUs, "It is named now, or beside a service that is.")
    else
      this.#findings.hold("server.rogue", id, {
        service: id,
        firstUs: firstSeenUs,
        lastUs: lastSeenUs,
        count: requests,
        sentence: `${name}: ${why}`,
      })
  }
}
