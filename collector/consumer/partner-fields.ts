// A partner as people write it (API, file), checked: every mistake with its place and a sentence.
import type { PartnerFields } from "../inventory/edits.ts"
import type { ContractRecord, PartnerRecord } from "../store/documents.ts"
import { type Mistake, NO_CONTRACT, parseContract } from "./contract.ts"
import { parseRule } from "./partner-rules.ts"

/** Characters of a text, and entries of a list. */
const LINE_MAX = 200
const NOTE_MAX = 4000
const LABEL_MAX = 64
const PATTERN_MAX = 500
const LIST_MAX = 200

type Written = Omit<PartnerRecord, "id" | "source" | "by" | "atUs">
type Table = Readonly<Record<string, unknown>>

const TEXTS = { name: LINE_MAX, owner: LINE_MAX, contact: LINE_MAX, note: NOTE_MAX }
const LISTS = { labels: LABEL_MAX, rules: PATTERN_MAX }
const CONTRACT_LISTS = ["endpoints", "networks", "hours", "dataClasses"] as const
const CONTRACT_NUMBERS = ["requestsPerDay", "requestsPerHour"] as const

/** Whatever was written, in the shape of a record; what has a mistake is as if it had not been written. */
export function readPartner(written: unknown, mistakes: Mistake[]): Written {
  const table = asTable(written, "", mistakes)
  refuseUnknown(table, [...Object.keys(TEXTS), ...Object.keys(LISTS), "contract"], "", mistakes)
  const name = text(table, "name", LINE_MAX, mistakes).trim()
  if (name === "") mistakes.push({ place: "name", sentence: "A partner has a name." })
  const rules = list(table, "rules", "rules", PATTERN_MAX, mistakes)
  for (const [i, rule] of rules.entries()) {
    const parsed = parseRule(rule)
    if (typeof parsed === "string") mistakes.push({ place: `rules[${i}]`, sentence: parsed })
  }
  return {
    name,
    owner: text(table, "owner", LINE_MAX, mistakes),
    contact: text(table, "contact", LINE_MAX, mistakes),
    note: text(table, "note", NOTE_MAX, mistakes),
    labels: list(table, "labels", "labels", LABEL_MAX, mistakes),
    rules,
    contract: readContract(table.contract, mistakes),
  }
}

/** The fields of a record, as they would be written: what is not said stays as it was. */
export function withFields(record: PartnerRecord | null, fields: PartnerFields): Table {
  if (record === null) return { ...fields }
  const { name, owner, contact, labels, note, rules } = record
  const contract = { ...record.contract, ...fields.contract }
  return { name, owner, contact, labels, note, rules, ...definedOf(fields), contract }
}

/** Whether the partners of the file are those that are kept from it. */
export function saysTheSame(written: readonly PartnerFields[], kept: readonly PartnerRecord[]): boolean {
  const told = (partners: readonly Written[]): string[] => partners.map((one) => JSON.stringify(plain(one))).sort()
  const fromFile = kept.filter(({ source }) => source === "file")
  const now = written.map((fields) => readPartner(fields, []))
  return JSON.stringify(told(now)) === JSON.stringify(told(fromFile))
}

function plain({ name, owner, contact, note, labels, rules, contract }: Written): Written {
  return { name, owner, contact, note, labels, rules, contract }
}

function readContract(written: unknown, mistakes: Mistake[]): ContractRecord {
  if (written === undefined) return NO_CONTRACT
  const table = asTable(written, "contract", mistakes)
  refuseUnknown(table, [...CONTRACT_LISTS, ...CONTRACT_NUMBERS], "contract.", mistakes)
  const lists = CONTRACT_LISTS.map((key) => [key, list(table, key, `contract.${key}`, PATTERN_MAX, mistakes)])
  const numbers = CONTRACT_NUMBERS.map((key) => {
    const value = table[key] ?? null
    if (value === null || typeof value === "number") return [key, value]
    mistakes.push({ place: `contract.${key}`, sentence: `${key} takes a number of requests.` })
    return [key, null]
  })
  const record = Object.fromEntries([...lists, ...numbers]) as ContractRecord
  parseContract(record, mistakes)
  return record
}

function asTable(written: unknown, place: string, mistakes: Mistake[]): Table {
  if (typeof written === "object" && written !== null && !Array.isArray(written)) return written as Table
  mistakes.push({ place, sentence: `${place === "" ? "A partner" : place} is a table of fields.` })
  return {}
}

function refuseUnknown(table: Table, known: readonly string[], before: string, mistakes: Mistake[]): void {
  for (const key of Object.keys(table)) {
    if (known.includes(key)) continue
    mistakes.push({ place: `${before}${key}`, sentence: `"${key}" is not known here; there are ${known.join(", ")}.` })
  }
}

function text(table: Table, key: string, max: number, mistakes: Mistake[]): string {
  const value = table[key] ?? ""
  if (typeof value === "string" && value.length <= max) return value
  mistakes.push({ place: key, sentence: `${key} takes a text of at most ${max} characters.` })
  return ""
}

function list(table: Table, key: string, place: string, max: number, mistakes: Mistake[]): string[] {
  const value = table[key] ?? []
  if (!Array.isArray(value) || value.length > LIST_MAX) {
    mistakes.push({ place, sentence: `${key} takes a list of at most ${LIST_MAX} texts.` })
    return []
  }
  return value.filter((entry, i): entry is string => {
    if (typeof entry === "string" && entry.length <= max) return true
    mistakes.push({ place: `${place}[${i}]`, sentence: `${key} takes texts of at most ${max} characters.` })
    return false
  })
}

function definedOf(fields: PartnerFields): Table {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
