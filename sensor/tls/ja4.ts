// JA4: a short text for what kind of software sent a ClientHello (FoxIO, BSD-3-Clause; TLS over TCP only). The order in which a
// client lists ciphers and extensions does not matter, since browsers shuffle them.
//
//   t13d1516h2_8daaf6152771_e5627efa2ab1
//   | |  | | |  |            first 12 hex digits of SHA-256 of extensions, sorted, without name and ALPN, and signature algorithms
//   | |  | | |  first 12 hex digits of SHA-256 of the ciphers, sorted
//   | |  | | first and last character of the first ALPN protocol
//   | |  | how many extensions
//   | |  how many ciphers
//   | d: with a server name, i: without
//   t: TCP, then the version
//
// In:  a ClientHello.   Out: its text, remembered, since a hash costs more than all the rest of a hello.
import { createHash } from "node:crypto"
import { ByteInterner } from "../../shared/bytes/interner.ts"
import { type ClientHello, LIST_MAX } from "./client-hello.ts"

const KNOWN = { entries: 2048, keyBytes: 1 << 19 }
const NOTHING = "000000000000"
const SERVER_NAME = 0
const ALPN = 16

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0304, "13"],
  [0x0303, "12"],
  [0x0302, "11"],
  [0x0301, "10"],
  [0x0300, "s3"],
  [0x0002, "s2"],
])

export class Ja4 {
  readonly #known = new ByteInterner<string>(KNOWN)
  /** Everything that goes into the text, as numbers: the key under which it is remembered. */
  readonly #key = new Uint16Array(3 * LIST_MAX + 8)
  readonly #keyBytes = new Uint8Array(this.#key.buffer)
  readonly #sorted = new Uint16Array(LIST_MAX)

  of(hello: ClientHello): string {
    const key = this.#key
    const ciphers = this.#sort(hello.ciphers, hello.ciphersCount)
    key[0] = hello.version
    key[1] = hello.hasServerName ? 1 : 0
    key[2] = hello.ciphersCount
    key[3] = hello.extensionsCount
    key[4] = hello.signaturesCount
    const { alpn } = hello
    key[5] = alpn === "" ? 0xffff : (alpn.charCodeAt(0) << 8) | alpn.charCodeAt(alpn.length - 1)
    let at = 6
    key.set(ciphers, at)
    at += ciphers.length
    const extensions = this.#sort(hello.extensions, hello.extensionsCount)
    key.set(extensions, at)
    at += extensions.length
    key.set(hello.signatures.subarray(0, hello.signaturesCount), at)
    at += hello.signaturesCount
    const known = this.#known.find(this.#keyBytes, 0, 2 * at)
    if (known !== undefined) return known
    const text = ja4(hello, this.#sort)
    this.#known.add(this.#keyBytes, 0, 2 * at, text)
    return text
  }

  /** The first `count` values, sorted; valid until the next call. */
  readonly #sort = (values: Uint16Array, count: number): Uint16Array => {
    this.#sorted.set(values.subarray(0, count))
    return this.#sorted.subarray(0, count).sort()
  }
}

function ja4(hello: ClientHello, sort: (values: Uint16Array, count: number) => Uint16Array): string {
  const ciphers = hexList(sort(hello.ciphers, hello.ciphersCount))
  const extensions = hexList(
    sort(hello.extensions, hello.extensionsCount).filter((type) => type !== SERVER_NAME && type !== ALPN),
  )
  const signatures = hexList(hello.signatures.subarray(0, hello.signaturesCount))
  const version = VERSIONS.get(hello.version) ?? "00"
  const name = hello.hasServerName ? "d" : "i"
  const counts = twoDigits(hello.ciphersCount) + twoDigits(hello.extensionsCount)
  const rest = signatures === "" ? extensions : `${extensions}_${signatures}`
  return `t${version}${name}${counts}${protocolLetters(hello.alpn)}_${digest(ciphers)}_${digest(rest)}`
}

const twoDigits = (count: number): string => String(Math.min(count, 99)).padStart(2, "0")

const hexList = (values: Uint16Array): string =>
  Array.from(values, (value) => value.toString(16).padStart(4, "0")).join(",")

const digest = (text: string): string =>
  text === "" ? NOTHING : createHash("sha256").update(text).digest("hex").slice(0, 12)

/** First and last character; of their hex digits, where one of them is no letter or digit. */
function protocolLetters(alpn: string): string {
  if (alpn === "") return "00"
  const first = alpn[0]!
  const last = alpn[alpn.length - 1]!
  if (/^[0-9A-Za-z]{2}$/.test(first + last)) return first + last
  return hexByte(first)[0]! + hexByte(last)[1]!
}

const hexByte = (char: string): string => char.charCodeAt(0).toString(16).padStart(2, "0")
