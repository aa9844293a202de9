// Whatever is lost, and wherever the sensor joins: what it says of a stream is what was on the wire, or unknown.
import assert from "node:assert/strict"
import { test } from "node:test"
import fc from "fast-check"
import {
  data,
  frame,
  lineOf,
  Peer,
  PREFACE,
  play,
  request,
  reset,
  response,
  type SeenExchange,
  type SeenHead,
  type Step,
  settings,
  windowUpdate,
} from "./fake-h2.ts"
import type { Field, Indexing } from "./fake-hpack-encoder.ts"
import { FrameFlag, FrameType } from "./frame-type.ts"

const RUNS = Number(process.env.SONDE_RUNS ?? 100)
const JOINS = Number(process.env.SONDE_RUNS ?? 50)

/** How blocks are sent. */
interface Shape {
  readonly fragment: number
  readonly padding: number | undefined
  /** A body of 0 bytes has no frame. */
  readonly endsAtHead: boolean
  readonly hasInterim: boolean
  readonly declares: boolean
}
const PLAIN: Shape = { fragment: 16_384, padding: undefined, endsAtHead: false, hasInterim: false, declares: false }

interface Plan {
  readonly path: number
  readonly method: string
  readonly fields: readonly Field[]
  readonly body: number
  readonly answer: number
  readonly isGrpc: boolean
  readonly isReset: boolean
  readonly indexing: Indexing
  /** How the streams are mixed. */
  readonly order: number
  readonly shape: Shape
}

const plan: fc.Arbitrary<Plan> = fc.record({
  path: fc.integer({ min: 0, max: 6 }),
  method: fc.constantFrom("GET", "POST", "DELETE", "HEAD"),
  fields: fc.array(
    fc.tuple(
      fc.constantFrom("x-a", "x-b", "authorization", "cookie", "accept"),
      fc.stringMatching(/^[a-z0-9 ]{1,30}$/),
    ),
    { maxLength: 4 },
  ),
  body: fc.constantFrom(0, 3, 100, 3000),
  answer: fc.constantFrom(0, 5, 500, 20_000),
  isGrpc: fc.boolean(),
  isReset: fc.nat({ max: 9 }).map((n) => n === 0),
  indexing: fc.constantFrom("incremental", "incremental", "none"),
  order: fc.nat(3),
  shape: fc.record({
    fragment: fc.constantFrom(16_384, 16_384, 8),
    padding: fc.constantFrom(undefined, undefined, 0, 9),
    endsAtHead: fc.boolean(),
    hasInterim: fc.nat({ max: 4 }).map((n) => n === 0),
    declares: fc.boolean(),
  }),
})

/** What both sides send: a list of frames each, with the other side's progress in step. */
function conversation(plans: readonly Plan[]): Step[] {
  const client = new Peer()
  const server = new Peer()
  const steps: Step[] = [
    { side: 0, bytes: Buffer.concat([PREFACE, settings([[4, 65_535]])]) },
    { side: 1, bytes: Buffer.concat([settings(), frame(FrameType.settings, FrameFlag.ack, 0)]) },
  ]
  const late: Step[] = []
  for (const [i, one] of plans.entries()) {
    const id = 2 * i + 1
    const grpc: Field[] = one.isGrpc ? [["content-type", "application/grpc"]] : []
    const isEnd = one.body === 0 && !one.isGrpc
    const { fragment, padding, endsAtHead, hasInterim, declares } = one.shape
    const how = { fragment, indexing: one.indexing, ...(padding === undefined ? {} : { padding }) }
    const fields = [...request(one.method, `/v1/path/${one.path}`, grpc), ...one.fields]
    steps.push({ side: 0, bytes: client.headers(id, fields, { ...how, end: isEnd }) })
    const prefix = Buffer.alloc(5)
    prefix.writeUInt32BE(one.body, 1)
    const body = Buffer.concat([one.isGrpc ? prefix : Buffer.alloc(0), Buffer.alloc(one.body, `${i}`)])
    if (!isEnd) steps.push({ side: 0, bytes: data(id, body, true, 1000, padding) })
    if (one.isReset) {
      steps.push({ side: 0, bytes: reset(id) })
      continue
    }
    const length: Field[] = declares ? [["content-length", `${one.answer}`]] : []
    const isEmpty = endsAtHead && one.answer === 0
    const early = hasInterim ? [server.headers(id, response(103, [["link", `</${one.path}>`]]), how)] : []
    const head = server.headers(
      id,
      response(200 + one.path, [...grpc, ...length, ["date", `day ${one.path}`], ["server", "s"]]),
      { ...how, end: isEmpty && !one.isGrpc },
    )
    const rest = isEmpty ? [] : [data(id, Buffer.alloc(one.answer, "r"), !one.isGrpc, 7000, padding)]
    const answer: Step[] = [{ side: 1, bytes: Buffer.concat([...early, head, ...rest]) }]
    const trailers: Field[] = [
      ["grpc-status", `${one.path}`],
      ["x-checksum", `${i}`],
    ]
    if (one.isGrpc) answer.push({ side: 1, bytes: server.headers(id, trailers, { ...how, end: true }) })
    steps.push(...answer)
    if (one.order === 0) late.reverse()
  }
  return [...steps, ...late]
}

/** Each cookie is a field of its own: of several, some may be unknown. */
const crumbs = (fields: readonly Field[]): Field[] =>
  fields.flatMap(([name, value]): Field[] =>
    name === "cookie" ? value.split("; ").map((one): Field => [name, one]) : [[name, value]],
  )

/** A cookie whose first part is unknown stands where its next part was sent: cookies are compared among themselves. */
const isPart = (seen: readonly Field[], sent: readonly Field[]): boolean =>
  [true, false].every((isCookie) => {
    const pick = (fields: readonly Field[]) => crumbs(fields).filter(([name]) => (name === "cookie") === isCookie)
    return isSubsequence(pick(seen), pick(sent))
  })

const isSubsequence = (seen: readonly Field[], sent: readonly Field[]): boolean => {
  let at = 0
  for (const [name, value] of seen) {
    while (at < sent.length && (sent[at]![0] !== name || sent[at]![1] !== value)) at++
    if (at++ >= sent.length) return false
  }
  return true
}

/** Every statement of `seen` is that of `sent`, or it says that it does not know. */
function assertTrue(seen: SeenExchange, sent: SeenExchange | undefined): void {
  const about = `${JSON.stringify(seen)} of ${JSON.stringify(sent)}`
  assert.ok(sent !== undefined, `of nothing that was sent: ${about}`)
  const unknown = new Set(seen.unknown)
  const same = (part: string, said: unknown, was: unknown): void => {
    if (!unknown.has(part)) assert.deepEqual(said, was, `${part}: ${about}`)
    else assert.ok(said === "" || said === 0 || said === was, `${part}: ${about}`)
  }
  const fields = (said: SeenHead, was: SeenHead): void => {
    if (unknown.has("fields")) assert.ok(isPart(said.fields, was.fields), about)
    else assert.deepEqual(said.fields, was.fields, about)
    assert.ok(was.body.startsWith(said.body.replace(/\.$/, "")), about)
    if (said.body.endsWith(".")) assert.equal(said.body, was.body, about)
  }
  if (seen.request !== null) {
    const was = sent.request!
    same("method", seen.request.method, was.method)
    same("path", seen.request.target, was.target)
    same("authority", seen.request.host, was.host)
    fields(seen.request, was)
    if (seen.state === "complete") assert.equal(seen.requestBytes, sent.requestBytes, about)
  }
  if (seen.response !== null) {
    same("status", seen.response.status, sent.response!.status)
    fields(seen.response, sent.response!)
    if (seen.state === "complete") assert.equal(seen.responseBytes, sent.responseBytes, about)
  }
  if (seen.outcome >= 0) assert.equal(seen.outcome, sent.outcome, about)
  if (seen.state !== "complete" || seen.flags.includes("truncated")) return
  for (const [i, count] of seen.messages.entries()) assert.ok(count < 0 || count === sent.messages[i], about)
}

interface Loss {
  readonly at: number
  readonly length: number
}

/** Most losses lie where frames begin: bodies have most of the bytes, heads most of the sense. */
const loss = fc.record({
  step: fc.double({ min: 0, max: 1, noNaN: true }),
  from: fc.integer({ min: -40, max: 300 }),
  length: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 9000 })),
})

function placed(steps: readonly Step[], { step, from, length }: { step: number; from: number; length: number }): Loss {
  const first = Math.floor(step * steps.length)
  return { at: total(steps.slice(0, first)) + from, length }
}

/** The conversation in segments, some of them lost. */
function withLosses(steps: readonly Step[], losses: readonly Loss[], segment: number): Step[] {
  const out: Step[] = []
  let position = 0
  for (const step of steps) {
    if ("gap" in step) continue
    for (let at = 0; at < step.bytes.length; at += segment) {
      const piece = step.bytes.subarray(at, at + segment)
      const isLost = losses.some((loss) => position + piece.length > loss.at && position < loss.at + loss.length)
      out.push(isLost ? { side: step.side, gap: piece.length } : { side: step.side, bytes: piece })
      position += piece.length
    }
  }
  return out
}

const total = (steps: readonly Step[]): number =>
  steps.reduce((sum, step) => sum + ("gap" in step ? 0 : step.bytes.length), 0)

test("any losses: no exchange says what was not sent, and every stream is told at most once", () => {
  const told = { complete: 0, halves: 0, unknown: 0 }
  fc.assert(
    fc.property(
      fc.array(plan, { minLength: 1, maxLength: 10 }),
      fc.array(loss, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(7, 50, 300, 1460),
      (plans, cuts, segment) => {
        const steps = conversation(plans)
        const sent = new Map(play(steps).exchanges.map((one) => [one.key, one]))
        const losses = cuts.map((one) => placed(steps, one))
        const seen = play(withLosses(steps, losses, segment)).exchanges
        assert.equal(new Set(seen.map((one) => one.key)).size, seen.length, seen.map(lineOf).join("\n"))
        for (const one of seen) {
          assertTrue(one, sent.get(one.key))
          if (one.state === "complete") told.complete++
          else if (one.request === null || one.response === null) told.halves++
          if (one.unknown.length > 0) told.unknown++
        }
      },
    ),
    { numRuns: RUNS },
  )
  // The losses did cost something, and not everything.
  assert.ok(told.complete > RUNS / 5 && told.halves > RUNS / 20 && told.unknown > RUNS / 20, JSON.stringify(told))
})

test("one loss in a body of known frames costs nothing but a flag", () => {
  const steps = conversation([
    {
      path: 1,
      method: "POST",
      fields: [],
      body: 3000,
      answer: 20_000,
      isGrpc: false,
      isReset: false,
      indexing: "incremental",
      order: 1,
      shape: PLAIN,
    },
    {
      path: 2,
      method: "GET",
      fields: [],
      body: 0,
      answer: 5,
      isGrpc: false,
      isReset: false,
      indexing: "incremental",
      order: 1,
      shape: PLAIN,
    },
  ])
  const all = steps.flatMap((step) => ("gap" in step ? [] : [step]))
  const cut = all.flatMap((step): Step[] =>
    step.bytes.length < 20_000
      ? [step]
      : [
          { side: 1, bytes: step.bytes.subarray(0, 5000) },
          { side: 1, gap: 1000 },
          { side: 1, bytes: step.bytes.subarray(6000) },
        ],
  )
  const { exchanges, counters } = play(cut)
  assert.deepEqual(
    exchanges.map(({ state, responseBytes, unknown }) => [state, responseBytes, unknown.length]),
    [
      ["bodyGap", 20_000, 0],
      ["complete", 5, 0],
    ],
  )
  assert.equal(counters.resync, 0)
})

test("a request whose answer was lost is told after a minute, not when the connection closes", () => {
  const p = new Peer()
  const q = new Peer()
  const exchange = (id: number, timeUs: number, isLost: boolean): Step[] => {
    const answer = Buffer.concat([q.headers(id, response(200)), data(id, "b".repeat(300), true)])
    return [
      { side: 0, bytes: p.headers(id, request("GET", `/${id}`), { end: true }), timeUs },
      isLost ? { side: 1, gap: answer.length } : { side: 1, bytes: answer, timeUs },
    ]
  }
  const steps: Step[] = [
    { side: 0, bytes: Buffer.concat([PREFACE, settings()]) },
    { side: 1, bytes: settings() },
    ...[1, 3, 5, 7].flatMap((id) => exchange(id, id * 1_000_000, id === 3)),
    ...[9, 11].flatMap((id) => exchange(id, 70_000_000 + id, false)),
  ]
  const lines = play(steps).lines.map((line) => line.split(" ").slice(0, 3).join(" "))
  assert.deepEqual(lines.slice(-3), ["requestOnly GET /3", "complete GET /9", "complete GET /11"])
})

test("joined anywhere, on either side: what is said is true, and what comes later is found again", () => {
  fc.assert(
    fc.property(
      fc.array(plan, { minLength: 3, maxLength: 10 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(40, 300, 1460),
      (plans, where, segment) => {
        const steps = conversation(plans)
        const whole = play(steps).exchanges
        const join = Math.floor(where * total(steps))
        const rest: Step[] = []
        const passed = [0, 0]
        let position = 0
        for (const step of withLosses(steps, [], segment)) {
          if ("gap" in step) continue
          position += step.bytes.length
          if (position <= join) passed[step.side]! += step.bytes.length
          else rest.push(step)
        }
        const { exchanges } = play(rest, { midstream: true, starts: [passed[0]! + 5000, passed[1]! + 5000] })
        for (const one of exchanges) {
          // Joined, a stream has no key: one of those sent fits.
          const fits = whole.filter((sent) => {
            try {
              assertTrue(one, sent)
              return true
            } catch {
              return false
            }
          })
          assert.ok(fits.length > 0 || one.request === null || one.response === null, JSON.stringify(one))
        }
      },
    ),
    { numRuns: JOINS },
  )
})

/** What is told of stream 3, when the server's side is what `pieces` says; "asked": where the request comes in between. */
function toldOfThird(
  pieces: (server: Peer) => readonly ("asked" | { readonly lost: Buffer } | Buffer)[],
  ack?: number,
) {
  const p = new Peer()
  const first = p.headers(1, request("GET", "/1"), { end: true })
  const third = p.headers(3, request("GET", "/3", [["content-type", "application/grpc"]]), { end: true })
  const steps = pieces(new Peer()).map((piece): Step => {
    if (piece === "asked") return { side: 0, bytes: third, ...(ack === undefined ? {} : { ack }) }
    return "lost" in piece ? { side: 1, gap: piece.lost.length } : { side: 1, bytes: piece }
  })
  const { lines } = play([{ side: 0, bytes: Buffer.concat([PREFACE, settings(), first]) }, ...steps])
  return lines.filter((line) => line.includes("/3"))
}

const FOUND_AGAIN = Buffer.concat([windowUpdate(0), windowUpdate(0)])
const begin = (q: Peer): Buffer => Buffer.concat([settings(), q.headers(1, response(201), { end: true })])

test("trailers of which the head is lost are not a head", () => {
  const trailers: Field[] = [
    ["grpc-status", "5"],
    ["x-checksum", "1"],
  ]
  const lines = toldOfThird((q) => [
    begin(q),
    "asked",
    { lost: Buffer.concat([q.headers(3, response(200, [["grpc-status", "5"]])), data(3, "b".repeat(500))]) },
    FOUND_AGAIN,
    // The first trailer is an entry that was lost, the second one is not.
    q.headers(3, trailers, { end: true }),
  ])
  assert.deepEqual(lines, ["requestOnly GET /3 api.example.com +0 => - messages 0/-1 ?fields"])
})

test("an answer without a body behind a loss is one when its request has acknowledged what was lost", () => {
  const pieces = (q: Peer) =>
    [{ lost: begin(q) }, FOUND_AGAIN, "asked", q.headers(3, response(201, [["x-a", "1"]]), { end: true })] as const
  assert.deepEqual(toldOfThird(pieces), [
    "complete GET /3 api.example.com +0 => 0 +0 messages 0/0 ?status ?fields resynchronised",
  ])
  assert.deepEqual(toldOfThird(pieces, 5), ["requestOnly GET /3 api.example.com +0 => - messages 0/-1 ?fields"])
})

test("an interim answer of unknown status lends its fields to no other", () => {
  const lines = toldOfThird((q) => [
    { lost: Buffer.concat([begin(q), q.headers(1, response(103))]) },
    FOUND_AGAIN,
    "asked",
    q.headers(3, response(103, [["link", "</a>"]])),
    Buffer.concat([q.headers(3, response(200, [["x-a", "1"]])), data(3, "12345", true)]),
  ])
  assert.deepEqual(lines, ["complete GET /3 api.example.com +0 => 0 +5 messages 0/-1 ?status ?fields resynchronised"])
})
