// One pipeline over live interfaces: what runs in the sensor's own thread, or in each worker's.
//
// In:  settled options, the key. Out: events on a link, counters, sentences for the log.
// A live run never waits for its server: batches are held, the oldest dropped and counted when there are too many, and
// the server is tried again for ever. It ends by `stop`: what the ring holds is read, sessions are flushed, the last batch is
// sent and its acknowledgement waited for.
import type { RunValues } from "./config.ts"
import type { FanoutGroup } from "./fanout-group.ts"
import { KeyLogFollower } from "./key-input/key-log-file.ts"
import { ledgerCounters, type SensorCounters } from "./ledger.ts"
import { type LiveInput, openLiveInput, watching } from "./live-input.ts"
import { natsLink } from "./nats-link.ts"
import { Overload } from "./overload.ts"
import { type LivePart, MARKS, Mark, Pipeline } from "./pipeline.ts"
import { Batcher } from "./publish/batcher.ts"
import { PublisherCounters } from "./publish/link.ts"
import { NullLink } from "./publish/null-link.ts"
import type { PseudonymKey } from "./summary/privacy/pseudonym.ts"

export interface LiveSettings {
  readonly values: RunValues
  /** Id of this run: changes whenever the batch sequence starts anew. */
  readonly boot: string
  /** How the kernel splits flows between workers; null: there is one. */
  readonly fanout: FanoutGroup | null
  /** systemd's credentials directory. */
  readonly credentials: string | undefined
  /** Which of the workers, from 0 on. */
  readonly worker?: number
}

/** What cli.ts drives, whether in this thread or in workers. */
export interface Live {
  readonly counters: SensorCounters
  /** Resolves when the run has ended and everything is acknowledged; rejects with the error of the world that ended it. */
  run(): Promise<void>
  stop(): void
  /** Whole lines of TLS key logs. */
  takeKeys(lines: Uint8Array): void
  /** Takes over what can change while running. */
  reload(values: RunValues): void
  /** True when every pipeline has gone on since the last call. */
  hasMoved(): boolean
}

/** What a pipeline needs besides to run live. */
export function livePart(
  source: LiveInput,
  steps: number,
  say: (sentence: string) => void,
  mark: Float64Array = new Float64Array(MARKS),
): LivePart {
  return { overload: new Overload(steps), ringFill: () => source.fill, say, mark }
}

export class LiveRun implements Live {
  readonly #pipeline: Pipeline
  readonly #source: LiveInput
  readonly #mark: Float64Array
  readonly #say: (sentence: string) => void
  readonly #keylog: string
  #turnsSeen = -1

  /** `mark`: see LivePart; a worker shares it with its supervisor. */
  constructor(
    settings: LiveSettings,
    key: PseudonymKey,
    say: (sentence: string) => void,
    mark: Float64Array = new Float64Array(MARKS),
  ) {
    const { values, boot } = settings
    this.#mark = mark
    this.#say = say
    this.#keylog = values.keylog
    this.#source = openLiveInput(values, settings.fanout, say)
    const counters = new PublisherCounters()
    const link =
      values.format === "null"
        ? new NullLink(counters)
        : natsLink(values, boot, counters, Number.POSITIVE_INFINITY, say, settings.credentials, settings.worker)
    const publisher = new Batcher(link, counters, {
      tenant: values.tenant,
      sensor: values.sensor,
      boot,
      keyEpoch: key.epoch,
      ledger: () => ledgerCounters(this.counters),
      compress: values.format === "nats",
      heartbeatUs: values.heartbeat,
    })
    this.#pipeline = new Pipeline(
      this.#source,
      publisher,
      key,
      values,
      false,
      livePart(this.#source, values["overload.steps"], say, mark),
    )
    if (values.keylog !== "" || values["keylog-socket"] !== "") this.#pipeline.keys.onSecretsExpected()
  }

  get counters(): SensorCounters {
    return this.#pipeline.counters
  }

  async run(): Promise<void> {
    const take = (lines: Uint8Array): void => this.takeKeys(lines)
    const follower = this.#keylog === "" ? null : new KeyLogFollower(this.#keylog, take, this.#say)
    try {
      await this.#pipeline.run()
    } finally {
      follower?.close()
    }
  }

  takeKeys(lines: Uint8Array): void {
    this.#pipeline.keys.readLines(lines)
  }

  stop(): void {
    this.#pipeline.stop(false)
  }

  reload(values: RunValues): void {
    this.#source.setFilter(values.filter)
  }

  /** Begins to capture: a worker's run waits for this until all workers have joined the group. */
  release(values: RunValues): void {
    this.#source.setFilter(values.filter)
    this.#say(watching(values))
  }

  hasMoved(): boolean {
    const turns = this.#mark[Mark.turns]!
    const moved = turns !== this.#turnsSeen
    this.#turnsSeen = turns
    return moved
  }
}
