import assert from "node:assert/strict"
import { test } from "node:test"
import { ipv4Flow, lines, Recorder } from "../fake-conversation.ts"

const OK = { head: lines("HTTP/1.1 200 OK", "Content-Length: 0") }
const flow = ipv4Flow("192.0.2.1", 40_000, "192.0.2.2", 80)

function pathOf(recorder: Recorder, target: string, token: string): string {
  const head = lines(`GET ${target} HTTP/1.1`, "Host: api.example.com", `Authorization: Bearer ${token}`)
  return recorder.exchange(flow, { head }, OK).operation.path
}
const HIDDEN = /^\{~[0-9a-f]{12}\}$/

test("strict: a word is shown once two credentials have used it", () => {
  const recorder = new Recorder({ pathMode: "strict" })
  const first = pathOf(recorder, "/v1/orders/gadgets/17", "alice-token-1")
  const hidden = first.split("/")[3]!
  assert.match(hidden, HIDDEN)
  assert.equal(first, `/v1/orders/${hidden}/{int}`)
  assert.equal(pathOf(recorder, "/v1/orders/gadgets/18", "alice-token-1"), first)
  // The request that makes it known is still told by its pseudonym.
  assert.equal(pathOf(recorder, "/v1/orders/gadgets/18", "bobby-token-2"), first)
  assert.equal(pathOf(recorder, "/v1/orders/gadgets/18", "alice-token-1"), "/v1/orders/gadgets/{int}")
  assert.deepEqual(recorder.counters.pathWords, { hidden: 3, revealed: 1 })
})

test("strict: or twenty requests, but not where it may be a secret", () => {
  const recorder = new Recorder({ pathMode: "strict" })
  let paths: string[] = []
  for (let i = 0; i <= 20; i++) paths.push(pathOf(recorder, "/gadgets/hunter2", "alice-token-1"))
  assert.match(paths[19]!.split("/")[1]!, HIDDEN)
  assert.equal(paths[20]!.split("/")[1], "gadgets")
  assert.match(paths[20]!.split("/")[2]!, HIDDEN)
  for (let i = 0; i <= 30; i++) paths.push(pathOf(recorder, "/gadgets/JaneDoe", "alice-token-1"))
  assert.match(paths.at(-1)!.split("/")[2]!, HIDDEN)
  paths = ["smith", "jones"].map((name) => pathOf(recorder, `/gadgets/${name}`, "alice-token-1"))
  assert.equal(new Set(paths).size, 2)
  for (const path of paths) assert.match(path.split("/")[2]!, HIDDEN)
})

test("closed: only what every API has, versions and locales", () => {
  const recorder = new Recorder({ pathMode: "closed" })
  for (let i = 0; i < 30; i++) pathOf(recorder, "/api/v2/en-US/gadgets/search", `credential-${i}`)
  const [, api, version, locale, word, search] = pathOf(recorder, "/api/v2/en-US/gadgets/search", "x-token").split("/")
  assert.deepEqual([api, version, locale, search], ["api", "v2", "en-US", "search"])
  assert.match(word!, HIDDEN)
})

test("words beyond the limit are forgotten and learned again, never shown by mistake", () => {
  const recorder = new Recorder({ pathMode: "strict" })
  for (let i = 0; i < 34_000; i++) pathOf(recorder, `/w${Number(i).toString(36).replaceAll(/\d/g, "q")}`, "scan-token")
  assert.match(pathOf(recorder, "/gadgets", "scan-token").split("/")[1]!, HIDDEN)
})

test("addresses: pseudonym, plain, class", () => {
  const head = lines("GET / HTTP/1.1", "Host: 192.0.2.2")
  const seen = (["pseudonym", "plain", "class"] as const).map((addressMode) => {
    const { client, server } = new Recorder({ addressMode }).exchange(
      ipv4Flow("192.0.2.1", 40_000, "192.0.2.2", 80),
      { head },
      OK,
    )
    return [client.address, client.prefix, client.addressClass, server.address, server.authority]
  })
  assert.match(seen[0]![0]!, /^[0-9a-f]{12}$/)
  assert.ok(!JSON.stringify(seen[0]).includes("192.0.2"))
  assert.deepEqual(seen[1], ["192.0.2.1", "192.0.2.0/24", "public", "192.0.2.2", "ip-192.0.2.2"])
  assert.deepEqual(seen[2], ["", "", "public", "", "ip-"])
})
