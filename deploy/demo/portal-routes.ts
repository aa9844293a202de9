// The partner portal (cookie session, GraphQL) and the legacy gateway (version 0, XML, SOAP, a forgotten debug page).

import { sessionOf } from "./access.ts"
import { portalUsers } from "./cast.ts"
import type { Freight, Order } from "./freight.ts"
import type { Call, Reply, Router } from "./router.ts"
import { bodyObject, empty, json, problem, text } from "./router.ts"

export function addPortalRoutes(router: Router, freight: Freight): void {
  router.add("GET", "/health", () => text(200, "text/plain", "ok\n", 0))
  router.add("GET", "/login", () => text(200, "text/html; charset=utf-8", LOGIN_PAGE))
  router.add("POST", "/login", login)
  router.add("POST", "/logout", () => empty(204, { "set-cookie": "sid=; Path=/; Max-Age=0" }))
  router.add("GET", "/portal/api/session", (call) => json(200, { user: call.caller?.name, locale: "en-GB" }))
  router.add("GET", "/portal/api/dashboard", () => dashboard(freight))
  router.add("GET", "/portal/api/orders/{id}", (call) => {
    const order = freight.orderById.get(Number(call.slots.id))
    return order === undefined ? problem(404, "Not Found", "There is no such order.") : json(200, order, {}, 4)
  })
  router.add("GET", "/portal/api/notifications", () => json(200, { unread: 2, items: [] }))
  router.add("POST", "/portal/api/messages", (call) =>
    bodyObject(call) === null ? problem(400, "Bad Request", "The body is not JSON.") : json(201, { accepted: true }),
  )
  router.add("OPTIONS", "/graphql", () =>
    empty(204, {
      "access-control-allow-origin": "https://office.partner.example",
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": "5",
    }),
  )
  router.add("POST", "/graphql", (call) => graphql(freight, call))
}

const LOGIN_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Meridian partner portal</title>
<form method="post"><label>Mail <input name="user"></label><label>Password <input type="password" name="password">
</label><button>Sign in</button></form></html>
`

function login(call: Call): Reply {
  const form = new URLSearchParams(call.body)
  for (let i = 0; i < portalUsers.length; i++) {
    const user = portalUsers[i]
    if (user?.user === form.get("user") && user.password === form.get("password")) {
      const cookie = `sid=${sessionOf(i)}; Path=/; HttpOnly; SameSite=Lax`
      return empty(303, { location: "/portal", "set-cookie": [cookie, "lang=en; Path=/"] })
    }
  }
  return problem(401, "Unauthorized", "Mail or password is wrong.")
}

function dashboard(freight: Freight): Reply {
  const byStatus: Record<string, number> = {}
  for (const order of freight.orders) byStatus[order.status] = (byStatus[order.status] ?? 0) + 1
  const recent = freight.orders.slice(-8).map((order) => ({ id: order.id, reference: order.reference }))
  return json(200, { byStatus, recent }, { "cache-control": "private" }, 18)
}

/** Three operations are understood; any other answers 200 with an error, as GraphQL does. */
function graphql(freight: Freight, call: Call): Reply {
  const request = bodyObject(call)
  const variables = (request?.variables ?? {}) as Record<string, unknown>
  if (request?.operationName === "OrderCard") {
    const order = freight.orderById.get(Number(variables.id))
    return json(200, { data: { order: order === undefined ? null : card(order) } }, {}, 11)
  }
  if (request?.operationName === "ShipmentBoard") {
    const nodes = freight.shipments.slice(0, 12).map((s) => ({ id: s.id, eta: s.eta, carrier: s.carrier }))
    return json(200, { data: { shipments: { nodes, totalCount: freight.shipments.length } } }, {}, 16)
  }
  if (request?.operationName === "AddNote") return json(200, { data: { addNote: { ok: true } } }, {}, 9)
  return json(200, { errors: [{ message: "Unknown operation.", extensions: { code: "BAD_USER_INPUT" } }] })
}

function card(order: Order): unknown {
  return { id: order.id, reference: order.reference, status: order.status, lines: { totalCount: order.lines.length } }
}

export function addLegacyRoutes(router: Router, freight: Freight): void {
  router.add("GET", "/v0/getOrder", (call) => legacyOrder(freight, call))
  router.add("GET", "/v0/order_list.php", (call) => legacyList(freight, call))
  router.add("POST", "/v0/updateOrder", (call) =>
    new URLSearchParams(call.body).has("id") ? xml(200, "<result>OK</result>") : xml(400, "<error>id</error>"),
  )
  router.add("POST", "/soap/TrackingService", (call) => soap(freight, call))
  router.add("GET", "/internal/debug", () => json(200, DEBUG_FACTS))
  router.add("GET", "/internal/debug/vars", () =>
    json(200, { goroutines: 41, heapBytes: 18_334_720, uptimeS: 8_214_003 }),
  )
}

/** What somebody left switched on in 2019. The values are as fake as the rest. */
const DEBUG_FACTS = {
  build: "meridian-legacy 0.9.14",
  environment: { DB_HOST: "db-legacy.meridian.example", DB_USER: "legacy", DB_PASSWORD: "demo-not-a-password" },
  features: { soap: true, v0: true },
}

function xml(status: number, inner: string): Reply {
  return text(status, "text/xml; charset=iso-8859-1", `<?xml version="1.0" encoding="ISO-8859-1"?>\n${inner}\n`, 7)
}

function legacyOrder(freight: Freight, call: Call): Reply {
  const order = freight.orderById.get(Number(call.query.get("id")))
  if (order === undefined) return xml(200, "<error code='17'>order unknown</error>")
  const lines = order.lines.map((line) => `<line sku="${line.sku}" qty="${line.quantity}"/>`).join("")
  return xml(200, `<order id="${order.id}" state="${order.status}"><ref>${order.reference}</ref>${lines}</order>`)
}

function legacyList(freight: Freight, call: Call): Reply {
  const start = Number(call.query.get("start") ?? "0")
  const rows = freight.orders
    .slice(start, start + 40)
    .map((o) => `<o id="${o.id}" s="${o.status}" r="${o.reference}"/>`)
  return xml(200, `<orders start="${start}">${rows.join("\n")}</orders>`)
}

function soap(freight: Freight, call: Call): Reply {
  const container = /<container>([A-Z]{4}\d{7})<\/container>/.exec(call.body)?.[1]
  const shipment = freight.shipments.find((s) => s.container === container)
  const fault =
    "<soap:Fault><faultcode>soap:Client</faultcode><faultstring>unknown container</faultstring></soap:Fault>"
  const result = shipment === undefined ? fault : `<TrackResponse><eta>${shipment.eta}</eta></TrackResponse>`
  const envelope = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>${result}</soap:Body></soap:Envelope>`
  return xml(shipment === undefined ? 500 : 200, envelope)
}
