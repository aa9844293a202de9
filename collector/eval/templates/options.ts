// Options of the evaluation.
import type { Options } from "../../../shared/config/options.ts"

export const OPTIONS = {
  descriptions: {
    kind: "text",
    sentence: "Folder of API descriptions.",
    default: "../shared/corpora/openapi",
    placeholder: "DIR",
  },
  half: {
    kind: "text",
    sentence: "Which providers: those for development, those for judging, or all.",
    default: "development",
    values: ["development", "judging", "all"],
  },
  mode: {
    kind: "text",
    sentence:
      "Values of path parameters: as described (native), of eighteen styles of ids (hard), or first one, then the other.",
    default: "both",
    values: ["native", "hard", "both"],
  },
  requests: {
    kind: "list",
    sentence: "Requests a service, one table each.",
    default: ["500", "5000"],
    placeholder: "N",
    check: (text: string) => (/^[1-9]\d{0,6}$/.test(text) ? null : "a number of requests, 1 to 9999999"),
  },
  seed: { kind: "number", sentence: "Seed of the traffic.", default: 1, min: 0, max: 2 ** 31 },
  learner: { kind: "list", sentence: "Only learners whose name contains this.", default: [], placeholder: "NAME" },
  only: { kind: "text", sentence: "Only descriptions whose name contains this.", default: "", placeholder: "NAME" },
  "per-description": { kind: "flag", sentence: "A line for each description, too.", default: false },
  failures: {
    kind: "number",
    sentence: "So many of the heaviest groups that are wrong, with what was made of them.",
    default: 0,
    min: 0,
    max: 10_000,
  },
  "without-shapes": { kind: "flag", sentence: "As if no response had a shape: what shapes are worth.", default: false },
  outside: {
    kind: "flag",
    sentence: "The traffic as a capture through a real collector, its endpoints read over HTTP.",
    default: false,
  },
  smoke: { kind: "flag", sentence: "A few small descriptions of this repository's own, few requests.", default: false },
} as const satisfies Options
