import assert from "node:assert/strict"
import { test } from "node:test"
import { helpOf, inForce } from "./help.ts"
import { type Options, settle } from "./options.ts"

const OPTIONS = {
  nats: { kind: "text", sentence: "Server.", default: "", placeholder: "URL" },
  format: { kind: "text", sentence: "Form.", default: "ndjson", values: ["ndjson", "null"] },
  read: { kind: "list", sentence: "Captures.", default: [], placeholder: "FILE" },
  exit: { kind: "flag", sentence: "End.", default: false },
  "privacy.paths": { kind: "text", sentence: "Paths.", default: "default", values: ["default", "strict"] },
  "tcp.memcap": { kind: "bytes", sentence: "Memory.", default: 64 * 1024 ** 2, min: 1024 ** 2, max: 1024 ** 3 },
  "tcp.idle": { kind: "duration", sentence: "Idle.", default: 300e6, min: 1e6, max: 3600e6 },
  workers: { kind: "number", sentence: "Workers.", default: 1, min: 1, max: 64 },
  token: { kind: "text", sentence: "Token.", default: "", secret: true },
} as const satisfies Options

test("each origin overrides the one before", () => {
  const settled = settle(OPTIONS, {
    file: { format: "null", workers: 2, privacy: { paths: "strict" }, tcp: { memcap: "2MiB" } },
    environment: { SONDE_WORKERS: "3", SONDE_TCP_IDLE: "5m" },
    argv: ["--workers", "4", "--read", "a.pcap", "b.pcap", "--exit", "--format=ndjson"],
  })
  assert.deepEqual(settled.mistakes, [])
  assert.deepEqual(settled.values.read, ["a.pcap", "b.pcap"])
  assert.equal(settled.values.workers, 4)
  assert.equal(settled.values.format, "ndjson")
  assert.equal(settled.values["privacy.paths"], "strict")
  assert.equal(settled.values["tcp.memcap"], 2 * 1024 ** 2)
  assert.equal(settled.values["tcp.idle"], 300e6)
  assert.equal(settled.values.exit, true)
  assert.equal(settled.origins["tcp.idle"], "environment")
  assert.equal(settled.origins["tcp.memcap"], "file")
  assert.equal(settled.origins.nats, "default")
  assert.match(inForce(OPTIONS, settled), /tcp\.idle\s+5m\s+\(SONDE_TCP_IDLE\)/)
})

const mistakes: readonly [what: string, argv: string[], sentence: RegExp][] = [
  ["an unknown option", ["--frmat", "null"], /^--frmat is no option; did you mean --format\?$/],
  ["a value outside a list", ["--format", "xml"], /^--format takes one of ndjson, null\.$/],
  ["a number out of range", ["--workers", "99"], /^--workers takes 1 to 64\.$/],
  ["a size without sense", ["--tcp-memcap", "lots"], /^--tcp-memcap takes a size such as/],
  ["a size out of range", ["--tcp-memcap", "4GiB"], /^--tcp-memcap takes 1MiB to 1GiB\.$/],
  ["a missing value", ["--nats"], /^--nats needs a value\.$/],
  ["a missing list", ["--read", "--exit"], /^--read needs FILE\.$/],
  ["a secret in the arguments", ["--token", "x"], /^--token is a secret/],
  ["a flag with a wrong value", ["--exit=maybe"], /^--exit takes true or false\.$/],
]
for (const [what, argv, sentence] of mistakes)
  test(`${what} is one sentence`, () => {
    const settled = settle(OPTIONS, { argv })
    assert.match(settled.mistakes[0] ?? "", sentence)
  })

test("all mistakes are reported at once, from every origin", () => {
  const settled = settle(OPTIONS, {
    file: { formt: 1, workers: "many" },
    environment: { SONDE_FORMAT: "xml" },
    argv: ["--no-read", "--workers"],
  })
  assert.equal(settled.mistakes.length, 5)
})

test("- is an operand, -- ends the options, --no- turns a flag off", () => {
  const settled = settle(OPTIONS, { environment: { SONDE_EXIT: "1" }, argv: ["-", "--no-exit", "--", "--format"] })
  assert.deepEqual(settled.operands, ["-", "--format"])
  assert.equal(settled.values.exit, false)
})

test("what is in force shows no credentials", () => {
  const settled = settle(OPTIONS, { argv: ["--nats", "nats://user:pa55@a:1,tls://token@b"] })
  const listing = inForce(OPTIONS, settled)
  assert.doesNotMatch(listing, /user|pa55|token@/)
  assert.match(listing, /nats:\/\/\(credentials\)@a:1,tls:\/\/\(credentials\)@b/)
})

test("help names every option with default and limits", () => {
  const help = helpOf("sonde", { name: "run", operands: "FILE...", sentence: "Runs.", options: OPTIONS })
  assert.match(help, /--tcp-memcap SIZE\s+Memory\. \[64MiB, 1MiB to 1GiB\]/)
  assert.match(help, /--format ndjson\|null/)
})

test("tables stand in the file only, and say all their mistakes", () => {
  const options = {
    "identity.rule": {
      kind: "tables",
      sentence: "Rules.",
      default: [],
      mistakes: (tables) =>
        tables.flatMap((table) => (table.name === "ok" ? [] : [`rule ${String(table.name)} is wrong.`])),
    },
  } as const satisfies Options
  const good = settle(options, { file: { identity: { rule: [{ name: "ok" }] } } })
  assert.deepEqual([good.values["identity.rule"], good.mistakes], [[{ name: "ok" }], []])
  assert.match(inForce(options, good), /identity\.rule\s+1 in the file\s+\(file\)/)
  const wrong = settle(options, {
    file: { identity: { rule: [{ name: "a" }, { name: "b" }] } },
    environment: { SONDE_IDENTITY_RULE: "x" },
    argv: ["--identity-rule", "x"],
  })
  assert.deepEqual(wrong.mistakes.slice(0, 2), ["rule a is wrong.", "rule b is wrong."])
  assert.equal(wrong.mistakes.filter((mistake) => mistake.endsWith("stands only in the configuration file.")).length, 2)
  assert.match(
    settle(options, { file: { identity: { rule: "x" } } }).mistakes[0] ?? "",
    /takes tables: \[\[identity\.rule\]\]/,
  )
})
