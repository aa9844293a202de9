// Options of `sonde-collector simulate`, declared once.
import type { Command } from "../../shared/config/help.ts"
import type { Options, ValuesOf } from "../../shared/config/options.ts"
import { parseAttacks } from "./attacks/plans.ts"
import { DETECTOR_NAMES } from "./labels.ts"

/** 0.02 of "2%" or "0.02"; null when it is neither, or beyond a half. */
export function parseShare(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim())
  if (match === null) return null
  const share = Number(match[1]) / (match[2] === "%" ? 100 : 1)
  return share <= 0.5 ? share : null
}

export const SIMULATE_OPTIONS = {
  seed: { kind: "number", sentence: "Seed: the same one gives the same world.", default: 1, min: 0, max: 2 ** 31 },
  days: { kind: "number", sentence: "Days of traffic.", default: 14, min: 1, max: 400 },
  consumers: { kind: "number", sentence: "Partners that use the APIs.", default: 20, min: 1, max: 2000 },
  half: {
    kind: "text",
    sentence: "Which APIs and mix of partners: those that thresholds are tuned on, or those kept for judging.",
    default: "development",
    values: ["development", "judging"],
  },
  attacks: {
    kind: "text",
    sentence: "Names of attacks with commas between, all, or none.",
    default: "all",
    placeholder: "LIST|all|none",
    check: (text: string) =>
      parseAttacks(text) === null ? `all, none, or names of ${DETECTOR_NAMES.join(", ")}` : null,
  },
  intensity: {
    kind: "number",
    sentence: "From 1, hardly anything, to 5, loud; 0 draws it for each attack.",
    default: 0,
    min: 0,
    max: 5,
  },
  variants: {
    kind: "flag",
    sentence: "Besides, one who knows the thresholds, attacks before anything is learned, and a campaign.",
    default: false,
  },
  loss: {
    kind: "text",
    sentence: "Share of packets that the mirror loses.",
    default: "0%",
    placeholder: "SHARE",
    check: (text: string) => (parseShare(text) === null ? "a share up to a half, such as 2%" : null),
  },
  "one-way": { kind: "number", sentence: "Hours in which only requests are seen.", default: 0, min: 0, max: 100 },
  out: { kind: "text", sentence: "Capture file to write.", default: "", placeholder: "FILE.pcap" },
  labels: { kind: "text", sentence: "File to write the truth to.", default: "", placeholder: "FILE.json" },
} as const satisfies Options

export type SimulateValues = ValuesOf<typeof SIMULATE_OPTIONS>

export const simulateCommand: Command & { readonly options: typeof SIMULATE_OPTIONS } = {
  name: "simulate",
  operands: "",
  sentence:
    "Writes made-up traffic of partners over days or weeks as a capture file, with what must not be taken for an attack and, where asked for, attacks; which exchanges are which is in the labels.",
  options: SIMULATE_OPTIONS,
}
