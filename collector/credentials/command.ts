// sonde-collector nats: credentials of the bus. Out: files in a folder, sentences that say what to do with them.
import { relative, resolve } from "node:path"
import { userSeedOf } from "../../shared/bus/nkey.ts"
import type { Settled } from "../../shared/config/options.ts"
import { UsageError } from "../../shared/config/program.ts"
import { nkeys } from "../consume/nats-library.ts"
import type { NATS_OPTIONS } from "./options.ts"
import { COLLECTOR, type NewKey, Registry } from "./registry.ts"

const ACTIONS = ["init", "add-sensor", "rotate", "revoke", "list", "config"]
const RELOAD = "Then: systemctl reload nats-server"

/** `today`: "2026-11-25". */
export function runNats(
  { values, operands, origins }: Settled<typeof NATS_OPTIONS>,
  today: string,
  out: (text: string) => void,
): number {
  const [action, ...names] = operands
  if (action === undefined || !ACTIONS.includes(action))
    throw new UsageError(`nats takes one of ${ACTIONS.join(", ")}.`)
  const name = nameOf(action, names)
  if (values.former && action !== "revoke") throw new UsageError("--former belongs to revoke.")
  if (origins.public !== "default" && values.public === "")
    throw new UsageError("--public is empty: it takes the key that sonde-sensor keygen --nats printed.")
  if (origins.public !== "default" && action !== "add-sensor" && action !== "rotate")
    throw new UsageError("--public belongs to add-sensor and rotate.")
  if (action === "init") {
    const registry = Registry.create(values.dir, today, values.durable, newKey(""))
    out(`${registry.pathOfSeed(COLLECTOR)} is the collector's key (--nats-credentials). `)
    out(
      `nats-server.conf needs the line "include PATH", PATH as seen from its folder: ${relative("/etc", resolve(registry.pathOfAccounts))} for /etc/nats-server.conf.\n`,
    )
    return 0
  }
  const registry = Registry.open(values.dir, today)
  if (action === "list") for (const holder of registry.holders) out(lineOf(holder))
  if (action === "config") {
    registry.writeAccounts()
    out(registry.accounts)
  }
  if (action === "add-sensor") {
    registry.addSensors(names, values.tenant, newKey(values.public))
    out(`${seedSentence(registry, name, values.public)} ${RELOAD}\n`)
  }
  if (action === "rotate") {
    registry.rotate(name, newKey(values.public))
    out(
      `${seedSentence(registry, name, values.public)} The former key is good until: nats revoke ${name} --former. ${RELOAD}\n`,
    )
  }
  if (action === "revoke") {
    if (values.former) registry.revokeFormer(name)
    else registry.revoke(name)
    out(
      `${values.former ? `The former key of ${name}` : name} is no longer known. ${RELOAD}: it ends the connections.\n`,
    )
  }
  return 0
}

function nameOf(action: string, names: readonly string[]): string {
  const most = action === "add-sensor" ? Number.POSITIVE_INFINITY : /^(rotate|revoke)$/.test(action) ? 1 : 0
  if (names.length > most) throw new UsageError(`nats ${action} takes ${most === 0 ? "no name" : "one name"}.`)
  if (most > 0 && names.length === 0) throw new UsageError(`nats ${action} needs a NAME.`)
  return names[0] ?? ""
}

function newKey(publicKey: string): NewKey {
  if (publicKey !== "") return { publicKey, seed: "" }
  const key = nkeys.createUser()
  const seed = userSeedOf(Buffer.from(key.getSeed()).toString("latin1"))
  if (seed === null) throw new Error("the library made a seed that is none")
  return { publicKey: key.getPublicKey(), seed }
}

function seedSentence(registry: Registry, name: string, publicKey: string): string {
  if (publicKey !== "") return `${name} has the key ${publicKey}.`
  const use = name === COLLECTOR ? "for the collector" : "move it to the sensor's host"
  return `${registry.pathOfSeed(name)} is the key of ${name}: ${use} (--nats-credentials).`
}

function lineOf({ name, tenant, sensors, keys }: Registry["holders"][number]): string {
  const who = sensors.length === 0 ? "collector" : `tenant ${tenant}, speaks as ${sensors.join(", ")}`
  return `${name}: ${who}; ${keys.map(({ publicKey, made }) => `${publicKey} of ${made}`).join(", former ")}\n`
}
