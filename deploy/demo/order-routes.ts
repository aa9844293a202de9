// Version 1 of the demo API, the trade side: token, customers, orders, quotes, search.

import { isClient, issueToken } from "./access.ts"
import type { Customer, Freight, Order, OrderLine } from "./freight.ts"
import { PORTS } from "./freight.ts"
import type { Call, Reply, Router } from "./router.ts"
import { bodyObject, empty, json, problem, text, wholeNumber } from "./router.ts"
import { SeededRandom } from "./seeded-random.ts"

const PAGE_MAX = 100

export function addOrderRoutes(router: Router, freight: Freight): void {
  const random = new SeededRandom(2)
  router.add("POST", "/v1/auth/token", token)
  router.add("GET", "/v1/me", (call) => json(200, { name: call.caller?.name, scheme: call.caller?.scheme }))
  router.add("GET", "/v1/customers", (call) => page(call, freight.customers, customerSummary, "customers"))
  router.add("GET", "/v1/customers/{id}", (call) => withCustomer(freight, call, (c) => json(200, c)))
  router.add("PATCH", "/v1/customers/{id}", (call) => withCustomer(freight, call, (c) => patchCustomer(call, c)))
  router.add("GET", "/v1/customers/{id}/orders", (call) =>
    withCustomer(freight, call, (c) =>
      page(
        call,
        freight.orders.filter((order) => order.customerId === c.id),
        orderSummary,
        "orders",
      ),
    ),
  )
  router.add("GET", "/v1/customers/{id}/bank-account", (call) =>
    withCustomer(freight, call, (c) => json(200, { customerId: c.id, holder: c.name, iban: c.iban })),
  )
  router.add("GET", "/v1/orders", (call) => listOrders(freight, call))
  router.add("POST", "/v1/orders", (call) => createOrder(freight, random, call))
  router.add("GET", "/v1/orders/export", (call) => exportOrders(freight, call))
  router.add("GET", "/v1/orders/{id}", (call) => withOrder(freight, call, (order) => readOrder(call, order)))
  router.add("PATCH", "/v1/orders/{id}", (call) => withOrder(freight, call, (order) => patchOrder(call, order)))
  router.add("DELETE", "/v1/orders/{id}", (call) => withOrder(freight, call, cancelOrder))
  router.add("GET", "/v1/orders/{id}/lines", (call) => withOrder(freight, call, readLines))
  router.add("PUT", "/v1/orders/{id}/lines/{line}", (call) => withOrder(freight, call, (o) => putLine(call, o)))
  router.add("POST", "/v1/quotes", (call) => quote(random, call))
  router.add("GET", "/v1/search", (call) => search(freight, call))
}

function token(call: Call): Reply {
  const form = new URLSearchParams(call.body)
  if (form.get("grant_type") !== "client_credentials") {
    return json(400, { error: "unsupported_grant_type" }, { "cache-control": "no-store" })
  }
  if (!isClient(form.get("client_id"), form.get("client_secret"))) {
    return json(401, { error: "invalid_client" }, { "cache-control": "no-store" })
  }
  const scope = form.get("scope") ?? "orders:read"
  const { token: access_token, expiresIn } = issueToken(form.get("client_id") ?? "", scope, Date.now())
  const answer = { access_token, token_type: "Bearer", expires_in: expiresIn, scope }
  return json(200, answer, { "cache-control": "no-store" }, 15)
}

/** Page numbers with totals, as most business APIs page. */
function page<T>(call: Call, all: readonly T[], view: (item: T) => unknown, name: string): Reply {
  const number = wholeNumber(call, "page", 1, 1, 100_000)
  const size = wholeNumber(call, "per_page", 25, 1, PAGE_MAX)
  if (number === null || size === null) {
    return problem(400, "Bad Request", `page counts from 1; per_page lies in 1..${PAGE_MAX}.`)
  }
  const items = all.slice((number - 1) * size, number * size).map(view)
  const pages = Math.max(1, Math.ceil(all.length / size))
  const link = number < pages ? { link: `<${call.path}?page=${number + 1}&per_page=${size}>; rel="next"` } : {}
  return json(200, { [name]: items, page: number, perPage: size, pages, total: all.length }, link, 6)
}

function customerSummary(customer: Customer): unknown {
  return { id: customer.id, name: customer.name, country: customer.country, email: customer.contact.email }
}

function orderSummary(order: Order): unknown {
  const { lines, ...head } = order
  return { ...head, lineCount: lines.length, total: totalOf(lines) }
}

function totalOf(lines: readonly OrderLine[]): number {
  let cents = 0
  for (const line of lines) cents += Math.round(line.quantity * line.unitPrice * 100)
  return cents / 100
}

function withCustomer(freight: Freight, call: Call, then: (customer: Customer) => Reply): Reply {
  const customer = freight.customerById.get(Number(call.slots.id))
  if (customer === undefined) return problem(404, "Not Found", "There is no such customer.")
  if (call.caller?.seesAll !== true) return problem(403, "Forbidden", "Customer records need the role reseller.")
  return then(customer)
}

function patchCustomer(call: Call, customer: Customer): Reply {
  const creditLimit = bodyObject(call)?.creditLimit
  if (typeof creditLimit !== "number" || creditLimit < 0 || creditLimit > 1_000_000) {
    return problem(422, "Unprocessable Content", "creditLimit must lie between 0 and 1000000.")
  }
  customer.creditLimit = creditLimit
  return json(200, customer)
}

function withOrder(freight: Freight, call: Call, then: (order: Order) => Reply): Reply {
  const id = call.slots.id ?? ""
  if (!/^\d{1,9}$/.test(id)) return problem(400, "Bad Request", "An order id is a whole number.")
  const order = freight.orderById.get(Number(id))
  if (order === undefined) return problem(404, "Not Found", `There is no order ${id}.`)
  if (call.caller?.seesAll !== true && order.customerId % 5 === 0) {
    return problem(403, "Forbidden", "This order belongs to another partner's customer.")
  }
  return then(order)
}

function listOrders(freight: Freight, call: Call): Reply {
  const status = call.query.get("status")
  const since = call.query.get("updated_since")
  if (since !== null && Number.isNaN(Date.parse(since))) {
    return problem(400, "Bad Request", "updated_since must be an ISO 8601 date.")
  }
  let orders: readonly Order[] = freight.orders
  if (status !== null) orders = orders.filter((order) => order.status === status)
  if (since !== null) orders = orders.filter((order) => order.createdAt >= since)
  return page(call, orders, orderSummary, "orders")
}

/** One order in 61 makes the pricing module fail, which is how the demo gets its 500s. */
function readOrder(call: Call, order: Order): Reply {
  if (order.id % 61 === 0) return problem(500, "Internal Server Error", "Pricing failed; incident 7c1e-44.")
  const etag = `W/"${order.id}-${order.version}"`
  if (call.headers["if-none-match"] === etag) return empty(304, { etag })
  const embed = call.query.get("expand")
  const lines = embed === "lines" ? { lines: order.lines } : {}
  return json(200, { ...(orderSummary(order) as object), ...lines }, { etag }, 3)
}

function readLines(order: Order): Reply {
  return json(200, order.lines, {}, 3)
}

function createOrder(freight: Freight, random: SeededRandom, call: Call): Reply {
  const wanted = bodyObject(call)
  if (wanted === null) return problem(400, "Bad Request", "The body is not a JSON object.")
  const customer = freight.customerById.get(Number(wanted.customerId))
  if (customer === undefined) return problem(422, "Unprocessable Content", "customerId names no customer.")
  const lines = Array.isArray(wanted.lines) ? (wanted.lines as OrderLine[]) : []
  if (lines.length === 0) return problem(422, "Unprocessable Content", "An order needs at least one line.")
  const order = freight.book(random, customer.id, lines)
  return json(201, order, { location: `/v1/orders/${order.id}` }, 12)
}

function patchOrder(call: Call, order: Order): Reply {
  const status = bodyObject(call)?.status
  if (typeof status !== "string") return problem(400, "Bad Request", "status is missing.")
  if (order.status === "invoiced") return problem(409, "Conflict", "The order is already invoiced.")
  order.status = status
  order.version++
  return json(200, orderSummary(order), { etag: `W/"${order.id}-${order.version}"` }, 5)
}

function cancelOrder(order: Order): Reply {
  if (order.status !== "draft" && order.status !== "confirmed") {
    return problem(409, "Conflict", `An order that is ${order.status} cannot be cancelled.`)
  }
  order.status = "cancelled"
  return empty(204)
}

function putLine(call: Call, order: Order): Reply {
  const quantity = bodyObject(call)?.quantity
  const line = order.lines.find((candidate) => String(candidate.line) === call.slots.line)
  if (line === undefined) return problem(404, "Not Found", "The order has no such line.")
  if (typeof quantity !== "number" || quantity < 1) {
    return problem(422, "Unprocessable Content", "quantity must be at least 1.")
  }
  line.quantity = quantity
  order.version++
  return json(200, line)
}

/** Written as it is read from the store: HTTP chunks, no length. */
function exportOrders(freight: Freight, call: Call): Reply {
  const status = call.query.get("status")
  const orders = freight.orders.filter((order) => status === null || order.status === status).slice(0, 240)
  const csv = call.query.get("format") === "csv"
  const parts: string[] = csv ? ["id,reference,customer,status,total\r\n"] : []
  for (let i = 0; i < orders.length; i += 30) {
    const rows = orders.slice(i, i + 30).map((o) => {
      const total = totalOf(o.lines)
      if (csv) return `${o.id},${o.reference},${o.customerId},${o.status},${total}\r\n`
      return `${JSON.stringify({ id: o.id, reference: o.reference, customerId: o.customerId, total })}\n`
    })
    parts.push(rows.join(""))
  }
  return text(200, csv ? "text/csv; charset=utf-8" : "application/x-ndjson", parts, 25)
}

function quote(random: SeededRandom, call: Call): Reply {
  const wanted = bodyObject(call)
  if (wanted === null) return problem(400, "Bad Request", "The body is not a JSON object.")
  const ports: readonly unknown[] = PORTS
  if (!ports.includes(wanted.from) || !ports.includes(wanted.to)) {
    return problem(422, "Unprocessable Content", "from and to must be served ports.")
  }
  const price = random.integer(40_000, 900_000) / 100
  return json(
    200,
    { quoteId: `qt_${random.hex(16)}`, from: wanted.from, to: wanted.to, price, currency: "EUR" },
    {},
    30,
  )
}

function search(freight: Freight, call: Call): Reply {
  const words = (call.query.get("q") ?? "").toLowerCase()
  if (words.length < 2) return problem(400, "Bad Request", "q needs at least two characters.")
  const customers = freight.customers.filter((c) => c.name.toLowerCase().includes(words)).slice(0, 10)
  const orders = freight.orders.filter((o) => o.reference.toLowerCase().includes(words)).slice(0, 10)
  return json(
    200,
    { query: words, customers: customers.map(customerSummary), orders: orders.map(orderSummary) },
    {},
    35,
  )
}
