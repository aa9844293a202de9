// Slices to a string without a wrapper object a call: every Buffer has them, @types/node does not list them.
declare global {
  interface Buffer {
    latin1Slice(start?: number, end?: number): string
    utf8Slice(start?: number, end?: number): string
  }
}

export {}
