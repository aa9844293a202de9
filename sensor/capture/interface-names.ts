// Names of live interfaces: which are possible, and what they are called in the counters.
import { LiveCaptureError } from "./live-error.ts"

/** Interfaces of one source at most. */
export const INTERFACES_MAX = 32
/** Bytes of a name on Linux, without the zero at its end (IFNAMSIZ - 1). */
const LINUX_NAME_BYTES_MAX = 15
/** Elsewhere libpcap's names are longer. */
const NAME_BYTES_MAX = 255

/** Throws LiveCaptureError "interface" for names that cannot be, are there twice, or are too many. */
export function checkInterfaces(names: readonly string[], isLinux: boolean): void {
  if (names.length === 0) throw refuse("no interface is named")
  if (names.length > INTERFACES_MAX)
    throw refuse(`${names.length} interfaces are named; ${INTERFACES_MAX} are possible`)
  for (const [i, name] of names.entries()) {
    if (name === "any" && isLinux)
      throw refuse('"any" is no interface; name each one, so that its packets and losses can be told apart')
    if (!isPossible(name, isLinux)) throw refuse(`${JSON.stringify(name)} cannot be the name of an interface`)
    if (names.indexOf(name) !== i) throw refuse(`${name} is named twice`)
  }
}

/** Keys of the counters: names with all but letters, digits, "-" and "_" replaced; a number tells equal ones apart. */
export function counterKeys(names: readonly string[]): string[] {
  const keys: string[] = []
  for (const name of names) {
    const base = name.replaceAll(/[^A-Za-z0-9_-]/g, "_")
    let key = base
    for (let again = 2; keys.includes(key); again++) key = `${base}_${again}`
    keys.push(key)
  }
  return keys
}

function isPossible(name: string, isLinux: boolean): boolean {
  const bytes = Buffer.byteLength(name)
  if (bytes === 0 || bytes > (isLinux ? LINUX_NAME_BYTES_MAX : NAME_BYTES_MAX)) return false
  if (/[\p{Cc}\p{White_Space}]/u.test(name)) return false
  return !isLinux || (name !== "." && name !== ".." && !/[/:]/.test(name))
}

function refuse(sentence: string): LiveCaptureError {
  return new LiveCaptureError("interface", sentence)
}
