// sonde-sensor: arguments, environment, files and signals; the work is in pipeline.ts.
import { join } from "node:path"
import process from "node:process"
import { inForce } from "../shared/config/help.ts"
import { type Settled, settle } from "../shared/config/options.ts"
import { action, runProgram, UsageError, WorldError } from "../shared/config/program.ts"
import { VERSION } from "../shared/config/version.ts"
import type { Log } from "../shared/telemetry/log.ts"
import { captureBoot, randomBoot } from "./boot-id.ts"
import { type CaptureOptions, openCapture } from "./capture/capture-files.ts"
import { isUsersMistake, LiveCaptureError } from "./capture/live-error.ts"
import type { PacketSource } from "./capture/packet-source.ts"
import {
  CONFIG,
  FILTER_OPTIONS,
  KEYGEN,
  type KEYGEN_OPTIONS,
  LIVE_OPTIONS,
  PIPELINE_OPTIONS,
  READ,
  type READ_OPTIONS,
  RUN,
  RUN_OPTIONS,
  type RunValues,
} from "./config.ts"
import { STATUS, type STATUS_OPTIONS } from "./daemon/status-options.ts"
import type { DarkLedger } from "./dark-ledger.ts"
import { DOCTOR, type DOCTOR_OPTIONS, type DoctorValues } from "./doctor/options.ts"
import { drawFanout } from "./fanout-group.ts"
import { makeKeyFile, makeSecretFile, rotateKeyFile, settledKey } from "./key-file.ts"
import { readKeyLog } from "./key-input/key-log-file.ts"
import type { KeySocket } from "./key-input/key-socket.ts"
import { ledgerCounters, ledgerJson, ledgerText, type SensorCounters } from "./ledger.ts"
import type { Live } from "./live-run.ts"
import { Pipeline } from "./pipeline.ts"
import { showProgress } from "./progress.ts"
import { Batcher } from "./publish/batcher.ts"
import { IdentityReport } from "./publish/identity-report.ts"
import { type Link, LinkError, PublisherCounters } from "./publish/link.ts"
import { MsgpackLink } from "./publish/msgpack.ts"
import { NdjsonPublisher } from "./publish/ndjson.ts"
import { NullLink } from "./publish/null-link.ts"
import { Output } from "./publish/output.ts"
import { PlainBatches } from "./publish/plain-batches.ts"
import type { Publisher } from "./publish/publisher.ts"
import type { PseudonymKey } from "./summary/privacy/pseudonym.ts"
import type { Watch } from "./watch.ts"

const STDOUT = 1
const err = (text: string): void => void process.stderr.write(text)

function printLedger(counters: SensorCounters, form: string, dark: DarkLedger | null): void {
  if (form === "json") err(ledgerJson(counters, process.resourceUsage().maxRSS * 1024, dark?.rows()))
  if (form === "text") err(ledgerText(counters) + (dark?.text() ?? ""))
}

/** Throws UsageError with the place of a mistake in the filter. The filter's language is loaded when there is one. */
async function captureOptions(filter: string): Promise<CaptureOptions> {
  if (filter.trim() === "") return {}
  const [{ BatchFilter }, { FilterError }, { parseFilter }] = await Promise.all([
    import("./capture/filter/batch-filter.ts"),
    import("./capture/filter/filter-expression.ts"),
    import("./capture/filter/filter-parser.ts"),
  ])
  try {
    return { filter: new BatchFilter(parseFilter(filter)) }
  } catch (error) {
    if (error instanceof FilterError) throw new UsageError(`--filter: ${error.message}`)
    throw error
  }
}

/** Runs a pipeline to its end, or to the first signal; then says what was damaged and prints the ledger. */
async function finish(pipeline: Pipeline, source: PacketSource, ledger: string): Promise<number> {
  const isRepeatable = source.progress.total !== null
  let signals = 0
  const stop = (): void => {
    pipeline.stop(isRepeatable)
    // Somebody who asks twice does not want to wait for acknowledgements.
    if (++signals > 1) process.exit(1)
  }
  process.on("SIGINT", stop)
  process.on("SIGTERM", stop)
  const hideProgress = showProgress(source, process.stderr)
  let failure: LinkError | null = null
  try {
    await pipeline.run()
  } catch (error) {
    if (!(error instanceof LinkError)) throw error
    failure = error
  } finally {
    hideProgress()
  }
  for (const problem of source.problems) err(`sonde-sensor: ${problem.sentence}\n`)
  if (failure !== null && failure.code !== "closed-pipe") err(`sonde-sensor: ${failure.message}\n`)
  printLedger(pipeline.counters, ledger, pipeline.dark)
  const isCut = pipeline.isInterrupted && isRepeatable
  if (isCut) err("sonde-sensor: interrupted before the end of the input; reading it again is safe.\n")
  return isCut || source.problems.length > 0 || (failure !== null && failure.code !== "closed-pipe") ? 1 : 0
}

function batcher(
  link: Link,
  counters: PublisherCounters,
  key: PseudonymKey,
  boot: string,
  values: Pick<RunValues, "tenant" | "sensor">,
  compress: boolean,
  pipeline: () => Pipeline,
): Batcher {
  return new Batcher(link, counters, {
    tenant: values.tenant,
    sensor: values.sensor,
    boot,
    keyEpoch: key.epoch,
    ledger: () => ledgerCounters(pipeline().counters),
    compress,
  })
}

/** Everything that the events of a reading come from. */
function inputsOf(captures: readonly string[], keylog: string): readonly string[] {
  return keylog === "" ? captures : [...captures, keylog]
}

/** Reads the keys of captures before the captures. Throws WorldError. */
function takeKeyLog(pipeline: Pipeline, path: string): void {
  if (path !== "") readKeyLog(path, (lines) => pipeline.keys.readLines(lines))
}

function fileLink(format: string, counters: PublisherCounters): Link {
  if (format === "null") return new NullLink(counters)
  const output = new Output(STDOUT)
  return format === "batches" ? new PlainBatches(counters, output) : new MsgpackLink(counters, output)
}

async function read(settled: Settled<typeof READ_OPTIONS>): Promise<number> {
  const { values, operands } = settled
  if (operands.length === 0) throw new UsageError("read needs FILE, or - for standard input.")
  const isTable = values.format === "json" || values.format === "table"
  if (isTable && !values.identities) throw new UsageError(`--format ${values.format} needs --identities.`)
  if (values.identities && !isTable && settled.origins.format !== "default")
    throw new UsageError(`--identities writes --format table or json, not ${values.format}.`)
  if (values.identities && values.reveal) throw new UsageError("--identities and --reveal exclude each other.")
  const isLines = values.format === "ndjson" && !values.identities
  if (isLines && values["key-file"] === "" && !values.reveal && process.stdout.isTTY !== true)
    err("sonde-sensor: no --key-file, so the pseudonyms are made with a key that everybody has: do not hand them on.\n")
  const source = openCapture(operands, await captureOptions(values.filter))
  const key = settledKey(values["key-file"], process.env.CREDENTIALS_DIRECTORY)
  const counters = new PublisherCounters()
  let publisher: Publisher
  if (values.identities) publisher = new IdentityReport(new Output(STDOUT), counters, values.format === "json")
  else if (isLines) publisher = new NdjsonPublisher(new Output(STDOUT), counters)
  else {
    const link = fileLink(values.format, counters)
    publisher = batcher(
      link,
      counters,
      key,
      captureBoot(inputsOf(operands, values.keylog), key, ""),
      values,
      false,
      () => pipeline,
    )
  }
  const pipeline: Pipeline = new Pipeline(source, publisher, key, values, values.reveal && values.format === "ndjson")
  takeKeyLog(pipeline, values.keylog)
  return finish(pipeline, source, values.ledger)
}

async function run(
  settled: Settled<typeof RUN_OPTIONS>,
  again: () => Promise<Settled<typeof RUN_OPTIONS>>,
): Promise<number> {
  const { values } = settled
  const mistakes: string[] = []
  const isLive = values.interface.length > 0
  if (values.read.length === 0 && !isLive) mistakes.push("run needs --interface NAME or --read FILE.")
  if (values.read.length > 0 && isLive) mistakes.push("--interface and --read exclude each other.")
  if (values.format === "nats" && values.nats === "")
    mistakes.push("run needs --nats URL, or --format null to measure.")
  if (values.format === "nats" && values["key-file"] === "")
    mistakes.push("run needs --key-file FILE; sonde-sensor keygen FILE makes one.")
  if (!isLive && values["keylog-socket"] !== "") mistakes.push("--keylog-socket needs --interface.")
  if (!isLive && values["publish.spool"] !== "")
    mistakes.push("--publish-spool needs --interface: captures can be read again.")
  if (mistakes.length > 0) throw new UsageError(mistakes.join(" "))
  const key = settledKey(values["key-file"], process.env.CREDENTIALS_DIRECTORY)
  // Loaded only here, like the client and all of live capture: reading a file needs none of them, and they take longer to load
  // than a small capture to read.
  const { createLog } = await import("../shared/telemetry/log.ts")
  const log = createLog("sonde-sensor", logLevel(settled))
  // A mistake in the filter is said before anything is opened.
  const options = await captureOptions(values.filter)
  if (isLive) return watch(values, key, log, again)
  const source = openCapture(values.read, options)
  const counters = new PublisherCounters()
  const boot =
    values.boot === ""
      ? captureBoot(inputsOf(values.read, values.keylog), key, `${values.tenant}/${values.sensor}`)
      : values.boot
  const link = values.format === "null" ? new NullLink(counters) : await connect(values, counters, boot, log)
  const publisher = batcher(link, counters, key, boot, values, values.format === "nats", () => pipeline)
  const pipeline: Pipeline = new Pipeline(source, publisher, key, values, false)
  takeKeyLog(pipeline, values.keylog)
  return finish(pipeline, source, values.ledger)
}

async function connect(values: RunValues, counters: PublisherCounters, boot: string, log: Log): Promise<Link> {
  const say = (sentence: string): void => log.info({}, sentence)
  const { natsLink } = await import("./nats-link.ts")
  const link = natsLink(
    values,
    boot,
    counters,
    values["publish.patience"] / 1000,
    say,
    process.env.CREDENTIALS_DIRECTORY,
  )
  try {
    await link.ready
  } catch (error) {
    if (error instanceof LinkError) throw new WorldError(error.message)
    throw error
  }
  return link
}

/** The world's failure, with a sentence for the user: no stack trace is wanted. */
function isWorldly(error: unknown): error is Error {
  return error instanceof LinkError || error instanceof LiveCaptureError || error instanceof WorldError
}

/** An error of opening, as the user's mistake or the world's. */
function explained(error: unknown): unknown {
  if (error instanceof LiveCaptureError && isUsersMistake(error)) return new UsageError(error.message)
  return isWorldly(error) ? new WorldError(error.message) : error
}

/** Sentences that tell of nothing to be done. */
const ROUTINE = /^(Worker \d+: )?(Watching|Connected) |is in force/

/** Who only measures wants the ledger and nothing beside it, unless told otherwise. */
function logLevel({ values, origins }: Settled<typeof RUN_OPTIONS>): string {
  return values.format === "null" && origins["log-level"] === "default" ? "warn" : values["log-level"]
}

/** Watches interfaces until SIGINT or SIGTERM, as a service manager or a person at a terminal wants it. */
async function watch(
  values: RunValues,
  key: PseudonymKey,
  log: Log,
  again: () => Promise<Settled<typeof RUN_OPTIONS>>,
): Promise<number> {
  // Heard from the first moment on: a service manager may change its mind while this one still starts.
  let signals = 0
  let service: Watch | null = null
  const stop = (): void => {
    // Somebody who asks twice does not want to wait for acknowledgements.
    if (++signals > 1) process.exit(1)
    service?.stop()
  }
  process.on("SIGINT", stop)
  process.on("SIGTERM", stop)
  process.on("SIGHUP", () => void service?.reload())
  const [{ loadAddon }, { LiveRun }, { Workers }, { ServiceManager }, watching, { adoptPlaces }] = await Promise.all([
    import("./capture/native/addon.ts"),
    import("./live-run.ts"),
    import("./workers.ts"),
    import("./daemon/service-manager.ts"),
    import("./watch.ts"),
    import("./publish/spool/folder.ts"),
  ])
  const { CREDENTIALS_DIRECTORY, NOTIFY_SOCKET, WATCHDOG_USEC } = process.env
  const say = (sentence: string): void => (ROUTINE.test(sentence) ? log.info({}, sentence) : log.warn({}, sentence))
  const boot = values.boot === "" ? randomBoot() : values.boot
  const fanout = values.workers === 1 ? null : drawFanout()
  const settings = { values, boot, fanout, credentials: CREDENTIALS_DIRECTORY }
  let live: Live
  try {
    if (values["publish.spool"] !== "") adoptPlaces(values["publish.spool"], values.workers)
    live = fanout === null ? new LiveRun(settings, key, say) : new Workers(settings, say)
  } catch (error) {
    throw explained(error)
  }
  const notify =
    NOTIFY_SOCKET === undefined ? null : (message: string) => void loadAddon().notify(NOTIFY_SOCKET, message)
  const manager = new ServiceManager(notify, Number(WATCHDOG_USEC ?? 0), () => live.hasMoved())
  const socketPath = values["keylog-socket"]
  let socket: KeySocket | null = null
  if (socketPath !== "") {
    const { KeySocket } = await import("./key-input/key-socket.ts")
    socket = await KeySocket.listen(socketPath, (lines) => live.takeKeys(lines), say)
  }
  service = new watching.Watch(live, values, { manager, again, say, statusFile: statusFileOf(values) })
  if (signals > 0) service.stop()
  let code = 0
  try {
    await service.run()
  } catch (error) {
    if (!isWorldly(error)) throw error
    err(`sonde-sensor: ${error.message}\n`)
    code = 1
  }
  socket?.close()
  printLedger(live.counters, values.ledger, null)
  return code
}

/** systemd says where this unit may keep what others read while it runs. */
function statusFileOf(values: RunValues): string {
  const folder = process.env.RUNTIME_DIRECTORY?.split(":")[0] ?? ""
  return values["status-file"] !== "" || folder === "" ? values["status-file"] : join(folder, "status.json")
}

async function status(settled: Settled<typeof STATUS_OPTIONS>): Promise<number> {
  const { statusCommand } = await import("./daemon/status-command.ts")
  return statusCommand(settled, Date.now(), (text) => void process.stdout.write(text))
}

async function examine(settled: Settled<typeof DOCTOR_OPTIONS>): Promise<number> {
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve())
  })
  const [{ doctor }, { openLiveInput }] = await Promise.all([import("./doctor/command.ts"), import("./live-input.ts")])
  const openSource = ({ read, interface: names }: DoctorValues): PacketSource => {
    if (read.length > 0) return openCapture(read)
    const { values } = settle({ ...PIPELINE_OPTIONS, ...LIVE_OPTIONS, ...FILTER_OPTIONS }, {})
    try {
      return openLiveInput({ ...values, interface: names }, null, (sentence) => err(`sonde-sensor: ${sentence}\n`))
    } catch (error) {
      throw explained(error)
    }
  }
  return doctor(settled, { openSource, stdout: process.stdout, stderr: process.stderr, interrupted })
}

async function keygen(settled: Settled<typeof KEYGEN_OPTIONS>): Promise<number> {
  const [path, ...more] = settled.operands
  if (path === undefined || more.length > 0) throw new UsageError("keygen needs one FILE to make.")
  const { rotate, force, nats } = settled.values
  if (nats && rotate) throw new UsageError("--nats makes a new FILE; put it in the place of the one in use.")
  if (force && !rotate) throw new UsageError("--force needs --rotate: a key is never overwritten.")
  if (rotate) {
    rotateKeyFile(path, new Date().toISOString().slice(0, 10), force)
    err(`sonde-sensor: ${path} holds a new key. Copy it to every sensor of the tenant, then restart them.\n`)
    return 0
  }
  if (nats) {
    const { newKey } = await import("./publish/jetstream.ts")
    const { seed, publicKey } = newKey()
    makeSecretFile(path, `${seed}\n`)
    process.stdout.write(`${publicKey}\n`)
    return 0
  }
  makeKeyFile(path)
  err(
    `sonde-sensor: ${path} made. Sensors of one tenant share it; whoever has it can test guesses against pseudonyms.\n`,
  )
  return 0
}

async function config(settled: Settled<typeof RUN_OPTIONS>): Promise<number> {
  process.stdout.write(inForce(RUN_OPTIONS, settled))
  return 0
}

// Somebody who closes our output is no reason to crash.
process.stdout.on("error", () => undefined)
process.stderr.on("error", () => undefined)
void runProgram(
  {
    name: "sonde-sensor",
    version: VERSION,
    sentence: "Passive API sensor: HTTP exchanges from packets, published as compact events.",
    actions: [
      action(READ, read),
      action(RUN, run),
      action(STATUS, status),
      action(DOCTOR, examine),
      action(CONFIG, config),
      action(KEYGEN, keygen),
    ],
  },
  { argv: process.argv.slice(2), environment: process.env, out: (text) => void process.stdout.write(text), err },
)
  // A read of a silent pipe cannot be called back, and must not keep a finished command alive.
  .then((code) => process.exit(code))
