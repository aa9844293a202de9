// Which answers add to the inventory, and under which reason the others are counted.
import assert from "node:assert/strict"
import { test } from "node:test"
import { State } from "../../shared/event/api-event.ts"
import { isProof, whyNoEndpoint, whyNoService } from "./answer.ts"
import { event, operation, responseOnly } from "./fake-batches.ts"

test("table: status -> may add an endpoint, may add a service, proves", () => {
  const rows: readonly [status: number, endpoint: string | null, service: string | null, proves: boolean][] = [
    [101, null, null, true],
    [200, null, null, true],
    [204, null, null, true],
    [301, null, null, false],
    [304, null, null, true],
    [400, null, "badRequest", false],
    [401, null, null, false],
    [403, null, null, false],
    [404, "notFound", "notFound", false],
    [405, "notAllowed", "notAllowed", false],
    [409, null, null, false],
    [421, null, "badRequest", false],
    [429, null, null, false],
    [500, "serverError", "serverError", false],
    [503, "serverError", "serverError", false],
    [100, "otherStatus", "otherStatus", false],
    [700, "otherStatus", "otherStatus", false],
    [0, "noResponse", "noResponse", false],
  ]
  for (const [status, endpoint, service, proves] of rows) {
    assert.equal(whyNoEndpoint(event({ status })), endpoint, `endpoint at ${status}`)
    assert.equal(whyNoService(event({ status })), service, `service at ${status}`)
    assert.equal(isProof(status), proves, `proof at ${status}`)
  }
})

test("table: only a certain pair of request and response adds anything", () => {
  const rows: readonly [name: string, why: string | null, of: ReturnType<typeof event>][] = [
    ["complete", null, event()],
    ["body with a gap", null, event({ state: State.bodyGap })],
    ["request only", "noResponse", event({ state: State.requestOnly, status: 0 })],
    ["response only", "noRequest", responseOnly()],
    ["unpaired, although a status is there", "unpaired", event({ state: State.unpaired, status: 200 })],
    ["without a method", "noRequest", event({ operation: operation({ method: "" }) })],
  ]
  for (const [name, why, of] of rows) {
    assert.equal(whyNoEndpoint(of), why, name)
    assert.equal(whyNoService(of), why, name)
  }
})
