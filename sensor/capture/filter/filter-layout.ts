// The first part of a filter program: finds the headers once, so that the questions behind it are short.
//
// In:  link type, what the questions need. Out: instructions that leave in memory where the network header lies, what it
// is, and the protocol, ports and addresses in it. What a packet does not have is NONE, which no port, protocol or id is.
//
//   Ethernet  destination 6 | source 6 | type 2 | network header          IEEE 802.3
//   tag       (type of the one before) control 2 | type 2                 IEEE 802.1Q, 802.1ad
//   SLL       ... | type 2 at 14 | network header at 16                   SLL2: type at 0, network header at 20
//
// The program looks through the VLAN tags that are in the frame; that a tag was taken off makes no difference to it.

import type { BpfAssembler, Label } from "./bpf-assembler.ts"
import { Ancillary, Op } from "./bpf-program.ts"
import { FilterError, FilterEtherType } from "./filter-expression.ts"

/** VLAN tags in a frame that a filter looks through. */
export const FILTER_TAGS_MAX = 3

const TAG_TYPES = [0x8100, 0x88a8, 0x9100, 0x9200] as const

/** Words of memory. */
export const Cell = {
  /** Offset of the network header. */
  network: 0,
  /** One of `Kind`, 0 for anything else. */
  kind: 1,
  /** EtherType behind the tags. */
  type: 2,
  /** Protocol of IPv4, next header of IPv6 or the one behind a fragment header. */
  protocol: 3,
  sourcePort: 4,
  destinationPort: 5,
  /** IPv4, or sender and target of ARP. */
  source: 6,
  destination: 7,
  /** Id of the tag that was taken off, then of those in the frame. */
  vlanTaken: 8,
  vlans: [9, 10, 11],
} as const

export const Kind = { ip: 1, ip6: 2, arp: 4, rarp: 8 } as const

export const NONE = 0xffff_ffff

/** What the questions of a filter read from memory; a part that is not needed is not found. */
export interface LayoutNeeds {
  /** Anything at all behind the link layer. */
  any: boolean
  network: boolean
  kind: boolean
  type: boolean
  protocol: boolean
  ports: boolean
  addresses: boolean
  vlans: boolean
}

/** IPv4 protocols and IPv6 next headers with ports at their start. */
const PORTED = [6, 17, 132] as const

/** Where the type field and the network header are, by link type (https://www.tcpdump.org/linktypes.html). */
const TYPED_LINKS: ReadonlyMap<number, { readonly type: number; readonly network: number }> = new Map([
  [1, { type: 12, network: 14 }],
  [104, { type: 2, network: 4 }],
  [113, { type: 14, network: 16 }],
  [276, { type: 0, network: 20 }],
])

export const LINK_ETHERNET = 1

export function emitLayout(to: BpfAssembler, link: number, needs: LayoutNeeds): void {
  new Layout(to, needs).emit(link)
}

class Layout {
  readonly #to: BpfAssembler
  readonly #needs: LayoutNeeds
  readonly #done: Label

  constructor(to: BpfAssembler, needs: LayoutNeeds) {
    this.#to = to
    this.#needs = needs
    this.#done = to.label()
  }

  emit(link: number): void {
    this.#presets()
    const typed = TYPED_LINKS.get(link)
    if (typed !== undefined) this.#tagged(typed.type, typed.network)
    else if (link === 0 || link === 108) this.#loopback()
    else if (link === 9 || link === 50) this.#ppp()
    else if (link === 12 || link === 14 || link === 101) this.#bareIp()
    else if (link === 228 || link === 229) this.#fixed(0, link === 228 ? FilterEtherType.ip : FilterEtherType.ip6)
    else throw new FilterError(`the filter cannot be applied to packets of link type ${link}.`)
    this.#network()
    this.#to.mark(this.#done)
  }

  /** What holds for a packet in which nothing is found. */
  #presets(): void {
    const { protocol, ports, vlans } = this.#needs
    const to = this.#to
    const cells = [
      ...(protocol ? [Cell.protocol] : []),
      ...(ports ? [Cell.sourcePort, Cell.destinationPort] : []),
      ...(vlans ? [Cell.vlanTaken, ...Cell.vlans] : []),
    ]
    if (cells.length > 0) to.emit(Op.loadImmediate, NONE)
    for (const cell of cells) to.emit(Op.store, cell)
    if (this.#needs.addresses) to.emit(Op.loadImmediate, 0).emit(Op.store, Cell.source).emit(Op.store, Cell.destination)
    if (!vlans) return
    const isInFrame = to.label()
    to.emit(Op.loadWord, Ancillary.vlanPresent).branch(Op.jumpEqual, 0, isInFrame, null)
    to.emit(Op.loadWord, Ancillary.vlanTag).emit(Op.and, 0xfff).emit(Op.store, Cell.vlanTaken)
    to.mark(isInFrame)
  }

  // Each of these leaves the EtherType in A and the offset of the network header in X.

  /** IP is asked for before each tag, because most packets are IP. */
  #tagged(typeAt: number, networkAt: number): void {
    const to = this.#to
    const found = to.label()
    to.emit(Op.loadxImmediate, networkAt).emit(Op.loadHalf, typeAt)
    for (let i = 0; i < FILTER_TAGS_MAX; i++) {
      const tag = to.label()
      const at = networkAt + 4 * i
      to.branch(Op.jumpEqual, FilterEtherType.ip, found, null).branch(Op.jumpEqual, FilterEtherType.ip6, found, null)
      for (const type of TAG_TYPES.slice(0, -1)) to.branch(Op.jumpEqual, type, tag, null)
      to.branch(Op.jumpEqual, TAG_TYPES.at(-1)!, tag, found).mark(tag)
      if (this.#needs.vlans) to.emit(Op.loadHalf, at).emit(Op.and, 0xfff).emit(Op.store, Cell.vlans[i]!)
      to.emit(Op.loadxImmediate, at + 4).emit(Op.loadHalf, at + 2)
    }
    to.mark(found)
  }

  #fixed(networkAt: number, type: number): void {
    this.#to.emit(Op.loadxImmediate, networkAt).emit(Op.loadImmediate, type)
  }

  /** `cases`: values of A and the EtherType that each means. */
  #translate(networkAt: number, cases: readonly (readonly [number, number])[]): void {
    const to = this.#to
    const found = to.label()
    to.emit(Op.loadxImmediate, networkAt)
    for (const [value, type] of cases) {
      const next = to.label()
      to.branch(Op.jumpEqual, value, null, next).emit(Op.loadImmediate, type).jump(found).mark(next)
    }
    to.emit(Op.loadImmediate, 0).mark(found)
  }

  #bareIp(): void {
    this.#to.emit(Op.loadByte, 0).emit(Op.and, 0xf0)
    this.#translate(0, [
      [0x40, FilterEtherType.ip],
      [0x60, FilterEtherType.ip6],
    ])
  }

  /** An address family in the byte order of the host that captured: of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS. */
  #loopback(): void {
    const families = [2, 10, 23, 24, 28, 30]
    this.#to.emit(Op.loadWord, 0)
    this.#translate(
      4,
      families.flatMap((family) => {
        const type = family === 2 ? FilterEtherType.ip : FilterEtherType.ip6
        return [
          [family, type],
          [(family << 24) >>> 0, type],
        ] as const
      }),
    )
  }

  /** The address and control bytes ff 03 may be left out. */
  #ppp(): void {
    const to = this.#to
    const [bare, found] = [to.label(), to.label()]
    const protocols = [
      [0x21, FilterEtherType.ip],
      [0x57, FilterEtherType.ip6],
    ] as const
    to.emit(Op.loadHalf, 0).branch(Op.jumpEqual, 0xff03, null, bare).emit(Op.loadHalf, 2)
    this.#translate(4, protocols)
    to.jump(found).mark(bare)
    this.#translate(2, protocols)
    to.mark(found)
  }

  #network(): void {
    const to = this.#to
    const { network, kind, type, addresses } = this.#needs
    if (network) to.emit(Op.storex, Cell.network)
    if (type) to.emit(Op.store, Cell.type)
    const [ip, ip6, arp, rarp] = [to.label(), to.label(), to.label(), to.label()]
    to.branch(Op.jumpEqual, FilterEtherType.ip, ip, null).branch(Op.jumpEqual, FilterEtherType.ip6, ip6, null)
    if (kind) {
      to.branch(Op.jumpEqual, FilterEtherType.arp, arp, null).branch(Op.jumpEqual, FilterEtherType.rarp, rarp, null)
      this.#kind(0).jump(this.#done)
      for (const [label, bit] of [
        [arp, Kind.arp],
        [rarp, Kind.rarp],
      ] as const) {
        this.#kind(bit, label)
        if (addresses) this.#addresses(14, 24)
        to.jump(this.#done)
      }
    } else to.jump(this.#done)
    this.#kind(Kind.ip6, ip6)
    this.#ip6()
    to.jump(this.#done)
    this.#kind(Kind.ip, ip)
    if (addresses) this.#addresses(12, 16)
    this.#ip()
  }

  /** Starts the part for one kind of packet. */
  #kind(bit: number, label: Label | null = null): BpfAssembler {
    const to = this.#to
    if (label !== null) to.mark(label)
    return this.#needs.kind ? to.emit(Op.loadImmediate, bit).emit(Op.store, Cell.kind) : to
  }

  #addresses(sourceAt: number, destinationAt: number): void {
    const to = this.#to
    to.emit(Op.loadWordX, sourceAt).emit(Op.store, Cell.source)
    to.emit(Op.loadWordX, destinationAt).emit(Op.store, Cell.destination)
  }

  /** A fragment that is not the first has a protocol, but no ports. */
  #ip(): void {
    const to = this.#to
    if (this.#needs.protocol) to.emit(Op.loadByteX, 9).emit(Op.store, Cell.protocol)
    if (!this.#needs.ports) return
    to.emit(Op.loadHalfX, 6).branch(Op.jumpBitsSet, 0x1fff, this.#done, null).emit(Op.loadByteX, 9)
    this.#unlessPorted()
    to.emit(Op.loadByteX, 0).emit(Op.and, 0xf).emit(Op.shiftLeft, 2).emit(Op.addX).emit(Op.toX)
    this.#ports(0)
  }

  #ip6(): void {
    const to = this.#to
    const isDirect = to.label()
    if (this.#needs.protocol || this.#needs.ports) to.emit(Op.loadByteX, 6)
    if (this.#needs.protocol) {
      to.branch(Op.jumpEqual, 44, null, isDirect).emit(Op.loadByteX, 40).emit(Op.store, Cell.protocol).jump(this.#done)
      to.mark(isDirect).emit(Op.store, Cell.protocol)
    }
    if (!this.#needs.ports) return
    this.#unlessPorted()
    this.#ports(40)
  }

  #unlessPorted(): void {
    const to = this.#to
    const isPorted = to.label()
    for (const protocol of PORTED.slice(0, -1)) to.branch(Op.jumpEqual, protocol, isPorted, null)
    to.branch(Op.jumpEqual, PORTED.at(-1)!, isPorted, this.#done).mark(isPorted)
  }

  #ports(at: number): void {
    const to = this.#to
    to.emit(Op.loadHalfX, at).emit(Op.store, Cell.sourcePort)
    to.emit(Op.loadHalfX, at + 2).emit(Op.store, Cell.destinationPort)
  }
}
