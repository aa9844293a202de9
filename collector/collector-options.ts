// Which collector a command asks, or which store it reads: declared once for all commands.

import type { Option, Options } from "../shared/config/options.ts"
import { readPrivateFile } from "../shared/config/private-file.ts"
import { UsageError } from "../shared/config/program.ts"

/** Where commands look for a collector when nothing is said. */
export const DEFAULT_URL = "http://127.0.0.1:8470"

export const COLLECTOR_OPTIONS = {
  url: {
    kind: "text",
    sentence: `Collector that is asked; ${DEFAULT_URL} where neither this nor --data is given.`,
    default: "",
    placeholder: "URL",
    check: (text: string) => (text === "" || isHttpUrl(text) ? null : `an address such as ${DEFAULT_URL}`),
  },
  "token-file": {
    kind: "text",
    sentence: "File that holds an access token for the collector that is asked, mode 0600.",
    default: "",
    placeholder: "FILE",
  },
  data: {
    kind: "text",
    sentence: "In place of a collector, its store's folder, while no collector is using it.",
    default: "",
    placeholder: "DIR",
  },
} as const satisfies Options

export const STORE_FOLDER = {
  kind: "text",
  sentence: "Folder of the store.",
  default: ".sonde",
  placeholder: "DIR",
} as const satisfies Option

function isHttpUrl(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}

/** The token in the file; "" where none is named. Throws UsageError. */
export function tokenIn(path: string): string {
  if (path === "") return ""
  const read = readPrivateFile(path, "", "a file with a token")
  if ("mistake" in read) throw new UsageError(`--token-file: ${path} ${read.mistake}.`)
  return read.bytes.toString().trim()
}
