// sonde-sensor doctor: opens the source that the options name, looks at it to its end or for the time given, reports.
import type { Settled } from "../../shared/config/options.ts"
import { UsageError } from "../../shared/config/program.ts"
import { PacketBatch } from "../capture/packet-batch.ts"
import type { PacketSource } from "../capture/packet-source.ts"
import { showLine, showProgress } from "../progress.ts"
import { diagnose } from "./diagnosis.ts"
import { Examination } from "./examination.ts"
import { grouped } from "./finding.ts"
import { readHostFacts } from "./host-facts.ts"
import type { DOCTOR_OPTIONS, DoctorValues } from "./options.ts"
import { reportJson, reportText } from "./report.ts"

const PAGE_COLUMNS = 110

/** What the command needs of its surroundings. */
export interface DoctorSurroundings {
  /** Opens what the values name: exactly one of `interface` and `read` is given. */
  readonly openSource: (values: DoctorValues) => PacketSource | Promise<PacketSource>
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Resolves when the user wants the report now. */
  readonly interrupted: Promise<unknown>
}

/** Runs the command; returns the exit code. */
export async function doctor({ values }: Settled<typeof DOCTOR_OPTIONS>, at: DoctorSurroundings): Promise<number> {
  const isLive = values.interface.length > 0
  if (isLive === values.read.length > 0)
    throw new UsageError(
      isLive ? "doctor takes --interface or --read, not both." : "doctor needs --interface NAME or --read FILE.",
    )
  // Before the source is opened, which may itself take the interface up.
  const before = values.interface.map((name) => readHostFacts(name))
  const source = await at.openSource(values)
  const examination = new Examination(source, before)
  const beganMs = performance.now()
  const secondsSince = (): number => (performance.now() - beganMs) / 1000
  const hideProgress = isLive
    ? showLine(
        at.stderr,
        () => `${Math.floor(secondsSince())} of ${values.seconds} s, ${grouped(examination.packets)} packets`,
      )
    : showProgress(source, at.stderr)
  let seconds = 0
  try {
    await examine(source, examination, isLive ? values.seconds : null, at.interrupted)
    seconds = secondsSince()
  } finally {
    hideProgress()
    source.close()
  }
  const after = values.interface.map((name) => readHostFacts(name))
  const diagnosis = diagnose(examination.finish(isLive ? seconds : null, after))
  for (const problem of source.problems) at.stderr.write(`sonde-sensor: ${problem.sentence}\n`)
  const form = { columns: at.stdout.columns ?? PAGE_COLUMNS, hasColour: at.stdout.isTTY === true }
  at.stdout.write(values.format === "json" ? reportJson(diagnosis) : reportText(diagnosis, form))
  return diagnosis.verdict === "bad" || source.problems.some((problem) => !problem.partial) ? 1 : 0
}

/** Looks until the input ends, the time is over, or the user has seen enough. */
async function examine(
  source: PacketSource,
  examination: Examination,
  seconds: number | null,
  interrupted: Promise<unknown>,
): Promise<void> {
  const batch = new PacketBatch()
  const over = Promise.withResolvers<false>()
  let isOver = false
  const end = (): void => {
    isOver = true
    // What the kernel holds is still looked at where the source can say so.
    if (source.stop === undefined) over.resolve(false)
    else source.stop()
  }
  const timer = seconds === null ? null : setTimeout(end, seconds * 1000)
  void interrupted.then(end)
  try {
    while (source.stop !== undefined || !isOver) {
      const next = source.next(batch)
      if (!(typeof next === "boolean" ? next : await Promise.race([next, over.promise]))) break
      examination.look(batch, source.isLive === true ? Date.now() * 1000 : null)
      // Timers and signals get a turn once a batch.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  } finally {
    if (timer !== null) clearTimeout(timer)
  }
}
