// Partners that work all day: the shop platform, people at the portal, container trackers, the dormant one, the
// operator's own checks, and a scanner from outside.

import { setTimeout as sleep } from "node:timers/promises"
import {
  API_HOST,
  EDGE_ADDRESS,
  EDGE_ADDRESS_V6,
  fennec,
  monitor,
  ostrava,
  PARTNER_HOST,
  pallas,
  portalUsers,
  scanner,
} from "./cast.ts"
import { CARRIERS, Freight, PORTS } from "./freight.ts"
import { PartnerClient, pipeline, runClient } from "./partner-client.ts"
import { SeededRandom } from "./seeded-random.ts"

/** Partners know their own orders by heart: the same world that the server makes. */
const world = new Freight(1)

/** Pallas: an event comes in, one or two records are read; now and then an order is booked, changed, cancelled. */
export async function pallasShop(seed: number, events: number): Promise<void> {
  const random = new SeededRandom(seed)
  const clients = [pallas.address, pallas.secondAddress].map(
    (source) =>
      new PartnerClient({
        edge: EDGE_ADDRESS,
        host: API_HOST,
        source,
        connections: 2,
        headers: { "x-api-key": pallas.apiKey, "user-agent": "pallas-connect/2.7 node", accept: "application/json" },
      }),
  )
  const first = clients[0]!
  const hook = await first.sendJson("POST", "/v1/webhooks", {
    url: "https://shop.example.com/hook",
    events: ["order.*"],
  })
  for (let i = 0; i < events; i++) {
    const client = random.pick(clients)
    const order = random.pickSkewed(world.orders)
    await client.get(`/v2/shipments/${order.shipmentId}/tracking`)
    if (random.chance(0.4)) await client.get(`/v1/orders/${order.id}`)
    if (random.chance(0.1)) await client.get(`/v1/shipments/${order.shipmentId}`)
    if (random.chance(0.16)) await pallasBooks(client, random, i)
    if (random.chance(0.05)) await pallasQuotes(client, random)
    if (random.chance(0.03)) await client.get("/v1/rates", { "accept-encoding": random.pick(["br", "gzip"]) })
    if (random.chance(0.04)) await pallasPages(client, random)
    await sleep(random.integer(30, 260))
  }
  const { id } = JSON.parse(hook.body) as { id: string }
  await first.get("/v1/webhooks")
  await first.send("DELETE", `/v1/webhooks/${id}`)
  await first.send("DELETE", `/v1/webhooks/${id}`)
  for (const client of clients) client.close()
}

async function pallasBooks(client: PartnerClient, random: SeededRandom, event: number): Promise<void> {
  const customer = random.pick(world.customers)
  const count = random.chance(0.1) ? 0 : random.integer(1, 6)
  const lines = Array.from({ length: count }, (_, at) => ({
    line: at + 1,
    sku: `SKU-${String(random.integer(1, 99_999)).padStart(6, "0")}`,
    quantity: random.integer(1, 20),
    unitPrice: random.integer(100, 9_000) / 100,
    weightKg: random.integer(1, 90),
  }))
  const wanted = { customerId: random.chance(0.06) ? 1 : customer.id, contact: customer.contact, lines }
  const headers = { "idempotency-key": random.uuid() }
  let booked = await client.sendJson("POST", "/v1/orders", wanted, headers)
  if (booked.status === 503) {
    await sleep(300)
    booked = await client.sendJson("POST", "/v1/orders", wanted, { ...headers, "x-retry": "1" })
  }
  if (booked.status !== 201) return
  const { id } = JSON.parse(booked.body) as { id: number }
  if (random.chance(0.5)) {
    await client.sendJson("PUT", `/v1/orders/${id}/lines/1`, { quantity: random.chance(0.2) ? 0 : 5 + event })
  }
  if (random.chance(0.6)) await client.sendJson("PATCH", `/v1/orders/${id}`, { status: "confirmed" })
  if (random.chance(0.2)) await client.send("DELETE", `/v1/orders/${id}`)
  if (random.chance(0.1)) await client.send("DELETE", `/v1/orders/${id}`)
}

async function pallasQuotes(client: PartnerClient, random: SeededRandom): Promise<void> {
  const to = random.chance(0.2) ? "XXNOP" : random.pick(PORTS)
  await client.sendJson("POST", "/v1/quotes", { from: random.pick(PORTS), to, volume: random.integer(1, 60) })
  await client.get(`/v1/ports/${to}`)
  await client.get(`/v1/carriers/${random.pick(CARRIERS)}`)
  if (random.chance(0.3)) await client.send("POST", "/v1/quotes", { body: '{"from": "DEHAM",' })
}

async function pallasPages(client: PartnerClient, random: SeededRandom): Promise<void> {
  let target = `/v2/shipments?limit=20&mode=${random.pick(["sea", "road", "air"])}`
  for (let page = 0; page < 3; page++) {
    const answer = await client.get(target, { "accept-encoding": "gzip" })
    const { next } = JSON.parse(answer.body) as { next: string | null }
    if (next === null) return
    target = `${target.split("&cursor=")[0]}&cursor=${next}`
  }
}

/** A person at the portal, in a browser: signs in, reads, writes a note, signs out. */
export async function portalPerson(seed: number, user: 0 | 1, views: number): Promise<void> {
  const random = new SeededRandom(seed)
  const { address, user: mail, password } = portalUsers[user]
  const client = new PartnerClient({
    edge: EDGE_ADDRESS,
    host: PARTNER_HOST,
    source: address,
    connections: 4,
    headers: {
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
      accept: "*/*",
      "accept-language": "en-GB,en;q=0.5",
      "accept-encoding": "gzip, deflate",
    },
  })
  const form = { "content-type": "application/x-www-form-urlencoded" }
  const attempt = (word: string): string => new URLSearchParams({ user: mail, password: word }).toString()
  await client.get("/login")
  if (user === 1) await client.send("POST", "/login", { headers: form, body: attempt("forgotten") })
  const signedIn = await client.send("POST", "/login", { headers: form, body: attempt(password) })
  const sid = signedIn.headers["set-cookie"]?.[0]?.split(";")[0] ?? ""
  const cookie = { cookie: `lang=en; ${sid}` }
  await Promise.all(["session", "dashboard", "notifications"].map((name) => client.get(`/portal/api/${name}`, cookie)))
  for (let view = 0; view < views; view++) {
    const order = random.pickSkewed(world.orders)
    if (random.chance(0.6)) await client.get(`/portal/api/orders/${order.id}`, cookie)
    else await graphqlView(client, random, order.id, { ...cookie, origin: "https://office.partner.example" })
    if (view % 6 === 5) await client.get("/portal/api/notifications", cookie)
    if (random.chance(0.08)) {
      await client.sendJson("POST", "/portal/api/messages", { order: order.id, text: "Please call back." }, cookie)
    }
    await sleep(random.integer(150, 700))
  }
  await client.send("POST", "/logout", { headers: cookie })
  await client.get("/portal/api/session")
  client.close()
}

async function graphqlView(
  client: PartnerClient,
  random: SeededRandom,
  id: number,
  headers: Record<string, string>,
): Promise<void> {
  if (random.chance(0.2)) {
    const ask = { origin: "https://office.partner.example", "access-control-request-method": "POST" }
    await client.send("OPTIONS", "/graphql", { headers: ask })
  }
  const operationName = random.pick(["OrderCard", "OrderCard", "ShipmentBoard", "AddNote"])
  const query = {
    OrderCard: "query OrderCard($id: ID!) { order(id: $id) { id reference status lines { totalCount } } }",
    ShipmentBoard: "query ShipmentBoard { shipments(first: 12) { nodes { id eta carrier } totalCount } }",
    AddNote: "mutation AddNote($id: ID!, $text: String!) { addNote(id: $id, text: $text) { ok } }",
  }[operationName]
  await client.sendJson("POST", "/graphql", { operationName, query, variables: { id, text: "seen" } }, headers)
}

/** Fennec: trackers over IPv6. Single positions by PUT, five to a pipeline; what was stored while away in one POST. */
export async function fennecTrackers(seed: number, rounds: number): Promise<void> {
  const random = new SeededRandom(seed)
  const tracker = async (source: string, serial: number): Promise<void> => {
    const head = `Host: ${API_HOST}\r\nAuthorization: Bearer ${fennec.token}\r\nUser-Agent: fennec-fw/1.9\r\n`
    const reports = Array.from({ length: rounds }, () =>
      Array.from({ length: 5 }, () => {
        const lat = random.chance(0.02) ? '"n/a"' : (random.integer(51_000, 54_000) / 1000).toFixed(3)
        const body = `{"lat":${lat},"lon":${(random.integer(3_000, 10_000) / 1000).toFixed(3)},"ts":${serial}}`
        const target = `PUT /v2/trackers/${serial}/position HTTP/1.1\r\n`
        return `${target}${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      }),
    )
    await pipeline(EDGE_ADDRESS_V6, source, reports, random.integer(600, 1_100))
    const client = new PartnerClient({
      edge: EDGE_ADDRESS_V6,
      host: API_HOST,
      source,
      connections: 0,
      headers: { authorization: `Bearer ${fennec.token}`, "user-agent": "fennec-fw/1.9" },
    })
    const body = `${Array.from({ length: 40 }, (_, i) => `{"serial":${serial},"lat":52.1,"lon":4.${i + 10}}`).join("\n")}\n`
    await client.send("POST", "/v2/trackers/positions", { headers: { "content-type": "application/x-ndjson" }, body })
    client.close()
  }
  await Promise.all(fennec.addresses.map((source, at) => tracker(source, 356_938_035_643_800 + at * 7)))
}

/** Ostrava: two looks at the start, one at the end, one search in between; an export that it waits for. */
export async function ostravaLines(restMs: number): Promise<void> {
  const client = new PartnerClient({
    edge: EDGE_ADDRESS,
    host: API_HOST,
    source: ostrava.address,
    connections: 0,
    headers: { "x-api-key": ostrava.apiKey, "user-agent": "PostmanRuntime/7.39.0", accept: "*/*" },
  })
  await client.get("/v1/me")
  await client.get("/v1/search?q=timber")
  await client.get("/v1/search?q=t")
  await sleep(restMs)
  await client.get("/v1/me")
  const job = JSON.parse((await client.sendJson("POST", "/v1/exports", { kind: "orders" })).body) as { id: string }
  for (let i = 0; i < 3; i++) {
    await client.get(`/v1/exports/${job.id}`)
    await sleep(200)
  }
  await client.get(`/v1/orders/export?format=ndjson`, { "accept-encoding": "gzip" })
  client.close()
}

/** The operator's checks: wget, a HEAD by curl, and a load balancer's bare HTTP/1.0 request without a Host. */
export async function availabilityMonitor(checks: number): Promise<void> {
  const wget = ["-q", "-O", "/dev/null", `--bind-address=${monitor.address}`]
  const curl = ["-sS", "--interface", monitor.address, "-o", "/dev/null"]
  for (let i = 0; i < checks; i++) {
    await runClient("wget", [...wget, `http://${API_HOST}/health`, `http://${PARTNER_HOST}/health`])
    if (i % 3 === 0) await runClient("curl", [...curl, "-I", `http://${API_HOST}/health`])
    if (i % 6 === 0) await runClient("curl", [...curl, "-0", "-H", "Host:", `http://${EDGE_ADDRESS}/health`])
    await sleep(1_200)
  }
}

/** The Internet's background: paths that do not exist, by address instead of by name. */
export async function internetScanner(): Promise<void> {
  const client = new PartnerClient({
    edge: EDGE_ADDRESS,
    host: EDGE_ADDRESS,
    source: scanner.address,
    connections: 1,
    headers: { "user-agent": "Mozilla/5.0 zgrab/0.x", accept: "*/*" },
  })
  const paths =
    "/ /.env /.git/config /wp-login.php /admin /actuator/health /server-status /api/v1/users /owa/ /v1/orders"
  for (const path of paths.split(" ")) {
    await client.get(path)
    await sleep(150)
  }
  await client.send("POST", "/cgi-bin/test", { body: "echo scan" })
  await client.send("TRACE", "/")
  client.close()
}
