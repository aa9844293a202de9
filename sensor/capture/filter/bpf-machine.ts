// Runs classic BPF programs in this process, as the kernel runs them on a socket: for capture files, for the fallback
// without a kernel filter, and for the tests of programs that only a kernel would run otherwise.
//
// In:  a packet: its bytes, where its headers lie, the facts that are not in its bytes. Out: what the program returns.
// A load beyond the captured bytes, or a division by zero, ends the program with 0. Nothing is allocated for a packet.
import { be16, be32 } from "../../../shared/bytes/read.ts"
import {
  ANCILLARY_OFFSET,
  Ancillary,
  type BpfProgram,
  LINK_OFFSET,
  MEMORY_WORDS,
  NETWORK_OFFSET,
  Op,
} from "./bpf-program.ts"
import { checkProgram } from "./program-check.ts"

/** One packet as a program sees it: a single record, refilled for each packet. All places are offsets into `bytes`. */
export class BpfPacket {
  bytes: Uint8Array = new Uint8Array(0)
  /** Byte 0 of the program: the link-layer header for a filter, the network header for a fanout program. */
  start = 0
  linkStart = 0
  networkStart = 0
  /** End of what was captured, and of what was on the wire. */
  end = 0
  wireEnd = 0
  /** Tag control field that was taken off the frame, -1 when none was. */
  vlan = -1
  /** `Ancillary.protocol`, `.packetType`, `.hardwareType`. */
  protocol = 0
  packetType = 0
  hardwareType = 1
}

/** The low three bits of a code. */
const Class = { load: 0, loadx: 1, store: 2, storex: 3, compute: 4, jump: 5, return: 6 } as const

/** The upper three bits of a load. */
const Mode = { absolute: 0x20, indexed: 0x40, memory: 0x60, length: 0x80, headerLength: 0xa0, fact: 0xc0 } as const

const MODE = 0xe0
const FIELDS = 4

export class BpfMachine {
  /** code, jt, jf, k of each instruction. */
  readonly #code: Int32Array
  readonly #memory = new Int32Array(MEMORY_WORDS)

  /** `program` must pass `checkProgram`. */
  constructor(program: BpfProgram) {
    const fault = checkProgram(program)
    if (fault !== null) throw new Error(`not a program: ${fault}`)
    this.#code = new Int32Array(program.length * FIELDS)
    for (const [i, { code, jt, jf, k }] of program.entries()) {
      const isAbsolute = (code & 7) === Class.load && (code & MODE) === Mode.absolute
      const isFact = isAbsolute && (k | 0) < 0 && (k | 0) >= ANCILLARY_OFFSET
      this.#code.set([isFact ? Mode.fact : code, jt, jf, k], i * FIELDS)
    }
  }

  /** What the program returns, 0 to 2^32 - 1. */
  run(packet: BpfPacket): number {
    const code = this.#code
    const memory = this.#memory
    let a = 0
    let x = 0
    for (let at = 0; ; at += FIELDS) {
      const op = code[at]!
      const k = code[at + 3]!
      switch (op & 7) {
        case Class.load: {
          const mode = op & MODE
          if (mode === Mode.absolute || mode === Mode.indexed) {
            const place = locate(packet, mode === Mode.absolute ? k : (x + k) | 0, 4 >> ((op & 0x18) >> 3))
            if (place < 0) return 0
            a = read(packet.bytes, place, op)
          } else if (mode === Mode.memory) a = memory[k]!
          else a = mode === Mode.fact ? fact(packet, k >>> 0) : known(packet, mode, k)
          break
        }
        case Class.loadx: {
          const mode = op & MODE
          if (mode === Mode.memory) x = memory[k]!
          else if (mode === Mode.headerLength) {
            const place = locate(packet, k, 1)
            if (place < 0) return 0
            x = (packet.bytes[place]! & 0xf) << 2
          } else x = known(packet, mode, k)
          break
        }
        case Class.store:
          memory[k] = a
          break
        case Class.storex:
          memory[k] = x
          break
        case Class.compute:
          if (x === 0 && (op === Op.divX || op === Op.modX)) return 0
          a = compute(op & ~8, a, (op & 8) === 0 ? k : x)
          break
        case Class.jump:
          at += FIELDS * (op === Op.jump ? k : code[at + (holds(op & ~8, a, (op & 8) === 0 ? k : x) ? 1 : 2)]!)
          break
        case Class.return:
          return (op === Op.returnA ? a : k) >>> 0
        default:
          if (op === Op.toX) x = a
          else a = x
      }
    }
  }
}

/** Where a load of `size` bytes at `offset` (signed) lies in the packet's bytes; -1 when it does not lie within them. */
function locate(packet: BpfPacket, offset: number, size: number): number {
  let place: number
  if (offset >= 0) place = packet.start + offset
  else if (offset >= NETWORK_OFFSET) place = packet.networkStart + offset - NETWORK_OFFSET
  else if (offset >= LINK_OFFSET) place = packet.linkStart + offset - LINK_OFFSET
  else return -1
  return place + size <= packet.end ? place : -1
}

/** The size is in the code: 0 a word, 8 a half, 16 a byte. */
function read(bytes: Uint8Array, place: number, op: number): number {
  const size = op & 0x18
  if (size === 0) return be32(bytes, place)
  return size === 8 ? be16(bytes, place) : bytes[place]!
}

/** What a load gives that reads neither the packet's bytes nor memory. */
function known(packet: BpfPacket, mode: number, k: number): number {
  return mode === Mode.length ? packet.wireEnd - packet.start : k
}

function fact(packet: BpfPacket, which: number): number {
  switch (which) {
    case Ancillary.protocol:
      return packet.protocol
    case Ancillary.packetType:
      return packet.packetType
    case Ancillary.hardwareType:
      return packet.hardwareType
    case Ancillary.vlanTag:
      return Math.max(packet.vlan, 0)
    default:
      return packet.vlan < 0 ? 0 : 1
  }
}

function holds(op: number, a: number, by: number): boolean {
  switch (op) {
    case Op.jumpEqual:
      return a === by
    case Op.jumpBitsSet:
      return (a & by) !== 0
    case Op.jumpGreater:
      return a >>> 0 > by >>> 0
    default:
      return a >>> 0 >= by >>> 0
  }
}

function compute(op: number, a: number, by: number): number {
  switch (op) {
    case Op.and:
      return a & by
    case Op.add:
      return (a + by) | 0
    case Op.sub:
      return (a - by) | 0
    case Op.mul:
      return Math.imul(a, by)
    case Op.div:
      return ((a >>> 0) / (by >>> 0)) | 0
    case Op.mod:
      return ((a >>> 0) % (by >>> 0)) | 0
    case Op.or:
      return a | by
    case Op.xor:
      return a ^ by
    case Op.shiftLeft:
      return a << by
    case Op.shiftRight:
      return (a >>> by) | 0
    default:
      return -a | 0
  }
}
