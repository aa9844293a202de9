// Forms of paths that real APIs have, by example: targets as on the wire through the sensor's typing into the inventory's learner.
//
// A row is the routes of one service; each gives a target for a number k, and a shape of its own answers. All requests of a route
// must be one group, and those of two routes never the same.
import assert from "node:assert/strict"
import { test } from "node:test"
import { evaluate, learnerRequests } from "./evaluation.ts"
import { PATH_TRIE } from "./learners.ts"
import { hashText, SeededRandom } from "./seeded-random.ts"
import type { Traffic, TrafficRequest } from "./traffic.ts"
import { COMPANIES, DOMAIN_WORDS, FIRST_NAMES, LAST_NAMES } from "./vocabulary.ts"

type Target = (k: number) => string
const of = (words: readonly string[], k: number): string => words[k % words.length]!
const hex = (k: number, digits: number): string => new SeededRandom(k + 1).text("0123456789abcdef", digits)
const uuid = (k: number): string => `${hex(k, 8)}-1d0f-4c3b-9a77-${hex(k + 999, 12)}`
const title = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)
const company = (k: number): string => (k % 3 === 0 ? `${title(of(COMPANIES, k))}%20Holding%20AG` : of(COMPANIES, k))
const ENDINGS = ["pdf", "csv", "docx", "png"]

const FAMILIES: Readonly<Record<string, readonly Target[]>> = {
  "names with spaces beside names without": [
    (k) => `/companies/${company(k)}`,
    (k) => `/companies/${company(k)}/contacts`,
    () => "/companies",
  ],
  "escaped letters and marks": [
    (k) =>
      `/tags/${encodeURIComponent([`caf\u00e9 ${k}`, `rock&roll${k}`, of(DOMAIN_WORDS, k), `d\u00fcsseldorf-${of(LAST_NAMES, k)}`][k % 4]!)}/posts`,
    () => "/tags",
  ],
  "a slash inside a segment": [
    (k) => `/projects/${of(COMPANIES, k)}%2F${of(DOMAIN_WORDS, k)}/issues`,
    () => "/projects",
  ],
  "files of several types": [
    (k) => `/files/${of(DOMAIN_WORDS, k)}-${of(LAST_NAMES, k)}.${of(ENDINGS, k)}`,
    () => "/files",
  ],
  "an extension says what is wanted": [(k) => `/items/${k}.json`, (k) => `/items/${k}`, (k) => `/items/${k}.xml`],
  "verbs on ids": [
    (k) => `/v1/jobs/${uuid(k)}`,
    (k) => `/v1/jobs/${uuid(k)}:cancel`,
    (k) => `/v1/jobs/${uuid(k)}:pause`,
    () => "/v1/jobs",
    () => "/v1/jobs:search",
  ],
  "verbs on names": [(k) => `/v1/topics/${of(DOMAIN_WORDS, k)}:publish`, (k) => `/v1/topics/${of(DOMAIN_WORDS, k)}`],
  "a word beside ids": [
    (k) => `/users/${uuid(k)}`,
    () => "/users/me",
    () => "/users/me/settings",
    (k) => `/users/${uuid(k)}/settings`,
  ],
  "a word beside names": [(k) => `/people/${of(FIRST_NAMES, k)}.${of(LAST_NAMES, k)}`, () => "/people/search"],
  "routes that look alike, answers that do not": [
    "ListOrders",
    "GetOrder",
    "CloseOrder",
    "ReopenOrder",
    "AddLine",
    "DropLine",
    "Ship",
    "Bill",
  ].map((name) => () => `/rpc/${name}`),
  "ids of one parameter that are of several kinds": [
    (k) => `/refs/${[uuid(k), String(k), `ord_${hex(k, 14)}`, of(DOMAIN_WORDS, k)][k % 4]!}/state`,
    () => "/refs",
  ],
  "OData keys": [(k) => `/odata/Customers('${of(COMPANIES, k).toUpperCase()}')/Orders(${k})`, () => "/odata/Customers"],
  "matrix parameters": [(k) => `/maps/tiles;z=${k % 18};style=dark/${k}`, () => "/maps"],
  "two parameters side by side": [
    (k) => `/repos/${of(COMPANIES, k)}/${of(DOMAIN_WORDS, k * 7)}/pulls`,
    (k) => `/repos/${of(COMPANIES, k)}/${of(DOMAIN_WORDS, k * 3)}`,
  ],
  "paths that end in a slash, answers that say nothing": [
    ...["alliances", "corporations", "characters", "fleets", "markets", "wars"].flatMap((word): Target[] => [
      () => `/latest/${word}/`,
      (k) => `/latest/${word}/${k}/`,
    ]),
    (k) => `/latest/characters/${k}/mail/`,
    (k) => `/latest/characters/${k}/mail/${k * 3}/`,
  ],
  "a date as a version": [() => "/2010-04-01/Accounts", (k) => `/2010-04-01/Accounts/AC${hex(k, 32)}/Calls`],
}

const REQUESTS = 1200

function trafficOf(name: string, targets: readonly Target[]): Traffic {
  const random = new SeededRandom(hashText(name))
  const routes = targets.map((_, i) => ({
    template: `${i}`,
    key: `${i}`,
    segments: [],
    methods: ["GET"],
    statuses: new Map(),
  }))
  const requests: TrafficRequest[] = []
  for (let i = 0; i < REQUESTS; i++) {
    const at = random.integer(0, targets.length - 1)
    const answer = { body: "{}", shape: name.endsWith("say nothing") ? 7 : hashText(`${name} ${at}`) }
    const consumer = random.integer(0, 19)
    requests.push({
      route: routes[at]!,
      method: "GET",
      target: targets[at]!(random.integer(0, 300)),
      status: 200,
      consumer,
      answer,
      timeUs: 1e15 + i * 1e6,
    })
  }
  return { api: { name, provider: name, half: "development", routes }, requests, populations: new Map() }
}

for (const [name, targets] of Object.entries(FAMILIES))
  test(name, () => {
    const traffic = trafficOf(name, targets)
    const { failures } = evaluate(traffic, learnerRequests(traffic), PATH_TRIE)
    const told = failures.map(
      ({ truth, predicted }) =>
        `${targets[Number(truth)]!(7)}: ${predicted
          .slice(0, 5)
          .map((one) => `${one.requests} in ${one.group}${one.foreign > 0 ? " with others" : ""}`)
          .join(", ")}`,
    )
    assert.deepEqual(told, [])
  })
