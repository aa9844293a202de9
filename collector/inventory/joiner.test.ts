// Halves become one, copies count once, and a key that was used again swallows nothing.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import { AMBIGUOUS_FLAG, type ApiEvent, State } from "../../shared/event/api-event.ts"
import { EMPTY_LEDGER } from "../store/sqlite-reader.ts"
import { event, jsonForm, operation, responseOnly, START_US } from "./fake-batches.ts"
import { JOIN_WINDOW_US, Joiner, type JoinerState } from "./joiner.ts"
import { Ledger } from "./ledger.ts"
import { DEFAULT_LIMITS, type InventoryLimits, limitCounters } from "./limits.ts"
import { sourceOf } from "./source.ts"

const KEY = 0xabc_def0_1234
const S = 1_000_000

/** A request alone, its response alone, both: of one exchange, unless told otherwise. */
const request = (change: Partial<ApiEvent> = {}): ApiEvent =>
  event({ exchangeKey: KEY, state: State.requestOnly, status: 0, responseBytes: 0, flags: 4, totalUs: -1, ...change })
const response = (change: Partial<ApiEvent> = {}): ApiEvent =>
  responseOnly({ exchangeKey: KEY, startUs: START_US + 5000, flags: 4, responseBytes: 255, ...change })
const whole = (change: Partial<ApiEvent> = {}): ApiEvent => event({ exchangeKey: KEY, ...change })
const damaged = (change: Partial<ApiEvent> = {}): ApiEvent => whole({ state: State.bodyGap, flags: 1, ...change })

interface Played {
  readonly joiner: Joiner
  readonly applied: ApiEvent[]
  readonly ledger: Ledger
  /** "complete", "requestOnly": what was applied, in order. */
  readonly states: () => string[]
  /** joined, copies, better copies, expired, waiting. */
  readonly counts: () => number[]
  readonly take: (from: string, event: ApiEvent, arrivedUs?: number) => boolean
}

const NAMES = Object.keys(State)

function start(limits: Partial<InventoryLimits> = {}, state: JoinerState = { window: [], waiting: [] }): Played {
  const all = { ...DEFAULT_LIMITS, exchangeKeys: 64, ...limits }
  const reached = limitCounters()
  const ledger = new Ledger(EMPTY_LEDGER, all, reached)
  const applied: ApiEvent[] = []
  const joiner = new Joiner(state, JOIN_WINDOW_US, all, reached, ledger, (one) => {
    ledger.exchanges++
    applied.push(one)
  })
  return {
    joiner,
    applied,
    ledger,
    states: () => applied.map((one) => NAMES[one.state]!),
    counts: () => {
      const { joined, copies, betterCopies, halvesExpired, received, exchanges } = ledger
      assert.equal(received, exchanges + joined + copies + joiner.waiting)
      return [joined, copies, betterCopies, halvesExpired, joiner.waiting]
    },
    take: (from, one, arrivedUs = one.startUs) => {
      const [sensor, boot] = from.split("/")
      ledger.received++
      return joiner.take(one, sourceOf(sensor!, boot ?? "b"), arrivedUs)
    },
  }
}

interface Row {
  readonly what: string
  readonly events: readonly (readonly [from: string, event: ApiEvent])[]
  readonly states: string
  /** joined, copies, better copies, expired, waiting. */
  readonly counts: readonly number[]
}

const TABLE: readonly Row[] = [
  { what: "a whole exchange", events: [["a", whole()]], states: "complete", counts: [0, 0, 0, 0, 0] },
  { what: "a half waits", events: [["a", request()]], states: "", counts: [0, 0, 0, 0, 1] },
  {
    what: "two halves from two sensors",
    events: [
      ["a", request()],
      ["b", response()],
    ],
    states: "complete",
    counts: [1, 0, 0, 0, 0],
  },
  {
    what: "the response first",
    events: [
      ["b", response()],
      ["a", request()],
    ],
    states: "complete",
    counts: [1, 0, 0, 0, 0],
  },
  {
    what: "two halves from two workers, and from one",
    events: [
      ["a/r-w0", request()],
      ["a/r-w1", response()],
    ],
    states: "complete",
    counts: [1, 0, 0, 0, 0],
  },
  {
    what: "two halves from one pipeline: its session was pushed out in between",
    events: [
      ["a", request()],
      ["a", response()],
    ],
    states: "complete",
    counts: [1, 0, 0, 0, 0],
  },
  {
    what: "bytes of a half were lost",
    events: [
      ["a", request()],
      ["b", response({ flags: 5 })],
    ],
    states: "bodyGap",
    counts: [1, 0, 0, 0, 0],
  },
  {
    what: "copies of a whole exchange",
    events: [
      ["a", whole()],
      ["b", whole()],
      ["c", whole({ startUs: START_US - 50 * S })],
    ],
    states: "complete",
    counts: [0, 2, 0, 0, 0],
  },
  {
    what: "copies from two workers of a run",
    events: [
      ["a/r-w0", whole()],
      ["a/r-w1", whole()],
      ["a/r-w1r1", whole()],
    ],
    states: "complete",
    counts: [0, 2, 0, 0, 0],
  },
  {
    what: "a better copy after a damaged one: the first is kept",
    events: [
      ["a", damaged()],
      ["b", whole()],
      ["c", damaged()],
    ],
    states: "bodyGap",
    counts: [0, 2, 1, 0, 0],
  },
  {
    what: "a worse copy",
    events: [
      ["a", whole()],
      ["b", damaged()],
      ["c", request()],
      ["d", response()],
    ],
    states: "complete",
    counts: [0, 3, 0, 0, 0],
  },
  {
    what: "a whole sight takes the place of a half that waits",
    events: [
      ["a", request()],
      ["b", whole()],
      ["c", response()],
    ],
    states: "complete",
    counts: [0, 2, 0, 0, 0],
  },
  {
    what: "copies of halves, then the other half",
    events: [
      ["a", request()],
      ["b", request()],
      ["c", response()],
      ["d", response()],
    ],
    states: "complete",
    counts: [1, 2, 0, 0, 0],
  },
  {
    what: "an ambiguous request waits for a whole sight and is joined with nothing",
    events: [
      ["a", request({ flags: AMBIGUOUS_FLAG })],
      ["b", response()],
      ["c", whole()],
    ],
    states: "responseOnly complete",
    counts: [0, 1, 0, 0, 0],
  },
  {
    what: "an unpaired request is joined with nothing",
    events: [
      ["a", request({ state: State.unpaired })],
      ["b", response()],
    ],
    states: "responseOnly",
    counts: [0, 0, 0, 0, 1],
  },
  {
    what: "without a key nothing is known",
    events: [
      ["a", request({ exchangeKey: 0 })],
      ["b", response({ exchangeKey: 0 })],
      ["b", whole({ exchangeKey: 0 })],
    ],
    states: "requestOnly responseOnly complete",
    counts: [0, 0, 0, 0, 0],
  },
  {
    what: "the same worker again: ports and numbers were used again",
    events: [
      ["a", whole()],
      ["a", whole()],
      ["a", whole()],
    ],
    states: "complete complete complete",
    counts: [0, 0, 0, 0, 0],
  },
  {
    what: "a replay that another sensor sees, too",
    events: [
      ["a", whole()],
      ["b", whole()],
      ["a", whole({ startUs: START_US + S })],
      ["b", whole({ startUs: START_US + S })],
    ],
    states: "complete complete",
    counts: [0, 2, 0, 0, 0],
  },
  {
    what: "another run of the same sensor reads its input anew",
    events: [
      ["a/one", whole()],
      ["a/two", whole()],
      ["a/three-w0", whole()],
    ],
    states: "complete complete complete",
    counts: [0, 0, 0, 0, 0],
  },
  {
    what: "hours later, from another sensor",
    events: [
      ["a", whole()],
      ["b", whole({ startUs: START_US + 7200 * S })],
      ["c", whole({ startUs: START_US + 61 * S })],
    ],
    states: "complete complete complete",
    counts: [0, 0, 0, 0, 0],
  },
  {
    what: "a half that waits, and its key again hours later",
    events: [
      ["a", request()],
      ["b", response({ startUs: START_US + 7200 * S })],
    ],
    states: "requestOnly",
    counts: [0, 0, 0, 1, 1],
  },
  {
    what: "a half that waits, and its key again from the same worker",
    events: [
      ["a", request()],
      ["a", request({ startUs: START_US + S })],
      ["b", response()],
    ],
    states: "requestOnly complete",
    counts: [1, 0, 0, 1, 0],
  },
  {
    what: "an answer that took ten minutes",
    events: [
      ["a", request()],
      ["b", response({ startUs: START_US + 600 * S })],
    ],
    states: "complete",
    counts: [1, 0, 0, 0, 0],
  },
  {
    what: "another key is another exchange",
    events: [
      ["a", request()],
      ["b", response({ exchangeKey: KEY + 1 })],
    ],
    states: "",
    counts: [0, 0, 0, 0, 2],
  },
]

describe("table", () => {
  for (const { what, events, states, counts } of TABLE)
    test(what, () => {
      const played = start()
      for (const [from, one] of events) played.take(from, one)
      assert.equal(played.states().join(" "), states)
      assert.deepEqual(played.counts(), counts)
    })
})

describe("table, kept in the store between any two events", () => {
  for (const { what, events, states, counts } of TABLE)
    test(what, () => {
      let state: JoinerState = { window: [], waiting: [] }
      const applied: string[] = []
      const sums = [0, 0, 0, 0, 0]
      for (const [from, one] of events) {
        const played = start({}, state)
        played.ledger.received += played.joiner.waiting
        played.take(from, one)
        applied.push(...played.states())
        for (const [i, count] of played.counts().entries()) sums[i] = i === 4 ? count : sums[i]! + count
        const log = played.joiner.takeWindowLog()
        state = {
          window: log === null ? state.window : [...state.window, log],
          waiting: played.joiner.takeWaiting() ?? state.waiting,
        }
      }
      assert.equal(applied.join(" "), states)
      assert.deepEqual(sums, counts)
    })
})

test("a joined exchange says what both halves said, and no latency", () => {
  const played = start()
  const form = jsonForm(9)
  played.take("a", request({ anomalies: [3, 7], requestBytes: 12, objects: [5], requestClasses: ["email=1"] }))
  played.take(
    "b",
    response({ anomalies: [1, 7], response: form, items: 3, status: 201, flags: 4 | 16, responseClasses: ["iban=0"] }),
  )
  assert.deepEqual(
    played.applied[0],
    event({
      exchangeKey: KEY,
      state: State.complete,
      flags: 16,
      anomalies: [1, 3, 7],
      firstByteUs: played.applied[0]!.firstByteUs,
      totalUs: -1,
      requestBytes: 12,
      response: form,
      responseBytes: 255,
      status: 201,
      items: 3,
      objects: [5],
      requestClasses: ["email=1"],
      responseClasses: ["iban=0"],
    }),
  )
})

test("the response to a HEAD is not cut short", () => {
  const played = start()
  played.take("a", request({ operation: operation({ method: "HEAD" }) }))
  played.take("b", response({ flags: 4 | 2 }))
  assert.equal(played.applied[0]?.flags, 0)
  const other = start()
  other.take("a", request())
  other.take("b", response({ flags: 4 | 2 }))
  assert.equal(other.applied[0]?.flags, 2)
})

test("a half expires when every running sensor is the window further; its other half then counts alone", () => {
  const played = start()
  played.take("a", request(), START_US + 300 * S)
  played.joiner.expire(START_US + 300 * S + JOIN_WINDOW_US - 1)
  assert.deepEqual(played.counts(), [0, 0, 0, 0, 1])
  played.joiner.expire(START_US + 300 * S + JOIN_WINDOW_US)
  assert.deepEqual(played.counts(), [0, 0, 0, 1, 0])
  played.take("b", response())
  played.take("c", response())
  played.take("d", request())
  played.take("e", whole())
  assert.deepEqual(played.states(), ["requestOnly", "responseOnly"])
  assert.deepEqual(played.counts(), [0, 3, 1, 1, 0])
})

test("settling applies all that wait, in the order of arrival", () => {
  const played = start()
  for (let i = 1; i <= 3; i++) played.take("a", request({ exchangeKey: i, requestBytes: i }))
  assert.equal(played.joiner.releaseAll(), 3)
  assert.deepEqual(
    played.applied.map((one) => one.requestBytes),
    [1, 2, 3],
  )
  assert.deepEqual(played.counts(), [0, 0, 0, 3, 0])
})

test("limit: the oldest key is forgotten; a half of it is applied", () => {
  const played = start({ exchangeKeys: 4 })
  played.take("a", request({ exchangeKey: 1 }))
  for (let i = 2; i <= 6; i++) played.take("a", whole({ exchangeKey: i }))
  assert.deepEqual(played.counts(), [0, 0, 0, 1, 0])
  assert.equal(played.joiner.keys, 4)
  for (let i = 2; i <= 6; i++) played.take("b", whole({ exchangeKey: i }))
  // 2 was forgotten; entering it again pushed out 3, and so on.
  assert.equal(played.ledger.copies, 0)
  for (let i = 6; i >= 3; i--) played.take("c", whole({ exchangeKey: i }))
  assert.equal(played.ledger.copies, 4)
})

test("what the store holds and cannot be read is refused, not misread", () => {
  const bytes = Uint8Array.of(1, 1, 200)
  const marks = new Uint8Array(0)
  assert.throws(() => start({}, { window: [{ changes: 1, bytes }], waiting: [] }), { code: "corrupt" })
  assert.throws(() => start({}, { window: [], waiting: [{ events: bytes, marks }] }), { code: "corrupt" })
})

test("smaller limits than those under which the store was written lose nothing", () => {
  const first = start()
  for (let i = 1; i <= 40; i++) first.take("a", i % 2 === 0 ? whole({ exchangeKey: i }) : request({ exchangeKey: i }))
  const state = { window: [first.joiner.takeWindowLog()!], waiting: first.joiner.takeWaiting()! }
  const second = start({ exchangeKeys: 8, waitingHalves: 4 }, state)
  assert.equal(second.joiner.waiting, 20)
  for (let i = 41; i <= 60; i++) second.take("a", request({ exchangeKey: i }))
  for (let i = 1; i <= 39; i += 2) second.take("a", request({ exchangeKey: i }))
  second.joiner.releaseAll()
  assert.equal(second.applied.length, 60)
})
