// Precision and recall of the data classes, as tables: node sensor/summary/classes/precision.bench.ts [--smoke] [--seed N]
//
// First what is of no class: of a million values of each kind, those that some validator takes; and of the fields that hold them,
// those that events called by a class. Then valid values of each class: the share that is found.
import { measureOther, measureValid } from "./fake-precision.ts"
import { OTHER, VALID } from "./fake-values.ts"

const isSmoke = process.argv.includes("--smoke")
const seedAt = process.argv.indexOf("--seed")
const seed = seedAt > 0 ? Number(process.argv[seedAt + 1]) : 1
const otherValues = isSmoke ? 1000 : 100_000
const validValues = isSmoke ? 50 : 1000
const print = (line: string): void => void process.stdout.write(`${line}\n`)

const counted = (counts: ReadonlyMap<string, number>, per: (n: number) => string): string =>
  [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, n]) => `${name} ${per(n)}`)
    .join(", ") || "-"

print(`seed ${seed}; ${otherValues} values of each kind, 100 a field`)
print("| values of no class | taken by validators, of a million | fields called so, of all |")
print("|---|---|---|")
let fields = 0
let wrong = 0
let values = 0
for (const kind of Object.keys(OTHER)) {
  const result = measureOther(kind, otherValues, seed)
  fields += result.fields
  values += result.values
  for (const n of result.said.values()) wrong += n
  const millionth = (n: number): string => `${Math.round((n / result.values) * 1e6)}`
  print(
    `| ${kind} | ${counted(result.valid, millionth)} | ${counted(result.said, (n) => `${n} of ${result.fields}`)} |`,
  )
}
print(`\n${wrong} of ${fields} fields (${values} values) were called by a class.\n`)
print("| class | one value, named | one value, name says nothing | field of 100 values, name says nothing |")
print("|---|---|---|---|")
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
for (const kind of Object.keys(VALID)) {
  const { named, alone, field } = measureValid(kind, validValues, seed)
  print(`| ${kind} | ${percent(named)} | ${percent(alone)} | ${percent(field)} |`)
}
