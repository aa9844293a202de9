// Routes in SQLite: which endpoint each belongs to.
//
// In:  the routes of a checkpoint and the endpoints that are gone. Out: routes, and the present id of whatever was an endpoint.
import type { Database, Statement } from "./database.ts"
import type { RouteRecord } from "./records.ts"
import { routeOf, trafficDetail } from "./rows.ts"
import type { SqliteMerges } from "./sqlite-merges.ts"
import { replace } from "./sqlite-upsert.ts"

const ROUTES =
  "SELECT r.*, t.detail, t.latency_us, t.request_bytes, t.response_bytes, t.items " +
  "FROM routes r LEFT JOIN route_traffic t USING (id)"
/** Ids that may lead to an endpoint: of its routes, of what was folded into those, and former ones. */
const NAMES =
  "SELECT id FROM routes WHERE endpoint = ? UNION SELECT source FROM merges WHERE kind = 'endpoint' AND target = ? " +
  "UNION SELECT m.source FROM routes r JOIN merges m ON m.kind = 'route' AND m.target = r.id WHERE r.endpoint = ? LIMIT ?"
/** Names of one endpoint that are looked for. */
const NAMES_MAX = 2_000

export class SqliteRoutes {
  readonly #merges: SqliteMerges
  readonly #put: Statement
  readonly #putTraffic: Statement
  readonly #removeTraffic: Statement
  readonly #removeEndpoint: readonly Statement[]
  readonly #all: Statement
  readonly #ofEndpoint: Statement
  readonly #endpointNow: Statement
  readonly #names: Statement

  constructor(database: Database, merges: SqliteMerges) {
    this.#merges = merges
    const columns = ["endpoint", "service", "method", "path", "extension", "operation", "leaf", "requests"]
    this.#put = replace(database, "routes", ["id"], columns)
    const sketches = ["latency_us", "request_bytes", "response_bytes", "items"]
    this.#putTraffic = replace(database, "route_traffic", ["id"], ["detail", ...sketches])
    this.#removeTraffic = database.prepare("DELETE FROM route_traffic WHERE id = ?")
    this.#removeEndpoint = ["endpoint_details", "endpoint_names", "endpoints"].map((table) =>
      database.prepare(`DELETE FROM ${table} WHERE id = ?`),
    )
    this.#all = database.prepare(`${ROUTES} ORDER BY r.id`)
    this.#ofEndpoint = database.prepare(`${ROUTES} WHERE r.endpoint = ? ORDER BY r.requests DESC, r.id LIMIT ?`)
    this.#endpointNow = database.prepare(
      "SELECT coalesce((SELECT id FROM endpoints WHERE id = ?1), (SELECT id FROM endpoints WHERE id = ?2), " +
        "(SELECT endpoint FROM routes WHERE id = ?3), ?3) AS id",
    )
    this.#names = database.prepare(NAMES)
  }

  /** After the services and endpoints of the checkpoint, which they name. */
  write(routes: readonly RouteRecord[], goneEndpoints: readonly string[]): void {
    for (const { id, endpoint, service, method, path, extension, operation, leaf, traffic } of routes) {
      this.#put.run(id, endpoint, service, method, path, extension, operation, leaf, traffic?.requests ?? 0)
      if (traffic === null) this.#removeTraffic.run(id)
      else {
        const { latencyUs, requestBytes, responseBytes, items } = traffic
        this.#putTraffic.run(id, trafficDetail(traffic), latencyUs, requestBytes, responseBytes, items)
      }
    }
    for (const id of goneEndpoints) for (const remove of this.#removeEndpoint) remove.run(id)
  }

  /** The id that an endpoint, or what was one, is known by now; an id that never was one as it is. */
  endpointNow(id: string): string {
    const successor = this.#merges.endpointNow(id)
    return this.#endpointNow.get(id, successor, this.#merges.routeNow(successor))?.id as string
  }

  /** The ids under which something may be told of what `id` is by now: of an endpoint its former ones, too. */
  namesOf(id: string): string[] {
    const now = this.endpointNow(id)
    const others = this.#names.all(now, now, now, NAMES_MAX).map((row) => row.id as string)
    return [...new Set([id, now, ...others.filter((other) => this.endpointNow(other) === now)])]
  }

  ofEndpoint(endpoint: string, limit: number): RouteRecord[] {
    return this.#ofEndpoint.all(this.endpointNow(endpoint), limit).map(routeOf)
  }

  load(): RouteRecord[] {
    return this.#all.all().map(routeOf)
  }
}
