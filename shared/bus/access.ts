// What a program shows to a NATS server and what it trusts, out of the files that its options name.
//
// In:  paths. Out: a seed, PEM texts. Read again for every connection, so that a key that was replaced on disk is used without a restart.
// Throws WorldError with the option, the file and what to do.
import { readFileSync, statSync } from "node:fs"
import { readPrivateFile } from "../config/private-file.ts"
import { UsageError, WorldError } from "../config/program.ts"
import type { BusAddress } from "../event/event-stream.ts"
import { userSeedOf } from "./nkey.ts"

const PEM_BYTES_MAX = 1024 * 1024
const KEY_BYTES_MAX = 64 * 1024

/** Paths, "" for none. `systemd`: the unit's credentials directory, "" outside of one. */
export interface AccessFiles {
  readonly credentials: string
  readonly ca: string
  readonly certificate: string
  readonly key: string
  readonly systemd: string
}

export const NO_ACCESS: AccessFiles = { credentials: "", ca: "", certificate: "", key: "", systemd: "" }

export interface Access {
  /** Null: whatever the URL holds. */
  readonly seed: Uint8Array | null
  /** Null: TLS only where the URL or the server wants it. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | null
}

export function readAccess(files: AccessFiles): Access {
  return { seed: seedOf(files), tls: tlsOf(files) }
}

/** What does not go together, before anything is opened. Throws UsageError. */
export function checkAccess(files: AccessFiles, address: BusAddress | null): void {
  if (files.credentials !== "" && (address?.user !== undefined || address?.token !== undefined))
    throw new UsageError("--nats-credentials excludes a user, password or token in --nats.")
  if ((files.certificate === "") !== (files.key === ""))
    throw new UsageError("--nats-certificate and --nats-key need each other.")
}

function seedOf({ credentials, systemd }: AccessFiles): Uint8Array | null {
  if (credentials === "") return null
  const read = readPrivateFile(credentials, systemd, "a file of an nkey")
  if ("mistake" in read) throw new WorldError(`--nats-credentials ${credentials} ${read.mistake}.`)
  const seed = userSeedOf(read.bytes.toString("latin1"))
  if (seed === null)
    throw new WorldError(
      `--nats-credentials ${credentials} does not hold the seed of a user's nkey ("SU" and 56 letters).`,
    )
  return Buffer.from(seed, "latin1")
}

function tlsOf({ ca, certificate, key, systemd }: AccessFiles): Access["tls"] {
  if (ca === "" && certificate === "") return null
  return {
    ...(ca === "" ? {} : { ca: pemOf("--nats-ca", ca) }),
    ...(certificate === "" ? {} : { cert: pemOf("--nats-certificate", certificate), key: keyOf(key, systemd) }),
  }
}

function keyOf(path: string, systemd: string): string {
  const read = readPrivateFile(path, systemd, "a private key", KEY_BYTES_MAX)
  if ("mistake" in read) throw new WorldError(`--nats-key ${path} ${read.mistake}.`)
  return read.bytes.toString("latin1")
}

function pemOf(option: string, path: string): string {
  let text: string
  try {
    text = statSync(path).size > PEM_BYTES_MAX ? "" : readFileSync(path, "latin1")
  } catch (error) {
    throw new WorldError(`${option} ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----"))
    throw new WorldError(`${option} ${path} holds no certificate (PEM).`)
  return text
}
