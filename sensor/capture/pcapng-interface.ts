// One interface of a pcapng section: its link type, the unit of its time stamps, and what it lost.
//
//   option  code 2 | length 2 | value, padded to 4        code 0 ends the list
//
// In: the bodies of interface description and statistics blocks, options of packets. Out: numbers. Options that do not
// fit their block end the list: what they would have said is not known.

const Option = { interfaceName: 2, timeResolution: 9, timeOffset: 14, interfaceDrops: 5, systemDrops: 7 } as const

/** `epb_dropcount`: packets lost between the packet before and this one. */
const PACKET_DROPS_OPTION = 4

/** Characters of an interface's name that are kept. */
const NAME_BYTES_MAX = 64

const TWO_32 = 4_294_967_296

export class PcapngInterface {
  name: string | null = null
  link = 0
  /** 0: no limit announced. */
  snapLength = 0
  /** Index into the source's list of interfaces. */
  port = 0
  /** Packets that packet blocks reported lost, summed. */
  packetDrops = 0
  /** Packets that statistics blocks reported lost: they count from the start of the capture. */
  statisticsDrops = 0
  /** Ticks of the time stamps in a second. */
  #ticksPerSecond = 1_000_000n
  /** Ticks in a µs, when that is a whole number small enough for arithmetic without BigInt; else 0. */
  #ticksPerUs = 1
  #offsetUs = 0

  setResolution(exponent: number): void {
    this.#ticksPerSecond = exponent & 0x80 ? 2n ** BigInt(exponent & 0x7f) : 10n ** BigInt(exponent)
    const perUs = this.#ticksPerSecond / 1_000_000n
    this.#ticksPerUs = perUs * 1_000_000n === this.#ticksPerSecond && perUs <= 1_000_000n ? Number(perUs) : 0
  }

  setOffset(seconds: bigint): void {
    this.#offsetUs = Number(seconds) * 1e6
  }

  /**
   * Time of a packet from the two halves of its stamp; -1 when it is before 1970 or beyond what a Number counts exactly
   * (the year 2255): no clock showed that, and packet time must not jump there.
   */
  toUs(high: number, low: number): number {
    let timeUs: number
    const perUs = this.#ticksPerUs
    if (perUs === 1) {
      timeUs = high * TWO_32 + low
    } else if (perUs !== 0) {
      // In two steps, each of which is exact: nanoseconds since 1970 are too large for a Number.
      const whole = Math.floor(high / perUs)
      timeUs = whole * TWO_32 + Math.floor(((high - whole * perUs) * TWO_32 + low) / perUs)
    } else {
      timeUs = Number((((BigInt(high) << 32n) | BigInt(low)) * 1_000_000n) / this.#ticksPerSecond)
    }
    timeUs += this.#offsetUs
    return timeUs >= 0 && timeUs <= Number.MAX_SAFE_INTEGER ? timeUs : -1
  }
}

/** Calls `take` with the code, start and length of each option in [start, end). */
function eachOption(
  view: DataView,
  start: number,
  end: number,
  isLittle: boolean,
  take: (code: number, at: number, length: number) => void,
): void {
  let at = start
  while (end - at >= 4) {
    const code = view.getUint16(at, isLittle)
    const length = view.getUint16(at + 2, isLittle)
    if (code === 0 || length > end - at - 4) return
    take(code, at + 4, length)
    at += 4 + ((length + 3) & ~3)
  }
}

function count64(view: DataView, at: number, isLittle: boolean): number {
  return Math.min(Number(view.getBigUint64(at, isLittle)), Number.MAX_SAFE_INTEGER)
}

/** The body [start, end) of an interface description block, at least 8 bytes. */
export function readInterface(
  view: DataView,
  bytes: Buffer,
  start: number,
  end: number,
  isLittle: boolean,
): PcapngInterface {
  const found = new PcapngInterface()
  found.link = view.getUint16(start, isLittle)
  found.snapLength = view.getUint32(start + 4, isLittle)
  eachOption(view, start + 8, end, isLittle, (code, at, length) => {
    if (code === Option.interfaceName) found.name = bytes.latin1Slice(at, at + Math.min(length, NAME_BYTES_MAX))
    if (code === Option.timeResolution && length >= 1) found.setResolution(view.getUint8(at))
    if (code === Option.timeOffset && length === 8) found.setOffset(view.getBigInt64(at, isLittle))
  })
  return found
}

/** Drops in the options of a statistics block: by the interface and by the system. */
export function readStatisticsDrops(view: DataView, start: number, end: number, isLittle: boolean): number {
  let drops = 0
  eachOption(view, start, end, isLittle, (code, at, length) => {
    if (length !== 8) return
    if (code === Option.interfaceDrops || code === Option.systemDrops) drops += count64(view, at, isLittle)
  })
  return drops
}

/** Packets lost before a packet, from its options. */
export function readPacketDrops(view: DataView, start: number, end: number, isLittle: boolean): number {
  let drops = 0
  eachOption(view, start, end, isLittle, (code, at, length) => {
    if (code === PACKET_DROPS_OPTION && length === 8) drops += count64(view, at, isLittle)
  })
  return drops
}
