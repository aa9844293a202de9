// Findings of a service where somebody makes things up: paths (refused ones, and ones that something answers whatever is asked), and
// operations. One a service and kind.
import type { Findings } from "./findings.ts"
import { operationsSentence, pathsSentence, sweepSentence } from "./flood-sentences.ts"
import type { Service } from "./service.ts"

const PATHS = "paths.flood"
const OPERATIONS = "operations.flood"

/** `called`: names of consumers by id. */
export function reviewFlood(service: Service, findings: Findings, called: (id: string) => string): void {
  reviewPaths(service, findings, called)
  const { id, name, operationFlood } = service
  if (operationFlood?.hasFlooded !== true) return
  const facts = operationFlood.facts()
  const { distinct: count, main: consumer, firstUs, lastUs } = facts
  const sentence = operationsSentence(facts, name, called)
  findings.hold(OPERATIONS, id, { service: id, consumer, firstUs, lastUs, count, sentence })
}

function reviewPaths(service: Service, findings: Findings, called: (id: string) => string): void {
  const { id, flood, sweep, name, table } = service
  const refused = flood?.hasFlooded === true ? flood.facts() : null
  const swept = sweep?.facts ?? null
  if (refused !== null || swept !== null) {
    const sentences: string[] = []
    if (refused !== null) sentences.push(pathsSentence(refused, name, called))
    if (swept !== null) sentences.push(sweepSentence(swept, name, called))
    const [only = ""] = swept?.consumers.length === 1 ? swept.consumers : []
    const consumer = refused === null ? only : swept === null || refused.main === only ? refused.main : ""
    findings.hold(PATHS, id, {
      service: id,
      consumer,
      firstUs: Math.min(refused?.firstUs ?? Number.POSITIVE_INFINITY, swept?.firstUs ?? Number.POSITIVE_INFINITY),
      lastUs: Math.max(refused?.lastUs ?? 0, swept?.lastUs ?? 0),
      count: (refused?.distinct ?? 0) + (swept?.paths ?? 0),
      sentence: sentences.join(" "),
    })
    return
  }
  // What was asked for again and again, or by many, only the learner knows to be too much.
  const { capped } = table.learner.counters
  if (capped === 0) return
  const sentence = `${capped} paths at ${name} found no place of their own and share the endpoint /{+rest}.`
  findings.hold(PATHS, id, {
    service: id,
    firstUs: service.firstSeenUs,
    lastUs: service.lastSeenUs,
    count: capped,
    sentence,
  })
}
