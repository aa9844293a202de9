// Ethernet frames of TCP segments over IPv4, written one behind the other into a growing buffer: a capture's records without its order.
//
//   offset  0         6        12    14              34             54
//           | to MAC  | from   | 0800 | IPv4 header  | TCP header   | payload
//
// RFC 791, RFC 9293 section 3.1. Checksums are right, so that other tools read the file, too.
export const TcpFlag = { fin: 1, syn: 2, push: 8, ack: 16 } as const

export interface FrameSide {
  /** IPv4 address as a number. */
  readonly address: number
  readonly port: number
  /** Sequence number of the next byte it sends. */
  next: number
}

const HEADER_BYTES = 54
const IP_AT = 14
const TCP_AT = 34

/** 32 bits of "10.1.2.3". */
export function addressNumber(text: string): number {
  return text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
}

export class FrameStore {
  #bytes = Buffer.alloc(1 << 20)
  #end = 0
  readonly #times: number[] = []
  readonly #starts: number[] = []

  get count(): number {
    return this.#times.length
  }

  timeOf(frame: number): number {
    return this.#times[frame]!
  }

  /** Valid until the next frame. */
  bytesOf(frame: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[frame]!, this.#starts[frame + 1] ?? this.#end)
  }

  clear(): void {
    this.#end = 0
    this.#times.length = 0
    this.#starts.length = 0
  }

  /** Takes over a frame as it is. */
  copy(timeUs: number, frame: Uint8Array): void {
    this.#reserve(timeUs, frame.length).set(frame)
  }

  /** A segment with characters [from, to) of `text` (latin1). */
  segment(timeUs: number, sender: FrameSide, receiver: FrameSide, flags: number, text: string): void {
    const bytes = this.#reserve(timeUs, HEADER_BYTES + text.length)
    bytes.fill(0, 0, HEADER_BYTES)
    bytes[5] = 2
    bytes[11] = 1
    bytes[0] = bytes[6] = 2
    bytes.writeUInt16BE(0x0800, 12)
    bytes[IP_AT] = 0x45
    bytes.writeUInt16BE(40 + text.length, IP_AT + 2)
    bytes[IP_AT + 8] = 64
    bytes[IP_AT + 9] = 6
    bytes.writeUInt32BE(sender.address, IP_AT + 12)
    bytes.writeUInt32BE(receiver.address, IP_AT + 16)
    bytes.writeUInt16BE(folded(sumOf(bytes, IP_AT, TCP_AT)), IP_AT + 10)
    bytes.writeUInt16BE(sender.port, TCP_AT)
    bytes.writeUInt16BE(receiver.port, TCP_AT + 2)
    bytes.writeUInt32BE(sender.next, TCP_AT + 4)
    if ((flags & TcpFlag.ack) !== 0) bytes.writeUInt32BE(receiver.next, TCP_AT + 8)
    bytes[TCP_AT + 12] = 0x50
    bytes[TCP_AT + 13] = flags
    bytes.writeUInt16BE(64_240, TCP_AT + 14)
    bytes.write(text, HEADER_BYTES, "latin1")
    // The pseudo header: both addresses, the protocol, the length.
    const pseudo = sumOf(bytes, IP_AT + 12, TCP_AT) + 6 + 20 + text.length
    bytes.writeUInt16BE(folded(pseudo + sumOf(bytes, TCP_AT, bytes.length)), TCP_AT + 16)
    const phantom = (flags & (TcpFlag.syn | TcpFlag.fin)) === 0 ? 0 : 1
    sender.next = (sender.next + text.length + phantom) >>> 0
  }

  #reserve(timeUs: number, length: number): Buffer {
    if (this.#end + length > this.#bytes.length) {
      const grown = Buffer.alloc(this.#bytes.length * 2)
      this.#bytes.copy(grown, 0, 0, this.#end)
      this.#bytes = grown
    }
    this.#times.push(timeUs)
    this.#starts.push(this.#end)
    this.#end += length
    return this.#bytes.subarray(this.#end - length, this.#end)
  }
}

/** Sum of 16-bit words of [start, end); RFC 1071. */
function sumOf(bytes: Buffer, start: number, end: number): number {
  let sum = 0
  let at = start
  for (; at + 1 < end; at += 2) sum += (bytes[at]! << 8) | bytes[at + 1]!
  return at < end ? sum + (bytes[at]! << 8) : sum
}

function folded(sum: number): number {
  let rest = sum
  while (rest > 0xffff) rest = (rest & 0xffff) + Math.floor(rest / 0x10000)
  return ~rest & 0xffff
}
