// Turns nginx's access log of a recording into the counts that a sensor reading the capture must reach.
//
//   node deploy/demo/count-log.ts ACCESS-LOG PACKETS > demo.expected.json
//
// `hosts` holds the Host field as the client sent it, "" when it sent none.

import { readFileSync } from "node:fs"

interface LogLine {
  readonly host: string
  readonly method: string
  readonly status: number
  readonly client: string
}

type Counts = Record<string, number>

export interface Expected {
  /** Requests that nginx answered. */
  readonly requests: number
  /** Packets in the capture; tcpdump dropped none. */
  readonly packets: number
  /** Host, method, status to number of requests. */
  readonly hosts: Record<string, Record<string, Counts>>
  /** Source address to number of requests. */
  readonly clients: Counts
}

export function countLog(log: string, packets: number): Expected {
  const hosts: Record<string, Record<string, Counts>> = {}
  const clients: Counts = {}
  let requests = 0
  for (const line of log.split("\n")) {
    if (line === "") continue
    const { host, method, status, client } = JSON.parse(line) as LogLine
    requests++
    const methods = hosts[host] ?? {}
    hosts[host] = methods
    const counts = methods[method] ?? {}
    methods[method] = counts
    counts[status] = (counts[status] ?? 0) + 1
    clients[client] = (clients[client] ?? 0) + 1
  }
  return { requests, packets, hosts: sorted(hosts), clients: sorted(clients) }
}

/** Keys in order at every level, so that two recordings can be compared line by line. */
function sorted<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)])) as T
}

if (import.meta.main) {
  const [log, packets] = process.argv.slice(2)
  if (log === undefined || packets === undefined) {
    process.stderr.write("usage: count-log.ts ACCESS-LOG PACKETS\n")
    process.exit(2)
  }
  process.stdout.write(`${JSON.stringify(countLog(readFileSync(log, "utf8"), Number(packets)), null, 2)}\n`)
}
