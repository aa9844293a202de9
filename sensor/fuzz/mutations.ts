// What happens to one frame: damage, lies about lengths, cuts, pieces of other frames.
//
// In:  a frame whose bytes may be changed. Out: the same frame, changed. Lengths stay within what capture lets through: wire at
// least captured, at most WIRE_BYTES_MAX.
import { WIRE_BYTES_MAX } from "../capture/capture-format.ts"
import { type FuzzFrame, headersOf, put16, put32 } from "./fuzz-frame.ts"
import type { Random } from "./random.ts"

type Mutation = (frame: FuzzFrame, random: Random, other: FuzzFrame) => void

/** Numbers at which arithmetic goes wrong. */
const EDGES16 = [0, 1, 3, 4, 5, 19, 20, 21, 0x7f, 0xff, 0x100, 0x7fff, 0x8000, 0xfffe, 0xffff]
const EDGES32 = [0, 1, -1, 2, -2, 0x7fffffff, -0x80000000, 0x7ffffffe, 0x10000, -0x10000, 1 << 24, -(1 << 24)]

/** The link types that decode knows, and some that it does not. */
const LINKS = [0, 1, 9, 12, 14, 50, 101, 104, 105, 108, 113, 127, 129, 228, 229, 239, 276, 6, 147, 65_535]

function setBytes(frame: FuzzFrame, bytes: Uint8Array): void {
  frame.wire = Math.min(WIRE_BYTES_MAX, Math.max(bytes.length, frame.wire + bytes.length - frame.bytes.length))
  frame.bytes = bytes
}

const flipBits: Mutation = (frame, random) => {
  const { bytes } = frame
  if (bytes.length === 0) return
  for (let count = random.between(1, 8); count > 0; count--) bytes[random.below(bytes.length)]! ^= 1 << random.below(8)
}

/** Only headers: damage in payload seldom reaches a branch. */
const flipHead: Mutation = (frame, random) => {
  const length = Math.min(frame.bytes.length, 80)
  if (length > 0) frame.bytes[random.below(length)] = random.bits()
}

const edgeNumber: Mutation = (frame, random) => {
  const { bytes } = frame
  const length = Math.min(bytes.length, 120)
  if (length < 4) return
  if (random.once(2)) put16(bytes, random.below(length - 1), random.pick(EDGES16))
  else put32(bytes, random.below(length - 3), random.pick(EDGES32))
}

const lieAboutLengths: Mutation = (frame, random) => {
  const headers = headersOf(frame.bytes, frame.link)
  if (headers === null) return edgeNumber(frame, random, frame)
  const { bytes } = frame
  const { ip, isIpv4, tcp } = headers
  switch (random.below(4)) {
    case 0:
      put16(bytes, ip + (isIpv4 ? 2 : 4), random.once(2) ? random.pick(EDGES16) : random.below(65_536))
      break
    case 1:
      bytes[ip] = isIpv4 ? 0x40 | random.below(16) : random.bits()
      break
    case 2:
      bytes[tcp + 12] = (random.below(16) << 4) | (bytes[tcp + 12]! & 0xf)
      break
    default:
      frame.wire = Math.max(bytes.length, random.below(random.once(4) ? WIRE_BYTES_MAX : 70_000))
  }
}

/** Cut by the snap length: the wire had more. */
const snap: Mutation = (frame, random) => {
  frame.bytes = frame.bytes.subarray(0, random.below(frame.bytes.length + 1))
}

/** Cut on the wire: nobody says that there was more. */
const cut: Mutation = (frame, random) => {
  frame.bytes = frame.bytes.subarray(0, random.below(frame.bytes.length + 1))
  frame.wire = frame.bytes.length
}

const splice: Mutation = (frame, random, other) => {
  const at = random.below(frame.bytes.length + 1)
  const from = random.below(other.bytes.length + 1)
  setBytes(frame, Buffer.concat([frame.bytes.subarray(0, at), other.bytes.subarray(from)]))
}

const insert: Mutation = (frame, random) => {
  const at = random.below(Math.min(frame.bytes.length, 100) + 1)
  const garbage = random.bytes(random.between(1, 24))
  setBytes(frame, Buffer.concat([frame.bytes.subarray(0, at), garbage, frame.bytes.subarray(at)]))
}

const remove: Mutation = (frame, random) => {
  const at = random.below(Math.min(frame.bytes.length, 100) + 1)
  const length = random.between(1, 24)
  setBytes(frame, Buffer.concat([frame.bytes.subarray(0, at), frame.bytes.subarray(at + length)]))
}

const trail: Mutation = (frame, random) => {
  setBytes(frame, Buffer.concat([frame.bytes, random.bytes(random.between(1, 60))]))
}

const otherLink: Mutation = (frame, random) => {
  frame.link = random.pick(LINKS)
}

const kernelTag: Mutation = (frame, random) => {
  frame.vlan = random.below(65_536)
}

const flipPayload: Mutation = (frame, random) => {
  const headers = headersOf(frame.bytes, frame.link)
  if (headers === null || headers.payload === headers.end) return
  const length = Math.min(headers.end - headers.payload, 400)
  for (let count = random.between(1, 4); count > 0; count--)
    frame.bytes[headers.payload + random.below(length)] = random.once(2) ? random.bits() : random.pick(DELIMITERS)
}

/** Bytes that HTTP is made of: they move more than random ones. */
const DELIMITERS = [..."\r\n\r\n :;,=/?#%+ \t\"'0123456789abcdefGETHTP.\u0000"].map((text) => text.charCodeAt(0))

const MUTATIONS: readonly Mutation[] = [
  flipBits,
  flipHead,
  flipHead,
  edgeNumber,
  lieAboutLengths,
  lieAboutLengths,
  snap,
  cut,
  splice,
  insert,
  remove,
  trail,
  otherLink,
  kernelTag,
  flipPayload,
  flipPayload,
  flipPayload,
]

/** One to three mutations. `other` gives pieces. */
export function mutate(frame: FuzzFrame, random: Random, other: FuzzFrame): void {
  for (let count = random.once(3) ? random.between(2, 3) : 1; count > 0; count--)
    random.pick(MUTATIONS)(frame, random, other)
}
