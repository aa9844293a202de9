// The simulated APIs: resources, the routes to them, what their queries and answers look like.
//
// In:  themes.   Out: an ApiDesign: routes that exist from the start, that are released on a day, that nobody documents.
import { Draws, hashText } from "./draws.ts"
import { Collection, SHARED } from "./object-graph.ts"
import type { FieldClass, ResourceTheme, Theme } from "./themes.ts"

export type Action = "list" | "get" | "nested" | "search" | "create" | "patch" | "delete" | "act" | "report" | "health"

export interface Field {
  readonly name: string
  /** id and reference are ids; number text flag time are plain values. */
  readonly type: "id" | "reference" | "number" | "text" | "flag" | "time" | FieldClass
}

export interface Resource {
  readonly index: number
  readonly theme: ResourceTheme
  readonly collection: Collection
  /** What `reference` of its objects points into, null for nothing. */
  readonly referred: Resource | null
  readonly fields: readonly Field[]
}

/** Names of the parameters of a page, as an API has them. */
export interface Paging {
  readonly limit: string
  readonly offset: string
  /** Offsets count pages from 1, not elements. */
  readonly isPages: boolean
}

export interface Route {
  readonly index: number
  readonly service: number
  readonly method: string
  /** "/v1/orders" */
  readonly prefix: string
  /** An id of `resource` follows the prefix. */
  readonly hasId: boolean
  /** "/lines", "" */
  readonly suffix: string
  readonly action: Action
  readonly resource: Resource | null
  readonly status: number
  /** Day of its release; before it the route answers 404. */
  readonly releasedDay: number
  /** Nobody's business: only attacks call it. */
  readonly isHidden: boolean
  readonly isSensitive: boolean
}

export interface Service {
  readonly index: number
  readonly host: string
  readonly address: string
  readonly paging: Paging
  /** Name of the array that lists are in, "" where the answer is the array. */
  readonly envelope: string
}

export interface ApiDesign {
  readonly services: readonly Service[]
  readonly resources: readonly Resource[]
  readonly routes: Route[]
}

const PAGINGS: readonly Paging[] = [
  { limit: "per_page", offset: "page", isPages: true },
  { limit: "limit", offset: "offset", isPages: false },
  { limit: "page_size", offset: "page", isPages: true },
  { limit: "count", offset: "start", isPages: false },
]
const ENVELOPES = ["items", "data", "", "results"]

const FIELD_NAMES: Readonly<Record<Exclude<FieldClass, "">, string>> = {
  email: "contact_email",
  iban: "iban",
  card: "card_number",
  phone: "phone",
}

function fieldsOf(theme: ResourceTheme, draws: Draws): Field[] {
  const plain: Field[] = [
    { name: "status", type: "text" },
    { name: "created_at", type: "time" },
    { name: "amount", type: "number" },
    { name: "active", type: "flag" },
    { name: "note", type: "text" },
    { name: "version", type: "number" },
  ]
  const out: Field[] = [{ name: "id", type: "id" }, ...draws.sample(plain, draws.integer(3, 6))]
  if (theme.reference !== undefined) out.push({ name: `${theme.reference.replace(/s$/, "")}_id`, type: "reference" })
  for (const name of theme.classes ?? []) if (name !== "") out.push({ name: FIELD_NAMES[name], type: name })
  return out
}

interface Place {
  readonly service: number
  readonly base: string
}

const STATUS: Readonly<Partial<Record<Action, number>>> = { create: 201, delete: 204, act: 202 }
const METHODS: Readonly<Partial<Record<Action, string>>> = {
  create: "POST",
  patch: "PATCH",
  delete: "DELETE",
  act: "POST",
}

class Designer {
  readonly services: Service[] = []
  readonly resources: Resource[] = []
  readonly routes: Route[] = []

  route(place: Place, action: Action, resource: Resource | null, fields: Partial<Route> = {}): void {
    this.routes.push({
      index: this.routes.length,
      service: place.service,
      method: METHODS[action] ?? "GET",
      prefix: resource === null ? place.base : `${place.base}/${resource.theme.name}`,
      hasId: false,
      suffix: "",
      action,
      resource,
      status: STATUS[action] ?? 200,
      releasedDay: -1000,
      isHidden: false,
      isSensitive: (resource?.theme.classes?.length ?? 0) > 0,
      ...fields,
    })
  }

  resource(place: Place, theme: ResourceTheme, draws: Draws): void {
    const collection = new Collection(
      {
        name: theme.name,
        style: theme.style,
        isShared: theme.isShared === true,
        prefix: theme.name.slice(0, 3).toUpperCase(),
        base: draws.integer(1, 80) * 1000,
      },
      hashText(`${place.base} ${theme.name}`),
    )
    const referred = this.resources.find((one) => one.theme.name === theme.reference) ?? null
    const resource = { index: this.resources.length, theme, collection, referred, fields: fieldsOf(theme, draws) }
    this.resources.push(resource)
    this.route(place, "list", resource)
    this.route(place, "get", resource, { hasId: true })
    for (const name of theme.nested ?? []) this.route(place, "nested", resource, { hasId: true, suffix: `/${name}` })
    if (theme.isReadOnly !== true) {
      this.route(place, "create", resource)
      this.route(place, "patch", resource, { hasId: true })
      this.route(place, "delete", resource, { hasId: true })
    }
    for (const name of theme.actions ?? []) this.route(place, "act", resource, { hasId: true, suffix: `/${name}` })
    if (theme.isShared === true || draws.chance(0.5)) this.route(place, "search", resource, { suffix: "/search" })
  }
}

/** References first, so that what an object names exists. */
function inOrder(themes: readonly ResourceTheme[]): ResourceTheme[] {
  const out: ResourceTheme[] = []
  const visit = (theme: ResourceTheme): void => {
    if (out.includes(theme)) return
    const referred = themes.find((one) => one.name === theme.reference)
    if (referred !== undefined) visit(referred)
    out.push(theme)
  }
  for (const theme of themes) visit(theme)
  return out
}

export function designApi(themes: readonly Theme[], seed: number): ApiDesign {
  const designer = new Designer()
  themes.forEach((theme, service) => {
    const draws = Draws.of(seed, "api", theme.name)
    const place = { service, base: `/${theme.version}` }
    designer.services.push({
      index: service,
      host: theme.host,
      address: `10.20.${service}.10`,
      paging: draws.pick(PAGINGS),
      envelope: draws.pick(ENVELOPES),
    })
    for (const resource of inOrder(theme.resources)) designer.resource(place, resource, draws)
    designer.route(place, "report", null, { suffix: "/reports/summary" })
    designer.route(place, "health", null, { suffix: "/health" })
    const own = designer.resources.filter(({ theme: { name } }) => theme.resources.some((one) => one.name === name))
    const sensitive = own.find(({ theme: { classes, isShared } }) => (classes?.length ?? 0) > 0 && isShared !== true)!
    const main = own.find(({ theme: { isShared } }) => isShared !== true)!
    // Released while the world runs: partners take them up one after the other.
    designer.route(place, "nested", main, { hasId: true, suffix: "/timeline", releasedDay: 24 })
    designer.route(place, "list", main, { suffix: "/recent", releasedDay: 24 })
    designer.route(place, "nested", sensitive, { hasId: true, suffix: "/history", releasedDay: 38, isSensitive: false })
    // Nobody's business: an administration, an export, an old version, a decoy.
    const hidden = { isHidden: true, isSensitive: true }
    designer.route(place, "list", sensitive, { ...hidden, prefix: `/${theme.version}/admin/${sensitive.theme.name}` })
    designer.route(place, "nested", sensitive, { ...hidden, hasId: true, suffix: "/bank-details" })
    designer.route(place, "list", sensitive, { ...hidden, prefix: `/v0/${sensitive.theme.name}` })
    designer.route(place, "list", sensitive, { ...hidden, prefix: "/internal/debug/dump" })
    designer.route(place, "list", sensitive, { ...hidden, prefix: `/${theme.version}/backup/${sensitive.theme.name}` })
  })
  return { services: designer.services, resources: designer.resources, routes: designer.routes }
}

/** Hidden routes of a service, by what they stand for. */
export function hiddenRoute(
  api: ApiDesign,
  service: number,
  which: "admin" | "bank" | "zombie" | "shadow" | "decoy",
): Route {
  const place = { admin: 0, bank: 1, zombie: 2, shadow: 3, decoy: 4 }[which]
  return api.routes.filter((route) => route.isHidden && route.service === service)[place]!
}

/** Fills the collections with what exists when the world begins. */
export function stockObjects(
  api: ApiDesign,
  ownersOf: (resource: Resource) => readonly { readonly index: number; readonly scale: number }[],
  draws: Draws,
): void {
  for (const resource of api.resources) {
    const { collection, theme } = resource
    if (theme.isShared === true) {
      for (let k = 0; k < theme.stock; k++) collection.add(SHARED)
      continue
    }
    // Interleaved, as they came about: neighbours belong to different partners.
    const owners: number[] = []
    for (const { index, scale } of ownersOf(resource))
      for (let k = draws.poisson(Math.max(3, theme.stock * scale * 0.5)); k > 0; k--) owners.push(index)
    for (let i = owners.length - 1; i > 0; i--) {
      const j = draws.integer(0, i)
      ;[owners[i], owners[j]] = [owners[j]!, owners[i]!]
    }
    for (const owner of owners) collection.add(owner, referenceFor(resource, owner, draws))
  }
}

/** One of the owner's objects of that kind, -1 when there is none. */
export function draw(resource: Resource, owner: number, draws: Draws): number {
  const own = resource.collection.ownOf(owner)
  return own.length === 0 ? -1 : own[draws.integer(0, own.length - 1)]!
}

/** What a new object of the owner refers to: one of the owner's, made when there is none; -1 where objects refer to nothing. */
export function referenceFor(resource: Resource, owner: number, draws: Draws): number {
  const { referred } = resource
  if (referred === null) return -1
  const own = draw(referred, owner, draws)
  return own >= 0 ? own : referred.collection.add(owner, referenceFor(referred, owner, draws))
}
