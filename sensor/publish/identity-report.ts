// The preview of identities: `sonde-sensor read --identities`. Takes events in place of a link, and prints what identified whom.
//
// In:  events.   Out: at the end, a table for people, or one JSON object for programs.
import type { ApiEvent, ShapeNote, TlsNote } from "../../shared/event/api-event.ts"
import type { PlainFacts } from "../../shared/event/plain-facts.ts"
import { DISTINCT_MAX, IdentityCoverage, type Row, type Service } from "./identity-coverage.ts"
import { type PublisherCounters, rejected } from "./link.ts"
import type { Output } from "./output.ts"
import type { Publisher } from "./publisher.ts"

const share = (part: number, all: number): string => (all === 0 ? "0 %" : `${((100 * part) / all).toFixed(1)} %`)
const count = (set: ReadonlySet<string>): string => (set.size < DISTINCT_MAX ? `${set.size}` : `${DISTINCT_MAX}+`)
const byRequests = (a: { requests: number }, b: { requests: number }): number => b.requests - a.requests

const HEADINGS = ["rule", "scheme", "where", "requests", "share", "credentials", "principals", "names"] as const
/** Columns of numbers stand to the right. */
const NUMBERS: ReadonlySet<number> = new Set([3, 4, 5, 6])

function cellsOf(row: Row, requests: number): readonly string[] {
  return [
    row.rule,
    row.scheme,
    row.where === "" ? "-" : row.where,
    `${row.requests}`,
    share(row.requests, requests),
    count(row.credentials),
    count(row.principals),
    [...row.names].join(", "),
  ]
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = HEADINGS.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]!.length)))
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, i) => (NUMBERS.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join("  ")}`.trimEnd()
  return [line(HEADINGS), ...rows.map(line)].join("\n")
}

export function coverageText(coverage: IdentityCoverage): string {
  const parts = [...coverage.services.values()].sort(byRequests).map(serviceText)
  return parts.length === 0 ? "No exchange was read.\n" : `${parts.join("\n\n")}\n`
}

function serviceText({ name, requests, unseen, rows, candidates }: Service): string {
  const lines = [`${name}: ${requests} requests${unseen === 0 ? "" : `, ${unseen} answers alone`}`]
  if (rows.size > 0) lines.push(tableOf([...rows.values()].sort(byRequests).map((row) => cellsOf(row, requests))))
  if (candidates.size > 0) {
    lines.push("  No rule claims, in requests that stayed anonymous:")
    for (const { from, kind, requests: met } of [...candidates.values()].sort(byRequests))
      lines.push(`    from = "${from}"   # ${kind}, in ${met} requests`)
  }
  return lines.join("\n")
}

export function coverageJson(coverage: IdentityCoverage): string {
  const services = [...coverage.services.values()].sort(byRequests).map((service) => ({
    service: service.name,
    requests: service.requests,
    answersAlone: service.unseen,
    rules: [...service.rows.values()].sort(byRequests).map((row) => ({
      rule: row.rule,
      scheme: row.scheme,
      where: row.where,
      requests: row.requests,
      credentials: row.credentials.size,
      principals: row.principals.size,
      names: [...row.names],
    })),
    unclaimed: [...service.candidates.values()].sort(byRequests),
  }))
  return `${JSON.stringify({ services })}\n`
}

export class IdentityReport implements Publisher {
  readonly counters: PublisherCounters
  readonly #output: Output
  readonly #write: (coverage: IdentityCoverage) => string
  readonly #coverage = new IdentityCoverage()

  constructor(output: Output, counters: PublisherCounters, isJson: boolean) {
    this.#output = output
    this.counters = counters
    this.#write = isJson ? coverageJson : coverageText
  }

  publish(event: ApiEvent, _plain: PlainFacts | null): void {
    this.counters.exchanges++
    this.counters.acknowledged++
    this.#coverage.add(event)
  }

  note(_shape: ShapeNote): void {
    // Shapes say nothing of who asked.
  }

  tls(_note: TlsNote): void {
    this.counters.tlsNotes++
  }

  advance(_timeUs: number): void {
    // Everything is printed at the end.
  }

  abandon(_reason: string): void {
    // What was counted so far is still worth printing.
  }

  get busy(): Promise<void> | null {
    return this.#output.failure === null ? null : rejected(this.#output.failure)
  }

  async close(): Promise<void> {
    this.#output.text(this.#write(this.#coverage))
    if (this.#output.failure === null) this.#output.flush()
    if (this.#output.failure !== null) throw this.#output.failure
  }
}
