// Values of queries: which are told, as what, and when a parameter has too many of them.
import assert from "node:assert/strict"
import { test } from "node:test"
import { NO_NUMBERS } from "../../shared/event/api-event.ts"
import { ipv4Flow, lines, Recorder } from "./fake-conversation.ts"
import { isTellingName, PAUSE_REQUESTS, VALUES_MAX } from "./query-values.ts"

const CONVERSATION = ipv4Flow("198.51.100.1", 40_000, "192.0.2.77", 80)

function told(recorder: Recorder, target: string): readonly (readonly [string, number])[] {
  recorder.exchange(CONVERSATION, { head: lines(`GET ${target} HTTP/1.1`, "Host: a.example") }, null)
  const { operation, queryValues } = recorder.events.at(-1)!
  if (queryValues.length === 0) {
    assert.equal(queryValues, NO_NUMBERS)
    return []
  }
  assert.equal(queryValues.length, operation.query.length)
  return operation.query.map((entry, k) => [entry, queryValues[k]!] as const)
}

test("words, codes and small numbers are told; ids, dates, secrets and long values are not", () => {
  const recorder = new Recorder()
  const table: Readonly<Record<string, boolean>> = {
    "status=open": true,
    "currency=EUR": true,
    "lang=en-US": true,
    "v=v1.2": true,
    "sort=created-at": true,
    "deep=true": true,
    "page=9999": true,
    "page=10000": false,
    "id=4711000": false,
    "since=2024-01-29": false,
    "ref=INV-000123": false,
    "plate=M-AB1234": false,
    "q=hello%20world": false,
    "q=a%62c": false,
    "account=c4711": false,
    "x=sk_live_abcdefghijkl": false,
    "x=dQw4w9WgXcQdQw4w9WgXcQ": false,
    "x=a-word-that-is-longer-than-values-are": false,
    "flag=": false,
    "password=hunter": false,
    "api_key=demo-key": false,
    "accessToken=abc": false,
    "user=jane": false,
    "email=jane": false,
  }
  for (const [query, isTold] of Object.entries(table)) {
    const values = told(recorder, `/x?${query}`)
    assert.equal(
      values.some(([, value]) => value !== 0),
      isTold,
      query,
    )
  }
})

test("equal values have equal numbers, but for other parameters; the k-th is of the k-th entry", () => {
  const recorder = new Recorder()
  const [[, open], [, word]] = told(recorder, "/x?zone=north&state=open") as [[string, number], [string, number]]
  assert.deepEqual(told(recorder, "/x?state=open&zone=north"), [
    ["state:word", open],
    ["zone:word", word],
  ])
  assert.deepEqual(told(recorder, "/other?state=open&day=2024-01-29&a=north"), [
    ["a:word", told(recorder, "/x?a=north")[0]![1]],
    ["day:date", 0],
    ["state:word", open],
  ])
  assert.notEqual(told(recorder, "/x?a=north")[0]![1], word)
  assert.equal(told(recorder, "/x?state=open&state=shut")[0]![1], open)
})

test("a parameter with too many values pauses, and is told again after that", () => {
  const recorder = new Recorder()
  const letters = (i: number): string => String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26))
  for (let i = 0; i < VALUES_MAX; i++) assert.notDeepEqual(told(recorder, `/x?q=${letters(i)}`), [], `${i}`)
  for (let i = 0; i <= PAUSE_REQUESTS; i++)
    assert.deepEqual(told(recorder, `/x?q=${letters(VALUES_MAX - (i % 2))}`), [])
  assert.notDeepEqual(told(recorder, `/x?q=${letters(VALUES_MAX)}`), [])
  assert.notDeepEqual(told(recorder, "/y?q=zz"), [])
})

test("nothing is told when that is what was set, nor of a conversation", () => {
  assert.deepEqual(told(new Recorder({ valueMode: "none" }), "/x?state=open"), [])
})

test("names that speak of secrets and persons", () => {
  for (const name of [
    "pass",
    "newPassword",
    "client_secret",
    "pin",
    "X-Auth",
    "session_id",
    "userName",
    "apikey",
    "{id}",
  ])
    assert.equal(isTellingName(name), false, name)
  for (const name of ["status", "state", "sort", "currency", "page", "filename", "compass", "monkey", "spin", "author"])
    assert.equal(isTellingName(name), true, name)
})
