// The evaluation itself: what it scores, what traffic it makes, and that all of it runs.
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { test } from "node:test"
import { captureOf } from "./capture.ts"
import { describe, halfOf, providerOf } from "./description.ts"
import { evaluate, learnerRequests } from "./evaluation.ts"
import { ID_STYLES } from "./id-styles.ts"
import type { LearnerKind } from "./learner.ts"
import { ANCHORS } from "./learners.ts"
import { EndpointMatcher, oneSpelling, patternOf } from "./outside.ts"
import { OWN_DESCRIPTIONS } from "./own-descriptions.ts"
import { failures, groupingAccuracy, groupingF1, score } from "./scores.ts"
import { SeededRandom, Zipf } from "./seeded-random.ts"
import { isScored, makeTraffic } from "./traffic.ts"

const [SHOP] = OWN_DESCRIPTIONS as [(typeof OWN_DESCRIPTIONS)[number]]

test("scores: groups agree as wholes or not at all", () => {
  for (const [truth, predicted, ga, fga] of [
    ["aabb", "xxyy", 1, 1],
    ["aabb", "xxxx", 0, 0],
    ["aabb", "xxyz", 0.5, 0.4],
    ["aaab", "xxxx", 0, 0],
    ["aab ", "xxyy", 1, 1],
    ["", "", 1, 1],
  ] as const) {
    const own = [...truth].map((letter) => (letter === " " ? null : letter))
    const result = score(own, [...predicted])
    assert.equal(groupingAccuracy(result), ga, `${truth} ${predicted}`)
    assert.ok(Math.abs(groupingF1(result) - fga) < 1e-9, `${truth} ${predicted}: ${groupingF1(result)}`)
  }
  const [worst] = failures([..."aaab"], [..."xxyy"])
  assert.deepEqual(worst, {
    truth: "a",
    requests: 3,
    predicted: [
      { group: "x", requests: 2, foreign: 0 },
      { group: "y", requests: 1, foreign: 1 },
    ],
  })
  assert.equal(score(["a"], [""]).right, 0, "a request without a place is never right")
})

test("descriptions: routes without names, base paths, references; halves by provider", () => {
  const full = {
    basePath: "/v1/",
    parameters: { id: { name: "id", in: "path", type: "integer" } },
    paths: {
      "/a/{id}.json": { get: { parameters: [{ $ref: "#/parameters/id" }], responses: { 200: {}, default: {} } } },
    },
  }
  const [route] = describe("x", full).routes
  assert.deepEqual(
    { key: route?.key, template: route?.template, methods: route?.methods, type: route?.segments[2]?.values[0]?.type },
    { key: "/v1/a/{}.json", template: "/v1/a/{id}.json", methods: ["GET"], type: "integer" },
  )
  assert.equal(route?.statuses.get("GET")?.join(), "200")
  assert.equal(providerOf("googleapis.com__dns"), providerOf("googleapis.com__genomics"))
  assert.equal(halfOf("googleapis.com"), halfOf("googleapis.com"))
  assert.equal(SHOP.routes.length, 12, "methods of one path are one route")
})

test("traffic: the same for a seed, bounded populations, values that are no routes", () => {
  const options = { mode: "hard", requests: 400, seed: 3 } as const
  const traffic = makeTraffic(SHOP, options)
  assert.deepEqual(makeTraffic(SHOP, options).requests, traffic.requests)
  assert.notDeepEqual(makeTraffic(SHOP, { ...options, seed: 4 }).requests, traffic.requests)
  const scored = traffic.requests.filter(isScored)
  assert.ok(scored.length > 350 && scored.length < 400)
  assert.ok(traffic.requests.every((request, i) => i === 0 || request.timeUs >= traffic.requests[i - 1]!.timeUs))
  for (const { values, style } of traffic.populations.values())
    assert.ok(values.length > 0 && !values.includes("me") && !values.includes("search"), style)
  assert.equal(ID_STYLES.length, 18)
  for (const style of ID_STYLES) assert.ok(style.make(new SeededRandom(1))().length > 0, style.name)
})

test("a Zipf distribution gives the first its share", () => {
  const random = new SeededRandom(7)
  const zipf = new Zipf(10, 1)
  const counts = new Array<number>(10).fill(0)
  for (let i = 0; i < 10_000; i++) counts[zipf.draw(random)]!++
  assert.ok(Math.abs(counts[0]! / 10_000 - 1 / 2.929) < 0.02 && counts[9]! > 200, counts.join(" "))
})

test("a perfect learner scores 1, and its groups may have numbers", () => {
  const traffic = makeTraffic(SHOP, { mode: "native", requests: 300, seed: 1 })
  const requests = learnerRequests(traffic)
  let asked = 0
  const oracle: LearnerKind = {
    name: "oracle",
    isOnline: true,
    make: () => {
      const groups: string[] = []
      return {
        observe: () => void groups.push(`${SHOP.routes.indexOf(traffic.requests[groups.length]!.route!)}:/x`),
        groups: () => {
          asked++
          return groups
        },
      }
    },
  }
  const result = evaluate(traffic, requests, oracle)
  assert.deepEqual([groupingAccuracy(result.score), groupingF1(result.score), result.moved], [1, 1, 0])
  assert.deepEqual([result.stableAfter, asked > 2, result.failures.length], [100, true, 0])
  for (const kind of ANCHORS) {
    const { score: one } = evaluate(traffic, requests, kind)
    assert.ok(groupingAccuracy(one) > 0.2 && groupingAccuracy(one) < 1, `${kind.name}: ${groupingAccuracy(one)}`)
  }
})

test("from outside: templates as patterns, the one with most text first", () => {
  assert.ok(patternOf("/a/{int}.json").test("/a/17.json"))
  assert.ok(patternOf("/v1/{uuid}:cancel").test("/v1/abc:cancel"))
  assert.ok(!patternOf("/a/{word}").test("/a/b/c"))
  assert.equal(oneSpelling("/a%20b/%41/x%2fy/%zz"), oneSpelling("/a b/A/x%2Fy/%zz"))
  const matcher = new EndpointMatcher(
    ["/users/{word}", "/users/me", "/{word}/me"].map((template) => ({
      id: "",
      serviceName: "",
      method: "GET",
      template,
    })),
  )
  assert.equal(matcher.of("GET", "/users/me"), "GET /users/me")
  assert.equal(matcher.of("GET", "/users/you"), "GET /users/{word}")
  assert.equal(matcher.of("POST", "/users/you"), "")
  const traffic = makeTraffic(SHOP, { mode: "native", requests: 20, seed: 1 })
  assert.equal(
    Buffer.from(captureOf([traffic]))
      .toString("latin1")
      .split("Host: own-shop.example").length - 1,
    20,
  )
})

test("smoke: the tables are printed", () => {
  const main = join(import.meta.dirname, "main.ts")
  const text = execFileSync(process.execPath, [main, "--smoke", "--failures", "1"], { encoding: "utf8" })
  assert.match(text, /2 descriptions, 22 path templates/)
  assert.match(text, /native, 300 requests a service[\s\S]*Akto-like[\s\S]*hard, 300 requests a service[\s\S]*Drain/)
})
