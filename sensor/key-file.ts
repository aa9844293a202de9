// The pseudonym key on disk: one file, readable by its owner only, shared by the sensors of a tenant.
import { randomBytes } from "node:crypto"
import { readPrivateFile, reasonOf } from "../shared/config/private-file.ts"
import { WorldError } from "../shared/config/program.ts"
import { makeFile, replaceFile } from "../shared/config/whole-file.ts"
import { formatKey, parseKey, rotatedKey } from "./summary/privacy/key-text.ts"
import { KEY_BYTES, type PseudonymKey } from "./summary/privacy/pseudonym.ts"

/**
 * Reads a key. Throws WorldError when the file is missing, damaged, or open to others than its owner. A copy in `credentials`
 * (systemd's credentials directory, private to the unit) may show a group's bits, which stand for an access list there.
 */
export function readKeyFile(path: string, credentials = ""): PseudonymKey {
  const parsed = parseKey(keyFileBytes(path, credentials))
  if ("mistake" in parsed) throw new WorldError(`--key-file ${path}: ${parsed.mistake}.`)
  return parsed.key
}

function keyFileBytes(path: string, credentials: string): Buffer {
  const read = readPrivateFile(path, credentials, "a key file")
  if ("mistake" in read) throw new WorldError(`--key-file ${path} ${read.mistake}.`)
  return read.bytes
}

/** Makes a new key file. Throws WorldError when there is one already: a key that is lost cannot be made again. */
export function makeKeyFile(path: string): void {
  makeSecretFile(path, formatKey(randomBytes(KEY_BYTES)))
}

/** A new file that only its owner can read. Throws WorldError. */
export function makeSecretFile(path: string, text: string): void {
  worldly(path, "it exists, and a key is never overwritten", () => makeFile(path, text, 0o600))
}

/**
 * Puts a new key into force in a key file, the present one beside it for the time of the overlap. `today`: "YYYY-MM-DD". The file
 * is replaced in one step: a sensor that starts meanwhile reads the one or the other. Throws WorldError, also while a former key is
 * still in use, unless `isForced`.
 */
export function rotateKeyFile(path: string, today: string, isForced: boolean): void {
  const rotated = rotatedKey(keyFileBytes(path, ""), randomBytes(KEY_BYTES), today, isForced)
  if ("mistake" in rotated) throw new WorldError(`${path} ${rotated.mistake}.`)
  worldly(`${path}.new`, "it exists; remove what a rotation left", () => replaceFile(path, rotated.text, 0o600))
}

function worldly(path: string, exists: string, act: () => void): void {
  try {
    act()
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST"
    throw new WorldError(`${path} cannot be made: ${isThere ? exists : reasonOf(error)}.`)
  }
}

/**
 * The key of local readings without --key-file: the same for everybody, so that two readings agree. It hides nothing from
 * anyone who knows this file; `run` never uses it.
 */
export function localKey(): PseudonymKey {
  const parsed = parseKey(Buffer.from("00".repeat(KEY_BYTES)))
  if ("mistake" in parsed) throw new Error(parsed.mistake)
  return parsed.key
}

/** The key that `path` names, or the local one when it is "". */
export function settledKey(path: string, credentials: string | undefined): PseudonymKey {
  return path === "" ? localKey() : readKeyFile(path, credentials)
}
