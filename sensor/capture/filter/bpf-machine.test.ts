import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { fromHex } from "../../../shared/testing/packet-builder.ts"
import { BpfAssembler } from "./bpf-assembler.ts"
import { BpfMachine, BpfPacket } from "./bpf-machine.ts"
import {
  Ancillary,
  type BpfInstruction,
  encodeProgram,
  LINK_OFFSET,
  NETWORK_OFFSET,
  Op,
  PROGRAM_INSTRUCTIONS_MAX,
} from "./bpf-program.ts"
import { checkProgram } from "./program-check.ts"

/** A packet of four link-layer bytes and eight others, with a program that starts behind the link layer. */
function packet(): BpfPacket {
  const out = new BpfPacket()
  out.bytes = fromHex("ffff a1a2a3a4 0102030405060708 ffff")
  out.linkStart = 2
  out.networkStart = 6
  out.start = 6
  out.end = 14
  out.wireEnd = 106
  out.protocol = 0x86dd
  out.packetType = 3
  out.hardwareType = 772
  return out
}

type Step = readonly [code: number, k?: number]

function result(steps: readonly Step[], on = packet()): number {
  const to = new BpfAssembler()
  for (const [code, k] of steps) to.emit(code, k)
  return new BpfMachine(to.emit(Op.returnA).assemble()).run(on)
}

const RESULTS: readonly (readonly [string, readonly Step[], number])[] = [
  ["a word", [[Op.loadWord, 0]], 0x01020304],
  ["a half", [[Op.loadHalf, 5]], 0x0607],
  ["a byte", [[Op.loadByte, 7]], 8],
  ["the last word", [[Op.loadWord, 4]], 0x05060708],
  [
    "a word one byte beyond the end",
    [
      [Op.loadImmediate, 9],
      [Op.loadWord, 5],
    ],
    0,
  ],
  [
    "a half one byte beyond the end",
    [
      [Op.loadImmediate, 9],
      [Op.loadHalf, 7],
    ],
    0,
  ],
  [
    "a byte beyond the end",
    [
      [Op.loadImmediate, 9],
      [Op.loadByte, 8],
    ],
    0,
  ],
  [
    "a byte far beyond the end",
    [
      [Op.loadImmediate, 9],
      [Op.loadByte, 0x7fff_ffff],
    ],
    0,
  ],
  [
    "indexed",
    [
      [Op.loadxImmediate, 3],
      [Op.loadHalfX, 1],
    ],
    0x0506,
  ],
  [
    "indexed, the index wrapping round",
    [
      [Op.loadxImmediate, 0xffff_ffff],
      [Op.loadByteX, 3],
    ],
    3,
  ],
  ["from the link layer", [[Op.loadWord, LINK_OFFSET >>> 0]], 0xa1a2a3a4],
  [
    "from the link layer, indexed",
    [
      [Op.loadxImmediate, 2],
      [Op.loadHalfX, LINK_OFFSET >>> 0],
    ],
    0xa3a4,
  ],
  ["from the network header", [[Op.loadByte, (NETWORK_OFFSET + 1) >>> 0]], 2],
  [
    "beyond the end from the link layer",
    [
      [Op.loadImmediate, 9],
      [Op.loadWord, (LINK_OFFSET + 9) >>> 0],
    ],
    0,
  ],
  [
    "before the link layer",
    [
      [Op.loadImmediate, 9],
      [Op.loadByte, (LINK_OFFSET - 1) >>> 0],
    ],
    0,
  ],
  [
    "a fact's offset reached by an index is no fact",
    [
      [Op.loadImmediate, 9],
      [Op.loadxImmediate, Ancillary.protocol],
      [Op.loadWordX, 0],
    ],
    0,
  ],
  ["the length on the wire", [[Op.loadLength]], 100],
  ["the length into X", [[Op.loadxLength], [Op.fromX]], 100],
  ["four times the low half of a byte", [[Op.loadxHeaderLength, 5], [Op.fromX]], 24],
  [
    "the same beyond the end",
    [
      [Op.loadImmediate, 9],
      [Op.loadxHeaderLength, 8],
    ],
    0,
  ],
  ["the protocol", [[Op.loadWord, Ancillary.protocol]], 0x86dd],
  ["the packet type", [[Op.loadWord, Ancillary.packetType]], 3],
  ["the hardware type", [[Op.loadByte, Ancillary.hardwareType]], 772],
  ["no tag", [[Op.loadWord, Ancillary.vlanTag], [Op.toX], [Op.loadWord, Ancillary.vlanPresent], [Op.addX]], 0],
  [
    "memory",
    [
      [Op.loadImmediate, 7],
      [Op.store, 3],
      [Op.loadImmediate, 8],
      [Op.loadMemory, 3],
    ],
    7,
  ],
  [
    "memory through X",
    [[Op.loadxImmediate, 7], [Op.storex, 15], [Op.loadxImmediate, 1], [Op.loadxMemory, 15], [Op.fromX]],
    7,
  ],
  [
    "a sum that wraps",
    [
      [Op.loadImmediate, 0xffff_ffff],
      [Op.add, 2],
    ],
    1,
  ],
  [
    "a difference that wraps",
    [
      [Op.loadImmediate, 1],
      [Op.sub, 2],
    ],
    0xffff_ffff,
  ],
  [
    "a product that wraps",
    [
      [Op.loadImmediate, 0xdead_beef],
      [Op.mul, 0x9e37_79b1],
    ],
    Math.imul(0xdead_beef, 0x9e37_79b1) >>> 0,
  ],
  [
    "a quotient without sign",
    [
      [Op.loadImmediate, 0xffff_fffe],
      [Op.div, 2],
    ],
    0x7fff_ffff,
  ],
  [
    "a large quotient",
    [
      [Op.loadImmediate, 0xffff_fffe],
      [Op.div, 1],
    ],
    0xffff_fffe,
  ],
  [
    "a remainder without sign",
    [
      [Op.loadImmediate, 0xffff_fffe],
      [Op.mod, 10],
    ],
    4,
  ],
  ["division by X", [[Op.loadImmediate, 9], [Op.loadxImmediate, 2], [Op.divX]], 4],
  ["division by an X of zero", [[Op.loadImmediate, 9], [Op.loadxImmediate, 0], [Op.divX], [Op.loadImmediate, 5]], 0],
  ["remainder by an X of zero", [[Op.loadImmediate, 9], [Op.loadxImmediate, 0], [Op.modX], [Op.loadImmediate, 5]], 0],
  [
    "or",
    [
      [Op.loadImmediate, 0xf0],
      [Op.or, 0x0f],
    ],
    0xff,
  ],
  ["and by X", [[Op.loadImmediate, 0xff], [Op.loadxImmediate, 0x18], [Op.andX]], 0x18],
  [
    "exclusive or",
    [
      [Op.loadImmediate, 0xff],
      [Op.xor, 0x8000_000f],
    ],
    0x8000_00f0,
  ],
  [
    "left",
    [
      [Op.loadImmediate, 0x8000_0001],
      [Op.shiftLeft, 1],
    ],
    2,
  ],
  [
    "right, without sign",
    [
      [Op.loadImmediate, 0x8000_0000],
      [Op.shiftRight, 31],
    ],
    1,
  ],
  ["a shift by X of more than 31", [[Op.loadImmediate, 1], [Op.loadxImmediate, 33], [Op.shiftLeftX]], 2],
  ["the negative", [[Op.loadImmediate, 1], [Op.negate]], 0xffff_ffff],
]

for (const [name, steps, expected] of RESULTS) test(`machine: ${name}`, () => assert.equal(result(steps), expected))

test("machine: a tag that was taken off", () => {
  const on = packet()
  on.vlan = 0x600a
  assert.equal(result([[Op.loadWord, Ancillary.vlanTag]], on), 0x600a)
  assert.equal(result([[Op.loadWord, Ancillary.vlanPresent]], on), 1)
})

const CONDITIONS: readonly (readonly [code: number, a: number, by: number, holds: boolean])[] = [
  [Op.jumpEqual, 5, 5, true],
  [Op.jumpEqual, 5, 6, false],
  [Op.jumpEqual, 0xffff_ffff, 0xffff_ffff, true],
  [Op.jumpGreater, 0xffff_ffff, 1, true],
  [Op.jumpGreater, 1, 1, false],
  [Op.jumpGreater, 1, 0x8000_0000, false],
  [Op.jumpAtLeast, 1, 1, true],
  [Op.jumpAtLeast, 0x7fff_ffff, 0x8000_0000, false],
  [Op.jumpBitsSet, 6, 2, true],
  [Op.jumpBitsSet, 6, 1, false],
  [Op.jumpBitsSet, 0x8000_0000, 0x8000_0000, true],
]

test("machine: conditions compare without sign, with a constant as with X", () => {
  for (const [code, a, by, holds] of CONDITIONS)
    for (const isX of [false, true]) {
      const to = new BpfAssembler()
      const [yes, no] = [to.label(), to.label()]
      to.emit(Op.loadImmediate, a)
        .emit(Op.loadxImmediate, by)
        .branch(isX ? code | 8 : code, isX ? 0 : by, yes, no)
      const program = to.mark(yes).emit(Op.returnK, 1).mark(no).emit(Op.returnK, 2).assemble()
      assert.equal(new BpfMachine(program).run(packet()), holds ? 1 : 2, `${code} ${a} ${by} ${isX}`)
    }
})

test("assembler: both ways of a condition reach any distance, stones are shared, labels must lie ahead", () => {
  for (const [distance, jumps] of [
    [255, 0],
    [256, 1],
    [3000, 1],
  ] as const) {
    const to = new BpfAssembler()
    const far = to.label()
    to.emit(Op.loadImmediate, 1).branch(Op.jumpEqual, 1, far, null)
    for (let i = 0; i < distance; i++) to.emit(Op.loadImmediate, i)
    const program = to.emit(Op.returnK, 1).mark(far).emit(Op.returnK, 2).assemble()
    // One instruction more lies between: the return.
    assert.equal(program.filter(({ code }) => code === Op.jump).length, distance === 255 ? 1 : jumps)
    assert.equal(checkProgram(program), null)
    assert.equal(new BpfMachine(program).run(packet()), 2)
  }
  const to = new BpfAssembler()
  const [one, two] = [to.label(), to.label()]
  to.emit(Op.loadByte, 0)
  for (let i = 0; i < 100; i++) to.branch(Op.jumpEqual, i, one, null).branch(Op.jumpEqual, 100 + i, two, null)
  to.branch(Op.jumpEqual, 200, one, two)
  for (let i = 0; i < 600; i++) to.emit(Op.loadImmediate, i)
  const program = to.mark(one).emit(Op.returnK, 1).mark(two).emit(Op.returnK, 2).assemble()
  assert.equal(program.filter(({ code }) => code === Op.jump).length, 2)
  const on = packet()
  for (const [value, expected] of [
    [0, 1],
    [99, 1],
    [100, 2],
    [199, 2],
    [200, 1],
    [201, 2],
  ] as const) {
    on.bytes[6] = value
    assert.equal(new BpfMachine(program).run(on), expected, `byte ${value}`)
  }
  assert.throws(() => new BpfAssembler().jump(5).assemble(), /not marked/)
})

const step = (code: number, k = 0, jt = 0, jf = 0): BpfInstruction => ({ code, jt, jf, k })
const END = step(Op.returnK)

const REFUSED: readonly (readonly [string, readonly BpfInstruction[], RegExp])[] = [
  ["nothing", [], /no instruction/],
  ["too much", new Array<BpfInstruction>(PROGRAM_INSTRUCTIONS_MAX + 1).fill(END), /4097 instructions/],
  ["no return at the end", [END, step(Op.loadImmediate)], /no return/],
  ["an unknown code", [step(0x77), END], /no code 119/],
  ["an operand of 33 bits", [step(Op.loadImmediate, 2 ** 32), END], /no 32-bit number/],
  ["a jump beyond the end", [step(Op.jump, 1), END], /out of the program/],
  ["a condition beyond the end", [step(Op.jumpEqual, 0, 0, 1), END], /out of the program/],
  [
    "a jump longer than a byte",
    [step(Op.jumpEqual, 0, 256), ...new Array<BpfInstruction>(300).fill(END)],
    /longer than 255/,
  ],
  ["division by zero", [step(Op.div, 0), END], /division by zero/],
  ["remainder by zero", [step(Op.mod, 0), END], /division by zero/],
  ["a shift by 32", [step(Op.shiftLeft, 32), END], /shift/],
  ["memory beyond the 16 words", [step(Op.store, 16), END], /no word 16/],
  ["memory that is not written", [step(Op.loadMemory, 1), END], /before it is written/],
  [
    "memory written on one way only",
    [step(Op.jumpEqual, 0, 0, 1), step(Op.store, 1), step(Op.loadxMemory, 1), END],
    /before it is written/,
  ],
  ["a fact that there is not", [step(Op.loadWord, (Ancillary.protocol + 1) >>> 0), END], /no such fact/],
]

for (const [name, program, sentence] of REFUSED)
  test(`check: refuses ${name}`, () => {
    assert.match(checkProgram(program)!, sentence)
    assert.throws(() => new BpfMachine(program), /not a program/)
  })

test("check: takes the longest program, and memory written on both ways", () => {
  assert.equal(checkProgram(new Array<BpfInstruction>(PROGRAM_INSTRUCTIONS_MAX).fill(END)), null)
  const both = [
    step(Op.jumpEqual, 0, 0, 2),
    step(Op.store, 1),
    step(Op.jump, 1),
    step(Op.storex, 1),
    step(Op.loadMemory, 1),
    END,
  ]
  assert.equal(checkProgram(both), null)
})

test("a program is encoded as the kernel's structures in the order of this host", () => {
  const encoded = encodeProgram([step(Op.jumpEqual, 0x0102_0304, 5, 6), step(Op.returnK, 0xffff_ffff)])
  assert.equal(encoded.toString("hex"), "150005060403020106000000ffffffff")
})

const operand = fc.oneof(
  fc.nat(20),
  fc.nat(0xffff_ffff),
  fc.constantFrom(...Object.values(Ancillary), LINK_OFFSET >>> 0, NETWORK_OFFSET >>> 0),
)
const instruction = fc.record({
  code: fc.constantFrom(...Object.values(Op)),
  jt: fc.nat(6),
  jf: fc.nat(6),
  k: operand,
})
const randomProgram = fc.array(instruction, { maxLength: 24 }).map((steps) => {
  // All of memory is written first, so that most of the programs pass the check.
  const start = Array.from({ length: 16 }, (_, i) => step(Op.store, i))
  return [...start, ...steps, ...new Array<BpfInstruction>(7).fill(step(Op.returnA))]
})

test("any program that passes the check runs on any packet without a throw, within the packet's bytes", () => {
  let ran = 0
  fc.assert(
    fc.property(
      randomProgram,
      fc.uint8Array({ maxLength: 64 }),
      fc.nat(20),
      fc.nat(20),
      (program, bytes, start, skip) => {
        if (checkProgram(program) !== null) return
        ran++
        const on = new BpfPacket()
        const frame = (fill: number): Uint8Array => {
          const slab = new Uint8Array(bytes.length + 40).fill(fill)
          slab.set(bytes, start)
          return slab
        }
        on.linkStart = start
        on.networkStart = on.start = start + Math.min(skip, bytes.length)
        on.end = start + bytes.length
        on.wireEnd = on.end + 9
        on.bytes = frame(0)
        const machine = new BpfMachine(program)
        const first = machine.run(on)
        assert.ok(Number.isInteger(first) && first >= 0 && first <= 0xffff_ffff)
        // What lies around the packet in the slab cannot be read.
        on.bytes = frame(0xff)
        assert.equal(machine.run(on), first)
      },
    ),
    { numRuns: 5000 },
  )
  assert.ok(ran > 500, `only ${ran} programs passed the check`)
})
