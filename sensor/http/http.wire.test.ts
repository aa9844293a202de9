// The stage as documents: a rule, what is on the wire, what comes out. Each is replayed at every piece size from one byte
// up: the log must not change.
import assert from "node:assert/strict"
import { test } from "node:test"
import { StreamEnd } from "../tcp/session-receiver.ts"
import { CLIENT, c, end, gap, type PlayOptions, play, SERVER, type Step, s } from "./fake-session.ts"

interface Document {
  readonly rule: string
  readonly wire: readonly Step[]
  readonly log: readonly string[]
  readonly with?: PlayOptions
}

const GET = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

const DOCUMENTS: readonly Document[] = [
  {
    rule: "a request and its response; fields keep their case, values lose the white space around them",
    wire: [c("GET /v1/a?b=1 HTTP/1.1\r\nHost: api\r\nX-Id: \t 7 \t\r\nEmpty:\r\n\r\n"), s(OK)],
    log: [
      '> GET /v1/a?b=1 v11 Host="api" X-Id="7" Empty=""',
      '< 200 v11 for GET /v1/a?b=1 Content-Length="2"',
      'body of 200: "hi" whole',
      "complete GET /v1/a?b=1 +0 => 200 +2",
    ],
    with: { wanted: 10 },
  },
  {
    rule: "only the start of a body is handed over, and it is not the whole then",
    wire: [c("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabcdef"), s("HTTP/1.1 204 No Content\r\n\r\n")],
    log: [
      '> POST /p v11 Host="a" Content-Length="6"',
      'body of POST /p: "abcd"',
      "< 204 v11 for POST /p",
      "complete POST /p +6 => 204 +0",
    ],
    with: { wanted: 4 },
  },
  {
    rule: "a body of exactly the wanted length is whole, whatever its framing",
    wire: [
      c("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd"),
      s("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"),
    ],
    log: [
      '> POST /p v11 Host="a" Content-Length="4"',
      'body of POST /p: "abcd" whole',
      '< 200 v11 for POST /p Transfer-Encoding="chunked"',
      'body of 200: "abcd" whole',
      "complete POST /p +4 => 200 +4",
    ],
    with: { wanted: 4 },
  },
  {
    rule: "chunks: extensions, upper and lower case sizes, trailers; none of the framing is body",
    wire: [
      c(GET("/")),
      s(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\nA;q="1;2"\r\n0123456789\r\n00b \r\n0123456789a\r\n0;last\r\nX: 1\r\nY: 2\r\n\r\n',
      ),
      c(GET("/2")),
      s(OK),
    ],
    log: [
      '> GET / v11 Host="a"',
      '< 200 v11 for GET / Transfer-Encoding="chunked" Trailer="X"',
      'body of 200: "01234567890123456789a" whole',
      "complete GET / +0 => 200 +21",
      '> GET /2 v11 Host="a"',
      '< 200 v11 for GET /2 Content-Length="2"',
      'body of 200: "hi" whole',
      "complete GET /2 +0 => 200 +2",
    ],
    with: { wanted: 100 },
  },
  {
    rule: "a response to HEAD has no body, though it says how long it would be; nor has 304 or 204",
    wire: [
      c("HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n"),
      s("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"),
      c(GET("/n")),
      s("HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n"),
      c(GET("/2")),
      s(OK),
    ],
    log: [
      '> HEAD /h v11 Host="a"',
      '< 200 v11 for HEAD /h Content-Length="100"',
      "complete HEAD /h +0 => 200 +0",
      '> GET /n v11 Host="a"',
      '< 304 v11 for GET /n Content-Length="100"',
      "complete GET /n +0 => 304 +0",
      '> GET /2 v11 Host="a"',
      '< 200 v11 for GET /2 Content-Length="2"',
      "complete GET /2 +0 => 200 +2",
    ],
  },
  {
    rule: "interim responses do not end an exchange",
    wire: [
      c("PUT /b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"),
      s("HTTP/1.1 100 Continue\r\n\r\n"),
      c("ok"),
      s(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}`),
    ],
    log: [
      '> PUT /b v11 Host="a" Content-Length="2" Expect="100-continue"',
      '< 200 v11 for PUT /b Content-Length="2"',
      "complete PUT /b +2 => 200 +2",
    ],
  },
  {
    rule: "pipelined requests are answered in order",
    wire: [c(GET("/1") + GET("/2") + GET("/3")), s(OK + OK), s("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")],
    log: [
      '> GET /1 v11 Host="a"',
      '> GET /2 v11 Host="a"',
      '> GET /3 v11 Host="a"',
      '< 200 v11 for GET /1 Content-Length="2"',
      "complete GET /1 +0 => 200 +2",
      '< 200 v11 for GET /2 Content-Length="2"',
      "complete GET /2 +0 => 200 +2",
      '< 404 v11 for GET /3 Content-Length="0"',
      "complete GET /3 +0 => 404 +0",
    ],
  },
  {
    rule: "an answer that begins before the request has ended is an early one",
    wire: [
      c("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc"),
      s("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"),
      c("def"),
    ],
    log: [
      '> POST /up v11 Host="a" Content-Length="6"',
      '< 413 v11 for POST /up Content-Length="0"',
      "complete POST /up +6 => 413 +0 early",
    ],
  },
  {
    rule: "without a length the body lasts until the server closes",
    wire: [c("GET / HTTP/1.0\r\n\r\n"), s("HTTP/1.0 200 OK\r\n\r\nall "), s("of it"), end(SERVER)],
    log: ["> GET / v10", "< 200 v10 for GET /", 'body of 200: "all of it" whole', "complete GET / +0 => 200 +9"],
    with: { wanted: 100 },
  },
  {
    rule: "a connection that is cut off leaves a truncated message",
    wire: [c(GET("/")), s("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), end(SERVER, StreamEnd.reset)],
    log: [
      '> GET / v11 Host="a"',
      '< 200 v11 for GET / Content-Length="10"',
      'body of 200: "half"',
      "complete GET / +0 => 200 +4 truncated",
    ],
    with: { wanted: 100 },
  },
  {
    rule: "a head whose start line is whole still tells what was asked for",
    wire: [c("GET /cut?x HTTP/1.1\r\nHost: a\r\nUser-Ag"), end(CLIENT, StreamEnd.reset)],
    log: ['> GET /cut?x v11 Host="a"', "requestOnly GET /cut?x +0 => - truncated"],
  },
  {
    rule: "line ends between messages are nobody's",
    wire: [c(`\r\n\n${GET("/1")}`), s(OK), c(`\r\n\r\n${GET("/2")}`), s(`\r\n${OK}`)],
    log: [
      '> GET /1 v11 Host="a"',
      '< 200 v11 for GET /1 Content-Length="2"',
      "complete GET /1 +0 => 200 +2",
      '> GET /2 v11 Host="a"',
      '< 200 v11 for GET /2 Content-Length="2"',
      "complete GET /2 +0 => 200 +2",
    ],
  },
  {
    rule: "HTTP/0.9: a line asks, bytes until close answer",
    wire: [c("GET /old\r\n"), s("<p>plain</p>"), end(SERVER)],
    log: ["> GET /old v0", "< 0 v0 for GET /old", "complete GET /old +0 => 0 +12"],
  },
  {
    rule: "101 ends HTTP on both sides",
    wire: [
      c("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
      s("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi"),
      c(GET("/no-request")),
    ],
    log: [
      '> GET /ws v11 Host="a" Connection="Upgrade" Upgrade="websocket"',
      '< 101 v11 for GET /ws Upgrade="websocket"',
      "complete GET /ws +0 => 101 +0 upgraded",
    ],
  },
  {
    rule: "CONNECT opens a tunnel; what it carries may be HTTP again",
    wire: [
      c("CONNECT b:80 HTTP/1.1\r\nHost: b:80\r\n\r\n"),
      s("HTTP/1.1 200 Connection established\r\n\r\n"),
      c(GET("/in")),
      s(OK),
    ],
    log: [
      '> CONNECT b:80 v11 Host="b:80"',
      "< 200 v11 for CONNECT b:80",
      "complete CONNECT b:80 +0 => 200 +0 upgraded",
      '> GET /in v11 Host="a"',
      '< 200 v11 for GET /in Content-Length="2"',
      "complete GET /in +0 => 200 +2",
    ],
  },
  {
    rule: "a tunnel that carries TLS is dark",
    wire: [
      c("CONNECT b:443 HTTP/1.1\r\nHost: b\r\n\r\n"),
      s("HTTP/1.1 200 OK\r\n\r\n"),
      c("\x16\x03\x01\x00\x05\x01ello"),
      s("\x16\x03\x03\x00\x05\x02ello"),
    ],
    log: [
      '> CONNECT b:443 v11 Host="b"',
      "< 200 v11 for CONNECT b:443",
      "complete CONNECT b:443 +0 => 200 +0 upgraded",
    ],
  },
  {
    rule: "what llhttp refuses is read by the tolerant parser, and said so",
    wire: [
      c("BREW /caf\xe9 x  HTTP/1.1\nHost : a\r\nX: 1\r\n folded\r\nno colon here\r\n\r\n"),
      s("HTTP/1.1 200\nContent-Length: 0\n\n"),
    ],
    log: [
      '> BREW /caf\xe9 x v11 Host="a" X="1\\r\\n folded"',
      '< 200 v11 for BREW /caf\xe9 x Content-Length="0"',
      "complete BREW /caf\xe9 x +0 => 200 +0 http.lenient_head http.unknown_method http.raw_target_bytes http.space_in_target http.space_before_colon http.bare_line_feed http.obsolete_fold http.invalid_field_name",
    ],
  },
  {
    rule: "chunked wins over a length beside it (RFC 9112 section 6.3)",
    wire: [
      c("POST /s HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nZ\r\n0\r\n\r\n"),
      s(OK),
      c(GET("/next")),
      s(OK),
    ],
    log: [
      '> POST /s v11 Host="a" Content-Length="4" Transfer-Encoding="chunked"',
      '< 200 v11 for POST /s Content-Length="2"',
      "complete POST /s +1 => 200 +2 http.lenient_head http.length_and_chunked",
      '> GET /next v11 Host="a"',
      '< 200 v11 for GET /next Content-Length="2"',
      "complete GET /next +0 => 200 +2",
    ],
  },
  {
    rule: "a length said twice is one length; two lengths are a conflict, and the first is taken",
    wire: [
      c("POST /d HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
      s(OK),
      c("POST /e HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabc"),
      s(OK),
    ],
    log: [
      '> POST /d v11 Host="a" Content-Length="3" Content-Length="3"',
      '< 200 v11 for POST /d Content-Length="2"',
      "complete POST /d +3 => 200 +2 http.lenient_head http.duplicate_length",
      '> POST /e v11 Host="a" Content-Length="3" Content-Length="9"',
      '< 200 v11 for POST /e Content-Length="2"',
      "complete POST /e +3 => 200 +2 http.lenient_head http.conflicting_length",
    ],
  },
  {
    rule: "chunks that cannot be followed end the message; the next one is searched for",
    wire: [
      c("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabXX\r\nrubbish"),
      s(OK),
      c(GET("/found")),
      s(OK),
      end(SERVER),
    ],
    log: [
      '> POST /c v11 Host="a" Transfer-Encoding="chunked"',
      '< 200 v11 for POST /c Content-Length="2"',
      "complete POST /c +2 => 200 +2 truncated http.bad_chunk",
      '> GET /found v11 Host="a"',
      '< 200 v11 for - Content-Length="2"',
      "complete GET /found +0 => 200 +2 resynchronised",
    ],
  },
  {
    rule: "joined midstream: what may be the rest of a body is skipped",
    wire: [c('"tail":1}', 0), c(GET("/m"), 4), s("rest"), s(OK, 9 + 28), c(GET("/n")), s(OK), end(SERVER)],
    log: [
      '> GET /m v11 Host="a"',
      '< 200 v11 for - Content-Length="2"',
      '> GET /n v11 Host="a"',
      "complete GET /m +0 => 200 +2 midstream resynchronised",
      '< 200 v11 for GET /n Content-Length="2"',
      "complete GET /n +0 => 200 +2 midstream",
    ],
    with: { midstream: true },
  },
  {
    rule: "a loss inside a body whose end is known costs a flag",
    wire: [
      c(GET("/")),
      s("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012"),
      gap(SERVER, 4),
      s("789"),
      c(GET("/2")),
      s(OK),
    ],
    log: [
      '> GET / v11 Host="a"',
      '< 200 v11 for GET / Content-Length="10"',
      'body of 200: "012"',
      "bodyGap GET / +0 => 200 +10 gap",
      '> GET /2 v11 Host="a"',
      '< 200 v11 for GET /2 Content-Length="2"',
      'body of 200: "hi" whole',
      "complete GET /2 +0 => 200 +2",
    ],
    with: { wanted: 100 },
  },
  {
    rule: "so does a loss inside a chunk",
    wire: [
      c(GET("/")),
      s("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n012"),
      gap(SERVER, 7),
      s("\r\n0\r\n\r\n"),
      c(GET("/2")),
      s(OK),
    ],
    log: [
      '> GET / v11 Host="a"',
      '< 200 v11 for GET / Transfer-Encoding="chunked"',
      "bodyGap GET / +0 => 200 +10 gap",
      '> GET /2 v11 Host="a"',
      '< 200 v11 for GET /2 Content-Length="2"',
      "complete GET /2 +0 => 200 +2",
    ],
  },
  {
    rule: "behind the PROXY protocol, version 1, stands the first message",
    wire: [c(`PROXY TCP4 203.0.113.7 192.0.2.1 56324 80\r\n${GET("/1")}`), s(OK)],
    log: ['> GET /1 v11 Host="a"', '< 200 v11 for GET /1 Content-Length="2"', "complete GET /1 +0 => 200 +2"],
  },
  {
    rule: "and version 2",
    wire: [c(`\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c${GET("/1")}`), s(OK)],
    log: ['> GET /1 v11 Host="a"', '< 200 v11 for GET /1 Content-Length="2"', "complete GET /1 +0 => 200 +2"],
  },
  {
    rule: "behind a SOCKS handshake it is searched for",
    wire: [
      c("\x05\x01\x00"),
      s("\x05\x00"),
      c("\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x50"),
      s("\x05\x00\x00\x01\x0a\x00\x00\x01\x00\x50"),
      c(GET("/1")),
      s(OK),
      end(SERVER),
    ],
    log: ['> GET /1 v11 Host="a"', '< 200 v11 for - Content-Length="2"', "complete GET /1 +0 => 200 +2"],
  },
  {
    rule: "not HTTP: other text protocols, binary ones, HTTP/2",
    wire: [c("EHLO example.org\r\n"), s("220 mail ESMTP\r\n")],
    log: [],
  },
  { rule: "RTSP looks alike and is not", wire: [c("OPTIONS rtsp://a/ RTSP/1.0\r\nCSeq: 1\r\n\r\n")], log: [] },
  { rule: "the preface of HTTP/2", wire: [c("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), s("\x00\x00\x00\x04")], log: [] },
]

for (const document of DOCUMENTS)
  test(document.rule, () => {
    const { wire, log } = document
    assert.deepEqual(play(wire, document.with).log, log, "in one piece a step")
    const longest = Math.max(...wire.map((step) => (step.kind === "data" ? step.bytes.length : 0)))
    for (let size = 1; size <= longest; size++)
      assert.deepEqual(play(wire, { ...document.with, cut: () => size }).log, log, `in pieces of ${size}`)
    let seed = 7
    for (let run = 0; run < 20; run++) {
      const cut = (left: number): number => {
        seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
        return 1 + (seed % Math.min(left, 40))
      }
      assert.deepEqual(play(wire, { ...document.with, cut }).log, log, `random run ${run}`)
    }
  })

test("bytes that are not HTTP are counted by what they are", () => {
  const dark = (wire: readonly Step[], options: PlayOptions = {}): unknown => play(wire, options).counters.notHttpBytes
  assert.deepEqual(dark([c("\x16\x03\x01\x00\x09\x01hello"), s("\x16\x03\x03x")]), {
    tls: 15,
    http2: 0,
    other: 0,
    undecided: 0,
  })
  assert.deepEqual(dark([c("PRI * HTTP/2.0\r\n\r\n"), s("zz")]), { tls: 0, http2: 20, other: 0, undecided: 0 })
  assert.deepEqual(dark([c("EHLO x\r\n"), s("220 y\r\n")]), { tls: 0, http2: 0, other: 15, undecided: 0 })
  assert.deepEqual(dark([c("GET /never-ends")]), { tls: 0, http2: 0, other: 0, undecided: 15 })
  assert.deepEqual(dark([c("in the middle of something")], { midstream: true }), {
    tls: 0,
    http2: 0,
    other: 0,
    undecided: 26,
  })
})
