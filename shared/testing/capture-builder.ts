// Builds capture files for tests from frames (packet-builder.ts): classic pcap and pcapng in both byte orders and
// several time resolutions. The blocks of pcapng are exported one by one, so that tests can put odd files together.
import { concatBytes, type Frame } from "./packet-builder.ts"

export type ByteOrder = "little" | "big"

/** Bytes of numbers in one byte order. */
class Fields {
  readonly #bytes: number[] = []
  readonly #little: boolean

  constructor(order: ByteOrder) {
    this.#little = order === "little"
  }

  put(width: 1 | 2 | 4 | 8, value: number | bigint): this {
    const all = BigInt.asUintN(width * 8, BigInt(value))
    for (let i = 0; i < width; i++) {
      const shift = BigInt(8 * (this.#little ? i : width - 1 - i))
      this.#bytes.push(Number((all >> shift) & 0xffn))
    }
    return this
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}

export interface PcapFields {
  readonly order?: ByteOrder
  readonly resolution?: "us" | "ns"
  readonly link?: number
  readonly snapLength?: number
}

/** The 24 bytes at the head of a classic file. */
export function pcapHeader(fields: PcapFields = {}): Uint8Array {
  const magic = fields.resolution === "ns" ? 0xa1b23c4d : 0xa1b2c3d4
  return new Fields(fields.order ?? "little")
    .put(4, magic)
    .put(2, 2)
    .put(2, 4)
    .put(4, 0)
    .put(4, 0)
    .put(4, fields.snapLength ?? 262_144)
    .put(4, fields.link ?? 1).bytes
}

/** The 16 bytes before a packet. */
export function pcapRecordHeader(timeUs: number, captured: number, wire: number, fields: PcapFields = {}): Uint8Array {
  const fraction = (timeUs % 1e6) * (fields.resolution === "ns" ? 1000 : 1)
  return new Fields(fields.order ?? "little")
    .put(4, Math.floor(timeUs / 1e6))
    .put(4, fraction)
    .put(4, captured)
    .put(4, wire).bytes
}

/** A classic capture file. */
export function pcapFile(frames: readonly Frame[], fields: PcapFields = {}): Uint8Array {
  const parts = [pcapHeader(fields)]
  for (const { timeUs, bytes, wire } of frames) {
    parts.push(pcapRecordHeader(timeUs, bytes.length, wire ?? bytes.length, fields), bytes)
  }
  // Not as arguments: a file may have more packets than a call takes.
  return new Uint8Array(Buffer.concat(parts))
}

/** One pcapng block: type, length, body padded to four bytes, length again. */
export function pcapngBlock(type: number, body: Uint8Array, order: ByteOrder = "little"): Uint8Array {
  const padding = new Uint8Array(-body.length & 3)
  const length = 12 + body.length + padding.length
  return concatBytes(
    new Fields(order).put(4, type).put(4, length).bytes,
    body,
    padding,
    new Fields(order).put(4, length).bytes,
  )
}

export interface PcapngOption {
  readonly code: number
  readonly value: Uint8Array
}

/** Options with the end mark; nothing at all when there are none. */
export function pcapngOptions(options: readonly PcapngOption[], order: ByteOrder = "little"): Uint8Array {
  if (options.length === 0) return new Uint8Array(0)
  const parts = options.map(({ code, value }) =>
    concatBytes(new Fields(order).put(2, code).put(2, value.length).bytes, value, new Uint8Array(-value.length & 3)),
  )
  return concatBytes(...parts, new Uint8Array(4))
}

/** A number as the value of an option. */
export function pcapngNumber(width: 1 | 2 | 4 | 8, value: number | bigint, order: ByteOrder = "little"): Uint8Array {
  return new Fields(order).put(width, value).bytes
}

export function sectionHeaderBlock(order: ByteOrder = "little"): Uint8Array {
  const body = new Fields(order).put(4, 0x1a2b3c4d).put(2, 1).put(2, 0).put(8, -1n).bytes
  return pcapngBlock(0x0a0d0d0a, body, order)
}

export function interfaceBlock(
  fields: { readonly link?: number; readonly snapLength?: number; readonly options?: readonly PcapngOption[] } = {},
  order: ByteOrder = "little",
): Uint8Array {
  const head = new Fields(order)
    .put(2, fields.link ?? 1)
    .put(2, 0)
    .put(4, fields.snapLength ?? 262_144).bytes
  return pcapngBlock(1, concatBytes(head, pcapngOptions(fields.options ?? [], order)), order)
}

/** `ticks` is the time in units of the interface's resolution. */
export function enhancedPacketBlock(
  frame: Frame,
  fields: { readonly port?: number; readonly ticks?: bigint } = {},
  order: ByteOrder = "little",
): Uint8Array {
  const ticks = fields.ticks ?? BigInt(frame.timeUs)
  const head = new Fields(order)
    .put(4, fields.port ?? 0)
    .put(4, ticks >> 32n)
    .put(4, ticks & 0xffffffffn)
    .put(4, frame.bytes.length)
    .put(4, frame.wire ?? frame.bytes.length).bytes
  return pcapngBlock(6, concatBytes(head, frame.bytes), order)
}

export function simplePacketBlock(frame: Frame, order: ByteOrder = "little"): Uint8Array {
  const head = new Fields(order).put(4, frame.wire ?? frame.bytes.length).bytes
  return pcapngBlock(3, concatBytes(head, frame.bytes), order)
}

/** The packet block of the first drafts, which old tools wrote. */
export function obsoletePacketBlock(
  frame: Frame,
  fields: { readonly port?: number; readonly drops?: number } = {},
  order: ByteOrder = "little",
): Uint8Array {
  const ticks = BigInt(frame.timeUs)
  const head = new Fields(order)
    .put(2, fields.port ?? 0)
    .put(2, fields.drops ?? 0xffff)
    .put(4, ticks >> 32n)
    .put(4, ticks & 0xffffffffn)
    .put(4, frame.bytes.length)
    .put(4, frame.wire ?? frame.bytes.length).bytes
  return pcapngBlock(2, concatBytes(head, frame.bytes), order)
}

/** Statistics of an interface: counts are options 4 (received), 5 (dropped by the interface), 7 (by the system). */
export function statisticsBlock(
  fields: { readonly port?: number; readonly options?: readonly PcapngOption[] } = {},
  order: ByteOrder = "little",
): Uint8Array {
  const head = new Fields(order).put(4, fields.port ?? 0).put(8, 0).bytes
  return pcapngBlock(5, concatBytes(head, pcapngOptions(fields.options ?? [], order)), order)
}

/** Secrets type 0x544c534b: lines of a TLS key log. */
export function secretsBlock(secrets: Uint8Array, order: ByteOrder = "little", type = 0x544c534b): Uint8Array {
  const head = new Fields(order).put(4, type).put(4, secrets.length).bytes
  return pcapngBlock(10, concatBytes(head, secrets), order)
}

/** A pcapng file of one section and one interface. */
export function pcapngFile(
  frames: readonly Frame[],
  fields: { readonly order?: ByteOrder; readonly link?: number } = {},
): Uint8Array {
  const order = fields.order ?? "little"
  return concatBytes(
    sectionHeaderBlock(order),
    interfaceBlock({ link: fields.link ?? 1 }, order),
    ...frames.map((frame) => enhancedPacketBlock(frame, {}, order)),
  )
}
