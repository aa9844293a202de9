// The file of partners: [[partner]] tables with the fields of the API, and [partner.contract].
//
// In:  a path. Out: partners, or every mistake in a sentence with its line.
// Lines are found in the text, since the reader of TOML tells those of its own mistakes only: the line of the text at fault, else that of
// its key, else that of its partner.
import { readToml } from "../../shared/config/toml-file.ts"
import type { PartnerFields } from "../inventory/edits.ts"
import type { Mistake } from "./contract.ts"
import { readPartner } from "./partner-fields.ts"

const OPTION = "--partners"

export function readPartnerFile(
  path: string,
): { readonly partners: readonly PartnerFields[] } | { readonly mistakes: readonly string[] } {
  const file = readToml(path, OPTION)
  if ("mistake" in file) return { mistakes: [file.mistake] }
  const { table, text } = file
  const lines = new PartnerLines(text)
  const mistakes: string[] = []
  const say = (line: number, sentence: string): void => {
    mistakes.push(`${OPTION} ${path}, line ${line}: ${sentence}`)
  }
  for (const key of Object.keys(table))
    if (key !== "partner") say(lines.ofKey(-1, key), `"${key}" is not known here; each partner is a table [[partner]].`)
  const written = table.partner ?? []
  if (!Array.isArray(written)) {
    say(lines.ofKey(-1, "partner"), "Each partner is a table of its own: [[partner]].")
    return { mistakes }
  }
  const names = new Set<string>()
  const partners = written.map((fields: unknown, i) => {
    const found: Mistake[] = []
    const partner = readPartner(fields, found)
    for (const { place, sentence } of found) say(lines.of(i, place, textAt(fields, place)), `${place}: ${sentence}`)
    const name = partner.name.toLowerCase()
    if (name !== "" && names.has(name)) say(lines.ofKey(i, "name"), `There is another partner called ${partner.name}.`)
    names.add(name)
    return partner
  })
  return mistakes.length > 0 ? { mistakes } : { partners }
}

/** The text that stands at "contract.hours[1]", null when there is none. */
function textAt(fields: unknown, place: string): string | null {
  let at: unknown = fields
  for (const step of place.split(/[.[\]]+/).filter((part) => part !== "")) {
    if (typeof at !== "object" || at === null) return null
    at = (at as Record<string, unknown>)[step]
  }
  return typeof at === "string" ? at : null
}

/** Where keys stand, counted from 1. Partner -1: before the first table. */
class PartnerLines {
  readonly #lines: readonly string[]
  readonly #keys = new Map<string, number>()

  constructor(text: string) {
    this.#lines = text.split("\n")
    let partner = -1
    let before = ""
    for (const [i, line] of this.#lines.entries()) {
      const table = /^\s*\[+\s*([\w."-]+)\s*\]+/.exec(line)?.[1]
      if (table === "partner") {
        partner++
        before = ""
        this.#note(partner, "", i + 1)
      } else if (table !== undefined) {
        before = `${table.replace(/^partner\./, "")}.`
        this.#note(partner, before.slice(0, -1), i + 1)
      } else {
        const key = /^\s*([\w."-]+)\s*=/.exec(line)?.[1]
        if (key !== undefined) this.#note(partner, before + key, i + 1)
      }
    }
  }

  ofKey(partner: number, key: string): number {
    const tables = [key, key.replace(/\.[^.]*$/, ""), ""]
    for (const name of tables) {
      const line = this.#keys.get(`${partner} ${name}`)
      if (line !== undefined) return line
    }
    return 1
  }

  /** `text`: what is at fault, null when it is no text. */
  of(partner: number, place: string, text: string | null): number {
    const key = place.replace(/\[\d+\]$/, "")
    const line = this.ofKey(partner, key)
    if (text === null || text === "") return line
    for (let i = line - 1; i < this.#lines.length && i < line + 200; i++) {
      if (i > line - 1 && /^\s*(?:\[\[|[\w."-]+\s*=)/.test(this.#lines[i]!)) break
      if (this.#lines[i]!.includes(`"${text}"`) || this.#lines[i]!.includes(`'${text}'`)) return i + 1
    }
    return line
  }

  #note(partner: number, key: string, line: number): void {
    const name = `${partner} ${key}`
    if (!this.#keys.has(name)) this.#keys.set(name, line)
  }
}
