import assert from "node:assert/strict"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import fc from "fast-check"
import { DynamicTable } from "./dynamic-table.ts"
import { type Field, HpackEncoder, type Indexing, integer, text } from "./fake-hpack-encoder.ts"
import { Block, HpackDecoder } from "./hpack-decoder.ts"

const KIB = 1024
const decoder = new HpackDecoder(64 * KIB, 256 * KIB, 64 * KIB * KIB)

function fieldsOf(): Field[] {
  const { head, slab } = decoder
  return Array.from({ length: decoder.fields }, (_, i) => [
    slab.bytes.latin1Slice(head.nameStart[i], head.nameEnd[i]),
    slab.bytes.latin1Slice(head.valueStart[i], head.valueEnd[i]),
  ])
}

function decode(table: DynamicTable, block: Buffer): { verdict: Block; fields: Field[]; unknowns: number } {
  const slab = Buffer.concat([Buffer.alloc(5, "#"), block, Buffer.alloc(5, "#")])
  const verdict = decoder.decode(table, slab, 5, 5 + block.length)
  return { verdict, fields: fieldsOf(), unknowns: decoder.unknowns }
}

const newTable = (keptMax: number = 64 * KIB): DynamicTable => new DynamicTable(decoder.slab, keptMax)
const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(" ", ""), "hex")

interface Story {
  readonly cases: readonly {
    readonly wire: string
    readonly headers: readonly Readonly<Record<string, string>>[]
    readonly header_table_size?: number
  }[]
}

const STORIES = join(import.meta.dirname, "../../../../shared/corpora/protocol/hpack")

test("the header-compression stories decode exactly", (t) => {
  if (!existsSync(STORIES)) {
    t.diagnostic("There is no ../shared beside the repository: the stories were not played.")
    return
  }
  let blocks = 0
  for (const folder of readdirSync(STORIES, { withFileTypes: true }).filter((entry) => entry.isDirectory()))
    for (const name of readdirSync(join(STORIES, folder.name)).filter((file) => file.endsWith(".json"))) {
      const story = JSON.parse(readFileSync(join(STORIES, folder.name, name), "utf8")) as Story
      const table = newTable()
      for (const [i, { wire, headers }] of story.cases.entries()) {
        const { verdict, fields } = decode(table, hex(wire))
        assert.equal(verdict, Block.whole, `${folder.name}/${name} ${i}`)
        const wanted = headers.map((field) => Object.entries(field)[0]!.map((s) => Buffer.from(s).toString("latin1")))
        assert.deepEqual(fields, wanted, `${folder.name}/${name} ${i}`)
        blocks++
      }
      table.close()
    }
  t.diagnostic(`${blocks} blocks`)
  assert.ok(blocks > 200)
})

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
const field = fc.tuple(
  fc.oneof(name, fc.constantFrom(":path", ":method", "cookie", "date", "x-a", "x-b")),
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((c) => String.fromCharCode(c)), maxLength: 60 }),
)
const block = fc.record({
  fields: fc.array(field, { maxLength: 12 }),
  limits: fc.array(fc.constantFrom(0, 60, 200, 1000, 4096, 20_000), { maxLength: 2 }),
  seed: fc.integer({ min: 0, max: 1 << 20 }),
})
const indexingBy =
  (seed: number) =>
  ([n]: Field): Indexing =>
    (["incremental", "none", "incremental", "never"] as const)[(seed + n.length) & 3]!

test("what the encoder sent is what the decoder reads, in every form", () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
      const encoder = new HpackEncoder()
      const table = newTable()
      for (const { fields, limits, seed } of blocks) {
        for (const limit of limits) encoder.resize(limit)
        const wire = encoder.encode(fields, indexingBy(seed), (s) => ((s.length + seed) & 1) === 0)
        const seen = decode(table, wire)
        assert.deepEqual(seen, { verdict: Block.whole, fields, unknowns: 0 })
        assert.equal(table.count, encoder.table.length)
      }
      table.close()
    }),
    { numRuns: 150 },
  )
})

test("joined between two blocks, every field is right or unknown, and their number is kept", () => {
  fc.assert(
    fc.property(
      fc.array(block, { minLength: 2, maxLength: 20 }),
      fc.nat(),
      fc.constantFrom(100, 5000, 65536),
      (blocks, at, keptMax) => {
        const encoder = new HpackEncoder()
        const table = newTable(keptMax)
        const join = at % blocks.length
        for (const [i, { fields, limits, seed }] of blocks.entries()) {
          for (const limit of limits) encoder.resize(limit)
          const wire = encoder.encode(fields, indexingBy(seed), () => seed % 2 === 0)
          if (i === join) table.forget()
          if (i < join) continue
          const seen = decode(table, wire)
          assert.equal(seen.verdict, Block.whole)
          assert.equal(seen.fields.length + seen.unknowns, fields.length)
          let from = 0
          for (const [n, v] of seen.fields) {
            while (from < fields.length && (fields[from]![0] !== n || fields[from]![1] !== v)) from++
            assert.ok(from++ < fields.length, `${n}: ${v} is not among those sent, in order`)
          }
        }
        table.close()
      },
    ),
    { numRuns: 150 },
  )
})

const CUT = "82 86 84 41 8c f1e3 c2e5 f23a 6ba0 ab90 f4ff"

test("a block that is cut tells what it has; one that is no HPACK is refused", () => {
  const whole = hex(CUT)
  for (let end = 0; end < whole.length; end++) {
    const { verdict, fields } = decode(newTable(), whole.subarray(0, end))
    assert.equal(verdict, end < 4 ? Block.whole : Block.cut)
    assert.equal(fields.length, Math.min(end, 3))
  }
  const bad: readonly (readonly [string, string])[] = [
    ["index 0", "80"],
    ["an index beyond the table", "be"],
    ["a name beyond the table", "7e 01 61"],
    ["a size update behind a field", "82 20"],
    ["an integer without end", "ff ff ff ff ff ff 7f"],
    ["EOS in a string", "00 84 ff ff ff ff 00"],
    ["padding of a whole byte", "00 82 1f ff 00"],
    ["padding of zeros", "00 81 18 00"],
  ]
  for (const [what, wire] of bad) {
    const table = newTable()
    assert.equal(decode(table, hex(wire)).verdict, Block.bad, what)
    assert.equal(table.isComplete, false, what)
  }
})

test("a block that decodes to more than the limit is given up, at a bounded price", () => {
  const table = newTable()
  const bomb = Buffer.concat([
    Buffer.concat([Buffer.from([0x40]), text("x".repeat(3000), false), text("y".repeat(900), false)]),
    Buffer.alloc(40_000, 0xbe),
  ])
  assert.equal(decode(table, bomb).verdict, Block.tooLong)
  assert.equal(table.isComplete, false)
  const inserts = Buffer.concat([
    Buffer.concat([Buffer.from([0x40]), text("x".repeat(3900), false), text("", false)]),
    Buffer.concat(Array.from({ length: 10_000 }, () => Buffer.from([0x7e, 1, 97]))),
  ])
  assert.equal(decode(table, inserts).verdict, Block.tooLong)
  assert.ok(decoder.slab.usedBytes < 2 * KIB * KIB, `${decoder.slab.usedBytes} bytes of pages`)
})

test("all tables together are bounded; a table without memory is unknown, never wrong", () => {
  const small = new HpackDecoder(KIB, KIB, 2 * KIB)
  const wire = Buffer.concat([Buffer.from([0x40]), text("x-a", false), text("v".repeat(400), false)])
  const tables = Array.from({ length: 8 }, () => new DynamicTable(small.slab, 4096))
  for (const table of tables) assert.equal(small.decode(table, wire, 0, wire.length), Block.whole)
  assert.ok(small.memcapDrops > 0)
  assert.ok(small.slab.usedBytes <= 2 * KIB)
  const known = tables.filter(
    (table) => small.decode(table, Buffer.from([0xbe]), 0, 1) === Block.whole && small.fields === 1,
  )
  assert.ok(known.length > 0 && known.length < 8)
  for (const table of tables) table.close()
  small.slab.beginBlock()
  assert.equal(small.slab.usedBytes, 0)
})

test("a table larger than what is kept: what did not fit is unknown", () => {
  const table = newTable(4096)
  const entries = Array.from({ length: 100 }, (_, i): Field => [`x-${i}`, "v".repeat(60)])
  const encoder = new HpackEncoder()
  encoder.resize(65_536)
  assert.equal(decode(table, encoder.encode(entries)).unknowns, 0)
  const again = decode(table, encoder.encode(entries))
  assert.equal(again.verdict, Block.whole)
  assert.ok(again.unknowns > 0 && again.fields.length > 30)
  assert.equal(decode(newTable(), Buffer.concat([integer(1 << 20, 5, 0x20), Buffer.from([0x82])])).fields.length, 1)
})
