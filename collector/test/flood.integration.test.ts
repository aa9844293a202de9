// A scanner that makes paths up, and a server that answers 200 to anything: the inventory stays clean, and every exchange is counted.
import assert from "node:assert/strict"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import { type Frame, TcpConversation } from "../../shared/testing/packet-builder.ts"
import { RunningCollector } from "./running-collector.ts"

/** Made-up paths at each of the two servers. */
const MADE_UP = 10_000
const SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo zu".split(" ")

/** A path that no other k has, of words: nothing in it is a number. */
function madeUp(k: number): string {
  let text = ""
  for (let rest = k + SYLLABLES.length ** 3, i = 0; rest > 0; rest = Math.floor(rest / SYLLABLES.length), i++)
    text += (i % 2 === 0 ? "/" : "") + SYLLABLES[rest % SYLLABLES.length]
  return text
}

const ROUTES = ["/v1/orders", "/v1/orders/17", "/v1/orders/17/lines", "/v1/customers", "/v1/tariffs", "/health"]

function answer(talk: TcpConversation, host: string, path: string, status: number, body: string): void {
  talk.toServer(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: probe/1.0\r\n\r\n`)
  const type = body.startsWith("{") ? "application/json" : "text/html"
  talk.toClient(`HTTP/1.1 ${status} Status\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
}

function capture(): Uint8Array {
  const frames: Frame[] = []
  const record = (client: string, server: string, say: (talk: TcpConversation) => void): void => {
    const talk = new TcpConversation({ client, server }).open()
    say(talk)
    for (const frame of talk.finish().frames) frames.push(frame)
  }
  for (let partner = 0; partner < 3; partner++)
    record(`10.0.0.${10 + partner}:40000`, "10.0.0.2:80", (talk) => {
      for (let i = 0; i < 240; i++) {
        const path = ROUTES[i % ROUTES.length]!
        answer(talk, "shop.example", path.replace("17", String(17 + i)), 200, `{"of":"${path}","${path.length}":1}`)
      }
    })
  record("10.0.0.99:40000", "10.0.0.2:80", (talk) => {
    for (let k = 0; k < MADE_UP; k++) answer(talk, "shop.example", madeUp(k), 404, "<html>not found</html>")
  })
  record("10.0.0.99:40001", "10.0.0.3:80", (talk) => {
    for (let k = 0; k < MADE_UP; k++) answer(talk, "portal.example", madeUp(k), 200, "<html>welcome</html>")
  })
  return pcapFile(frames.sort((a, b) => a.timeUs - b.timeUs))
}

interface Endpoint {
  readonly serviceName: string
  readonly template: string
  readonly requests: number
}

let collector: RunningCollector
before(async () => {
  const folder = mkdtempSync(join(tmpdir(), "sonde-flood-"))
  writeFileSync(join(folder, "flood.pcap"), capture())
  collector = await RunningCollector.start([join(folder, "flood.pcap")], folder)
})
after(() => collector?.remove())

test("what is not there mints nothing; where everything is there, few endpoints hold it", async () => {
  const endpoints = await collector.list<Endpoint>("/endpoints")
  const shop = endpoints.filter(({ serviceName }) => serviceName === "shop.example")
  assert.deepEqual(
    shop.map(({ template }) => template.replace(/\{\w+\}/, "{}")).sort(),
    ROUTES.map((path) => path.replace("17", "{}")).sort(),
  )
  const portal = endpoints.filter(({ serviceName }) => serviceName === "portal.example")
  assert.ok(portal.length <= 200, `${portal.length} endpoints`)
  const { exchanges } = await collector.get<{ exchanges: number }>("/ledger")
  assert.equal(exchanges, 720 + 2 * MADE_UP)
  assert.equal(
    portal.reduce((sum, { requests }) => sum + requests, 0),
    MADE_UP,
  )
})
