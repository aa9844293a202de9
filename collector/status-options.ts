// Options of `sonde-collector status`, declared once.
import type { Command } from "../shared/config/help.ts"
import type { Options } from "../shared/config/options.ts"
import { COLLECTOR_OPTIONS } from "./collector-options.ts"

export const STATUS_OPTIONS = {
  url: { ...COLLECTOR_OPTIONS.url, sentence: "Collector that is asked; http://127.0.0.1:8470 where it is left out." },
  format: {
    kind: "text",
    sentence: "A page for people, or one object for machines.",
    default: "text",
    values: ["text", "json"],
  },
} as const satisfies Options

export const statusCommand: Command & { readonly options: typeof STATUS_OPTIONS } = {
  name: "status",
  operands: "",
  sentence:
    "Says how a running collector is, and what it hears of its sensors. The exit code is 1 when something is not well.",
  options: STATUS_OPTIONS,
}
