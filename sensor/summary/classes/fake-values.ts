// Values for measuring: of each class, made from the rules of those who issue them and not from our validators; and of what
// APIs are full of that is of no class. Seeded: a run can be repeated.
import { createHash } from "node:crypto"

export class Lot {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** xorshift32 with a final multiplication; 0 <= value < below. */
  below(below: number): number {
    let x = this.#state || 0x9e3779b9
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#state = x >>> 0
    return Math.floor(((Math.imul(x, 0x2c1b3c6d) >>> 0) / 2 ** 32) * below)
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  text(alphabet: string, length: number): string {
    let out = ""
    for (let i = 0; i < length; i++) out += alphabet[this.below(alphabet.length)]
    return out
  }

  digits = (length: number): string => this.text("0123456789", length)
  number = (from: number, to: number): number => from + this.below(to - from + 1)
  padded = (from: number, to: number, length: number): string => String(this.number(from, to)).padStart(length, "0")
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
const ALNUM = `${UPPER}abcdefghijklmnopqrstuvwxyz0123456789`
const HEX = "0123456789abcdef"
const rest = (text: string, divisor: bigint): bigint => BigInt(text) % divisor
const sum = (text: string, weights: readonly number[]): number =>
  [...text].reduce((total, char, i) => total + Number(char) * weights[i % weights.length]!, 0)

function withLuhn(text: string): string {
  for (let d = 0; d < 10; d++) {
    let total = 0
    for (const [i, char] of [...`${text}${d}`].reverse().entries())
      total += i % 2 === 0 ? Number(char) : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(char)]!
    if (total % 10 === 0) return `${text}${d}`
  }
  throw new Error("no digit")
}

const lettersAsNumbers = (text: string): string => [...text].map((char) => Number.parseInt(char, 36)).join("")

function iban(lot: Lot): string {
  const [country, bban] = lot.of([
    ["DE", lot.digits(18)],
    ["GB", lot.text(UPPER, 4) + lot.digits(14)],
    ["FR", `${lot.digits(10)}${lot.text(`${UPPER}0123456789`, 11)}${lot.digits(2)}`],
    ["NL", lot.text(UPPER, 4) + lot.digits(10)],
    ["ES", lot.digits(20)],
    ["AT", lot.digits(16)],
    ["NO", lot.digits(11)],
  ] as const)
  const check = String(98n - rest(lettersAsNumbers(`${bban}${country}00`), 97n)).padStart(2, "0")
  return `${country}${check}${bban}`
}

const D5: readonly string[] =
  "0123456789 1234067895 2340178956 3401289567 4012395678 5987604321 6598710432 7659821043 8765932104 9876543210".split(
    " ",
  )
const P8: readonly string[] =
  "0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258".split(" ")

function aadhaar(lot: Lot): string {
  const text = `${lot.number(2, 9)}${lot.digits(10)}`
  for (let d = 0; d < 10; d++) {
    let c = 0
    for (const [i, char] of [...`${text}${d}`].reverse().entries()) c = Number(D5[c]![Number(P8[i % 8]![Number(char)])])
    if (c === 0) return `${text}${d}`
  }
  throw new Error("no digit")
}

function modulo11(text: string, weights: readonly number[]): string {
  const left = sum(text, weights) % 11
  return `${text}${left < 2 ? 0 : 11 - left}`
}

function codiceFiscale(lot: Lot): string {
  const day = lot.number(1, 28) + lot.of([0, 40])
  const text = `${lot.text(UPPER, 6)}${lot.digits(2)}${lot.of([..."ABCDEHLMPRST"])}${String(day).padStart(2, "0")}${lot.text(UPPER, 1)}${lot.digits(3)}`
  const odd = "BAKPLCQDREVOSFTGUHMINJWZYX"
  let total = 0
  for (const [i, char] of [...text].entries()) {
    const worth = /\d/.test(char) ? Number(char) : UPPER.indexOf(char)
    total += i % 2 === 0 ? odd.indexOf(UPPER[worth]!) : worth
  }
  return `${text}${UPPER[total % 26]}`
}

function steuerId(lot: Lot): string {
  for (;;) {
    const digits = [...Array(10).keys()].sort(() => lot.below(2) - 0.5)
    digits[lot.number(1, 9)] = digits[0]!
    if (digits[0] === 0) continue
    let product = 10
    for (const d of digits) {
      const s = (d + product) % 10 || 10
      product = (s * 2) % 11
    }
    return `${digits.join("")}${(11 - product) % 10}`
  }
}

function nir(lot: Lot): string {
  const text = `${lot.of([1, 2])}${lot.digits(2)}${lot.padded(1, 12, 2)}${lot.padded(1, 95, 2)}${lot.digits(6)}`
  return `${text}${String(97n - rest(text, 97n)).padStart(2, "0")}`
}

function vin(lot: Lot): string {
  const letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
  const text = `${lot.text(letters, 3)}${lot.text(`${letters}0123456789`, 5)}0${lot.text(letters, 1)}${lot.text(`${letters}0123456789`, 1)}${lot.digits(6)}`
  const worth = (char: string): number =>
    /\d/.test(char) ? Number(char) : Number("12345678012345070923456789"["ABCDEFGHIJKLMNOPQRSTUVWXYZ".indexOf(char)])
  const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
  const left = [...text].reduce((total, char, i) => total + worth(char) * weights[i]!, 0) % 11
  return `${text.slice(0, 8)}${left === 10 ? "X" : left}${text.slice(9)}`
}

function machineReadable(lot: Lot): string {
  const checked = (text: string): string => {
    const total = [...text].reduce((t, c, i) => t + (c === "<" ? 0 : Number.parseInt(c, 36)) * [7, 3, 1][i % 3]!, 0)
    return `${text}${total % 10}`
  }
  const number = checked(`${lot.text(UPPER, 1)}${lot.digits(8)}`)
  const born = checked(`${lot.padded(40, 99, 2)}${lot.padded(1, 12, 2)}${lot.padded(1, 28, 2)}`)
  const until = checked(`${lot.padded(26, 35, 2)}${lot.padded(1, 12, 2)}${lot.padded(1, 28, 2)}`)
  const name = `P<UTO${lot.text(UPPER, 8)}<<${lot.text(UPPER, 6)}`.padEnd(44, "<")
  return `${name}${number}UTO${born}F${until}${"<".repeat(14)}00`
}

const coded = (text: string): string => Buffer.from(text).toString("base64url")
const date = (lot: Lot): string => `${lot.number(1930, 2010)}-${lot.padded(1, 12, 2)}-${lot.padded(1, 28, 2)}`

/** Of each class: a name of a field that says so, and valid values. */
export const VALID: Readonly<Record<string, { readonly name: string; readonly make: (lot: Lot) => string }>> = {
  card: {
    name: "card_number",
    make: (lot) =>
      withLuhn(
        lot.of([
          () => `4${lot.digits(14)}`,
          () => `5${lot.number(1, 5)}${lot.digits(13)}`,
          () => `${lot.number(2221, 2720)}${lot.digits(11)}`,
          () => `3${lot.of([4, 7])}${lot.digits(12)}`,
          () => `6011${lot.digits(11)}`,
          () => `${lot.number(3528, 3589)}${lot.digits(11)}`,
        ])(),
      ),
  },
  iban: { name: "iban", make: iban },
  bic: { name: "bic", make: (lot) => `${lot.text(UPPER, 4)}${lot.of(["DE", "FR", "GB", "US"])}${lot.text(UPPER, 2)}` },
  email: {
    name: "email",
    make: (lot) =>
      `${lot.text("abcdefghij", 5)}.${lot.text("klmnop", 4)}@${lot.text("qrstu", 6)}.${lot.of(["com", "de", "co.uk", "example"])}`,
  },
  phone: {
    name: "phone",
    make: (lot) =>
      lot.of([
        () => `+4915${lot.digits(9)}`,
        () => `+1 ${lot.number(2, 9)}${lot.digits(2)} ${lot.number(2, 9)}${lot.digits(2)} ${lot.digits(4)}`,
        () => `+44 20 ${lot.digits(8)}`,
      ])(),
  },
  jwt: {
    name: "note",
    make: (lot) =>
      `${coded('{"alg":"RS256","typ":"JWT"}')}.${coded(`{"sub":"${lot.digits(6)}"}`)}.${lot.text(ALNUM, 86)}`,
  },
  "api-key": {
    name: "note",
    make: (lot) =>
      lot.of([
        () => `AKIA${lot.text(`${UPPER}234567`, 16)}`,
        () => `ghp_${lot.text(ALNUM, 36)}`,
        () => `sk_live_${lot.text(ALNUM, 24)}`,
        () => `AIza${lot.text(ALNUM, 35)}`,
        () => `xoxb-${lot.digits(12)}-${lot.digits(12)}-${lot.text(ALNUM, 24)}`,
        () => `npm_${lot.text(ALNUM, 36)}`,
        () => `${lot.digits(9)}:AA${lot.text(ALNUM, 33)}`,
        () => `SG.${lot.text(ALNUM, 22)}.${lot.text(ALNUM, 43)}`,
      ])(),
  },
  "private-key": {
    name: "note",
    make: (lot) => `-----BEGIN ${lot.of(["", "RSA ", "EC "])}PRIVATE KEY-----\n${lot.text(ALNUM, 64)}\n`,
  },
  ssn: { name: "ssn", make: (lot) => `${lot.padded(1, 665, 3)}-${lot.padded(1, 99, 2)}-${lot.padded(1, 9999, 4)}` },
  nino: {
    name: "nino",
    make: (lot) =>
      `${lot.text("ABCEHJKLMPRSWXY", 1)}${lot.text("ACEHJLMPRSWXY", 1)}${lot.digits(6)}${lot.text("ABCD", 1)}`,
  },
  aadhaar: { name: "aadhaar", make: aadhaar },
  cpf: {
    name: "cpf",
    make: (lot) =>
      modulo11(modulo11(`${lot.digits(8)}1`, [10, 9, 8, 7, 6, 5, 4, 3, 2]), [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]),
  },
  cnpj: {
    name: "cnpj",
    make: (lot) =>
      modulo11(
        modulo11(`${lot.digits(8)}0001`, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]),
        [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2],
      ),
  },
  nir: { name: "nir", make: nir },
  "codice-fiscale": { name: "codice_fiscale", make: codiceFiscale },
  pesel: {
    name: "pesel",
    make: (lot) => {
      const text = `${lot.digits(2)}${lot.padded(1, 12, 2)}${lot.padded(1, 28, 2)}${lot.digits(4)}`
      return `${text}${(10 - (sum(text, [1, 3, 7, 9]) % 10)) % 10}`
    },
  },
  dni: {
    name: "dni",
    make: (lot) => {
      const digits = lot.digits(8)
      return `${digits}${"TRWAGMYFPDXBNJZSQVHLCKE"[Number(digits) % 23]}`
    },
  },
  "steuer-id": { name: "steuer_id", make: steuerId },
  passport: { name: "mrz", make: machineReadable },
  "birth-date": { name: "date_of_birth", make: date },
  vin: { name: "vin", make: vin },
  imei: { name: "imei", make: (lot) => withLuhn(`35${lot.digits(12)}`) },
  mac: { name: "mac", make: (lot) => Array.from({ length: 6 }, () => lot.text(HEX, 2)).join(":") },
  ip: {
    name: "client_ip",
    make: (lot) =>
      lot.of([
        () => `${lot.number(1, 223)}.${lot.below(256)}.${lot.below(256)}.${lot.below(256)}`,
        () => `2001:db8:${lot.text("123456789abcdef", 4)}::${lot.text("123456789abcdef", 3)}`,
      ])(),
  },
  geo: {
    name: "location",
    make: (lot) => `${lot.number(-89, 89)}.${lot.digits(6)},${lot.number(-179, 179)}.${lot.digits(6)}`,
  },
  password: { name: "password", make: (lot) => lot.text(ALNUM, 12) },
}

const hash = (algorithm: string, lot: Lot): Buffer => createHash(algorithm).update(lot.digits(18)).digest()

/** Values of no class. `i` counts up within a field. */
export const OTHER: Readonly<Record<string, (lot: Lot, i: number) => string | number>> = {
  "digits, 9": (lot) => lot.digits(9),
  "digits, 11": (lot) => lot.digits(11),
  "digits, 12": (lot) => lot.digits(12),
  "digits, 13": (lot) => lot.digits(13),
  "digits, 14": (lot) => lot.digits(14),
  "digits, 15": (lot) => lot.digits(15),
  "digits, 16": (lot) => lot.digits(16),
  "digits, 19": (lot) => lot.digits(19),
  "16 digits that begin with 4": (lot) => `4${lot.digits(15)}`,
  "order numbers, ascending": (_, i) => 4_532_000_000_000_000 + i,
  "order numbers, INV-000123": (lot) => `INV-${lot.digits(6)}`,
  "order numbers, 123-456-7890": (lot) => `${lot.digits(3)}-${lot.digits(3)}-${lot.digits(4)}`,
  "order numbers, 123-45-6789": (lot) => `${lot.digits(3)}-${lot.digits(2)}-${lot.digits(4)}`,
  "order numbers, DE + 20 digits": (lot) => `DE${lot.digits(20)}`,
  "serials, AB123456C": (lot) => `${lot.text(UPPER, 2)}${lot.digits(6)}${lot.text(UPPER, 1)}`,
  "serials, 12345678Z": (lot) => `${lot.digits(8)}${lot.text(UPPER, 1)}`,
  "serials, 16 capitals and digits": (lot) => lot.text(`${UPPER}0123456789`, 16),
  "serials, 17 capitals and digits": (lot) => lot.text(`${UPPER}0123456789`, 17),
  "seconds since 1970": (_, i) => 1_700_000_000 + i * 61,
  "milliseconds since 1970": (lot, i) => 1_700_000_000_000 + i * 61_000 + lot.below(1000),
  "nanoseconds since 1970": (lot, i) => `${1_700_000_000 + i}${lot.digits(9)}`,
  "times, ISO 8601": (lot) =>
    `20${lot.padded(10, 26, 2)}-${lot.padded(1, 12, 2)}-${lot.padded(1, 28, 2)}T${lot.padded(0, 23, 2)}:00:00Z`,
  dates: (lot) => date(lot),
  MD5: (lot) => hash("md5", lot).toString("hex"),
  "SHA-1": (lot) => hash("sha1", lot).toString("hex"),
  "SHA-256": (lot) => hash("sha256", lot).toString("hex"),
  "SHA-256, base64": (lot) => hash("sha256", lot).toString("base64"),
  UUID: (lot) =>
    hash("md5", lot)
      .toString("hex")
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
  "base64url, 22": (lot) => hash("sha256", lot).toString("base64url").slice(0, 22),
  "ids, cus_NffrFeUfNV2Hib": (lot) => `cus_${lot.text(ALNUM, 14)}`,
  prices: (lot) => lot.below(1_000_000) / 100,
  "decimals, 6 places": (lot) => Number(`${lot.number(-180, 180)}.${lot.digits(6)}`),
  "versions, 1.12.3": (lot) => `${lot.below(5)}.${lot.below(30)}.${lot.below(20)}`,
  "versions, 1.12.3.4": (lot) => `${lot.below(5)}.${lot.below(30)}.${lot.below(20)}.${lot.below(10)}`,
  words: (lot) => lot.text("abcdefghijklmnopqrstuvwxyz", lot.number(3, 10)),
  sentences: (lot) => Array.from({ length: 6 }, () => lot.text("aeioulnrst", 5)).join(" "),
  "handles, @name": (lot) => `@${lot.text("abcdefghij", 7)}`,
  "files, logo12@2x.png": (lot) => `logo${lot.digits(4)}@2x.png`,
  "packages, name@1.2.3": (lot) => `${lot.text("abcdef", 6)}@${lot.below(9)}.${lot.below(20)}.${lot.below(9)}`,
  "addresses of pages": (lot) => `https://example.com/${lot.text("abcdef", 6)}/${lot.digits(12)}`,
  colours: (lot) => `#${lot.text(HEX, 6)}`,
  "times of day": (lot) => `${lot.padded(0, 23, 2)}:${lot.padded(0, 59, 2)}:${lot.padded(0, 59, 2)}`,
}
