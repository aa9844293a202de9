// The API of the recording: what parcels-v2.yaml says, and on purpose some things that it does not say.
//
//   shadow        GET /v2/internal/queues is in no document
//   zombie        GET /v1/parcels/{parcelId} is only in the older one, and answers
//   status        POST /v2/parcels answers 409 to a receiver that has a parcel already
//   content type  GET /v2/parcels/{parcelId}/label is a PDF
//   missing auth  GET /v2/depots and below answer without a token
//   parameter     the list of parcels takes "debug"; type: it takes "first" for a page
// An orphan needs no server: nobody calls POST /v2/claims.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { argv } from "node:process"

interface Parcel {
  readonly id: string
  state: string
  readonly receiver: string
  readonly weightGrams: number
  readonly depot: string
}

const DEPOTS = ["altona", "bremen", "celle", "dresden", "erfurt", "fulda", "gera", "halle"].map((name, i) => ({
  name,
  city: name,
  docks: 2 + i,
}))
const parcels = new Map<string, Parcel>()

/** The k-th of the ids: no two runs differ. */
const parcelId = (k: number): string =>
  `${(0x6b3c0000 + k * 7919).toString(16)}-5d1e-4a07-9c42-${(0x3fa85f640000 + k * 104_729).toString(16)}`

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}

const problem = (response: ServerResponse, status: number, title: string): void =>
  json(response, status, { title, status })

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ""
  for await (const chunk of request) text += String(chunk)
  return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>)
}

async function onParcels(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): Promise<void> {
  if (request.method === "GET") {
    const state = query.get("state")
    const items = [...parcels.values()].filter((parcel) => state === null || parcel.state === state).slice(-5)
    json(response, 200, { items, page: Number(query.get("page")) || 1 })
    return
  }
  const { receiver, weightGrams, depot } = await bodyOf(request)
  if ([...parcels.values()].some((parcel) => parcel.receiver === receiver)) {
    problem(response, 409, "This receiver has a parcel already.")
    return
  }
  const parcel: Parcel = {
    id: parcelId(parcels.size),
    state: "accepted",
    receiver: String(receiver),
    weightGrams: Number(weightGrams),
    depot: String(depot ?? "altona"),
  }
  parcels.set(parcel.id, parcel)
  json(response, 201, parcel)
}

async function onParcel(request: IncomingMessage, response: ServerResponse, id: string, below: string): Promise<void> {
  const parcel = parcels.get(id)
  if (parcel === undefined) problem(response, 404, "There is no such parcel.")
  else if (below === "label") response.writeHead(200, { "content-type": "application/pdf" }).end("%PDF-1.4\n%%EOF\n")
  else if (request.method === "DELETE") {
    parcels.delete(id)
    response.writeHead(204).end()
  } else {
    if (request.method === "PATCH") parcel.state = String((await bodyOf(request)).state)
    json(response, 200, parcel)
  }
}

function onDepots(response: ServerResponse, name: string, day: string): void {
  const depot = DEPOTS.find((one) => one.name === name)
  if (name === "") json(response, 200, DEPOTS)
  else if (depot === undefined) problem(response, 404, "There is no such depot.")
  else if (day === "") json(response, 200, depot)
  else json(response, 200, { parcels: 40 + depot.docks, share: 0.25 })
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://parcels.example")
  const [version, collection = "", id = "", below = "", day = ""] = pathname.slice(1).split("/")
  if (pathname === "/v2/health") json(response, 200, { ok: true })
  else if (version === "v2" && collection === "depots") onDepots(response, id, below === "load" ? day : "")
  else if (version === "v1" && collection === "parcels" && parcels.has(id)) {
    const { state, receiver } = parcels.get(id)!
    json(response, 200, { id, state, receiver })
  } else if (request.headers.authorization === undefined) problem(response, 401, "A token is needed.")
  else if (pathname === "/v2/internal/queues") json(response, 200, { waiting: 3, oldestSeconds: 12 })
  else if (version === "v2" && collection === "parcels" && id === "") await onParcels(request, response, searchParams)
  else if (version === "v2" && collection === "parcels") await onParcel(request, response, id, below)
  else problem(response, 404, "There is nothing here.")
}

createServer((request, response) => {
  answer(request, response).catch(() => problem(response, 500, "Failed."))
}).listen(Number(argv[2]), "127.0.0.1")
