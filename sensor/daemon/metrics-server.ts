// The sensor's counters over HTTP, for Prometheus on the same host: GET /metrics and GET /healthz, nothing else.
//
// In:  dotted counters, asked for at each scrape. Out: exposition format 0.0.4. Loopback only: see README.md.
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { VERSION } from "../../shared/config/version.ts"
import { processMetrics } from "../../shared/telemetry/process-metrics.ts"
import { exposition, metricName } from "../../shared/telemetry/prometheus.ts"
import type { ListenAddress } from "./metrics-address.ts"

/** Scrapes answered at once; more wait in the kernel. */
const CONNECTIONS_MAX = 16
/** For a request to be there whole: looked at every second. */
const TIMEOUT_MS = 5000
const LOOK_MS = 1000

/** Counters that go down, too. */
const GAUGES = /(^|\.)(active|held_bytes|step|[a-z_]*max)$/

/** The counters of a sensor as Prometheus text. */
export function sensorMetrics(
  counters: Readonly<Record<string, number>>,
  labels: Readonly<Record<string, string>>,
): string {
  const own = processMetrics("sonde_sensor", VERSION)
  const ledger = exposition(
    Object.entries(counters).map(([name, value]) => {
      const isGauge = GAUGES.test(name)
      return {
        name: `${metricName("sonde_sensor", name)}${isGauge ? "" : "_total"}`,
        help: `Ledger: ${name}.`,
        type: isGauge ? "gauge" : "counter",
        samples: [{ labels, value }],
      } as const
    }),
  )
  return exposition(own) + ledger
}

export class MetricsServer {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** Rejects with the system's error when the address is taken. */
  static async start(address: ListenAddress, text: () => string): Promise<MetricsServer> {
    const limits = { requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS, connectionsCheckingInterval: LOOK_MS }
    const server = createServer(limits, (request, response) => {
      const isRead = request.method === "GET" || request.method === "HEAD"
      const path = request.url?.split("?", 1)[0]
      if (!isRead) response.writeHead(405, { allow: "GET, HEAD" }).end()
      else if (path === "/metrics")
        response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text())
      else if (path === "/healthz") response.writeHead(200, { "content-type": "text/plain" }).end("alive\n")
      else response.writeHead(404).end()
    })
    server.maxConnections = CONNECTIONS_MAX
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject)
      server.listen(address.port, address.host, resolve)
    })
    server.unref()
    return new MetricsServer(server)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
