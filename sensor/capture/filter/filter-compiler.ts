// From a capture filter to a classic BPF program.
//
// In:  an expression, the link type of the packets. Out: a program that returns the bytes to keep, 0 for a rejected packet.
// First the headers are found (filter-layout.ts), then the questions are asked from the left, each jumping to where its
// answer leads. Given up: a program longer than a kernel takes, a link type whose headers have no fixed place.
import { BpfAssembler, type Label } from "./bpf-assembler.ts"
import { Ancillary, type BpfProgram, Op, PACKET_TYPE_OUTGOING, PROGRAM_INSTRUCTIONS_MAX } from "./bpf-program.ts"
import {
  type FilterEnd,
  FilterError,
  FilterEtherType,
  type FilterExpression,
  type FilterPrimitive,
} from "./filter-expression.ts"
import { Cell, emitLayout, Kind, type LayoutNeeds, LINK_ETHERNET, NONE } from "./filter-layout.ts"

export interface CompileOptions {
  /** Link type of the packets, LINKTYPE_* of the pcap registry. */
  readonly link: number
  /** Bytes to keep of an accepted packet, 1 to 2^32 - 1. */
  readonly snapBytes: number
  /** Rejects what this host sends: only where the kernel runs the program, and only when the host's own traffic is no input. */
  readonly dropOutgoing?: boolean
}

/** Throws FilterError. */
export function compileFilter(expression: FilterExpression, options: CompileOptions): BpfProgram {
  return new FilterCompiler(options).compile(expression)
}

const KIND_OF_TYPE: ReadonlyMap<number, number> = new Map([
  [FilterEtherType.ip, Kind.ip],
  [FilterEtherType.arp, Kind.arp],
  [FilterEtherType.rarp, Kind.rarp],
  [FilterEtherType.ip6, Kind.ip6],
])

/** The next header that says "fragment", and what follows it is looked at instead. */
const FRAGMENT_HEADER = 44

class FilterCompiler {
  readonly #to = new BpfAssembler()
  readonly #options: CompileOptions

  constructor(options: CompileOptions) {
    this.#options = options
  }

  compile(expression: FilterExpression): BpfProgram {
    const to = this.#to
    const { link, snapBytes, dropOutgoing } = this.#options
    const [accept, reject] = [to.label(), to.label()]
    if (dropOutgoing === true)
      to.emit(Op.loadWord, Ancillary.packetType).branch(Op.jumpEqual, PACKET_TYPE_OUTGOING, reject, null)
    const needs = layoutNeeds(expression)
    if (needs.any) emitLayout(to, link, needs)
    this.#ask(expression, accept, reject)
    to.mark(accept).emit(Op.returnK, snapBytes).mark(reject).emit(Op.returnK, 0)
    const program = to.assemble()
    if (program.length > PROGRAM_INSTRUCTIONS_MAX)
      throw new FilterError(
        `the filter makes a program of ${program.length} instructions, and a kernel takes ${PROGRAM_INSTRUCTIONS_MAX}; use networks and ranges in place of long lists.`,
      )
    return program
  }

  /** Code that ends at `yes` or at `no`. */
  #ask(expression: FilterExpression, yes: Label, no: Label): void {
    switch (expression.kind) {
      case "all":
        this.#to.jump(yes)
        break
      case "not":
        this.#ask(expression.term, no, yes)
        break
      case "and":
      case "or": {
        const { kind, terms } = expression
        for (const term of terms.slice(0, -1)) {
          const next = this.#to.label()
          this.#ask(term, kind === "or" ? yes : next, kind === "or" ? next : no)
          this.#to.mark(next)
        }
        this.#ask(terms.at(-1)!, yes, no)
        break
      }
      default:
        this.#askPrimitive(expression, yes, no)
    }
  }

  #askPrimitive(primitive: FilterPrimitive, yes: Label, no: Label): void {
    const to = this.#to
    switch (primitive.kind) {
      case "etherType": {
        const kind = KIND_OF_TYPE.get(primitive.type)
        if (kind !== undefined) this.#isKind(kind, yes, no)
        else to.emit(Op.loadMemory, Cell.type).branch(Op.jumpEqual, primitive.type, yes, no)
        break
      }
      case "protocol":
        this.#protocol(primitive, yes, no)
        break
      case "ipv4":
        this.#ipv4(primitive, yes, no)
        break
      case "ipv6":
        this.#ipv6(primitive, yes, no)
        break
      case "port":
        this.#port(primitive, yes, no)
        break
      case "mac":
        this.#mac(primitive, yes, no)
        break
      case "vlan":
        this.#vlan(primitive.id, yes, no)
        break
      case "length":
        to.emit(Op.loadLength)
        this.#between(primitive.least, primitive.most, yes, no)
    }
  }

  /** `kinds`: bits of `Kind`. */
  #isKind(kinds: number, yes: Label, no: Label): void {
    this.#to.emit(Op.loadMemory, Cell.kind).branch(Op.jumpBitsSet, kinds, yes, no)
  }

  /** Asks of A, an unsigned number. */
  #between(least: number, most: number, yes: Label, no: Label): void {
    const to = this.#to
    if (least === most) {
      to.branch(Op.jumpEqual, least, yes, no)
      return
    }
    if (least > 0) {
      const isEnough = most === NONE ? yes : to.label()
      to.branch(Op.jumpAtLeast, least, isEnough, no)
      if (most !== NONE) to.mark(isEnough)
    } else if (most === NONE) to.jump(yes)
    if (most !== NONE) to.branch(Op.jumpGreater, most, no, yes)
  }

  /** Asks `ask` of the source, the destination, or both of them. */
  #ends(end: FilterEnd, yes: Label, no: Label, ask: (isSource: boolean, yes: Label, no: Label) => void): void {
    if (end === "src" || end === "dst") {
      ask(end === "src", yes, no)
      return
    }
    const second = this.#to.label()
    ask(true, end === "either" ? yes : second, end === "either" ? second : no)
    this.#to.mark(second)
    ask(false, yes, no)
  }

  #protocol(primitive: Extract<FilterPrimitive, { kind: "protocol" }>, yes: Label, no: Label): void {
    const to = this.#to
    const { protocol, isIpv4, isIpv6 } = primitive
    const isVersion = to.label()
    if (!isIpv4 || !isIpv6) this.#isKind(isIpv4 ? Kind.ip : Kind.ip6, isVersion, no)
    to.mark(isVersion).emit(Op.loadMemory, Cell.protocol)
    if (protocol !== FRAGMENT_HEADER || !isIpv6) {
      to.branch(Op.jumpEqual, protocol, yes, no)
      return
    }
    // The next header itself is asked for, not the one that memory holds in its place.
    const isIp6 = to.label()
    to.branch(Op.jumpEqual, protocol, yes, null)
    this.#isKind(Kind.ip6, isIp6, no)
    to.mark(isIp6).emit(Op.loadxMemory, Cell.network).emit(Op.loadByteX, 6).branch(Op.jumpEqual, protocol, yes, no)
  }

  #ipv4(primitive: Extract<FilterPrimitive, { kind: "ipv4" }>, yes: Label, no: Label): void {
    const to = this.#to
    const { types, end, network, mask } = primitive
    const isKind = to.label()
    this.#isKind(
      types.reduce((kinds, type) => kinds | KIND_OF_TYPE.get(type)!, 0),
      mask === 0 ? yes : isKind,
      no,
    )
    to.mark(isKind)
    if (mask === 0) return
    this.#ends(end, yes, no, (isSource, matches, differs) => {
      to.emit(Op.loadMemory, isSource ? Cell.source : Cell.destination)
      if (mask !== NONE) to.emit(Op.and, mask)
      to.branch(Op.jumpEqual, network, matches, differs)
    })
  }

  #ipv6(primitive: Extract<FilterPrimitive, { kind: "ipv6" }>, yes: Label, no: Label): void {
    const to = this.#to
    const { end, network, mask } = primitive
    const words = [0, 1, 2, 3].filter((i) => mask[i] !== 0)
    const isKind = to.label()
    this.#isKind(Kind.ip6, words.length === 0 ? yes : isKind, no)
    to.mark(isKind)
    if (words.length === 0) return
    to.emit(Op.loadxMemory, Cell.network)
    this.#ends(end, yes, no, (isSource, matches, differs) => {
      for (const [i, word] of words.entries()) {
        const next = to.label()
        to.emit(Op.loadWordX, (isSource ? 8 : 24) + 4 * word)
        if (mask[word] !== NONE) to.emit(Op.and, mask[word])
        to.branch(Op.jumpEqual, network[word]!, i === words.length - 1 ? matches : next, differs).mark(next)
      }
    })
  }

  #port(primitive: Extract<FilterPrimitive, { kind: "port" }>, yes: Label, no: Label): void {
    const to = this.#to
    const { protocol, end, low, high } = primitive
    if (protocol !== null) to.emit(Op.loadMemory, Cell.protocol).branch(Op.jumpEqual, protocol, null, no)
    this.#ends(end, yes, no, (isSource, matches, differs) => {
      to.emit(Op.loadMemory, isSource ? Cell.sourcePort : Cell.destinationPort)
      this.#between(low, high, matches, differs)
    })
  }

  #mac(primitive: Extract<FilterPrimitive, { kind: "mac" }>, yes: Label, no: Label): void {
    const to = this.#to
    if (this.#options.link !== LINK_ETHERNET) {
      to.jump(no)
      return
    }
    this.#ends(primitive.end, yes, no, (isSource, matches, differs) => {
      const at = isSource ? 6 : 0
      to.emit(Op.loadWord, at + 2).branch(Op.jumpEqual, primitive.low, null, differs)
      to.emit(Op.loadHalf, at).branch(Op.jumpEqual, primitive.high, matches, differs)
    })
  }

  #vlan(id: number | null, yes: Label, no: Label): void {
    const to = this.#to
    const cells = [Cell.vlanTaken, ...Cell.vlans]
    if (id === null) {
      // A tag in the frame comes first in its own cell, so that two cells tell.
      to.emit(Op.loadMemory, Cell.vlanTaken).branch(Op.jumpEqual, NONE, null, yes)
      to.emit(Op.loadMemory, Cell.vlans[0]).branch(Op.jumpEqual, NONE, no, yes)
      return
    }
    for (const [i, cell] of cells.entries())
      to.emit(Op.loadMemory, cell).branch(Op.jumpEqual, id, yes, i === cells.length - 1 ? no : null)
  }
}

function layoutNeeds(expression: FilterExpression): LayoutNeeds {
  const needs: LayoutNeeds = {
    any: false,
    network: false,
    kind: false,
    type: false,
    protocol: false,
    ports: false,
    addresses: false,
    vlans: false,
  }
  addNeeds(needs, expression)
  return needs
}

/** Notes what the questions read, so that nothing else is found. */
function addNeeds(needs: LayoutNeeds, expression: FilterExpression): void {
  switch (expression.kind) {
    case "and":
    case "or":
      for (const term of expression.terms) addNeeds(needs, term)
      return
    case "not":
      addNeeds(needs, expression.term)
      return
    case "all":
    case "length":
    case "mac":
      return
    case "etherType":
      if (KIND_OF_TYPE.has(expression.type)) needs.kind = true
      else needs.type = true
      break
    case "protocol": {
      const isFragmentHeader = expression.protocol === FRAGMENT_HEADER && expression.isIpv6
      needs.protocol = true
      needs.network ||= isFragmentHeader
      needs.kind ||= isFragmentHeader || !expression.isIpv4 || !expression.isIpv6
      break
    }
    case "port":
      needs.ports = true
      needs.protocol ||= expression.protocol !== null
      break
    case "ipv4":
      needs.kind = needs.addresses = true
      break
    case "ipv6":
      needs.kind = needs.network = true
      break
    case "vlan":
      needs.vlans = true
      break
  }
  needs.any = true
}
