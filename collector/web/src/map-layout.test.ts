import assert from "node:assert/strict"
import { test } from "node:test"
import { ENDS_MAX, layMap } from "./map-layout.ts"
import type { MapEdge, TrafficMap } from "./types/consumers.ts"

const edge = (caller: string, service: string, requests: number, response = {}): MapEdge => ({
  consumer: { id: caller, name: caller, scheme: "api-key" },
  partner: null,
  service: { id: service, name: service },
  requests,
  errors: 0,
  responseBytes: 0,
  consumers: 1,
  firstSeen: null,
  lastSeen: null,
  dataClasses: { request: { email: 1 }, response },
})
const mapOf = (items: readonly MapEdge[]): TrafficMap => {
  const ends = (ids: readonly string[]) => [...new Set(ids)].map((id) => ({ id, name: id, requests: 1, edges: 1 }))
  return {
    items,
    total: items.length,
    callers: ends(items.map(({ consumer }) => consumer!.id)),
    services: ends(items.map(({ service }) => service.id)),
    rest: { edges: 0, requests: 0, sentence: "" },
  }
}

test("one pair stands in the middle, its edge the widest, its classes named once", () => {
  const { callers, services, edges, height } = layMap(mapOf([edge("a", "x", 7, { email: 2, iban: 1 })]))
  assert.deepEqual([callers[0]?.y, services[0]?.y], [height / 2, height / 2])
  assert.deepEqual([edges[0]?.width, edges[0]?.classes], [10, ["email", "iban"]])
})

test("thirty a side: none on top of another, the rest counted, edges to them left out", () => {
  const items = Array.from({ length: 40 }, (_, i) => edge(`c${i}`, `s${i}`, 40 - i))
  const { callers, services, edges, hidden, height } = layMap(mapOf(items))
  assert.equal(callers.length, ENDS_MAX)
  assert.equal(services.length, ENDS_MAX)
  assert.equal(edges.length, ENDS_MAX)
  assert.deepEqual(hidden, { callers: 10, services: 10 })
  for (const [i, { y }] of callers.entries()) {
    assert.ok(y > 0 && y < height)
    if (i > 0) assert.ok(y - callers[i - 1]!.y >= 20)
  }
})

test("nothing: an empty picture", () => {
  const { callers, edges } = layMap(mapOf([]))
  assert.deepEqual([callers, edges], [[], []])
})
