import assert from "node:assert/strict"
import { test } from "node:test"
import type { Clock } from "./checkpoint-schedule.ts"
import { type HeardWorker, type Hearing, SILENCE_US, SilenceWatch } from "./silence-watch.ts"

const S = 1000

/** Sensors that send when told to, and a clock that is moved by hand: a look each second. */
class Scene implements Hearing, Clock {
  ms = 0
  canJudge = true
  changes = 0
  readonly silent: string[] = []
  readonly #workers = new Map<string, HeardWorker>()
  readonly watch: SilenceWatch
  #look: () => void = () => undefined

  constructor() {
    this.watch = new SilenceWatch(
      this,
      SILENCE_US,
      () => this.canJudge,
      () => this.changes++,
      this,
    )
  }

  now(): number {
    return this.ms
  }
  wallUs(): number {
    return 0
  }
  every(_ms: number, call: () => void): () => void {
    this.#look = call
    return () => {
      this.#look = () => undefined
    }
  }
  heard(): Iterable<HeardWorker> {
    return this.#workers.values()
  }
  noteSilence({ sensor, worker }: HeardWorker): void {
    this.silent.push(`${sensor}/${worker} at ${this.ms / S}`)
    this.#workers.delete(`${sensor}/${worker}`)
  }

  send(sensor: string, worker = 0): void {
    this.#workers.set(`${sensor}/${worker}`, { sensor, worker, heardUs: this.ms * 1000 + 1 })
  }
  finish(sensor: string, worker = 0): void {
    this.#workers.delete(`${sensor}/${worker}`)
  }
  /** Lets so many seconds pass; `each` happens in every tenth. */
  pass(seconds: number, each: () => void = () => undefined): void {
    for (let i = 0; i < seconds; i++) {
      this.ms += S
      if (this.ms % (10 * S) === 0) each()
      this.#look()
    }
  }
}

test("a sensor whose batches stop falls silent after three heartbeats, once; one that is idle and alive does not", () => {
  const scene = new Scene()
  scene.send("stops")
  scene.send("idle")
  scene.pass(31, () => scene.send("idle"))
  assert.deepEqual(scene.silent, [])
  scene.pass(60, () => scene.send("idle"))
  assert.deepEqual(scene.silent, ["stops/0 at 32"])
  assert.equal(scene.changes, 1)
  scene.send("stops")
  scene.pass(30, () => scene.send("idle"))
  scene.pass(30, () => scene.send("idle"))
  assert.deepEqual(scene.silent, ["stops/0 at 32", "stops/0 at 123"])
})

test("a worker of several falls silent alone; what has ended is not waited for", () => {
  const scene = new Scene()
  for (const worker of [0, 1, 2]) scene.send("tap", worker)
  scene.finish("tap", 2)
  scene.pass(60, () => scene.send("tap", 0))
  assert.deepEqual(scene.silent, ["tap/1 at 32"])
})

test("nobody is judged before the stream is read to its end, and then everybody has the whole time", () => {
  const scene = new Scene()
  scene.send("old")
  scene.canJudge = false
  scene.pass(300)
  assert.deepEqual(scene.silent, [])
  scene.canJudge = true
  scene.pass(31)
  assert.deepEqual(scene.silent, [])
  scene.pass(1)
  assert.deepEqual(scene.silent, ["old/0 at 332"])
})

test("a stream that is behind for a moment now and then hides nobody's silence", () => {
  const scene = new Scene()
  scene.send("stops")
  for (let i = 0; i < 20; i++) {
    scene.canJudge = false
    scene.pass(2)
    scene.canJudge = true
    scene.pass(1)
  }
  assert.equal(scene.silent.length, 1)
})

test("a watch that is stopped looks no more", () => {
  const scene = new Scene()
  scene.send("tap")
  scene.watch.stop()
  scene.pass(100)
  assert.deepEqual(scene.silent, [])
})
