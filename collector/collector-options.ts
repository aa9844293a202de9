// Which collector a command asks: declared once for all commands that ask one.
import type { Options } from "../shared/config/options.ts"

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
  data: {
    kind: "text",
    sentence: "In place of a collector, its store's folder, while no collector is using it.",
    default: "",
    placeholder: "DIR",
  },
} as const satisfies Options

function isHttpUrl(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}
