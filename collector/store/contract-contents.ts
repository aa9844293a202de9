// What a store holds while the contract is checked, and how a part of the contract adds its tests.
import {
  change,
  checkpoint,
  consumer,
  count,
  DAY_START_US,
  dark,
  darkHour,
  endpoint,
  ledger,
  minute,
  sensor,
  service,
} from "./fake-records.ts"
import type { Store } from "./store.ts"

/** Adds a test that is given an open store. */
export type With = (sentence: string, check: (store: Store) => Promise<void>) => void

export const HOUR_US = 3_600_000_000
export const DAY_US = 24 * HOUR_US
export const MINUTE_US = 60_000_000
export const FOREVER = [0, Number.MAX_SAFE_INTEGER, 1000] as const

export const SENSOR = sensor("tap-1")

/** Two services, five endpoints, three consumers, counts in two hours of one day and one of the next. */
export const CONTENTS = checkpoint(1, {
  services: [service("s1"), service("s2", { name: "Billing 100%", requests: 30 })],
  endpoints: [
    endpoint("e1", { requests: 50 }),
    endpoint("e2", { requests: 50, method: "POST" }),
    endpoint("e3", { requests: 20, service: "s2", operation: "query Orders" }),
    endpoint("e4", { requests: 10, service: "s2", template: "/a_b" }),
    endpoint("e5", { requests: 70, service: "s2", template: "/axb", status: "shadow" }),
  ],
  consumers: [consumer("c1", { requests: 5 }), consumer("c2", { partner: "acme" }), consumer("c3")],
  hours: [
    count("e1", "c1", DAY_START_US, 1),
    count("e1", "c1", DAY_START_US + HOUR_US, 2),
    count("e1", "c2", DAY_START_US + HOUR_US, 4),
    count("e3", "c1", DAY_START_US + DAY_US, 8),
    count("", "c1", DAY_START_US, 16),
    count("e1", "", DAY_START_US, 32),
    count("", "", DAY_START_US, 64),
  ],
  days: [
    count("e1", "c1", DAY_START_US, 3),
    count("e1", "c2", DAY_START_US, 4),
    count("e3", "c1", DAY_START_US + DAY_US, 8),
    count("", "c1", DAY_START_US, 16),
    count("e1", "", DAY_START_US, 32),
    count("", "", DAY_START_US, 64),
  ],
  shapes: [{ shape: 4_000_000_000, paths: ["id:int"], firstSeenUs: DAY_START_US }],
  dark: [
    dark("d1"),
    dark("d2", {
      name: "",
      port: 8443,
      sessions: 9,
      states: { read: 8, unread: 1 },
      certificateNames: ["d1.example.com"],
    }),
    dark("d3", { states: { read: 4 }, reasons: {}, requestBytes: 7, clientNames: ["acme-100%"] }),
  ],
  darkHours: [
    darkHour("d1", DAY_START_US, 1),
    darkHour("d1", DAY_START_US + HOUR_US, 3),
    darkHour("d2", DAY_START_US, 9),
  ],
  sensors: [SENSOR],
  positions: [{ sensor: "tap-1", boot: "b", sequence: 3, holes: [[1, 2]], lost: 0, ledger: { "capture.packets": 9 } }],
  minutes: [
    minute("tap-1", DAY_START_US, { packets: 10, gapBytes: 5, unknownLoss: 1 }),
    minute("tap-1", DAY_START_US + MINUTE_US, { packets: 20, overloadStep: 2 }),
    minute("tap-1", DAY_START_US + 90 * MINUTE_US, { packets: 40 }),
    minute("tap-1", DAY_START_US + DAY_US, { packets: 80 }),
    minute("tap-2", DAY_START_US, { packets: 160 }),
  ],
  window: { changes: 3, bytes: Uint8Array.of(1, 2, 3), keep: 5 },
  waiting: [
    { events: Uint8Array.of(4), marks: Uint8Array.of(5) },
    { events: Uint8Array.of(6), marks: new Uint8Array(0) },
  ],
  changes: [change(1), change(2), change(3)],
  ledger: ledger(127),
})
