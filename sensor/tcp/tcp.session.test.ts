// How sessions begin and end.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { Playbook, parseSegment } from "./playbook.ts"
import { FLUSHED, OPEN, playScenes, type Scene } from "./scene.ts"
import type { SessionReceiver } from "./session-receiver.ts"

const SILENT: SessionReceiver = { onData() {}, onGap() {}, onAnomaly() {}, onEnd() {}, onClose() {} }

const SCENES: readonly Scene[] = [
  {
    name: "SYN with data (TCP Fast Open), sent again",
    lines: ["> 0 S 'get'", "< 0 S ack=4", "> 0 S 'get'", "> 4 'x' ack=1", "< 1 'yes' ack=5"],
    log: ["open", "> get", "> x @0", "< yes @4"],
    flush: FLUSHED,
    counters: { sessions: 1, syn: 2, retransmittedBytes: 3 },
  },
  {
    name: "SYN retransmission is the same session",
    lines: ["> 0 S", "+1s", "> 0 S", "< 0 S ack=1", "< 0 S ack=1", "> 1 'a' ack=1"],
    log: ["open", "> a @0"],
    flush: FLUSHED,
    counters: { sessions: 1, syn: 2, synAck: 2 },
  },
  {
    name: "SYN/ACK first",
    lines: ["< 0 S ack=1", "> 1 'a' ack=1", "< 1 'b' ack=2"],
    log: ["open", "> a @0", "< b @1"],
    flush: FLUSHED,
    counters: { midstreamPickups: 0 },
  },
  {
    name: "simultaneous open",
    lines: ["> 0 S", "< 0 S", "> 0 S ack=1", "< 0 S ack=1", "> 1 'a' ack=1", "< 1 'b' ack=2"],
    log: ["open", "> a @0", "< b @1"],
    flush: FLUSHED,
    counters: { sessions: 1 },
  },
  {
    name: "midstream: the ACK number tells where the other side stands",
    lines: ["> 100 'get' ack=200", "< 200 'yes' ack=103"],
    log: ["open", "> get @0", "< yes @3"],
    flush: ["> end flush", "< end flush", "close flush"],
    counters: { midstreamPickups: 1 },
  },
  {
    name: "midstream: bytes that were on their way before the pick-up are a gap",
    lines: ["> 100 'get' ack=200", "< 205 'rest' ack=103", "+2.1s", "> 103 ack=209", "+110ms"],
    log: ["open", "> get @0", "< gap 5", "< rest @3"],
    flush: FLUSHED,
  },
  {
    name: "midstream: the response comes before its request",
    lines: ["< 200 'yes' ack=103", "> 100 'get' ack=200"],
    log: ["open", "< yes @0", "> get @0"],
    flush: FLUSHED,
  },
  {
    name: "midstream: what an ACK says of the time before the pick-up has an offset, too",
    lines: ["> 100 'get' ack=200", "< 200 'yes' ack=103", "< 203 'no' ack=90"],
    log: ["open", "> get @0", "< yes @3", "< no @-10"],
    flush: FLUSHED,
  },
  {
    name: "pure ACKs, resets and FINs of nobody begin nothing",
    lines: ["> 5 ack=5", "< 5 ack=5 F", "< 5 'reason' R"],
    log: [],
    counters: { sessions: 0, stray: 3, strayBytes: 6 },
  },
  {
    name: "the SYN comes after the first data",
    lines: ["> 1 'get' ack=1", "> 0 S", "< 0 S ack=1", "< 1 'yes' ack=4"],
    log: ["open", "> get @0", "< yes @3"],
    flush: FLUSHED,
  },
  {
    name: "one direction only",
    lines: ["< 0 S ack=1", "< 1 'abc' ack=4", "< 6 'fgh' ack=4", "+3s", "< 9 'i' ack=4 F", "+9s", "+2s"],
    log: [
      "open",
      "< abc @3",
      "< gap 2",
      "< fgh @3",
      "< i @3",
      "< end fin",
      "> gap 3",
      "> end timeout",
      "close timeout",
    ],
  },
  {
    name: "FIN before its data: held",
    lines: [...OPEN, "> 4 F ack=1", "> 1 'abc' ack=1", "< 1 ack=5 F"],
    log: ["open", "> abc @0", "> end fin", "< end fin", "close fin"],
  },
  {
    name: "FIN whose data never come",
    lines: [...OPEN, "> 1 'a' ack=1", "> 4 F ack=1", "< 1 ack=5", "+120ms"],
    log: ["open", "> a @0", "> gap 2", "> end fin"],
    flush: ["< end flush", "close flush"],
  },
  {
    name: "data after the FIN, and the FIN again",
    lines: [...OPEN, "> 1 'abc' F", "> 1 'abc' F", "> 3 'cd'", "> 5 'ef'"],
    log: ["open", "> abc", "> end fin"],
    flush: ["< end flush", "close flush"],
    counters: { afterCloseBytes: 3, retransmittedBytes: 4 },
  },
  {
    name: "a FIN in the midst of what is held is not believed",
    lines: [...OPEN, "> 2 'bcd'", "> 3 F", "> 1 'a'", "> 5 'e'"],
    log: ["open", "> a", "> bcd", "> e"],
    flush: FLUSHED,
  },
  {
    name: "half-closed: the other side goes on",
    lines: [...OPEN, "> 1 'get' ack=1 F", "+20s", "< 1 'yes' ack=5", "< 4 ack=5 F"],
    log: ["open", "> get @0", "> end fin", "< yes @3", "< end fin", "close fin"],
  },
  {
    name: "half-closed before anyone spoke: the end follows the opening",
    lines: [...OPEN, "> 1 ack=1 F", "< 1 'yes' ack=2", "< 4 ack=2 F"],
    log: ["open", "> end fin", "< yes @0", "< end fin", "close fin"],
  },
  {
    name: "retransmissions after the close do not begin a session",
    lines: [...OPEN, "> 1 'a' F", "< 1 'b' F ack=3", "+500ms", "> 1 'a' F", "< 1 'b' F"],
    log: ["open", "> a", "> end fin", "< b @1", "< end fin", "close fin"],
    counters: { sessions: 1, afterCloseBytes: 2 },
  },
  {
    name: "retransmissions after the close, at doubling intervals",
    lines: [...OPEN, "> 1 'a' F", "< 1 'b' F ack=3"].concat(
      ["+300ms", "+600ms", "+1.2s", "+2.4s", "+4.8s", "+9.6s", "+19.2s"].flatMap((pause) => [pause, "> 1 'a' F ack=2"]),
    ),
    log: ["open", "> a", "> end fin", "< b @1", "< end fin", "close fin"],
    counters: { sessions: 1, afterCloseBytes: 7 },
  },
  {
    name: "a connection that is remembered as closed and goes on all the same is picked up again",
    lines: [...OPEN, "> 1 'a'", "> 2 R", "+4s", "> 2 'b' ack=1"],
    log: ["open", "> a", "> end reset", "< end reset", "close reset", "open", "> b @0"],
    flush: FLUSHED,
  },
  {
    name: "reset",
    lines: [...OPEN, "> 1 'get' ack=1", "< 1 R ack=4"],
    log: ["open", "> get @0", "> end reset", "< end reset", "close reset"],
  },
  {
    name: "reset with a number that no endpoint would accept",
    lines: [...OPEN, "> 1 'get' ack=1", "< -900 R", "< 99999999 R", "< 1 'yes' ack=4"],
    log: ["open", "> get @0", "< yes @3"],
    flush: FLUSHED,
    counters: { rst: 2, rstIgnored: 2 },
  },
  {
    name: "reset ahead of its data: they are given a moment",
    lines: [...OPEN, "> 1 'get' ack=1", "< 4 R", "+50ms", "< 1 'yes' ack=4", "+60ms"],
    log: ["open", "> get @0", "< yes @3", "> end reset", "< end reset", "close reset"],
  },
  {
    name: "reset delivers what is held",
    lines: [...OPEN, "< 1 'a'", "< 3 'c'", "< 4 R", "+110ms"],
    log: ["open", "< a", "< gap 1", "< c", "> end reset", "< end reset", "close reset"],
  },
  {
    name: "reset after a FIN",
    lines: [...OPEN, "> 1 'a' F", "< 1 ack=3", "> 3 R"],
    log: ["open", "> a", "> end fin", "< end reset", "close reset"],
  },
  {
    name: "reset in place of a FIN just sent",
    lines: [...OPEN, "> 1 'a' F", "> 2 R"],
    log: ["open", "> a", "> end fin", "< end reset", "close reset"],
  },
  {
    name: "reset at the last acknowledged number, with more data on their way",
    lines: [...OPEN, "< 1 'abc'", "> 1 ack=4", "< 4 'def'", "< 4 R"],
    log: ["open", "< abc", "< def", "> end reset", "< end reset", "close reset"],
  },
  {
    name: "reset as the answer to a SYN",
    lines: ["> 0 S", "< -5000 R ack=1", "> 100 S", "< 0 S ack=101", "> 101 'a' ack=1"],
    log: ["open", "> a @0"],
    flush: FLUSHED,
    counters: { sessions: 2 },
  },
  {
    name: "reuse: a SYN with another number, answered",
    lines: [...OPEN, "> 1 'old' ack=1", "> 70000 S", "< 90000 S ack=70001", "> 70001 'new' ack=90001"],
    log: ["open", "> old @0", "> end reused", "< end reused", "close reused", "open", "> new @0"],
    flush: FLUSHED,
    counters: { sessions: 2, syn: 2 },
  },
  {
    name: "reuse: one direction only, confirmed by its data",
    lines: ["> 0 S", "> 1 'old'", "> 70000 S", "> 70001 'new'"],
    log: ["open", "> old", "> end reused", "< end reused", "close reused", "open", "> new"],
    flush: FLUSHED,
  },
  {
    name: "reuse: after FIN or close the SYN needs no confirmation",
    lines: [...OPEN, "> 1 'a' F", "< 1 ack=3 F", "> 500 S", "< 600 S ack=501", "> 501 'b'"],
    log: ["open", "> a", "> end fin", "< end fin", "close fin", "open", "> b"],
    flush: FLUSHED,
    counters: { sessions: 2, afterCloseBytes: 0 },
  },
  {
    name: "a forged SYN does nothing",
    lines: [...OPEN, "> 1 'abc' ack=1", "> 70000 S", "< 1 ack=4", "> 4 'def' ack=1", "< 1 'yes' ack=7"],
    log: ["open", "> abc @0", "> def @0", "< yes @6"],
    flush: FLUSHED,
    counters: { sessions: 1 },
  },
  {
    name: "reuse without a SYN: far away, and confirmed by a second segment",
    lines: [...OPEN, "> 1 'old'", "> -99999999 'new'", "> -99999996 'er'", "> -99999994 'est'"],
    log: ["open", "> old", "> end reused", "< end reused", "close reused", "open", "> er", "> est"],
    flush: FLUSHED,
    counters: { outOfWindowBytes: 3, midstreamPickups: 1 },
  },
  {
    name: "one segment far away is not believed",
    lines: [...OPEN, "> 1 'abc'", "> 99999999 'x'", "> 4 'def'", "> 100000000 'y'", "> 7 'g'"],
    log: ["open", "> abc", "> def", "> g"],
    flush: FLUSHED,
    counters: { outOfWindowBytes: 2 },
  },
  {
    name: "a long loss ahead, confirmed by a second segment, is a gap",
    lines: [...OPEN, "> 1 'abc'", "> 6 'f'", "> 99999999 'x'", "> 100000000 'yz'"],
    log: ["open", "> abc", "> gap 2", "> f", "> gap 99999993", "> yz"],
    flush: FLUSHED,
    counters: { outOfWindowBytes: 1, resyncs: 1 },
  },
  {
    name: "reuse: the other mirror port is behind, and shows the end of the older session after the new SYN",
    lines: [
      "> 0 S",
      "> 1 'get' ack=5001",
      "< 100 S ack=-899",
      "< 101 'old' ack=-895",
      "< 104 ack=-895 F",
      "< 5000 S ack=1",
      "< 5001 'yes' ack=4",
    ],
    log: ["open", "> get @0", "< yes @3"],
    flush: FLUSHED,
    counters: { sessions: 1, stray: 1, outOfWindowBytes: 3, synAck: 1 },
  },
  {
    name: "reuse: a straggler of the older session that lies ahead of the new one",
    lines: ["> 0 S", "> 1 'get' ack=5001", "< 6000 'old' ack=-895", "< 6003 ack=-895 F", "< 5001 'yes' ack=4"],
    log: ["open", "> get @0", "< yes @3"],
    flush: FLUSHED,
    counters: { sessions: 1, outOfWindowBytes: 3, reassemblyGap: 0 },
  },
  {
    name: "reuse: the SYN/ACK of a session whose SYN was lost does not answer the SYN before it",
    lines: ["> 0 S", "> 1 'get' ack=1", "< 9000 S ack=5001", "< 9001 'yes' ack=5004"],
    log: ["open", "> get @0", "> end reused", "< end reused", "close reused", "open", "< yes @3"],
    flush: ["> gap 3", ...FLUSHED],
    counters: { sessions: 2 },
  },
  {
    name: "half-open sessions go after ten seconds",
    lines: ["> 0 S", "+9s", "+2s", "> 1 ack=1"],
    log: [],
    counters: { stray: 1, closed: { fin: 0, reset: 0, timeout: 1, evicted: 0, flush: 0, reused: 0 } },
  },
  {
    name: "idle sessions go after their time, and their next data are a new one",
    lines: [...OPEN, "> 1 'a' ack=1", "+3500s", "< 1 'b' ack=2", "+3500s", "+200s", "> 2 'c' ack=2"],
    log: ["open", "> a @0", "< b @1", "> end timeout", "< end timeout", "close timeout", "open", "> c @0"],
    flush: FLUSHED,
    counters: { sessions: 2, midstreamPickups: 1 },
  },
]

playScenes("tcp, sessions", SCENES)

test("reuse: the SYN/ACK, confirmed by the first response, also tells where the client begins", () => {
  const book = new Playbook()
  book.play("< 300 'far' ack=200", "< 0 S ack=1")
  assert.deepEqual(book.play("< 1 'yes' ack=4", "> 1 'get' ack=1").slice(-3), ["open", "< yes @3", "> get @0"])
  book.flush()
})

test("midstream: what was told of a side before it spoke stays true when it turns out to have begun earlier", () => {
  const told: number[][] = []
  const book = new Playbook()
  book.open = (session) => ({
    ...SILENT,
    onData: (side, _bytes, start, end, _timeUs, ackOffset) => {
      const from = session.startOffset(side)
      told.push([from, from + end - start, ackOffset])
    },
  })
  book.play("< 200 'yes' ack=103", "> 100 'get' ack=200")
  const [response, request] = told as [number[], number[]]
  assert.equal(response[2], request[1], "the response acknowledges the end of the request")
  assert.equal(request[2], response[0], "which was sent with nothing of it received")
  book.flush()
})

describe("tcp, a time far ahead", () => {
  const YEARS_US = 80 * 365 * 86_400_000_000

  test("in one packet ends no session but by its own bytes", () => {
    const book = new Playbook()
    book.play(...OPEN, "> 1 'a' ack=1", "< 1 'b' ack=2")
    book.timeUs += YEARS_US
    assert.deepEqual(book.play("> 2 'c' ack=2"), ["> c @1"])
    book.tcp.advance(book.timeUs)
    book.timeUs -= YEARS_US
    assert.deepEqual(book.play("+20ms", "< 2 'd' ack=3"), ["< d @2"])
    assert.deepEqual(book.counters.closed.timeout, 0)
    book.flush()
  })

  test("in two packets is another day: who was silent is gone, who spoke is not", () => {
    const book = new Playbook()
    book.play(...OPEN, "> 1 'a' ack=1")
    book.send(parseSegment("> 1 'x' ack=1"), 1234)
    book.timeUs += 2 * 86_400_000_000
    assert.deepEqual(book.play("> 2 'b' ack=1"), ["> b @0"])
    book.timeUs += 20_000
    assert.deepEqual(book.play("< 1 'c' ack=3"), ["< end timeout", "> end timeout", "close timeout", "< c @2"])
    book.flush()
  })
})
