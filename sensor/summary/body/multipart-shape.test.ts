import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { checkPrefixes, FakeFieldReceiver, framed } from "./fake-field-receiver.ts"
import { MultipartShape, NESTED_MAX, PARTS_MAX } from "./multipart-shape.ts"
import { HEAD_MAX, LINES_MAX } from "./part-head.ts"

const counters = { shapeTruncated: 0, shapeLimits: 0 }
const shape = new MultipartShape(counters, 7)

function walk(body: string | Uint8Array, boundary = "B", whole = true) {
  const { bytes, start, end } = framed(Buffer.from(body), "\r\n--B\r\nbefore", "--\r\n--B--\r\n")
  const before = { ...counters }
  const isMultipart = shape.walk(Buffer.from(boundary), boundary.length, bytes, start, end, whole)
  const { full, coarse, truncated } = shape
  return {
    isMultipart,
    full,
    coarse,
    truncated,
    paths: shape.paths(),
    limits: counters.shapeLimits - before.shapeLimits,
  }
}
const part = (name: string, content: string, more = "", type = ""): string =>
  `--B\r\nContent-Disposition: form-data; name="${name}"${more}\r\n${type === "" ? "" : `Content-Type: ${type}\r\n`}\r\n${content}\r\n`
const END = "--B--\r\n"

test("values, files, other parts", () => {
  const body =
    part("title", "Hello") +
    part("count", "12") +
    part("day", "2026-11-24") +
    part("none", "") +
    part("user[mail]", "ada@example.com") +
    part("photos[]", "\x89PNG\r\n\r\n--not", '; filename="me \\"x\\".png"', "image/png") +
    part("doc", "x", "; filename*=UTF-8''%e2%82%ac.pdf", "application/vnd.ms-excel; charset=x") +
    part("raw", "x", "; filename=a.bin") +
    part("meta", '{"a":1}', "", "application/json") +
    part("note", "text", "", "text/plain; charset=utf-8") +
    END
  const got = walk(body)
  assert.deepEqual(got.paths, [
    "count:int",
    "day:date",
    "doc:file(application/vnd.ms-excel)",
    "meta:part(application/json)",
    "none:empty",
    "note:string",
    "photos[]:file(image/png)",
    "raw:file()",
    "title:string",
    "user.mail:string",
  ])
  assert.deepEqual([got.isMultipart, got.truncated, got.limits], [true, false, 0])
})

test("the frame: preamble, epilogue, LF alone, white space behind the boundary, no last line end", () => {
  const paths = ["a:int", "b:string"]
  for (const body of [
    `${part("a", "1")}${part("b", "x")}${END}`,
    `This is for old readers.\r\n${part("a", "1")}${part("b", "x")}${END}The rest\r\n--B\r\n`,
    `\r\n${part("a", "1")}${part("b", "x")}--B--`,
    `${part("a", "1")}${part("b", "x")}${END}`.replaceAll("\r\n", "\n"),
    `${part("a", "1")}${part("b", "x")}${END}`.replaceAll("--B\r\n", "--B \t\r\n"),
    `${part("a", "1")}${part("b", "--Bx\r\n--BB\r\n")}${END}`,
    `${part("a", "1").replace("Content-Disposition", "X-Odd: 1\r\ncontent-DISPOSITION")}${part("b", "x")}${END}`,
    `${part("a", "1").replace("; name", ";\r\n name")}${part("b", "x")}${END}`,
    `${part("a", "1").replace('"a"', "a")}${part("b", "x")}${END}`,
  ])
    assert.deepEqual(walk(body).paths, paths, JSON.stringify(body))
})

test("boundaries of any bytes and of the greatest length; none, too long, another one", () => {
  for (const boundary of ["----WebKitFormBoundary7MA4YWxk", "a b'()+_,-./:=?c", "x".repeat(70), "-", "--"]) {
    const body = (part("a", "1") + END).replaceAll("--B", `--${boundary}`)
    assert.deepEqual(walk(body, boundary).paths, ["a:int"], boundary)
  }
  for (const boundary of ["", "C", "x".repeat(71)])
    assert.equal(walk(part("a", "1") + END, boundary).isMultipart, false)
})

test("parts without a name are elements of a list; a multipart inside a part lies below it", () => {
  const mixed = `--B\r\nContent-Type: application/http\r\n\r\nGET / HTTP/1.1\r\n--B\r\n\r\n5\r\n--B\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n${END}`
  assert.deepEqual(walk(mixed).paths, ["[]:int", "[]:part(application/http)", "[]:part(text/xml)"].toSorted())
  const inner = `--C\r\nContent-Disposition: file; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nx\r\n--C\r\n\r\ny\r\n--C--\r\n`
  const nested = part("files", inner, "", 'multipart/mixed; boundary="C"') + part("z", "1") + END
  assert.deepEqual(walk(nested).paths, ["files[]:file(text/plain)", "files[]:string", "z:int"])
  // The inner one never ends: the outer delimiter ends it.
  const open = part("files", inner.replace("--C--\r\n", ""), "", "multipart/mixed; boundary=C") + part("z", "1") + END
  assert.deepEqual(walk(open).paths, ["files[]:file(text/plain)", "files[]:string", "z:int"])
})

test("names that are values are folded; a file's name never appears", () => {
  const body = `${part("alice@example.com", "1")}${part("secret-file", "x", '; filename="4111111111111111.pdf"', "a/b")}${END}`
  assert.deepEqual(walk(body).paths, ["secret-file:file(a/b)", "{}:int"])
  assert.ok(!JSON.stringify(walk(body)).includes("4111"))
  const odd = `${part("x", "1", '; filename="a"', "a(b)/c")}${part("a.:file(x)", "1")}${END}`
  assert.deepEqual(walk(odd).paths, ["x:file()", "{}:int"])
})

test("encoded content is a string", () => {
  const body = part("a", "NQ==").replace("\r\n\r\n", "\r\nContent-Transfer-Encoding: Base64\r\n\r\n") + END
  assert.deepEqual(walk(body).paths, ["a:string"])
})

test("limits: parts, nesting, length of a head and a name; each is counted", () => {
  const many = walk(Array.from({ length: PARTS_MAX + 1 }, () => part("a", "1")).join("") + END)
  assert.deepEqual([many.paths, many.limits, many.truncated], [["a:int"], 1, true])
  let deep = "x\r\n"
  for (let i = NESTED_MAX + 1; i > 0; i--)
    deep = `--N${i}\r\nContent-Disposition: form-data; name="n${i}"\r\nContent-Type: multipart/mixed; boundary=N${i + 1}\r\n\r\n${deep}--N${i}--\r\n`
  const nested = walk(deep, "N1")
  assert.deepEqual(nested.paths, ["n1.n2.n3.n4:part(multipart/mixed)"])
  const longHead = walk(part("a", "1", "", `x/y; z=${"z".repeat(HEAD_MAX)}`) + part("b", "1") + END)
  assert.deepEqual([longHead.paths, longHead.limits], [["b:int"], 1])
  const manyLines = walk(
    part("a", "1").replace("\r\n\r\n", `${"\r\nX: y".repeat(LINES_MAX)}\r\n\r\n`) + part("b", "1") + END,
  )
  assert.deepEqual([manyLines.limits, manyLines.paths], [1, ["b:int"]])
  const longName = walk(part("n".repeat(300), "1") + part("b", "1") + END)
  assert.deepEqual([longName.paths, longName.limits], [["b:int"], 1])
})

test("a cut body: what its parts' heads say, and values that are whole", () => {
  const body =
    part("title", "Hello") +
    part("n", "12.5") +
    part("photos[]", "\x89PNG--B\r\n-", '; filename="a.png"', "image/png") +
    part("files", "--C\r\n\r\n5\r\n--C--\r\n", "", "multipart/mixed; boundary=C") +
    END
  const inFile = body.indexOf("PNG")
  assert.deepEqual(walk(body.slice(0, inFile), "B", false).paths, [
    "n:number",
    "photos[]:file(image/png)",
    "title:string",
  ])
  checkPrefixes(Buffer.from(body), (prefix, whole) => walk(prefix, "B", whole).paths)
})

test("values go to the receiver, those of JSON parts too, files do not", () => {
  const receiver = new FakeFieldReceiver()
  shape.receiver = receiver
  const json = part("meta", '{"owner":{"mail":"eve@example.com"},"n":[5]}', "", "application/json")
  walk(`${part("user[mail]", "ada@example.com")}${json}${part("f", "secret", "; filename=x")}--B\r\n\r\nbare\r\n${END}`)
  shape.receiver = null
  assert.deepEqual(receiver.fields, ["mail=ada@example.com", "mail=eve@example.com", "n#5", "=bare"])
})

test("time is linear in hostile bodies", () => {
  const size = 60_000
  for (const body of [
    "\n--".repeat(size / 3),
    "\r\n--B".repeat(size / 5),
    `--B\r\n${"a:b\r\n".repeat(size / 5)}`,
    `--B\r\n${" \r\n".repeat(size / 3)}`,
    `--B\r\nContent-Disposition: x${";name=a".repeat(size / 7)}`,
    `--B\r\nContent-Type: multipart/x; boundary=C\r\n\r\n--C\r\n\r\n${"\n--\n--B".repeat(size / 8)}`,
  ]) {
    const before = process.cpuUsage()
    for (let i = 0; i < 5; i++) walk(body)
    const { user } = process.cpuUsage(before)
    assert.ok(user < 500_000, `${user} µs for ${JSON.stringify(body.slice(0, 30))}`)
  }
})

test("property: any bytes give a result, and any beginning has no path of its own", () => {
  const piece = fc.constantFrom(
    "--B\r\n",
    "--B--",
    "\r\n",
    "\n",
    "--C\r\n",
    'Content-Disposition: form-data; name="a"\r\n\r\n',
    'Content-Disposition: form-data; name="b"; filename="f"\r\n\r\n',
    "Content-Type: multipart/mixed; boundary=C\r\n\r\n",
    "\r\n\r\n",
    "x",
    "1",
    "-",
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
      const bytes = Buffer.from(`--B\r\n${pieces.join("")}\r\n--B--\r\n`)
      checkPrefixes(bytes, (prefix, whole) => walk(prefix, "B", whole).paths)
    }),
    { numRuns: 150 },
  )
})
