// Small services: what must become one template, and what must not.
import assert from "node:assert/strict"
import { test } from "node:test"
import { EMPTY_SHAPES } from "../../../shared/event/api-event.ts"
import { FakeService, sequence, shapeOf } from "./fake-service.ts"

const PEOPLE =
  "mueller schmidt garcia rossi novak kowalski jensen dubois martin silva costa ivanov petrov tanaka suzuki nguyen park".split(
    " ",
  )
const DETAILS = "orders invoices addresses".split(" ")

test("strong kinds are one parameter at first sight, whatever their mix", () => {
  const service = new FakeService()
  for (const kind of ["int", "int", "hex", "uuid"]) service.send({ path: `/orders/{${kind}}` })
  service.review()
  assert.deepEqual(service.texts(), ["/orders/{id}"])
  service.send({ path: "/days/{date}" })
  service.send({ path: "/odata/Customers({int})/Orders" })
  service.send({ path: "/reports/{date}", extension: "csv" })
  service.send({ path: "/jobs/{uuid}:cancel" })
  service.review()
  assert.deepEqual(service.texts(), [
    "/days/{date}",
    "/jobs/{uuid}:cancel",
    "/odata/Customers({int})/Orders",
    "/orders/{id}",
    "/reports/{date}.csv",
  ])
})

test("names that answer alike and lead to the same are one parameter", () => {
  const service = new FakeService()
  for (let i = 0; i < 200; i++) {
    const person = PEOPLE[i % PEOPLE.length]!
    const detail = DETAILS[i % DETAILS.length]!
    service.send({ path: `/users/${person}`, shape: shapeOf("user") })
    service.send({ path: `/users/${person}/${detail}`, shape: shapeOf(detail) })
    service.send({ path: "/status/cache" })
  }
  service.review()
  const people = service.texts().filter((text) => text.startsWith("/users"))
  assert.deepEqual(people, [
    "/users/{word}",
    "/users/{word}/addresses",
    "/users/{word}/invoices",
    "/users/{word}/orders",
  ])
})

test("routes that answer differently stay apart", () => {
  const service = new FakeService()
  const routes = "login logout profile settings avatar password sessions tokens devices history exports imports".split(
    " ",
  )
  for (let i = 0; i < 400; i++) service.send({ path: `/account/${routes[i % routes.length]}` })
  service.review()
  assert.deepEqual(service.texts(), routes.map((route) => `/account/${route}`).sort())
})

test("a family of routes that all answer alike stays apart, and is suggested", () => {
  const service = new FakeService()
  const kinds = "genders roles titles salutations languages".split(" ")
  for (let i = 0; i < 400; i++) {
    service.send({ path: `/classifications/${kinds[i % kinds.length]}`, shape: shapeOf("codes") })
    for (const other of ["orders", "items", "carts"]) service.send({ path: `/${other}/latest` })
  }
  service.review()
  for (const kind of kinds) assert.ok(service.texts().includes(`/classifications/${kind}`))
  const [suggestion] = service.trie.suggestions()
  assert.equal(suggestion?.template, "/classifications/{word}")
  assert.deepEqual(suggestion.values, kinds.toSorted())
})

test("APIs whose answers all look the same: the shape alone merges no routes", () => {
  const service = new FakeService()
  const random = sequence(3)
  const verbs =
    "create update delete find list count lock unlock move copy share print sign send open close merge split tag rate".split(
      " ",
    )
  const paths = verbs.flatMap((verb) => [`/rpc/${verb}Record`, `/rpc/${verb}PersonAddress`])
  for (let i = 0; i < 1500; i++)
    service.send({ path: paths[Math.floor(random() ** 2 * paths.length)]!, method: "POST", shape: 1 })
  service.review()
  assert.equal(service.texts().length, paths.length)
})

test("reserved words and what answers otherwise stay apart beside a parameter", () => {
  const service = new FakeService()
  for (let i = 0; i < 300; i++) {
    service.send({ path: "/users/{uuid}", shape: shapeOf("user") })
    if (i % 5 === 0) service.send({ path: "/users/me", shape: shapeOf("user") })
    if (i % 7 === 0) service.send({ path: "/users/birthdays", shape: shapeOf("days") })
  }
  service.review()
  assert.deepEqual(service.texts(), ["/users/birthdays", "/users/me", "/users/{uuid}"])
})

test("codes and mixtures of letters and digits need few examples; a new one is expected", () => {
  const service = new FakeService()
  for (const code of ["FRA", "MUC", "JFK", "LHR", "AMS", "CDG"])
    service.send({ path: `/airports/${code}`, shape: shapeOf("airport") })
  service.review()
  assert.deepEqual(service.texts(), ["/airports/{code}"])
  const leaf = service.send({ path: "/airports/ZRH", shape: shapeOf("airport") })
  assert.equal(leaf.template.text, "/airports/{code}")
})

test("names of files are one parameter, formats of one thing are not", () => {
  const service = new FakeService()
  const random = sequence(5)
  const endings = ["pdf", "png", "docx"]
  for (let i = 0; i < 300; i++) {
    const n = Math.floor(random() * 80)
    service.send({ path: `/files/scan-${n}`, extension: endings[n % 3]!, shape: 0 })
    service.send({ path: "/specs/api", extension: i % 2 ? "json" : "yaml" })
  }
  service.review()
  const files = service.texts().filter((text) => text.startsWith("/files"))
  assert.equal(files.length, 1, files.join(" "))
  assert.deepEqual(
    service.texts().filter((text) => text.startsWith("/specs")),
    ["/specs/api.json", "/specs/api.yaml"],
  )
})

test("a wrong merge is taken back when answers differ", () => {
  const service = new FakeService()
  for (const code of ["A1X", "B2X", "C3X", "D4X"]) service.send({ path: `/x/${code}`, shape: shapeOf("one") })
  service.review()
  assert.deepEqual(service.texts(), ["/x/{code}"])
  for (let i = 0; i < 200; i++)
    for (const code of ["A1X", "B2X", "C3X", "D4X"])
      for (const part of ["p", "q", "r"])
        service.send({ path: `/x/${code}/${code}${part}`, shape: shapeOf(code + part) })
  for (let i = 0; i < 80; i++) service.send({ path: "/x/summary", shape: shapeOf("summary") })
  service.review()
  assert.ok(service.texts().includes("/x/summary"))
})

test("evidence names kinds, values, examples and says it in one sentence", () => {
  const service = new FakeService()
  for (let i = 0; i < 120; i++) service.send({ path: `/users/${PEOPLE[i % 17]}/orders/{int}`, shape: shapeOf("order") })
  service.review()
  const [user, order, ...others] = service.trie.evidence(service.templateNamed("/users/{word}/orders/{int}"))
  assert.equal(others.length, 0)
  assert.deepEqual(
    [user!.segment, user!.name, user!.rule, order!.segment, order!.name, order!.rule],
    [1, "word", "similar", 3, "int", "strong"],
  )
  assert.deepEqual(user!.kinds, { word: 120 })
  assert.ok(user!.values >= 14 && user!.values <= 20 && user!.isOpen, String(user!.values))
  assert.equal(user!.examples.length, 8)
  assert.ok(user!.numbers.evidence! > 1)
  assert.match(
    user!.sentence,
    /^\{word\} is a parameter because about \d+ texts \(".*"\) look like values \(word\) and answer alike/,
  )
})

test("what is no path has a template that looks like no other", () => {
  const service = new FakeService()
  service.send({ path: "*", method: "OPTIONS" })
  service.send({ path: "/*" })
  service.send({ path: "/" })
  service.send({ path: "" })
  service.send({ path: "/{~0f3a5c7d9e1b}/x" })
  service.review()
  assert.deepEqual(service.texts(), ["", "*", "/", "/*", "/{~0f3a5c7d9e1b}/x"])
})

test("routes that answer an empty list are no values of one parameter", () => {
  const service = new FakeService()
  const [empty] = EMPTY_SHAPES
  for (let i = 0; i < 400; i++) {
    const name = ["kernels", "sessions", "terminals"][i % 3]!
    service.send({ path: `/api/${name}`, shape: empty! })
    service.send({ path: "/api/status" })
    service.send({ path: "/api/kernelspecs" })
  }
  service.review()
  for (const name of ["kernels", "sessions", "terminals"])
    assert.equal(service.trie.find(`/api/${name}`, "")!.template.text, `/api/${name}`)
})

test("a verb is its values' own, also where the plain values are too many to be counted apart", () => {
  const service = new FakeService()
  const letters = "ABCDEFGHKMNPQRSTUVWX"
  const ref = (i: number): string =>
    [0, 1, 2, 3, 4, 5].map((k) => letters[(i * (2 * k + 3) + k * k) % letters.length]).join("")
  for (let i = 0; i < 400; i++) {
    const isStrong = i % 3 > 0
    service.send({ path: `/bookings/${isStrong ? "{id}" : ref(i)}`, shape: shapeOf("booking") })
    if (i % 8 === 0) service.send({ path: `/bookings/${i % 16 > 0 ? "{id}" : ref(i + 7)}:refund`, method: "POST" })
  }
  service.review()
  assert.deepEqual(service.texts(), ["/bookings/{id}", "/bookings/{id}:refund"])
})

test("routes that have long been used are not taken by words that somebody makes up beside them", () => {
  for (const [made, isOneShape] of [
    [3, true],
    [5, true],
    [40, true],
    [5, false],
    [40, false],
  ] as const) {
    const service = new FakeService()
    const routes = ["admin", "users", "orders", "health"]
    const use = (requests: number): void => {
      for (let i = 0; i < requests; i++) {
        const route = routes[i % routes.length]!
        service.send({ path: `/api/${route}`, shape: shapeOf(isOneShape ? "list" : route) })
      }
    }
    use(800)
    for (let i = 0; i < made; i++) {
      const word = Array.from({ length: 8 }, (_, k) => String.fromCharCode(97 + ((i * 7 + k * (i + 3) * 5) % 26))).join(
        "",
      )
      service.send({ path: `/api/${word}`, shape: shapeOf(isOneShape ? "list" : "admin") })
    }
    use(400)
    service.review()
    const texts = service.texts()
    for (const route of routes) assert.ok(texts.includes(`/api/${route}`), `${made} ${isOneShape}: ${texts.join(" ")}`)
  }
})

test("where all answers look the same they are no evidence: routes stay, a crowd of names does not", () => {
  const service = new FakeService()
  const kinds = ["datasets", "annotations", "callsets", "readgroups", "references", "variants", "reads"]
  const [shape, method] = [shapeOf("envelope"), "POST"]
  for (let i = 0; i < 500; i++) {
    const kind = kinds[i % kinds.length]
    service.send({ path: `/v1/${kind}`, shape })
    service.send({ path: `/v1/${kind}/search`, shape, method })
    service.send({ path: `/v1/${kind}/{int}`, shape })
    service.send({ path: `/v1/${kind}/{int}/log`, shape })
    service.send({ path: `/v1/reads/{int}/by/${PEOPLE[i % 17]}${"xyz"[i % 3]}`, shape })
  }
  service.review()
  assert.deepEqual(
    service.texts(),
    [
      ...kinds.flatMap((kind) => ["", "/search", "/{int}", "/{int}/log"].map((below) => `/v1/${kind}${below}`)),
      "/v1/reads/{int}/by/{word}",
    ].sort(),
  )
})
