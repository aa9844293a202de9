// What the sensor tells of the recorded captures is what their servers logged: every request once, with its final status; of
// gRPC every call with its outcome, and as many messages as were sent.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { test } from "node:test"
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { runSensor } from "./run-sensor.ts"

const CAPTURES = join(import.meta.dirname, "captures")

interface Line {
  readonly server: { readonly port: number }
  readonly method: string
  readonly target: string
  readonly operation: string | null
  readonly status: number | null
  readonly state: string
}

async function read(name: string): Promise<{ lines: Line[]; events: ApiEvent[] }> {
  const { recorder } = await runSensor(join(CAPTURES, `${name}.pcap`))
  const lines = recorder.revealed.map((line) => JSON.parse(line) as Line)
  const events = recorder.published.map((one) => JSON.parse(one) as ApiEvent).filter((one) => "requestMessages" in one)
  assert.equal(events.length, lines.length)
  return { lines, events }
}

function logged(name: string): string[] {
  const text = readFileSync(join(CAPTURES, `${name}.log`), "utf8")
  return text.trimEnd().split("\n").sort()
}

function counted(texts: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return Array.from(counts, ([text, count]) => `${count} ${text}`).sort()
}

for (const [name, port] of [
  ["nginx-curl", 80],
  ["h2-nginx-curl", 8080],
  ["h2-node", 8083],
  ["h2-upgrade-push", 8082],
] as const)
  test(`${name}: events equal the server's log`, async () => {
    const { lines } = await read(name)
    const answered = lines.filter((line) => line.server.port === port && line.status !== null)
    assert.ok(answered.every((line) => line.state === "complete"))
    assert.deepEqual(
      counted(answered.map(({ method, target, status }) => `${method} ${target} ${status}`)),
      logged(name),
    )
  })

test("h2-upgrade-push: what the proxy asked its own server is told beside what it was asked", async () => {
  const { lines } = await read("h2-upgrade-push")
  const of = (port: number): string[] => lines.filter((line) => line.server.port === port).map((line) => line.target)
  for (const target of of(8082)) assert.ok(of(8081).includes(target))
  assert.equal(of(8081).length, 9)
})

for (const [name, messages] of [
  ["h2-grpc-node", { Get: [1, 1], Upload: [6, 1], List: [1, 5], Chat: [3, 3], Fail: [1, 0], Half: [1, 1] }],
  ["h2-grpc-go", { Get: [1, 1], Upload: [9, 1], List: [1, 7], Chat: [4, 4], Fail: [1, 0] }],
] as const)
  test(`${name}: calls, outcomes and messages equal the server's`, async () => {
    const { events } = await read(name)
    assert.deepEqual(counted(events.map((one) => `/${one.operation.operationKey} ${one.outcome}`)), logged(name))
    for (const one of events) {
      assert.equal(one.call.kind, "grpc")
      const method = one.operation.operationKey.split("/")[1] as keyof typeof messages
      assert.deepEqual([one.requestMessages, one.responseMessages], messages[method], method)
    }
  })
