// Which fields are of which class: the rule with what it must find, near misses and known false positives; its limits.
import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"
import { JsonShape } from "../json-shape.ts"
import { ClassSet } from "./class-set.ts"
import { DataClasses } from "./data-classes.ts"
import { FieldNames } from "./field-name.ts"
import { FIELDS_PER_PLACE, PlaceFields } from "./place-fields.ts"

/** One place after another is asked about JSON documents. */
class Asked {
  readonly counters = { decided: 0, revoked: 0, fieldsCut: 0, placesForgotten: 0 }
  readonly classes: DataClasses
  readonly shape = new JsonShape({ shapeTruncated: 0, shapeLimits: 0 })
  place = new PlaceFields()

  constructor(set = new ClassSet(), fieldsMax?: number) {
    this.classes = new DataClasses(set, this.counters, fieldsMax)
    this.shape.receiver = this.classes
  }

  body(value: unknown): readonly string[] {
    const bytes = Buffer.from(typeof value === "string" ? value : JSON.stringify(value))
    this.classes.begin(this.place)
    assert.ok(this.shape.walk(bytes, 0, bytes.length))
    return this.classes.end()
  }

  paths(): readonly string[] {
    return this.shape.paths((path) => this.classes.nameOf(path))
  }
}

let state = 1
const random = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}
const numbers = (count: number, make: (i: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, i) => make(i))
const digitsOf = (n: number): string => Array.from({ length: n }, () => random(10)).join("")

/** A number with its Luhn digit. */
function luhn(text: string): string {
  let sum = 0
  for (const [i, char] of [...text].reverse().entries()) {
    const d = Number(char) * (i % 2 === 0 ? 2 : 1)
    sum += d > 9 ? d - 9 : d
  }
  return `${text}${(10 - (sum % 10)) % 10}`
}
const visa = (): string => luhn(`4${digitsOf(14)}`)

test("one value under a name that says what it is", () => {
  const table: readonly (readonly [object: object, classes: readonly string[]])[] = [
    [{ email: "jane@example.com" }, ["email=0"]],
    [{ customer: { contactEmails: ["jane@example.com", "joe@example.com"] } }, ["email=1"]],
    [{ card_number: "4111 1111 1111 1111" }, ["card=0"]],
    [{ pan: 4111111111111111 }, ["card=0"]],
    [{ iban: "DE89370400440532013000" }, ["iban=0"]],
    [{ phone: "0171 1234567" }, ["phone=0"]],
    [{ ssn: "123456789" }, ["ssn=0"]],
    [{ dateOfBirth: "1987-03-14" }, ["birth-date=0"]],
    [{ lat: 52.520008, lon: 13.404954 }, ["geo=1"]],
    [{ position: { lng: "13.404954", latitude: "52.520008" } }, ["geo=1"]],
    [{ clientIp: "192.0.2.1" }, ["ip=0"]],
    [{ newPassword: "hunter2" }, ["password=0"]],
    [{ aadhaar: "234123412346", cpf: "52998224725", pesel: "44051401359" }, ["aadhaar=0", "cpf=0", "pesel=0"]],
    [{ x: { y: `ghp_${createHash("sha256").update("x").digest("hex").slice(0, 36)}` } }, ["api-key=0"]],
    [{ note: "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n" }, ["private-key=0"]],
    [{ anything: "jane@example.com" }, ["email=0"]],
    [{ "jane@example.com": 1, "joe@example.com": 2 }, ["email=1"]],
    [{ email: "jane\\u0040example.com" }, ["email=0"]],
    // Near misses.
    [{ email: "not an address" }, []],
    [{ email: "" }, []],
    [{ email: null, phone: true }, []],
    [{ card_number: "4111111111111112" }, []],
    [{ lat: 52.520008 }, []],
    [{ latency: 52.520008, lon: 13.404954 }, []],
    [{ passwordPolicy: "strict", resetPasswordUrl: "https://example.com/reset" }, []],
    [{ password: "********" }, []],
    // Not without a name: what digits prove is little.
    [{ id: "123456789", n: 987654321, born: 5, code: "1987-03-14" }, []],
    [{ value: visa() }, []],
    [{ value: "192.0.2.1", version: "1.2.3.4" }, []],
    [{ value: "0171 1234567" }, []],
    // A name that counts, dates or refers to phones is none of a phone number; what proves itself counts all the same.
    [{ phone_id: 15551234567, phoneCount: 15551234567, number_of_phones: 15551234567, mobileIndex: "49301234567" }, []],
    [{ phone_type: "49301234567", phoneVerifiedAt: 1700000000, phone_ids: ["49301234567"] }, []],
    [{ phone_no: "49301234567", phoneNumber: "49301234568" }, ["phone=1"]],
    [{ phone_id: "+493012345678" }, ["phone=0"]],
  ]
  for (const [object, classes] of table) {
    const text = JSON.stringify(object).replaceAll("\\\\u", "\\u")
    assert.deepEqual(new Asked().body(text), classes, text)
  }
})

test("twenty distinct values of which four in five are valid, whatever the name", () => {
  const cards = (valid: number, total: number): unknown[] =>
    numbers(total, (i) => (i < valid ? visa() : visa().replace(/.$/, (d) => `${(Number(d) + 1) % 10}`)))
  assert.deepEqual(new Asked().body(numbers(20, visa)), ["card=4"])
  assert.deepEqual(new Asked().body(cards(16, 20)), ["card=4"])
  assert.deepEqual(new Asked().body(cards(15, 20)), [], "three in four")
  assert.deepEqual(new Asked().body(cards(19, 19)), [], "nineteen")
  const one = visa()
  assert.deepEqual(new Asked().body(numbers(64, () => one)), [], "one value over and over")
  assert.deepEqual(new Asked().body(numbers(20, (i) => ({ a: { b: `192.0.2.${i}` } }))), ["ip=4"])
  // Versions look like addresses.
  for (const name of ["version", "appVer", "build_number", "latest-release", "firmwareVersion", "versions"])
    assert.deepEqual(new Asked().body(numbers(20, (i) => ({ [name]: `10.2.1.${i}` }))), [], name)
  assert.deepEqual(new Asked().body(numbers(20, (i) => ({ version: { number: `10.2.1.${i}` } }))), [])
  assert.deepEqual(new Asked().body(numbers(20, (i) => ({ release_host: `10.2.1.${i}` }))), ["ip=4"])
})

test("known false positives stay out: numbers of orders, hashes, times, prices", () => {
  const makers: readonly (readonly [what: string, make: (i: number) => unknown])[] = [
    ["random 16 digits", () => digitsOf(16)],
    ["serial 16 digits", (i) => 4_000_000_000_000_000 + i],
    ["milliseconds", (i) => 1_700_000_000_000 + i * 977],
    ["11 digits", () => digitsOf(11)],
    ["12 digits", () => digitsOf(12)],
    ["hex", (i) => createHash("md5").update(`${i}`).digest("hex")],
    ["base64", (i) => createHash("sha256").update(`${i}`).digest("base64")],
    ["versions", (i) => `1.${i}.0`],
    ["orders", (i) => `INV-${100_000 + i}`],
    ["prices", (i) => i * 1.25],
    ["files", (i) => `logo${i}@2x.png`],
  ]
  for (const [what, make] of makers) {
    const asked = new Asked()
    for (let i = 0; i < 20; i++) assert.deepEqual(asked.body(numbers(50, (k) => make(i * 50 + k))), [], what)
    assert.equal(asked.counters.decided, 0, what)
  }
})

test("a class is revoked when values disagree, and does not come and go between the limits", () => {
  const asked = new Asked()
  assert.deepEqual(asked.body(numbers(3, (i) => `a${i}@example.com`)), ["email=2"])
  assert.deepEqual(asked.paths(), ["[]:string#email"])
  // Three of five: neither enough to be decided nor so few as to be revoked.
  assert.deepEqual(asked.body(["one", "two"]), ["email=1"])
  assert.deepEqual(asked.body(["three", "four"]), ["email=1"], "three of seven, and too few to say")
  assert.deepEqual(asked.body(["five"]), [], "three of eight")
  assert.equal(asked.counters.revoked, 1)
  assert.deepEqual(asked.paths(), ["[]:string"])
  const named = new Asked()
  named.body(numbers(3, (i) => ({ email: `a${i}@example.com` })))
  assert.deepEqual(named.body(numbers(6, (i) => ({ email: `none ${i}` }))), ["email=3"], "the name stands for more")
  assert.deepEqual(named.body(numbers(9, (i) => ({ email: `no address ${i}` }))), [])
})

test("a field that has shown twenty other values is judged by twenty at a time", () => {
  const asked = new Asked()
  asked.body(numbers(20, (i) => `note ${i}`))
  // Dull: one in sixteen is looked at.
  assert.deepEqual(asked.body(["jane@example.com"]), [])
  for (let i = 0; i < 100; i++) asked.body(numbers(20, (k) => `a${i * 20 + k}@example.com`))
  assert.deepEqual(asked.body(["x@example.com"]), ["email=0"], "and it learns")
  assert.equal(asked.counters.decided, 1)
})

test("what proves itself is counted in every value, in whatever field", () => {
  const asked = new Asked()
  asked.body(numbers(40, (i) => `note ${i}`))
  const key = `sk_live_${createHash("sha256").update("k").digest("hex").slice(0, 24)}`
  assert.deepEqual(asked.body(["a", key, "b", key, "c", key]), ["api-key=2"])
  assert.deepEqual(asked.body(["a"]), [])
  assert.deepEqual(asked.paths(), ["[]:string#api-key"])
})

test("counts are those of the values of decided fields in the body, as powers of two", () => {
  const asked = new Asked()
  const people = (count: number) =>
    numbers(count, (i) => ({ email: `p${i}@example.com`, phone: `+4915112345${100 + i}`, n: i }))
  assert.deepEqual(asked.body(people(1)), ["email=0", "phone=0"])
  assert.deepEqual(asked.body(people(6)), ["email=3", "phone=3"])
  assert.deepEqual(asked.body(people(64)), ["email=6", "phone=6"])
  assert.deepEqual(asked.body([]), [])
  assert.equal(asked.body(people(6)), asked.body(people(6)), "equal answers are one array")
})

test("limits: fields of a place, places altogether", () => {
  const asked = new Asked()
  const wide = Object.fromEntries(
    numbers(50, (i) => [`k${"x".repeat(Number(i))}`, 1]).map((one) => one as [string, number]),
  )
  for (let i = 0; i < 7; i++) asked.body({ [`part${"y".repeat(i)}`]: wide })
  assert.equal(asked.place.fields, FIELDS_PER_PLACE)
  assert.equal(asked.counters.fieldsCut, 350 - FIELDS_PER_PLACE)
  const few = new Asked(new ClassSet(), 40)
  const first = few.place
  few.body({ email: "jane@example.com", a: 1, b: 2 })
  assert.equal(first.fields, 3)
  for (let i = 0; i < 30; i++) {
    few.place = new PlaceFields()
    few.body({ a: 1, b: 2, c: 3 })
  }
  assert.equal(first.fields, 0)
  assert.equal(first.last, null)
  assert.ok(few.counters.placesForgotten > 0)
  few.place = first
  assert.deepEqual(few.body({ email: "joe@example.com" }), ["email=0"], "forgetting costs learning again")
})

test("hostile: long and odd values cost no memory and no time to speak of", () => {
  const asked = new Asked()
  const values = [
    "a".repeat(5000),
    "\\u0000".repeat(800),
    "%41".repeat(900),
    "-----BEGIN ".repeat(300),
    "ey.".repeat(800),
    `${"1".repeat(300)}`,
  ]
  const text = `{"password":[${values.map((value) => `"${value}"`).join()}],"x":[${values.map((value) => `"${value}"`).join()}]}`
  const before = process.cpuUsage()
  for (let i = 0; i < 200; i++) asked.body(text)
  const { user } = process.cpuUsage(before)
  assert.ok(user < 3_000_000, `${user} µs`)
  assert.ok(asked.place.fields <= 2)
})

test("classes switched off are not looked for", () => {
  assert.deepEqual(
    new Asked(new ClassSet(new Set(["email"]))).body({ email: "jane@example.com", iban: "DE89370400440532013000" }),
    ["iban=0"],
  )
  const none = new ClassSet(new Set(new ClassSet().names))
  assert.equal(new DataClasses(none, { decided: 0, revoked: 0, fieldsCut: 0, placesForgotten: 0 }).isOff, true)
})

test("names are read in words", () => {
  const names = new FieldNames([["email", "e mail"], ["pan$"], ["card number"]])
  const table: readonly (readonly [string, readonly number[]])[] = [
    ["email", [0]],
    ["userEmailAddress", [0]],
    ["E-Mails", [0]],
    ["EMAIL_1", [0]],
    ["emailer", []],
    ["PAN", [1]],
    ["card.pan", [1]],
    ["panel", []],
    ["pan_type", []],
    ["CardNumbers", [2]],
    ["primaryCARDNumber2", [2]],
    ["number_card", []],
    ["", []],
    ["\u00e9\u00e9", []],
  ]
  for (const [name, classes] of table) assert.deepEqual(names.classes(name), classes, name)
})
