// Every limit reached, and what is given up there.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { Packet, TcpFlag, Verdict } from "../decode/packet.ts"
import { TcpCounters } from "./counters.ts"
import { TCP_DEFAULTS } from "./options.ts"
import { Playbook, parseSegment } from "./playbook.ts"
import type { SessionReceiver } from "./session-receiver.ts"
import { Tcp } from "./tcp.ts"

/** Plays one line on the connection of client port `port`. */
function on(book: Playbook, port: number, line: string): string[] {
  const from = book.log.length
  book.send(parseSegment(line), port)
  return book.log.slice(from)
}

describe("tcp, limits", () => {
  test("flows: the session that was silent longest makes room", () => {
    const book = new Playbook({ flowsMax: 3 })
    for (const port of [1001, 1002, 1003]) on(book, port, "> 1 'a'")
    book.play("+2s")
    on(book, 1001, "> 2 'b'")
    assert.deepEqual(on(book, 1004, "> 1 'd'"), ["< end evicted", "> end evicted", "close evicted", "open", "> d"])
    assert.deepEqual(on(book, 1001, "> 3 'c'"), ["> c"], "1002 went, not 1001")
    assert.deepEqual(on(book, 1003, "> 2 'b'"), ["> b"])
    assert.equal(book.counters.closed.evicted, 1)
    assert.equal(book.counters.activeMax, 3)
    book.flush()
  })

  test("flows: an ended session that lingers goes first, and is not counted as evicted", () => {
    const book = new Playbook({ flowsMax: 2 })
    on(book, 1001, "> 1 'a'")
    on(book, 1002, "> 1 'a'")
    on(book, 1002, "> 2 R")
    assert.deepEqual(on(book, 1003, "> 1 'a'"), ["open", "> a"])
    assert.deepEqual(on(book, 1001, "> 2 'b'"), ["> b"])
    assert.equal(book.counters.closed.evicted, 0)
    book.flush()
  })

  test("flows: a flood of SYNs pushes out itself, not the conversations", () => {
    const book = new Playbook({ flowsMax: 64 })
    for (let port = 1000; port < 1032; port++) on(book, port, "> 1 'a'")
    for (let port = 2000; port < 4000; port++) on(book, port, "> 0 S")
    for (let port = 1000; port < 1032; port++) assert.deepEqual(on(book, port, "> 2 'b'"), ["> b"])
    assert.equal(book.counters.closed.evicted, 2000 - 32)
    book.flush()
  })

  test("overload: whole flows are shed, the same in both directions, and those that live go on", () => {
    const book = new Playbook({ flowsMax: 4096 })
    for (let port = 1000; port < 1016; port++) on(book, port, "> 1 'a'")
    book.tcp.shed(1)
    for (let port = 1000; port < 1016; port++) assert.deepEqual(on(book, port, "> 2 'b'"), ["> b"])
    const opened: number[] = []
    for (let port = 2000; port < 3000; port++) {
      if (on(book, port, "> 1 'q'").length > 0) opened.push(port)
      const answer = on(book, port, "< 1 'r'")
      assert.equal(answer.length > 0, opened.at(-1) === port)
    }
    assert.ok(opened.length > 400 && opened.length < 600, `${opened.length} of 1000`)
    assert.deepEqual(
      [book.counters.shedSegments, book.counters.shedBytes],
      [2 * (1000 - opened.length), 2 * (1000 - opened.length)],
    )
    book.tcp.shed(0)
    for (let port = 2000; port < 3000; port++) assert.notDeepEqual(on(book, port, "> 2 'x'"), [])
    book.flush()
  })

  test("flows: idle conversations make room for new ones", () => {
    const book = new Playbook({ flowsMax: 64 })
    for (let port = 1000; port < 1064; port++) on(book, port, "> 1 'a'")
    for (let port = 2000; port < 2008; port++) on(book, port, "> 0 S")
    for (let port = 2000; port < 2008; port++) assert.deepEqual(on(book, port, "> 1 'b'"), ["open", "> b"])
    assert.equal(book.counters.closed.evicted, 8)
    book.flush()
  })

  test("flows: eviction delivers what is held", () => {
    const book = new Playbook({ flowsMax: 1 })
    on(book, 1001, "> 0 S")
    on(book, 1001, "> 3 'c'")
    const told = on(book, 1002, "> 0 S")
    assert.deepEqual(told, ["open", "> gap 2", "> c", "> end evicted", "< end evicted", "close evicted"])
    book.flush()
  })

  test("memcap: shared by all streams, given back when order returns", () => {
    const book = new Playbook({ memcapBytes: 2 * 2048 })
    for (const port of [1001, 1002, 1003]) on(book, port, "> 0 S")
    assert.deepEqual(on(book, 1001, "> 2 'b'"), [])
    assert.deepEqual(on(book, 1002, "> 2 'b'"), [])
    assert.deepEqual(on(book, 1003, "> 2 'b'"), ["open", "> gap 1", "> b"], "it holds nothing: its own hole goes")
    assert.equal(book.counters.segmentMemcapGaps, 1)
    assert.equal(book.counters.heldBytesMax, 2)
    assert.deepEqual(on(book, 1001, "> 1 'a'"), ["open", "> a", "> b"])
    assert.deepEqual(on(book, 1003, "> 4 'd'"), [], "room again")
    book.flush()
  })

  test("flush ends sessions in the order in which they began, and the stage can go on", () => {
    const book = new Playbook()
    const ports = [1005, 1001, 1004, 1002]
    for (const port of ports) on(book, port, "> 1 'a'")
    const order = book.sessions.map((session) => session.flow)
    book.flush()
    assert.deepEqual(
      order.map((flow) => Math.max(flow.port0, flow.port1)),
      ports,
    )
    assert.deepEqual(on(book, 1001, "> 2 'b'"), ["open", "> b"])
    book.flush()
  })

  test("a stream of more than 4 GiB: offsets and sequence numbers agree", () => {
    const book = new Playbook({}, { client: -100, server: 77 })
    book.play("> 0 S", "< 0 S ack=1", "> 1 'a' ack=1")
    const step = 1_000_000_000
    for (let i = 1; i <= 9; i++) book.play(`> ${i * step} 'x'`, `> ${i * step + 1} 'yz' ack=1`)
    const end = 9 * step + 3
    const session = book.sessions[0]!
    const side = session.flow.port0 === 80 ? 1 : 0
    assert.equal(session.sequenceAt(side, end - 1), (-100 + end) >>> 0)
    assert.equal(session.sequenceAt(side, 0), -99 >>> 0)
    assert.deepEqual(book.play(`< 1 'ok' ack=${end}`), [`< ok @${end - 1}`])
    assert.equal(book.counters.gapBytes + book.counters.deliveredBytes, end - 1 + 2)
    book.flush()
  })

  test("many short sessions leave nothing behind", () => {
    const counters = new TcpCounters()
    const none = (): void => {}
    const receiver: SessionReceiver = { onData: none, onGap: none, onAnomaly: none, onEnd: none, onClose: none }
    const tcp = new Tcp({ open: () => receiver }, counters, { ...TCP_DEFAULTS, flowsMax: 2000 })
    const packet = new Packet()
    packet.verdict = Verdict.tcp
    packet.timeUs = 1_795_428_000_000_000
    packet.dstPort = 80
    const bytes = new Uint8Array(64)
    for (let i = 0; i < 50_000; i++) {
      packet.src3 = i
      packet.timeUs += 10_000
      packet.seq = i
      packet.payloadEnd = packet.payloadWire = 10
      packet.flags = TcpFlag.ack
      tcp.onSegment(packet, bytes)
      packet.seq = i + 10
      packet.payloadEnd = packet.payloadWire = 0
      packet.flags = TcpFlag.ack | (i % 3 === 0 ? TcpFlag.rst : TcpFlag.fin)
      tcp.onSegment(packet, bytes)
    }
    assert.equal(counters.sessions, 50_000)
    assert.equal(counters.closed.evicted, 0)
    // Ten seconds of one-way sessions after their FIN, at two in three of a hundred a second.
    assert.ok(counters.activeMax < 1100, `${counters.activeMax}`)
    tcp.flush(packet.timeUs)
  })

  test("the receiver's view of its session", () => {
    const book = new Playbook()
    book.play("> 0 S", "> 1 'a'", "> 1 'ab'")
    const session = book.sessions[0]!
    const client = session.flow.port0 === 80 ? 1 : 0
    const server = client === 0 ? 1 : 0
    assert.equal(session.initiator, client)
    assert.equal(session.midstream, false)
    assert.equal(session.hasSeen(client), true)
    assert.equal(session.hasSeen(server), false)
    assert.equal(session.takeRetransmitted(client), true)
    assert.equal(session.takeRetransmitted(client), false)
    book.play("< 0 S ack=1")
    assert.equal(session.hasSeen(server), true)
    book.flush()
  })

  test("every gap of a zone is told with its zone, of zone 0 none; the sum is the counter's", () => {
    for (const zone of [0, 77, -5]) {
      const gaps: [number, number][] = []
      const book = new Playbook({ flowsMax: 2 }, { zone }, { onGap: (...gap) => gaps.push(gap) })
      book.play("> 0 S", "< 0 S ack=1", "> 1 'abc' ack=1", "> 8 'x'", "+3s", "> 20 'long' cut=1", "> 24 'y'")
      // Evicted with a hole before what it held, and at the end of the input once more.
      book.play("> 30 'z'")
      on(book, 1001, "> 1 'a'")
      on(book, 1002, "> 1 'a'")
      on(book, 1002, "> 5 'b'")
      book.flush()
      assert.ok(book.counters.reassemblyGap >= 4)
      assert.equal(book.counters.closed.evicted, 1)
      if (zone === 0) assert.deepEqual(gaps, [])
      else {
        assert.deepEqual([...new Set(gaps.map((gap) => gap[0]))], [zone])
        assert.equal(gaps.length, book.counters.reassemblyGap)
        assert.equal(
          gaps.reduce((sum, gap) => sum + gap[1], 0),
          book.counters.gapBytes,
        )
      }
    }
  })
})
