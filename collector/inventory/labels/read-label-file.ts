// The file of --labels: TOML, or CSV where its name ends so. Out: rules, or every mistake in a sentence with option, file and line.
import { readTextFile, readToml } from "../../../shared/config/toml-file.ts"
import type { LabelRuleFields } from "../edits.ts"
import { type LabelFile, rulesOfCsv, rulesOfToml } from "./label-file.ts"

const OPTION = "--labels"

export function readLabelFile(
  path: string,
): { readonly rules: readonly LabelRuleFields[] } | { readonly mistakes: readonly string[] } {
  const file = path.toLowerCase().endsWith(".csv") ? readCsv(path) : readTomlRules(path)
  if ("mistake" in file) return { mistakes: [file.mistake] }
  if (file.rules !== null) return { rules: file.rules }
  return { mistakes: file.mistakes.map(({ line, sentence }) => `${OPTION} ${path}, line ${line}: ${sentence}`) }
}

function readCsv(path: string): LabelFile | { readonly mistake: string } {
  const file = readTextFile(path, OPTION)
  return "mistake" in file ? file : rulesOfCsv(file.text)
}

function readTomlRules(path: string): LabelFile | { readonly mistake: string } {
  const file = readToml(path, OPTION)
  return "mistake" in file ? file : rulesOfToml(file.text, file.table)
}
