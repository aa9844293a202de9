import assert from "node:assert/strict"
import { test } from "node:test"
import { FakeClock } from "./fake-clock.ts"
import { FakePort } from "./fake-live-port.ts"
import { CHECK_MS, LiveSource, POLL_MS_MAX, POLL_MS_MIN, SILENCE_MS_MAX, STOP_MS_MAX } from "./live-source.ts"
import { PacketBatch } from "./packet-batch.ts"

interface Bench {
  readonly source: LiveSource
  readonly ports: readonly FakePort[]
  readonly clock: FakeClock
  readonly batch: PacketBatch
  readonly sentences: string[]
}

function bench(...ports: FakePort[]): Bench {
  const clock = new FakeClock(1_000_000)
  const sentences: string[] = []
  const names = ports.map((_, i) => `eth${i}`)
  const source = new LiveSource(ports, names, names, 4096, (sentence) => sentences.push(sentence), clock)
  return { source, ports, clock, batch: new PacketBatch(), sentences }
}

/** What a promise came to, or "waits". */
async function outcome(promise: boolean | Promise<boolean>): Promise<unknown> {
  return Promise.race([promise, new Promise((resolve) => setImmediate(() => resolve("waits")))])
}

test("packets at hand cost no promise", () => {
  const { source, batch } = bench(new FakePort([[1], [2]], 9))
  assert.equal(source.next(batch), true)
  assert.equal(source.next(batch), true)
  assert.deepEqual([batch.count, batch.timeUs[0], source.counters.packets], [1, 2, 2])
  assert.ok(source.next(batch) instanceof Promise)
})

test("a silent wire is looked at less and less often, and time is told without a packet", async () => {
  const { source, ports, clock, batch } = bench(new FakePort([], 500))
  const next = source.next(batch)
  const waits: number[] = []
  for (let passed = 0; passed < SILENCE_MS_MAX; ) {
    const ms = clock.pending[0]!
    waits.push(ms)
    assert.equal(await outcome(next), "waits")
    clock.advance(ms)
    passed += ms
  }
  assert.equal(await outcome(next), true)
  assert.deepEqual([batch.count, batch.reachedUs, clock.pending], [0, 500, []])
  assert.deepEqual(waits.slice(0, 5), [POLL_MS_MIN, 4, 8, POLL_MS_MAX, POLL_MS_MAX])
  ports[0]!.silentUs = 400
  const again = source.next(batch)
  clock.advance(SILENCE_MS_MAX + POLL_MS_MAX)
  assert.deepEqual([await outcome(again), batch.reachedUs], [true, 500], "time does not go back")
})

test("packets end the waiting at the next look, and the looks are close again", async () => {
  const { source, ports, clock, batch } = bench(new FakePort([], 0))
  const next = source.next(batch)
  clock.advance(50)
  ports[0]!.blocks.push([7])
  clock.advance(POLL_MS_MAX)
  assert.deepEqual([await outcome(next), batch.count, batch.timeUs[0]], [true, 1, 7])
  void source.next(batch)
  assert.deepEqual(clock.pending, [POLL_MS_MIN])
})

test("links and statistics are looked at by the clock, busy or not, and drops are summed", () => {
  const { source, ports, clock, batch } = bench(new FakePort([], 1e9), new FakePort([], 1e9))
  for (let ms = 0; ms < 2000; ms += 50) {
    ports[0]!.blocks.push([ms])
    ports[0]!.counters.kernelDrops = ms
    assert.equal(source.next(batch), true)
    clock.advance(50)
  }
  assert.equal(ports[0]!.checks, 2000 / CHECK_MS)
  assert.equal(ports[1]!.checks, 2000 / CHECK_MS)
  assert.equal(source.counters.kernelDrops, 1750)
})

test("stop: the rest is delivered, then the source closes itself", async () => {
  const { source, ports, clock, batch } = bench(new FakePort([], 0))
  const next = source.next(batch)
  clock.advance(60)
  source.stop()
  source.stop()
  assert.deepEqual([ports[0]!.isStopped, clock.pending], [true, [POLL_MS_MIN]])
  ports[0]!.blocks.push([5, 6])
  clock.advance(POLL_MS_MIN)
  assert.deepEqual([await outcome(next), batch.count], [true, 2])
  const last = source.next(batch)
  clock.advance(POLL_MS_MIN)
  assert.equal(await outcome(last), "waits")
  ports[0]!.isDone = true
  clock.advance(POLL_MS_MIN)
  assert.deepEqual([await outcome(last), batch.count, ports[0]!.isClosed], [false, 0, true])
  assert.equal(source.next(batch), false)
})

test("stop gives up on what does not come, and says so", async () => {
  const { source, clock, batch, ports, sentences } = bench(new FakePort([], 0))
  source.stop()
  // A `next` that waits also ends with a batch without a packet now and then; the caller asks again.
  let turns = 0
  for (;;) {
    const next = source.next(batch)
    clock.advance(SILENCE_MS_MAX + POLL_MS_MAX)
    if ((await outcome(next)) === false) break
    turns++
    assert.ok(turns < 100)
  }
  assert.ok(clock.elapsedMs() >= STOP_MS_MAX && clock.elapsedMs() < STOP_MS_MAX + 300)
  assert.deepEqual([ports[0]!.isClosed, sentences.length], [true, 1])
  assert.match(sentences[0]!, /3 s/)
})

test("close ends a waiting next; packets in hand count as dropped", async () => {
  // Port 0 has two packets in hand that may not go out while port 1 has not reached them.
  const { source, batch, ports, clock } = bench(new FakePort([[1, 50, 60]], 0), new FakePort([], 10))
  assert.equal(source.next(batch), true)
  assert.equal(batch.count, 1)
  const next = source.next(batch)
  assert.equal(await outcome(next), "waits")
  source.close()
  source.close()
  assert.deepEqual([await outcome(next), batch.count, clock.pending], [false, 0, []])
  assert.deepEqual([ports[0]!.counters.kernelDrops, source.counters.kernelDrops, source.counters.packets], [2, 2, 1])
  assert.equal(source.next(batch), false)
})

test("a port whose losses are unknown makes the sum unknown", () => {
  const port = new FakePort([[1]], 9)
  port.counters.kernelDrops = null
  const { source } = bench(new FakePort(), port)
  assert.equal(source.counters.kernelDrops, null)
  source.close()
  assert.deepEqual([source.counters.kernelDrops, port.counters.kernelDrops], [null, null])
})

test("a port that can never work ends the reading with its error, at once or while it waits", async () => {
  const { source, ports, batch, clock } = bench(new FakePort())
  assert.equal(await outcome(source.next(batch)), "waits")
  clock.advance(CHECK_MS - 10)
  const next = source.next(batch)
  ports[0]!.failure = new Error("no permission")
  const seen = assert.rejects(Promise.resolve(next), /no permission/)
  clock.advance(20)
  await seen
  clock.advance(CHECK_MS)
  assert.throws(() => source.next(batch), /no permission/)
  source.close()
})

test("asking again while a next waits is the caller's mistake", () => {
  const { source, batch } = bench(new FakePort())
  void source.next(batch)
  assert.throws(() => source.next(batch), /still waits/)
  source.close()
})
