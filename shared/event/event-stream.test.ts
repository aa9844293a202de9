import assert from "node:assert/strict"
import { test } from "node:test"
import { busName, parseBusAddress } from "./event-stream.ts"

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
