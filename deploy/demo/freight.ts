// The world of Meridian Freight, the demo's forwarding company: customers, orders, shipments, invoices, documents.
//
// In:  a seed. Out: the same world for the same seed, small enough to keep in memory. Nobody in it exists: names are
// drawn from lists, mail addresses end in example.com, telephone numbers lie in ranges reserved for fiction, bank
// accounts are the standard's own examples.

import { SeededRandom } from "./seeded-random.ts"

export interface Customer {
  readonly id: number
  readonly name: string
  readonly country: string
  readonly contact: { readonly name: string; readonly email: string; readonly phone: string }
  readonly iban: string
  creditLimit: number
  readonly createdAt: string
}

export interface OrderLine {
  readonly line: number
  readonly sku: string
  quantity: number
  readonly unitPrice: number
  readonly weightKg: number
}

export interface Order {
  readonly id: number
  readonly reference: string
  readonly customerId: number
  status: string
  readonly currency: string
  readonly incoterm: string
  readonly origin: string
  readonly destination: string
  readonly createdAt: string
  version: number
  readonly lines: OrderLine[]
  readonly shipmentId: string
}

export interface Shipment {
  readonly id: string
  readonly orderId: number
  readonly carrier: string
  readonly container: string
  readonly mode: string
  readonly eta: string
  readonly events: { readonly at: string; readonly port: string; readonly code: string }[]
}

export interface Invoice {
  readonly number: string
  readonly orderId: number
  readonly customerId: number
  readonly issued: string
  readonly amount: number
  readonly currency: string
  readonly paid: boolean
  readonly documentId: string
}

export const PORTS = ["DEHAM", "NLRTM", "BEANR", "GBFXT", "ESALG", "PLGDN", "USNYC", "SGSIN", "CNSHA", "INNSA"] as const
export const CARRIERS = ["north-quay-line", "blue-meridian", "atlas-feeder", "portside-express"] as const
const FIRST = ["Ada", "Bo", "Carla", "Dario", "Elin", "Farid", "Greta", "Hugo", "Ines", "Jalil", "Kaia", "Lev"] as const
const LAST = ["Alder", "Brook", "Castell", "Dahl", "Ember", "Frost", "Grove", "Harrow", "Iver", "Juno"] as const
const TRADE = ["Timber", "Ceramics", "Optics", "Textiles", "Pumps", "Coffee", "Bicycles", "Glass"] as const
const FORM = ["Ltd", "GmbH", "BV", "SARL", "AB"] as const
const COUNTRIES = ["DE", "NL", "GB", "FR", "SE", "ES", "PL"] as const
const EXAMPLE_IBANS = ["DE89370400440532013000", "GB82WEST12345698765432", "NL91ABNA0417164300"] as const
const STATUSES = ["draft", "confirmed", "in_transit", "delivered", "invoiced"] as const
const CURRENCIES = ["EUR", "EUR", "USD", "GBP"] as const

const WORLD_START_MS = Date.UTC(2026, 8, 1)
const HOUR_MS = 3_600_000

export class Freight {
  readonly customers: Customer[] = []
  readonly orders: Order[] = []
  readonly shipments: Shipment[] = []
  readonly invoices: Invoice[] = []
  readonly customerById = new Map<number, Customer>()
  readonly orderById = new Map<number, Order>()
  readonly shipmentById = new Map<string, Shipment>()
  readonly invoiceByNumber = new Map<string, Invoice>()
  readonly invoiceByDocument = new Map<string, Invoice>()
  #nextOrderId: number

  constructor(seed: number) {
    const random = new SeededRandom(seed)
    let customerId = 48_000
    for (let i = 0; i < 120; i++) {
      customerId += random.integer(1, 9)
      this.customers.push(makeCustomer(random, customerId, i))
    }
    let orderId = 1_204_300
    for (let i = 0; i < 700; i++) {
      orderId += random.integer(1, 4)
      const order = makeOrder(random, orderId, i, random.pickSkewed(this.customers).id)
      this.orders.push(order)
      this.shipments.push(makeShipment(random, order))
      if (random.chance(0.5)) this.invoices.push(makeInvoice(random, order, this.invoices.length))
    }
    this.#nextOrderId = orderId + 1
    for (const customer of this.customers) this.customerById.set(customer.id, customer)
    for (const order of this.orders) this.orderById.set(order.id, order)
    for (const shipment of this.shipments) this.shipmentById.set(shipment.id, shipment)
    for (const invoice of this.invoices) {
      this.invoiceByNumber.set(invoice.number, invoice)
      this.invoiceByDocument.set(invoice.documentId, invoice)
    }
  }

  /** Books a new order; `random` is the caller's, so that partners do not disturb each other's choices. */
  book(random: SeededRandom, customerId: number, lines: OrderLine[]): Order {
    const made = makeOrder(random, this.#nextOrderId++, this.orders.length, customerId)
    const order: Order = { ...made, status: "draft", version: 1, lines }
    this.orders.push(order)
    this.orderById.set(order.id, order)
    return order
  }
}

function instant(random: SeededRandom, index: number): string {
  return new Date(WORLD_START_MS + index * 2 * HOUR_MS + random.integer(0, HOUR_MS)).toISOString()
}

function makeCustomer(random: SeededRandom, id: number, index: number): Customer {
  const first = random.pick(FIRST)
  const last = random.pick(LAST)
  return {
    id,
    name: `${last} ${random.pick(TRADE)} ${random.pick(FORM)}`,
    country: random.pick(COUNTRIES),
    contact: {
      name: `${first} ${last}`,
      email: `${first}.${last}.${index}@example.com`.toLowerCase(),
      phone: `+44207946${String(random.integer(0, 999)).padStart(4, "0")}`,
    },
    iban: random.pick(EXAMPLE_IBANS),
    creditLimit: random.integer(5, 400) * 1000,
    createdAt: new Date(WORLD_START_MS - random.integer(100, 9_000) * HOUR_MS).toISOString(),
  }
}

function makeOrder(random: SeededRandom, id: number, index: number, customerId: number): Order {
  const lines: OrderLine[] = []
  const count = random.integer(1, 5)
  for (let line = 1; line <= count; line++) {
    lines.push({
      line,
      sku: `SKU-${String(random.integer(1, 99_999)).padStart(6, "0")}`,
      quantity: random.integer(1, 60),
      unitPrice: random.integer(90, 90_000) / 100,
      weightKg: random.integer(1, 8_000) / 10,
    })
  }
  return {
    id,
    reference: `PO-${random.integer(10_000, 99_999)}`,
    customerId,
    status: random.pick(STATUSES),
    currency: random.pick(CURRENCIES),
    incoterm: random.pick(["FOB", "CIF", "DAP", "EXW"]),
    origin: random.pick(PORTS),
    destination: random.pick(PORTS),
    createdAt: instant(random, index),
    version: random.integer(1, 6),
    lines,
    shipmentId: random.uuid(),
  }
}

function makeShipment(random: SeededRandom, order: Order): Shipment {
  const start = Date.parse(order.createdAt)
  const events: Shipment["events"] = []
  const count = random.integer(1, 5)
  for (let i = 0; i < count; i++) {
    events.push({
      at: new Date(start + (i + 1) * 9 * HOUR_MS).toISOString(),
      port: random.pick(PORTS),
      code: random.pick(["GATE_IN", "LOADED", "DEPARTED", "ARRIVED", "CUSTOMS_HOLD", "RELEASED"]),
    })
  }
  return {
    id: order.shipmentId,
    orderId: order.id,
    carrier: random.pick(CARRIERS),
    container: `MRDU${random.integer(1_000_000, 9_999_999)}`,
    mode: random.pick(["sea", "sea", "road", "air"]),
    eta: new Date(start + random.integer(200, 900) * HOUR_MS).toISOString(),
    events,
  }
}

function makeInvoice(random: SeededRandom, order: Order, index: number): Invoice {
  let amount = 0
  for (const line of order.lines) amount += line.quantity * line.unitPrice
  return {
    number: `INV-${String(101 + index).padStart(6, "0")}`,
    orderId: order.id,
    customerId: order.customerId,
    issued: order.createdAt.slice(0, 10),
    amount: Math.round(amount * 100) / 100,
    currency: order.currency,
    paid: random.chance(0.7),
    documentId: random.hex(32),
  }
}
