import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { KEYS_MAX } from "../json-shape.ts"
import { checkPrefixes, FakeFieldReceiver, framed } from "./fake-field-receiver.ts"
import { FormShape, NAME_MAX, PARAMETERS_MAX } from "./form-shape.ts"
import { TEXT_TYPE_NAMES, textType } from "./text-type.ts"

const counters = { shapeTruncated: 0, shapeLimits: 0 }
const shape = new FormShape(counters, 7)

function walk(form: string | Uint8Array, whole = true) {
  const { bytes, start, end } = framed(Buffer.from(form), "before=1&", "5&after=x")
  const before = { ...counters }
  const isForm = shape.walk(bytes, start, end, whole)
  const { full, coarse, truncated } = shape
  const paths = shape.paths()
  return { isForm, full, coarse, truncated, paths, limits: counters.shapeLimits - before.shapeLimits }
}

test("types of text", () => {
  const typeOf = (text: string): string => {
    const type = textType(Buffer.from(`x${text}9`), 1, 1 + Buffer.byteLength(text))
    return TEXT_TYPE_NAMES[Math.log2(type)]!
  }
  for (const [text, type] of [
    ["", "empty"],
    ["0", "int"],
    ["-17", "int"],
    ["+4930123456", "int"],
    ["007", "string"],
    ["0171", "string"],
    ["12.50", "number"],
    ["-.5", "number"],
    ["1e9", "number"],
    ["1e", "string"],
    [".", "string"],
    ["-", "string"],
    ["12px", "string"],
    ["true", "bool"],
    ["FALSE", "bool"],
    ["truely", "string"],
    ["t", "string"],
    ["2026-11-24", "date"],
    ["2026-11-24T10:00:00Z", "date"],
    ["2026-11-24 10:00", "date"],
    ["2026-11-24Z", "date"],
    ["2026-11-24+01:00", "date"],
    ["2026-11-24x", "string"],
    ["2026-1-24", "string"],
    ["hello", "string"],
    ["1.2.3", "string"],
  ])
    assert.equal(typeOf(text!), type, text)
})

test("names, types, brackets", () => {
  for (const [form, ...paths] of [
    ["a=1&b=x&c=", "a:int", "b:string", "c:empty"],
    ["q=hello+world&when=2026-11-24", "q:string", "when:date"],
    ["user[name]=Ada&user[tags][]=a&user[tags][]=2", "user.name:string", "user.tags[]:int|string"],
    ["user%5Bname%5D=Ada", "user.name:string"],
    ["lines[0].sku=a&lines[1].sku=b&lines[1].price=1.5", "lines[].price:number", "lines[].sku:string"],
    ["m[2024-05-01]=1&m[x]=2", "m.x:int", "m.{}:int"],
    ["a[b=1&[c]=2&d]=3&e[]f]=4", "{}:int", "a\\[b:int", "d]:int", "e\\[]f]:int"],
    ["a.b=1", "a\\.b:int"],
    ["agree&x=1&&", "agree:empty", "x:int"],
    ["=5&x=1", '"":int', "x:int"],
    ["x=a=b&y=%zz", "x:string", "y:string"],
    ["gr%C3%B6%C3%9Fe=1", "größe:int"],
    ["a%5Cu0062=1", "a\\\\u0062:int"],
  ]) {
    const got = walk(form!)
    assert.deepEqual(got.paths, paths.toSorted(), form)
    assert.equal(got.isForm, true)
  }
})

test("the order of parameters does not matter, values do not either", () => {
  const one = walk("a=1&b[x]=2&b[y]=z&c=true")
  const other = walk("c=false&b[y]=q&b[x]=77&a=99")
  assert.deepEqual([other.full, other.coarse], [one.full, one.coarse])
  assert.notEqual(walk("a=1&b[x]=2&b[y]=z&c=yes").full, one.full)
  assert.equal(walk("a=1&b[x]=2&b[y]=z&b[q]=1&c=yes").coarse, one.coarse)
  assert.notEqual(walk("a=1&b=2&c=true").coarse, one.coarse)
})

test("what is no form: no parameter with a value", () => {
  for (const text of ["", "hello", "S3cretT0ken", "a&b&c", "=x", "{}"]) assert.equal(walk(text).isForm, false, text)
})

test("names that are values are folded, bare values are no names", () => {
  assert.deepEqual(walk("alice@example.com=1&6f1c2b9e-9f52-4a2b-8a7c-3d1f0f8e2a11=x&a=1").paths, [
    "a:int",
    "{}:int|string",
  ])
  assert.deepEqual(walk("a=1&hunter2&Zm9vYmFyYmF6cXV4MTIzNDU2").paths, ["a:int"])
  assert.deepEqual(walk(`a=1&${"n".repeat(70)}=2`), {
    ...walk("a=1&alice@example.com=3"),
    paths: ["a:int", "{}:int"],
    limits: 1,
  })
})

test("limits: parameters, length of a name, names of one object; each is counted", () => {
  const letters = (i: number): string => String.fromCharCode(97 + (i % 26)).repeat(1 + Math.floor(i / 26))
  const many = walk(Array.from({ length: PARAMETERS_MAX + 1 }, (_, i) => `a[${i % 9}]=1`).join("&"))
  assert.deepEqual([many.paths, many.limits], [["a[]:int"], 1])
  assert.equal(walk(Array.from({ length: PARAMETERS_MAX }, () => "a=1").join("&")).limits, 0)
  const long = walk(`a=1&${"x[y]".repeat(NAME_MAX / 4)}z=1`)
  assert.deepEqual([long.paths, long.limits], [["a:int"], 1])
  const deep = walk(`a${"[b]".repeat(20)}=1&c=1`)
  assert.deepEqual([deep.paths, deep.limits], [["c:int"], 1])
  const wide = walk(Array.from({ length: KEYS_MAX + 1 }, (_, i) => `${letters(i)}=1`).join("&"))
  assert.deepEqual([wide.paths, wide.limits], [["{}:int"], 1])
})

test("a cut form: the last parameter is not believed", () => {
  const got = walk("a=1&b=2", false)
  assert.deepEqual([got.paths, got.truncated], [["a:int"], true])
  checkPrefixes(Buffer.from("a=1&b%5Bx%5D[]=2.5&when=2026-11-24T10:00&c=true&user[name]=Ada&d"), (bytes, whole) => {
    return walk(bytes, whole).paths
  })
})

test("values go to the receiver as they are meant", () => {
  const receiver = new FakeFieldReceiver()
  shape.receiver = receiver
  walk("mail=ada%40example.com&user[card]=4111+1111&n=7&empty=&list[]=a&list[]=b")
  shape.receiver = null
  assert.deepEqual(receiver.fields, ["mail=ada@example.com", "card=4111 1111", "n=7", "list=a", "list=b"])
  assert.equal(receiver.paths.size, 4)
})

test("property: any bytes give a result, and any beginning has no path of its own", () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    "[",
    "]",
    "=",
    "&",
    "%5B",
    "%",
    "+",
    "1",
    ".",
    "\\",
    "é",
    "\u0000",
    "[]",
    "[x]",
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const bytes = Buffer.from(pieces.join(""))
      const isForm = walk(bytes).isForm
      if (isForm) checkPrefixes(bytes, (prefix, whole) => walk(prefix, whole).paths)
    }),
    { numRuns: 200 },
  )
})
