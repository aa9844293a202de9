// Endpoints as groups of routes: what learning and pins regroup holds for the past, keeps ids, loses nothing, and survives a restart.
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ApiEvent } from "../../shared/event/api-event.ts"
import { openSqliteStore } from "../store/sqlite-store.ts"
import type { Store } from "../store/store.ts"
import { batch, countingIds, event, identity, jsonForm, operation, START_US } from "./fake-batches.ts"
import { type FakeLearner, fakeLearners } from "./fake-learner.ts"
import { Inventory } from "./inventory.ts"

const at = (path: string, change: Partial<ApiEvent> = {}, method = "GET") =>
  event({ operation: operation({ path, method }), ...change })
const by = (who: number) => ({ identity: identity({ principal: `c${who}`, name: `partner-${who}` }) })

interface Scene {
  readonly store: Store
  readonly learner: () => FakeLearner
  /** Applies a batch. */
  apply(...events: readonly ApiEvent[]): void
  /** Regroups at the next exchange, which is one to /tick. */
  regroup(step: (learner: FakeLearner) => void): void
  checkpoint(): Promise<void>
  restart(): Promise<void>
}

async function scene(run: (scene: Scene) => Promise<void>): Promise<void> {
  const store = await openSqliteStore(":memory:")
  const { kind, made } = fakeLearners()
  const mint = countingIds()
  let inventory = await Inventory.open(store, { mint, learners: kind })
  let sequence = 0
  const apply = (...events: readonly ApiEvent[]): void => {
    inventory.apply(batch(events, { sequence: ++sequence }))
  }
  const learner = (): FakeLearner => made.at(-1)!
  await run({
    store,
    learner,
    apply,
    regroup: (step) => {
      step(learner())
      apply(at("/tick"))
    },
    checkpoint: () => inventory.checkpoint(),
    restart: async () => {
      inventory = await Inventory.open(store, { mint, learners: kind })
    },
  })
  await store.close()
}

/** "id METHOD template requests consumers" of each endpoint but /tick. */
async function endpointsOf(store: Store): Promise<string[]> {
  const { endpoints } = await store.load()
  return endpoints
    .filter(({ template }) => template !== "/tick")
    .map(({ id, method, template, requests, consumers }) => `${id} ${method} ${template} ${requests} ${consumers}`)
}

async function requestsOf(store: Store, id: string): Promise<number> {
  const series = await store.series({ endpoint: id }, "hour", 0, Number.MAX_SAFE_INTEGER, 100)
  return series.reduce((sum, point) => sum + point.requests, 0)
}

test("paths that turn out to be values are one endpoint: counts, consumers, series and old ids of all of them", () =>
  scene(async ({ store, apply, regroup, checkpoint }) => {
    apply(at("/u/a", by(1)), at("/u/b", by(1)), at("/u/b", by(2)), at("/u/c", by(3)), at("/u/a", by(1), "POST"))
    await checkpoint()
    regroup((learner) => learner.merge(["/u/a", "/u/b", "/u/c"], "/u/{word}"))
    apply(at("/u/a", by(2)))
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), ["endpoint-2 GET /u/{word} 5 3", "endpoint-4 POST /u/{word} 1 1"])
    for (const id of ["endpoint-1", "endpoint-2", "endpoint-3"]) {
      assert.equal((await store.endpoint(id))?.id, "endpoint-2")
      assert.equal(await requestsOf(store, id), 5)
    }
    const routes = await store.routes("endpoint-2", 10)
    assert.deepEqual(
      routes.map(({ id, path, traffic }) => `${id} ${path} ${traffic?.requests}`),
      ["endpoint-1 /u/a 2", "endpoint-2 /u/b 2", "endpoint-3 /u/c 1"],
    )
    const parameters = (await store.endpoint("endpoint-2"))!.parameters
    assert.deepEqual(
      parameters.map(({ in: place, name, requests, kinds }) => ({ place, name, requests, kinds })),
      [{ place: "path", name: "uId", requests: 5, kinds: { word: 5 } }],
    )
    const consumers = (await store.load()).consumers.map(({ name, endpoints }) => `${name} ${endpoints}`)
    assert.deepEqual(consumers.sort(), ["partner-1 2", "partner-2 1", "partner-3 1", "partner-42 1"])
  }))

test("what was one endpoint is two again: the route keeps its id and its past, the change feed says why", () =>
  scene(async ({ store, apply, regroup, checkpoint }) => {
    apply(at("/u/a"), at("/u/a"), at("/u/a"), at("/u/b"), at("/u/me", by(2)))
    regroup((learner) => learner.merge(["/u/a", "/u/b", "/u/me"], "/u/{word}"))
    await checkpoint()
    regroup((learner) => learner.split("/u/me"))
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), ["endpoint-1 GET /u/{word} 4 1", "endpoint-3 GET /u/me 1 1"])
    assert.equal((await store.endpoint("endpoint-3"))?.derivedFrom, "endpoint-1")
    assert.equal(await requestsOf(store, "endpoint-3"), 1)
    const changes = (await store.changes(0, 100)).filter(({ kind }) => /merged|split/.test(kind))
    assert.deepEqual(
      changes.map(({ kind, subject, sentence }) => `${kind} ${subject}: ${sentence}`),
      [
        "endpoint.merged endpoint-1: GET /u/a, GET /u/b and GET /u/me are one endpoint, " +
          "GET /u/{word} at api.example.com. Because /u/a.",
        "endpoint.split endpoint-3: GET /u/me at api.example.com is an endpoint of its own, no more GET /u/{word}. " +
          "Because /u/me.",
      ],
    )
  }))

test("the route whose id an endpoint has leaves: the endpoint keeps the id, what left gets another, also after a restart", () =>
  scene(async ({ store, apply, regroup, checkpoint, restart }) => {
    apply(at("/u/me"), at("/u/me"), at("/u/me"), at("/u/a"), at("/u/b"), at("/u/b"))
    regroup((learner) => learner.merge(["/u/a", "/u/b", "/u/me"], "/u/{word}"))
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), ["endpoint-1 GET /u/{word} 6 1"])
    regroup((learner) => learner.split("/u/me"))
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), ["endpoint-1 GET /u/{word} 3 1", "endpoint-5 GET /u/me 3 1"])
    for (const id of ["endpoint-2", "endpoint-3"]) assert.equal((await store.endpoint(id))?.id, "endpoint-1")
    assert.equal((await store.endpoint("endpoint-5"))?.derivedFrom, "endpoint-1")
    for (const id of ["endpoint-1", "endpoint-5"]) assert.equal(await requestsOf(store, id), 3)
    await restart()
    apply(at("/u/me"), at("/u/b"))
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), ["endpoint-1 GET /u/{word} 4 1", "endpoint-5 GET /u/me 4 1"])
    assert.deepEqual(
      (await store.pairs({}, 10)).map(({ endpoint, requests }) => `${endpoint} ${requests}`),
      ["endpoint-1 4", "endpoint-5 4", "endpoint-4 2"],
    )
    // Back again: the id of what is no more leads to what has its requests.
    regroup((learner) => learner.merge(["/u/me"], "/u/{word}"))
    await checkpoint()
    await restart()
    apply(at("/u/me"))
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), ["endpoint-1 GET /u/{word} 9 1"])
    assert.equal((await store.endpoint("endpoint-5"))?.id, "endpoint-1")
    assert.equal(await requestsOf(store, "endpoint-5"), 9)
    const { merges } = await store.load()
    assert.deepEqual(merges, [{ kind: "endpoint", from: "endpoint-5", into: "endpoint-1" }])
  }))

test("a parameter that was none: the id stays with the busiest part, the others know where they come from", () =>
  scene(async ({ store, apply, regroup, checkpoint, restart }) => {
    apply(at("/u/a"), at("/u/a"), at("/u/b"), at("/u/c"))
    regroup((learner) => learner.merge(["/u/a", "/u/b", "/u/c"], "/u/{word}"))
    apply(at("/u/b"), at("/u/b"), at("/u/b"))
    await checkpoint()
    await restart()
    regroup((learner) => {
      for (const path of ["/u/a", "/u/b", "/u/c"]) learner.split(path)
    })
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), [
      "endpoint-1 GET /u/b 4 1",
      "endpoint-3 GET /u/c 1 1",
      "endpoint-5 GET /u/a 2 1",
    ])
    for (const id of ["endpoint-3", "endpoint-5"]) assert.equal((await store.endpoint(id))?.derivedFrom, "endpoint-1")
    assert.equal((await store.endpoint("endpoint-2"))?.id, "endpoint-1")
    assert.deepEqual([await requestsOf(store, "endpoint-1"), await requestsOf(store, "endpoint-5")], [4, 2])
  }))

test("of two groups that become one the busier goes on; the other id leads there whatever becomes of its first route", () =>
  scene(async ({ store, apply, regroup, checkpoint, restart }) => {
    apply(at("/u/a"), at("/u/b"), at("/v/c"), at("/v/d"), at("/v/d"))
    regroup((learner) => learner.merge(["/u/a", "/u/b"], "/u/{word}"))
    regroup((learner) => learner.merge(["/v/c", "/v/d"], "/v/{word}"))
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), ["endpoint-1 GET /u/{word} 2 1", "endpoint-4 GET /v/{word} 3 1"])
    regroup((learner) => learner.merge(["/u/a", "/u/b", "/v/c", "/v/d"], "/{any}/{word}"))
    await checkpoint()
    await restart()
    assert.deepEqual(await endpointsOf(store), ["endpoint-4 GET /{any}/{word} 5 1"])
    regroup((learner) => learner.split("/u/a"))
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), ["endpoint-4 GET /{any}/{word} 4 1", "endpoint-6 GET /u/a 1 1"])
    assert.equal((await store.endpoint("endpoint-1"))?.id, "endpoint-4")
    assert.equal(await requestsOf(store, "endpoint-1"), 4)
  }))

test("a place changes hands: who leaves keeps its id where it goes, who comes brings its own", () =>
  scene(async ({ store, apply, learner, regroup, checkpoint }) => {
    apply(at("/a"), at("/b"))
    await checkpoint()
    regroup(() => {
      const [a, b] = [learner().find("/a")!.template.text, learner().find("/b")!.template.text]
      learner().merge(["/a"], "/c")
      learner().merge(["/b"], a)
      assert.equal(b, "/b")
    })
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), ["endpoint-1 GET /c 1 1", "endpoint-2 GET /a 1 1"])
  }))

test("the limit of former ids: the oldest leads where its route is", async () => {
  const store = await openSqliteStore(":memory:")
  const { kind, made } = fakeLearners()
  const options = { mint: countingIds(), learners: kind, limits: { formerEndpoints: 1 } }
  let inventory = await Inventory.open(store, options)
  const paths = ["/a/1", "/a/2", "/b/1", "/b/2", "/c/1", "/c/2"]
  inventory.apply(batch([...paths.map((path) => at(path)), at("/c/1")]))
  for (const part of ["a", "b", "c"]) made[0]!.merge([`/${part}/1`, `/${part}/2`], `/${part}/{n}`)
  inventory.apply(batch([at("/c/1")], { sequence: 2 }))
  made[0]!.merge(paths, "/{part}/{n}")
  inventory.apply(batch([at("/c/1")], { sequence: 3 }))
  await inventory.checkpoint()
  assert.deepEqual((await store.load()).ledger.limits, { formerEndpoints: 1 })
  for (const id of ["endpoint-1", "endpoint-3"]) {
    assert.equal((await store.endpoint(id))?.id, "endpoint-5")
    assert.equal(inventory.templates.endpoint(id)?.id, "endpoint-5")
  }
  inventory = await Inventory.open(store, options)
  assert.equal(inventory.templates.endpoint("endpoint-3")?.id, "endpoint-5")
  await store.close()
})

test("folded routes add up into one, whose id is the endpoint's; windows that waited go with them", () =>
  scene(async ({ store, apply, regroup, checkpoint }) => {
    apply(at("/u/a", by(1)), at("/u/b", by(1)), at("/u/a", by(2)))
    await checkpoint()
    apply(at("/u/a", by(1)), at("/u/c", by(3)))
    regroup((learner) => {
      learner.merge(["/u/a", "/u/b", "/u/c"], "/u/{word}")
      learner.fold(["/u/a", "/u/b", "/u/c"], "/u/{word}")
    })
    apply(at("/u/a", by(1)), at("/u/c", by(2)))
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), ["endpoint-1 GET /u/{word} 7 3"])
    assert.deepEqual(
      (await store.routes("endpoint-1", 10)).map(({ id, path, traffic }) => [id, path, traffic]),
      [["endpoint-1", "/u/{word}", null]],
    )
    for (const id of ["endpoint-1", "endpoint-2", "endpoint-3"]) {
      assert.equal((await store.endpoint(id))?.id, "endpoint-1")
      assert.equal(await requestsOf(store, id), 7)
    }
    assert.deepEqual(
      (await store.pairs({ endpoint: "endpoint-1" }, 10)).map(({ requests }) => requests),
      [4, 2, 1],
    )
  }))

test("a template that is called otherwise keeps everything; operation keys are apart, gRPC is left alone", () =>
  scene(async ({ store, learner, apply, regroup, checkpoint }) => {
    const graphql = (key: string) =>
      event({ operation: operation({ method: "POST", path: "/t/a/graphql", operationKey: key }) })
    const grpc = event({
      operation: operation({ protocol: 3, method: "POST", path: "/p.S/Get", operationKey: "p.S/Get" }),
    })
    apply(graphql("query A"), graphql("query B"), grpc)
    regroup((fake) => fake.rename("/t/a/graphql", "/t/{tenant}/graphql"))
    await checkpoint()
    assert.deepEqual((await endpointsOf(store)).sort(), [
      "endpoint-1 POST /t/{tenant}/graphql 1 1",
      "endpoint-2 POST /t/{tenant}/graphql 1 1",
      "endpoint-3 POST /p.S/Get 1 1",
    ])
    assert.equal(learner().find("/p.S/Get"), null)
    const renamed = (await store.changes(0, 100)).find(({ kind }) => kind === "template.renamed")
    assert.equal(
      renamed?.sentence,
      "POST /t/{tenant}/graphql (query A) at api.example.com was POST /t/a/graphql before.",
    )
  }))

test("a review in the middle of a batch: what follows counts where it belongs, parameters with it", () =>
  scene(async ({ store, learner, apply, checkpoint }) => {
    const a = at("/u/a", { operation: operation({ path: "/u/a", query: ["page:int"] }) })
    apply(at("/u/b"), a)
    learner().merge(["/u/a", "/u/b"], "/u/{word}")
    learner().fold(["/u/a", "/u/b"], "/u/{word}")
    apply(a, a, at("/u/b"), a)
    await checkpoint()
    const [endpoint] = (await store.load()).endpoints
    assert.equal(endpoint?.requests, 6)
    const page = endpoint?.parameters.find(({ name }) => name === "page")
    assert.deepEqual([page?.requests, page?.kinds], [4, { int: 4 }])
  }))

test("what only may not add anything is not learned from; shapes of errors are none", () =>
  scene(async ({ learner, apply }) => {
    apply(
      at("/a", { response: { ...jsonForm(1), coarseShape: 7 } }),
      at("/a", { status: 404 }),
      at("/a", { status: 500 }),
      at("/a", { status: 403, response: { ...jsonForm(1), coarseShape: 8 } }),
      at("/b", { status: 404 }),
    )
    assert.deepEqual(learner().noted, ["GET /a 7", "GET /a 0"])
    await Promise.resolve()
  }))

test("groups, ids, aliases and counts are the same after a restart, and go on", () =>
  scene(async ({ store, apply, regroup, checkpoint, restart }) => {
    apply(at("/u/a", by(1)), at("/u/b", by(1)), at("/u/b", by(2)), at("/u/c"), at("/u/d", { status: 401 }))
    regroup((learner) => learner.merge(["/u/a", "/u/b", "/u/c"], "/u/{word}"))
    regroup((learner) => learner.fold(["/u/c"], "/u/{word}"))
    await checkpoint()
    const before = await store.load()
    await restart()
    apply(at("/u/a"), at("/u/d"), at("/u/c"))
    await checkpoint()
    const after = await store.load()
    assert.deepEqual(
      after.routes.map(({ id, endpoint, leaf }) => [id, endpoint, leaf]),
      before.routes.map(({ id, endpoint, leaf }) => [id, endpoint, leaf]),
    )
    assert.deepEqual(after.merges, before.merges)
    assert.deepEqual(await endpointsOf(store), ["endpoint-2 GET /u/{word} 6 3", "endpoint-4 GET /u/d 2 1"])
    regroup((learner) => learner.split("/u/a"))
    await checkpoint()
    assert.deepEqual(await endpointsOf(store), [
      "endpoint-1 GET /u/a 2 2",
      "endpoint-2 GET /u/{word} 4 3",
      "endpoint-4 GET /u/d 2 1",
    ])
  }))

test("the limits of routes: what finds no place of its own is counted at the endpoint's lead", async () => {
  for (const limit of ["routes", "routesPerService"] as const) {
    const store = await openSqliteStore(":memory:")
    const { kind, made } = fakeLearners()
    const inventory = await Inventory.open(store, { mint: countingIds(), learners: kind, limits: { [limit]: 2 } })
    inventory.apply(batch([at("/u/a"), at("/u/b")]))
    made[0]!.merge(["/u/a", "/u/b"], "/u/{word}")
    for (const path of ["/u/c", "/u/d"]) made[0]!.add(path).template = made[0]!.find("/u/a")!.template
    inventory.apply(batch([at("/u/a"), at("/u/c"), at("/u/d"), at("/u/c")], { sequence: 2 }))
    await inventory.checkpoint()
    const { endpoints, ledger } = await store.load()
    assert.deepEqual(
      endpoints.map(({ id, requests }) => `${id} ${requests}`),
      ["endpoint-1 6"],
    )
    assert.deepEqual(ledger.limits, { [limit]: 3 })
    await store.close()
  }
})

const HOUR_US = 3_600_000_000
test("an exchange of an hour ago is found under the endpoint that its route belongs to by now", () =>
  scene(async ({ store, apply, regroup, checkpoint }) => {
    apply(at("/u/a"), at("/u/b", { startUs: START_US - HOUR_US }))
    regroup((learner) => learner.merge(["/u/a", "/u/b"], "/u/{word}"))
    apply(at("/u/b", { startUs: START_US - HOUR_US }))
    await checkpoint()
    const hours = await store.endpointHours("endpoint-1", "hour", 0, Number.MAX_SAFE_INTEGER, 10)
    assert.deepEqual(
      hours.map(({ windowUs, requests }) => [(windowUs - START_US) / HOUR_US, requests]),
      [
        [-1, 2],
        [0, 1],
      ],
    )
  }))
