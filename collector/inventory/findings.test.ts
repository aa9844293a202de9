// The life of a finding: held, gone, held again, dismissed; and its limit.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { FindingRecord, StoredDocument } from "../store/documents.ts"
import { Documents } from "./documents.ts"
import { EditError } from "./edits.ts"
import { countingIds } from "./fake-batches.ts"
import { type FindingFacts, Findings } from "./findings.ts"
import { DEFAULT_LIMITS, limitCounters } from "./limits.ts"

const ACTOR = { name: "ann", atUs: 5 }
const facts = (change: Partial<FindingFacts> = {}): FindingFacts => ({
  service: "s1",
  firstUs: 100,
  lastUs: 200,
  count: 3,
  sentence: "Three of them.",
  ...change,
})

function makeFindings(limit = 10, stored: readonly StoredDocument[] = []) {
  const documents = new Documents(stored)
  const reached = limitCounters()
  const mint = countingIds()
  const findings = new Findings(documents, { ...DEFAULT_LIMITS, findings: limit }, reached, mint)
  return { documents, reached, findings }
}

const stateOf = (record: FindingRecord | null) => [record?.state, record?.count, record?.goneUs]

test("one a kind and subject, counted, first and last in event time", () => {
  const { findings, documents } = makeFindings()
  findings.hold("auth.missing", "e1", facts())
  findings.hold("auth.missing", "e1", facts({ firstUs: 50, lastUs: 190, count: 9, sentence: "Nine of them." }))
  findings.hold("auth.missing", "e2", facts())
  findings.hold("auth.partial", "e1", facts())
  assert.equal(documents.count("finding"), 3)
  const record = findings.of("auth.missing", "e1")
  assert.deepEqual(
    [record?.firstUs, record?.lastUs, record?.count, record?.sentence, record?.state],
    [50, 200, 9, "Nine of them.", "open"],
  )
})

test("what has not changed is not written again", () => {
  const { findings, documents } = makeFindings()
  findings.hold("auth.missing", "e1", facts())
  assert.equal(documents.take().length, 1)
  assert.deepEqual(findings.takeServices(), ["s1"])
  findings.hold("auth.missing", "e1", facts())
  assert.equal(documents.isDirty, false)
  assert.deepEqual(findings.takeServices(), [])
})

test("gone, and back", () => {
  const { findings } = makeFindings()
  findings.gone("auth.missing", "e1", 300, "Never there.")
  assert.equal(findings.of("auth.missing", "e1"), null)
  findings.hold("auth.missing", "e1", facts())
  findings.gone("auth.missing", "e1", 300, "All have a credential now.")
  findings.gone("auth.missing", "e1", 400, "Still.")
  assert.deepEqual(stateOf(findings.of("auth.missing", "e1")), ["gone", 3, 300])
  assert.equal(findings.of("auth.missing", "e1")?.goneWhy, "All have a credential now.")
  findings.hold("auth.missing", "e1", facts({ count: 4 }))
  assert.deepEqual(stateOf(findings.of("auth.missing", "e1")), ["open", 4, 0])
})

test("dismissed with a reason, and then only by hand open again", () => {
  const { findings } = makeFindings()
  findings.hold("auth.missing", "e1", facts())
  const { id } = findings.of("auth.missing", "e1")!
  const dismiss = { kind: "finding.state", id, state: "dismissed", reason: "Public by intent." } as const
  assert.equal(findings.edit(dismiss, ACTOR).sentence, "Dismissed: Three of them.")
  findings.hold("auth.missing", "e1", facts({ count: 8 }))
  assert.deepEqual(stateOf(findings.of("auth.missing", "e1")), ["dismissed", 8, 0])
  findings.gone("auth.missing", "e1", 300, "Nothing left.")
  findings.hold("auth.missing", "e1", facts({ count: 9 }))
  assert.deepEqual(stateOf(findings.of("auth.missing", "e1")), ["dismissed", 9, 0])
  findings.edit({ kind: "finding.state", id, state: "open" }, ACTOR)
  assert.deepEqual(stateOf(findings.of("auth.missing", "e1")), ["open", 9, 0])
})

test("opened again when nothing of it is left, it is gone", () => {
  const { findings } = makeFindings()
  findings.hold("auth.missing", "e1", facts())
  const { id } = findings.of("auth.missing", "e1")!
  findings.edit({ kind: "finding.state", id, state: "dismissed", reason: "Known." }, ACTOR)
  findings.gone("auth.missing", "e1", 300, "Nothing left.")
  findings.edit({ kind: "finding.state", id, state: "open" }, ACTOR)
  assert.equal(findings.of("auth.missing", "e1")?.state, "gone")
})

test("table: edits that are refused change nothing", () => {
  const { findings, documents } = makeFindings()
  findings.hold("auth.missing", "e1", facts())
  findings.hold("auth.missing", "e2", facts())
  findings.gone("auth.missing", "e2", 300, "Nothing left.")
  const [open, gone] = ["e1", "e2"].map((subject) => findings.of("auth.missing", subject)!.id)
  documents.take()
  const rows = [
    ["f_x", "dismissed", "Known.", "unknown"],
    [open!, "dismissed", "", "invalid"],
    [open!, "dismissed", "  ", "invalid"],
    [open!, "dismissed", "x".repeat(501), "invalid"],
    [open!, "open", "", "conflict"],
    [gone!, "open", "", "conflict"],
  ] as const
  for (const [id, state, reason, code] of rows) {
    assert.throws(
      () => findings.edit({ kind: "finding.state", id, state, reason }, ACTOR),
      (error: unknown) => error instanceof EditError && error.code === code,
      `${state} ${code}`,
    )
  }
  assert.equal(documents.isDirty, false)
})

test("at the limit the oldest that is gone makes place; otherwise it is counted", () => {
  const { findings, reached } = makeFindings(3)
  for (const subject of ["e1", "e2", "e3"]) findings.hold("auth.missing", subject, facts())
  findings.hold("auth.missing", "e4", facts())
  assert.equal(reached.findings, 1)
  findings.gone("auth.missing", "e2", 400, "")
  findings.gone("auth.missing", "e1", 300, "")
  findings.hold("auth.missing", "e4", facts())
  assert.equal(findings.of("auth.missing", "e1"), null)
  assert.equal(findings.of("auth.missing", "e2")?.state, "gone")
  assert.equal(findings.of("auth.missing", "e4")?.state, "open")
  assert.equal(reached.findings, 1)
})

test("a restart goes on where it was", () => {
  const before = makeFindings()
  before.findings.hold("auth.missing", "e1", facts())
  before.findings.hold("auth.missing", "e2", facts())
  before.findings.gone("auth.missing", "e2", 300, "")
  const stored = before.documents.take().map(({ kind, id, record }) => ({ kind, id, record: record!, bytes: null }))
  const { findings, documents } = makeFindings(2, stored)
  findings.hold("auth.missing", "e1", facts({ count: 7 }))
  assert.equal(findings.of("auth.missing", "e1")?.count, 7)
  assert.equal(findings.ofService("s1").length, 2)
  findings.hold("auth.partial", "e9", facts())
  assert.equal(documents.count("finding"), 2)
})
