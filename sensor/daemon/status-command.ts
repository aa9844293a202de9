// `sonde-sensor status`: which files, and the exit code.
import type { Settled } from "../../shared/config/options.ts"
import { WorldError } from "../../shared/config/program.ts"
import type { STATUS_OPTIONS } from "./status-options.ts"
import { findStatusFiles, judgeFile, reportText } from "./status-report.ts"

/** 0: every sensor is well. 1: one is not, or there is none. Throws WorldError where a file cannot be read. */
export function statusCommand(
  { values, operands }: Settled<typeof STATUS_OPTIONS>,
  nowMs: number,
  out: (text: string) => void,
): number {
  try {
    const paths = operands.length > 0 ? operands : findStatusFiles(values.folder)
    const judged = paths.map((path) => judgeFile(path, nowMs))
    if (values.format === "json") out(`${JSON.stringify(judged, null, 2)}\n`)
    else if (judged.length > 0) out(reportText(judged, nowMs))
    else throw new WorldError(`No sensor runs: there is no status.json under ${values.folder}.`)
    return judged.length > 0 && judged.every(({ isHealthy }) => isHealthy) ? 0 : 1
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    if (code === "ENOENT" && operands.length === 0)
      throw new WorldError(`No sensor runs: there is no ${path ?? values.folder}.`)
    throw new WorldError(`${path ?? values.folder} cannot be read (${code}); root, or the sensor's own user, can.`)
  }
}
