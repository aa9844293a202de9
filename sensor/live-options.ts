// What is captured live, and how: its options.
import type { Options } from "../shared/config/options.ts"

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

/** Interface names as the kernel allows them. */
const isInterfaceName = (name: string): boolean => /^[^\s/:]{1,15}$/.test(name) && name !== "." && name !== ".."

/** What is captured live, and how. Nothing of this matters to captures that are read. */
export const LIVE_OPTIONS = {
  interface: {
    kind: "list",
    sentence: "Interfaces that a mirror arrives on; flows may be split between them.",
    default: [],
    placeholder: "NAME",
    check: (name: string) => (isInterfaceName(name) ? null : "interface names such as eth1"),
  },
  promiscuous: {
    kind: "flag",
    sentence: "Take packets that are addressed to others: what a mirror consists of.",
    default: true,
  },
  workers: {
    kind: "number",
    sentence: "Threads, each with a pipeline of its own; the kernel splits flows between them.",
    default: 1,
    min: 1,
    max: 64,
  },
  "capture.ring": {
    kind: "bytes",
    sentence: "Ring between kernel and sensor for each interface; workers share it.",
    default: 256 * MIB,
    min: MIB,
    max: GIB,
  },
  "capture.snap": {
    kind: "bytes",
    sentence: "Bytes kept of a packet.",
    default: 256 * KIB,
    min: 64,
    max: 256 * KIB,
  },
  "capture.backend": {
    kind: "text",
    sentence: "auto takes the sensor's own packet socket, and libpcap in a child process where that cannot be had.",
    default: "auto",
    values: ["auto", "af-packet", "libpcap"],
  },
  "overload.steps": {
    kind: "number",
    sentence: "Steps of degradation allowed under overload: 0 none, 1 no body facts, 2 to 4 flows are shed, too.",
    default: 4,
    min: 0,
    max: 4,
  },
} as const satisfies Options
