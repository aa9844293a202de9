// npm run eval:templates: how well path templates are learned, beside simpler rules, on traffic made from API descriptions.
//
//   npm run eval:templates                                           the development half, both modes, 500 and 5,000 requests
//   npm run eval:templates -- --half judging --mode hard --requests 5000 --learner PathTrie
//   npm run eval:templates -- --only trello --learner PathTrie --failures 20 --per-description
import { resolve } from "node:path"
import { settle } from "../../../shared/config/options.ts"
import { type ApiDescription, readDescriptions } from "./description.ts"
import { type Evaluation, evaluate, learnerRequests } from "./evaluation.ts"
import type { LearnerKind } from "./learner.ts"
import { LEARNERS } from "./learners.ts"
import { OPTIONS } from "./options.ts"
import { groupsFromOutside } from "./outside.ts"
import { OWN_DESCRIPTIONS } from "./own-descriptions.ts"
import { MODES, type Mode } from "./path-values.ts"
import { GROUPS_COLUMNS, HEAD, perDescription, summaryRow, table, worstGroups } from "./report.ts"
import { failures, score } from "./scores.ts"
import { fewValuedRoutes, isScored, makeTraffic, type Traffic } from "./traffic.ts"

const { values, mistakes, operands } = settle(OPTIONS, { argv: process.argv.slice(2), environment: {} })
const print = (text: string): void => void process.stdout.write(`${text}\n`)

function chosenApis(): readonly ApiDescription[] {
  const folder = resolve(import.meta.dirname, "../../..", values.descriptions)
  const all = values.smoke ? null : readDescriptions(folder)
  if (all === null) {
    if (!values.smoke)
      print(`There is no folder ${values.descriptions}: a short run on this repository's own descriptions instead.`)
    return OWN_DESCRIPTIONS
  }
  return all.filter((api) => (values.half === "all" || api.half === values.half) && api.name.includes(values.only))
}

const trafficOf = (api: ApiDescription, mode: Mode, requests: number): Traffic =>
  makeTraffic(api, { mode, requests, seed: values.seed, isShapeless: values["without-shapes"] })

/** How much of the traffic cannot be told right: what a score of 1 is short of. */
function fewValued(traffics: readonly Traffic[]): string {
  let [few, all] = [0, 0]
  for (const traffic of traffics) {
    const routes = fewValuedRoutes(traffic)
    for (const request of traffic.requests) {
      if (!isScored(request)) continue
      all++
      if (routes.has(request.route!.key)) few++
    }
  }
  return `; ${((100 * few) / all).toFixed(1)} % of them with a parameter of six word-like values or fewer`
}

/** Where the values of a route's parameters came from: "int, slug". */
function stylesOf(traffic: Traffic, truth: string): string {
  const found = [...traffic.populations].filter(
    ([place]) => truth === place.split("#")[0] || truth.startsWith(`${place.split("#")[0]}/`),
  )
  return (
    found.map(([, population]) => `${population.style} of ${population.values.length}`).join(", ") || "no parameters"
  )
}

function compare(apis: readonly ApiDescription[], kinds: readonly LearnerKind[], mode: Mode, requests: number): void {
  const results = new Map<LearnerKind, Evaluation[]>(kinds.map((kind) => [kind, []]))
  const traffics = new Map<string, Traffic>()
  for (const api of apis) {
    const traffic = trafficOf(api, mode, requests)
    const seen = learnerRequests(traffic)
    traffics.set(api.name, traffic)
    for (const kind of kinds) results.get(kind)!.push(evaluate(traffic, seen, kind))
  }
  print(`\n${mode}, ${requests} requests a service${fewValued([...traffics.values()])}`)
  print(table([HEAD, ...kinds.map((kind) => summaryRow(kind.name, results.get(kind)!, kind.isOnline === true))]))
  for (const kind of kinds) {
    if (values["per-description"]) print(`\n${kind.name}, by API\n${perDescription(results.get(kind)!)}`)
    if (values.failures > 0)
      print(
        `\n${kind.name}, wrong groups\n${worstGroups(results.get(kind)!, values.failures, (api, truth) => stylesOf(traffics.get(api)!, truth))}`,
      )
  }
}

/** The collector as a whole, judged by its endpoints. */
async function compareOutside(apis: readonly ApiDescription[], mode: Mode, requests: number): Promise<void> {
  const traffics = apis.map((api) => trafficOf(api, mode, requests))
  const results = await groupsFromOutside(traffics)
  const evaluations = results.map(({ traffic, truth, predicted }) => ({
    api: traffic.api.name,
    score: score(truth, predicted),
    swallowed: 0,
    moved: 0,
    settled: 0,
    stableAfter: requests,
    costUs: 0,
    failures: failures(truth, predicted),
  }))
  print(
    `\n${mode}, ${requests} requests a service, from outside: methods and templates of the API's endpoints${fewValued(traffics)}`,
  )
  print(table([HEAD, summaryRow("collector", evaluations, false)].map((row) => row.slice(0, GROUPS_COLUMNS))))
  if (values["per-description"]) print(`\n${perDescription(evaluations)}`)
  if (values.failures > 0)
    print(
      `\n${worstGroups(evaluations, values.failures, (api, truth) => stylesOf(traffics.find((one) => one.api.name === api)!, truth.replace(/^\S+ /, "")))}`,
    )
}

async function main(): Promise<number> {
  if (operands.length > 0 || mistakes.length > 0) {
    for (const mistake of mistakes) console.error(mistake)
    if (operands.length > 0) console.error(`Only options are taken, not "${operands[0]}".`)
    return 2
  }
  const apis = chosenApis()
  const isOwn = apis === OWN_DESCRIPTIONS
  const kinds = LEARNERS.filter(
    (kind) => values.learner.length === 0 || values.learner.some((name) => kind.name.includes(name)),
  )
  if (apis.length === 0 || kinds.length === 0) {
    console.error(
      apis.length === 0 ? "--only, --half: no description is left." : "--learner: there is none of that name.",
    )
    return 2
  }
  const routes = apis.reduce((n, api) => n + api.routes.length, 0)
  print(
    `${apis.length} descriptions, ${routes} path templates; ${isOwn ? "our own" : `half: ${values.half}`}; seed ${values.seed}`,
  )
  print([...new Set(apis.map((api) => `${api.provider} (${api.half})`))].join(", "))
  for (const mode of MODES)
    if (values.mode === "both" || values.mode === mode)
      for (const requests of isOwn ? [300] : values.requests.map(Number))
        if (values.outside) await compareOutside(apis, mode, requests)
        else compare(apis, kinds, mode, requests)
  return 0
}

process.exitCode = await main()
