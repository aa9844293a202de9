// Certificate and key of API and console: read at the start and again on SIGHUP, so that a renewal needs no restart.
//
// In:  two paths. Out: their contents where they are whole and fit each other, or a TlsFilesError with a sentence that names the option; what
// is in use stays then.
import { X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import { createSecureContext } from "node:tls"
import { readPrivateFile } from "../shared/config/private-file.ts"
import { UsageError } from "../shared/config/program.ts"
import type { Log } from "../shared/telemetry/log.ts"

const KEY_BYTES_MAX = 65_536

export interface TlsPaths {
  readonly certificate: string
  readonly key: string
  /** Folder of systemd's credentials, "" for none. */
  readonly credentials: string
}

export interface TlsPair {
  readonly cert: Buffer
  readonly key: Buffer
  /** Of the first certificate, as it says it. */
  readonly validTo: string
}

/** One sentence. */
export class TlsFilesError extends Error {}

export function readTls({ certificate, key, credentials }: TlsPaths): TlsPair {
  const read = readPrivateFile(key, credentials, "a private key", KEY_BYTES_MAX)
  if ("mistake" in read) throw new TlsFilesError(`--tls-key: ${key} ${read.mistake}.`)
  try {
    const cert = readFileSync(certificate)
    createSecureContext({ cert, key: read.bytes })
    return { cert, key: read.bytes, validTo: new X509Certificate(cert).validTo }
  } catch (error) {
    const { code, message, reason = "" } = error as NodeJS.ErrnoException & { readonly reason?: string }
    const why = code === "ENOENT" ? `there is no ${certificate}` : reason === "" ? message.split("\n")[0] : reason
    throw new TlsFilesError(`--tls-certificate, --tls-key: ${why}.`)
  }
}

/** Null where neither is named. Throws UsageError. */
export function tlsPathsOf(certificate: string, key: string, credentials: string): TlsPaths | null {
  if ((certificate === "") !== (key === "")) throw new UsageError("--tls-certificate and --tls-key need each other.")
  return certificate === "" ? null : { certificate, key, credentials }
}

/** On SIGHUP: a pair that cannot be used leaves the one that is in use. */
export function useTlsAgain(use: (pair: TlsPair) => void, paths: TlsPaths, log: Log): void {
  try {
    const pair = readTls(paths)
    use(pair)
    log.info(
      {},
      `The certificate of ${paths.certificate} is in use for new connections; it is valid to ${pair.validTo}.`,
    )
  } catch (error) {
    log.warn({}, `The certificate stays as it was. ${(error as Error).message}`)
  }
}
