// Sequence numbers are 32-bit and wrap. They are kept signed; only distances between two of them mean anything, and a
// distance is right as long as the two lie less than 2 GiB apart. RFC 9293 section 3.4.

/** How far `to` lies after `from`; negative when it lies before. */
export function distance(from: number, to: number): number {
  return (to - from) | 0
}

/** The number `length` bytes after `seq`. `length` may exceed 32 bits. */
export function advance(seq: number, length: number): number {
  return (seq + length) | 0
}
