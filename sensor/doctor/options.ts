// The options of sonde-sensor doctor, apart from its work, which is loaded only when somebody asks for it.
import type { Command } from "../../shared/config/help.ts"
import type { Options, ValuesOf } from "../../shared/config/options.ts"

export const DOCTOR_OPTIONS = {
  interface: {
    kind: "list",
    sentence: "Live interfaces to look at, all together.",
    default: [],
    placeholder: "NAME",
  },
  read: {
    kind: "list",
    sentence: "Captures to look at in place of interfaces (- for stdin).",
    default: [],
    placeholder: "FILE",
  },
  seconds: { kind: "number", sentence: "How long to look at interfaces.", default: 10, min: 1, max: 3600 },
  format: {
    kind: "text",
    sentence: "A report for people, or one JSON object for machines.",
    default: "text",
    values: ["text", "json"],
  },
} as const satisfies Options

export type DoctorValues = ValuesOf<typeof DOCTOR_OPTIONS>

export const DOCTOR: Command & { options: typeof DOCTOR_OPTIONS } = {
  name: "doctor",
  operands: "",
  sentence:
    "Examines a mirror: directions, loss, duplicates, order, tunnels, what can be read, and what to do about each. Exits with 1 when something is bad, 0 when at worst there are warnings, 2 for mistakes in the options.",
  options: DOCTOR_OPTIONS,
}
