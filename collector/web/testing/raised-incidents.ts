// Test support: a collector that heard six callers for five weeks, and incidents of every lane and kind in it.
import { days, eventsOf, key, MONDAY_US, SDK } from "../../consumer/fake-traffic.ts"
import type { Finding } from "../../detect/finding.ts"
import { batch } from "../../inventory/fake-batches.ts"
import type { Collector } from "../../pipeline.ts"

const DAY_US = 86_400_000_000
const LAST_DAY = 34
export const NOW_US = MONDAY_US + LAST_DAY * DAY_US + 12 * 3_600_000_000
const CALLERS = ["northwind-erp", "fabrikam-sync", "contoso-portal", "tailspin-app", "wingtip-batch", "adatum-new"]
const OBJECT = 0xa1b2c3

/** Brings its traffic, then incidents: three with much evidence, one shared, `more` small ones of callers made up for them. */
export async function raiseIncidents(collector: Collector, more = 0): Promise<void> {
  const events = traffic(more)
  for (let at = 0, sequence = 1; at < events.length - 1; at += 2000, sequence++)
    collector.inventory.apply(batch(events.slice(at, Math.min(at + 2000, events.length - 1)), { sequence }))
  const { subjects, incidents } = collector.analysis
  const ordinal = (name: string): number => subjects.consumers.find((one) => one.name === name)!.ordinal
  const endpoint = (template: string): number => subjects.endpoints.find((one) => one.template === template)!.ordinal
  const orders = endpoint("/v1/orders/{int}")
  const scraper = { consumer: ordinal("northwind-erp"), endpoint: orders }
  for (const finding of [walk(scraper), volume(scraper), network(scraper)]) incidents.raise(finding)
  incidents.raise(volume({ consumer: ordinal("fabrikam-sync"), endpoint: -1 }))
  const customers = endpoint("/v1/customers/{int}")
  incidents.raise({ ...walk({ consumer: ordinal("contoso-portal"), endpoint: customers }), p: 3e-6, lossyShare: 0.31 })
  for (const name of ["tailspin-app", "wingtip-batch", "fabrikam-sync"])
    incidents.raise({ ...walk({ consumer: ordinal(name), endpoint: endpoint("/v1/orders") }), p: 2e-7 })
  incidents.raise({ ...drift(ordinal("wingtip-batch")), endpoint: customers })
  for (let i = 0; i < more; i++)
    incidents.raise({ ...volume({ consumer: ordinal(`caller-${i}`), endpoint: -1 }), p: i % 5 === 0 ? 1e-9 : 2e-6 })
  collector.inventory.apply(batch(events.slice(-1), { sequence: 1_000_000 }))
  await collector.inventory.checkpoint()
}

function traffic(more: number) {
  const calls = { "/v1/orders": 4, "/v1/orders/{int}": 14, "/v1/customers/{int}": 5 }
  const callers = CALLERS.map((name, i) => ({
    identity: key(name, { name }),
    client: { ...SDK, prefix: `net-${i}` },
    calls,
    days: days(name === "adatum-new" ? LAST_DAY : 0, LAST_DAY),
  }))
  const late = Array.from({ length: more }, (_, i) => ({
    identity: key(`caller-${i}`, { name: `caller-${i}` }),
    client: SDK,
    calls: { "/v1/orders": 1 },
    days: [LAST_DAY],
  }))
  const burst = {
    identity: key("northwind-erp", { name: "northwind-erp", credential: "d-second" }),
    client: { ...SDK, prefix: "net-vps", userAgentFamily: "python-requests", ja4: "t13d_script" },
    calls: { "/v1/orders/{int}": 412 },
    days: [LAST_DAY],
    hour: 9,
  }
  return eventsOf([...callers, ...late, burst]).map((event, i) => ({
    ...event,
    objects: [OBJECT + (i % 700)],
    items: 3,
  }))
}

interface Whom {
  readonly consumer: number
  readonly endpoint: number
}

const shared = ({ consumer, endpoint }: Whom) => ({
  atUs: NOW_US - 600_000_000,
  sinceUs: NOW_US - 3 * 3_600_000_000,
  consumer,
  endpoint,
  isRule: false,
  weight: 1,
  doubts: [],
  lossyShare: 0,
  samples: [],
})

function walk(whom: Whom): Finding {
  return {
    ...shared(whom),
    detector: "enumeration",
    family: "object",
    p: 4e-12,
    key: `enumeration e${whom.endpoint}`,
    sentence:
      "asked for 412 different orders in 3 h: 371 next to the one before (usually 4 %), 398 never given to it before (usually 2 %)",
    facts: {
      requests: 420,
      objects: 412,
      spanMinutes: 180,
      near: 371,
      nearUsualShare: 0.04,
      guessed: 398,
      guessedOf: 412,
    },
    doubts: [
      {
        what: "back-fill",
        explains: false,
        sentence: "14 of 412 ids were given to it before; a back-fill asks for those",
      },
      { what: "new client", explains: true, sentence: "its program is new today" },
    ],
    samples: Array.from({ length: 6 }, (_, i) => ({
      atUs: NOW_US - (60 - i) * 60_000_000,
      operation: "GET /v1/orders/{int}",
      status: i === 2 ? 404 : 200,
      exchange: `e0000000000${i}`,
      object: (OBJECT + i * 3).toString(16).padStart(12, "0"),
    })),
  }
}

function volume(whom: Whom): Finding {
  return {
    ...shared(whom),
    detector: "scraping",
    family: "volume",
    p: 8e-7,
    weight: 1.5,
    key: "scraping",
    sentence:
      "read 426 objects that it had never asked for before in 1 day; usually 12, at most about 31 a day, its peers at most 19 a day",
    facts: { count: 426, windowDays: 1, usual: 12, usualQ99: 31, peersMost: 19, historyDays: 24 },
    doubts: [
      {
        what: "re-synchronisation",
        explains: false,
        sentence: "398 ids were never given to it; a re-sync asks for its own",
      },
    ],
    samples: [
      {
        atUs: NOW_US - 700_000_000,
        operation: "GET /v1/orders/{int}",
        status: 200,
        exchange: "",
        object: "000000a1b2c3",
      },
    ],
  }
}

function network(whom: Whom): Finding {
  return {
    ...shared(whom),
    detector: "credential-elsewhere",
    family: "identity",
    p: 2e-5,
    key: "credential-elsewhere",
    sentence: "came with a credential from a network and a program that it never used before (18 bits of surprise)",
    facts: { surpriseBits: 18, networks: 1, network: "net-vps" },
  }
}

function drift(consumer: number): Finding {
  return {
    ...shared({ consumer, endpoint: -1 }),
    detector: "scraping",
    family: "volume",
    p: 0,
    isRule: true,
    weight: 0.5,
    key: "scraping drift fresh",
    sentence: "has come from 12 to 31 fresh a day in 91 days, slowly enough never to stand out",
    facts: { former: 12, present: 31, apartDays: 91 },
    lossyShare: 0.04,
  }
}
