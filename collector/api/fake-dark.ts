// Test support: a ledger of dark APIs as a company's mirror port fills it; also what the console is looked at with.
import type { DarkHour, DarkRecord } from "../store/records.ts"

const HOUR = 3_600_000_000

const NO_FACTS = {
  states: {},
  reasons: {},
  versions: {},
  ciphers: {},
  alpns: {},
  ja4s: {},
  issuers: {},
  certificateNames: [],
  clientNames: [],
  clients: [],
  isCrowded: false,
  resumed: 0,
  earlyData: 0,
}

function clients(count: number, seed: number): string[] {
  return Array.from({ length: count }, (_, i) => ((i + 1) * 7_919_331_041 + seed).toString(16).padStart(12, "0"))
}

type Seen = Pick<DarkRecord, "firstSeenUs" | "lastSeenUs">

/** Behind TLS 1.3 without keys, and partly read because the capture began later than the sessions. */
function usualServers(seen: Seen): DarkRecord[] {
  return [
    {
      ...NO_FACTS,
      ...seen,
      id: "d_partner",
      name: "partners.meridian.example",
      address: "5f0c2ab41e91",
      addressClass: "private",
      port: 443,
      zone: "",
      sessions: 18_204,
      requestBytes: 91_000_000,
      responseBytes: 1_480_000_000,
      states: { unread: 18_204 },
      reasons: { "no-keys": 18_204 },
      versions: { "1.3": 17_900, "1.2": 304 },
      ciphers: { TLS_AES_256_GCM_SHA384: 17_900, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 304 },
      alpns: { h2: 17_800, "http/1.1": 404 },
      ja4s: { t13d1516h2_8daaf6152771_b186095e22b6: 9_102, t13d301000_1d37bd780c83_d339722ba4af: 9_102 },
      issuers: { "Meridian Issuing CA 2": 304 },
      certificateNames: ["partners.meridian.example", "*.partners.meridian.example"],
      clientNames: ["acme-gateway", "globex-erp"],
      clients: clients(34, 1),
      resumed: 7_120,
    },
    {
      ...NO_FACTS,
      ...seen,
      id: "d_api",
      name: "api.meridian.example",
      address: "5f0c2ab41e90",
      addressClass: "private",
      port: 443,
      zone: "",
      sessions: 9_300,
      requestBytes: 61_000_000,
      responseBytes: 700_000_000,
      states: { read: 8_800, partly: 380, unread: 120 },
      reasons: { midstream: 380, gap: 20, "no-keys": 100 },
      versions: { "1.3": 9_300 },
      ciphers: { TLS_AES_128_GCM_SHA256: 9_300 },
      alpns: { "http/1.1": 9_300 },
      ja4s: { t13d3112h1_e8f1e7e78f70_b26ce05bbdd6: 9_300 },
      clients: clients(64, 2),
      isCrowded: true,
    },
  ]
}

/** Without a server name and with a cipher that cannot be read, and one that is read whole. */
function oddServers(seen: Seen): DarkRecord[] {
  return [
    {
      ...NO_FACTS,
      ...seen,
      id: "d_ledger",
      name: "",
      address: "77ab10c2d4e7",
      addressClass: "private",
      port: 8443,
      zone: "vlan 40",
      sessions: 412,
      requestBytes: 2_000_000,
      responseBytes: 9_000_000,
      states: { unread: 412 },
      reasons: { midstream: 12, cipher: 400 },
      versions: { "1.0": 400 },
      ciphers: { TLS_RSA_WITH_RC4_128_SHA: 400 },
      certificateNames: ["ledger.internal"],
      issuers: { "ledger.internal": 400 },
      clients: clients(3, 3),
    },
    {
      ...NO_FACTS,
      ...seen,
      id: "d_read",
      name: "billing.meridian.example",
      address: "5f0c2ab41e93",
      addressClass: "private",
      port: 443,
      zone: "",
      sessions: 96,
      requestBytes: 400_000,
      responseBytes: 1_200_000,
      states: { read: 96 },
      versions: { "1.3": 96 },
      clients: clients(2, 4),
    },
  ]
}

/** `startUs` to `endUs`: the week of the other records. */
export function makeDark(startUs: number, endUs: number): { dark: DarkRecord[]; darkHours: DarkHour[] } {
  const seen = { firstSeenUs: startUs + 2 * HOUR, lastSeenUs: endUs - HOUR }
  const dark = [...usualServers(seen), ...oddServers(seen)]
  const hours = Math.floor((endUs - startUs) / HOUR)
  const darkHours = dark.flatMap(({ id, sessions }) =>
    Array.from({ length: hours }, (_, i): DarkHour => {
      const busy = Math.floor((sessions / hours) * (i % 24 > 6 && i % 24 < 20 ? 1.6 : 0.4))
      return {
        dark: id,
        windowUs: startUs + i * HOUR,
        sessions: busy,
        requestBytes: busy * 900,
        responseBytes: busy * 8_000,
      }
    }),
  )
  return { dark, darkHours: darkHours.filter((hour) => hour.sessions > 0) }
}
