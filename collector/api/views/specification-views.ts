// Specifications, and differences from them, as the API shows them.

import { classify } from "../../inventory/specification/classification.ts"
import { driftOf, type Drift as FoundDrift } from "../../inventory/specification/drift.ts"
import type { ObservedBody } from "../../inventory/specification/observed-bodies.ts"
import type { OperationIndex } from "../../inventory/specification/operation-index.ts"
import { References } from "../../inventory/specification/references.ts"
import { isCurrent } from "../../inventory/specification/standing.ts"
import type { SpecificationRecord } from "../../store/documents.ts"
import type { EndpointRecord } from "../../store/records.ts"
import { isoTime } from "../event-time.ts"
import type { Drift, EndpointDrift, ServiceDrift, Specification } from "../specification-models.ts"

const UNSEEN_MAX = 1000

export function specificationView(record: SpecificationRecord, all: readonly SpecificationRecord[]): Specification {
  const { service, name, format, title, version, syntax, operations, supersedes, basePaths, remarks, digest } = record
  return {
    service,
    name,
    format,
    title,
    version,
    syntax,
    operations,
    current: isCurrent(record, all),
    deprecated: record.isDeprecated,
    supersedes: [...supersedes],
    basePaths: [...basePaths],
    remarks: [...remarks],
    digest,
    importedBy: record.by,
    importedAt: isoTime(record.atUs),
  }
}

const timeOrNull = (timeUs: number): string | null => (timeUs === 0 ? null : isoTime(timeUs))

function driftView({ kind, place, name, count, firstUs, lastUs, sentence, samples }: FoundDrift): Drift {
  return {
    kind,
    place,
    name,
    count,
    firstSeen: timeOrNull(firstUs),
    lastSeen: timeOrNull(lastUs),
    sentence,
    samples: samples.map(({ atUs, path, status, consumer = "", client, exchange }) => ({
      at: isoTime(atUs),
      path,
      status,
      consumer,
      client,
      exchange,
    })),
  }
}

/** Null when the endpoint is not documented: then there is nothing that it could differ from. */
export function endpointDriftView(
  record: EndpointRecord,
  index: OperationIndex | null,
  bodies: readonly ObservedBody[] | null,
): EndpointDrift | null {
  const { status, match } = classify(record, index, "")
  if (status !== "documented" || match === null) return null
  const { tree, schemes } = match.document.parsed
  const subject = { record, operation: match.operation, references: new References(tree), schemes, bodies }
  return {
    endpoint: record.id,
    method: record.method,
    template: record.template,
    specification: match.document.name,
    specified: match.template,
    drift: driftOf(subject).map(driftView),
  }
}

export function serviceDriftView(
  records: readonly EndpointRecord[],
  index: OperationIndex | null,
  bodiesOf: (record: EndpointRecord) => readonly ObservedBody[] | null,
): ServiceDrift {
  const endpoints: EndpointDrift[] = []
  const undocumented: ServiceDrift["undocumented"] = []
  const seen = new Set<unknown>()
  for (const record of records) {
    const { status, why, match } = classify(record, index, "")
    if (match !== null && status !== "orphan") seen.add(match.operation)
    if (status === "shadow" || status === "zombie")
      undocumented.push({ endpoint: record.id, method: record.method, template: record.template, status, why })
    if (status !== "documented") continue
    const view = endpointDriftView(record, index, bodiesOf(record))
    if (view !== null && view.drift.length > 0) endpoints.push(view)
  }
  const unseen = (index?.operations ?? [])
    .filter(({ document, operation }) => document.isCurrent && !operation.isDeprecated && !seen.has(operation))
    .slice(0, UNSEEN_MAX)
    .map(({ document, operation, template }) => ({
      method: operation.method,
      template,
      specification: document.name,
      operationId: operation.operationId === "" ? null : operation.operationId,
    }))
  endpoints.sort((a, b) => b.drift.length - a.drift.length || (a.template < b.template ? -1 : 1))
  return { endpoints, unseen, undocumented }
}
