// What holds for every datagram, however it is cut, ordered, repeated or lost. fast-check prints the seed of a failure.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import fc from "fast-check"
import { FakeFragments } from "./fake-fragments.ts"
import type { OverlapPolicy } from "./options.ts"

const RUNS = { numRuns: 300 }

/** Byte of datagram `id` at an offset: any shift, swap or mixture shows. */
const byteAt = (id: number, offset: number): number =>
  (Math.imul(offset + 1 + id * 7919, 2_654_435_761) >>> 24) ^ (offset & 0xff)

const payloadOf = (id: number, from: number, to: number): Uint8Array =>
  Uint8Array.from({ length: to - from }, (_, i) => byteAt(id, from + i))

const textOf = (id: number, length: number): string => Buffer.from(payloadOf(id, 0, length)).toString("latin1")

interface Piece {
  readonly id: number
  readonly from: number
  readonly to: number
  readonly more: boolean
}

/** A datagram cut at multiples of eight bytes. */
const datagram = (id: number): fc.Arbitrary<Piece[]> =>
  fc
    .tuple(fc.integer({ min: 9, max: 700 }), fc.uniqueArray(fc.integer({ min: 1, max: 87 }), { maxLength: 10 }))
    .map(([length, cuts]) => {
      const inner = cuts.map((cut) => cut * 8).filter((cut) => cut < length)
      const edges = [0, ...inner.sort((a, b) => a - b), length]
      return edges.slice(1).map((to, i) => ({ id, from: edges[i]!, to, more: to < length }))
    })

const datagrams = fc
  .integer({ min: 1, max: 4 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, id) => datagram(id))))

const lengthOf = (pieces: readonly Piece[]): number => Math.max(...pieces.map(({ to }) => to))

const isV6 = fc.boolean()

function send(fake: FakeFragments, { id, from, to, more }: Piece): string | null {
  const told = fake.send(payloadOf(id, from, to), from, more, id)
  fake.timeUs += 100
  fake.assertBalance()
  return told
}

describe("defrag, for every datagram", () => {
  test("any cut, order and repetition gives the same bytes, once each", () => {
    const played = datagrams.chain((all) => {
      const pieces = all.flat()
      return fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(pieces, { minLength: pieces.length }),
        fc.array(fc.nat(pieces.length - 1), { maxLength: 20 }),
      )
    })
    fc.assert(
      fc.property(played, isV6, ([all, order, copies], six) => {
        const fake = new FakeFragments()
        fake.packet.ipVersion = six ? 6 : 4
        const told = order.flatMap((piece, i) => [
          send(fake, piece),
          ...copies.filter((copy) => copy <= i).map((copy) => send(fake, order[copy]!)),
        ])
        const whole = told.filter((text) => text !== null)
        assert.deepEqual(whole.toSorted(), all.map((pieces) => textOf(pieces[0]!.id, lengthOf(pieces))).toSorted())
        fake.flush()
        assert.equal(fake.counters.fragments.completed, order.length)
        assert.equal(fake.counters.fragments.unfinished, 0)
      }),
      RUNS,
    )
  })

  test("with any fragment lost, nothing is told, and it times out", () => {
    const played = datagram(3).chain((pieces) =>
      fc.tuple(fc.shuffledSubarray(pieces, { minLength: pieces.length }), fc.nat(pieces.length - 1)),
    )
    fc.assert(
      fc.property(played, isV6, ([order, lost], six) => {
        const fake = new FakeFragments()
        fake.packet.ipVersion = six ? 6 : 4
        const sent = order.filter((_, i) => i !== lost)
        for (const piece of sent) assert.equal(send(fake, piece), null)
        fake.play("+31s")
        assert.equal(fake.counters.fragments.timedOut, sent.length)
        assert.equal(fake.counters.timeouts, sent.length === 0 ? 0 : 1)
        assert.equal(fake.counters.fragments.held, 0)
      }),
      RUNS,
    )
  })

  test("overlaps of IPv4 that agree, in any order, give the same bytes", () => {
    const played = datagram(1).chain((pieces) => {
      const length = lengthOf(pieces)
      const units = Math.floor((length - 1) / 8)
      const extra = fc
        .tuple(fc.nat(units), fc.nat(units))
        .filter(([a, b]) => a !== b)
        .map(([a, b]): Piece => ({ id: 1, from: Math.min(a, b) * 8, to: Math.max(a, b) * 8, more: true }))
      return (units === 0 ? fc.constant([]) : fc.array(extra, { maxLength: 8 })).chain((extras) => {
        const all = [...pieces, ...extras]
        return fc.tuple(fc.constant(length), fc.shuffledSubarray(all, { minLength: all.length }))
      })
    })
    fc.assert(
      fc.property(played, fc.constantFrom<OverlapPolicy>("first", "last"), ([length, order], overlapIpv4) => {
        const fake = new FakeFragments({ overlapIpv4 })
        const told = order.map((piece) => send(fake, piece)).filter((text) => text !== null)
        assert.ok(told.length >= 1)
        for (const text of told) assert.equal(text, textOf(1, length))
        assert.equal(fake.counters.overlapConflicts, 0)
        fake.flush()
      }),
      RUNS,
    )
  })

  test("any garbage: every fragment and byte has a fate, nothing exceeds a limit, the same twice, whatever the hash seed", () => {
    const step = fc.record({
      id: fc.nat(5),
      source: fc.nat(1),
      six: fc.boolean(),
      protocol: fc.constantFrom(6, 17, 99),
      offset: fc.oneof(fc.nat(6), fc.constantFrom(8100, 8188, 8189, 8190, 8191)),
      units: fc.oneof(fc.nat(4), fc.nat(700)),
      odd: fc.constantFrom(0, 0, 0, 3),
      cut: fc.constantFrom(0, 0, 0, 0, 5, 9000),
      more: fc.boolean(),
      content: fc.nat(1),
      pauseUs: fc.constantFrom(0, 0, 0, 1000, 60_000, 200_000, 31_000_000, -5_000_000, 4_000_000_000),
    })
    const limits = fc.record({
      datagramsMax: fc.integer({ min: 1, max: 4 }),
      memcapBytes: fc.integer({ min: 0, max: 6 }).map((blocks) => blocks * 2048),
      fragmentsMax: fc.integer({ min: 1, max: 5 }),
      overlapIpv4: fc.constantFrom<OverlapPolicy>("first", "last", "drop"),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), limits, fc.integer(), (steps, options, seed) => {
        const runs = [seed, seed + 1].map((hashSeed) => {
          const fake = new FakeFragments({ ...options, hashSeed })
          const told = steps.map((each) => {
            fake.packet.ipVersion = each.six ? 6 : 4
            fake.packet.src3 = each.source
            fake.timeUs += each.pauseUs
            const length = each.units * 8 + each.odd
            const payload = new Uint8Array(Math.max(0, length - each.cut)).fill(each.content)
            const text = fake.send(payload, each.offset * 8, each.more, each.id, each.protocol, length)
            fake.assertBalance()
            if (text === null) return null
            const { bytes, start, end, wireEnd } = fake.defragmenter
            assert.ok(start <= end && end <= wireEnd && wireEnd <= bytes.length)
            return text
          })
          fake.flush()
          return { told, counters: fake.counters }
        })
        assert.deepEqual(runs[0], runs[1])
      }),
      { numRuns: 1000 },
    )
  })

  test("canary: a datagram with one wrong byte is not the same", () => {
    const fake = new FakeFragments()
    fake.send(payloadOf(1, 0, 8), 0, true)
    assert.notEqual(fake.send(payloadOf(2, 8, 16), 8, false), textOf(1, 16))
  })
})
