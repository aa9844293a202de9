// Nanoseconds a byte that the shape of a JSON document takes: a list, the same with white space, one small object, and
// documents made to be slow. Run it with the pinned Node; `--smoke` runs a hundredth, so that tests can keep it alive.
import { ClassSet } from "./classes/class-set.ts"
import { DataClasses } from "./classes/data-classes.ts"
import { PlaceFields } from "./classes/place-fields.ts"
import { JsonShape } from "./json-shape.ts"

const BYTES = process.argv.includes("--smoke") ? 1e6 : 1e8
const shape = new JsonShape({ shapeTruncated: 0, shapeLimits: 0 }, 1)
const counters = { decided: 0, revoked: 0, fieldsCut: 0, placesForgotten: 0 }

const order = (i: number) => ({
  id: i,
  customer: { name: `Customer ${i}`, email: `c${i}@example.com` },
  status: "shipped",
  total: i * 1.25,
  createdAt: "2026-01-01T10:00:00Z",
  lines: [{ sku: `ABC-${i}`, quantity: 2, price: 9.99 }],
  note: null,
  active: true,
})
const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const documents: readonly (readonly [string, string, withText?: boolean])[] = [
  ["list of 60", JSON.stringify({ data: numbers(60).map(order) })],
  ["list of 60, indented", JSON.stringify({ data: numbers(60).map(order) }, null, 2)],
  ["list of 300", JSON.stringify({ data: numbers(300).map(order) })],
  ["one object", JSON.stringify(order(17))],
  ["one object, with its text", JSON.stringify(order(17)), true],
  ["hostile: new keys", `{${numbers(60).map((i) => `"k${i}z":{${numbers(60).map((k) => `"a${i}b${k}c":1`)}}`)}}`],
  ["hostile: keys to judge", `[${numbers(60).map((i) => `{${numbers(60).map((k) => `"AB-${i * 60 + k}-CD":1`)}}`)}]`],
]

for (const [name, text, withText = false, withClasses = false] of [
  ...documents,
  ...documents.map(([name, text]) => [`${name}, classes`, text, false, true] as const),
]) {
  const classes = new DataClasses(new ClassSet(), counters)
  const place = new PlaceFields()
  shape.receiver = withClasses ? classes : null
  const bytes = Buffer.from(text)
  const rounds = Math.ceil(BYTES / bytes.length / (withText ? 20 : 1))
  let sum = 0
  let best = Number.POSITIVE_INFINITY
  for (let part = 0; part < 4; part++) {
    const before = process.cpuUsage()
    for (let i = 0; i < rounds / 4; i++) {
      classes.begin(place)
      shape.walk(bytes, 0, bytes.length)
      sum += classes.end().length
      sum = (sum + shape.full) | 0
      if (withText) sum += shape.paths().length
    }
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, ((user + system) * 1000) / Math.ceil(rounds / 4))
  }
  const row = [
    name.padEnd(28),
    `${bytes.length} B`.padStart(9),
    `${(best / bytes.length).toFixed(2)} ns/B`.padStart(12),
  ]
  process.stdout.write(`${row.join("")} ${`${(best / 1000).toFixed(2)} µs`.padStart(12)}  ${sum >>> 0}\n`)
}
