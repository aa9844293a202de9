// One finding a service where somebody makes up paths: refused ones (path-floods.ts), or ones that something answers whatever is asked.
import type { Findings } from "./findings.ts"
import type { Service } from "./service.ts"

const KIND = "paths.flood"

/** `called`: names of consumers by id. */
export function reviewFlood(service: Service, findings: Findings, called: (id: string) => string): void {
  const { id, flood, name, table } = service
  if (flood?.hasFlooded === true) {
    const { paths, main: consumer, firstUs, lastUs, sentence } = flood.facts(service, called)
    findings.hold(KIND, id, { service: id, consumer, firstUs, lastUs, count: paths, sentence })
    return
  }
  // Of what is answered with success only the learner knows that it was too much.
  const { floods, capped } = table.learner.counters
  const count = floods + capped
  if (count === 0) return
  const sentence = `${name} answers to whatever is asked: ${count} paths found no place of their own and are counted as one parameter.`
  findings.hold(KIND, id, { service: id, firstUs: service.firstSeenUs, lastUs: service.lastSeenUs, count, sentence })
}
