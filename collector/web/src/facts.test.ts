import assert from "node:assert/strict"
import { test } from "node:test"
import { chance, factLines } from "./facts.ts"

test("facts: the unit is the last word of the name", () => {
  const table: [facts: Record<string, number | string>, name: string, value: string][] = [
    [{ objects: 412 }, "Objects", "412"],
    [{ windowDays: 7 }, "Window", "7 days"],
    [{ windowDays: 1 }, "Window", "1 day"],
    [{ days: 3 }, "Days", "3 days"],
    [{ spanMinutes: 90 }, "Span", "90 min"],
    [{ responseBytes: 1_500_000 }, "Response", "1.50 MB"],
    [{ guessedUsualShare: 0.125 }, "Guessed usual share", "12.5 %"],
    [{ usualQ99: 31 }, "Usual q99", "31"],
    [{ p: 3e-9 }, "P", "1 in 10^8"],
    [{ ratio: 4.5678 }, "Ratio", "4.57"],
    [{ ja4: "" }, "Ja4", "–"],
    [{ network: "p00a1" }, "Network", "p00a1"],
    [{ count: 12345 }, "Count", "12,345"],
  ]
  for (const [facts, name, value] of table) assert.deepEqual(factLines(facts), [{ name, value }])
})

test("chances: small ones as powers of ten", () => {
  assert.deepEqual([0, 0.0312, 0.001, 1e-9, 5e-10, 1e-231].map(chance), [
    "under 1 in 10^12",
    "0.031",
    "0.001",
    "1 in 10^9",
    "1 in 10^9",
    "under 1 in 10^12",
  ])
})
