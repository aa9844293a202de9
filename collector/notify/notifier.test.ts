// From a checkpoint to a real HTTP receiver: what is told, what happens to failures, what a kill leaves.
import assert from "node:assert/strict"
import { createHmac } from "node:crypto"
import { afterEach, beforeEach, describe, test } from "node:test"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"
import { commitIncidents, FakeClock, incident, Receiver } from "./fake-incidents.ts"
import { Notifier } from "./notifier.ts"
import { nextTryMs, TRIES_MAX, waitMs } from "./schedule.ts"
import { Webhook } from "./webhook.ts"

const SECRET = Buffer.from("a secret of some length")
let store: Store
let clock: FakeClock
let receiver: Receiver
let notifier: Notifier
let said: string[] = []

function webhook(lanes = ["high", "review"], timeoutMs = 2000): Webhook {
  const now = () => clock.nowMs
  return new Webhook({
    name: "hook",
    lanes,
    url: `${receiver.url}/x?key=1`,
    secret: SECRET,
    ca: null,
    version: "1",
    now,
    timeoutMs,
  })
}

const open = (channel = webhook()) =>
  Notifier.open({ store, channels: [channel], clock, log: (sentence) => said.push(sentence) })

const state = async () => (await notifier.states())[0]!

/** Rings until the receiver got `total` and the store knows what came of it. */
async function until(total: number, ms = 1): Promise<void> {
  await clock.tick(ms, async () => {
    const { delivered, retried, dead } = await state()
    return receiver.received.length >= total && delivered + retried + dead >= total
  })
}

describe("notifier", () => {
  beforeEach(async () => {
    store = await openSqliteStore(":memory:")
    clock = new FakeClock()
    receiver = await Receiver.start()
    said = []
    notifier = await open()
  })

  afterEach(async () => {
    await notifier.close(0)
    receiver.stop()
    await store.close()
  })

  test("opened, raised, acknowledged, closed, reopened: each told once, under its own id, signed", async () => {
    const steps: [Parameters<typeof incident>[1], string | null][] = [
      [{ lane: "review" }, "opened"],
      [{ lane: "review", score: 13 }, null],
      [{}, "raised"],
      [{ state: "acknowledged" }, "acknowledged"],
      [{ state: "closed", verdict: "benign" }, "closed"],
      [{ state: "closed", verdict: "malicious" }, "closed"],
      [{ state: "closed", verdict: "malicious", score: 14 }, null],
      [{}, "reopened"],
    ]
    const told = steps.flatMap(([, kind]) => kind ?? [])
    for (const [change] of steps) await commitIncidents(store, incident("i_1", change))
    await until(told.length)
    const notices = receiver.received.map(({ body }) => JSON.parse(body))
    assert.deepEqual(
      notices.map(({ kind }) => kind),
      told,
    )
    assert.deepEqual(
      receiver.ids(),
      told.map((_, i) => `i_1.${i + 1}`),
    )
    assert.deepEqual(notices[0].incident.lane, "review")
    for (const { headers, body, path } of receiver.received) {
      const [, at, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["sonde-signature"]))!
      assert.equal(mac, createHmac("sha256", SECRET).update(`${at}.${body}`).digest("hex"))
      assert.equal(Number(at), Math.floor(clock.nowMs / 1000))
      assert.equal(path, "/x?key=1")
    }
  })

  test("only what is of the channel's lanes; a channel that is new begins with the next news", async () => {
    await notifier.close(0)
    await commitIncidents(store, incident("i_before"))
    await store.outbox.open([])
    notifier = await open(webhook(["high"]))
    await commitIncidents(store, incident("i_review", { lane: "review" }), incident("i_high"))
    await until(1)
    await clock.tick(1000, () => true)
    assert.deepEqual(receiver.ids(), ["i_high.1"])
  })

  test("a receiver in trouble is left in peace for longer and longer, in order, and is told all in the end", async () => {
    receiver.answer = () => ({ status: 503 })
    await commitIncidents(store, incident("i_1"), incident("i_2"))
    await until(1)
    await clock.tick(999, () => true)
    assert.deepEqual(receiver.ids(), ["i_1.1"])
    await until(2, 1)
    await until(3, 2000)
    assert.deepEqual(receiver.ids(), ["i_1.1", "i_1.1", "i_1.1"])
    assert.deepEqual([(await state()).retried, (await state()).lastFailure], [3, "The receiver answered 503."])
    receiver.answer = () => ({ status: 200 })
    await until(5, 4000)
    assert.deepEqual(receiver.ids().slice(3), ["i_1.1", "i_2.1"])
    assert.deepEqual(said, [
      "Notifications to hook fail: The receiver answered 503.",
      "Notifications to hook work again.",
    ])
  })

  test("one message that a receiver chokes on does not hold up the others", async () => {
    receiver.answer = ({ body }) => ({ status: body.includes("i_1") ? 500 : 200 })
    await commitIncidents(store, incident("i_1"), incident("i_2"))
    await until(2)
    assert.deepEqual(receiver.ids(), ["i_1.1", "i_2.1"])
    assert.deepEqual([(await state()).queued, (await state()).delivered], [1, 1])
  })

  test("Retry-After in seconds and as a date counts where it is longer", async () => {
    const dates = ["120", new Date(clock.nowMs + 300_000).toUTCString(), "-5", "soon", "999999999"]
    const at: number[] = []
    for (const [i, value] of dates.entries()) {
      receiver.answer = () => ({ status: 429, headers: { "retry-after": value } })
      const outcome = await webhook().deliver(
        { notice: { id: `${i}` } as never, madeMs: 0 },
        new AbortController().signal,
      )
      at.push(outcome.kind === "later" ? outcome.afterMs : -1)
    }
    assert.deepEqual(at, [120_000, 300_000, 0, 0, 86_400_000])
  })

  test("what an answer means; redirects are not followed, silence and refusal are failures", async () => {
    const hear = async (status: number, channel = webhook()): Promise<string> => {
      receiver.answer = () => ({ status, headers: { location: `${receiver.url}/elsewhere` } })
      const outcome = await channel.deliver({ notice: { id: "1" } as never, madeMs: 0 }, new AbortController().signal)
      return outcome.kind === "later" ? `later ${outcome.isChannel}` : outcome.kind
    }
    const rows: [number, string][] = [
      [200, "delivered"],
      [204, "delivered"],
      [301, "later true"],
      [307, "later true"],
      [400, "refused"],
      [401, "later true"],
      [404, "later true"],
      [413, "refused"],
      [422, "refused"],
      [500, "later false"],
      [502, "later true"],
    ]
    for (const [status, wanted] of rows) assert.equal(await hear(status), wanted, String(status))
    assert.ok(receiver.received.every(({ path }) => path === "/x?key=1"))
    assert.equal(await hear(0, webhook([], 100)), "later true")
    const nobody = webhook()
    receiver.stop()
    const gone = await nobody.deliver({ notice: { id: "1" } as never, madeMs: 0 }, new AbortController().signal)
    assert.match(gone.sentence, /^http:\/\/127\.0\.0\.1:\d+ cannot be told: nobody listens there \(ECONNREFUSED\)\.$/)
  })

  test("what is refused becomes a dead letter, which can be sent again", async () => {
    receiver.answer = () => ({ status: 422 })
    await commitIncidents(store, incident("i_1"))
    await until(1)
    const [letter] = (await notifier.deadLetters("hook"))!
    assert.deepEqual([letter!.record.id, letter!.tries, letter!.failure], ["i_1", 1, "The receiver answered 422."])
    receiver.answer = () => ({ status: 200 })
    assert.equal(await notifier.again("hook", "i_1", 2), false)
    assert.equal(await notifier.again("hook", "i_1", 1), true)
    await until(2)
    assert.deepEqual(receiver.ids(), ["i_1.1", "i_1.1"])
    const { queued, deadLetters, delivered, dead } = await state()
    assert.deepEqual([queued, deadLetters, delivered, dead], [0, 0, 1, 1])
  })

  test("given up after a day; the schedule is the same every time", async () => {
    receiver.answer = () => ({ status: 503 })
    await commitIncidents(store, incident("i_1"))
    await until(1)
    await until(2, 24 * 3_600_000)
    const [letter] = (await notifier.deadLetters("hook"))!
    assert.equal(letter!.failure, "The receiver answered 503. Given up after a day.")
    assert.deepEqual(
      [1, 2, 3, 10, 11, 99].map((tries) => waitMs(tries, 0)),
      [1e3, 2e3, 4e3, 512e3, 900e3, 900e3],
    )
    assert.equal(nextTryMs(TRIES_MAX, 0, 0, 0), null)
    assert.equal(nextTryMs(1, 0, 0, 25 * 3_600_000), null)
  })

  test("a kill before the answer is noted: the receiver gets it once more, under the same id", async () => {
    await commitIncidents(store, incident("i_1"))
    receiver.answer = () => ({ status: 0 })
    await clock.tick(1, () => receiver.received.length === 1)
    await notifier.close(0)
    assert.equal((await state()).queued, 1)
    receiver.answer = () => ({ status: 200 })
    notifier = await open()
    await clock.tick(1, async () => (await state()).delivered === 1)
    assert.deepEqual(receiver.ids(), ["i_1.1", "i_1.1"])
  })

  test("the end of the collector sends what is due, and a checkpoint that comes twice tells nothing twice", async () => {
    await commitIncidents(store, incident("i_1"))
    await notifier.close()
    assert.deepEqual(receiver.ids(), ["i_1.1"])
    notifier = await open()
    await commitIncidents(store, incident("i_1"))
    await clock.tick(1, () => true)
    await notifier.close()
    assert.deepEqual(receiver.ids(), ["i_1.1"])
  })

  test("a test says what came of it; a channel that is not there is said", async () => {
    assert.deepEqual(await notifier.test(""), [
      { channel: "hook", isDelivered: true, sentence: "The receiver answered 204." },
    ])
    assert.equal(JSON.parse(receiver.received[0]!.body).kind, "test")
    assert.equal(await notifier.test("no"), null)
    assert.equal((await state()).delivered, 0)
  })

  test("limits: of the queue, of dead letters, of news", async () => {
    await notifier.close(0)
    await store.close()
    const limits = { changes: 100, positions: 100, outbox: { news: 10, queue: 5, deadLetters: 3 } }
    store = await openSqliteStore(":memory:", { limits })
    notifier = await open()
    receiver.answer = () => ({ status: 503 })
    await commitIncidents(store, ...Array.from({ length: 8 }, (_, i) => incident(`i_${i}`)))
    await until(1)
    const full = await state()
    assert.deepEqual([full.queued, full.deadLetters, full.dropped, full.dead], [5, 3, 3, 3])
    await commitIncidents(store, incident("i_8"))
    await clock.tick(1, async () => (await state()).dead === 4)
    const [newest] = (await notifier.deadLetters("hook"))!
    assert.deepEqual(
      [newest!.record.id, newest!.failure, (await state()).deadLetters],
      ["i_3", "The queue was full.", 3],
    )
    // More news at once than is remembered: what was not taken is counted.
    const before = (await state()).dropped
    await commitIncidents(store, ...Array.from({ length: 64 }, (_, i) => incident(`j_${i}`)))
    await clock.tick(1, async () => (await state()).dropped > before)
    assert.ok((await state()).dropped >= before + 44)
  })
})
