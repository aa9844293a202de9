// Owners and labels: rules, notes by hand, what beats what, and that a change holds for the past.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import type { LabelRuleRecord } from "../../store/documents.ts"
import { service } from "../../store/fake-records.ts"
import type { ServiceRecord } from "../../store/records.ts"
import { openSqliteStore } from "../../store/sqlite-store.ts"
import { type Edit, EditError, type LabelRuleFields } from "../edits.ts"
import { batch, countingIds, event, server } from "../fake-batches.ts"
import { Inventory, type InventoryOptions } from "../inventory.ts"
import { rulesOfCsv, rulesOfToml } from "./label-file.ts"
import { LabelRules, parseCidr, ruleMistake, tellsAddresses } from "./label-rules.ts"
import { ruleRecord, rulesAreKept } from "./labels.ts"
import { readLabelFile } from "./read-label-file.ts"

const ACTOR = { name: "ann", atUs: 7 }
const rule = (fields: LabelRuleFields, place = 0, source = "file"): LabelRuleRecord =>
  ruleRecord(fields, { id: `r${place}${source}`, place, source })

const at = (listener: string, addressClass = "private"): ServiceRecord => {
  const [place] = service("s1").listeners
  return service("s1", {
    authority: "api.shop.example",
    zone: "vlan 7",
    listeners: [{ ...place!, listener, addressClass }],
  })
}

test("table: networks", () => {
  for (const text of ["10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "10.1.2.3/32"]) assert.ok(parseCidr(text), text)
  for (const text of ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "x/8", "2001:db8::/129", "10.0.0.0/-1", ""])
    assert.equal(parseCidr(text), null, text)
})

test("table: which rule fits", () => {
  const rows: readonly (readonly [name: string, rule: LabelRuleFields, record: ServiceRecord, fits: boolean])[] = [
    ["authority, whatever its case", { authority: "*.SHOP.example" }, at("b1:443"), true],
    ["another authority", { authority: "*.mail.example" }, at("b1:443"), false],
    ["zone", { zone: "vlan *" }, at("b1:443"), true],
    ["network", { network: "dmz" }, at("b1:443", "dmz"), true],
    ["another network", { network: "dmz" }, at("b1:443"), false],
    ["CIDR where addresses are plain", { cidr: "10.20.0.0/16" }, at("10.20.3.4:443"), true],
    ["CIDR beside it", { cidr: "10.20.0.0/16" }, at("10.21.3.4:443"), false],
    ["CIDR of IPv6", { cidr: "2001:db8::/32" }, at("2001:db8::7:443"), true],
    ["CIDR where addresses are pseudonyms", { cidr: "0.0.0.0/0" }, at("b00000000001:443"), false],
    ["both must fit", { authority: "*.shop.example", network: "dmz" }, at("b1:443"), false],
    ["nothing asked for", {}, at("b1:443"), true],
  ]
  for (const [name, fields, record, fits] of rows) {
    const { owner } = new LabelRules([rule({ ...fields, owner: "team" })]).decide(record)
    assert.equal(owner !== null, fits, name)
  }
  assert.equal(tellsAddresses([at("b00000000001:443")]), false)
  assert.equal(tellsAddresses([at("10.20.3.4:443")]), true)
})

test("the first that fits decides owner and labels, each; by hand before the file", () => {
  const rules = [
    rule({ authority: "other", owner: "nobody" }, 0),
    rule({ authority: "*.shop.example", labels: ["pci"] }, 1),
    rule({ owner: "file", labels: ["late"] }, 2),
    rule({ owner: "hand" }, 9, "hand"),
  ]
  const { owner, labels } = new LabelRules(rules).decide(at("b1:443"))
  assert.deepEqual([owner?.owner, labels?.labels], ["hand", ["pci"]])
})

test("table: rules that make no sense", () => {
  const rows: readonly (readonly [LabelRuleFields, string])[] = [
    [{}, "owner"],
    [{ cidr: "10.0.0.0/99", owner: "x" }, "cidr"],
    [{ owner: "x".repeat(201) }, "owner"],
    [{ labels: ["x".repeat(65)] }, "labels"],
    [{ labels: [" "] }, "labels"],
    [{ labels: Array.from({ length: 33 }, (_, i) => `l${i}`) }, "labels"],
    [{ authority: "x".repeat(257), owner: "x" }, "authority"],
  ]
  for (const [fields, field] of rows) assert.equal(ruleMistake(fields)?.field, field)
  assert.equal(ruleMistake({ zone: "z", labels: ["ok"] }), null)
})

test("a rule that fits everything is taken as the last one only, and only where it says so", () => {
  const rows: readonly (readonly [LabelRuleFields, isLast: boolean, string | null])[] = [
    [{ owner: "x" }, false, "authority"],
    [{ owner: "x" }, true, "authority"],
    [{ authority: "*", owner: "x" }, false, "authority"],
    [{ authority: "*", owner: "x" }, true, null],
    [{ authority: "*", zone: "shop", owner: "x" }, false, null],
  ]
  for (const [fields, isLast, field] of rows) assert.equal(ruleMistake(fields, isLast)?.field ?? null, field)
})

test("files: TOML and CSV say the same", () => {
  const csv = rulesOfCsv(
    'authority,owner,labels,cidr\r\n# a note\r\n*.shop.example,"shop, ""web""",public; pci,\n\n,ops,,10.0.0.0/8\n',
  )
  assert.deepEqual(csv.rules, [
    { authority: "*.shop.example", owner: 'shop, "web"', labels: ["public", "pci"], cidr: "" },
    { authority: "", owner: "ops", labels: [], cidr: "10.0.0.0/8" },
  ])
  const toml = rulesOfToml("", { rule: [{ authority: "*.shop.example", labels: ["public", "pci"] }] })
  assert.deepEqual(toml.rules, [{ authority: "*.shop.example", labels: ["public", "pci"] }])
  assert.deepEqual(rulesOfToml("", {}).rules, [])
  assert.deepEqual(rulesOfCsv("").rules, [])
})

test("files: each mistake has its line", () => {
  const csv = rulesOfCsv('authority,owner,cidr\na,b,\nx,,\n"a\nb",c,10.0.0.0/99\ntoo,few\n')
  assert.deepEqual(
    csv.mistakes.map(({ line }) => line),
    [3, 4, 6],
  )
  assert.deepEqual(
    rulesOfCsv("owner,colour\na,b").mistakes.map(({ line, sentence }) => [line, /"colour"/.test(sentence)]),
    [[1, true]],
  )
  const text =
    '[[rule]]\nowner = "a"\nzone = "z"\n[[rule]]\nauthority = "b"\n\n[[rule]]\nowner = "c"\ncidr = "x"\n[[rule]]\ncolour = 1\n'
  const toml = rulesOfToml(text, {
    rule: [{ owner: "a", zone: "z" }, { authority: "b" }, { owner: "c", cidr: "x" }, { colour: 1 }],
  })
  assert.deepEqual(
    toml.mistakes.map(({ line }) => line),
    [4, 9, 11],
  )
  assert.deepEqual(
    rulesOfToml("[rules]\n", { rules: {} }).mistakes.map(({ line }) => line),
    [1],
  )
})

test("a file that says the same changes nothing", () => {
  const rules = [{ owner: "a" }, { authority: "*.b", labels: ["x"] }]
  const kept = rules.map((fields, i) => rule(fields, i))
  assert.equal(rulesAreKept(rules, [rule({ owner: "z" }, 0, "hand"), ...kept.toReversed()]), true)
  assert.equal(rulesAreKept([...rules].reverse(), kept), false)
  assert.equal(rulesAreKept(rules.slice(1), kept), false)
  assert.equal(rulesAreKept([], kept), false)
  assert.equal(rulesAreKept([], []), true)
})

test("files are read by their name; what cannot be read is one sentence", () => {
  const folder = mkdtempSync(join(tmpdir(), "sonde-labels-"))
  const write = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const toml = write("a.toml", '[[rule]]\nzone = "z"\nowner = "a"\n')
  assert.deepEqual(JSON.parse(JSON.stringify(readLabelFile(toml))), { rules: [{ zone: "z", owner: "a" }] })
  assert.deepEqual(readLabelFile(write("a.CSV", "zone,owner\nz,a\n")), { rules: [{ zone: "z", owner: "a" }] })
  const wrong = write("b.toml", '[[rule]]\nowner = "a"\ncidr = "x"\n')
  assert.deepEqual(readLabelFile(wrong), {
    mistakes: [`--labels ${wrong}, line 3: "x" is no network such as 10.20.0.0/16 or 2001:db8::/32.`],
  })
  const broken = write("c.toml", "[[rule\n")
  assert.match((readLabelFile(broken) as { mistakes: string[] }).mistakes[0]!, /^--labels .* is not TOML: line 1/)
  const missing = readLabelFile(join(folder, "none.csv")) as { mistakes: string[] }
  assert.match(missing.mistakes[0]!, /^--labels .*none\.csv cannot be read \(ENOENT\)\.$/)
  rmSync(folder, { recursive: true })
})

async function start(options: InventoryOptions = {}) {
  const store = await openSqliteStore(":memory:")
  let inventory = await Inventory.open(store, { mint: countingIds(), ...options })
  let sequence = 0
  return {
    apply: async (...hosts: string[]) => {
      const events = hosts.map((authority) => event({ server: server({ authority }) }))
      inventory.apply(batch(events, { sequence: ++sequence }))
      await inventory.checkpoint()
    },
    edit: (edit: Edit) => inventory.edit(edit, ACTOR),
    restart: async () => {
      inventory = await Inventory.open(store, { mint: countingIds() })
    },
    owners: async () => (await store.services({ limit: 10, sort: "name" })).items.map(({ owner }) => owner),
    services: async () => (await store.services({ limit: 10, sort: "name" })).items,
    endpoints: async () => (await store.endpoints({}, { limit: 10, sort: "template" })).items,
    limits: async () => (await store.ledger()).limits,
    close: () => store.close(),
  }
}

test("by hand beats by rule; both hold for what was seen before, and after a restart", async () => {
  const run = await start()
  await run.apply("a.example", "b.example")
  assert.deepEqual(await run.owners(), ["", ""])
  await run.edit({
    kind: "labels.put",
    source: "file",
    rules: [{ authority: "*.example", owner: "file", labels: ["x"] }],
  })
  assert.deepEqual(await run.owners(), ["file", "file"])
  await run.edit({ kind: "service.note", service: "service-1", owner: "ann's", name: "Orders" })
  assert.deepEqual(
    (await run.services()).map(({ name, owner, labels }) => [name, owner, labels]),
    [
      ["Orders", "ann's", ["x"]],
      ["b.example", "file", ["x"]],
    ],
  )
  await run.restart()
  await run.apply("a.example", "b.example", "c.example")
  assert.deepEqual(await run.owners(), ["ann's", "file", "file"])
  await run.edit({ kind: "labels.put", source: "file", rules: [] })
  await run.edit({ kind: "service.note", service: "service-1", owner: "", name: "" })
  assert.deepEqual(
    (await run.services()).map(({ name, owner }) => [name, owner]),
    [
      ["a.example", ""],
      ["b.example", ""],
      ["c.example", ""],
    ],
  )
  await run.close()
})

test("what is not said stays", async () => {
  const run = await start()
  await run.apply("a.example")
  await run.edit({ kind: "service.note", service: "service-1", owner: "ann's", labels: ["x"] })
  const { sentence } = await run.edit({ kind: "service.note", service: "service-1", gateways: ["b00000000001:443"] })
  assert.equal(sentence, "a.example: owner ann's; labels x; gateways b00000000001:443, by hand.")
  const [one] = await run.services()
  assert.deepEqual([one?.owner, one?.labels, one?.listeners[0]?.role], ["ann's", ["x"], "gateway"])
  await run.restart()
  await run.apply("a.example")
  assert.equal((await run.services())[0]?.listeners[0]?.role, "gateway")
  await run.close()
})

test("endpoints have labels by hand", async () => {
  const run = await start()
  await run.apply("a.example")
  await run.edit({ kind: "endpoint.note", endpoint: "endpoint-1", labels: ["legacy"], note: "Ask Bo." })
  await run.restart()
  await run.apply("a.example")
  assert.deepEqual((await run.endpoints())[0]?.labels, ["legacy"])
  await run.edit({ kind: "endpoint.note", endpoint: "endpoint-1", labels: [], note: "" })
  assert.deepEqual((await run.endpoints())[0]?.labels, [])
  await run.close()
})

test("table: edits that are refused", async () => {
  const run = await start()
  await run.apply("a.example")
  const rows: readonly (readonly [edit: Edit, code: string, place: string])[] = [
    [{ kind: "service.note", service: "s?", owner: "x" }, "unknown", "service"],
    [{ kind: "service.note", service: "service-1", owner: "x".repeat(201) }, "invalid", "owner"],
    [{ kind: "service.note", service: "service-1", labels: [""] }, "invalid", "labels"],
    [{ kind: "service.note", service: "service-1", gateways: ["nowhere"] }, "invalid", "gateways"],
    [{ kind: "service.note", service: "service-1", name: "x".repeat(201) }, "invalid", "name"],
    [{ kind: "endpoint.note", endpoint: "e?", labels: ["x"] }, "unknown", "endpoint"],
    [{ kind: "endpoint.note", endpoint: "endpoint-1", note: "x".repeat(2001) }, "invalid", "note"],
    [
      {
        kind: "labels.put",
        source: "hand",
        rules: [
          { zone: "z", owner: "x" },
          { cidr: "1/2", owner: "x" },
        ],
      },
      "invalid",
      "rules.1.cidr",
    ],
  ]
  for (const [edit, code, place] of rows) {
    await assert.rejects(
      run.edit(edit),
      (error: unknown) => error instanceof EditError && error.code === code && error.place === place,
      `${edit.kind} ${place}`,
    )
  }
  assert.deepEqual(await run.owners(), [""])
  await run.close()
})

test("limits: rules and notes of endpoints", async () => {
  const run = await start({ limits: { labelRules: 2, endpointNotes: 1 } })
  await run.apply("a.example", "b.example")
  const rules = [
    { zone: "a", owner: "a" },
    { zone: "b", owner: "b" },
  ]
  await run.edit({ kind: "labels.put", source: "hand", rules })
  const isLimit = (error: unknown): boolean => error instanceof EditError && error.code === "limit"
  await assert.rejects(run.edit({ kind: "labels.put", source: "file", rules }), isLimit)
  await run.edit({ kind: "labels.put", source: "hand", rules })
  await run.edit({ kind: "endpoint.note", endpoint: "endpoint-1", labels: ["x"] })
  await assert.rejects(run.edit({ kind: "endpoint.note", endpoint: "endpoint-2", labels: ["x"] }), isLimit)
  await run.apply("a.example")
  assert.deepEqual(await run.limits(), { labelRules: 1, endpointNotes: 1 })
  await run.close()
})
