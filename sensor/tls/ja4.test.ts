// The vectors are those that the format's description works out (FoxIO, JA4), and for real clients what others state for them.
import assert from "node:assert/strict"
import { test } from "node:test"
import { ClientHello } from "./client-hello.ts"
import {
  alpnExtension,
  type ClientHelloParts,
  clientHello,
  extension,
  serverNameExtension,
  signaturesExtension,
  versionsExtension,
} from "./fake-tls.ts"
import { Ja4 } from "./ja4.ts"

const ja4 = new Ja4()

function ja4Of(parts: ClientHelloParts): string {
  const hello = new ClientHello()
  const body = clientHello(parts).subarray(4)
  assert.equal(hello.read(body, 0, body.length), true)
  const text = ja4.of(hello)
  assert.equal(ja4.of(hello), text, "remembered")
  return text
}

const CHROME_CIPHERS = [
  0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f,
  0x0035,
]
const CHROME_SIGNATURES = signaturesExtension(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601)
const empty = (...types: number[]): Buffer[] => types.map((type) => extension(type))
const CHROME = [
  ...empty(0x001b),
  serverNameExtension("example.com"),
  ...empty(0x0033),
  alpnExtension("h2", "http/1.1"),
  ...empty(0x4469, 0x0017, 0x002d),
  CHROME_SIGNATURES,
  ...empty(0x0005, 0x0023, 0x0012),
  versionsExtension(0x0304, 0x0303),
  ...empty(0xff01, 0x000b, 0x000a, 0x0015),
]

test("the worked example of the format", () => {
  assert.equal(ja4Of({ ciphers: CHROME_CIPHERS, extensions: CHROME }), "t13d1516h2_8daaf6152771_e5627efa2ab1")
})

test("order of ciphers and extensions does not matter, GREASE does not count, order of signatures does", () => {
  const shuffled = [...CHROME].reverse()
  const grease = [extension(0x1a1a), ...shuffled, extension(0xfafa)]
  assert.equal(
    ja4Of({ ciphers: [0x2a2a, ...CHROME_CIPHERS].reverse(), extensions: grease }),
    "t13d1516h2_8daaf6152771_e5627efa2ab1",
  )
  const other = CHROME.map((one) => (one === CHROME_SIGNATURES ? signaturesExtension(0x0804, 0x0403) : one))
  assert.notEqual(ja4Of({ ciphers: CHROME_CIPHERS, extensions: other }), "t13d1516h2_8daaf6152771_e5627efa2ab1")
})

test("a browser of 2025 with an encrypted hello and another settings extension", () => {
  const extensions = [
    ...CHROME.filter((one) => ![0x4469, 0x0015].includes(one.readUInt16BE(0))),
    ...empty(0x44cd, 0xfe0d),
  ]
  assert.equal(ja4Of({ ciphers: CHROME_CIPHERS, extensions }), "t13d1516h2_8daaf6152771_d8a2da3f94cd")
})

test("versions, counts, protocols", () => {
  const first = (parts: ClientHelloParts): string => ja4Of(parts).slice(0, 10)
  assert.equal(first({ version: 0x0301, ciphers: [1], extensions: null }), "t10i010000")
  assert.equal(ja4Of({ version: 0x0301, ciphers: [], extensions: null }), "t10i000000_000000000000_000000000000")
  assert.equal(first({ version: 0x0300, extensions: null }), "ts3i020000")
  assert.equal(first({ version: 0x0303, extensions: [serverNameExtension("x")] }), "t12d020100")
  assert.equal(first({ version: 0x0399, extensions: [] }), "t00i020000")
  assert.equal(first({ ciphers: Array.from({ length: 150 }, (_, i) => i + 1), extensions: [] }), "t12i990000")
})

test("letters of the first protocol", () => {
  const letters = (...protocols: string[]): string => ja4Of({ extensions: [alpnExtension(...protocols)] }).slice(8, 10)
  assert.equal(letters("http/1.1"), "h1")
  assert.equal(letters("h"), "hh")
  assert.equal(letters(""), "00")
  assert.equal(letters("\x0a\x0a", "h2"), "h2")
  assert.equal(letters("\xab"), "ab")
  assert.equal(letters("\xab\xcd"), "ad")
  assert.equal(letters("0\xab"), "3b")
  assert.equal(letters("01\xab\xcd"), "3d")
  assert.equal(letters("0\xab\xcd1"), "01")
})
