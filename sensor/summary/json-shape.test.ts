import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { mix } from "../../shared/bytes/hash.ts"
import { EMPTY_SHAPES } from "../../shared/event/api-event.ts"
import { DEPTH_MAX, ELEMENTS_MAX, JsonShape, KEYS_MAX } from "./json-shape.ts"
import { isPlainName, isValueLike, KEY_BYTES_MAX, KEY_SORT } from "./json-shape-key.ts"
import { LINES_MAX } from "./json-shape-text.ts"
import { NODES_MAX } from "./json-shape-tree.ts"

const counters = { shapeTruncated: 0, shapeLimits: 0 }
const shape = new JsonShape(counters, 7)

/** Walks `json` in the middle of a larger buffer, whose rest would change the outcome if it were read. */
function walk(json: string | Uint8Array) {
  const body = typeof json === "string" ? Buffer.from(json) : json
  const bytes = Buffer.concat([Buffer.from('[{"before'), body, Buffer.from('7.5","after":[1,2]}]')])
  const truncatedBefore = counters.shapeTruncated
  const limitsBefore = counters.shapeLimits
  const isJson = shape.walk(bytes, 9, 9 + body.length)
  const { coarse, full, items, truncated } = shape
  const paths = shape.paths()
  assert.equal(counters.shapeTruncated - truncatedBefore, truncated ? 1 : 0)
  assert.equal(coarse !== 0, isJson)
  assert.equal(full !== 0, isJson)
  return { isJson, coarse, full, items, truncated, paths, limits: counters.shapeLimits - limitsBefore }
}
const paths = (json: string): string[] => walk(json).paths
const coarse = (json: string): number => walk(json).coarse
const full = (json: string): number => walk(json).full

// The same by JSON.parse: slow, and simple enough to be believed.

const bytesOf = (text: string): Buffer => Buffer.from(text)
const typeOf = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "array"
      : typeof value === "number"
        ? /[.e]/.test(String(value))
          ? "number"
          : "int"
        : typeof value === "boolean"
          ? "bool"
          : typeof value === "string" && /^(https?|ftp|file|gopher|dict|ldaps?|wss?):\/\//i.test(value)
            ? "url"
            : typeof value
const ORDER = ["int", "number", "string", "bool", "object", "array", "null", "url"]

/** Path -> types. An object at a path in `maps` has its keys folded; paths with too many keys are added to `maps`. */
function collect(value: unknown, path: string, pairs: Map<string, Set<string>>, maps: Set<string>): void {
  const type = typeOf(value)
  pairs.set(path, (pairs.get(path) ?? new Set()).add(type))
  if (Array.isArray(value)) for (const v of value.slice(0, ELEMENTS_MAX)) collect(v, `${path}\n[]`, pairs, maps)
  else if (type === "object") {
    const members = Object.entries(value as object)
    if (members.length > KEYS_MAX) maps.add(path)
    for (const [rawKey, v] of members) {
      const key = bytesOf(rawKey)
      const quoted = bytesOf(JSON.stringify(key.toString()).slice(1, -1))
      const isFolded = maps.has(path) || key.length > KEY_BYTES_MAX || isValueLike(quoted, 0, quoted.length)
      const text =
        key.length === 0 ? '""' : key.toString().replace(/["\\.[{]|\p{Cc}|\p{Cf}|\u2028|\u2029/gu, (c) => escaped(c))
      collect(v, `${path}\n${isFolded ? "{}" : text}`, pairs, maps)
    }
  }
}
const escaped = (c: string): string => {
  const hex = c.codePointAt(0)!.toString(16)
  return /["\\.[{]/.test(c) ? `\\${c}` : hex.length > 4 ? `\\u{${hex}}` : `\\u${`000${hex}`.slice(-4)}`
}

function naive(value: unknown): string[] {
  const maps = new Set<string>()
  let pairs = new Map<string, Set<string>>()
  for (let before = -1; before < maps.size; ) {
    before = maps.size
    pairs = new Map()
    collect(value, "", pairs, maps)
  }
  for (const path of pairs.keys()) {
    const at = path.lastIndexOf("\n")
    if (at >= 0) pairs.get(path.slice(0, at))!.delete(path.endsWith("\n[]") ? "array" : "object")
  }
  const lines: string[] = []
  for (const [path, types] of pairs) {
    const text = path.slice(1).split("\n").join(".").replaceAll(".[]", "[]")
    if (types.size > 0) lines.push(`${text}:${ORDER.filter((type) => types.has(type)).join("|")}`)
  }
  return lines.sort()
}

/** Writes JSON with keys in another order, white space, and escapes where none are needed. */
function write(value: unknown, seed: number): string {
  let state = seed
  const random = (n: number): number => {
    state = mix(state + 0x6d2b79f5)
    return (state >>> 0) % n
  }
  const space = (): string => ["", "", " ", "\n\t", "\r\n  "][random(5)]!
  const text = (s: string): string =>
    /^\w*$/.test(s)
      ? `"${s.replace(/./g, (c) => (random(4) === 0 ? `\\u00${c.charCodeAt(0).toString(16)}` : c))}"`
      : JSON.stringify(s)
  const one = (v: unknown): string => {
    if (Array.isArray(v)) return `[${space()}${v.map(one).join(`${space()},${space()}`)}${space()}]`
    if (typeof v === "string") return text(v)
    if (v === null || typeof v !== "object") return JSON.stringify(v)
    const members = Object.entries(v).map(([k, m]) => `${text(k)}${space()}:${space()}${one(m)}`)
    for (let i = members.length - 1; i > 0; i--) {
      const k = random(i + 1)
      ;[members[i], members[k]] = [members[k]!, members[i]!]
    }
    return `{${space()}${members.join(`${space()},${space()}`)}${space()}}`
  }
  return space() + one(value) + space()
}

const arbitraryKey = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom("id", "name", "items", "a", "b", "customerId", "line_1", "", "a.b", "x[]", "{}"),
  },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom("__proto__", "1234", "a@example.com", "k".repeat(65), "é".repeat(32)) },
)
const arbitraryValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(0, -1, 17, 1.5, -2.25, 1e21, 1e-7, 12345678901, true, false, null, "", "x", 'say "\\', "\u0000é"),
    fc.array(tie("value"), { maxLength: 5 }),
    fc
      .array(fc.tuple(arbitraryKey, tie("value")), { maxLength: 6 })
      .map((members) => JSON.parse(`{${members.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join()}}`)),
  ),
})).value

test("paths and types", () => {
  assert.deepEqual(paths('{"items":[{"id":1,"tag":"x"},{"id":null}],"next":null}'), [
    "items[].id:int|null",
    "items[].tag:string",
    "next:null",
  ])
  for (const [json, ...lines] of [
    ["{}", ":object"],
    ["[]", ":array"],
    ["[[],{}]", "[]:object|array"],
    ["[[[1]],[[2.5]]]", "[][][]:int|number"],
    ['{"a":{"b":{"c":true}}}', "a.b.c:bool"],
    ['{"a":[],"b":{}}', "a:array", "b:object"],
    ['{"a":[{"b":1}, null]}', "a[].b:int", "a[]:null"],
    ['{"a":1,"a":"x","a":[2]}', "a:int|string", "a[]:int"],
    ['{"a.b":1,"a":{"b":2}}', "a.b:int", "a\\.b:int"],
    ['{"":{"":1}}', '""."":int'],
    ["0", ":int"],
    ['{"\\"":1}', '\\":int'],
    ['{"a\\nb":1,"\\u0041\\ud83d\\ude00":2,"\\ud800":3}', "A😀:int", "a\\u000ab:int", "�:int"],
    ['{"__proto__":{"x":1},"constructor":2}', "__proto__.x:int", "constructor:int"],
    ['{"a\u202eb":1,"a\\u2028b":2,"a\u{e0041}b":3}', "a\\u2028b:int", "a\\u202eb:int", "a\\u{e0041}b:int"],
    ["\ufeff [1]", "[]:int"],
    ['{"a":1}\n{"b":2}', "a:int"],
  ] as const)
    assert.deepEqual(paths(json), lines, json)
})

test("URLs: a scheme that servers fetch and two slashes, escaped or not", () => {
  const typeOfText = (text: string): string => paths(`{"a":${text}}`)[0]!.slice(2)
  for (const text of [
    "http://10.0.0.1/",
    "HTTPS://a",
    "http:\\/\\/a",
    "file:///etc/passwd",
    "gopher://x",
    "dict://x",
    "ldap://x",
    "ws://x",
    "ftp://x",
  ])
    assert.equal(typeOfText(`"${text}"`), "url", text)
  for (const text of [
    "",
    "h",
    "http",
    "http:",
    "http:/",
    "http:/x/",
    "https//a",
    "host://a",
    "mailto:a",
    "httpsx://a",
    "/http://a",
  ])
    assert.equal(typeOfText(`"${text}"`), "string", text)
  assert.deepEqual(paths('{"a":["http://x","y"]}'), ["a[]:string|url"])
  assert.notEqual(full('{"a":"http://x"}'), full('{"a":"x"}'))
  assert.equal(coarse('{"a":"http://x"}'), coarse('{"a":"x"}'))
})

test("numbers: a point or an exponent makes the difference", () => {
  for (const [json, type] of [
    ["0", "int"],
    ["-17", "int"],
    ["123456789012345678901234567890", "int"],
    ["1.0", "number"],
    ["-0.5", "number"],
    ["1e5", "number"],
    ["1E-5", "number"],
    ["2.5e+10", "number"],
  ])
    assert.deepEqual(paths(json!), [`:${type}`], json)
  for (const json of ["-", "+1", "1.", ".5", "1e", "1e+", "1.2.3", "1-2", "--1", "1e5e5", "1e5.5", "2024-01-05"])
    assert.equal(walk(json).isJson, false, json)
})

test("scalars alone, and what is no JSON at all", () => {
  for (const json of ['"x"', "true", "false", "null", "12", " 12 \r\n", "12\nnext line"])
    assert.equal(walk(json).isJson, true, json)
  for (const json of [
    "",
    " ",
    "\ufeff",
    "x",
    "5 apples",
    "tru",
    "nul1",
    "trueish x",
    '"open',
    '"a","b"',
    "<a/>",
    "{foo}",
  ])
    assert.deepEqual(
      walk(json),
      { isJson: false, coarse: 0, full: 0, items: -1, truncated: false, paths: [], limits: 0 },
      json,
    )
  for (const json of ["[INFO] started", "{'a':1}", "[2024-01-05 12:00] x", "{{x}}", "{1:2}", "}", "]", ":", ",", "[,]"])
    assert.equal(walk(json).isJson, false, json)
})

test("a document that ends early yields what it had", () => {
  for (const [json, ...lines] of [
    ["{", ":object"],
    ["[", ":array"],
    ['{"a":1,"b":[{"c":tr', "a:int", "b[]:object"],
    ['{"a":1,"b', "a:int"],
    ['{"a":1,"b"', "a:int"],
    ['{"a":1,"b":', "a:int"],
    ['{"a":1,"b":12', "a:int"],
    ['{"a":1,"b":"long tex', "a:int", "b:string"],
    ['{"a":1,"b\\', "a:int"],
    ['{"a":1,"b":"x\\', "a:int", "b:string"],
    ['{"a":1,', "a:int"],
    ["[1,2", "[]:int"],
  ] as const) {
    const got = walk(json)
    assert.deepEqual([got.isJson, got.truncated, got.items], [true, true, -1], json)
    assert.deepEqual(got.paths, lines, json)
  }
})

test("a document that makes no sense from some byte on yields what was understood", () => {
  for (const json of [
    '{"a":1,}',
    '{"a":1 "b":2}',
    '{"a":1;',
    '{"a":1]',
    '{"a":1,b:2}',
    '{"a":1,"b":NaN}',
    '{"a":1,"b" 2}',
  ]) {
    const got = walk(json)
    assert.deepEqual([got.isJson, got.truncated, got.paths], [true, true, ["a:int"]], json)
  }
})

test("items: the length of the document, or of the only array among its members", () => {
  const long = JSON.stringify(Array.from({ length: 1000 }, (_, i) => ({ i, deep: [1, [2, 3]], text: ',"[],' })))
  for (const [json, items] of [
    ["[]", 0],
    ["[1,[2,3],4]", 3],
    ['{"data":[1,2],"total":2}', 2],
    ['{"data":[]}', 0],
    ['{"data":{"list":[1,2]}}', -1],
    ['{"a":[1],"b":[1]}', -1],
    ['{"a":[1],"a":[1]}', -1],
    ['{"a":1}', -1],
    ['{"a":[1,2],"b":', -1],
    ['{"a":[1,2],"b":1;', -1],
    ["12", -1],
    [long, 1000],
    [`{"page":1,"data":${long}}`, 1000],
    [`[${Array(ELEMENTS_MAX + 1).join("0,")}0]`, ELEMENTS_MAX + 1],
    [`[${Array(ELEMENTS_MAX).join("0,")}0]`, ELEMENTS_MAX],
    [`[${Array(ELEMENTS_MAX + 1).join("0,")}]`, -1],
  ] as const)
    assert.equal(walk(json).items, items, json.slice(0, 60))
})

test("cut: what follows a long list at the top is not looked for, what follows one inside is", () => {
  const long = `[${Array(ELEMENTS_MAX + 5)
    .fill(1)
    .join(",")}]`
  const pathsOf = (json: string, isCut: boolean): string[] => {
    const shape = new JsonShape({ shapeTruncated: 0, shapeLimits: 0 }, 1)
    const bytes = Buffer.from(json)
    assert.ok(shape.walk(bytes, 0, bytes.length, isCut))
    assert.equal(shape.truncated, true)
    return shape.paths()
  }
  const top = `{"a":${long},"b":1,"c":`
  const inner = `{"a":{"x":${long},"b":1,"c":`
  const within = `[[${long},"b",`
  assert.ok(pathsOf(top, false).includes("b:int"))
  assert.deepEqual(pathsOf(top, true), ["a[]:int"])
  assert.deepEqual(pathsOf(inner, true), pathsOf(inner, false))
  assert.deepEqual(pathsOf(within, true), pathsOf(within, false))
  const few = `{"a":[1,2],"b":1,"c":`
  assert.deepEqual(pathsOf(few, true), pathsOf(few, false))
})

test("coarse: the shapes of nothing are those that everybody knows", () => {
  assert.deepEqual(
    [...EMPTY_SHAPES],
    ["[]", " {} "].map((json) => coarse(json)),
  )
})

test("coarse: keys and the kind of container, stable where types are not", () => {
  for (const [a, b] of [
    ['{"a":1,"b":{}}', '{"b":{"deep":[1]},"a":null}'],
    ['{"a":1.5}', '{"a":"x"}'],
    ['{"data":[]}', '{"data":[{"x":1}]}'],
    ['[{"a":1},{"b":2}]', '[{"b":"x","a":null}]'],
    ['[{"a":{}},{"a":null}]', '[{"a":{"x":1}}]'],
    ['{"1234":1}', '{"5678":"x"}'],
  ])
    assert.equal(coarse(a!), coarse(b!), `${a} ${b}`)
  const all = ["{}", "[]", "[1]", "[{}]", "[[]]", "1", '{"a":1}', '{"b":1}', '{"a":1,"b":1}', '{"a":{}}', '{"a":[]}']
  all.push('[{"a":1}]', '[[{"a":1}]]', '{"a":{"b":1}}'.replace("a", "c"), '{"ab":1}', '{"":1}')
  assert.equal(new Set(all.map(coarse)).size, all.length)
})

test("full: every path and type counts, and nothing else", () => {
  for (const [a, b] of [
    ['{"a":1,"b":[2,3]}', ' { "b" : [ 7 ] , "\\u0061" : 0 } '],
    ['[{"a":1},{"b":2}]', '[{"a":1,"b":2}]'],
    ['{"a@example.com":1}', '{"b@example.com":2,"c@example.com":3}'],
  ])
    assert.equal(full(a!), full(b!), `${a} ${b}`)
  const all = ['{"a":1}', '{"a":1.5}', '{"a":"1"}', '{"a":true}', '{"a":null}', '{"a":{}}', '{"a":[]}', '{"a":[1]}']
  all.push('[{"a":1}]', '{"a":{"a":1}}', '{"b":1}', '{"a":1,"b":1}', '{"a":{"b":1},"c":{}}', '{"a":{},"c":{"b":1}}')
  assert.equal(new Set(all.map(full)).size, all.length)
})

test("hashes are part of the event: the same in every sensor and version", () => {
  const json = '{"items":[{"id":1,"price":2.5,"tags":["x"]}],"next":null,"ok":true}'
  assert.deepEqual([coarse(json), full(json)], [COARSE_KNOWN, FULL_KNOWN])
  const other = new JsonShape(counters, 1234)
  other.walk(bytesOf(json), 0, json.length)
  assert.deepEqual([other.coarse, other.full], [COARSE_KNOWN, FULL_KNOWN])
})
const COARSE_KNOWN = 1352662841
const FULL_KNOWN = 2650067210

test("keys that are values are folded, and their text never appears", () => {
  const secrets = [
    "alice@example.com",
    "1234567",
    "f47ac10b-58cc-4372-a567-0e02b2c3d479",
    "9f86d081884c7d65",
    "dGhpcyBpcyBhIHRva2VuIQ8x",
    "cus_NffrFeUfNV2Hib",
    "2024-01-31",
    "192.168.10.20",
    "https://example.com/reset?token=abc",
    "x".repeat(KEY_BYTES_MAX + 1),
    "\\u0061lice@example.com",
  ]
  for (const secret of secrets) assert.deepEqual(paths(`{"by":{"${secret}":{"n":1}}}`), ["by.{}.n:int"], secret)
  const names = ["id", "customerId", "line_1", "sha256", "ipv4Address", "@odata.context", "numberOfActiveSubscriptions"]
  for (const name of names) assert.deepEqual(paths(`{"${name}":1}`), [`${name.replace(".", "\\.")}:int`])
})

test("limit: depth", () => {
  const nested = (n: number): string => "[".repeat(n) + "]".repeat(n)
  assert.deepEqual([walk(nested(DEPTH_MAX)).limits, walk(nested(DEPTH_MAX)).truncated], [0, false])
  const deeper = walk(nested(DEPTH_MAX + 1))
  assert.deepEqual([deeper.limits, deeper.truncated, deeper.items], [1, false, 1])
  assert.deepEqual(deeper.paths, [`${"[]".repeat(DEPTH_MAX)}:array`])
  assert.deepEqual(walk(`{"a":${nested(100)},"b":1}`).paths.at(-1), "b:int")
})

test("limit: paths of a document, lines and length of its text", () => {
  const object = (i: number, n: number): string =>
    `"o${i}x":{${Array.from({ length: n }, (_, k) => `"k${k}x":1`).join(",")}}`
  const wide = (objects: number): string =>
    `{${Array.from({ length: objects }, (_, i) => object(i, 60)).join(",")},"list":[1]}`
  const some = walk(wide(8))
  assert.deepEqual([some.limits, some.paths.length, some.items], [0, 481, 1])
  const many = walk(wide(20))
  assert.deepEqual([many.limits, many.paths.length], [1, LINES_MAX])
  const tooMany = walk(wide(40).replace("{", '{"first":[1],'))
  assert.ok(40 * 61 > NODES_MAX)
  assert.deepEqual([tooMany.limits, tooMany.paths.length, tooMany.items, tooMany.truncated], [2, LINES_MAX, -1, false])
  const long = `{"${"k_".repeat(20)}":`
  const longLine = walk(`${long.repeat(30)}1${"}".repeat(30)}`)
  assert.deepEqual([longLine.limits, longLine.paths], [1, []])
})

test("limit: length of a key, escapes undone", () => {
  const key = "k_".repeat(KEY_BYTES_MAX / 2)
  assert.deepEqual([walk(`{"${key}":1}`).limits, paths(`{"${key}":1}`)], [0, [`${key}:int`]])
  assert.deepEqual([walk(`{"${key}_":1}`).limits, paths(`{"${key}_":1}`)], [1, ["{}:int"]])
  const written = "\\u006b_".repeat(KEY_BYTES_MAX / 2)
  assert.equal(full(`{"${written}":1}`), full(`{"${key}":1}`))
  assert.equal(full(`{"${written}_":1}`), full(`{"${key}_":1}`))
})

test("limit: an object with too many keys is a map, whatever their order", () => {
  const members = Array.from(
    { length: KEYS_MAX + 1 },
    (_, i) => `"${"abcdefghij"[i % 10]}${"klmnopq"[Math.floor(i / 10)]}":`,
  )
  const some = walk(`{${members.slice(1).join("1,")}1}`)
  assert.deepEqual([some.limits, some.paths.length], [0, KEYS_MAX])
  const all = members.map((member, i) => member + (i % 2 === 0 ? '{"x":1}' : '{"y":[2.5]}'))
  const map = walk(`{${all.join()}}`)
  assert.deepEqual([map.limits, map.paths], [1, ["{}.x:int", "{}.y[]:number"]])
  assert.equal(full(`{${all.toReversed().join()}}`), map.full)
  assert.equal(coarse(`{${all.toReversed().join()}}`), map.coarse)
})

test("maps that lie under keys of a map: one that is a map makes all of them one", () => {
  const big = Object.fromEntries(Array.from({ length: KEYS_MAX + 1 }, (_, i) => [`b${i}z`, 1]))
  const all = Object.fromEntries(Array.from({ length: KEYS_MAX + 5 }, (_, i) => [`k${i}z`, { foo: 2.5 }]))
  for (const at of [0, 5, KEYS_MAX + 3])
    assert.deepEqual(paths(JSON.stringify({ ...all, [`k${at}z`]: big })), ["{}.{}:int|number"], `${at}`)
})

test("long strings end where they end", () => {
  for (const length of [0, 1, 60, 61, 62, 63, 64, 65, 100])
    for (const [tail, ...lines] of [
      ['"', "[]:string"],
      ['\\",1,"', "[]:string"],
      ['\\\\",1,"', "[]:int|string"],
      ['\\\\\\",1,"', "[]:string"],
    ])
      assert.deepEqual(paths(`["${"x".repeat(length)}${tail}"]`.replace('""]', '"]')), lines, `${length} ${tail}`)
})

test("hostile documents end, and cost no more than their length", () => {
  const big = 100_000
  for (const json of [
    "[".repeat(big),
    '{"a":'.repeat(big),
    `${"[".repeat(big)}${"]".repeat(big)}`,
    `{"a":"${"x".repeat(big)}`,
    `["${"\\".repeat(big)}"]`,
    `["${'\\"'.repeat(big)}"]`,
    `{"${"\\u0061".repeat(big)}":1}`,
    `[${"9".repeat(big)}]`,
    `[${"1,".repeat(big)}1]`,
    `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}z":{"v${i}z":1}`).join()}}`,
    `[${"{},".repeat(big)}{}]`,
    `${" ".repeat(big)}[1]`,
  ])
    assert.equal(walk(json).isJson, true, json.slice(0, 20))
  assert.equal(walk(Uint8Array.of(0x7b, 0x22, 0xff, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d)).paths[0], "���:int")
})

test("property: the shape is what JSON.parse sees, whatever the order of keys, white space and escapes", () => {
  fc.assert(
    fc.property(arbitraryValue, fc.integer(), (value, seed) => {
      const plain = walk(JSON.stringify(value))
      const lines = naive(value)
      assert.deepEqual(plain.paths, lines)
      const other = walk(write(value, seed))
      assert.deepEqual(other, plain)
      assert.deepEqual([plain.isJson, plain.truncated], [true, false])
      if (Array.isArray(value)) assert.equal(plain.items, value.length)
    }),
    { numRuns: 500 },
  )
})

test("property: two documents have the same full shape exactly when they have the same lines", () => {
  fc.assert(
    fc.property(arbitraryValue, arbitraryValue, (a, b) => {
      const one = walk(JSON.stringify(a))
      const two = walk(JSON.stringify(b))
      assert.equal(one.full === two.full, one.paths.join("\n") === two.paths.join("\n"))
    }),
    { numRuns: 300 },
  )
})

test("property: maps within maps fold alike in any order", () => {
  const leaf = fc.constantFrom<unknown>(1, "x", { n: 1 }, { m: [2] }, [])
  const object = (inner: fc.Arbitrary<unknown>, ...sizes: number[]): fc.Arbitrary<unknown> =>
    fc
      .tuple(fc.array(inner, { minLength: 1, maxLength: 6 }), fc.constantFrom(...sizes))
      .map(([values, n]) =>
        Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}z`, values[i % values.length]])),
      )
  const many = [KEYS_MAX - 1, KEYS_MAX, KEYS_MAX + 1, KEYS_MAX + 20]
  // Small enough for the limit of nodes, at which the order of keys does matter.
  const nested = fc.oneof(object(object(leaf, 2, 5), ...many), object(object(leaf, 3, ...many), 2, 5))
  fc.assert(
    fc.property(fc.oneof(object(leaf, ...many), nested), fc.integer(), (value, seed) => {
      const got = walk(write(value, seed))
      assert.deepEqual(got.paths, naive(value).slice(0, LINES_MAX))
      assert.deepEqual(walk(write(value, seed + 1)), got)
    }),
    { numRuns: 60 },
  )
})

test("property: the beginning of a document says nothing that the whole does not", () => {
  fc.assert(
    fc.property(arbitraryValue, fc.double({ min: 0, max: 1, noNaN: true }), (value, share) => {
      // A number alone is whole wherever it ends.
      if (typeof value === "number") return
      const bytes = bytesOf(JSON.stringify(value))
      const pairs = new Map<string, Set<string>>()
      collect(value, "", pairs, new Set())
      const known = new Set([...pairs].flatMap(([path, types]) => [...types].map((type) => `${textOf(path)}:${type}`)))
      const got = walk(bytes.subarray(0, Math.floor(share * bytes.length)))
      for (const line of got.paths) {
        const at = line.lastIndexOf(":")
        for (const type of line.slice(at + 1).split("|")) assert.ok(known.has(`${line.slice(0, at)}:${type}`), line)
      }
    }),
    { numRuns: 300 },
  )
})
const textOf = (path: string): string => path.slice(1).split("\n").join(".").replaceAll(".[]", "[]")

test("property: any bytes and any damage are walked to an end", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.constantFrom(...'{}[]:,"\\ue1-. tfn\n'), { maxLength: 60 }).map((chars) => bytesOf(chars.join(""))),
        fc.tuple(arbitraryValue, fc.nat(), fc.nat(255)).map(([value, at, byte]) => {
          const bytes = bytesOf(JSON.stringify(value))
          bytes[at % bytes.length] = byte
          return bytes
        }),
      ),
      (bytes) => {
        const got = walk(bytes)
        assert.deepEqual(walk(bytes), got)
        assert.ok(got.paths.every((line) => !/[\u0000-\u001f]/.test(line)))
      },
    ),
    { numRuns: 1000 },
  )
})

test("property: a name beyond doubt is never one that looks like a value", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(..."abcdefxyzABCDEFXYZ_"), { minLength: 1, maxLength: 30 }), (chars) => {
      const key = bytesOf(chars.join(""))
      const sorts = key.reduce((sum, b) => sum | KEY_SORT[b]!, 0)
      if (isPlainName(key.length, sorts)) assert.equal(isValueLike(key, 0, key.length), false)
    }),
    { numRuns: 1000 },
  )
})

test("canary: the comparison with JSON.parse notices a walker that misses null", () => {
  const outcome = fc.check(
    fc.property(arbitraryValue, (value) => {
      assert.deepEqual(walk(JSON.stringify(value).replaceAll("null", "true")).paths, naive(value))
    }),
    { numRuns: 500 },
  )
  assert.equal(outcome.failed, true)
})

test("the document's number may run over: the table is then cleared, and no old entry found", () => {
  const few = new JsonShape(counters, 7)
  const a = bytesOf('{"a":1}')
  const b = bytesOf('{"b":1}')
  few.walk(a, 0, a.length)
  const known = few.full
  for (let i = 0; i < 1_100_000; i++) few.walk(b, 0, 2)
  few.walk(a, 0, a.length)
  assert.equal(few.full, known)
  assert.deepEqual(few.paths(), ["a:int"])
})
