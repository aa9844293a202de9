// The search for a message in the middle of a stream: strict, so that bodies are not taken for heads.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { StartScan } from "./start-scan.ts"

const scan = new StartScan()

/** Where a start is found, or -1 and how much must be kept. */
function find(text: string, what: "request" | "status" | "both" = "both"): string {
  const bytes = Buffer.from(text, "latin1")
  scan.run(bytes, 0, 0, bytes.length, what !== "status", what !== "request")
  return scan.found >= 0 ? `at ${scan.found}` : `keep ${bytes.length - scan.keep}`
}

const CASES: readonly (readonly [string, string])[] = [
  ["tail}GET /a HTTP/1.1\r\nHost: a\r\n", "at 5"],
  ["tailGET /a HTTP/1.1\r\n\r\n", "at 4"],
  ["xPROPPATCH /a HTTP/1.0\nHost: a\n", "at 1"],
  ["...HTTP/1.1 200 OK\r\nX: y\r\n", "at 3"],
  ["...HTTP/1.1 200\r\n\r\n", "at 3"],
  // Not yet: the line, or what follows it, is not there.
  ["ab\nGET /a HTTP/1.1", "keep 15"],
  ["ab\nGET /a HTTP/1.1\r\n", "keep 17"],
  ["ab\nGET /a HTTP/1.1\r\nHos", "keep 20"],
  ["ab\nHTTP/1.1 20", "keep 11"],
  ["ab\nHTTP/1.1 200 OK\r\nX", "keep 18"],
  // Not a message.
  ["GET /a b HTTP/1.1\r\nHost: a\r\n", "keep 0"],
  ["GET /a HTTP/2.0\r\nHost: a\r\n", "keep 0"],
  ["FROB /a HTTP/1.1\r\nHost: a\r\n", "keep 0"],
  ["GET /a HTTP/1.1\r\nno field\r\n", "keep 0"],
  ["GET /a HTTP/1.1 \r\nHost: a\r\n", "keep 0"],
  ["HTTP/1.1 2000 OK\r\nX: y\r\n", "keep 0"],
  ["HTTP/1.1 200 OK\r\nno field\r\n", "keep 0"],
  ["see http://x/ HTTP/1.1 200 OK, as the log says\n{}\n", "keep 0"],
]

for (const [text, expected] of CASES)
  test(JSON.stringify(text), () => {
    assert.equal(find(text), expected)
  })

test("each side is searched for what it sends", () => {
  const request = "GET /a HTTP/1.1\r\nHost: a\r\n"
  const status = "HTTP/1.1 200 OK\r\nX: y\r\n"
  assert.equal(find(status + request, "request"), `at ${status.length}`)
  assert.equal(find(request + status, "status"), `at ${request.length}`)
})

test("random bytes are never a message", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 2000 }), (raw) => {
      assert.match(find(Buffer.from(raw).toString("latin1")), /^keep/)
    }),
    { numRuns: 300 },
  )
})

// With work that grows with the square of the bytes this would take hours.
test("the work a byte is bounded: a megabyte of what nearly is a start", { timeout: 30_000 }, () => {
  for (const part of ["GET ", "HTTP/1.1 200 ", "GET / HTTP/1.1\r\n", "\n"])
    assert.match(find(part.repeat(1_000_000 / part.length)), /^keep/)
})
