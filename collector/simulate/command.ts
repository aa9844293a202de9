// sonde-collector simulate: a world to a capture file, and its truth to a file of labels.
//
// In:  settled options. Out: two files, a line for standard output, an exit code.
import { writeFileSync } from "node:fs"
import type { Settled } from "../../shared/config/options.ts"
import { UsageError, WorldError } from "../../shared/config/program.ts"
import { parseAttacks } from "./attacks/plans.ts"
import { parseShare, type SIMULATE_OPTIONS } from "./options.ts"
import { truthOf } from "./truth.ts"
import { writeCapture } from "./wire/capture.ts"
import { World } from "./world.ts"

/** The world's refusals in one sentence that names the option. */
function write<T>(option: string, path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (typeof code === "string" && /^E[A-Z]+$/.test(code))
      throw new WorldError(`--${option}: ${path} cannot be written (${code}).`)
    throw error
  }
}

export function runSimulate(
  { values, operands }: Settled<typeof SIMULATE_OPTIONS>,
  out: (text: string) => void,
): number {
  if (operands.length > 0) throw new UsageError(`simulate takes options only, not "${operands[0]}".`)
  if (values.out === "") throw new UsageError("simulate needs --out FILE.pcap.")
  const world = new World({
    seed: values.seed,
    days: values.days,
    consumers: values.consumers,
    half: values.half as "development" | "judging",
    attacks: parseAttacks(values.attacks)!,
    intensity: values.intensity,
    hasVariants: values.variants,
    loss: parseShare(values.loss)!,
    oneWayHours: values["one-way"],
  })
  const attacked = new Map<number, number[]>()
  const counts = write("out", values.out, () =>
    writeCapture(world, values.out, ({ label, timeUs }) => {
      if (world.labels.at(label)?.isAttack !== true) return
      const times = attacked.get(label) ?? []
      attacked.set(label, times)
      times.push(timeUs)
    }),
  )
  if (values.labels !== "")
    write("labels", values.labels, () =>
      writeFileSync(values.labels, JSON.stringify(truthOf(world, attacked), null, 1)),
    )
  const dropped = counts.dropped === 0 ? "" : `, ${counts.dropped} packets left out`
  out(
    `${counts.exchanges} exchanges of ${world.partners.length} partners in ${counts.packets} packets (${(counts.bytes / 1e6).toFixed(1)} MB)${dropped}; ${world.labels.attacks.length} attacks, ${world.labels.specials.length} other events.\n`,
  )
  return 0
}
