// Options of the evaluation.
import type { Options } from "../../../shared/config/options.ts"
import { DETECTOR_NAMES } from "../../simulate/labels.ts"

const isKnown = (text: string): boolean => (DETECTOR_NAMES as readonly string[]).includes(text)

export const OPTIONS = {
  seed: {
    kind: "list",
    sentence: "Seeds: a world with attacks and one without for each.",
    default: ["1", "2", "3"],
    placeholder: "N",
    check: (text: string) => (/^\d{1,9}$/.test(text) ? null : "a whole number"),
  },
  half: {
    kind: "text",
    sentence: "Which APIs and mix of partners: those that thresholds are tuned on, or those kept for judging.",
    default: "development",
    values: ["development", "judging"],
  },
  days: { kind: "number", sentence: "Days of each world.", default: 60, min: 2, max: 400 },
  consumers: { kind: "number", sentence: "Partners of each world.", default: 300, min: 4, max: 2000 },
  kind: {
    kind: "list",
    sentence: "Only these attacks; all when left out.",
    default: [],
    placeholder: "NAME",
    check: (text: string) => (isKnown(text) ? null : `names of ${DETECTOR_NAMES.join(", ")}`),
  },
  intensity: { kind: "number", sentence: "1 to 5; 0 draws it for each attack.", default: 0, min: 0, max: 5 },
  repeats: { kind: "number", sentence: "Attacks of each kind in a world.", default: 3, min: 1, max: 50 },
  loss: { kind: "number", sentence: "Packets that are lost, in percent.", default: 0, min: 0, max: 50 },
  "one-way": { kind: "number", sentence: "Hours in which only requests are seen.", default: 0, min: 0, max: 100 },
  "base-rate": {
    kind: "number",
    sentence: "Attacks a week on 10,000 consumers, for the precision.",
    default: 10,
    min: 1,
    max: 100_000,
  },
  failures: {
    kind: "number",
    sentence: "So many misses and false incidents, with their texts.",
    default: 0,
    min: 0,
    max: 10_000,
  },
  "by-intensity": { kind: "flag", sentence: "A line for each intensity, too.", default: false },
  ablations: { kind: "flag", sentence: "Besides, the analysis without each of its means.", default: false },
  clean: { kind: "flag", sentence: "Only worlds without attacks: what is false, and why.", default: false },
} as const satisfies Options
