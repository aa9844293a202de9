// When checkpoints are due: after their time, or their size, and less often when they take long.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { BatchApplier } from "../inventory/batch-applier.ts"
import { CheckpointSchedule } from "./checkpoint-schedule.ts"

function scheduled(tookMs: () => number) {
  let nowMs = 0
  const clock = { now: () => nowMs, wallUs: () => 0, every: () => () => {} }
  const checkpoint = async (): Promise<void> => {
    nowMs += tookMs()
  }
  const applier = { checkpoint } as unknown as BatchApplier
  const schedule = new CheckpointSchedule(applier, { intervalMs: 1000, batches: 10, bytes: 1000 }, clock)
  /** Time after the first batch at which a checkpoint is due, ms. */
  const dueAfterMs = (): number => {
    schedule.note(1)
    const startMs = nowMs
    while (!schedule.isDue) nowMs += 100
    return nowMs - startMs
  }
  return { schedule, dueAfterMs }
}

test("due by time: after an interval, or ten times what the last one took, within a bound", async () => {
  let tookMs = 20
  const { schedule, dueAfterMs } = scheduled(() => tookMs)
  assert.equal(schedule.isDue, false)
  const rows: readonly [tookMs: number, nextMs: number][] = [
    [20, 1000],
    [250, 2500],
    [100, 1000],
    [9000, 5000],
    [0, 1000],
  ]
  assert.equal(dueAfterMs(), 1000)
  for (const [took, nextMs] of rows) {
    tookMs = took
    await schedule.run()
    assert.equal(dueAfterMs(), nextMs, `after ${took} ms`)
  }
})

test("due by size, however long the last one took", async () => {
  const { schedule } = scheduled(() => 9000)
  schedule.note(1)
  await schedule.run()
  for (let i = 0; i < 9; i++) schedule.note(1)
  assert.equal(schedule.isDue, false)
  schedule.note(1)
  assert.equal(schedule.isDue, true)
  await schedule.run()
  schedule.note(1000)
  assert.equal(schedule.isDue, true)
})
