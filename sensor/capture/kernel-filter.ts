// The classic BPF program that a socket carries: the user's filter, cut to the snap length, without the second copy that
// a loopback interface gives of each packet. One instruction is struct sock_filter, 8 bytes:
//
//   | code u16 | jump if true u8 | jump if false u8 | k u32 |     in the machine's byte order, which is little-endian here
//
// linux/filter.h, linux/bpf_common.h. Jumps are relative, so a program may be put behind another one.
import { LiveCaptureError } from "./live-error.ts"

const INSTRUCTION_BYTES = 8
/** What the kernel accepts. */
export const INSTRUCTIONS_MAX = 4096

const LOAD_HALF = 0x28
const LOAD_NUMBER = 0x00
const JUMP_IF_EQUAL = 0x15
const RETURN = 0x06
/** Offset of the packet's type among what the kernel knows beside its bytes; type 4 is the copy on its way out. */
const PACKET_TYPE = 0xfffff004
const OUTGOING = 4

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, k: number]

/** Lets nothing pass. */
export const DROP_ALL: Uint8Array = assemble([[RETURN, 0, 0, 0]])

/** `filter` null: everything passes. Throws LiveCaptureError when the whole is longer than the kernel accepts. */
export function kernelFilter(filter: Uint8Array | null, snapBytes: number, isLoopback: boolean): Uint8Array {
  const user = filter === null ? assemble([[RETURN, 0, 0, snapBytes]]) : cutTo(filter, snapBytes)
  const whole = isLoopback ? Buffer.concat([WITHOUT_OUTGOING, user]) : user
  const instructions = whole.length / INSTRUCTION_BYTES
  if (!Number.isInteger(instructions) || instructions === 0 || instructions > INSTRUCTIONS_MAX)
    throw new LiveCaptureError(
      "filter",
      `the filter has ${instructions} instructions; the kernel takes 1 to ${INSTRUCTIONS_MAX}`,
    )
  return whole
}

export function assemble(program: readonly Instruction[]): Uint8Array {
  const bytes = Buffer.alloc(program.length * INSTRUCTION_BYTES)
  program.forEach(([code, ifTrue, ifFalse, k], i) => {
    bytes.writeUInt16LE(code, i * INSTRUCTION_BYTES)
    bytes[i * INSTRUCTION_BYTES + 2] = ifTrue
    bytes[i * INSTRUCTION_BYTES + 3] = ifFalse
    bytes.writeUInt32LE(k, i * INSTRUCTION_BYTES + 4)
  })
  return bytes
}

/** The user's program begins with an accumulator of 0, as the kernel promises it. */
const WITHOUT_OUTGOING = assemble([
  [LOAD_HALF, 0, 0, PACKET_TYPE],
  [JUMP_IF_EQUAL, 0, 1, OUTGOING],
  [RETURN, 0, 0, 0],
  [LOAD_NUMBER, 0, 0, 0],
])

/** The number that a program returns is how much of the packet is kept. */
function cutTo(filter: Uint8Array, snapBytes: number): Uint8Array {
  const bytes = Buffer.from(filter)
  for (let at = 0; at + INSTRUCTION_BYTES <= bytes.length; at += INSTRUCTION_BYTES) {
    const isReturn = bytes.readUInt16LE(at) === RETURN
    if (isReturn && bytes.readUInt32LE(at + 4) > snapBytes) bytes.writeUInt32LE(snapBytes, at + 4)
  }
  return bytes
}
