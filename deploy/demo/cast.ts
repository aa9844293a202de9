// Who takes part in the demo recording: the names that the edge answers to, and the partners with their source
// addresses and credentials. Everything is made up: documentation addresses (RFC 5737, RFC 3849), example domains.
//
// As a program it prints the client side's addresses, one a line, for the recorder to put on its interface.

/** Where nginx answers. */
export const EDGE_ADDRESS = "192.0.2.10"
export const EDGE_ADDRESS_V6 = "2001:db8:40::10"
export const API_HOST = "api.meridian.example"
export const PARTNER_HOST = "partner.meridian.example"
/** The legacy gateway never moved to port 80. */
export const LEGACY_HOST = "legacy.meridian.example"
export const LEGACY_PORT = 8080

export interface Source {
  readonly address: string
}

/** ERP synchronisation, OAuth client credentials, node's fetch: the interface's default source, since fetch binds none. */
export const halden = {
  address: "203.0.113.21",
  clientId: "halden-erp",
  clientSecret: "demo-secret-of-halden-0001",
} as const

/** Event-driven shop platform, two egress addresses, API key in a field. */
export const pallas = {
  address: "198.51.100.34",
  secondAddress: "198.51.100.35",
  apiKey: "mfk_demo_5f0c9a7be2d14c55a1d07c3e",
} as const

/** Reseller that reads many customers, opaque bearer token, a connection for each request. */
export const orbis = { address: "203.0.113.77", token: "mfr_demo_Zk3vQ9tXh1LwB7nY4sRcE8uA" } as const

/** Customs broker: nightly batch in Python, HTTP Basic. */
export const kestrel = { address: "198.51.100.120", user: "kestrel-customs", password: "demo-Batch-2026" } as const

/** Warehouse scripts with curl, key in the query. */
export const tern = { address: "203.0.113.140", apiKey: "tern-demo-71c2f4d09b" } as const

/** Two people at a partner's office behind one address, signed in to the portal by cookie. */
export const portalUsers = [
  { address: "198.51.100.201", user: "mara.lind@example.com", password: "demo-portal-1" },
  { address: "198.51.100.201", user: "jon.velde@example.com", password: "demo-portal-2" },
] as const

/** Container trackers over IPv6, opaque bearer token, pipelined position reports. */
export const fennec = {
  addresses: ["2001:db8:60::a1", "2001:db8:60::a2", "2001:db8:61::b7"],
  token: "mft_demo_tracker_0f9d27c1",
} as const

/** A partner that hardly ever calls. */
export const ostrava = { address: "203.0.113.230", apiKey: "mfk_demo_b81e44d20c9f4f0e8a6d1175" } as const

/** The operator's own availability checks, without a credential. */
export const monitor = { address: "10.60.0.5" } as const

/** The Internet: a scanner that finds nothing. */
export const scanner = { address: "198.51.100.254" } as const

export const CLIENT_ADDRESSES: readonly string[] = [
  halden.address,
  pallas.address,
  pallas.secondAddress,
  orbis.address,
  kestrel.address,
  tern.address,
  portalUsers[0].address,
  ostrava.address,
  monitor.address,
  scanner.address,
]
export const CLIENT_ADDRESSES_V6: readonly string[] = fennec.addresses

if (import.meta.main) {
  process.stdout.write(`${[...CLIENT_ADDRESSES, ...CLIENT_ADDRESSES_V6].join("\n")}\n`)
}
