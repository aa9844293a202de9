// Two small descriptions of our own, for the smoke form and the tests: where no corpus is at hand.
import { type ApiDescription, describe } from "./description.ts"

const path = (name: string, more: object = {}) => ({ name, in: "path", type: "string", ...more })
const operation = (text: string, ...params: object[]) => {
  const [method, full_template] = text.split(" ") as [string, string]
  return {
    method,
    full_template,
    params: params as { name: string; in: string }[],
    responses: [method === "POST" ? 201 : 200, 404],
  }
}

const SHOP = [
  operation("GET /v1/orders"),
  operation("POST /v1/orders"),
  operation("GET /v1/orders/{orderId}", path("orderId", { type: "integer" })),
  operation("DELETE /v1/orders/{orderId}", path("orderId", { type: "integer" })),
  operation("GET /v1/orders/{orderId}/lines", path("orderId", { type: "integer" })),
  operation(
    "GET /v1/orders/{orderId}/lines/{line}",
    path("orderId", { type: "integer" }),
    path("line", { type: "integer" }),
  ),
  operation("GET /v1/categories"),
  operation("GET /v1/categories/{category}/products", path("category")),
  operation("GET /v1/products/{sku}", path("sku")),
  operation("GET /v1/products/search"),
  operation("GET /v1/customers/me"),
  operation("GET /v1/customers/{customerId}", path("customerId", { format: "uuid" })),
  operation("GET /v1/reports/{kind}.csv", path("kind", { enum: ["daily", "weekly", "monthly"] })),
  operation("GET /health"),
]

const FREIGHT = [
  operation("GET /api/2.0/ports"),
  operation("GET /api/2.0/ports/{iata}/schedules", path("iata")),
  operation("GET /api/2.0/shipments/{reference}", path("reference", { example: "SHP-2041-77" })),
  operation("POST /api/2.0/shipments/{reference}/events", path("reference", { example: "SHP-2041-77" })),
  operation("GET /api/2.0/shipments/{reference}/documents/{fileName}", path("reference"), path("fileName")),
  operation("GET /api/2.0/days/{date}/load", path("date", { format: "date" })),
  operation("GET /api/2.0/carriers/{carrier}", path("carrier")),
  operation("GET /api/2.0/carriers/{carrier}/tariffs", path("carrier")),
  operation("POST /api/2.0/quotes"),
  operation("POST /api/2.0/quotes:calculate"),
]

export const OWN_DESCRIPTIONS: readonly ApiDescription[] = [
  describe("own-shop", { operations: SHOP }),
  describe("own-freight", { operations: FREIGHT }),
]
