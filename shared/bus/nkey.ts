// User seeds as NATS writes them, told from anything else before they are used: "SU" and 56 letters of base 32.
//
//   prefix 2 bytes | seed 32 bytes | CRC-16 of both, little endian
const USER_SEED = /^SU[A-D][A-Z2-7]{55}$/
const USER_KEY = /^U[A-Z2-7]{55}$/
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
/** CRC-16/XMODEM. */
const POLYNOMIAL = 0x1021

/** The one seed of a file: lines that are empty or begin with "#" are passed over. Null: it holds none, or more. */
export function userSeedOf(text: string): string | null {
  const lines = text.split("\n").map((line) => line.trim())
  const [seed, ...more] = lines.filter((line) => line !== "" && !line.startsWith("#"))
  if (seed === undefined || more.length > 0) return null
  return USER_SEED.test(seed) && isWhole(seed) ? seed : null
}

/** "U...": what the server is told of a key. */
export function isUserKey(text: string): boolean {
  return USER_KEY.test(text) && isWhole(text)
}

/** Whether the last two bytes are the checksum of the others. */
function isWhole(text: string): boolean {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const letter of text) {
    held = ((held << 5) | LETTERS.indexOf(letter)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 0xff)
  }
  const [low, high] = bytes.splice(-2)
  return crcOf(bytes) === low! + high! * 256
}

function crcOf(bytes: readonly number[]): number {
  let crc = 0
  for (const byte of bytes) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ POLYNOMIAL) & 0xffff : (crc << 1) & 0xffff
  }
  return crc
}
