// What holds for any traffic: leaves and templates agree with what was told, and a restart changes nothing.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { type FakeRequest, FakeService } from "./fake-service.ts"
import type { Pin } from "./path-learner.ts"
import { PathTrie } from "./path-trie.ts"

const RUNS = { numRuns: 40 }

const segment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("users", "orders", "items", "search", "me", "v1", "a", "b") },
  { weight: 2, arbitrary: fc.constantFrom("{int}", "{uuid}", "{hex}", "Set({int})", "{int}:run", "{~0f3a5c7d9e1b}") },
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 60 }).map((n) => `k${n}X`) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 30 }).map((n) => `name-${"abcdefghij"[n % 10]}${"xyz"[n % 3]}`) },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }).map((text) => text.replace(/[/{}?#\u0000-\u001f]/g, "-")) },
)
const request: fc.Arbitrary<FakeRequest> = fc.record({
  path: fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => `/${segments.join("/")}`),
  extension: fc.constantFrom("", "", "", "json", "pdf"),
  method: fc.constantFrom("GET", "GET", "POST"),
  shape: fc.integer({ min: 0, max: 5 }),
})
const traffic = fc.array(request, { minLength: 1, maxLength: 500 })
const pins = fc.array(
  fc.record({
    id: fc.uuid(),
    kind: fc.constantFrom("template", "template", "apart"),
    source: fc.constantFrom("analyst", "specification"),
    path: fc.constantFrom("/users/{id}", "/users", "/{a}/{b}", "/users/me", "/orders/{id}/items", "/v1/{x}.json", "/"),
  }),
  { maxLength: 3 },
) as fc.Arbitrary<Pin[]>

test("regroupings account for every leaf, and every noted path finds the leaf it was noted at", () => {
  fc.assert(
    fc.property(traffic, pins, (requests, pinned) => {
      const service = new FakeService(new PathTrie({ nodes: 400, bytes: 1e6 }))
      requests.forEach((one, i) => {
        if (i === requests.length >> 1) service.follow(service.trie.pin(pinned, service.nowUs))
        const folded = service.told.length
        const leaf = service.send(one)
        if (service.told.length === folded) {
          const found = service.trie.find(one.path, one.extension ?? "")
          assert.ok(found === leaf || leaf.template.text === "/{+rest}", one.path)
        }
      })
      service.review()
      const leaves = [...service.trie.leaves()]
      assert.equal(new Set(leaves.map(({ number }) => number)).size, leaves.length)
      const present = new Set(leaves.map(({ number }) => number))
      for (const number of service.counts.keys())
        assert.ok(present.has(number), `leaf ${number} is gone and nobody said so`)
      for (const { number, template } of leaves)
        if (service.templates.has(number)) assert.equal(service.templates.get(number), template.number)
      assert.equal(
        [...service.counts.values()].reduce((sum, count) => sum + count, 0),
        service.requests,
      )
      const texts = new Map(leaves.map(({ template }) => [template.number, template.text]))
      assert.equal(new Set(texts.values()).size, texts.size, "two templates with one text")
      for (const leaf of leaves)
        assert.ok(service.trie.evidence(leaf.template).every(({ sentence }) => sentence !== ""))
    }),
    RUNS,
  )
})

test("any cut into bytes and back goes on exactly as if there had been none", () => {
  fc.assert(
    fc.property(traffic, pins, fc.integer({ min: 1, max: 60 }), (requests, pinned, every) => {
      const limits = { nodes: 300, bytes: 1e6 }
      const whole = new FakeService(new PathTrie(limits))
      const cut = new FakeService(new PathTrie(limits))
      for (const [i, one] of requests.entries()) {
        if (i === requests.length >> 1)
          for (const service of [whole, cut]) service.follow(service.trie.pin(pinned, service.nowUs))
        if (i % every === 0) {
          const bytes = cut.trie.toBytes()
          cut.trie = PathTrie.from(bytes, limits)
          assert.equal(Buffer.compare(cut.trie.toBytes(), bytes), 0)
        }
        assert.equal(cut.send(one).number, whole.send(one).number)
      }
      for (const service of [whole, cut]) service.review()
      assert.deepEqual(cut.said, whole.said)
      assert.deepEqual(cut.trie.counters, whole.trie.counters)
    }),
    RUNS,
  )
})
