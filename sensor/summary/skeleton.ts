// The skeleton of a request: what its operation depends on and nothing of what varies, as bytes. Two requests with the same
// skeleton have the same Operation, so one look-up by these bytes stands for all the strings that an operation holds.
//
//   GET 0 /v1/orders/ <int> 0 expand <word> page <int> 0 layout(4) kinds of extra fields ... cookies(4)
//         path               query, as sent             names of the fields, interned
//
// Control bytes are marks, text bytes are text: whoever writes text here has encoded or replaced its control bytes.
// Bounded: every writer has its own limit, and CAPACITY is above their sum.

export const CAPACITY = 48 * 1024

/** Marks. A Kind (1 to 24) stands for itself in a path; KIND + kind follows a query name. */
export const Mark = {
  /** End of a section. */
  end: 0,
  /** A file extension follows. */
  extension: 0x1c,
  /** A folded query name: the next byte is its kind. */
  folded: 0x1d,
  /** A word of the path that is not shown: the twelve digits of its pseudonym follow. */
  hidden: 0x1e,
} as const

export class Skeleton {
  readonly bytes: Buffer = Buffer.alloc(CAPACITY)
  length = 0

  clear(): void {
    this.length = 0
  }

  /** An ASCII string without control bytes. */
  text(text: string): void {
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i)
  }

  mark(byte: number): void {
    this.bytes[this.length++] = byte
  }

  id(n: number): void {
    const { bytes } = this
    bytes[this.length++] = n
    bytes[this.length++] = n >>> 8
    bytes[this.length++] = n >>> 16
    bytes[this.length++] = n >>> 24
  }
}
