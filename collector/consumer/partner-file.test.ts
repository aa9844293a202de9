// The file of partners: what is read, and every mistake with its line.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { saysTheSame } from "./partner-fields.ts"
import { readPartnerFile } from "./partner-file.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-partners-"))
after(() => rmSync(folder, { recursive: true }))
const path = join(folder, "partners.toml")

function read(text: string) {
  writeFileSync(path, text)
  return readPartnerFile(path)
}

const GOOD = `
[[partner]]
name = "Acme"
owner = "Ann"
labels = ["gold"]
rules = ["name:acme-*"]

[partner.contract]
endpoints = ["api.example.com GET /v1/orders*"]
hours = ["mon-fri 06:00-20:00 Europe/Berlin"]
requestsPerDay = 10000

[[partner]]
name = "Globex"
contract = { dataClasses = ["email"] }
`

test("partners are read with their contracts", () => {
  const file = read(GOOD)
  assert.ok("partners" in file)
  assert.deepEqual(
    file.partners.map(({ name, rules, contract }) => [name, rules, contract?.requestsPerDay, contract?.dataClasses]),
    [
      ["Acme", ["name:acme-*"], 10_000, []],
      ["Globex", [], null, ["email"]],
    ],
  )
  const kept = file.partners.map(
    (fields, i) => ({ ...fields, id: `p${i}`, source: "file", by: "file", atUs: 1 }) as never,
  )
  assert.equal(saysTheSame(file.partners, kept), true)
  assert.equal(saysTheSame(file.partners.slice(1), kept), false)
})

test("every mistake is told, each with its line", () => {
  const file = read(`title = "Partners"
[[partner]]
name = "Acme"
colour = "red"
rules = [
  "name:acme-*",
  "acme",
]

[partner.contract]
hours = ["mon-fri 06:00-20:00", "mon-fri 26:00-20:00"]
requestsPerDay = "many"
networks = ["10.0.0.0/8"]

[[partner]]
owner = "Ann"

[[partner]]
name = "ACME"
contract.hours = ["never"]
`)
  assert.ok("mistakes" in file)
  const told = file.mistakes.map((mistake) => /, line (\d+): (\S+)/.exec(mistake)?.slice(1, 3).join(" "))
  assert.deepEqual(told, [
    '1 "title"',
    "4 colour:",
    "7 rules[1]:",
    "12 contract.requestsPerDay:",
    "13 contract.networks[0]:",
    "11 contract.hours[1]:",
    "15 name:",
    "20 contract.hours[0]:",
    "19 There",
  ])
  for (const mistake of file.mistakes)
    assert.ok(mistake.startsWith(`--partners ${path}, line `) && mistake.endsWith("."))
})

test("table: files that are none", () => {
  const rows: readonly [text: string, sentence: RegExp][] = [
    ["[[partner]\n", /^--partners \S+ is not TOML: line 1, column/],
    ['partner = "Acme"\n', /line 1: Each partner is a table of its own/],
    ["partner = [7]\n", /line 1: .*A partner is a table of fields/],
  ]
  for (const [text, sentence] of rows) {
    const file = read(text)
    assert.ok("mistakes" in file && file.mistakes.length > 0, text)
    assert.match(file.mistakes[0]!, sentence)
  }
  const none = readPartnerFile(join(folder, "none.toml"))
  assert.deepEqual(none, { mistakes: [`--partners ${join(folder, "none.toml")} cannot be read (ENOENT).`] })
  const empty = read("")
  assert.deepEqual(empty, { partners: [] })
})
