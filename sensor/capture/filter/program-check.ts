// What the kernel checks of a classic BPF program before it attaches it, so that a program made here is refused here.
//
// In: a program. Out: null, or a sentence that names the instruction. One difference: of the kernel's ancillary loads only
// those in `Ancillary` pass, because the machine beside this file knows no others.
import {
  ANCILLARY_OFFSET,
  Ancillary,
  type BpfInstruction,
  type BpfProgram,
  MEMORY_WORDS,
  Op,
  PROGRAM_INSTRUCTIONS_MAX,
} from "./bpf-program.ts"

const CODES: ReadonlySet<number> = new Set(Object.values(Op))
const ANCILLARIES: ReadonlySet<number> = new Set(Object.values(Ancillary))
const ABSOLUTE_LOADS: readonly number[] = [Op.loadWord, Op.loadHalf, Op.loadByte]
const CLASS_JUMP = 5

const isConditional = (code: number): boolean => (code & 7) === CLASS_JUMP && code !== Op.jump

export function checkProgram(program: BpfProgram): string | null {
  const { length } = program
  if (length === 0) return "there is no instruction"
  if (length > PROGRAM_INSTRUCTIONS_MAX)
    return `there are ${length} instructions, and ${PROGRAM_INSTRUCTIONS_MAX} is the most that a kernel takes`
  for (const [at, instruction] of program.entries()) {
    const fault = faultOf(instruction, length - at - 1)
    if (fault !== null) return `instruction ${at}: ${fault}`
  }
  const last = program[length - 1]!.code
  if (last !== Op.returnK && last !== Op.returnA) return "the last instruction is no return"
  return checkMemory(program)
}

/** `behind`: instructions after this one. */
function faultOf({ code, jt, jf, k }: BpfInstruction, behind: number): string | null {
  if (!CODES.has(code)) return `there is no code ${code}`
  if (!Number.isInteger(k) || k < 0 || k > 0xffff_ffff) return `operand ${k} is no 32-bit number`
  if (!isByte(jt) || !isByte(jf)) return "a jump is longer than 255"
  if (isConditional(code)) return Math.max(jt, jf) >= behind ? "a jump leads out of the program" : null
  if (ABSOLUTE_LOADS.includes(code)) {
    return (k | 0) < 0 && (k | 0) >= ANCILLARY_OFFSET && !ANCILLARIES.has(k) ? `no such fact ${k | 0}` : null
  }
  switch (code) {
    case Op.jump:
      return k >= behind ? "a jump leads out of the program" : null
    case Op.div:
    case Op.mod:
      return k === 0 ? "division by zero" : null
    case Op.shiftLeft:
    case Op.shiftRight:
      return k >= 32 ? "a shift by 32 or more" : null
    case Op.loadMemory:
    case Op.loadxMemory:
    case Op.store:
    case Op.storex:
      return k >= MEMORY_WORDS ? `there is no word ${k} of memory` : null
    default:
      return null
  }
}

const isByte = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 255

/** No word of memory may be read that is not written on every way there. */
function checkMemory(program: BpfProgram): string | null {
  /** For each instruction the words that are written on all the jumps to it; a bit a word. */
  const arriving = new Uint16Array(program.length).fill(0xffff)
  let written = 0
  for (const [at, { code, jt, jf, k }] of program.entries()) {
    written &= arriving[at]!
    if (code === Op.store || code === Op.storex) written |= 1 << k
    else if (code === Op.loadMemory || code === Op.loadxMemory) {
      if ((written & (1 << k)) === 0) return `instruction ${at}: word ${k} of memory is read before it is written`
    } else if (code === Op.jump) {
      arriving[at + 1 + k]! &= written
      written = 0xffff
    } else if (isConditional(code)) {
      arriving[at + 1 + jt]! &= written
      arriving[at + 1 + jf]! &= written
      written = 0xffff
    }
  }
  return null
}
