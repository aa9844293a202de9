// Strings in the Huffman code of RFC 7541, appendix B -> bytes.
//
// The code is canonical: codes of one length follow each other in the order of their symbols, so the lengths say it all. It
// is read a byte at a time through a tree of tables: 256 entries a table, one table for each prefix of 8, 16 or 24 bits.
//   entry   leaf: LEAF | bits of this byte that belong to the code << 8 | symbol      inner: number of the next table      0: none

/** Length in bits of the codes of symbols 0 to 255 and of EOS, as letters: "a" is 5. */
const LENGTHS =
  "isxxxxxxxtzxxzxxxxxxxxzxxxxxxxxxbffhibdgffdgdbbbaaabbbbbbbcdkbhfibccccccccccccccccccccccdcdioijbkabababbbaccbbbabcbaabcccc" +
  "ckgjixprpprrrsrssssststtrstssssqrsrsstrqprrssqsrrtqrssqqrqsrssprrrsrrsvvporsruvvvwwvtuoqvwwvwtqqvvxwwwptpqrqqsrruuttvsvwvvw" +
  "wwwwxwwwwwvz"
const EOS = 256
const LEAF = 0x8000
const TABLES_MAX = 64

/** Most bytes that `length` coded bytes can stand for: the shortest code has 5 bits. */
export const huffmanBytesMax = (length: number): number => Math.floor((length * 8) / 5)

export interface HuffmanCode {
  readonly code: number
  readonly bits: number
}

/** Code and length of each symbol, EOS last. */
export function huffmanCodes(): HuffmanCode[] {
  const lengths = Array.from(LENGTHS, (letter) => letter.charCodeAt(0) - 92)
  const order = lengths.map((_, symbol) => symbol).sort((a, b) => lengths[a]! - lengths[b]! || a - b)
  const codes: HuffmanCode[] = []
  let next = 0
  let before = 0
  for (const symbol of order) {
    const bits = lengths[symbol]!
    next *= 2 ** (bits - before)
    codes[symbol] = { code: next++, bits }
    before = bits
  }
  return codes
}

function buildTree(): Uint16Array {
  const tree = new Uint16Array(TABLES_MAX * 256)
  let tables = 1
  for (const [symbol, { code, bits }] of huffmanCodes().entries()) {
    if (symbol === EOS) continue
    let table = 0
    let left = bits
    for (; left > 8; left -= 8) {
      const at = table * 256 + (Math.floor(code / 2 ** (left - 8)) & 255)
      if (tree[at] === 0) tree[at] = tables++
      table = tree[at]!
    }
    const first = (code << (8 - left)) & 255
    for (let i = 0; i < 1 << (8 - left); i++) tree[table * 256 + first + i] = LEAF | (left << 8) | symbol
  }
  return tree
}

/** Made when the first such string comes. */
let tree: Uint16Array | null = null

/**
 * Decodes [start, end) of `from` to `to` at `at`, which has room for huffmanBytesMax. Returns where it stopped writing, -1 for
 * what is no such string: EOS in it, padding of eight bits or more, or of others than ones.
 */
export function decodeHuffman(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  tree ??= buildTree()
  const tables = tree
  let held = 0
  let bits = 0
  let table = 0
  let out = at
  for (let i = start; i < end; i++) {
    held = ((held << 8) | from[i]!) & 0xffff
    bits += 8
    while (bits >= 8) {
      const entry = tables[table + ((held >>> (bits - 8)) & 255)]!
      if (entry >= LEAF) {
        to[out++] = entry & 255
        bits -= (entry >>> 8) & 15
        table = 0
      } else {
        if (entry === 0) return -1
        bits -= 8
        table = entry << 8
      }
    }
  }
  // What is left is less than a byte: short codes, then padding.
  while (bits > 0) {
    const entry = tables[table + ((held << (8 - bits)) & 255)]!
    const taken = (entry >>> 8) & 15
    if (entry < LEAF || taken > bits) break
    to[out++] = entry & 255
    bits -= taken
    table = 0
  }
  if (table !== 0 || bits > 7) return -1
  const ones = (1 << bits) - 1
  return (held & ones) === ones ? out : -1
}
