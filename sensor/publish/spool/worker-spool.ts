// The spool of one of several workers: its place in the folder, its share of the limits.
import { WorldError } from "../../../shared/config/program.ts"
import type { SpoolCounters } from "./counters.ts"
import { placeOf } from "./folder.ts"
import type { SpoolNames } from "./record.ts"
import { BATCHES_MAX, Spool } from "./spool.ts"

export interface WorkerSpoolOptions {
  readonly folder: string
  /** Of all workers together. */
  readonly bytesMax: number
  readonly workers: number
  /** From 0 on. */
  readonly worker: number
  readonly names: SpoolNames
  readonly boot: string
  readonly say: (sentence: string) => void
}

/** Throws WorldError where the folder cannot be used or has batches of the same boot. */
export function openWorkerSpool(counters: SpoolCounters, options: WorkerSpoolOptions): Spool {
  const { folder, workers, worker, names, boot, say } = options
  const place = placeOf(folder, worker)
  const bytesMax = Math.floor(options.bytesMax / workers)
  const batchesMax = Math.floor(BATCHES_MAX / workers)
  const spool = new Spool(counters, { place, names, bytesMax, batchesMax, say })
  if (!spool.inherited.some((batch) => batch.boot === boot)) return spool
  spool.close()
  throw new WorldError(
    `--boot ${boot} is that of batches in the spool ${place}, and numbers would begin anew: leave it out.`,
  )
}
