// Microseconds a KB that the shape of a body takes, by format: a usual document of each, and documents made to be slow.
// Run it with the pinned Node; `--smoke` runs a hundredth, so that tests can keep it alive.
import { Packr } from "msgpackr"
import { JsonShape } from "../json-shape.ts"
import type { Shape } from "./field-shape.ts"
import { FormShape } from "./form-shape.ts"
import { MultipartShape } from "./multipart-shape.ts"
import { PackedShape } from "./packed-shape.ts"
import { ProtobufShape } from "./protobuf-shape.ts"
import { XmlShape } from "./xml-shape.ts"

const BYTES = process.argv.includes("--smoke") ? 3e5 : 3e7
const counters = { shapeTruncated: 0, shapeLimits: 0 }
const form = new FormShape(counters, 1)
const multipart = new MultipartShape(counters, 1)
const xml = new XmlShape(counters, 1)
const protobuf = new ProtobufShape(counters, 1)
const packed = new PackedShape(counters, 1)
const json = new JsonShape(counters, 1)

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const order = (i: number) => ({
  id: i,
  customer: { name: `Customer ${i}`, email: `c${i}@example.com` },
  status: "shipped",
  total: i * 1.25,
  createdAt: "2026-01-01T10:00:00Z",
  lines: [{ sku: `ABC-${i}`, quantity: 2, price: 9.99 }],
})
const orders = { data: numbers(60).map(order) }
const element = (name: string, value: unknown): string => {
  if (Array.isArray(value)) return value.map((one) => element(name, one)).join("")
  const inside = typeof value === "object" ? elements(value as object) : `${value}`
  return `<${name}>${inside}</${name}>`
}
const elements = (value: object): string =>
  Object.entries(value)
    .map(([name, one]) => element(name, one))
    .join("")

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)])
const field = (number: number, value: unknown): number[] => {
  if (Array.isArray(value)) return value.flatMap((one) => field(number, one))
  if (typeof value === "number" && Number.isInteger(value)) return [...varint(number * 8), ...varint(value)]
  if (typeof value === "number") return [number * 8 + 1, ...Buffer.from(Float64Array.of(value).buffer)]
  const bytes = typeof value === "string" ? [...Buffer.from(value)] : message(value as object)
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes]
}
const message = (value: object): number[] => Object.values(value).flatMap((one, i) => field(i + 1, one))

const part = (name: string, value: string, more = ""): string =>
  `--B\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`
const boundary = Buffer.from("B")
const file = "x".repeat(60_000)

interface Walker {
  readonly shape: Shape
  readonly walk: (bytes: Uint8Array) => boolean
}
const asForm: Walker = { shape: form, walk: (b) => form.walk(b, 0, b.length, true) }
const asParts: Walker = { shape: multipart, walk: (b) => multipart.walk(boundary, 1, b, 0, b.length, true) }
const asXml: Walker = { shape: xml, walk: (b) => xml.walk(b, 0, b.length, true) }
const asProtobuf: Walker = { shape: protobuf, walk: (b) => protobuf.walk(b, 0, b.length, true) }
const asPacked: Walker = { shape: packed, walk: (b) => packed.walk("msgpack", b, 0, b.length, true) }
const asJson: Walker = { shape: json, walk: (b) => json.walk(b, 0, b.length) }
const asLines: Walker = { shape: json, walk: (b) => json.walkAll(b, 0, b.length) }

/** Ever the only field of another message. */
function nested(inside: number[], depth: number): Uint8Array {
  let bytes = inside
  for (let i = 0; i < depth; i++) bytes = [...varint(10), ...varint(bytes.length), ...bytes]
  return Uint8Array.from(bytes)
}

const documents: readonly (readonly [string, Walker, string | Uint8Array])[] = [
  ["json, list of 60", asJson, JSON.stringify(orders)],
  ["json lines, 60", asLines, orders.data.map((one) => JSON.stringify(one)).join("\n")],
  [
    "form, 12 fields",
    asForm,
    new URLSearchParams(numbers(12).map((i) => [`field${"abcdefghijkl"[i]}`, `value ${i}`])).toString(),
  ],
  [
    "multipart, 6 values",
    asParts,
    `${numbers(6)
      .map((i) => part(`field${"abcdef"[i]}`, `value ${i}`))
      .join("")}--B--\r\n`,
  ],
  ["multipart, a file", asParts, `${part("a", "1")}${part("f", file, '; filename="f"')}--B--\r\n`],
  ["xml, list of 60", asXml, element("orders", orders)],
  ["protobuf, list of 60", asProtobuf, Uint8Array.from(message(orders))],
  ["msgpack, list of 60", asPacked, new Packr({ useRecords: false, variableMapSize: true }).pack(orders)],
  [
    "hostile: form, new names",
    asForm,
    numbers(500)
      .map((i) => `a${i % 60}[b${i}]=1`)
      .join("&"),
  ],
  [
    "hostile: form, names to judge",
    asForm,
    numbers(500)
      .map((i) => `AB-${i}-CD=1`)
      .join("&"),
  ],
  [
    "hostile: xml, new names",
    asXml,
    `<a>${numbers(4000)
      .map((i) => `<b${i % 60}><c${i}/></b${i % 60}>`)
      .join("")}</a>`,
  ],
  ["hostile: xml, depth", asXml, "<a>".repeat(20_000)],
  ["hostile: multipart, lines", asParts, "--B\r\n\r\n".repeat(8000)],
  [
    "hostile: protobuf, depth",
    asProtobuf,
    nested(
      numbers(15_000).flatMap((i) => field(1 + (i % 4000), 1)),
      14,
    ),
  ],
  ["hostile: protobuf, fields", asProtobuf, Uint8Array.from(numbers(20_000).flatMap((i) => field(1 + (i % 4000), 1)))],
]

for (const [name, { walk, shape }, document] of documents) {
  const bytes = Buffer.from(document)
  const rounds = Math.ceil(BYTES / bytes.length)
  let sum = 0
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < 4; run++) {
    const before = process.cpuUsage()
    for (let i = 0; i < rounds / 4; i++) {
      walk(bytes)
      sum = (sum + shape.full) | 0
    }
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / Math.ceil(rounds / 4))
  }
  const perKb = (best * 1024) / bytes.length
  const row = [name.padEnd(30), `${bytes.length} B`.padStart(9), `${perKb.toFixed(2)} µs/KB`.padStart(13)]
  process.stdout.write(`${row.join("")} ${`${best.toFixed(2)} µs`.padStart(12)}  ${sum >>> 0}\n`)
}
