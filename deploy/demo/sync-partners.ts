// Partners that work in batches: the ERP synchronisation, the reseller, the customs broker, the warehouse's scripts.

import { setTimeout as sleep } from "node:timers/promises"
import { basic } from "./access.ts"
import { API_HOST, EDGE_ADDRESS, halden, kestrel, LEGACY_HOST, LEGACY_PORT, orbis, tern } from "./cast.ts"
import { Freight } from "./freight.ts"
import { PartnerClient, runClient } from "./partner-client.ts"
import { SeededRandom } from "./seeded-random.ts"

/** Partners know their own containers: the same world that the server makes. */
const world = new Freight(1)

interface OrderPage {
  readonly orders: readonly { readonly id: number; readonly version: number }[]
  readonly pages: number
}

/** Halden: signs in, pages through what changed, reads each changed order and its lines; three runs, node's fetch. */
export async function haldenErp(seed: number): Promise<void> {
  const random = new SeededRandom(seed)
  const known = new Map<number, string>()
  for (const since of ["2026-09-28", "2026-10-06", "2026-10-20"]) {
    const token = await haldenToken()
    const headers = { authorization: `Bearer ${token}`, "user-agent": "HaldenSync/4.2", accept: "application/json" }
    const ask = (target: string, extra: Record<string, string> = {}): Promise<Response> =>
      fetch(`http://${API_HOST}${target}`, { headers: { ...headers, ...extra } })
    for (let page = 1, pages = 1; page <= pages; page++) {
      const answer = await ask(`/v1/orders?updated_since=${since}&page=${page}&per_page=50`)
      const list = (await answer.json()) as OrderPage
      pages = Math.min(list.pages, 6)
      for (const order of list.orders) {
        if (!random.chance(0.32)) continue
        const etag = known.get(order.id)
        const read = await ask(
          `/v1/orders/${order.id}?expand=lines`,
          etag === undefined ? {} : { "if-none-match": etag },
        )
        known.set(order.id, read.headers.get("etag") ?? "")
        await read.text()
        if (random.chance(0.5)) await (await ask(`/v1/orders/${order.id}/lines`)).text()
        await sleep(random.integer(5, 30))
      }
    }
    await sleep(9_000)
  }
  // The token of a forgotten job: its signature does not fit any more.
  const stale = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhenAiOiJoYWxkZW4tZXJwIiwiZXhwIjoxNzYwMDAwMDAwfQ.c3RhbGU"
  for (let i = 0; i < 3; i++) {
    await (await fetch(`http://${API_HOST}/v1/orders`, { headers: { authorization: `Bearer ${stale}` } })).text()
  }
}

async function haldenToken(): Promise<string> {
  const form = { grant_type: "client_credentials", client_id: halden.clientId, client_secret: halden.clientSecret }
  const body = new URLSearchParams({ ...form, scope: "orders:read orders:lines" })
  const answer = await fetch(`http://${API_HOST}/v1/auth/token`, { method: "POST", body })
  return ((await answer.json()) as { access_token: string }).access_token
}

/** Orbis: reads many customers, one connection each; slows down when told to. */
export async function orbisReseller(seed: number): Promise<void> {
  const random = new SeededRandom(seed)
  const client = new PartnerClient({
    edge: EDGE_ADDRESS,
    host: API_HOST,
    source: orbis.address,
    connections: 0,
    headers: { authorization: `Bearer ${orbis.token}`, "user-agent": "okhttp/4.12.0", "accept-encoding": "gzip" },
  })
  for (let page = 1; page <= 12; page++) {
    const list = await client.get(`/v1/customers?page=${page}&per_page=10`)
    if (list.status !== 200) continue
    const { customers } = JSON.parse(list.body) as { customers: readonly { readonly id: number }[] }
    for (const { id } of customers) {
      const one = await client.get(`/v1/customers/${id}`)
      if (one.status === 429) await sleep(1000)
      await client.get(`/v1/customers/${id}/orders?per_page=10`)
      if (random.chance(0.15)) await client.get(`/v1/customers/${id}/bank-account`)
      if (random.chance(0.08)) {
        const creditLimit = random.chance(0.2) ? -1 : random.integer(10, 300) * 1000
        await client.sendJson("PATCH", `/v1/customers/${id}`, { creditLimit })
      }
      await sleep(random.integer(40, 160))
    }
  }
  client.close()
}

/** Kestrel: the nightly batch is a Python script of its own; the legacy gateway's tracking is asked for by SOAP. */
export async function kestrelCustoms(seed: number): Promise<void> {
  const random = new SeededRandom(seed)
  const script = new URL("customs-batch.py", import.meta.url).pathname
  const invoices = Array.from({ length: 90 }, () => `INV-${String(random.integer(101, 430)).padStart(6, "0")}`)
  await runClient("python3", [script, kestrel.address, API_HOST, kestrel.user, kestrel.password, ...invoices])
  const client = new PartnerClient({
    edge: EDGE_ADDRESS,
    port: LEGACY_PORT,
    host: `${LEGACY_HOST}:${LEGACY_PORT}`,
    source: kestrel.address,
    connections: 1,
    headers: {
      authorization: `Basic ${basic(kestrel.user, kestrel.password)}`,
      "user-agent": "Apache-CXF/3.1",
      "content-type": "text/xml; charset=UTF-8",
      soapaction: '"urn:meridian:tracking#Track"',
    },
  })
  for (let i = 0; i < 24; i++) {
    const container = random.chance(0.2) ? "MRDU0000000" : random.pick(world.shipments).container
    const body = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><Track><container>${container}</container></Track></soap:Body></soap:Envelope>`
    await client.send("POST", "/soap/TrackingService", { body })
    await sleep(random.integer(100, 400))
  }
  client.close()
}

/** Tern: shell scripts around curl, key in the query; several targets a call share curl's connection. */
export async function ternWarehouse(seed: number): Promise<void> {
  const random = new SeededRandom(seed)
  const curl = (args: readonly string[]): Promise<string> =>
    runClient("curl", ["-sS", "--interface", tern.address, "--max-time", "20", ...args])
  const key = `api_key=${tern.apiKey}`
  const api = `http://${API_HOST}`
  const legacy = `http://${LEGACY_HOST}:${LEGACY_PORT}`
  const documents = await ternDocuments(curl, `${api}/v1/invoices?${key}&limit=30&offset=60`)
  await curl([`${api}/v1/orders/export?${key}&format=csv&status=confirmed`, "-o", "/dev/null"])
  await curl(["--http1.0", `${legacy}/v0/order_list.php?start=0`, "-o", "/dev/null"])
  for (let start = 0; start < 400; start += 40) {
    await curl([`${legacy}/v0/order_list.php?start=${start}`, "-o", "/dev/null"])
  }
  for (const document of documents) {
    const facts = `${api}/v1/documents/${document}.json?${key}`
    await curl(["-o", "/dev/null", "-o", "/dev/null", facts, `${api}/v1/documents/${document}.pdf?${key}`])
    await curl(["-r", "0-1023", "-o", "/dev/null", `${api}/v1/documents/${document}.pdf?${key}`])
    const order = 1_204_300 + random.integer(0, 1_500)
    await curl([`${legacy}/v0/getOrder?id=[${order}-${order + 200}:97]`, "-o", "/dev/null"])
    await sleep(random.integer(300, 900))
  }
  const form = ["-H", "Expect: 100-continue", "--data-urlencode", "id=1204377", "--data-urlencode", "note=gate 4"]
  for (let i = 0; i < 6; i++) await curl([...form, `${legacy}/v0/updateOrder`, "-o", "/dev/null"])
  await curl(["-d", "note=none", `${legacy}/v0/updateOrder`, "-o", "/dev/null"])
  await curl([`${legacy}/internal/debug`, `${legacy}/internal/debug/vars`, "-o", "/dev/null", "-o", "/dev/null"])
}

async function ternDocuments(curl: (args: readonly string[]) => Promise<string>, target: string): Promise<string[]> {
  const list = JSON.parse(await curl(["--compressed", target])) as { results: { documentId: string }[] }
  return list.results.map((invoice) => invoice.documentId)
}
