import assert from "node:assert/strict"
import { test } from "node:test"
import { CONFIRM, type Habit, ONE, OrdersLab, SHIP } from "./fake-orders.ts"
import { FLOW_ORDER } from "./flow-order.ts"

const PARTNERS: Readonly<Record<string, Habit>> = {
  acme: { perDay: 3, ships: true },
  bolt: { perDay: 4, ships: true },
  corp: { perDay: 3, ships: true },
  dime: { perDay: 3, ships: true },
}

function known(days = 14, habits = PARTNERS): OrdersLab {
  const lab = new OrdersLab([FLOW_ORDER])
  lab.work(days, habits)
  assert.deepEqual(lab.findings, [])
  return lab
}

function ship(lab: OrdersLab, orders: readonly number[], consumer = "acme", flags = 0): void {
  for (const order of orders) lab.send({ consumer, operation: SHIP, objects: [order], returnedTotal: 0, flags })
}

test("who ships what was never confirmed is found, with low volumes in two weeks", () => {
  const lab = known()
  lab.nextDay(9)
  ship(lab, [1, 2, 3, 4])
  const findings = lab.found("flow-order")
  assert.ok(findings.length > 0)
  assert.ok(findings.at(-1)!.p < 1e-5)
  assert.match(
    findings[0]!.sentence,
    /^did POST \/v1\/orders\/\{int\}\/ship to \d of \d orders today without (POST|GET) .* before; \d+ of \d+ had it, of all consumers$/,
  )
})

test("one break is said at a sensitive endpoint only; retries of it are one", () => {
  const lab = known()
  lab.nextDay(9)
  ship(lab, [1, 1, 1, 1])
  assert.deepEqual(lab.findings, [])
})

test("lost bytes prove nothing; neither do few objects, or the habit of few", () => {
  const lab = known()
  lab.nextDay(9)
  ship(lab, [1, 2, 3, 4, 5, 6], "acme", 1)
  assert.deepEqual(lab.findings, [])
  const young = known(5)
  young.nextDay(9)
  ship(young, [1, 2, 3, 4])
  assert.deepEqual(young.findings, [])
  const two = known(30, { acme: { perDay: 5, ships: true }, bolt: { perDay: 5, ships: true } })
  two.nextDay(9)
  ship(two, [1, 2, 3, 4])
  assert.deepEqual(two.findings, [])
})

test("a client that never worked otherwise is said with a doubt, and not as certain", () => {
  const lab = known(20)
  lab.nextDay(9)
  ship(lab, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "a new one")
  for (const { p, doubts } of lab.findings) {
    assert.ok(p >= 1e-5)
    assert.match(doubts[0]!.sentence, /may never have worked otherwise/)
  }
})

test("the rule outlives the attack, and a restart", () => {
  const lab = known(16)
  for (let day = 0; day < 4; day++) {
    lab.nextDay(9)
    ship(
      lab,
      [1, 2, 3, 4, 5, 6].map((k) => day * 100 + k),
    )
    lab.restart()
  }
  assert.ok(lab.found("flow-order").filter(({ p }) => p < 1e-4).length >= 4)
})

test("what a former key began, its new key ends: no step is left out; of what others began, it is", () => {
  const lab = known(20)
  lab.nextDay(9)
  const begun = [1, 2, 3, 4, 5, 6].map((k) => 700_000 + k)
  for (const order of begun) {
    lab.send({ consumer: "acme", operation: ONE, objects: [order], returned: [order], returnedTotal: 1 })
    lab.send({ consumer: "acme", operation: CONFIRM, objects: [order], returned: [order], returnedTotal: 1 })
  }
  lab.nowUs += 3_600_000_000
  ship(lab, begun, "acme's new key")
  assert.deepEqual(lab.findings, [])
  lab.work(5, PARTNERS)
  const theirs = lab.own
    .get("bolt")!
    .slice(-4)
    .map((k) => k + 900_000)
  for (const order of theirs) {
    lab.send({ consumer: "bolt", operation: ONE, objects: [order], returned: [order], returnedTotal: 1 })
    lab.send({ consumer: "bolt", operation: CONFIRM, objects: [order], returned: [order], returnedTotal: 1 })
  }
  lab.nextDay(9)
  ship(lab, theirs, "acme's new key")
  assert.ok(lab.found("flow-order").length > 0)
})
