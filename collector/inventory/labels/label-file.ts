// A file of rules that give services an owner and labels, as TOML or as CSV.
//
// In:  its text. Out: rules in their order, or every mistake with its line.
//
//   [[rule]]                                   authority,zone,network,cidr,owner,labels
//   authority = "*.shop.example"               *.shop.example,,,,shop,public;pci
//   owner = "shop"                             ,vlan 7,,,warehouse,
//   labels = ["public", "pci"]
//
// TOML does not say on which line a value was: the line is that of the rule's header, or of the key where it is found below it.
import type { LabelRuleFields } from "../edits.ts"
import { ruleMistake } from "./label-rules.ts"

export interface FileMistake {
  readonly line: number
  readonly sentence: string
}

export type LabelFile =
  | { readonly rules: readonly LabelRuleFields[]; readonly mistakes: readonly [] }
  | { readonly rules: null; readonly mistakes: readonly FileMistake[] }

const TEXTS = ["authority", "zone", "network", "cidr", "owner"] as const
const COLUMNS: readonly string[] = [...TEXTS, "labels"]

/** `table`: the text as TOML reads it. */
export function rulesOfToml(text: string, table: Readonly<Record<string, unknown>>): LabelFile {
  const lines = text.split("\n")
  const headers = lines.flatMap((line, i) => (/^\s*\[\[\s*rule\s*\]\]/.test(line) ? [i] : []))
  const mistakes: FileMistake[] = []
  const strange = Object.keys(table).find((key) => key !== "rule")
  if (strange !== undefined)
    mistakes.push({ line: lineOf(lines, strange, 0), sentence: `"${strange}" is not known here: rules are [[rule]].` })
  const given = table.rule ?? []
  if (!Array.isArray(given)) return { rules: null, mistakes: [{ line: 1, sentence: "Rules are written as [[rule]]." }] }
  const rules = given.map((entry: unknown, i) => {
    const header = headers[i] ?? 0
    const fields = entry as Record<string, unknown>
    const mistake = fieldMistake(fields) ?? ruleMistake(fields as LabelRuleFields, i === given.length - 1)
    if (mistake !== null) mistakes.push({ line: lineOf(lines, mistake.field, header), sentence: mistake.sentence })
    return fields as LabelRuleFields
  })
  return mistakes.length > 0 ? { rules: null, mistakes } : { rules, mistakes: [] }
}

function fieldMistake(fields: Readonly<Record<string, unknown>>): { field: string; sentence: string } | null {
  for (const [field, value] of Object.entries(fields)) {
    if (!COLUMNS.includes(field)) return { field, sentence: `"${field}" is none of ${COLUMNS.join(", ")}.` }
    const isText = typeof value === "string"
    if (field !== "labels" && !isText) return { field, sentence: `"${field}" must be a text.` }
    if (field === "labels" && !(Array.isArray(value) && value.every((label) => typeof label === "string")))
      return { field, sentence: '"labels" must be a list of texts.' }
  }
  return null
}

/** 1, 2, 3, ...: where the key is assigned at or after line `from`, before the next header; else `from` itself. */
function lineOf(lines: readonly string[], key: string, from: number): number {
  for (let i = from; i < lines.length; i++) {
    const line = lines[i]!.trim()
    if (i > from && line.startsWith("[")) break
    if (line.startsWith(key) && /^\s*=/.test(line.slice(key.length))) return i + 1
  }
  return from + 1
}

export function rulesOfCsv(text: string): LabelFile {
  const [header, ...rows] = csvRows(text)
  if (header === undefined) return { rules: [], mistakes: [] }
  const names = header.cells.map((cell) => cell.trim())
  const strange = names.find((name) => !COLUMNS.includes(name))
  if (strange !== undefined) {
    const sentence = `The first line names the columns, of ${COLUMNS.join(", ")}; "${strange}" is none of them.`
    return { rules: null, mistakes: [{ line: header.line, sentence }] }
  }
  const mistakes: FileMistake[] = []
  const rules = rows.map(({ line, cells }, i) => {
    const rule: Record<string, unknown> = {}
    if (cells.length !== names.length)
      mistakes.push({ line, sentence: `It has ${cells.length} columns, the first line ${names.length}.` })
    names.forEach((name, i) => {
      const cell = (cells[i] ?? "").trim()
      rule[name] = name === "labels" ? labelsIn(cell) : cell
    })
    const mistake = ruleMistake(rule as LabelRuleFields, i === rows.length - 1)
    if (mistake !== null && cells.length === names.length) mistakes.push({ line, sentence: mistake.sentence })
    return rule as LabelRuleFields
  })
  return mistakes.length > 0 ? { rules: null, mistakes } : { rules, mistakes: [] }
}

const labelsIn = (cell: string): string[] =>
  cell
    .split(";")
    .map((label) => label.trim())
    .filter((label) => label !== "")

/** Rows with the line where they begin; empty ones and those behind "#" left out. RFC 4180: quotes, doubled inside quotes. */
function csvRows(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = []
  let row = { line: 1, cells: [""] }
  let line = 1
  let isQuoted = false
  const end = (): void => {
    const isEmpty = row.cells.length === 1 && row.cells[0]!.trim() === ""
    if (!isEmpty && !row.cells[0]!.startsWith("#")) rows.push(row)
    row = { line, cells: [""] }
  }
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!
    if (letter === "\n") line++
    if (isQuoted && letter === '"' && text[i + 1] === '"') row.cells[row.cells.length - 1] += text[i++]!
    else if (letter === '"') isQuoted = !isQuoted
    else if (!isQuoted && letter === ",") row.cells.push("")
    else if (!isQuoted && letter === "\n") end()
    else if (letter !== "\r" || isQuoted) row.cells[row.cells.length - 1] += letter
  }
  end()
  return rows
}
