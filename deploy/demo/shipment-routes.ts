// Versions 1 and 2 of the demo API, the transport side: shipments, trackers, invoices and their documents, webhooks,
// rates, export jobs, and the health page.

import { createHash } from "node:crypto"
import type { Freight, Invoice, Shipment } from "./freight.ts"
import { CARRIERS, PORTS } from "./freight.ts"
import type { Call, Reply, Router } from "./router.ts"
import { bodyObject, empty, json, problem, text, wholeNumber } from "./router.ts"
import { SeededRandom } from "./seeded-random.ts"

export function addShipmentRoutes(router: Router, freight: Freight): void {
  router.add("GET", "/health", () => text(200, "text/plain", "ok\n", 0))
  router.add("GET", "/v1/shipments/{id}", (call) => withShipment(freight, call, (s) => json(200, shipmentV1(s))))
  router.add("GET", "/v1/shipments/{id}/events", (call) => withShipment(freight, call, (s) => json(200, s.events)))
  router.add("GET", "/v2/shipments", (call) => listShipments(freight, call))
  router.add("GET", "/v2/shipments/{id}", (call) => withShipment(freight, call, (s) => json(200, shipmentV2(s))))
  router.add("GET", "/v2/shipments/{id}/tracking", (call) =>
    withShipment(freight, call, (s) => json(200, { shipment: s.id, container: s.container, events: s.events }, {}, 4)),
  )
  router.add("PUT", "/v2/trackers/{serial}/position", storePosition)
  router.add("POST", "/v2/trackers/positions", storePositions)
  router.add("GET", "/v1/ports/{code}", port)
  router.add("GET", "/v1/carriers/{slug}", carrier)
  router.add("GET", "/v1/rates", rates)
}

export function addPaperRoutes(router: Router, freight: Freight): void {
  const random = new SeededRandom(3)
  const webhooks = new Map<string, { id: string; url: string; events: unknown }>()
  const jobs = new Map<string, number>()
  router.add("GET", "/v1/invoices", (call) => listInvoices(freight, call))
  router.add("GET", "/v1/invoices/{number}.pdf", (call) => withInvoice(freight, call, (i) => invoicePdf(call, i)))
  router.add("GET", "/v1/invoices/{number}", (call) => withInvoice(freight, call, (i) => json(200, i)))
  router.add("GET", "/v1/invoices/{number}/payments", (call) => withInvoice(freight, call, payments))
  router.add("GET", "/v1/documents/{id}.json", (call) => withDocument(freight, call, documentFacts))
  router.add("GET", "/v1/documents/{id}.pdf", (call) => withDocument(freight, call, (i) => invoicePdf(call, i)))
  router.add("GET", "/v1/webhooks", () => json(200, { webhooks: [...webhooks.values()] }))
  router.add("POST", "/v1/webhooks", (call) => {
    const wanted = bodyObject(call)
    if (typeof wanted?.url !== "string") return problem(422, "Unprocessable Content", "url is missing.")
    const webhook = { id: `wh_${random.hex(20)}`, url: wanted.url, events: wanted.events ?? ["*"] }
    webhooks.set(webhook.id, webhook)
    return json(201, webhook, { location: `/v1/webhooks/${webhook.id}` })
  })
  router.add("DELETE", "/v1/webhooks/{id}", (call) =>
    webhooks.delete(call.slots.id ?? "") ? empty(204) : problem(404, "Not Found", "There is no such webhook."),
  )
  router.add("POST", "/v1/exports", () => {
    const id = `exp_${random.hex(18)}`
    jobs.set(id, 2)
    return json(202, { id, state: "queued" }, { location: `/v1/exports/${id}`, "retry-after": "1" }, 8)
  })
  router.add("GET", "/v1/exports/{id}", (call) => {
    const id = call.slots.id ?? ""
    const left = jobs.get(id)
    if (left === undefined) return problem(404, "Not Found", "There is no such export.")
    jobs.set(id, left - 1)
    return json(200, left > 0 ? { id, state: "running" } : { id, state: "done", rows: freight.orders.length })
  })
}

function withShipment(freight: Freight, call: Call, then: (shipment: Shipment) => Reply): Reply {
  const shipment = freight.shipmentById.get(call.slots.id ?? "")
  return shipment === undefined ? problem(404, "Not Found", "There is no such shipment.") : then(shipment)
}

function shipmentV1(s: Shipment): unknown {
  return { id: s.id, order_id: s.orderId, carrier: s.carrier, container_no: s.container, mode: s.mode, eta: s.eta }
}

function shipmentV2(s: Shipment): unknown {
  const last = s.events[s.events.length - 1]
  const links = { self: `/v2/shipments/${s.id}`, tracking: `/v2/shipments/${s.id}/tracking` }
  return { id: s.id, order: { id: s.orderId }, carrier: { slug: s.carrier }, mode: s.mode, eta: s.eta, last, links }
}

/** Opaque cursors: the position in base64url. */
function listShipments(freight: Freight, call: Call): Reply {
  const limit = wholeNumber(call, "limit", 20, 1, 50)
  const cursor = call.query.get("cursor")
  const from = cursor === null ? 0 : Number(Buffer.from(cursor, "base64url").toString().replace("at:", ""))
  if (limit === null || !Number.isInteger(from)) return problem(400, "Bad Request", "limit or cursor is not valid.")
  const mode = call.query.get("mode")
  const all = mode === null ? freight.shipments : freight.shipments.filter((s) => s.mode === mode)
  const items = all.slice(from, from + limit).map(shipmentV2)
  const next = from + limit < all.length ? Buffer.from(`at:${from + limit}`).toString("base64url") : null
  return json(200, { items, next }, {}, 9)
}

function storePosition(call: Call): Reply {
  const position = bodyObject(call)
  if (typeof position?.lat !== "number" || typeof position.lon !== "number") {
    return problem(422, "Unprocessable Content", "lat and lon are needed.")
  }
  return empty(204)
}

/** Newline-delimited JSON, a position a line. */
function storePositions(call: Call): Reply {
  const lines = call.body.split("\n").filter((line) => line.length > 0)
  return json(202, { accepted: lines.length }, {}, 4)
}

function port(call: Call): Reply {
  const code = call.slots.code ?? ""
  const known: readonly string[] = PORTS
  if (!known.includes(code)) return problem(404, "Not Found", "The port is not served.")
  return json(200, { code, country: code.slice(0, 2), cutOffHours: 36, berths: 4 }, { "cache-control": "max-age=3600" })
}

function carrier(call: Call): Reply {
  const slug = call.slots.slug ?? ""
  const known: readonly string[] = CARRIERS
  if (!known.includes(slug)) return problem(404, "Not Found", "The carrier is not known.")
  return json(200, { slug, scac: slug.slice(0, 4).toUpperCase(), modes: ["sea", "road"] })
}

/** The tariff table: large, the same for everybody, sent compressed by nginx or, to who asks for it, in Brotli by us. */
function rates(call: Call): Reply {
  const random = new SeededRandom(4)
  const from = call.query.get("from")
  const rows: unknown[] = []
  for (const origin of PORTS) {
    for (const destination of PORTS) {
      const price = random.integer(30_000, 500_000) / 100
      if (origin === destination || (from !== null && origin !== from)) continue
      rows.push({ origin, destination, price, currency: "EUR", transitDays: random.integer(2, 44) })
    }
  }
  return json(
    200,
    { validFrom: "2026-11-01", rates: rows },
    { "cache-control": "max-age=600", vary: "accept-encoding" },
  )
}

function listInvoices(freight: Freight, call: Call): Reply {
  const month = call.query.get("month")
  if (month !== null && !/^\d{4}-\d\d$/.test(month)) return problem(400, "Bad Request", "month is YYYY-MM.")
  const size = wholeNumber(call, "limit", 50, 1, 100)
  const offset = wholeNumber(call, "offset", 0, 0, 100_000)
  if (size === null || offset === null) return problem(400, "Bad Request", "limit or offset is not valid.")
  const all = freight.invoices.filter((invoice) => month === null || invoice.issued.startsWith(month))
  return json(200, { count: all.length, results: all.slice(offset, offset + size) }, {}, 10)
}

function withInvoice(freight: Freight, call: Call, then: (invoice: Invoice) => Reply): Reply {
  const number = call.slots.number ?? ""
  if (!/^INV-\d{6}$/.test(number)) return problem(400, "Bad Request", "Invoice numbers look like INV-000123.")
  const invoice = freight.invoiceByNumber.get(number)
  return invoice === undefined ? problem(404, "Not Found", `There is no invoice ${number}.`) : then(invoice)
}

function withDocument(freight: Freight, call: Call, then: (invoice: Invoice) => Reply): Reply {
  const invoice = freight.invoiceByDocument.get(call.slots.id ?? "")
  return invoice === undefined ? problem(404, "Not Found", "There is no such document.") : then(invoice)
}

function payments(invoice: Invoice): Reply {
  const paid = { date: invoice.issued, amount: invoice.amount, currency: invoice.currency, method: "sepa" }
  return json(200, { invoice: invoice.number, payments: invoice.paid ? [paid] : [] })
}

function documentFacts(invoice: Invoice): Reply {
  return json(200, {
    id: invoice.documentId,
    kind: "invoice",
    number: invoice.number,
    pages: 1,
    issued: invoice.issued,
  })
}

/** A one-page PDF; answers a byte range (RFC 9110 section 14) with 206, one outside the document with 416. */
function invoicePdf(call: Call, invoice: Invoice): Reply {
  const pdf = makePdf(invoice)
  const etag = `"${createHash("sha256").update(pdf).digest("hex").slice(0, 16)}"`
  const headers = { "content-type": "application/pdf", "accept-ranges": "bytes", etag }
  if (call.headers["if-none-match"] === etag) return empty(304, { etag })
  const range = /^bytes=(\d{1,9})-(\d{0,9})$/.exec(String(call.headers.range ?? ""))
  if (range === null) return { status: 200, headers, body: pdf, workMs: 14 }
  const start = Number(range[1])
  const end = range[2] === "" ? pdf.length - 1 : Math.min(pdf.length - 1, Number(range[2]))
  if (start > end) return { ...empty(416), headers: { "content-range": `bytes */${pdf.length}` } }
  const part = { ...headers, "content-range": `bytes ${start}-${end}/${pdf.length}` }
  return { status: 206, headers: part, body: pdf.subarray(start, end + 1), workMs: 6 }
}

function makePdf(invoice: Invoice): Buffer {
  const rows: string[] = []
  for (let row = 0; row < 24; row++) {
    rows.push(`1 0 0 1 60 ${700 - row * 24} Tm (${invoice.number} position ${row + 1} of 24, freight and handling) Tj`)
  }
  const content = `BT /F1 11 Tf\n${rows.join("\n")}\nET`
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ]
  let pdf = "%PDF-1.4\n"
  const offsets: number[] = []
  for (let i = 0; i < objects.length; i++) {
    offsets.push(pdf.length)
    pdf += `${i + 1} 0 obj\n${objects[i]}\nendobj\n`
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("")
  const count = objects.length + 1
  const trailer = `trailer << /Size ${count} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`
  return Buffer.from(`${pdf}xref\n0 ${count}\n0000000000 65535 f \n${table}${trailer}`, "latin1")
}
