// What the simulated APIs are about. Themes of the judging half are used by no world that thresholds are tuned on.
import type { IdStyle } from "./object-graph.ts"

/** What a field of a response holds beside its name; "" is a plain value. */
export type FieldClass = "" | "email" | "iban" | "card" | "phone"

export interface ResourceTheme {
  readonly name: string
  readonly style: IdStyle
  readonly isShared?: boolean
  /** Personal data in its objects. */
  readonly classes?: readonly FieldClass[]
  /** Name of the resource that each object belongs to. */
  readonly reference?: string
  /** Collections below one object. */
  readonly nested?: readonly string[]
  readonly actions?: readonly string[]
  /** Objects that a partner of usual size gets a day; shared ones: in all. */
  readonly daily: number
  /** Objects at the world's start: a partner's, or all of a shared collection. */
  readonly stock: number
  /** Only looked at: there is no create, update or delete. */
  readonly isReadOnly?: boolean
}

export interface Theme {
  readonly name: string
  readonly host: string
  readonly version: string
  readonly resources: readonly ResourceTheme[]
}

export type Half = "development" | "judging"

export const THEMES: Readonly<Record<Half, readonly Theme[]>> = {
  development: [
    {
      name: "commerce",
      host: "api.nordhandel.example",
      version: "v1",
      resources: [
        {
          name: "orders",
          style: "int",
          reference: "customers",
          nested: ["lines", "events"],
          actions: ["cancel", "confirm"],
          daily: 14,
          stock: 900,
        },
        { name: "customers", style: "int", classes: ["email", "phone"], nested: ["addresses"], daily: 2, stock: 300 },
        { name: "products", style: "slug", isShared: true, isReadOnly: true, daily: 4, stock: 600 },
        {
          name: "invoices",
          style: "serial",
          reference: "orders",
          classes: ["iban"],
          nested: ["positions"],
          daily: 8,
          stock: 500,
        },
        { name: "returns", style: "uuid", reference: "orders", actions: ["approve"], daily: 1.5, stock: 60 },
        { name: "stock-levels", style: "int", isShared: true, isReadOnly: true, daily: 2, stock: 500 },
      ],
    },
    {
      name: "logistics",
      host: "gateway.elbfracht.example",
      version: "v2",
      resources: [
        {
          name: "shipments",
          style: "token",
          reference: "consignees",
          nested: ["parcels", "milestones"],
          actions: ["release"],
          daily: 16,
          stock: 800,
        },
        { name: "consignees", style: "uuid", classes: ["email", "phone"], daily: 2, stock: 250 },
        { name: "tariffs", style: "int", isShared: true, isReadOnly: true, daily: 1, stock: 300 },
        { name: "bookings", style: "serial", reference: "shipments", actions: ["cancel"], daily: 9, stock: 400 },
        { name: "depots", style: "slug", isShared: true, isReadOnly: true, daily: 0.2, stock: 80 },
        { name: "claims", style: "int", reference: "shipments", classes: ["iban"], daily: 0.8, stock: 40 },
      ],
    },
  ],
  judging: [
    {
      name: "insurance",
      host: "partner.alpenschutz.example",
      version: "v3",
      resources: [
        {
          name: "policies",
          style: "serial",
          reference: "persons",
          nested: ["covers", "letters"],
          actions: ["renew"],
          daily: 6,
          stock: 700,
        },
        {
          name: "persons",
          style: "token",
          classes: ["email", "phone", "iban"],
          nested: ["contacts"],
          daily: 3,
          stock: 500,
        },
        {
          name: "damages",
          style: "int",
          reference: "policies",
          classes: ["iban"],
          nested: ["files"],
          actions: ["settle"],
          daily: 5,
          stock: 200,
        },
        { name: "products", style: "slug", isShared: true, isReadOnly: true, daily: 0.3, stock: 120 },
        { name: "commissions", style: "uuid", reference: "policies", isReadOnly: true, daily: 6, stock: 400 },
        { name: "rates", style: "int", isShared: true, isReadOnly: true, daily: 3, stock: 900 },
      ],
    },
    {
      name: "banking",
      host: "open.rheinbank.example",
      version: "v1",
      resources: [
        { name: "accounts", style: "uuid", classes: ["iban", "email"], nested: ["balances"], daily: 1, stock: 150 },
        { name: "transactions", style: "int", reference: "accounts", isReadOnly: true, daily: 30, stock: 2000 },
        {
          name: "payments",
          style: "token",
          reference: "accounts",
          classes: ["iban"],
          actions: ["authorise"],
          daily: 9,
          stock: 500,
        },
        {
          name: "mandates",
          style: "serial",
          reference: "accounts",
          classes: ["iban"],
          actions: ["revoke"],
          daily: 1,
          stock: 90,
        },
        { name: "currencies", style: "slug", isShared: true, isReadOnly: true, daily: 0.1, stock: 60 },
        { name: "cards", style: "int", reference: "accounts", classes: ["card"], daily: 0.7, stock: 100 },
      ],
    },
  ],
}
