// Reads of fixed-width integers from a byte array. The caller has checked the bounds: past the end these give numbers
// without meaning (`undefined` counts as 0 in the bit operations), never an exception.

export function be16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!
}

/** Signed: what the flow table and sequence arithmetic want. */
export function be32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}

/** Unsigned. */
export function beU32(bytes: Uint8Array, at: number): number {
  return be32(bytes, at) >>> 0
}

export function le16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8)
}

/** Signed. */
export function le32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

/** Unsigned. */
export function leU32(bytes: Uint8Array, at: number): number {
  return le32(bytes, at) >>> 0
}
