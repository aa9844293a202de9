import assert from "node:assert/strict"
import { test } from "node:test"
import { isName, pathParametersOf } from "./template.ts"

test("table: paths that are names", () => {
  const rows: readonly [path: string, operationKey: string, isNamed: boolean][] = [
    ["/v1/orders/{int}", "", false],
    ["/", "", false],
    ["*", "", true],
    ["{authority}", "", true],
    ["/pkg.Orders/Get", "pkg.Orders/Get", true],
    ["/base/pkg.Orders/Get", "pkg.Orders/Get", true],
    ["/graphql", "query Orders", false],
    ["/mcp", "tools/call search", false],
  ]
  for (const [path, operationKey, isNamed] of rows) assert.equal(isName({ path, operationKey }), isNamed, path)
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
    ["/users/{id}/files/{+rest}", "userId:id rest:+rest"],
    ["/orders/{orderRef}/lines/{n}", "orderRef:orderRef n:n"],
  ]
  for (const [path, parameters] of rows) {
    const found = pathParametersOf(path)
    assert.equal(found.map(({ name, kind }) => `${name}:${kind}`).join(" "), parameters, path)
  }
})
