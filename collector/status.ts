// sonde-collector status: a running collector on one page, and whether all is well.
//
// In:  settled options. Out: text or JSON for standard output, an exit code. Everything shown is what the API says.
import type { Settled } from "../shared/config/options.ts"
import type { Totals } from "./api/models.ts"
import type { Sensor } from "./api/sensor-models.ts"
import { ApiClient, type Readiness } from "./api-client.ts"
import { DEFAULT_URL, tokenIn } from "./collector-options.ts"
import type { STATUS_OPTIONS } from "./status-options.ts"

/** More packets than this share lost is not well. */
const LOSS_MAX = 0.001

export interface CollectorStatus {
  readonly readiness: Readiness
  readonly ledger: Totals
  readonly sensors: readonly Sensor[]
  readonly openIncidents: { readonly high: number; readonly review: number }
}

export async function runStatus(
  { values }: Settled<typeof STATUS_OPTIONS>,
  out: (text: string) => void,
): Promise<number> {
  const url = values.url === "" ? DEFAULT_URL : values.url
  const client = new ApiClient(url, tokenIn(values["token-file"]))
  const status: CollectorStatus = {
    readiness: await client.readiness(),
    ledger: await client.ledger(),
    sensors: (await client.sensors()).items,
    openIncidents: { high: await client.openIncidents("high"), review: await client.openIncidents("review") },
  }
  const troubles = troublesOf(status)
  if (values.format === "json") out(`${JSON.stringify({ url, ...summaryOf(status), troubles }, null, 2)}\n`)
  else out(textOf(url, status, troubles))
  return troubles.length === 0 ? 0 : 1
}

/** What is not well, a sentence each. */
export function troublesOf({ readiness, ledger, sensors }: CollectorStatus): readonly string[] {
  const troubles = [...readiness.reasons]
  if (!readiness.ready && troubles.length === 0) troubles.push("It is not ready, and does not say why.")
  if (ledger.missingBatches > 0) troubles.push(`${count(ledger.missingBatches)} batches of sensors are missing.`)
  for (const [reason, messages] of Object.entries(ledger.refused))
    troubles.push(`${count(messages)} messages were refused: ${reason}.`)
  const { bytes, freeBytes, bytesMax, gone } = ledger.store
  if (gone > 0) troubles.push(`${count(gone)} batches were no longer in the stream when they were to be taken.`)
  if (bytesMax > 0 && bytes - freeBytes > bytesMax)
    troubles.push(`The store holds ${count(bytes - freeBytes)} bytes, more than --store-bytes ${count(bytesMax)}.`)
  for (const [limit, given] of Object.entries(ledger.limits))
    troubles.push(`A limit is reached: ${limit}, ${count(given)} given up.`)
  for (const { id, state, loss, overload } of sensors) {
    if (state === "silent") troubles.push(`Sensor ${id} is not heard.`)
    if ((loss.packetLoss ?? 0) > LOSS_MAX) troubles.push(`Sensor ${id} has lost ${share(loss.packetLoss!)} of packets.`)
    if (overload.step > 0) troubles.push(`Sensor ${id} is overloaded: step ${overload.step}.`)
  }
  return troubles
}

function summaryOf({ readiness, ledger, sensors, openIncidents }: CollectorStatus) {
  const { exchanges, received, joined, copies, waiting, missingBatches, refused, limits, store } = ledger
  return {
    ready: readiness.ready,
    lag: readiness.lag,
    ledger: { exchanges, received, joined, copies, waiting, missingBatches, refused, limits },
    store,
    openIncidents,
    sensors: sensors.map(({ id, state, lastHeard, exchanges: given, loss }) => ({
      id,
      state,
      lastHeard,
      exchanges: given,
      packetLoss: loss.packetLoss,
    })),
  }
}

function textOf(url: string, status: CollectorStatus, troubles: readonly string[]): string {
  const { readiness, ledger, sensors, openIncidents } = status
  const lag = readiness.lag === null ? "" : `, ${count(readiness.lag)} messages wait in the stream`
  const lines = [
    `${url}: ${readiness.ready ? "ready" : "not ready"}${lag}`,
    `  exchanges   ${count(ledger.exchanges)} applied; ${count(ledger.copies)} copies, ${count(ledger.joined)} joined, ${count(ledger.waiting)} wait`,
    `  incidents   ${count(openIncidents.high)} open to look at now, ${count(openIncidents.review)} to review`,
    `  store       ${storeLine(ledger.store)}`,
    ...sensors.map(
      ({ id, state, lastHeard, exchanges, loss }) =>
        `  sensor      ${id}: ${state}, heard ${lastHeard ?? "never"}, ${count(exchanges)} exchanges, ` +
        (loss.packetLoss === null ? "loss of packets unknown" : `${share(loss.packetLoss)} of packets lost`),
    ),
    troubles.length === 0 ? "  well" : `  not well    ${troubles.join("\n              ")}`,
  ]
  return `${lines.join("\n")}\n`
}

function storeLine({ bytes, freeBytes, walBytes, removed }: Totals["store"]): string {
  const gone = removed.map(({ kind, reason, removed: many }) => `${count(many)} of ${kind} by ${reason}`)
  const told = gone.length === 0 ? "nothing removed" : `removed: ${gone.join(", ")}`
  return `${count(bytes)} bytes, ${count(freeBytes)} of them free, log ${count(walBytes)}; ${told}`
}

const count = (value: number): string => value.toLocaleString("en-US")
const share = (value: number): string => `${(value * 100).toFixed(value > 0 && value < 0.001 ? 4 : 2)} %`
