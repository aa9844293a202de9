// A session that was read and holds nothing that the sensor reads: its note says so, and that of a session with HTTP in it does not.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import { readFrames, runFrames } from "./frame-run.ts"

const capture = (name: string): string => join(import.meta.dirname, "captures", name)

test("what was decrypted and is not HTTP is read, and not-http", async () => {
  const lines = readFileSync(capture("tls-odd.keys"))
  const { notes } = await runFrames(await readFrames(capture("tls-odd.pcap")), { lines, after: 0 })
  const ends = notes.map(({ state, reason }) => `${state} ${reason}`).sort()
  // One that greets like a mail server, one whose handshake was refused, five with HTTP.
  assert.deepEqual(ends, [...Array(5).fill("read "), "read not-http", "unread handshake"])
})
