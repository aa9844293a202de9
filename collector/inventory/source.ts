// Where a batch comes from: a worker of a run of a sensor. A boot names all three.
//
//   7c0f2e1a           a run with one pipeline
//   7c0f2e1a-w2        the third worker of run 7c0f2e1a
//   7c0f2e1a-w2r1      the same, started again after it died

export interface BootName {
  readonly run: string
  /** From 0. */
  readonly worker: number
  /** How often the worker was started again. */
  readonly restart: number
}

const WORKER_BOOT = /^(.+)-w(\d{1,4})(?:r(\d{1,6}))?$/

export function parseBoot(boot: string): BootName {
  const match = WORKER_BOOT.exec(boot)
  if (match === null) return { run: boot, worker: 0, restart: 0 }
  return { run: match[1]!, worker: Number(match[2]), restart: Number(match[3] ?? 0) }
}

/** A source in numbers, as the window of exchange keys remembers it. Names are told apart by 32-bit hashes. */
export interface Source {
  readonly sensor: number
  readonly run: number
  readonly worker: number
}

export function sourceOf(sensor: string, boot: string): Source {
  const { run, worker } = parseBoot(boot)
  const ofSensor = hashText(sensor, 0x811c9dc5)
  return { sensor: ofSensor, run: hashText(run, ofSensor), worker }
}

/** FNV-1a, unsigned. */
function hashText(text: string, seed: number): number {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
