import assert from "node:assert/strict"
import { test } from "node:test"
import { operation } from "./fake-batches.ts"
import { pathParametersOf, templateOf } from "./template.ts"

test("table: the template keeps the extension apart from the parameter", () => {
  const rows: readonly [path: string, extension: string, template: string][] = [
    ["/v1/orders/{int}", "", "/v1/orders/{int}"],
    ["/v1/orders/{int}", "json", "/v1/orders/{int}.json"],
    ["/", "", "/"],
    ["*", "", "*"],
  ]
  for (const [path, extension, template] of rows) {
    assert.equal(templateOf(operation({ path, extension })), template)
  }
})

test("table: path parameters are named after the text before them", () => {
  const rows: readonly [path: string, parameters: string][] = [
    ["/v1/orders", ""],
    ["/v1/orders/{int}", "orderId:int"],
    ["/v1/orders/{int}/lines/{int}", "orderId:int lineId:int"],
    ["/companies/{uuid}", "companyId:uuid"],
    ["/days/{date}/class/{int}", "dayId:date classId:int"],
    ["/{uuid}", "id1:uuid"],
    ["/{uuid}/{int}", "id1:uuid id2:int"],
    ["/orders/{int}/{int}", "orderId:int orderId2:int"],
    ["/geo;{int},{int}/x", "id1:int id2:int"],
    ["/a%7Bint%7D", ""],
    ["*", ""],
  ]
  for (const [path, parameters] of rows) {
    const found = pathParametersOf(path)
    assert.equal(found.map(({ name, kind }) => `${name}:${kind}`).join(" "), parameters, path)
  }
})
