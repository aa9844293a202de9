// sonde-collector: arguments, environment, files and signals; the work is in pipeline.ts.
import { existsSync, mkdirSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import process from "node:process"
import {
  EMBEDDED_OPTIONS,
  type EmbeddedSensor,
  type EmbeddedValues,
  embedSensor,
  isUsersMistake,
  LiveCaptureError,
  makeKeyFile,
  readKeyFile,
  showProgress,
} from "../sensor/index.ts"
import { checkAccess, readAccess } from "../shared/bus/access.ts"
import { accessFiles } from "../shared/bus/options.ts"
import { inForce } from "../shared/config/help.ts"
import { flagName, type Settled } from "../shared/config/options.ts"
import { action, runProgram, UsageError, WorldError } from "../shared/config/program.ts"
import { VERSION } from "../shared/config/version.ts"
import { parseBusAddress } from "../shared/event/event-stream.ts"
import { createLog, type Log } from "../shared/telemetry/log.ts"
import { Tokens, TokensError } from "./api/access/tokens.ts"
import { ApiStartError } from "./api/listen.ts"
import { type BACKTEST_OPTIONS, backtestCommand } from "./backtest-options.ts"
import {
  type BACKUP_OPTIONS,
  backupCommand,
  type CHECK_OPTIONS,
  checkCommand,
  type RESTORE_OPTIONS,
  restoreCommand,
} from "./backup-options.ts"
import { configCommand, parseListen, RUN_OPTIONS, type RunValues, runCommand } from "./config.ts"
import { CHECKPOINT_LIMITS, type CheckpointLimits, SYSTEM_CLOCK } from "./consume/checkpoint-schedule.ts"
import { InProcessConsumer } from "./consume/in-process-consumer.ts"
import { JetStreamConsumer } from "./consume/jetstream-consumer.ts"
import { type NATS_OPTIONS, natsCommand } from "./credentials/options.ts"
import { EditError, type LabelRuleFields, type PartnerFields } from "./inventory/edits.ts"
import type { Channel } from "./notify/channel.ts"
import { parseChannels } from "./notify/settings.ts"
import { type NOTIFY_COMMAND_OPTIONS, notifyCommand } from "./notify-options.ts"
import { type OPENAPI_OPTIONS, openapiCommand } from "./openapi-options.ts"
import { Collector } from "./pipeline.ts"
import { storeLimits } from "./retention-options.ts"
import { type SIMULATE_OPTIONS, simulateCommand } from "./simulate/options.ts"
import { type STATUS_OPTIONS, statusCommand } from "./status-options.ts"
import { openSqliteStore } from "./store/sqlite-store.ts"
import { StoreError } from "./store/store.ts"
import { readTls, TlsFilesError, type TlsPaths, tlsPathsOf, useTlsAgain } from "./tls-files.ts"
import { type TOKEN_OPTIONS, tokenCommand } from "./token-options.ts"

/** The sensor's settings stand beside the collector's own: one table, one file, every mistake at once. */
const OPTIONS = { ...RUN_OPTIONS, ...EMBEDDED_OPTIONS }
type Values = RunValues & EmbeddedValues

const out = (text: string): void => void process.stdout.write(text)
const err = (text: string): void => void process.stderr.write(text)

/** Turns the world's failures of starting into sentences with an exit code. */
function explain(error: unknown): unknown {
  if (error instanceof StoreError || error instanceof TokensError || error instanceof TlsFilesError)
    return new WorldError(error.message)
  if (error instanceof ApiStartError)
    return error.code === "not-loopback" ? new UsageError(error.message) : new WorldError(error.message)
  if (error instanceof LiveCaptureError)
    return isUsersMistake(error) ? new UsageError(error.message) : new WorldError(error.message)
  if (error instanceof EditError) return new UsageError(`--partners: ${error.message}`)
  const { code, path } = error as NodeJS.ErrnoException
  if (typeof code === "string" && /^E[A-Z]+$/.test(code) && path !== undefined)
    return new WorldError(`--data: ${path} cannot be used (${code}).`)
  return error
}

/** The embedded sensor's key: given, or kept in the data folder since the first start. */
function keyOf(values: RunValues): ReturnType<typeof readKeyFile> {
  if (values["key-file"] !== "") return readKeyFile(values["key-file"], process.env.CREDENTIALS_DIRECTORY)
  const path = join(values.data, "pseudonym.key")
  if (!existsSync(path)) makeKeyFile(path)
  return readKeyFile(path)
}

/** Reads captures into the collector; resolves with the exit code when all is applied. */
async function readCaptures(sensor: EmbeddedSensor, consumer: InProcessConsumer): Promise<number> {
  const hideProgress = showProgress(sensor, process.stderr)
  try {
    await sensor.run()
    await consumer.finish()
  } finally {
    hideProgress()
  }
  for (const problem of sensor.problems) err(`sonde-collector: ${problem.sentence}\n`)
  const isCut = sensor.isInterrupted && sensor.progress.total !== null
  if (sensor.isInterrupted)
    err("sonde-collector: interrupted; what was applied is kept, a new start goes on from there.\n")
  else if (consumer.counters.duplicates > 0)
    out(
      `${consumer.counters.duplicates} of ${consumer.counters.messages} batches were in the store already: this input was read before.\n`,
    )
  out(`${sensor.summary()}\n`)
  return isCut || sensor.problems.length > 0 ? 1 : 0
}

/** What a person wants to know first: what was found, and where to look. */
async function tellFindings(collector: Collector): Promise<void> {
  const { exchanges, services, endpoints, consumers } = collector.inventory.counters
  out(`${exchanges} exchanges so far: ${services} services, ${endpoints} endpoints, ${consumers} consumers.\n`)
  for (const line of await collector.summary()) out(`  ${line}\n`)
}

/** All of the file, or all that is wrong with it. */
async function readPartners(path: string): Promise<readonly PartnerFields[]> {
  // The reader of TOML is loaded when there is a file.
  const { readPartnerFile } = await import("./consumer/partner-file.ts")
  const file = readPartnerFile(path)
  if ("partners" in file) return file.partners
  throw new UsageError(file.mistakes.join("\nsonde-collector: "))
}

/** All rules of the file, or all that is wrong with it; none where there is no file. */
async function readLabels(path: string): Promise<readonly LabelRuleFields[]> {
  if (path === "") return []
  const { readLabelFile } = await import("./inventory/labels/read-label-file.ts")
  const file = readLabelFile(path)
  if ("rules" in file) return file.rules
  throw new UsageError(file.mistakes.join("\nsonde-collector: "))
}

/** On SIGHUP the file is read again; a mistake changes nothing. */
async function useLabelsAgain(collector: Collector, path: string, log: Log): Promise<void> {
  try {
    await useLabels(collector, await readLabels(path))
    log.info({}, `The rules of ${path} are in force.`)
  } catch (error) {
    log.warn({}, `The rules stay as they were. ${(error as Error).message}`)
  }
}

async function useLabels(collector: Collector, rules: readonly LabelRuleFields[]): Promise<void> {
  try {
    await collector.useLabels(rules, Date.now() * 1000)
  } catch (error) {
    throw error instanceof EditError ? new UsageError(`--labels: ${error.message}`) : error
  }
}

/** Settings that would silently do nothing: over NATS the events come as their sensors made them. */
function refuseIdleSettings({ values, origins }: Settled<typeof OPTIONS>): void {
  if (values.nats === "") return
  const set = Object.keys(EMBEDDED_OPTIONS).filter((name) => /^(file|command line)$/.test(origins[name]!))
  if (set.length === 0) return
  const names = set.map((name) => (origins[name] === "file" ? `"${name}"` : flagName(name))).join(", ")
  throw new UsageError(`With --nats these are to be set at the sensors: ${names}.`)
}

/** Those of the file; none where it names none: clients of HTTP and TLS are loaded when there is somebody to tell. */
async function channelsOf(values: RunValues): Promise<readonly Channel[]> {
  if (values.notify.length === 0) return []
  const { openChannels } = await import("./notify/open-channels.ts")
  const { publishOnce } = await import("./consume/publish-once.ts")
  const opened = openChannels(parseChannels(values.notify).channels, {
    publish: publishOnce,
    credentials: process.env.CREDENTIALS_DIRECTORY ?? "",
    version: VERSION,
    host: hostname(),
    proc: String(process.pid),
    now: Date.now,
  })
  if ("channels" in opened) return opened.channels
  throw new UsageError(opened.mistakes.join("\nsonde-collector: "))
}

/** Tokens beside the store, and what TLS needs. Throws UsageError, TokensError, TlsFilesError. */
function accessOf(values: RunValues, log: Log) {
  const paths = tlsPaths(values)
  const tokens = new Tokens(values.data, (error) => log.error({}, `Everybody is refused: ${(error as Error).message}`))
  const tls = paths === null ? null : readTls(paths)
  return { tokens, tls, mayBePlain: values["plain-http"], hostNames: values["host-name"] }
}

function tlsPaths(values: RunValues): TlsPaths | null {
  return tlsPathsOf(values["tls-certificate"], values["tls-key"], process.env.CREDENTIALS_DIRECTORY ?? "")
}

/** What files say is read again on SIGHUP, which otherwise ends nothing and changes nothing. */
function reload(collector: Collector, values: RunValues, log: Log): void {
  const paths = tlsPaths(values)
  if (paths !== null) useTlsAgain((pair) => collector.useTls(pair), paths, log)
  if (values.labels !== "") void useLabelsAgain(collector, values.labels, log)
}

async function run(settled: Settled<typeof OPTIONS>): Promise<number> {
  const { values } = settled
  refuseIdleSettings(settled)
  if (values.exit && values.read.length === 0)
    throw new UsageError("--exit needs --read FILE: nothing else ends by itself.")
  if (values.interface.length > 0 && (values.nats !== "" || values.read.length > 0))
    throw new UsageError("--interface excludes --read and --nats: events come from an interface, captures or a server.")
  if (values.nats !== "" && values.read.length > 0)
    throw new UsageError("--read and --nats exclude each other: events come from captures or from a server.")
  if (values.nats !== "") {
    const access = accessFiles(values, process.env.CREDENTIALS_DIRECTORY)
    checkAccess(access, parseBusAddress(values.nats))
    readAccess(access)
  }
  const partners = values.partners === "" ? null : await readPartners(values.partners)
  const labels = await readLabels(values.labels)
  const channels = await channelsOf(values)
  const log = createLog("sonde-collector", values["log-level"])
  const stopped = new Promise<void>((resolve) => {
    process.on("SIGINT", resolve)
    process.on("SIGTERM", resolve)
  })
  let collector: Collector
  let key: ReturnType<typeof readKeyFile> | null = null
  try {
    // Not recursive: the runtime's recursive mkdir never returns where the system refuses a folder, as below /proc.
    if (!existsSync(values.data)) mkdirSync(values.data, { mode: 0o700 })
    if (values.read.length > 0 || values.interface.length > 0) key = keyOf(values)
    collector = await Collector.start(await openStore(values, log), {
      listen: parseListen(values.listen)!,
      assets: join(import.meta.dirname, "web/dist"),
      version: VERSION,
      access: accessOf(values, log),
      joinWindowUs: values["join.window"],
      silenceUs: values["sensor.silence"],
      channels,
      log: (sentence) => log.warn({}, sentence),
      onError: (error) => log.error({ error: String(error) }, "A request failed."),
    })
  } catch (error) {
    throw explain(error)
  }
  out(`API and console on ${collector.url}, data in ${values.data}.\n`)
  try {
    await useLabels(collector, labels)
    process.on("SIGHUP", () => reload(collector, values, log))
    if (partners !== null) await collector.usePartners(partners, Date.now() * 1000)
    const code = await serve(collector, values, key, log, stopped)
    await collector.close()
    return code
  } catch (error) {
    // What the last checkpoint holds is safe; what came after it is read or delivered again.
    await collector.abort()
    throw explain(error)
  }
}

function openStore(values: RunValues, log: Log): ReturnType<typeof openSqliteStore> {
  return openSqliteStore(values.data, { limits: storeLimits(values), say: (sentence) => log.info({}, sentence) })
}

/** Feeds the collector until its input ends (--exit) or somebody stops it. */
async function serve(
  collector: Collector,
  values: Values,
  key: ReturnType<typeof readKeyFile> | null,
  log: Log,
  stopped: Promise<void>,
): Promise<number> {
  const bus = values.nats === "" ? null : startBus(collector, values, log)
  let code = 0
  if (key !== null) {
    const isLive = values.interface.length > 0
    const patience = isLive ? { say: (sentence: string): void => log.warn({}, sentence) } : null
    const consumer = new InProcessConsumer(collector.inventory, checkpointLimits(values), SYSTEM_CLOCK, patience)
    if (!isLive) consumer.underWay = "The captures of --read are not read and applied yet."
    collector.addFeed(consumer)
    const sensor = embedSensor({
      read: values.read,
      keylog: values.keylog,
      ...(isLive
        ? { live: { interfaces: values.interface, filter: values.filter, say: (sentence) => log.warn({}, sentence) } }
        : {}),
      settings: values,
      key,
      tenant: "default",
      sensor: "embedded",
      receive: (bytes) => consumer.receive(bytes),
    })
    void stopped.then(() => {
      consumer.end()
      sensor.stop()
    })
    code = await readCaptures(sensor, consumer)
    consumer.underWay = ""
    await tellFindings(collector)
    if (isLive) return code
  }
  if (!values.exit) await stopped
  await bus?.close()
  return code
}

function checkpointLimits(values: RunValues): CheckpointLimits {
  return { ...CHECKPOINT_LIMITS, intervalMs: values["checkpoint.interval"] / 1000 }
}

function startBus(collector: Collector, values: RunValues, log: Log): JetStreamConsumer {
  const consumer = new JetStreamConsumer(collector.inventory, {
    address: parseBusAddress(values.nats)!,
    access: accessFiles(values, process.env.CREDENTIALS_DIRECTORY),
    durable: values.durable,
    checkpoint: checkpointLimits(values),
    aheadUs: values["sensor.ahead"],
    log: (sentence: string) => log.info({}, sentence),
    warn: (sentence: string) => log.warn({}, sentence),
  })
  collector.addFeed(consumer)
  return consumer
}

async function config(settled: Settled<typeof OPTIONS>): Promise<number> {
  out(inForce(OPTIONS, settled))
  return 0
}

/** Loaded when it is asked for: validators and a YAML reader are nothing that a daemon should wait for. */
async function openapi(settled: Settled<typeof OPENAPI_OPTIONS>): Promise<number> {
  const { runOpenapi } = await import("./openapi.ts")
  try {
    return await runOpenapi(settled, out)
  } catch (error) {
    throw explain(error)
  }
}

async function backtest(settled: Settled<typeof BACKTEST_OPTIONS>): Promise<number> {
  const { runBacktest } = await import("./backtest.ts")
  try {
    return await runBacktest(settled, out)
  } catch (error) {
    throw explain(error)
  }
}

const notify = async (settled: Settled<typeof NOTIFY_COMMAND_OPTIONS>): Promise<number> =>
  (await import("./notify.ts")).runNotify(settled, out)

async function backup(settled: Settled<typeof BACKUP_OPTIONS>): Promise<number> {
  const { runBackup } = await import("./backup.ts")
  const isTerminal = process.stderr.isTTY === true
  const progress = (share: number): void => (isTerminal ? err(`\r${Math.round(share * 100)} %`) : undefined)
  return runBackup(settled, { out, progress })
}

const restore = async (settled: Settled<typeof RESTORE_OPTIONS>): Promise<number> =>
  (await import("./backup.ts")).runRestore(settled, Date.now(), out)

const check = async (settled: Settled<typeof CHECK_OPTIONS>): Promise<number> =>
  (await import("./backup.ts")).runCheck(settled, out)

async function token(settled: Settled<typeof TOKEN_OPTIONS>): Promise<number> {
  const { runToken } = await import("./token.ts")
  return runToken(settled, Date.now(), { out, err })
}

async function nats(settled: Settled<typeof NATS_OPTIONS>): Promise<number> {
  const { runNats } = await import("./credentials/command.ts")
  return runNats(settled, new Date().toISOString().slice(0, 10), out)
}

const status = async (settled: Settled<typeof STATUS_OPTIONS>): Promise<number> =>
  (await import("./status.ts")).runStatus(settled, out)

const simulate = async (settled: Settled<typeof SIMULATE_OPTIONS>): Promise<number> =>
  (await import("./simulate/command.ts")).runSimulate(settled, out)

// A log pipe that is closed is no reason to stop collecting.
process.stdout.on("error", () => undefined)
process.stderr.on("error", () => undefined)
const code = await runProgram(
  {
    name: "sonde-collector",
    version: VERSION,
    sentence: "Collects API events from sensors: an inventory of every API and of who uses it, served over HTTP.",
    actions: [
      action(runCommand(OPTIONS), run),
      action(statusCommand, status),
      action(tokenCommand, token),
      action(backupCommand, backup),
      action(restoreCommand, restore),
      action(checkCommand, check),
      action(configCommand(OPTIONS), config),
      action(openapiCommand, openapi),
      action(backtestCommand, backtest),
      action(notifyCommand, notify),
      action(natsCommand, nats),
      action(simulateCommand, simulate),
    ],
  },
  { argv: process.argv.slice(2), environment: process.env, out, err },
)
// A read of a silent pipe cannot be called back, and must not keep a finished command alive.
process.exit(code)
