import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import { checkPrefixes, FakeFieldReceiver, framed, pairsOf } from "./fake-field-receiver.ts"
import { TEXT_TYPE_NAMES, textType } from "./text-type.ts"
import { DEPTH_MAX, XmlShape } from "./xml-shape.ts"

const counters = { shapeTruncated: 0, shapeLimits: 0 }
const shape = new XmlShape(counters, 7)

function walk(xml: string | Uint8Array, whole = true) {
  const { bytes, start, end } = framed(Buffer.from(xml), "<before a='1'>", "></x><after/>-->]]>\"'")
  const before = { ...counters }
  const isXml = shape.walk(bytes, start, end, whole)
  const { full, coarse, truncated, hasEntities } = shape
  const paths = shape.paths()
  return { isXml, full, coarse, truncated, hasEntities, paths, limits: counters.shapeLimits - before.shapeLimits }
}
const paths = (xml: string): string[] => walk(xml).paths

test("elements, attributes, types", () => {
  for (const [xml, ...lines] of [
    ["<a>1</a>", "a:int"],
    ["<a/>", "a:empty"],
    ["<a></a>", "a:empty"],
    ["<a> \n </a>", "a:empty"],
    ["<a b='1' c=\"x\" d = 'true'/>", "a.@b:int", "a.@c:string", "a.@d:bool"],
    ["<a b='1'>x</a>", "a.@b:int", "a:string"],
    ["<a><b>2026-11-24</b><b>x</b><c><d>1.5</d></c></a>", "a.b:string|date", "a.c.d:number"],
    ["<a>text <b>1</b> more</a>", "a.b:int", "a:string"],
    ["<a>12<!-- no --></a>", "a:int"],
    ["<a>1<!-- no -->2</a>", "a:string"],
    ["<a><![CDATA[<b>&]]]></a>", "a:string"],
    ["<a><![CDATA[17]]></a>", "a:int"],
    ["<a><?php echo '>' ?><b/></a>", "a.b:empty"],
    ["<a b='>'>1</a>", "a.@b:string", "a:int"],
    ["<größe>1</größe>", "größe:int"],
    ["<a.b-c_d>1</a.b-c_d>", "a\\.b-c_d:int"],
    ["<a\n>\n<b\t/>\r\n</a\n>", "a.b:empty"],
  ])
    assert.deepEqual(walk(xml!).paths, lines.toSorted(), xml)
})

test("prologue, comments, mark and what stands behind the root", () => {
  for (const xml of [
    "<?xml version='1.0' encoding='utf-8'?>\n<!-- <x> -- -->\n<a>1</a>",
    "\ufeff<a>1</a>",
    "  <a>1</a>  \n<!-- end -->",
    "<a>1</a><b>2</b>",
    "<a>1</a> trailing < text",
  ])
    assert.deepEqual([paths(xml), walk(xml).truncated], [["a:int"], false], xml)
})

test("namespaces: local names, no declarations; SOAP", () => {
  const soap = (prefix: string) =>
    `<${prefix}:Envelope xmlns:${prefix}="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:x"><${prefix}:Header/>` +
    `<${prefix}:Body><GetOrder xsi:type="q"><id>17</id></GetOrder></${prefix}:Body></${prefix}:Envelope>`
  const got = walk(soap("soapenv"))
  assert.deepEqual(got.paths, [
    "Envelope.Body.GetOrder.@type:string",
    "Envelope.Body.GetOrder.id:int",
    "Envelope.Header:empty",
  ])
  assert.equal(walk(soap("s")).full, got.full)
  assert.equal(walk("<a:/>").isXml, true)
})

test("the order of elements and how often they stand do not matter", () => {
  const one = walk("<a><b>1</b><c x='1'/></a>")
  assert.equal(walk("<a><c x='7'/><b>3</b><b>4</b></a>").full, one.full)
  assert.notEqual(walk("<a><b>x</b><c x='1'/></a>").full, one.full)
})

test("what is no XML, and HTML", () => {
  for (const text of [
    "",
    " ",
    "a",
    "{}",
    "<",
    "<>",
    "< a/>",
    "<1/>",
    "</a>",
    "<html><p>x</p></html>",
    "<HTML lang='a'>",
  ])
    assert.equal(walk(text).isXml, false, text)
  assert.equal(walk("<!DOCTYPE html>\n<html><body>x</body></html>").isXml, false)
  assert.equal(walk("<htmls>1</htmls>").isXml, true)
})

test("a document that makes no sense from somewhere on yields what came before", () => {
  for (const xml of [
    "<a><b>1</b></c>",
    "<a><b>1</b><c x></c></a>",
    "<a><b>1</b><c x=1/></a>",
    "<a><b>1</b><c 'y'/></a>",
    "<a><b>1</b><c / ></a>",
    "<a><b>1</b><!ELEMENT c></a>",
    "<a><b>1</b>< c/></a>",
    "<a><b>1</b><c",
    "<a><b>1</b><c x='1",
    "<a><b>1</b><!-- ",
    "<a><b>1</b><![CDATA[ ",
    "<a><b>1</b>",
  ]) {
    const got = walk(xml)
    assert.deepEqual([got.paths, got.truncated, got.isXml], [["a.b:int"], true, true], xml)
  }
})

test("names that are values are folded", () => {
  assert.deepEqual(paths("<a><id-6f1c2b9e9f524a2b8a7c3d1f0f8e2a11>1</id-6f1c2b9e9f524a2b8a7c3d1f0f8e2a11></a>"), [
    "a.{}:int",
  ])
  assert.deepEqual(paths("<a x-4111111111111111='1'/>"), ["a.{}:int"])
})

test("a document type is stepped over and said; no entity is expanded", () => {
  const laughs = `<?xml version="1.0"?>
<!DOCTYPE lolz [
  <!-- ]> -->
  <!ENTITY lol "lol]>">
  ${Array.from({ length: 9 }, (_, i) => `<!ENTITY lol${i + 1} "${`&lol${i || ""};`.repeat(10)}">`).join("\n")}
  <?pi ]> ?>
]>
<lolz><a>&lol9;</a><b>1</b></lolz>`
  const receiver = new FakeFieldReceiver()
  shape.receiver = receiver
  const got = walk(laughs)
  shape.receiver = null
  assert.deepEqual([got.paths, got.hasEntities, got.truncated], [["lolz.a:string", "lolz.b:int"], true, false])
  assert.deepEqual(receiver.fields, ["a=&lol9;", "b=1"])
  assert.equal(walk("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a>1</a>").hasEntities, true)
  assert.equal(walk("<!DOCTYPE a [<!ELEMENT a EMPTY>]><a/>").hasEntities, false)
  assert.equal(
    walk('<!DOCTYPE plist PUBLIC "-//X//DTD PLIST 1.0//EN" "http://x/p.dtd"><plist>1</plist>').hasEntities,
    false,
  )
  assert.equal(walk("<a>1</a>").hasEntities, false)
  assert.deepEqual(walk("<!DOCTYPE a [ <!ENTITY x '").paths, [])
})

test("limits: depth, attributes, names; each is counted", () => {
  const deep = (n: number): string => `${"<a>".repeat(n)}1${"</a>".repeat(n)}`
  assert.deepEqual([walk(deep(DEPTH_MAX)).limits, walk(deep(DEPTH_MAX)).paths.length], [0, 1])
  const deeper = walk(`<r>${deep(200)}<b>1</b></r>`)
  assert.deepEqual([deeper.limits, deeper.truncated, deeper.paths], [1, false, ["r.b:int"]])
  const wide = walk(
    `<a ${Array.from({ length: 70 }, (_, i) => `${"abcdefghij"[i % 10]!.repeat(1 + i / 10)}='1'`).join(" ")}/>`,
  )
  assert.deepEqual([wide.limits, wide.paths.length], [1, 64])
  const long = walk(`<a ${"n".repeat(65)}='1' b='2'/>`)
  assert.deepEqual([long.limits, long.paths], [1, ["a.@b:int"]])
})

test("a cut document has no path of its own", () => {
  const xml =
    "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><s:a xmlns:s='u' k='1'><b>12.5</b>t<!-- c --><c><![CDATA[<x>]]></c>" +
    '<d e="true"/><b/><f><g>2026-11-24</g></f></s:a>'
  checkPrefixes(Buffer.from(xml), (prefix, whole) => walk(prefix, whole).paths)
})

test("values go to the receiver without their references", () => {
  const receiver = new FakeFieldReceiver()
  shape.receiver = receiver
  walk(
    "<a m='ada&#64;example.com'><b>Tom &amp; &#x41;da &unknown; &#xD800; &lt;</b><c> 17 </c><d/><e><![CDATA[a&amp;b]]></e></a>",
  )
  shape.receiver = null
  assert.deepEqual(receiver.fields, ["m=ada@example.com", "b=Tom & Ada &unknown; &#xD800; <", "c=17", "e=a&b"])
})

test("time is linear in hostile documents", () => {
  const size = 60_000
  for (const xml of [
    "<a>".repeat(size / 3),
    "<".repeat(size),
    `<a>${"<!--".repeat(size / 4)}`,
    `<a ${"b='".repeat(size / 3)}`,
    `<a>${"&".repeat(size)}</a>`,
    `<a>${"<b/>".repeat(size / 4)}</a>`,
    `<a>${"]]>".repeat(size / 3)}`,
    `<a>${"x<b>&;</b>".repeat(size / 10)}`,
    `<!DOCTYPE a [${"'".repeat(size)}`,
    `<${"a".repeat(size)}>`,
    `<a ${Array.from({ length: 8000 }, (_, i) => `a${i}='1'`).join(" ")}/>`,
  ]) {
    const before = process.cpuUsage()
    for (let i = 0; i < 5; i++) walk(xml)
    const { user } = process.cpuUsage(before)
    assert.ok(user < 500_000, `${user} µs for ${xml.slice(0, 30)}`)
  }
})

// The same from a tree: slow, and simple enough to be believed.

interface Node {
  readonly name: string
  readonly attributes: readonly (readonly [string, string])[]
  readonly children: readonly (Node | string)[]
}
const typeOf = (text: string): string =>
  TEXT_TYPE_NAMES[Math.log2(textType(Buffer.from(text), 0, Buffer.byteLength(text)))]!

function pairs(node: Node, parent: string, out: Set<string>): void {
  const path = parent === "" ? node.name : `${parent}.${node.name}`
  for (const [name, value] of node.attributes) out.add(`${path}.@${name}:${typeOf(value)}`)
  const texts = node.children.filter((child) => typeof child === "string" && child.trim() !== "") as string[]
  const elements = node.children.filter((child) => typeof child !== "string") as Node[]
  for (const element of elements) pairs(element, path, out)
  if (texts.length > 0) out.add(`${path}:${texts.length > 1 ? "string" : typeOf(texts[0]!.trim())}`)
  else if (elements.length + node.attributes.length === 0) out.add(`${path}:empty`)
}
const write = (node: Node): string => {
  const open = `<${node.name}${node.attributes.map(([name, value]) => ` ${name}="${value}"`).join("")}`
  const inside = node.children.map((child) => (typeof child === "string" ? child : write(child))).join("<!-- -->")
  return inside === "" ? `${open}/>` : `${open}>${inside}</${node.name}>`
}
const text = fc.constantFrom("1", "1.5", " true ", "x", "  ", "2026-11-24", "a b")
const name = fc.constantFrom("a", "b", "c", "d")
const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.record({
    name,
    attributes: fc.uniqueArray(fc.tuple(name, text), { maxLength: 2, selector: ([key]) => key }),
    children: fc.array(fc.oneof({ depthSize: "small" }, text, tie("node")), { maxLength: 4 }),
  }),
}))

test("property: the shape is that of the tree, and any beginning has no path of its own", () => {
  fc.assert(
    fc.property(node, (root) => {
      const want = new Set<string>()
      pairs(root, "", want)
      const xml = write(root)
      const got = pairsOf(walk(xml).paths)
      assert.deepEqual([...got].sort(), [...want].sort(), xml)
      if (xml.length < 300) checkPrefixes(Buffer.from(xml), (prefix, whole) => walk(prefix, whole).paths)
    }),
    { numRuns: 200 },
  )
})

test("property: any bytes give a result", () => {
  const piece = fc.constantFrom(
    "<a>",
    "</a>",
    "<",
    ">",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    " b='1'",
    "'",
    "x",
    "<!DOCTYPE",
    "[",
    "]",
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const bytes = Buffer.from(`<a>${pieces.join("")}`)
      checkPrefixes(bytes, (prefix, whole) => walk(prefix, whole).paths)
    }),
    { numRuns: 200 },
  )
})
