import assert from "node:assert/strict"
import { test } from "node:test"
import { busName, EVENT_STREAM_BYTES_MAX, ensureEventStream, parseBusAddress } from "./event-stream.ts"

test("addresses of the bus", () => {
  const table: readonly (readonly [string, ReturnType<typeof parseBusAddress>])[] = [
    ["nats://10.0.0.1:4333", { servers: ["10.0.0.1:4333"], isTls: false }],
    ["nats.example.com", { servers: ["nats.example.com:4222"], isTls: false }],
    ["localhost:5", { servers: ["localhost:5"], isTls: false }],
    ["tls://u:p%40ss@h", { servers: ["h:4222"], isTls: true, user: "u", pass: "p@ss" }],
    ["nats://s3cret@h", { servers: ["h:4222"], isTls: false, token: "s3cret" }],
    ["nats://[::1]:4222", { servers: ["[::1]:4222"], isTls: false }],
    ["nats://a:1, nats://b:2", { servers: ["a:1", "b:2"], isTls: false }],
    ["", null],
    ["http://h", null],
    ["nats://", null],
    ["nats://h/path", null],
    ["nats://h:99999", null],
    ["a b", null],
    ["nats://%zz@h", null],
  ]
  for (const [text, address] of table) assert.deepEqual(parseBusAddress(text), address, text)
})

test("the name of a bus shows no credentials", () => {
  assert.equal(busName(parseBusAddress("nats://user:secret@h:1")!), "h:1")
})

function fakeStreams(
  exists: boolean,
  roomBytes: number,
): { added: number[]; api: Parameters<typeof ensureEventStream>[0] } {
  const added: number[] = []
  return {
    added,
    api: {
      info: async () => {
        if (!exists) throw Object.assign(new Error("stream not found"), { code: 10059 })
      },
      add: async (settings) => {
        if (settings.max_bytes > roomBytes) throw Object.assign(new Error("no room"), { code: 10047 })
        added.push(settings.max_bytes)
      },
    },
  }
}

test("the stream is made once, as large as the server has room for", async () => {
  const there = fakeStreams(true, 0)
  await ensureEventStream(there.api)
  assert.deepEqual(there.added, [])
  const roomy = fakeStreams(false, 2 * EVENT_STREAM_BYTES_MAX)
  await ensureEventStream(roomy.api)
  assert.deepEqual(roomy.added, [EVENT_STREAM_BYTES_MAX])
  const small = fakeStreams(false, EVENT_STREAM_BYTES_MAX / 4)
  await ensureEventStream(small.api)
  assert.deepEqual(small.added, [EVENT_STREAM_BYTES_MAX / 4])
  await assert.rejects(ensureEventStream(fakeStreams(false, 1).api), /no room/)
})
