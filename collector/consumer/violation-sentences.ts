// Violations of a contract in words.
import { type Violation, ViolationKind } from "./contract-check.ts"

const WHAT: Readonly<Record<ViolationKind, string>> = {
  endpoint: "called endpoints that the contract does not name",
  hours: "came at hours that the contract does not allow",
  network: "came from networks that the contract does not name",
  requestsPerHour: "went beyond the quota of an hour",
  requestsPerDay: "went beyond the quota of a day",
  dataClass: "were answered with data classes that the contract does not allow",
}

export function violationSentence({ kind, requests, windows, samples }: Violation): string {
  const where =
    kind === ViolationKind.network || kind === ViolationKind.dataClass
      ? plural(windows, "consumer and name", "pairs of consumer and name")
      : plural(
          windows,
          kind === ViolationKind.requestsPerDay ? "day" : "window",
          kind === ViolationKind.requestsPerDay ? "days" : "windows",
        )
  const most = samples[0] === undefined ? "" : `; most: ${samples[0].what}`
  return `${plural(requests, "request", "requests")} ${WHAT[kind]}, in ${where}${most}.`
}

function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
