// Conversations, and what the receiver is told of them. Each is played at several initial sequence numbers (the wrap
// among them) and with either end as the lower endpoint: nothing may change.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import type { TcpCounters } from "./counters.ts"
import type { TcpOptions } from "./options.ts"
import { Playbook } from "./playbook.ts"

interface Scene {
  readonly name: string
  readonly lines: readonly string[]
  /** Told while the lines are played. */
  readonly log: readonly string[]
  /** Told at the end of the input. */
  readonly flush?: readonly string[]
  readonly counters?: Partial<TcpCounters>
  readonly options?: Partial<TcpOptions>
}

const STARTS = [
  { client: 1000, server: 5000 },
  { client: 1000, server: 5000, port: 22 },
  { client: -4, server: 0x7ffffffc },
  { client: 0x7ffffffe, server: -1 },
]

const OPEN = ["> 0 S", "< 0 S ack=1", "> 1 ack=1"]
const FLUSHED = ["> end flush", "< end flush", "close flush"]

const SCENES: readonly Scene[] = [
  {
    name: "handshake, exchange, both FINs",
    lines: [...OPEN, "> 1 'get' ack=1", "< 1 'yes' ack=4", "> 4 ack=4 F", "< 4 ack=5 F", "> 5 ack=5"],
    log: ["open", "> get @0", "< yes @3", "> end fin", "< end fin", "close fin"],
    counters: { sessions: 1, midstreamPickups: 0, syn: 1, synAck: 1, fin: 2, deliveredBytes: 6 },
  },
  {
    name: "a session without payload never opens a receiver",
    lines: [...OPEN, "> 1 ack=1 F", "< 1 ack=2 F"],
    log: [],
    counters: { sessions: 1, closed: { fin: 1, reset: 0, timeout: 0, evicted: 0, flush: 0, reused: 0 } },
  },
  {
    name: "out of order: held, then delivered with the ACK numbers that came with each",
    lines: [...OPEN, "> 4 'def' ack=4", "> 7 'gh' ack=1", "< 1 'yes' ack=1", "> 1 'abc' ack=1"],
    log: ["open", "< yes @0", "> abc @0", "> def @3", "> gh @0"],
    flush: FLUSHED,
    counters: { outOfOrder: 2, heldBytesMax: 5, reassemblyGap: 0 },
  },
  {
    name: "retransmissions: whole, longer, of what is held",
    lines: [...OPEN, "> 1 'abc'", "> 1 'abc'", "> 1 'abcd'", "> 7 'gh'", "> 7 'gh'", "> 5 'efghi'"],
    log: ["open", "> abc", "> d", "> ef", "> gh", "> i"],
    flush: FLUSHED,
    counters: { retransmittedBytes: 3 + 3 + 2 + 2, overlapConflicts: 0 },
  },
  {
    name: "overlap with other bytes: the first ones win, and it is told",
    lines: [...OPEN, "> 1 'a'", "> 4 'def'", "> 3 'cDeFg'", "> 2 'b'"],
    log: ["open", "> a", "> odd 1", "> b", "> c", "> def", "> g"],
    flush: FLUSHED,
    counters: { overlapConflicts: 1, retransmittedBytes: 3 },
  },
  {
    name: "one segment fills several holes",
    lines: [...OPEN, "> 3 'c'", "> 5 'e'", "> 7 'g'", "> 1 'abcdefgh'"],
    log: ["open", "> ab", "> c", "> d", "> e", "> f", "> g", "> h"],
    flush: FLUSHED,
  },
  {
    name: "a hole with nobody on the other side: the reorder horizon, since it last moved",
    lines: ["> 0 S", "> 1 'a'", "> 3 'c'", "+1.5s", "> 5 'e'", "> 2 'b'", "+1.9s", "+200ms", "> 6 'f'"],
    log: ["open", "> a", "> b", "> c", "> gap 1", "> e", "> f"],
    flush: ["> end flush", "< end flush", "close flush"],
    counters: { reassemblyGap: 1, gapBytes: 1, ackEvidenceGaps: 0 },
  },
  {
    name: "a hole that the receiver has too: its data must come again, and do",
    lines: [...OPEN, "> 1 'a' ack=1", "> 3 'c' ack=1", "< 1 ack=2", "+20s", "> 2 'b' ack=1"],
    log: ["open", "> a @0", "> b @0", "> c @0"],
    flush: FLUSHED,
  },
  {
    name: "a hole that the receiver has too: not for ever",
    lines: [...OPEN, "> 1 'a' ack=1", "> 3 'c' ack=1", "< 1 ack=2", "+29s", "+2s"],
    log: ["open", "> a @0", "> gap 1", "> c @0"],
    flush: FLUSHED,
  },
  {
    name: "a hole that the other side acknowledged: a short grace, then a gap",
    lines: [...OPEN, "> 1 'a' ack=1", "> 3 'c' ack=1", "< 1 ack=4", "+50ms", "+70ms", "> 4 'd' ack=1"],
    log: ["open", "> a @0", "> gap 1", "> c @0", "> d @0"],
    flush: FLUSHED,
    counters: { ackEvidenceGaps: 1, gapBytes: 1 },
  },
  {
    name: "the ACK overtakes its data on the mirror: no gap",
    lines: [...OPEN, "< 1 ack=4", "+20ms", "> 1 'abc' ack=1", "< 1 ack=7", "+90ms", "> 4 'def' ack=1", "+60s"],
    log: ["open", "> abc @0", "> def @0"],
    flush: FLUSHED,
  },
  {
    name: "the response overtakes its request on the mirror: its ACK offset says so",
    lines: [...OPEN, "< 1 'yes' ack=4", "> 1 'get' ack=1"],
    log: ["open", "< yes @3", "> get @0"],
    flush: FLUSHED,
  },
  {
    name: "an ACK proves only what it covers",
    lines: [...OPEN, "> 1 'a'", "> 5 'e'", "< 1 ack=3", "+110ms", "> 3 'cd'"],
    log: ["open", "> a", "> gap 1", "> cd", "> e"],
    flush: FLUSHED,
    counters: { ackEvidenceGaps: 1 },
  },
  {
    name: "lost tail: declared when the next data come",
    lines: [...OPEN, "> 1 'a' ack=1", "< 1 ack=5", "+10s", "> 5 'next' ack=1"],
    log: ["open", "> a @0", "> gap 3", "> next @0"],
    flush: FLUSHED,
  },
  {
    name: "lost tail: declared in the end without any",
    lines: [...OPEN, "> 1 'a' ack=1", "< 1 ack=5", "+29s", "+2s"],
    log: ["open", "> a @0", "> gap 3"],
    flush: FLUSHED,
  },
  {
    name: "lost tail: declared at the close",
    lines: [...OPEN, "> 1 'a' ack=1", "< 1 ack=5", "< 1 R"],
    log: ["open", "> a @0", "> gap 3", "> end reset", "< end reset", "close reset"],
  },
  {
    name: "a lost FIN is not a lost byte",
    lines: [...OPEN, "> 1 'a' ack=1", "< 1 ack=3", "+100s"],
    log: ["open", "> a @0"],
    flush: FLUSHED,
    counters: { gapBytes: 0 },
  },
  {
    name: "late data after their gap are neither delivered nor a retransmission",
    lines: ["> 0 S", "> 1 'a'", "> 3 'cd'", "+3s", "> 2 'b'", "> 3 'cd'"],
    log: ["open", "> a", "> gap 1", "> cd"],
    flush: FLUSHED,
    counters: { lateBytes: 1, retransmittedBytes: 2 },
  },
  {
    name: "a segment longer than a block is held in parts",
    lines: [...OPEN, `> 2 '${"x".repeat(2048)}y'`, "> 1 'a'"],
    log: ["open", "> a", `> ${"x".repeat(2048)}`, "> y"],
    flush: FLUSHED,
  },
  {
    name: "snapped packets: the cut tail is a gap of known length",
    lines: [...OPEN, "> 1 'abcdef' cut=2 ack=1", "> 7 'ghi' cut=3 ack=1", "> 10 'jkl' cut=0 ack=1"],
    log: ["open", "> ab @0", "> gap 4", "> ghi @0", "> gap 3"],
    flush: FLUSHED,
    counters: { payloadBytes: 5, snappedGaps: 2, gapBytes: 7 },
  },
  {
    name: "snapped packets out of order",
    lines: [...OPEN, "> 4 'def' cut=1", "> 7 'g'", "> 1 'abc' cut=1"],
    log: ["open", "> a", "> gap 2", "> d", "> gap 2", "> g"],
    flush: FLUSHED,
  },
  {
    name: "keep-alive probes are not data",
    lines: [...OPEN, "> 1 'abc' ack=1", "< 1 ack=4", "> 3 ack=1", "< 1 ack=4", "> 3 'c' ack=1", "> 4 'd' ack=1"],
    log: ["open", "> abc @0", "> d @0"],
    flush: FLUSHED,
    counters: { keepAliveProbes: 2, keepAliveBytes: 1, retransmittedBytes: 0 },
  },
  {
    name: "zero-window probe: its byte counts once",
    lines: [...OPEN, "< 1 ack=1 win=0", "> 1 'a' ack=1", "< 1 ack=1 win=0", "> 1 'abc' ack=1"],
    log: ["open", "> a @0", "> bc @0"],
    flush: FLUSHED,
    counters: { zeroWindow: 2, retransmittedBytes: 1 },
  },
  {
    name: "urgent bytes are delivered in line",
    lines: [...OPEN, "> 1 'ab' U", "> 3 'c'"],
    log: ["open", "> ab", "> c"],
    flush: FLUSHED,
  },
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
    name: "midstream: what an ACK says of the time before the pick-up has no offset",
    lines: ["> 100 'get' ack=200", "< 200 'yes' ack=103", "< 203 'no' ack=90"],
    log: ["open", "> get @0", "< yes @3", "< no"],
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
  {
    name: "depth: the first hole is given up, nothing is dropped",
    lines: [...OPEN, "> 1 'a'", "> 3 'c'", "> 5 'e'", "> 7 'g'", "> 9 'i'", "> 8 'h'", "> 2 'b'"],
    options: { depthBytes: 2 * 2048 },
    log: ["open", "> a", "> gap 1", "> c", "> gap 1", "> e", "> gap 1", "> g", "> h", "> i"],
    flush: FLUSHED,
    counters: { depthGaps: 3, retransmittedBytes: 1 },
  },
  {
    name: "no room at all: order is given up at once",
    lines: [...OPEN, "> 1 'a'", "> 3 'c'", "> 4 'd'"],
    options: { memcapBytes: 0 },
    log: ["open", "> a", "> gap 1", "> c", "> d"],
    flush: FLUSHED,
    counters: { segmentMemcapGaps: 1, heldBytesMax: 0 },
  },
]

describe("tcp", () => {
  for (const scene of SCENES) {
    test(scene.name, () => {
      for (const start of STARTS) {
        const book = new Playbook(scene.options, start)
        const told = book.play(...scene.lines)
        const flushed = book.flush()
        const where = JSON.stringify(start)
        assert.deepEqual(told, scene.log, where)
        assert.deepEqual(flushed.toSorted(), (scene.flush ?? []).toSorted(), where)
        for (const [name, value] of Object.entries(scene.counters ?? {})) {
          assert.deepEqual(book.counters[name as keyof TcpCounters], value, `${name} ${where}`)
        }
      }
    })
  }
})
