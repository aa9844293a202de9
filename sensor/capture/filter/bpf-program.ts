// Classic BPF, the programs that a kernel runs on packets before it hands them to a socket: their instructions, their
// form in memory, and the offsets beyond the packet that Linux gave a meaning.
//
// A program has two registers of 32 bits, A and X, and 16 words of scratch memory M. It cannot loop: every jump leads
// forward. It ends with a number: for a socket filter the bytes to keep of the packet, 0 rejecting it; for a fanout
// program what chooses the socket. A load beyond the packet ends it with 0.
//
//   struct sock_filter   code 2 | jt 1 | jf 1 | k 4           in the byte order of the host
import { endianness } from "node:os"

export interface BpfInstruction {
  /** One of `Op`. */
  readonly code: number
  /** Instructions to skip when a condition holds, and when it does not; 0 to 255. 0 but for conditional jumps. */
  readonly jt: number
  readonly jf: number
  /** Operand, 0 to 2^32 - 1. */
  readonly k: number
}

export type BpfProgram = readonly BpfInstruction[]

/** Instructions in a program at most: the kernel refuses longer ones. */
export const PROGRAM_INSTRUCTIONS_MAX = 4096

/** Words of scratch memory. */
export const MEMORY_WORDS = 16

/** The instructions used here. Names ending in X take the operand from X (loads: the offset is X + k). */
export const Op = {
  loadWord: 0x20,
  loadHalf: 0x28,
  loadByte: 0x30,
  loadWordX: 0x40,
  loadHalfX: 0x48,
  loadByteX: 0x50,
  loadImmediate: 0x00,
  loadMemory: 0x60,
  loadLength: 0x80,
  loadxImmediate: 0x01,
  loadxMemory: 0x61,
  loadxLength: 0x81,
  /** X becomes four times the low half of the byte at k: the length of an IPv4 header. */
  loadxHeaderLength: 0xb1,
  store: 0x02,
  storex: 0x03,
  add: 0x04,
  addX: 0x0c,
  sub: 0x14,
  subX: 0x1c,
  mul: 0x24,
  mulX: 0x2c,
  div: 0x34,
  divX: 0x3c,
  or: 0x44,
  orX: 0x4c,
  and: 0x54,
  andX: 0x5c,
  shiftLeft: 0x64,
  shiftLeftX: 0x6c,
  shiftRight: 0x74,
  shiftRightX: 0x7c,
  negate: 0x84,
  mod: 0x94,
  modX: 0x9c,
  xor: 0xa4,
  xorX: 0xac,
  jump: 0x05,
  jumpEqual: 0x15,
  jumpEqualX: 0x1d,
  jumpGreater: 0x25,
  jumpGreaterX: 0x2d,
  jumpAtLeast: 0x35,
  jumpAtLeastX: 0x3d,
  jumpBitsSet: 0x45,
  jumpBitsSetX: 0x4d,
  returnK: 0x06,
  returnA: 0x16,
  toX: 0x07,
  fromX: 0x87,
} as const

/** A load at an offset from here on (as a signed number) asks for a fact about the packet; see `Ancillary`. */
export const ANCILLARY_OFFSET = -0x1000
/** Offsets from here on count from the network header, wherever the packet's first byte is. */
export const NETWORK_OFFSET = -0x100000
/** Offsets from here on count from the link-layer header. The kernel reads only the linear part of a packet there. */
export const LINK_OFFSET = -0x200000

/** Facts about the packet that are not in its bytes: offsets for `Op.loadWord`. */
export const Ancillary = {
  /** EtherType behind the link layer, in the host's order. */
  protocol: (ANCILLARY_OFFSET + 0) >>> 0,
  /** 0 to this host, 1 broadcast, 2 multicast, 3 to another host, 4 outgoing. */
  packetType: (ANCILLARY_OFFSET + 4) >>> 0,
  /** Kind of interface: 1 Ethernet, 772 loopback, 65534 none. */
  hardwareType: (ANCILLARY_OFFSET + 28) >>> 0,
  /** Tag control field that was taken off the frame; 0 when none was. */
  vlanTag: (ANCILLARY_OFFSET + 44) >>> 0,
  /** 1 when a tag was taken off. */
  vlanPresent: (ANCILLARY_OFFSET + 48) >>> 0,
} as const

/** `PACKET_OUTGOING`: sent by this host. */
export const PACKET_TYPE_OUTGOING = 4

const INSTRUCTION_BYTES = 8

/** The program as an array of struct sock_filter. Its count of instructions is the length divided by 8. */
export function encodeProgram(program: BpfProgram): Buffer {
  const bytes = Buffer.alloc(program.length * INSTRUCTION_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const isLittle = endianness() === "LE"
  for (const [i, { code, jt, jf, k }] of program.entries()) {
    const at = i * INSTRUCTION_BYTES
    view.setUint16(at, code, isLittle)
    view.setUint8(at + 2, jt)
    view.setUint8(at + 3, jf)
    view.setUint32(at + 4, k, isLittle)
  }
  return bytes
}
