// Each limit of options.ts that bounds bytes, reached. Those of queues are in pairing.test.ts.
import assert from "node:assert/strict"
import { test } from "node:test"
import { c, end, play, SERVER, s } from "./fake-session.ts"
import { FIELDS_MAX } from "./http-head.ts"

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

test("headBytesMax: a longer head is told by what was read of it, and the next message is searched for", () => {
  const long = `GET /long HTTP/1.1\r\nHost: a\r\nCookie: ${"x".repeat(300)}\r\n\r\n`
  for (const size of [1, 7, 1000]) {
    const { exchanges, counters } = play([c(`${long}GET /next HTTP/1.1\r\nHost: a\r\n\r\n`), s(OK), end(SERVER)], {
      options: { headBytesMax: 128 },
      cut: () => size,
    })
    assert.deepEqual(exchanges, [
      "complete GET /long +0 => 200 +2 http.head_too_long",
      "requestOnly GET /next +0 => - resynchronised ambiguous",
    ])
    assert.equal(counters.headTooLong, 1)
    assert.equal(counters.partialHeads, 1)
  }
})

test("a start line without an end is no message", () => {
  const { exchanges, counters } = play([c(`GET /${"a".repeat(500)}`)], { options: { headBytesMax: 128 } })
  assert.deepEqual(exchanges, [])
  assert.equal(counters.headTooLong, 1)
})

test("bodyPrefixBytes: never more of a body than that, whatever is wanted", () => {
  const { log } = play([c("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabcdef"), s(OK)], {
    wanted: 100,
    options: { bodyPrefixBytes: 3 },
    cut: () => 2,
  })
  assert.deepEqual(
    log.filter((line) => line.startsWith("body")),
    ['body of POST /: "abc"', 'body of 200: "hi" whole'],
  )
})

test("gatherBytesMax: beyond it, cut heads are skipped and body prefixes are given up", () => {
  const head = "GET /cut HTTP/1.1\r\nHost: a\r\n\r\n"
  const heads = play([c(head)], { options: { gatherBytesMax: 100 }, cut: () => 5 })
  assert.ok(heads.counters.gatherMemcapDrop > 0)
  assert.deepEqual(heads.exchanges, [])
  const bodies = play([c("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc"), c("def"), s(OK)], {
    wanted: 100,
    options: { gatherBytesMax: 100 },
  })
  assert.equal(bodies.counters.gatherMemcapDrop, 1)
  assert.deepEqual(bodies.exchanges, ["complete POST / +6 => 200 +2"])
})

test("gatherBytesMax: a head that cannot be gathered is passed over, not searched for anew", () => {
  const { counters, exchanges } = play(
    [c("GET /cut HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nUser-"), c("Agent: b\r\n\r\n")],
    {
      options: { gatherBytesMax: 100 },
    },
  )
  assert.deepEqual(exchanges, [])
  assert.equal(counters.gatherMemcapDrop, 1)
})

test("fields beyond the record are counted, and the last of the known ones still frame the body", () => {
  const fields = Array.from({ length: FIELDS_MAX + 20 }, (_, i) => `X-${i}: ${i}\r\n`).join("")
  const { exchanges } = play([c(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`), s(OK)])
  assert.deepEqual(exchanges, ["complete GET / +0 => 200 +2 http.many_fields"])
})

test("a body of length or chunk beyond the exact integers is not followed", () => {
  const length = play([c(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${"9".repeat(30)}\r\n\r\nabc`)])
  assert.deepEqual(length.exchanges, ["requestOnly POST / +0 => - http.lenient_head http.invalid_length"])
  const chunk = play([c(`POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${"f".repeat(20)}\r\nabc`)])
  assert.deepEqual(chunk.exchanges, ["requestOnly POST / +0 => - truncated http.bad_chunk"])
  assert.equal(chunk.counters.badChunk, 1)
})

test("trailers and size lines are bounded", () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
  const trailers = play([c(`${head}0\r\n${"X: y\r\n".repeat(40)}\r\n`)], { options: { headBytesMax: 128 } })
  assert.equal(trailers.counters.badChunk, 1)
  const extension = play([c(`${head}1;${"x".repeat(5000)}\r\na\r\n0\r\n\r\n`)])
  assert.equal(extension.counters.badChunk, 1)
})
