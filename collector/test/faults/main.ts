// npm run faults: 200 faults at random moments, and the ledger afterwards. --faults N, --seed N, --only WORDS.
import { parseArgs } from "node:util"
import { runFaults } from "./faults.ts"

const { values } = parseArgs({
  options: { faults: { type: "string", default: "200" }, seed: { type: "string" }, only: { type: "string" } },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
process.stdout.write(`seed ${seed}\n`)
const result = await runFaults({
  seed,
  faults: Number(values.faults),
  only: values.only ?? "",
  say: (line) => process.stdout.write(`${line}\n`),
})
for (const [name, count] of Object.entries(result.counts).sort())
  process.stdout.write(`${String(count).padStart(6)}  ${name}\n`)
process.stdout.write(
  `${result.events} exchanges handed over, ${result.dropped} named as dropped, ${result.applied} in the store: ` +
    `${result.addsUp ? "adds up" : "DOES NOT ADD UP"} (seed ${seed})\n${result.said}`,
)
process.exitCode = result.addsUp ? 0 : 1
