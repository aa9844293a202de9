// Options of what is published and not acknowledged yet, declared once.
import type { Options } from "../../shared/config/options.ts"

const S = 1_000_000

export const PUBLISH_OPTIONS = {
  "publish.window": {
    kind: "number",
    sentence: "Batches sent and not yet acknowledged before input waits.",
    default: 64,
    min: 1,
    max: 1024,
  },
  "publish.patience": {
    kind: "duration",
    sentence: "How long to wait for the server, at the start and for the last acknowledgements.",
    default: 60 * S,
    min: S,
    max: 3600 * S,
  },
  "publish.spool": {
    kind: "text",
    sentence:
      "With --interface: folder where batches lie until the server has them; a run that was killed, or whose server is away, loses none.",
    default: "",
    placeholder: "DIR",
  },
  "publish.spool-bytes": {
    kind: "bytes",
    sentence: "Largest spool; when it is full the oldest batches are dropped and counted. Workers share it.",
    default: 1 << 30,
    min: 16 << 20,
    max: 2 ** 40,
  },
} as const satisfies Options
