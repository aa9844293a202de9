// What `sonde-sensor status` says: the sensors of this host, each by the file that it keeps, and whether all is well.
//
// In:  status files, the wall clock. Out: a page or JSON; healthy or not. A file is what anybody may have left there: one that is no
// status is said and judged as not well.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type SensorStatus, STATUS_MS, type StatusFigures } from "./status-file.ts"

/** Older than this, nobody writes it any more. */
const STALE_MS = 4 * STATUS_MS
/** Not acknowledged for this long while there is something to acknowledge, s. */
const PATIENCE_S = 30
const FILE_BYTES_MAX = 1 << 20

export interface Judged {
  readonly path: string
  /** Null: the file is no status. */
  readonly status: SensorStatus | null
  readonly isHealthy: boolean
  /** What is not well, a sentence each. */
  readonly troubles: readonly string[]
}

/** The status files of sensors under a folder such as /run/sonde: FOLDER/status.json and FOLDER/GROUP/status.json. */
export function findStatusFiles(folder: string): readonly string[] {
  const found: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name === "status.json") found.push(join(folder, entry.name))
    if (!entry.isDirectory()) continue
    const inside = join(folder, entry.name)
    if (readdirSync(inside).includes("status.json")) found.push(join(inside, "status.json"))
  }
  return found
}

/** Reads and judges one file. Throws the system's error where it cannot be read. */
export function judgeFile(path: string, nowMs: number): Judged {
  const status = parse(readFileSync(path).subarray(0, FILE_BYTES_MAX).toString())
  if (status === null)
    return { path, status, isHealthy: false, troubles: ["This is no status of a sensor of this version."] }
  const troubles = troublesOf(status, nowMs)
  return { path, status, isHealthy: troubles.length === 0, troubles }
}

export function troublesOf(status: SensorStatus, nowMs: number): readonly string[] {
  const { lately, total } = status
  const troubles: string[] = []
  const ageMs = nowMs - Date.parse(status.written)
  if (ageMs > STALE_MS) troubles.push(`It has not written for ${seconds(ageMs / 1000)}: it is dead or hangs.`)
  if ((lately.kernelDrops ?? 0) > 0)
    troubles.push(`The kernel dropped ${count(lately.kernelDrops!)} packets in the last ${seconds(lately.seconds)}.`)
  if (total.kernelDrops === null) troubles.push("What the kernel drops is not known on this interface.")
  if (lately.dropped > 0)
    troubles.push(`${count(lately.dropped)} exchanges could not be kept in the last ${seconds(lately.seconds)}.`)
  const held = heldOf(total)
  if (held > 0 && lately.acknowledged === 0 && lately.seconds >= PATIENCE_S)
    troubles.push(`The server has acknowledged nothing for ${seconds(lately.seconds)}; ${count(held)} exchanges wait.`)
  if (status.overloadStep > 0) troubles.push(`Overload: step ${status.overloadStep} is in force.`)
  if (lately.packets === 0 && lately.seconds >= PATIENCE_S)
    troubles.push(`No packet came in the last ${seconds(lately.seconds)}: is the mirror on?`)
  return troubles
}

export function reportText(judged: readonly Judged[], nowMs: number): string {
  return judged.map((one) => page(one, nowMs)).join("\n")
}

function page({ path, status, troubles }: Judged, nowMs: number): string {
  if (status === null) return `${path}\n  not well    ${troubles[0]}\n`
  const { total, lately } = status
  const drops = total.kernelDrops === null ? "drops unknown" : `${count(total.kernelDrops)} dropped by the kernel`
  const lines = [
    `${status.sensor} (${status.version}) on ${status.interfaces.join(", ")}, process ${status.pid} since ${status.started}`,
    `  packets     ${count(total.packets)} (${rate(lately.packets, lately)}), ${drops}`,
    `  exchanges   ${count(total.exchanges)} (${rate(lately.exchanges, lately)}), ${count(total.acknowledged)} acknowledged, ` +
      `${count(heldOf(total))} held, ${count(total.dropped)} dropped`,
    `  server      ${status.server === "" ? "none: it measures" : status.server}`,
    `  written     ${seconds(Math.max(0, nowMs - Date.parse(status.written)) / 1000)} ago`,
    troubles.length === 0 ? "  well" : `  not well    ${troubles.join("\n              ")}`,
  ]
  return `${lines.join("\n")}\n`
}

/** Not acknowledged, and not dropped. */
const heldOf = ({ exchanges, acknowledged, dropped }: StatusFigures): number =>
  Math.max(0, exchanges - acknowledged - dropped)
const count = (value: number): string => value.toLocaleString("en-US")
const seconds = (value: number): string => `${Math.round(value)} s`
const rate = (value: number, lately: { readonly seconds: number }): string =>
  `${count(Math.round(value / Math.max(1, lately.seconds)))}/s`

function parse(text: string): SensorStatus | null {
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof found !== "object" || found === null) return null
  const status = found as SensorStatus
  const texts = [status.version, status.sensor, status.server, status.started, status.written]
  const isWhole =
    texts.every((each) => typeof each === "string") &&
    Number.isFinite(Date.parse(status.written)) &&
    typeof status.pid === "number" &&
    typeof status.overloadStep === "number" &&
    Array.isArray(status.interfaces) &&
    isFigures(status.total) &&
    isFigures(status.lately) &&
    typeof status.lately.seconds === "number"
  return isWhole ? status : null
}

function isFigures(figures: StatusFigures | undefined): boolean {
  if (typeof figures !== "object" || figures === null) return false
  const { packets, kernelDrops, exchanges, acknowledged, dropped } = figures
  return (
    [packets, exchanges, acknowledged, dropped].every(Number.isFinite) &&
    (kernelDrops === null || Number.isFinite(kernelDrops))
  )
}
