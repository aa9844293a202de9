// The diagnosis for people (worst first, aligned, wrapped) and for machines (one line of JSON, stable keys).

import type { Diagnosis } from "./diagnosis.ts"
import { bits, duration, grouped, type Verdict } from "./finding.ts"

const COLOURS: Readonly<Record<Verdict, string>> = { bad: "31", warning: "33", unknown: "36", good: "32" }
const WIDTH_MIN = 60
const INTERFACES_SHOWN = 8

export interface ReportForm {
  /** Columns of the terminal, or of a page. */
  readonly columns: number
  readonly hasColour: boolean
}

export function reportText(diagnosis: Diagnosis, form: ReportForm): string {
  const verdictWidth = Math.max(...diagnosis.checks.map(({ verdict }) => verdict.length))
  const checkWidth = Math.max(...diagnosis.checks.map(({ check }) => check.length))
  const indent = verdictWidth + checkWidth + 4
  const width = Math.max(WIDTH_MIN, form.columns) - indent
  const paint = (verdict: Verdict, text: string): string =>
    form.hasColour ? `\u001b[${COLOURS[verdict]}m${text}\u001b[0m` : text
  const lines: string[] = []
  for (const { check, verdict, sentence, advice } of diagnosis.checks) {
    const head = `${paint(verdict, verdict.padEnd(verdictWidth))}  ${check.padEnd(checkWidth)}  `
    const text = [...wrap(sentence, width), ...(advice === null ? [] : wrap(advice, width - 3, "-> ", "   "))]
    lines.push(`${head}${text[0]}`, ...text.slice(1).map((line) => `${" ".repeat(indent)}${line}`))
  }
  return `${headOf(diagnosis)}\n\n${lines.join("\n")}\n\n${tailOf(diagnosis, paint)}\n`
}

function headOf({ interfaces, packets, seconds }: Diagnosis): string {
  const shown = interfaces
    .slice(0, INTERFACES_SHOWN)
    .map(
      (one) =>
        `${one.name}: ${grouped(one.packets as number)} packets, ${grouped(one.packetsPerSecond as number)}/s, ${bits(one.bitsPerSecond as number)}`,
    )
  const more = interfaces.length - shown.length
  if (more > 0) shown.push(`and ${more} more`)
  if (interfaces.length === 1) return `${shown[0]}, ${duration(seconds * 1e6)}`
  return [`${grouped(packets)} packets in ${duration(seconds * 1e6)}`, ...shown].join("\n")
}

function tailOf({ verdict, counts }: Diagnosis, paint: (verdict: Verdict, text: string) => string): string {
  const parts = (["bad", "warning", "unknown", "good"] as const)
    .filter((one) => counts[one] > 0)
    .map((one) => `${counts[one]} ${one}`)
  return `This mirror is ${paint(verdict, verdict)}: ${parts.join(", ")}.`
}

function wrap(text: string, width: number, first = "", rest = ""): string[] {
  const lines: string[] = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.map((one, i) => (i === 0 ? first : rest) + one)
}

/** `summary`, `interfaces`, `checks`; keys are stable, more may come. */
export function reportJson({ verdict, counts, seconds, packets, interfaces, checks }: Diagnosis): string {
  return `${JSON.stringify({ summary: { verdict, ...counts, seconds, packets }, interfaces, checks })}\n`
}
