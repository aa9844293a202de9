// Patterns: what they match is what the runtime's regular expressions match, in one pass; what would take more is refused.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { parseCustomClasses } from "./custom-classes.ts"
import { Pattern, VALUE_MAX } from "./pattern.ts"

function compiled(text: string): Pattern {
  const result = Pattern.compile(text)
  assert.ok("pattern" in result, `${text}: ${"mistake" in result ? result.mistake : ""}`)
  return result.pattern
}
const matches = (pattern: Pattern, text: string): boolean => {
  const bytes = Buffer.from(text, "latin1")
  return pattern.matches(bytes, 0, bytes.length)
}

test("patterns match whole values", () => {
  const table: readonly (readonly [pattern: string, yes: readonly string[], no: readonly string[]])[] = [
    ["P[0-9]{8}", ["P12345678"], ["P1234567", "P123456789", "xP12345678", "p12345678"]],
    ["^(cus|acct)_[A-Za-z0-9]{4,6}$", ["cus_a1b2", "acct_ABCDEF"], ["cus_a1b", "acct_ABCDEFG", "cusacct_a1b2"]],
    ["\\d{3}-\\d{2}-?x*", ["123-45-xxx", "123-45"], ["123-4-"]],
    ["[^a-c\\]]+", ["xyz", "-"], ["xaz", "]"]],
    ["[]a]b|[a-]c", ["]b", "ab", "ac", "-c"], ["bc", "]c"]],
    ["a.c\\.d", ["abc.d", "a\xffc.d"], ["a\nc.d", "abcxd"]],
    ["(a|b(c|d)?)+", ["a", "bd", "abcbda"], ["c", "abx"]],
    ["a{0,2}b", ["b", "ab", "aab"], ["aaab", "a"]],
    ["(?:ab){2,}", ["abab", "ababab"], ["ab", "aba"]],
  ]
  for (const [text, yes, no] of table) {
    const pattern = compiled(text)
    assert.deepEqual(
      yes.filter((value) => !matches(pattern, value)),
      [],
      text,
    )
    assert.deepEqual(
      no.filter((value) => matches(pattern, value)),
      [],
      text,
    )
  }
})

/** Patterns as text, with letters few enough that values match often. */
const { pattern: anyPattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("a", "b", "[ab]", "[^a]", ".", "\\d", "c"),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `${a}${b}`),
    fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie("pattern"), fc.constantFrom("?", "*", "+", "{2}", "{1,3}", "{2,}")).map(([a, n]) => `(?:${a})${n}`),
  ),
}))

test("a pattern and the runtime's regular expression agree", () => {
  const value = fc
    .array(fc.constantFrom("a", "b", "c", "1", "-"), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join(""))
  let compared = 0
  fc.assert(
    fc.property(anyPattern, fc.array(value, { minLength: 4, maxLength: 4 }), (text, values) => {
      const result = Pattern.compile(text)
      if ("mistake" in result) return
      const oracle = new RegExp(`^(?:${text})$`, "s")
      for (const one of values) assert.equal(matches(result.pattern, one), oracle.test(one), `${text} on ${one}`)
      compared++
    }),
    { numRuns: 300 },
  )
  assert.ok(compared > 100)
})

test("what would take more than one pass, or too many states, is refused with a sentence", () => {
  const refused: readonly (readonly [pattern: string, why: RegExp])[] = [
    ["", /^is empty$/],
    ["a*", /^matches values that are empty$/],
    ["(a)\\1", /a "\\1" at 5/],
    ["(?=a)b", /looks around/],
    ["(?<n>a)", /looks around/],
    ["a+?b", /lazy/],
    ["a**", /repeat of a repeat/],
    ["\\bfoo", /"\\b"/],
    ["*a", /nothing to repeat/],
    ["(a", /without its end/],
    ["a)", /a "\)" too many/],
    ["[a", /without its \]/],
    ["[z-a]", /ends before it begins/],
    ["a{3,1}", /ends before it begins/],
    ["a{300}", /above 255/],
    ["{", /nothing to repeat/],
    ["a{x}", /no count/],
    ["a$b", /not the end/],
    ["a^b", /not the beginning/],
    ["ü", /beyond ASCII/],
    ["a\\", /nothing behind/],
    ["a".repeat(300), /longer than 256 characters/],
    ["(a{255}){255}", /longer than 512 positions/],
    ["((((x{0}){255}){255}){255}){255}y", /too large/],
    [`${"(".repeat(20)}a${")".repeat(20)}`, /more than 16/],
    // Which of the last 14 bytes were an a: two to the power of 14 states.
    ["[ab]*a[ab]{14}", /needs more than 1024 states/],
  ]
  for (const [pattern, why] of refused) {
    const result = Pattern.compile(pattern)
    assert.ok("mistake" in result, pattern)
    assert.match(result.mistake, why, pattern)
  }
})

test("hostile: a pattern that back-tracking dies of takes one step a byte", () => {
  // (a|aa)+ and (a*)*: exponential for engines that back-track. The same states, whatever the value.
  const evil = compiled("((a|aa)+)+b")
  const value = Buffer.from(`${"a".repeat(VALUE_MAX - 1)}c`)
  const before = process.cpuUsage()
  for (let i = 0; i < 1000; i++) assert.equal(evil.matches(value, 0, value.length), false)
  const { user } = process.cpuUsage(before)
  assert.ok(user < 2_000_000, `${user} µs for a megabyte`)
  assert.equal(
    evil.matches(Buffer.alloc(VALUE_MAX + 1, 0x61), 0, VALUE_MAX + 1),
    false,
    "longer values are not looked at",
  )
})

test("custom classes: every mistake, each naming the class and the key", () => {
  const { classes, mistakes } = parseCustomClasses([
    {
      name: "patient-number",
      pattern: "P[0-9]{8}",
      names: ["patient no", "pid$"],
      validator: "luhn",
      "min-share": 0.9,
    },
    { name: "Bad Name", pattern: "(a", names: [], colour: 1 },
    { name: "patient-number", pattern: "x" },
    { name: "email", pattern: "zzz" },
    { name: "nothing" },
    { name: "many", names: ["123"], validator: "crc", "min-share": 0.2, pattern: 7 },
  ])
  assert.deepEqual(
    classes.map((one) => one.name),
    ["patient-number"],
  )
  assert.deepEqual(
    mistakes.map((mistake) => /^classes\.custom ("[a-z-]+"|\d): "([a-z-]+)" /.exec(mistake)?.slice(1).join(" ")),
    [
      "2 colour",
      "2 name",
      "2 pattern",
      '"patient-number" name',
      '"email" name',
      '"nothing" pattern',
      '"many" pattern',
      '"many" names',
      '"many" validator',
      '"many" min-share',
    ],
  )
  const many = Array.from({ length: 65 }, (_, i) => ({ name: `c${i}`, pattern: `${i}x` }))
  const { classes: kept, mistakes: said } = parseCustomClasses(many)
  assert.equal(kept.length, 64)
  assert.deepEqual(said, ['"classes.custom" takes at most 64 classes.'])
})
