// A service that moved into TLS unread, and what only looks like it.
import assert from "node:assert/strict"
import { test } from "node:test"
import { openSqliteStore } from "../../store/sqlite-store.ts"
import { batch, countingIds, event, START_US, server, tlsNote } from "../fake-batches.ts"
import { Inventory } from "../inventory.ts"
import { DAY_US, HOUR_US } from "../pair-counts.ts"

const read = (count: number, fromUs: number, everyUs = 2 * HOUR_US) =>
  Array.from({ length: count }, (_, i) => event({ startUs: START_US + fromUs + i * everyUs }))
const unread = (count: number, fromUs: number, change: Parameters<typeof tlsNote>[0] = {}) =>
  Array.from({ length: count }, (_, i) => tlsNote({ startUs: START_US + fromUs + i * HOUR_US, ...change }))

type Step = readonly [events: ReturnType<typeof read>, notes: ReturnType<typeof unread>]

async function told(...steps: readonly Step[]): Promise<string[]> {
  const store = await openSqliteStore(":memory:")
  const states: string[] = []
  for (const [i, [events, notes]] of steps.entries()) {
    // Each after a restart.
    const inventory = await Inventory.open(store, { mint: countingIds() })
    inventory.apply(batch(events, { sequence: i + 1 }, [], notes))
    await inventory.checkpoint()
    const findings = (await store.documents("finding")).map(({ record }) => record)
    states.push(
      findings
        .filter(({ kind }) => kind === "service.dark")
        .map(({ state, count }) => `${state} ${count}`)
        .join(),
    )
  }
  await store.close()
  return states
}

test("table: moved, and near misses", async () => {
  const before = read(40, 0)
  const rows: readonly (readonly [name: string, steps: readonly Step[], states: readonly string[]])[] = [
    [
      "moved into TLS",
      [
        [before, []],
        [[], unread(40, 4 * DAY_US)],
      ],
      ["", "open 40"],
    ],
    [
      "for some hours only",
      [
        [before, []],
        [[], unread(10, 3.5 * DAY_US)],
      ],
      ["", ""],
    ],
    [
      "a few sessions",
      [
        [before, []],
        [[], unread(4, 6 * DAY_US)],
      ],
      ["", ""],
    ],
    [
      "read beside it",
      [
        [before, []],
        [read(60, 4 * DAY_US), unread(40, 4 * DAY_US)],
      ],
      ["", ""],
    ],
    [
      "sessions that are read",
      [
        [before, []],
        [[], unread(40, 4 * DAY_US, { state: "read", reason: "" })],
      ],
      ["", ""],
    ],
    [
      "another name",
      [
        [before, []],
        [[], unread(40, 4 * DAY_US, { server: server({ authority: "b" }) })],
      ],
      ["", ""],
    ],
    [
      "another zone",
      [
        [before, []],
        [[], unread(40, 4 * DAY_US, { server: server({ zone: "vlan 7" }) })],
      ],
      ["", ""],
    ],
    [
      "hardly ever read",
      [
        [read(10, 0), []],
        [[], unread(40, 4 * DAY_US)],
      ],
      ["", ""],
    ],
    [
      "read again",
      [
        [before, []],
        [[], unread(40, 4 * DAY_US)],
        [read(5, 6 * DAY_US), []],
      ],
      ["", "open 40", "gone 40"],
    ],
  ]
  for (const [name, steps, states] of rows) assert.deepEqual(await told(...steps), states, name)
})
