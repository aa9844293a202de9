// Options of `sonde-collector backtest`, declared once.
import type { Command } from "../shared/config/help.ts"
import type { Options, ValuesOf } from "../shared/config/options.ts"
import { COLLECTOR_OPTIONS } from "./collector-options.ts"

export const BACKTEST_OPTIONS = {
  ...COLLECTOR_OPTIONS,
  set: {
    kind: "list",
    sentence: "A setting as it might be: DETECTION.SETTING=NUMBER, any number of times.",
    default: [],
    placeholder: "SETTING",
  },
  off: { kind: "list", sentence: "A detection as if it were off.", default: [], placeholder: "DETECTION" },
  on: { kind: "list", sentence: "A detection as if it were on.", default: [], placeholder: "DETECTION" },
  since: {
    kind: "text",
    sentence: "Tell incidents opened from this day (YYYY-MM-DD, event time) on; all when left out.",
    default: "",
    placeholder: "DAY",
    check: (text: string) => (text === "" || /^\d{4}-\d{2}-\d{2}$/.test(text) ? null : "a day such as 2026-11-23"),
  },
  format: {
    kind: "text",
    sentence: "text or json.",
    default: "text",
    placeholder: "text|json",
    check: (text: string) => (/^(text|json)$/.test(text) ? null : "text or json"),
  },
} as const satisfies Options

export type BacktestValues = ValuesOf<typeof BACKTEST_OPTIONS>

export const backtestCommand: Command & { readonly options: typeof BACKTEST_OPTIONS } = {
  name: "backtest",
  operands: "",
  sentence:
    "Runs the stored history through the detections once more, with settings that are considered, and tells which incidents would be new and which would not be there. Nothing is changed.",
  options: BACKTEST_OPTIONS,
}
