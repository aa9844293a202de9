import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { deflateRawSync, inflateRawSync } from "node:zlib"
import fc from "fast-check"
import { pack } from "msgpackr/pack"
import { arbitraryBatch } from "../testing/event-arbitraries.ts"
import { asVersion1, asVersion2, asVersion3, BATCH, ENVELOPE, EVENT, SECOND } from "../testing/event-batch.ts"
import { B2B_TRAFFIC, lcg, trafficEvents } from "../testing/event-traffic.ts"
import { type ApiEvent, type Client, EVENT_VERSION, type EventBatch, type TlsNote } from "./api-event.ts"
import { BatchEncoder, decodeBatch } from "./event-codec.ts"
import { CODEC_LIMITS } from "./event-codec-limits.ts"

const NOTE: TlsNote = BATCH.tls[0]!

function encode(batch: EventBatch, compress = false): Uint8Array {
  const encoder = new BatchEncoder({ compress })
  for (const shape of batch.shapes) encoder.note(shape)
  for (const event of batch.events) encoder.add(event)
  for (const note of batch.tls) encoder.tls(note)
  return encoder.encode(batch.envelope)
}

function decode(bytes: Uint8Array): EventBatch {
  const result = decodeBatch(bytes)
  assert.ok(result.ok, result.ok ? "" : result.sentence)
  return result.batch
}

function refusalOf(bytes: Uint8Array): string {
  const result = decodeBatch(bytes)
  return result.ok ? "accepted" : result.code
}

/** A message around any body, as a forger would make it. */
function forge(body: Uint8Array, change: { length?: number; coding?: number; version?: number } = {}): Uint8Array {
  const head = Buffer.from([0x53, change.version ?? EVENT_VERSION, change.coding ?? 0, 0, 0, 0, 0, 0])
  head.writeUInt32LE(change.length ?? body.length, 4)
  return Buffer.concat([head, body])
}

/** The bytes of BATCH in a version. They may change only together with EVENT_VERSION: collectors in the field read them. */
function storedBatch(version: number): Buffer {
  const text = readFileSync(join(import.meta.dirname, `batch-v${version}.hex`), "latin1")
  return Buffer.from(text.replaceAll("\n", ""), "hex")
}

test("golden: the bytes of this version", () => {
  assert.equal(Buffer.from(encode(BATCH)).toString("hex"), storedBatch(EVENT_VERSION).toString("hex"))
})

test("batches of every version so far are read; what older versions did not say is unknown", () => {
  assert.deepEqual(decode(storedBatch(4)), BATCH)
  assert.deepEqual(decode(storedBatch(3)), asVersion3(BATCH))
  assert.deepEqual(decode(storedBatch(2)), asVersion2(BATCH))
  assert.deepEqual(decode(storedBatch(1)), asVersion1(BATCH))
})

test("a batch comes back as it was, plain and compressed", () => {
  assert.deepEqual(decode(encode(BATCH)), BATCH)
  assert.deepEqual(decode(encode(BATCH, true)), BATCH)
  assert.equal(encode(BATCH, true)[2], 1)
})

test("an empty batch carries its envelope", () => {
  const empty: EventBatch = { envelope: { ...ENVELOPE, ledger: {} }, events: [], shapes: [], tls: [] }
  assert.deepEqual(decode(encode(empty)), empty)
})

test("records are shared inside a decoded batch", () => {
  const { events } = decode(encode(BATCH))
  assert.equal(events[0]!.client, events[1]!.client)
  assert.equal(events[0]!.operation, events[1]!.operation)
})

test("the encoder is empty after a batch and starts its tables anew", () => {
  const encoder = new BatchEncoder()
  encoder.add(EVENT)
  encoder.note({ shape: 1, paths: ["a:int"] })
  const first = encoder.encode(ENVELOPE)
  assert.deepEqual([encoder.events, encoder.shapes, encoder.estimatedBytes], [0, 0, 0])
  encoder.add(SECOND)
  assert.deepEqual(decode(encoder.encode(ENVELOPE)).events, [SECOND])
  assert.equal(decode(first).events.length, 1)
})

test("a reader of its own needs nothing but the message", () => {
  const bytes = encode({ ...BATCH, events: [SECOND] })
  assert.deepEqual(decode(Buffer.concat([bytes])).events, [SECOND])
})

test("limits: what is too long is cut and counted, and still decodes", () => {
  const encoder = new BatchEncoder()
  const long = "x".repeat(CODEC_LIMITS.stringUnits + 5)
  const many = Array.from({ length: CODEC_LIMITS.names + 3 }, (_, i) => `n${i}`)
  encoder.add({
    ...EVENT,
    operation: { ...EVENT.operation, path: long, query: many },
    objects: Array.from({ length: CODEC_LIMITS.objects + 2 }, (_, i) => i),
    anomalies: Array.from({ length: CODEC_LIMITS.anomalies + 1 }, (_, i) => i + 1),
    requestClasses: Array.from({ length: CODEC_LIMITS.classes + 1 }, (_, i) => `c${i}`),
  })
  encoder.add({ ...SECOND, call: { ...EVENT.call, fields: many } })
  const ids = Array.from({ length: CODEC_LIMITS.returned + 3 }, (_, i) => i)
  encoder.add({ ...SECOND, returned: ids, weakObjects: ids, queryObjects: ids, bodyObjects: ids })
  encoder.tls({ ...NOTE, certificateNames: many })
  encoder.note({ shape: 9, paths: Array.from({ length: CODEC_LIMITS.shapePaths + 1 }, (_, i) => `p${i}`) })
  const batch = decode(encoder.encode(ENVELOPE))
  const surplus = many.length * 2 - CODEC_LIMITS.callFields - CODEC_LIMITS.certificateNames
  const { returned, weakObjects, bodyObjects } = CODEC_LIMITS
  const cutIds = ids.length * 4 - returned - weakObjects - CODEC_LIMITS.names - bodyObjects
  assert.equal(encoder.cut, 1 + 3 + 2 + 1 + 1 + 1 + surplus + cutIds)
  assert.deepEqual(batch.events[2]!.returned, ids.slice(0, returned))
  assert.deepEqual(batch.events[2]!.weakObjects, ids.slice(0, weakObjects))
  assert.deepEqual(batch.events[2]!.bodyObjects, ids.slice(0, bodyObjects))
  assert.equal(batch.events[1]!.call.fields.length, CODEC_LIMITS.callFields)
  assert.equal(batch.tls[0]!.certificateNames.length, CODEC_LIMITS.certificateNames)
  assert.equal(batch.events[0]!.operation.path, "x".repeat(CODEC_LIMITS.stringUnits))
  assert.equal(batch.events[0]!.operation.query.length, CODEC_LIMITS.names)
  assert.equal(batch.events[0]!.objects.length, CODEC_LIMITS.objects)
  assert.equal(batch.shapes[0]!.paths.length, CODEC_LIMITS.shapePaths)
})

test("limits: a cut string ends in whole characters", () => {
  const path = `${"x".repeat(CODEC_LIMITS.stringUnits - 1)}\u{1F600}`
  const [event] = decode(encode({ ...BATCH, events: [{ ...EVENT, operation: { ...EVENT.operation, path } }] })).events
  assert.equal(event!.operation.path.isWellFormed(), true)
})

test("limits: an encoder at its limit of events is full, and the batch decodes", () => {
  const encoder = new BatchEncoder()
  while (!encoder.isFull) encoder.add(SECOND)
  assert.equal(encoder.events, CODEC_LIMITS.events)
  assert.equal(decode(encoder.encode(ENVELOPE)).events.length, CODEC_LIMITS.events)
})

test("limits: ids that responses gave fill an encoder before its batch is refused", () => {
  const encoder = new BatchEncoder()
  const returned = Array.from({ length: CODEC_LIMITS.returned }, (_, i) => i * 1000)
  while (!encoder.isFull) encoder.add({ ...SECOND, returned })
  assert.ok(encoder.events < CODEC_LIMITS.events)
  const { events } = decode(encoder.encode(ENVELOPE))
  assert.deepEqual([events.at(-1)!.returned, encoder.cut], [returned, 0])
})

test("limits: an encoder at its limit of TLS notes is full, and the batch decodes without events", () => {
  const encoder = new BatchEncoder()
  while (!encoder.isFull) encoder.tls(NOTE)
  assert.equal(encoder.tlsNotes, CODEC_LIMITS.tlsNotes)
  const batch = decode(encoder.encode(ENVELOPE))
  assert.deepEqual([batch.tls.length, batch.events.length, encoder.tlsNotes], [CODEC_LIMITS.tlsNotes, 0, 0])
  assert.equal(batch.tls[0]!.server, batch.tls.at(-1)!.server)
})

test("limits: events that share nothing fill an encoder by strings", () => {
  const encoder = new BatchEncoder()
  for (let i = 0; !encoder.isFull; i++) {
    const client: Client = {
      ...EVENT.client,
      address: `a${i}`,
      prefix: `p${i}`,
      userAgentFamily: `u${"x".repeat(300)}${i}`,
    }
    encoder.add({ ...SECOND, client })
  }
  assert.ok(encoder.events < CODEC_LIMITS.events)
  assert.equal(refusalOf(encoder.encode(ENVELOPE)), "accepted")
})

test("numbers that a column cannot hold become the nearest that it can", () => {
  const odd: ApiEvent = {
    ...SECOND,
    startUs: 1.9,
    requestBytes: Number.NaN,
    responseBytes: -4,
    exchangeKey: 2 ** 60,
    requestMessages: Number.POSITIVE_INFINITY,
    responseMessages: Number.NaN,
    outcome: -7,
    tenantMatch: 9,
    returnedTotal: Number.NaN,
    returned: [9, 3, 3],
    step: -400,
    pageLimit: Number.POSITIVE_INFINITY,
  }
  const [event] = decode(encode({ ...BATCH, events: [{ ...odd, anomalies: [16, 2, 2] }] })).events
  assert.deepEqual(
    [event!.startUs, event!.requestBytes, event!.responseBytes, event!.exchangeKey, event!.anomalies],
    [1, 0, 0, 2 ** 48 - 1, [2, 16]],
  )
  assert.deepEqual(
    [event!.requestMessages, event!.responseMessages, event!.outcome, event!.tenantMatch],
    [2 ** 52 - 2, -1, -1, 1],
  )
  assert.deepEqual(
    [event!.returned, event!.returnedTotal, event!.step, event!.pageLimit, event!.pageOffset],
    [[3, 9], 0, -64, 64, -1],
  )
})

test("a version that is not known is refused as such", () => {
  const bytes = Buffer.from(encode(BATCH))
  for (const version of [0, EVENT_VERSION + 1, 255]) {
    bytes[1] = version
    assert.equal(refusalOf(bytes), "unknown-version")
  }
})

test("the bytes of one version under the number of another are refused", () => {
  for (const [stored, named] of [
    [1, 2],
    [1, 3],
    [2, 1],
    [2, 3],
    [3, 1],
    [3, 2],
    [3, 4],
    [4, 1],
    [4, 2],
    [4, 3],
  ] as const) {
    const bytes = Buffer.from(storedBatch(stored))
    bytes[1] = named
    assert.equal(refusalOf(bytes), "malformed")
  }
})

test("what is not a batch, too large, or damaged is refused by its code", () => {
  const plain = encode(BATCH)
  const body = plain.subarray(8)
  const huge = CODEC_LIMITS.messageBytes + 1
  const table: readonly (readonly [string, Uint8Array, string])[] = [
    ["nothing", new Uint8Array(0), "not-a-batch"],
    ["text", Buffer.from("GET / HTTP/1.1\r\n\r\n"), "not-a-batch"],
    ["promises too much", forge(body, { length: huge }), "too-large"],
    ["is too much", forge(new Uint8Array(huge)), "too-large"],
    ["cut off", plain.subarray(0, plain.length - 1), "malformed"],
    ["one byte more", Buffer.concat([plain, Buffer.from([0])]), "malformed"],
    ["unknown coding", forge(body, { coding: 2 }), "malformed"],
    ["does not inflate", forge(body, { coding: 1 }), "malformed"],
    ["inflates to more", forge(deflateRawSync(new Uint8Array(100_000)), { coding: 1, length: 1000 }), "malformed"],
    ["inflates to less", forge(deflateRawSync(body), { coding: 1, length: body.length + 1 }), "malformed"],
    ["nil", forge(pack(null)), "malformed"],
    ["a map", forge(pack({ a: 1 })), "malformed"],
    ["an array too short", forge(pack([[], []])), "malformed"],
    ["array of four billion", forge(Buffer.from([0x93, 0xdd, 0xff, 0xff, 0xff, 0xff])), "malformed"],
    ["arrays without end", forge(Buffer.alloc(100_000, 0x91)), "malformed"],
    ["an extension", forge(Buffer.from([0x93, 0xd4, 0x72, 0x40])), "malformed"],
    ["numbers for strings", forge(pack([envelopeValue(), [1], new Uint8Array(9)])), "malformed"],
    ["string too long", forge(pack([envelopeValue(), ["x".repeat(1025)], new Uint8Array(9)])), "malformed"],
    ["no columns", forge(pack([envelopeValue(), [], null])), "malformed"],
  ]
  for (const [name, bytes, code] of table) assert.equal(refusalOf(bytes), code, name)
})

function envelopeValue(change: Readonly<Record<number, unknown>> = {}): unknown[] {
  return ["t", "s", "b", 1, 1, 1, false, ["a.b"], [1]].map((value, i) => (i in change ? change[i] : value))
}

test("a forged envelope is refused", () => {
  // Record tables and lists without rows.
  const empty = encode({ envelope: ENVELOPE, events: [], shapes: [], tls: [] })
  const columns = columnsOf(empty)
  assert.equal(refusalOf(forge(pack([envelopeValue(), [], columns]))), "accepted")
  const table: readonly Readonly<Record<number, unknown>>[] = [
    { 0: "a.b" },
    { 1: "" },
    { 1: "*" },
    { 2: "x\ny" },
    { 3: 0 },
    { 3: -1 },
    { 3: 1.5 },
    { 3: "1" },
    { 4: null },
    { 5: 2 ** 53 },
    { 6: 1 },
    { 7: [1] },
    { 7: ["a b"] },
    { 7: ["a", "b"] },
    { 8: [-1] },
    { 8: [0.5] },
    { 8: 7 },
  ]
  for (const change of table) {
    assert.equal(refusalOf(forge(pack([envelopeValue(change), [], columns]))), "malformed", JSON.stringify(change))
  }
})

/** The column bytes of a plain message: the byte string at its end. */
function columnsOf(message: Uint8Array): Uint8Array {
  for (let i = message.length - 2; i > 8; i--) {
    if (message[i] === 0xc4 && message[i + 1] === message.length - i - 2) return message.subarray(i + 2)
  }
  throw new Error("the columns of the test batch are longer than 255 bytes")
}

test("property: any batch within the contract comes back as it was", () => {
  fc.assert(
    fc.property(arbitraryBatch, fc.boolean(), (batch, compress) => {
      assert.deepEqual(decode(encode(batch, compress)), batch)
    }),
    { numRuns: 150 },
  )
})

test("fuzz: mutated messages are refused or decode to a batch that encodes again", () => {
  const random = lcg(42)
  const original = encode({ ...BATCH, events: [...BATCH.events, ...trafficEvents({ ...B2B_TRAFFIC, events: 20 })] })
  let accepted = 0
  for (let round = 0; round < 2500; round++) {
    const bytes = Buffer.from(original)
    for (let i = Math.floor(random() * 4); i >= 0; i--) {
      bytes[2 + Math.floor(random() * (bytes.length - 2))] = Math.floor(random() * 256)
    }
    const cut = random() < 0.1 ? Math.floor(random() * bytes.length) : bytes.length
    const result = decodeBatch(bytes.subarray(0, cut))
    if (!result.ok) continue
    accepted++
    assert.deepEqual(decode(encode(result.batch)), result.batch)
  }
  assert.ok(accepted > 50, `only ${accepted} accepted: the fuzz does not reach the columns`)
})

test("size: what plain traffic does not have costs it less than a tenth of a byte an event", () => {
  const valued = trafficEvents({ ...B2B_TRAFFIC, events: 1000 })
  const events = valued.map((event) => ({ ...event, queryValues: [] }))
  const plain = encode({ envelope: ENVELOPE, events, shapes: [], tls: [] })
  const called = events.map((event, i) =>
    i === 0 ? { ...event, call: EVENT.call, outcome: 3, requestMessages: 1 } : event,
  )
  const one = encode({ envelope: ENVELOPE, events: called, shapes: [], tls: [] })
  // The column `extras` is written out, the rest is one event's.
  assert.ok(one.length - plain.length < events.length + 100, `${one.length - plain.length}`)
  assert.ok(plain.length / events.length < 36.1, `${plain.length / events.length}`)
  // Two values of a few in every second request: a count and two places.
  const values = encode({ envelope: ENVELOPE, events: valued, shapes: [], tls: [] })
  assert.ok((values.length - plain.length) / events.length < 3, `${values.length - plain.length}`)
})

test("size: B2B traffic stays under 60 bytes an event, and under 40 deflated", () => {
  const events = trafficEvents({ ...B2B_TRAFFIC, events: 1000 })
  const plain = encode({ envelope: ENVELOPE, events, shapes: [], tls: [] })
  const deflated = encode({ envelope: ENVELOPE, events, shapes: [], tls: [] }, true)
  assert.ok(plain.length / events.length < 60)
  assert.ok(deflated.length / events.length < 40)
  assert.equal(inflateRawSync(deflated.subarray(8)).length, plain.length - 8)
})
