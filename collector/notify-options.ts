// Options of `sonde-collector notify`, declared once.
import type { Command } from "../shared/config/help.ts"
import type { Options } from "../shared/config/options.ts"
import { COLLECTOR_OPTIONS } from "./collector-options.ts"

export const NOTIFY_COMMAND_OPTIONS = {
  // A store at rest tells nobody anything.
  url: { ...COLLECTOR_OPTIONS.url, sentence: "Collector that is asked; http://127.0.0.1:8470 where it is left out." },
  "token-file": COLLECTOR_OPTIONS["token-file"],
  channel: { kind: "text", sentence: "Only this channel; all when left out.", default: "", placeholder: "NAME" },
} as const satisfies Options

export const notifyCommand: Command & { readonly options: typeof NOTIFY_COMMAND_OPTIONS } = {
  name: "notify",
  operands: "test|state",
  sentence:
    "Sends a test to the channels that a running collector tells of incidents, or shows how it fares with them. The exit code of a test is 0 when every channel took it.",
  options: NOTIFY_COMMAND_OPTIONS,
}
