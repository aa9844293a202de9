// Who may connect to the NATS server: names and public keys, in one file of the state folder.
//
//   credentials.json   what this file keeps          accounts.conf   what the server reads, made of it (server-accounts.ts)
//   NAME.nk            the newest seed of a holder, mode 0600: to be moved to where it is used
//
// Public keys are no secret: neither the server nor this file can prove to be a sensor. A holder has one key, or two while one takes the
// place of the other. Throws UsageError for what makes no sense, WorldError for what the disk refuses; nothing has changed then.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { isUserKey } from "../../shared/bus/nkey.ts"
import { reasonOf } from "../../shared/config/private-file.ts"
import { UsageError, WorldError } from "../../shared/config/program.ts"
import { replaceFile } from "../../shared/config/whole-file.ts"
import { isSubjectToken } from "../../shared/event/subjects.ts"
import { accountsText } from "./server-accounts.ts"

export const COLLECTOR = "collector"
/** As many as the inventory knows sensors. */
export const HOLDERS_MAX = 10_000
/** Names of sensors that one credential may speak as: those of one host. */
export const SENSORS_MAX = 64
const REGISTRY_BYTES_MAX = 16 * 1024 * 1024

export interface HeldKey {
  readonly publicKey: string
  /** Day on which it was made, "2026-11-25". */
  readonly made: string
}

/** The collector, or the sensors of one credential. */
export interface Holder {
  readonly name: string
  /** "" and none of the collector. */
  readonly tenant: string
  readonly sensors: readonly string[]
  /** Newest first. */
  readonly keys: readonly HeldKey[]
}

export interface NewKey {
  readonly publicKey: string
  /** "" where the seed stays with whoever made it. */
  readonly seed: string
}

interface Kept {
  readonly version: 1
  /** The collector's durable consumer: it may touch no other. */
  readonly durable: string
  readonly holders: readonly Holder[]
}

export class Registry {
  readonly #folder: string
  readonly #today: string
  #kept: Kept

  private constructor(folder: string, today: string, kept: Kept) {
    this.#folder = folder
    this.#today = today
    this.#kept = kept
  }

  static create(folder: string, today: string, durable: string, key: NewKey): Registry {
    if (existsSync(join(folder, "credentials.json")))
      throw new UsageError(`${folder} holds credentials already; they are never overwritten.`)
    const registry = new Registry(folder, today, { version: 1, durable, holders: [] })
    // Not recursive: a folder at a mistyped place is a mistake to be told.
    worldly(folder, () => existsSync(folder) || mkdirSync(folder, { mode: 0o755 }))
    registry.#keep([{ name: COLLECTOR, tenant: "", sensors: [], keys: [registry.#held(key)] }], COLLECTOR, key.seed)
    return registry
  }

  static open(folder: string, today: string): Registry {
    const path = join(folder, "credentials.json")
    if (!existsSync(path))
      throw new UsageError(`${folder} holds no credentials; sonde-collector nats init makes the first ones.`)
    const text = worldly(path, () => readFileSync(path, "utf8"))
    const kept = text.length > REGISTRY_BYTES_MAX ? null : parseKept(text)
    if (kept === null)
      throw new WorldError(`${path} is damaged: restore it, or remove it and make all credentials anew.`)
    return new Registry(folder, today, kept)
  }

  get holders(): readonly Holder[] {
    return this.#kept.holders
  }

  get accounts(): string {
    return accountsText(this.#kept.holders, this.#kept.durable)
  }

  pathOfSeed(name: string): string {
    return join(this.#folder, `${name}.nk`)
  }

  get pathOfAccounts(): string {
    return join(this.#folder, "accounts.conf")
  }

  /** `sensors`: what the credential may speak as; the first one is its name, too. */
  addSensors(sensors: readonly string[], tenant: string, key: NewKey): void {
    const { holders } = this.#kept
    for (const sensor of sensors) {
      if (!isSubjectToken(sensor) || sensor === COLLECTOR)
        throw new UsageError(
          `"${sensor}" is no sensor's name: letters, digits, "-" and "_", at most 64 of them, not "${COLLECTOR}".`,
        )
      const taken = holders.find((holder) => holder.sensors.includes(sensor) || holder.name === sensor)
      if (taken !== undefined)
        throw new UsageError(
          `Sensor ${sensor} has a credential (${taken.name}, tenant ${taken.tenant}); names are unique on a bus.`,
        )
    }
    if (new Set(sensors).size < sensors.length) throw new UsageError("A sensor is named twice.")
    if (sensors.length > SENSORS_MAX) throw new UsageError(`One credential speaks for at most ${SENSORS_MAX} sensors.`)
    if (holders.length >= HOLDERS_MAX)
      throw new UsageError(`There are ${HOLDERS_MAX} credentials, and no place for another.`)
    const name = sensors[0]!
    this.#refuseKnownKey(key)
    this.#keep([...holders, { name, tenant, sensors, keys: [this.#held(key)] }], name, key.seed)
  }

  /** Both keys are good until `revokeFormer`. */
  rotate(name: string, key: NewKey): void {
    const holder = this.#holder(name)
    if (holder.keys.length > 1)
      throw new UsageError(`The former key of ${name} is still good; revoke ${name} --former ends that first.`)
    this.#refuseKnownKey(key)
    this.#replace({ ...holder, keys: [this.#held(key), ...holder.keys] }, key.seed)
  }

  revokeFormer(name: string): void {
    const holder = this.#holder(name)
    if (holder.keys.length < 2)
      throw new UsageError(`${name} has one key; without --former it is taken away altogether.`)
    this.#replace({ ...holder, keys: holder.keys.slice(0, 1) }, "")
  }

  revoke(name: string): void {
    const holder = this.#holder(name)
    if (name === COLLECTOR) throw new UsageError("The collector's key can be rotated, not taken away.")
    this.#keep(
      this.#kept.holders.filter((one) => one !== holder),
      name,
      "",
    )
    worldly(this.pathOfSeed(name), () => rmSync(this.pathOfSeed(name), { force: true }))
  }

  #holder(name: string): Holder {
    const found = this.#kept.holders.find((holder) => holder.name === name)
    if (found !== undefined) return found
    const speaking = this.#kept.holders.find((holder) => holder.sensors.includes(name))
    const hint = speaking === undefined ? "" : `; it is one of ${speaking.name}`
    throw new UsageError(`There is no credential ${name}${hint}.`)
  }

  #refuseKnownKey({ publicKey }: NewKey): void {
    const known = this.#kept.holders.find(({ keys }) => keys.some((key) => key.publicKey === publicKey))
    if (known !== undefined) throw new UsageError(`${known.name} has that key: each credential needs one of its own.`)
  }

  #held({ publicKey }: NewKey): HeldKey {
    return { publicKey, made: this.#today }
  }

  #replace(holder: Holder, seed: string): void {
    const holders = this.#kept.holders.map((one) => (one.name === holder.name ? holder : one))
    this.#keep(holders, holder.name, seed)
  }

  /** The seed first: a key that the server knows and nobody has would be worse than a file too many. */
  #keep(holders: readonly Holder[], name: string, seed: string): void {
    const kept = { ...this.#kept, holders }
    if (seed !== "") keepFile(this.pathOfSeed(name), `${seed}\n`, 0o600)
    keepFile(join(this.#folder, "credentials.json"), `${JSON.stringify(kept, null, 2)}\n`, 0o644)
    this.#kept = kept
    this.writeAccounts()
  }

  writeAccounts(): void {
    keepFile(this.pathOfAccounts, this.accounts, 0o644)
  }
}

function parseKept(text: string): Kept | null {
  let kept: Partial<Kept>
  try {
    kept = JSON.parse(text) as Partial<Kept>
  } catch {
    return null
  }
  if (kept?.version !== 1 || !isName(kept.durable) || !Array.isArray(kept.holders)) return null
  return kept.holders.every(isHolder) ? (kept as Kept) : null
}

const isName = (value: unknown): boolean => typeof value === "string" && isSubjectToken(value)

/** What is written into the server's configuration is checked again: nothing but tokens and keys reaches it. */
function isHolder(holder: Partial<Holder> | null): boolean {
  if (typeof holder !== "object" || holder === null) return false
  const { name, tenant, sensors, keys } = holder
  if (!isName(name) || !Array.isArray(sensors) || !Array.isArray(keys) || keys.length === 0) return false
  if (name === COLLECTOR ? sensors.length > 0 : !isName(tenant) || sensors.length === 0) return false
  return (
    sensors.every(isName) &&
    (keys as Partial<HeldKey>[]).every(
      (key) =>
        typeof key?.publicKey === "string" && isUserKey(key.publicKey) && /^\d{4}-\d\d-\d\d$/.test(key.made ?? ""),
    )
  )
}

/** A file that a broken-off command left, or one that runs, is not written over. A key that was handed to a user stays that user's. */
const keepFile = (path: string, text: string, mode: number): void =>
  worldly(`${path}.new`, () => replaceFile(path, text, mode))

function worldly<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === "EEXIST")
      throw new WorldError(`${path} exists: another command is at work, or one was broken off; remove it then.`)
    throw new WorldError(`${path} cannot be used: ${reasonOf(error)}.`)
  }
}
