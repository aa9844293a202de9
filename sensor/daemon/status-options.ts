// `sonde-sensor status`: its options.
import type { Command } from "../../shared/config/help.ts"
import type { Options } from "../../shared/config/options.ts"

export const STATUS_OPTIONS = {
  folder: {
    kind: "text",
    sentence: "Where sensors keep their status files, when no FILE is named.",
    default: "/run/sonde",
    placeholder: "DIR",
  },
  format: {
    kind: "text",
    sentence: "A page for people, or an array for machines.",
    default: "text",
    values: ["text", "json"],
  },
} as const satisfies Options

export const STATUS = {
  name: "status",
  operands: "[FILE...]",
  sentence: "Says how the sensors of this host are; exit code 1 when one is not well, or there is none.",
  options: STATUS_OPTIONS,
} as const satisfies Command
