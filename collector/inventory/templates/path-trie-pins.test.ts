// Corrections: they hold for the past at once, and taking them back gives back what was before.
import assert from "node:assert/strict"
import { test } from "node:test"
import { FakeService, shapeOf } from "./fake-service.ts"
import type { Pin } from "./path-learner.ts"
import { PathTrie } from "./path-trie.ts"

const pin = (path: string, change: Partial<Pin> = {}): Pin => ({
  id: path,
  kind: "template",
  source: "analyst",
  path,
  ...change,
})

function reports(): FakeService {
  const service = new FakeService()
  for (let i = 0; i < 60; i++)
    for (const name of ["daily", "weekly", "monthly"]) {
      service.send({ path: `/reports/${name}` })
      service.send({ path: `/reports/${name}/pdf`, shape: 0 })
    }
  service.review()
  return service
}

const APART = ["daily", "monthly", "weekly"].flatMap((name) => [`/reports/${name}`, `/reports/${name}/pdf`]).sort()

test("a pinned template holds for the past, and unpinning gives back", () => {
  const service = reports()
  assert.deepEqual(service.texts(), APART)
  const told = service.trie.pin([pin("/reports/{period}"), pin("/reports/{period}/pdf")], service.nowUs)
  service.follow(told)
  assert.equal(told.filter(({ kind }) => kind === "moved").length, 6)
  assert.deepEqual(service.texts(), ["/reports/{period}", "/reports/{period}/pdf"])
  assert.equal(service.send({ path: "/reports/yearly" }).template.text, "/reports/{period}")
  const [evidence] = service.trie.evidence(service.templateNamed("/reports/{period}/pdf"))
  assert.equal(evidence!.rule, "pin")
  service.follow(service.trie.pin([], service.nowUs))
  assert.deepEqual(service.texts(), [...APART, "/reports/yearly"].sort())
})

test("text goes before parameters, people before specifications", () => {
  const service = reports()
  service.follow(service.trie.pin([pin("/reports/{name}"), pin("/reports/daily")], service.nowUs))
  assert.deepEqual(
    service.texts().filter((text) => !text.endsWith("pdf")),
    ["/reports/daily", "/reports/{name}"],
  )
  const specified = [pin("/reports/weekly", { source: "specification" }), pin("/reports/{name}")]
  service.follow(service.trie.pin(specified, service.nowUs))
  assert.deepEqual(
    service.texts().filter((text) => !text.endsWith("pdf")),
    ["/reports/{name}"],
  )
})

test("children pinned apart are not merged, and are again when the pin goes", () => {
  const service = new FakeService()
  const codes = ["FRA", "MUC", "JFK", "LHR", "AMS", "CDG"]
  for (const code of codes)
    for (let i = 0; i < 3; i++) service.send({ path: `/airports/${code}`, shape: shapeOf("airport") })
  service.review()
  assert.deepEqual(service.texts(), ["/airports/{code}"])
  service.follow(service.trie.pin([pin("/airports", { kind: "apart" })], service.nowUs))
  assert.deepEqual(service.texts(), codes.map((code) => `/airports/${code}`).sort())
  service.send({ path: "/airports/ZRH", shape: shapeOf("airport") })
  service.review()
  assert.equal(service.texts().length, 7)
  service.follow(service.trie.pin([], service.nowUs))
  assert.deepEqual(service.texts(), ["/airports/{code}"])
})

test("pins survive a restart; partial segments and long ones are matched", () => {
  const service = new FakeService()
  service.follow(service.trie.pin([pin("/hooks/custom.{event}"), pin("/a/{x}/{y}")], service.nowUs))
  for (const path of ["/hooks/custom.paid", "/hooks/custom.sent", "/hooks/list", "/a/b/c", "/a/d/e", "/a/b"])
    service.send({ path })
  service.review()
  const expected = ["/a/{x}", "/a/{x}/{y}", "/hooks/custom.{event}", "/hooks/list"]
  assert.deepEqual(service.texts(), expected)
  service.trie = PathTrie.from(service.trie.toBytes())
  assert.equal(service.send({ path: "/hooks/custom.lost" }).template.text, "/hooks/custom.{event}")
  assert.deepEqual(service.texts(), expected)
})

test("table: a segment with text around its parameter, whatever the sensor leaves of a value", () => {
  const rows: readonly [pins: readonly string[], path: string, extension: string, template: string][] = [
    [["/r/sales-{month}.csv"], "/r/{serial}", "csv", "/r/sales-{month}.csv"],
    [["/r/sales-{month}.csv"], "/r/sales-march", "csv", "/r/sales-{month}.csv"],
    [["/r/sales-{month}.csv"], "/r/{serial}", "pdf", "/r/{serial}.pdf"],
    [["/r/sales-{month}.csv"], "/r/{int}", "csv", "/r/{int}.csv"],
    [["/r/sales-{month}.csv", "/r/costs-{month}.csv"], "/r/{serial}", "csv", "/r/{serial}.csv"],
    [["/r/sales-{month}.csv", "/r/{any}"], "/r/{serial}", "csv", "/r/{any}"],
    [["/b/{ref}:refund"], "/b/TMVEUX:refund", "", "/b/{ref}:refund"],
    [["/b/{ref}:refund"], "/b/{id}:refund", "", "/b/{ref}:refund"],
    [["/b/{ref}:refund"], "/b/TMVEUX", "", "/b/TMVEUX"],
    [["/f/{id}.json"], "/f/{int}", "json", "/f/{id}.json"],
    [["/f/{id}.json"], "/f/mine", "json", "/f/{id}.json"],
    [["/r/{from}-{to}"], "/r/MUC-FRA", "", "/r/{from}-{to}"],
    [["/o/Customers({key})"], "/o/Customers({int})", "", "/o/Customers({key})"],
  ]
  for (const source of ["analyst", "specification"] as const)
    for (const [pins, path, extension, template] of rows) {
      const service = new FakeService()
      service.follow(
        service.trie.pin(
          pins.map((one) => pin(one, { source })),
          0,
        ),
      )
      const leaf = service.send({ path, extension })
      service.review()
      assert.equal(leaf.template.text, template, `${pins.join(" ")} ${path}`)
    }
})

function files(): FakeService {
  const service = new FakeService()
  for (let i = 0; i < 60; i++) {
    service.send({ path: `/files/draft${i}`, extension: "pdf", shape: shapeOf("pdf") })
    service.send({ path: `/files/draft${i}`, shape: shapeOf("file") })
  }
  service.review()
  return service
}
const APART_BY_ENDING = ["/files/{id}", "/files/{id}.pdf"]

test("values that were folded by their ending are one parameter where a pin says so, for the past, until it goes", () => {
  for (const source of ["analyst", "specification"] as const) {
    const service = files()
    assert.deepEqual(
      service.texts().map((text) => text.replace(/\{\w+\}/, "{id}")),
      APART_BY_ENDING,
    )
    assert.ok([...service.trie.leaves()].some(({ path, extension }) => path.includes("{") && extension === "pdf"))
    service.follow(service.trie.pin([pin("/files/{name}", { source })], service.nowUs))
    assert.deepEqual(service.texts(), ["/files/{name}"])
    service.trie = PathTrie.from(service.trie.toBytes())
    for (let i = 50; i < 90; i++) {
      service.send({ path: `/files/draft${i}`, extension: "pdf", shape: shapeOf("pdf") })
      if (i % 3 === 0) service.review()
    }
    assert.deepEqual(service.texts(), ["/files/{name}"])
    const bytes = service.trie.toBytes()
    assert.deepEqual(PathTrie.from(bytes).toBytes(), bytes)
    service.follow(service.trie.pin([], service.nowUs))
    service.review()
    assert.deepEqual(
      service.texts().map((text) => text.replace(/\{\w+\}/, "{id}")),
      APART_BY_ENDING,
    )
  }
})

test("both endings pinned stay two; what is folded under one is not told apart by more text", () => {
  const service = files()
  const both = ["/files/{name}", "/files/{name}.pdf"]
  service.follow(service.trie.pin([pin(both[0]!), pin(both[1]!)], service.nowUs))
  assert.deepEqual(service.texts(), both)
  service.follow(service.trie.pin([pin("/files/{name}"), pin("/files/final-{name}.pdf")], service.nowUs))
  assert.deepEqual(service.texts(), ["/files/{name}"])
  service.follow(service.trie.pin([pin("/files/{name}", { source: "specification" }), pin(both[1]!)], service.nowUs))
  assert.deepEqual(service.texts(), both)
})

test("what people say of a segment goes before specifications there too, for the past and whatever comes later", () => {
  const specified = ["/cities/{name}", "/cities/{name}/guides"].map((path) => pin(path, { source: "specification" }))
  const service = new FakeService()
  service.follow(service.trie.pin(specified, 0))
  const send = (name: string) => {
    service.send({ path: `/cities/${name}`, shape: shapeOf("city") })
    service.send({ path: `/cities/${name}/guides`, shape: shapeOf("guides") })
  }
  for (const name of ["berlin", "rome", "oslo"]) send(name)
  service.review()
  const before = service.texts()
  assert.deepEqual(before, ["/cities/{name}", "/cities/{name}/guides"])
  service.follow(service.trie.pin([pin("/cities/berlin"), ...specified], service.nowUs))
  const split = ["/cities/berlin", "/cities/berlin/guides", "/cities/{name}", "/cities/{name}/guides"]
  assert.deepEqual(service.texts(), split)
  service.trie = PathTrie.from(service.trie.toBytes())
  for (const name of ["berlin", "paris"]) send(name)
  service.send({ path: "/cities/berlin/guides/{int}", shape: 0 })
  service.review()
  assert.deepEqual(service.texts(), [...split, "/cities/berlin/guides/{int}"].sort())
  service.follow(service.trie.pin(specified, service.nowUs))
  assert.deepEqual(service.texts(), [...before, "/cities/{name}/guides/{int}"])
})
