// The partners of the recording: one Node process that speaks as four of them, each over connections of its own. Prints nothing.
//   parcels-client.ts BASE       e.g. http://parcels.example
import { request } from "node:http"
import { argv } from "node:process"

const BASE = argv[2]!
const TOKENS = [
  "8f14e45fceea167a5a36dedd4bea2543",
  "c9f0f895fb98ab9159f51fd0297e236d",
  "45c48cce2e2d7fbdea1afc51c7c6ad26",
  "",
]
const DEPOTS = ["altona", "bremen", "celle", "dresden", "erfurt", "fulda", "gera", "halle"]

interface Said {
  readonly status: number
  readonly body: string
}

function say(
  method: string,
  path: string,
  token: string,
  body?: object,
  fields: Record<string, string> = {},
): Promise<Said> {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    Host: "parcels.example",
    "User-Agent": "parcel-sdk/2.1",
    ...(token === "" ? {} : { Authorization: `Bearer ${token}` }),
    ...(text === undefined ? {} : { "Content-Type": "application/json", "Content-Length": String(text.length) }),
    ...fields,
  }
  return new Promise((resolve, reject) => {
    const sent = request(`${BASE}${path}`, { method, headers }, (response) => {
      let received = ""
      response.setEncoding("latin1")
      response.on("data", (chunk: string) => {
        received += chunk
      })
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: received }))
    })
    sent.on("error", reject)
    sent.end(text)
  })
}

const ids: string[] = []
for (let round = 0; round < 24; round++) {
  const token = TOKENS[round % 3]!
  const made = await say("POST", "/v2/parcels", token, {
    receiver: `shop ${round}`,
    weightGrams: 100 + round,
    depot: DEPOTS[round % 8]!,
  })
  ids.push((JSON.parse(made.body) as { id: string }).id)
  const requestId = `0a1b2c3d-0000-4000-8000-${String(round).padStart(12, "0")}`
  await say("GET", `/v2/parcels?state=accepted&page=${1 + (round % 3)}`, token, undefined, {
    "X-Request-Id": requestId,
  })
  await say("GET", `/v2/parcels/${ids.at(-1)}`, token)
  await say("PATCH", `/v2/parcels/${ids.at(-1)}`, token, { state: "travelling" })
  await say("GET", `/v2/parcels/${ids[round >> 1]}/label`, token)
  await say("GET", `/v2/depots/${DEPOTS[round % 8]}`, token)
  await say("GET", `/v2/depots/${DEPOTS[(round * 3) % 8]}/load/2026-11-${String(1 + round).padStart(2, "0")}`, token)
  if (round % 4 === 0) await say("GET", "/v2/health", "")
  // What the documents do not say.
  await say("GET", "/v2/depots", TOKENS[round % 4]!)
  if (round % 3 === 0) await say("GET", `/v1/parcels/${ids[0]}`, token)
  if (round % 4 === 1) await say("GET", "/v2/internal/queues", token)
  if (round % 6 === 2) await say("POST", "/v2/parcels", token, { receiver: "shop 1", weightGrams: 1 })
  if (round % 6 === 3) await say("GET", "/v2/parcels?debug=true", token)
  if (round % 8 === 5) await say("GET", "/v2/parcels?page=first", token)
  // What is no endpoint: objects that are not there, a tool that looks for holes, somebody without a token.
  if (round % 5 === 1) await say("GET", "/v2/parcels/6b3c0000-0000-4000-8000-000000000000", token)
  if (round % 5 === 2) await say("GET", `/v2/backup-${round}.zip`, token)
  if (round % 5 === 3) await say("GET", "/v2/parcels", "")
}
for (const [k, id] of ids.slice(1, 9).entries()) await say("DELETE", `/v2/parcels/${id}`, TOKENS[k % 3]!)
