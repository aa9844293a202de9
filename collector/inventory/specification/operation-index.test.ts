import assert from "node:assert/strict"
import { test } from "node:test"
import { documentOf, indexOf, OK, openapi } from "./fake-specifications.ts"
import { segmentsOf } from "./path-pattern.ts"
import { pinsOf } from "./specification-pins.ts"

const get = { get: { responses: OK } }
const PATHS = [
  "/",
  "/users/{id}",
  "/users/me",
  "/files/{id}",
  "/files/{id}.json",
  "/spans/{from}-{to}",
  "/Orders({key})/Lines",
  "/Orders(a='{a}',b={b})/X",
  "/all/{+rest}",
  "/jobs/{id}:cancel",
  "/bookings/{ref}",
  "/bookings/{ref}:refund",
  "/reports/sales-{month}.csv",
]
const INDEX = indexOf(
  documentOf(
    openapi(Object.fromEntries(PATHS.map((path) => [path, get])), { servers: [{ url: "https://api.example.com/v1" }] }),
  ),
)

test("templates find their operations, the best first", () => {
  const table: readonly [template: string, ...found: string[]][] = [
    ["/v1/users/{int}", "/users/{id}"],
    ["/v1/users/mueller", "/users/{id}"],
    ["/v1/users/me", "/users/me", "/users/{id}"],
    // What has learnt to cover text stands for more than that text.
    ["/v1/users/{word}", "/users/{id}"],
    ["/v1/users/{~0a1b2c3d4e5f}", "/users/{id}"],
    ["/v1/files/{uuid}.json", "/files/{id}.json", "/files/{id}"],
    ["/v1/files/abc.json", "/files/{id}.json", "/files/{id}"],
    ["/v1/files/abc", "/files/{id}"],
    ["/v1/spans/3-7", "/spans/{from}-{to}"],
    ["/v1/spans/{serial}", "/spans/{from}-{to}"],
    ["/v1/spans/-7"],
    ["/v1/Orders({int})/Lines", "/Orders({key})/Lines"],
    ["/v1/Orders({text})/X", "/Orders(a='{a}',b={b})/X"],
    ["/v1/all/a/b/c", "/all/{+rest}"],
    ["/v1/jobs/17:cancel", "/jobs/{id}:cancel"],
    ["/v1/jobs/17:stop"],
    ["/v1/bookings/{id}:refund", "/bookings/{ref}:refund"],
    ["/v1/bookings/TMVEUX:refund", "/bookings/{ref}:refund"],
    ["/v1/bookings/{id}", "/bookings/{ref}"],
    ["/v1/bookings/{id}:stop", "/bookings/{ref}"],
    ["/v1/reports/{serial}.csv", "/reports/sales-{month}.csv"],
    ["/v1/reports/{serial}", "/reports/sales-{month}.csv"],
    ["/v1/reports/{serial}.pdf"],
    ["/v1", "/"],
    ["/v1/", "/"],
    ["/"],
    ["/users/{int}"],
    ["/v1/users"],
    ["/v1/users/{int}/x"],
    ["/v1/%75sers/me", "/users/me", "/users/{id}"],
  ]
  for (const [template, ...found] of table)
    assert.deepEqual(
      INDEX.at(template).map(({ operation }) => operation.path),
      found,
      template,
    )
  assert.deepEqual(INDEX.find("POST", "/v1/users/me"), [])
})

test("hostile templates and paths cost little", () => {
  const wide = indexOf(
    documentOf(
      openapi(
        Object.fromEntries(
          Array.from({ length: 40 }, (_, i) => [
            `/${Array.from({ length: 12 }, (_, k) => ((i >> k) & 1 ? `{x${k}}` : `{a${k}}-{b${k}}`)).join("/")}`,
            get,
          ]),
        ),
      ),
    ),
  )
  const startMs = performance.now()
  wide.at(`/${Array(12).fill("a-b-c-d-e-f-g-h").join("/")}/z`)
  indexOf(documentOf(openapi({ [`/${Array.from({ length: 200 }, (_, i) => `{a${i}}x`).join("")}`]: get }))).at(
    `/${"x".repeat(900)}`,
  )
  assert.ok(performance.now() - startMs < 2000)
})

test("a path of braces is read in linear time; keys in parentheses are one parameter", () => {
  const operations = indexOf(documentOf(openapi({ [`/a(${"{".repeat(1_900)}`]: get, "/Orders(id={a},line={b})": get })))
  assert.equal(operations.find("GET", "/Orders(id=1,line=2)").length, 1)
  assert.equal(segmentsOf(`/a(${"{".repeat(200_000)}`).length, 1)
})

test("paths are pins, but for segments that a pin cannot say; what differs in names only is one", () => {
  const older = documentOf(openapi({ "/users/{userId}": get, "/gone/{id}": get }), "older", false)
  const current = documentOf(
    openapi({
      "/users/{id}": get,
      "/files/{id}.json": get,
      "/spans/{a}-{b}": get,
      "/r/{+rest}": get,
      "/": get,
      "/b/{ref}:refund": get,
    }),
  )
  const pins = pinsOf(indexOf(older, current))
  assert.deepEqual(
    pins.map(({ path, source }) => [path, source]),
    [
      ["/users/{id}", "specification"],
      ["/files/{id}.json", "specification"],
      ["/b/{ref}:refund", "specification"],
      ["/gone/{id}", "specification"],
    ],
  )
})
