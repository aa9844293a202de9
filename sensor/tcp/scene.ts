// A conversation, and what the receiver is told of it. Each is played at several initial sequence numbers (the wrap among
// them) and with either end as the lower endpoint: nothing may change. For tests.
import assert from "node:assert/strict"
import { describe, test } from "node:test"
import type { TcpCounters } from "./counters.ts"
import type { TcpOptions } from "./options.ts"
import { Playbook } from "./playbook.ts"

export interface Scene {
  readonly name: string
  readonly lines: readonly string[]
  /** Told while the lines are played. */
  readonly log: readonly string[]
  /** Told at the end of the input. */
  readonly flush?: readonly string[]
  readonly counters?: Partial<TcpCounters>
  readonly options?: Partial<TcpOptions>
}

const STARTS = [
  { client: 1000, server: 5000 },
  { client: 1000, server: 5000, port: 22 },
  { client: -4, server: 0x7ffffffc },
  { client: 0x7ffffffe, server: -1 },
]

export const OPEN = ["> 0 S", "< 0 S ack=1", "> 1 ack=1"]
export const FLUSHED = ["> end flush", "< end flush", "close flush"]

export function playScenes(title: string, scenes: readonly Scene[]): void {
  describe(title, () => {
    for (const scene of scenes) test(scene.name, () => playScene(scene))
  })
}

function playScene(scene: Scene): void {
  for (const start of STARTS) {
    const book = new Playbook(scene.options, start)
    const told = book.play(...scene.lines)
    const flushed = book.flush()
    const where = JSON.stringify(start)
    assert.deepEqual(told, scene.log, where)
    // Which side is ended first at the end of the input depends on which is the lower endpoint.
    assert.deepEqual(flushed.toSorted(), (scene.flush ?? []).toSorted(), where)
    for (const [name, value] of Object.entries(scene.counters ?? {})) {
      assert.deepEqual(book.counters[name as keyof TcpCounters], value, `${name} ${where}`)
    }
  }
}
