// Who answers whom, case by case: a conversation and the exchanges that come of it.
import assert from "node:assert/strict"
import { test } from "node:test"
import { Anomaly } from "../../shared/event/anomalies.ts"
import { StreamEnd } from "../tcp/session-receiver.ts"
import { at, CLIENT, c, end, gap, odd, type PlayOptions, play, SERVER, type Step, s } from "./fake-session.ts"

/** 28 bytes for a path of two characters. */
const GET = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
/** 40 bytes. */
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
const NONE = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
const EMPTY = "HTTP/1.1 204 No Content\r\n\r\n"
/** What answers a HEAD. */
const HEADED = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
const BIG = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\nX-Pad: ${"x".repeat(60)}\r\n\r\n`
const BIG_BYTES = BIG("/1").length
const GET_BYTES = GET("/1").length
const OK_BYTES = OK.length

interface Case {
  readonly it: string
  readonly talk: readonly Step[]
  readonly exchanges: readonly string[]
  readonly with?: PlayOptions
}

const CASES: readonly Case[] = [
  {
    it: "a response delivered before its request waits for it: the mirror had turned them around",
    talk: [s(OK, GET_BYTES), c(GET("/1"), 0), c(GET("/2"), OK_BYTES), s(NONE)],
    exchanges: ["complete GET /1 +0 => 200 +2", "complete GET /2 +0 => 404 +0"],
  },
  {
    it: "several of them, in order",
    talk: [s(OK, GET_BYTES), s(NONE, 2 * GET_BYTES), c(GET("/1"), 0), c(GET("/2"), OK_BYTES)],
    exchanges: ["complete GET /1 +0 => 200 +2", "complete GET /2 +0 => 404 +0"],
  },
  {
    it: "a response whose request was lost is alone",
    talk: [c(GET("/1")), s(OK), gap(CLIENT, GET_BYTES), s(NONE, 2 * GET_BYTES), c(GET("/3")), s(OK), end(SERVER)],
    exchanges: [
      "complete GET /1 +0 => 200 +2",
      "responseOnly - => 404 +0",
      "complete GET /3 +0 => 200 +2 resynchronised",
    ],
  },
  {
    it: "a held response whose request turns out to be lost is alone",
    talk: [s(OK, GET_BYTES), gap(CLIENT, GET_BYTES), c(GET("/2"), OK_BYTES), s(NONE), end(SERVER)],
    exchanges: ["responseOnly - => 200 +2", "complete GET /2 +0 => 404 +0 resynchronised"],
  },
  {
    it: "a request whose response was lost is alone",
    talk: [c(GET("/1")), gap(SERVER, OK_BYTES), c(GET("/2")), s(NONE)],
    exchanges: ["requestOnly GET /1 +0 => -", "complete GET /2 +0 => 404 +0 resynchronised"],
  },
  {
    it: "pipelined requests and a lost response: nothing is claimed",
    talk: [c(GET("/1") + GET("/2")), gap(SERVER, OK_BYTES), s(NONE)],
    exchanges: [
      "unpaired GET /1 +0 => -",
      "unpaired - => 404 +0 resynchronised",
      "requestOnly GET /2 +0 => - ambiguous",
    ],
  },
  {
    it: "requests that were answered before the loss stay paired",
    talk: [c(GET("/1") + GET("/2")), s(OK), gap(SERVER, 10), s("rest\r\n\r\n"), end(SERVER)],
    exchanges: ["complete GET /1 +0 => 200 +2", "requestOnly GET /2 +0 => - ambiguous"],
  },
  {
    it: "one direction tapped: requests come out when the next one shows that the answer has passed",
    talk: [c(GET("/1"), -1), c(GET("/2"), -1)],
    exchanges: ["requestOnly GET /1 +0 => - oneWay", "requestOnly GET /2 +0 => - oneWay"],
    with: { seen: [CLIENT] },
  },
  {
    it: "the other direction tapped: responses only",
    talk: [s(OK, -1), s(NONE, -1)],
    exchanges: ["responseOnly - => 200 +2 oneWay", "responseOnly - => 404 +0 oneWay"],
    with: { seen: [SERVER] },
  },
  {
    it: "responses alone, some to HEAD: what looks like the next response is not body",
    talk: [s("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n", -1), s(NONE, -1)],
    exchanges: ["responseOnly - => 200 +0 oneWay", "responseOnly - => 404 +0 oneWay"],
    with: { seen: [SERVER] },
  },
  {
    it: "408 on an idle connection answers nothing, though a request was on its way",
    talk: [c(GET("/1")), s(OK), c(GET("/2")), s("HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n", GET_BYTES)],
    exchanges: [
      "complete GET /1 +0 => 200 +2",
      "responseOnly - => 408 +0 http.response_without_request",
      "requestOnly GET /2 +0 => -",
    ],
  },
  {
    it: "408 before any request",
    talk: [c(GET("/1"), 0), s("HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n", 0)],
    exchanges: ["responseOnly - => 408 +0 http.response_without_request", "requestOnly GET /1 +0 => -"],
  },
  {
    it: "a request sent after the response had been received was not asked for by it",
    talk: [c(GET("/1")), s(OK), s(NONE), c(GET("/2"))],
    exchanges: [
      "complete GET /1 +0 => 200 +2",
      "responseOnly - => 404 +0 http.response_without_request",
      "requestOnly GET /2 +0 => - ambiguous",
    ],
  },
  {
    it: "an interim response moves the place of the answer, not the answer",
    talk: [c(GET("/1")), gap(SERVER, OK_BYTES), c(GET("/2")), s(`HTTP/1.1 103 Early Hints\r\n\r\n${OK}`)],
    exchanges: ["requestOnly GET /1 +0 => -", "complete GET /2 +0 => 200 +2"],
  },
  {
    it: "data after a message that announced the end of the connection is odd",
    talk: [c("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), s(OK), c(GET("/2")), s(NONE)],
    exchanges: ["complete GET /1 +0 => 200 +2", "complete GET /2 +0 => 404 +0 http.data_after_close"],
  },
  {
    it: "what TCP found odd is told with the message at hand",
    talk: [odd(CLIENT, Anomaly.overlapConflict), c(GET("/1")), s(OK)],
    exchanges: ["complete GET /1 +0 => 200 +2 tcp.overlap_conflict"],
  },
  {
    it: "midstream, and the capture ends after one exchange: what was before is not known, so nothing is claimed",
    talk: [c(GET("/1")), s(OK)],
    exchanges: ["unpaired GET /1 +0 => - midstream", "unpaired - => 200 +2 midstream"],
    with: { midstream: true },
  },
  {
    it: "midstream, and the server stays silent afterwards: it owed no other answer",
    talk: [c(GET("/1")), s(OK)],
    exchanges: ["complete GET /1 +0 => 200 +2 midstream"],
    with: { midstream: true, closeUs: 3_000_000 },
  },
  {
    it: "midstream, and the server closes: it owed no other answer",
    talk: [c(GET("/1")), s(OK), end(SERVER)],
    exchanges: ["complete GET /1 +0 => 200 +2 midstream"],
    with: { midstream: true },
  },
  {
    it: "midstream, and the server says that it closes although the client did not ask for it: it may owe an answer",
    talk: [c(GET("/1")), s("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), end(SERVER)],
    exchanges: ["unpaired GET /1 +0 => - midstream", "unpaired - => 200 +0 midstream"],
    with: { midstream: true },
  },
  {
    it: "midstream, and two answers follow one request: the first belongs to one that was not seen",
    talk: [c(GET("/2")), s(OK), s(NONE), end(SERVER)],
    exchanges: [
      "unpaired GET /2 +0 => - midstream",
      "unpaired - => 200 +2 midstream",
      "responseOnly - => 404 +0 midstream",
    ],
    with: { midstream: true },
  },
  {
    it: "responses delivered before requests that share a segment: the first must not be decided without the others",
    talk: [s(OK, GET_BYTES), s(NONE, 3 * GET_BYTES), s(EMPTY, 3 * GET_BYTES), c(GET("/1") + GET("/2") + GET("/3"), 0)],
    exchanges: ["complete GET /1 +0 => 200 +2", "complete GET /2 +0 => 404 +0", "complete GET /3 +0 => 204 +0"],
  },
  {
    it: "a loss behind a response that waits for its request comes after it, however late that is decided",
    talk: [
      s(OK, GET_BYTES),
      gap(SERVER, OK_BYTES),
      s(NONE, 3 * GET_BYTES),
      c(GET("/1"), 0),
      c(GET("/2"), OK_BYTES),
      gap(CLIENT, GET_BYTES),
      c(GET("/4"), 2 * OK_BYTES + NONE.length),
    ],
    exchanges: [
      "complete GET /1 +0 => 200 +2",
      "unpaired GET /2 +0 => -",
      "unpaired - => 404 +0 resynchronised",
      "requestOnly GET /4 +0 => - resynchronised ambiguous",
    ],
  },
  {
    it: "a lost request, pipelined, whose answer looks like one to HEAD: that guess must not hide the pipelining",
    talk: [
      c(GET("/1"), 0),
      s(NONE, GET_BYTES),
      gap(CLIENT, GET_BYTES),
      c(GET("/3"), NONE.length),
      s(HEADED, 3 * GET_BYTES),
      c(GET("/4"), NONE.length + HEADED.length),
      s(OK, 4 * GET_BYTES),
      c(GET("/5"), NONE.length + HEADED.length + OK_BYTES),
      s(EMPTY, 5 * GET_BYTES),
    ],
    exchanges: [
      "complete GET /1 +0 => 404 +0",
      "responseOnly - => 200 +0",
      "unpaired GET /3 +0 => - resynchronised",
      "unpaired - => 200 +2",
      "unpaired GET /4 +0 => -",
      "unpaired - => 204 +0",
      "requestOnly GET /5 +0 => -",
    ],
  },
  {
    it: "answers to hidden requests are counted for the loss that hides them, not for one in a request behind",
    talk: [
      gap(CLIENT, 2 * GET_BYTES),
      s(OK, GET_BYTES),
      s(NONE, 2 * GET_BYTES),
      c(GET("/3").slice(0, -6), OK_BYTES + NONE.length),
      gap(CLIENT, 1),
      c("a\r\n\r\n", OK_BYTES + NONE.length),
      s(OK, 3 * GET_BYTES),
      c(GET("/4"), 2 * OK_BYTES + NONE.length),
      s(NONE, 4 * GET_BYTES),
      end(SERVER),
    ],
    exchanges: [
      "responseOnly - => 200 +2",
      "responseOnly - => 404 +0",
      "unpaired GET /3 +0 => - gap resynchronised",
      "unpaired - => 200 +2",
      "complete GET /4 +0 => 404 +0 resynchronised",
    ],
  },
  {
    it: "a large request is lost: it may have been two, until one as large is seen",
    talk: [
      c(GET("/1")),
      s(OK),
      gap(CLIENT, BIG_BYTES),
      s(NONE),
      c(GET("/3")),
      s(OK),
      c(BIG("/4")),
      s(OK),
      c(GET("/5")),
      s(NONE),
    ],
    exchanges: [
      "complete GET /1 +0 => 200 +2",
      "responseOnly - => 404 +0",
      "unpaired GET /3 +0 => - resynchronised",
      "unpaired - => 200 +2",
      "complete GET /4 +0 => 200 +2",
      "complete GET /5 +0 => 404 +0",
    ],
  },
  {
    it: "a large request is lost: it may have been two, until both sides are silent for two seconds with nothing under way",
    talk: [
      c(GET("/1")),
      s(OK),
      gap(CLIENT, BIG_BYTES),
      s(NONE),
      c(GET("/3")),
      at(1_000, s(OK)),
      at(1_990_000, c(GET("/4"))),
      at(2_000_000, s(OK)),
      at(4_000_000, c(GET("/5"))),
      at(4_000_500, s(NONE)),
      at(4_001_000, c(GET("/6"))),
      at(4_001_500, s(OK)),
    ],
    exchanges: [
      "complete GET /1 +0 => 200 +2",
      "responseOnly - => 404 +0",
      "unpaired GET /3 +0 => - resynchronised",
      "unpaired - => 200 +2",
      "unpaired GET /4 +0 => -",
      "unpaired - => 200 +2",
      "complete GET /5 +0 => 404 +0",
      "complete GET /6 +0 => 200 +2",
    ],
  },
  {
    it: "a lost request, and the server's FIN comes before that is known: it owed no other answer",
    talk: [
      s(OK, GET_BYTES),
      s(NONE, 2 * GET_BYTES),
      end(SERVER),
      gap(CLIENT, GET_BYTES),
      c(GET("/2"), OK_BYTES),
      end(CLIENT),
    ],
    exchanges: ["responseOnly - => 200 +2", "complete GET /2 +0 => 404 +0 resynchronised"],
  },
  {
    it: "the mirror port of the client is behind: a young session waits for it",
    talk: [s(OK, GET_BYTES), s(NONE, 2 * GET_BYTES), c(GET("/1"), 0), c(GET("/2"), OK_BYTES)],
    exchanges: ["complete GET /1 +0 => 200 +2", "complete GET /2 +0 => 404 +0"],
    with: { late: true },
  },
  {
    it: "the mirror port of the server is behind: a young session waits for it",
    talk: [c(GET("/1"), 0), c(GET("/2"), OK_BYTES), s(OK, GET_BYTES), s(NONE, 2 * GET_BYTES)],
    exchanges: ["complete GET /1 +0 => 200 +2", "complete GET /2 +0 => 404 +0"],
    with: { late: true },
  },
  {
    it: "after a second of it, a tap is taken for one-way: what waited is told, and the client comes too late",
    talk: [
      s(OK, GET_BYTES),
      at(1_000_000, s(NONE, 2 * GET_BYTES)),
      at(1_000_001, c(GET("/1"), 0)),
      at(1_000_002, c(GET("/2"), OK_BYTES)),
    ],
    exchanges: [
      "responseOnly - => 200 +2 oneWay",
      "responseOnly - => 404 +0 oneWay",
      "requestOnly GET /1 +0 => -",
      "requestOnly GET /2 +0 => -",
    ],
    with: { late: true },
  },
  {
    it: "the server's stream is taken up somewhere, the client's from its start: the order of answers is not known",
    talk: [c(GET("/1"), 990), c(GET("/2"), 1000), s(OK, 2 * GET_BYTES), s(NONE, 2 * GET_BYTES)],
    exchanges: [
      "requestOnly GET /1 +0 => -",
      "complete GET /2 +0 => 200 +2",
      "responseOnly - => 404 +0 http.response_without_request",
    ],
    with: { starts: [0, 1000] },
  },
  {
    it: "midstream, and both say that they close: it owed no other answer",
    talk: [
      c("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
      s("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
    ],
    exchanges: ["complete GET /1 +0 => 200 +0 midstream"],
    with: { midstream: true },
  },
  {
    it: "midstream, and the answer was not read to its end: silence afterwards says nothing",
    talk: [c(GET("/1")), s("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\nhalf")],
    exchanges: ["unpaired GET /1 +0 => - midstream", "unpaired - => 200 +4 truncated midstream"],
    with: { midstream: true, closeUs: 5_000_000 },
  },
  {
    it: "midstream, and where the body of the answer should be there is another: it answered a HEAD that was not seen",
    talk: [c(GET("/2")), s(HEADED), s(OK), c(GET("/3")), s(NONE)],
    exchanges: [
      "unpaired GET /2 +0 => - midstream",
      "unpaired - => 200 +0 midstream",
      "responseOnly - => 200 +2 midstream",
      "unpaired GET /3 +0 => - midstream",
      "unpaired - => 404 +0 midstream",
    ],
    with: { midstream: true, closeUs: 5_000_000 },
  },
  {
    it: "joined midstream in a body that ends right before a request: its bytes are not part of the method",
    talk: [c("bbbb", 0), c(GET("/3"), 122), c(GET("/4"), 122), gap(SERVER, 122), s(OK, 4 + 2 * GET_BYTES)],
    exchanges: [
      "unpaired GET /3 +0 => - midstream resynchronised",
      "unpaired - => 200 +2 midstream resynchronised",
      "requestOnly GET /4 +0 => - midstream ambiguous",
    ],
    with: { midstream: true },
  },
  {
    it: "joined midstream, and the response comes before its request: it waits although the client has not spoken yet",
    talk: [s(OK, 1000), c(GET("/1"), 500), c(GET("/2"), 500 + OK_BYTES), s(NONE, 1000 + GET_BYTES), end(SERVER)],
    exchanges: ["complete GET /1 +0 => 200 +2 midstream", "complete GET /2 +0 => 404 +0 midstream"],
    with: { midstream: true, starts: [1000 - GET_BYTES, 500] },
  },
]

for (const { it, talk, exchanges, with: options } of CASES)
  test(it, () => {
    assert.deepEqual(play(talk, options).exchanges, exchanges)
  })

test("both halves of an exchange name the same place in the client's stream", () => {
  const both = play([c(GET("/1")), s(OK)])
  const requestOnly = play([c(GET("/1"), -1)], { seen: [CLIENT] })
  const responseOnly = play([gap(CLIENT, GET_BYTES), s(OK)])
  assert.deepEqual(both.requestEndSeqs, [1000 + GET_BYTES])
  assert.deepEqual(requestOnly.requestEndSeqs, both.requestEndSeqs)
  assert.deepEqual(responseOnly.requestEndSeqs, both.requestEndSeqs)
})

test("limit: requests that wait for an answer", () => {
  const { counters, exchanges } = play([c(GET("/1") + GET("/2") + GET("/3")), s(OK)], { options: { pendingMax: 2 } })
  assert.equal(counters.pendingDropped, 1)
  assert.deepEqual(exchanges, [
    "requestOnly GET /1 +0 => - ambiguous",
    "unpaired GET /2 +0 => -",
    "unpaired - => 200 +2",
    "requestOnly GET /3 +0 => - ambiguous",
  ])
})

test("limit: responses that wait for a request", () => {
  const talk = [s(OK, 10 * GET_BYTES), s(OK, 10 * GET_BYTES), s(NONE, 10 * GET_BYTES), c(GET("/1"), 0)]
  const { counters, exchanges } = play(talk, { options: { heldMax: 2 }, last: StreamEnd.flush })
  assert.equal(counters.heldDropped, 2)
  assert.equal(exchanges.filter((line) => line.startsWith("responseOnly - => 200")).length, 2)
  assert.equal(exchanges.filter((line) => line.startsWith("complete")).length, 0)
})
