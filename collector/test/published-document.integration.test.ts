// A server that others wrote, with the document it publishes of itself, in traffic recorded while it is used: what is discovered is
// what is specified, as far as it was used. Root, Linux; Debian: jupyter-server tcpdump.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { RunningCollector } from "./running-collector.ts"
import { type Recording, recordJupyter } from "./specified/jupyter.ts"

let recording: Recording
let collector: RunningCollector
before(async () => {
  recording = await recordJupyter()
  collector = await RunningCollector.start([recording.capture])
})
after(async () => {
  await collector?.remove()
  recording?.remove()
})

test("every request is an exchange of the one service", async () => {
  const { exchanges } = await collector.get<{ exchanges: number }>("/ledger")
  assert.equal(exchanges, recording.requests)
  assert.equal((await collector.list("/services")).length, 1)
})
