// Hostile and endless paths: bounded, flagged, and what is known stays as it is.
import assert from "node:assert/strict"
import { test } from "node:test"
import { FakeService, sequence, shapeOf } from "./fake-service.ts"
import { DEFAULT_PATH_LIMITS, PathTrie } from "./path-trie.ts"

const KNOWN = ["/v1/orders", "/v1/orders/{int}", "/v1/orders/{int}/lines", "/v1/users/me"]

function known(service: FakeService, rounds: number): void {
  for (let i = 0; i < rounds; i++) for (const path of KNOWN) service.send({ path })
}

test("made-up paths answered with success, of any depth: bounded, and known templates stay clean", () => {
  const service = new FakeService(new PathTrie({ nodes: 2048, bytes: 1024 * 1024 }))
  known(service, 50)
  const random = sequence(11)
  const word = (): string =>
    Array.from({ length: 3 + Math.floor(random() * 9) }, () =>
      String.fromCharCode(97 + Math.floor(random() * 26)),
    ).join("")
  for (let i = 0; i < 3_000; i++) {
    const depth = 1 + Math.floor(random() * (i % 50 === 0 ? 64 : 4))
    service.send({ path: `/${Array.from({ length: depth }, word).join("/")}`, shape: Math.floor(random() * 1e9) })
    if (i % 200 === 0) known(service, 1)
    const { nodes, bytes } = service.trie.counters
    assert.ok(nodes <= 2048 + 1 && bytes <= 1024 * 1024 + 4096, `${nodes} nodes, ${bytes} bytes`)
  }
  service.review()
  for (const text of KNOWN)
    assert.ok(service.texts().includes(text), `${text} among ${service.texts().slice(0, 40).join(" ")}`)
  const { floods, capped, folds } = service.trie.counters
  assert.ok(floods + capped + folds > 0)
  assert.ok(service.texts().length < 500, String(service.texts().length))
  service.send({ path: "/v1/invoices" })
})

test("more children than a place may have are one parameter, flagged as a flood; the heaviest stay", () => {
  const service = new FakeService()
  for (let i = 0; i < 400; i++) {
    const name = `${"abcdefghij"[i % 10]}${"klmnopqrst"[Math.floor(i / 10) % 10]}${"uvwxyz"[Math.floor(i / 100)]}op`
    service.send({ path: `/pages/${name}`, shape: i })
    service.send({ path: "/pages/contact", shape: 1 })
  }
  service.review()
  assert.ok(service.texts().includes("/pages/contact"), service.texts().slice(0, 9).join(" "))
  assert.ok(service.texts().length < 80, `${service.texts().length}: ${service.texts().slice(0, 9).join(" ")}`)
  const text = service.texts().find((one) => one.startsWith("/pages/{"))!
  const [evidence] = service.trie.evidence(service.templateNamed(text))
  assert.equal(evidence!.rule, "flood")
  assert.ok(service.trie.counters.floods >= 256)
})

test("made-up versions are one parameter; those in use stay text, and so does what is reserved", () => {
  const service = new FakeService()
  known(service, 40)
  for (let i = 0; i < 400; i++) {
    service.send({ path: `/v${i + 2}/admin${i % 7}`, shape: shapeOf("page") })
    service.send({ path: "/health", shape: shapeOf("health") })
  }
  service.review()
  for (const text of [...KNOWN, "/health"]) assert.ok(service.texts().includes(text), text)
  assert.ok(service.texts().length < 24, service.texts().join(" "))
  const few = new FakeService()
  for (let i = 0; i < 400; i++) few.send({ path: `/v${i % 12}/orders`, shape: shapeOf("orders") })
  few.review()
  assert.equal(few.texts().length, 12)
})

test("past the limit of nodes what is new shares one leaf that looks like no path", () => {
  const service = new FakeService(new PathTrie({ ...DEFAULT_PATH_LIMITS, nodes: 40 }))
  for (let i = 0; i < 60; i++) service.trie.add(`/${"abcdefgh".slice(0, 1 + (i % 8))}${"uvwxyz".repeat(1 + i)}`, "", 0)
  assert.ok(service.trie.counters.nodes <= 41)
  assert.ok(service.trie.counters.capped > 0)
  assert.ok(service.texts().includes("/{+rest}"))
})

test("an open parameter counts the heaviest values apart and the others together", () => {
  const service = new FakeService()
  const random = sequence(2)
  for (let i = 0; i < 4000; i++) {
    const n = Math.floor(random() ** 3 * 400)
    service.send({ path: `/skus/AB${n}C`, shape: shapeOf("sku") })
    if (i % 3 === 0) service.send({ path: `/skus/AB${n}C/stock`, shape: shapeOf("stock") })
  }
  service.review()
  assert.deepEqual(service.texts(), ["/skus/{code}", "/skus/{code}/stock"])
  const leaves = [...service.trie.leaves()]
  assert.ok(leaves.length <= 2 * 17)
  const shared = leaves.filter(({ path }) => path.includes("{"))
  assert.deepEqual(shared.map(({ path }) => path).sort(), ["/skus/{code}", "/skus/{code}/stock"])
  const [evidence] = service.trie.evidence(service.templateNamed("/skus/{code}"))
  assert.ok(evidence!.isOpen && evidence!.values > 200 && evidence!.values < 700, String(evidence!.values))
  assert.deepEqual(service.counts.size, leaves.length)
  assert.equal(
    [...service.counts.values()].reduce((sum, count) => sum + count, 0),
    service.requests,
  )
})
