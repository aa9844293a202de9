// The console as people use it: built from the sources, served by the real API over the real store, in a real browser.
import assert from "node:assert/strict"
import { after, before, describe, test } from "node:test"
import { makeSeed } from "../api/fake-seed.ts"
import { heading, row, ServedConsole, textOf } from "./testing/served-console.ts"

let served: ServedConsole
before(async () => {
  served = await ServedConsole.build()
})
after(() => served?.close())

const inPage: ServedConsole["inPage"] = (origin, body) => served.inPage(origin, body)
const serve = async (contents: Parameters<ServedConsole["serve"]>[0]): Promise<string> =>
  (await served.serve(contents)).origin

/** Pages whose tables must fit. */
const WITH_TABLES = [
  "/",
  "/services",
  "/services/sv_1",
  "/endpoints",
  "/endpoints/ep_3",
  "/consumers",
  "/consumers/co_1",
  "/dark",
  "/map",
  "/sensors",
  "/sensors/tap-north",
  "/sensors/tap-south",
]

describe("with a week of traffic", () => {
  let origin: string
  before(async () => {
    origin = await serve(makeSeed())
  })

  test("the overview shows totals, traffic, losses and what is new", () =>
    inPage(origin, async (page) => {
      await page.goto(origin)
      await page.locator(".tile", { hasText: "Endpoints" }).waitFor()
      assert.equal(await page.title(), "Overview · Sonde")
      assert.match(await textOf(page.locator(".tile", { hasText: "Endpoints" })), /22/)
      await page.locator(".chart canvas").waitFor()
      await page.getByText("The kernel dropped packets before the sensor could read them").waitFor()
      await page.getByText("pilot-partner made its first request.").waitFor()
      await row(page, "/v1/webhooks").waitFor()
    }))

  for (const [path, title, text] of [
    ["/services", "Services", "legacy.meridian.example"],
    ["/services/sv_1", "api.meridian.example", "/export.csv"],
    ["/endpoints", "Endpoints", "/v1/shipments/{uuid}"],
    ["/endpoints/ep_3", "GET /v1/orders/{int}", "each element"],
    ["/endpoints/ep_15", "GET /v1/search", "Conclusions are withheld."],
    ["/consumers", "Consumers", "northwind-erp"],
    ["/consumers/co_1", "northwind-erp", "https://login.meridian.example"],
    ["/map", "Map", "The same as a table"],
    ["/map?by=partner", "Map", "Which partner talks to which service."],
    ["/partners", "Partners", "No partners yet."],
    ["/rotations", "Rotations", "No rotations yet."],
    ["/findings", "Findings", "No open findings yet."],
    ["/audit", "Audit", "Nobody has changed anything yet."],
    ["/changes", "What is new", "2026-11-16"],
    ["/sensors", "Sensors", "tap-north"],
    ["/sensors/tap-north", "tap-north", "vlan_40"],
    ["/sensors/tap-south?step=minute", "tap-south", "Nothing was heard since 2026-11-22 19:43 UTC."],
    ["/nowhere", "Not found", "There is no page at this address."],
  ] as const) {
    test(`${path} opened by its address`, () =>
      inPage(origin, async (page) => {
        await page.goto(origin + path)
        await page.locator("main").getByText(text).first().waitFor()
        assert.equal(await page.title(), `${title} · Sonde`)
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        assert.ok(overflow <= 0, `${overflow} px wider than the window`)
      }))
  }

  for (const width of [1440, 1300, 1024, 1000])
    test(`at ${width} pixels nothing is cut off`, () =>
      inPage(origin, async (page) => {
        await page.setViewportSize({ width, height: 768 })
        for (const path of WITH_TABLES) {
          await page.goto(origin + path)
          await page.locator("main tbody tr").first().waitFor()
          const cut = await page.evaluate(() =>
            [...document.querySelectorAll(".table-wrap:not(.scroll), .panel, .side, main, tbody .path")]
              .filter((element) => element.scrollWidth > element.clientWidth + 1)
              .map((element) => `${element.className} ${element.scrollWidth} > ${element.clientWidth}`),
          )
          assert.deepEqual(cut, [], path)
        }
      }))

  test("by keyboard alone: to the endpoints, search, down, open, back", () =>
    inPage(origin, async (page) => {
      await page.goto(origin)
      await page.locator(".tile").first().waitFor()
      await page.keyboard.press("g")
      await page.keyboard.press("e")
      await row(page, "/v1/auth/token").waitFor()
      assert.equal(await heading(page), "Endpoints")
      await page.keyboard.press("/")
      await page.keyboard.type("/v1/orders/{int}")
      await page.getByText("1–3 of 3").waitFor()
      assert.match(page.url(), /search=/)
      await page.keyboard.press("Escape")
      await page.keyboard.press("j")
      await page.keyboard.press("j")
      await page.keyboard.press("j")
      await page.keyboard.press("k")
      await page.keyboard.press("Enter")
      await page.getByRole("heading", { name: "Parameters" }).waitFor()
      assert.match(await heading(page), /^PATCH\s*\/v1\/orders\/\{int\}$/)
      await page.goBack()
      await page.getByText("1–3 of 3").waitFor()
      for (const [key, title] of [
        ["s", "Services"],
        ["c", "Consumers"],
        ["n", "Sensors"],
        ["p", "Partners"],
        ["r", "Rotations"],
        ["m", "Map"],
        ["f", "Findings"],
        ["a", "Audit"],
        ["w", "What is new"],
        ["o", "Overview"],
      ] as const) {
        await page.keyboard.press("g")
        await page.keyboard.press(key)
        await page.waitForFunction((name) => document.title === `${name} · Sonde`, title)
      }
      await page.keyboard.press("?")
      await page.getByRole("dialog").getByText("Next row").waitFor()
      await page.keyboard.press("Escape")
      await page.getByRole("dialog").waitFor({ state: "hidden" })
    }))

  test("the map: an end that is looked at dims what it does not talk to, and its link is found by keyboard", () =>
    inPage(origin, async (page) => {
      await page.goto(`${origin}/map`)
      const end = page.locator(".map-end", { hasText: "harbor-logistics" })
      await end.focus()
      await page.locator(".map-edge.lit").first().waitFor({ state: "attached" })
      assert.ok((await page.locator(".map-edge.dim").count()) > 0)
      assert.match(await textOf(page.locator(".map-edge.lit title").first()), /harbor-logistics to .* requests/)
      await page.keyboard.press("Enter")
      await page.waitForFunction(() => document.title === "harbor-logistics · Sonde")
    }))

  test("a list is exported as it is shown", () =>
    inPage(origin, async (page) => {
      await page.goto(`${origin}/endpoints?method=POST&sort=-requests`)
      await page.getByLabel("Auth", { exact: true }).selectOption("unknown")
      await page.waitForURL(/posture=unknown/)
      const href = (await page.getByLabel("Export as CSV").getAttribute("href")) ?? ""
      assert.match(href, /method=POST&posture=unknown&sort=-requests&format=csv/)
      const [head, ...lines] = (await (await fetch(origin + href)).text()).trim().split("\r\n")
      assert.match(head ?? "", /method,template|template/)
      assert.ok(lines.length > 0)
      // The address changes before the list has come.
      await page.waitForFunction((count) => document.querySelectorAll("tbody tr").length === count, lines.length)
    }))

  test("filters and order are in the address and survive a reload", () =>
    inPage(origin, async (page) => {
      await page.goto(`${origin}/endpoints?consumer=co_10`)
      await page.getByText("used by pilot-partner").waitFor()
      await page.getByLabel("Method").selectOption("POST")
      await page.getByRole("button", { name: "Requests" }).click()
      await page.waitForURL(/consumer=co_10&method=POST&sort=-requests/)
      await page.reload()
      await page.locator("th[aria-sort=descending]", { hasText: "Requests" }).waitFor()
      assert.ok((await page.locator("tbody tr").count()) > 0)
      assert.equal(await page.locator("tbody .method:not(.post)").count(), 0)
      await page.getByRole("button", { name: "Remove filter used by pilot-partner" }).click()
      await page.waitForURL((url) => !url.search.includes("consumer"))
    }))

  test("the ledger says whether it adds up, stage by stage", () =>
    inPage(origin, async (page) => {
      await page.goto(`${origin}/sensors/tap-north`)
      const sensor = page.getByRole("region", { name: "Sensor tap-north" })
      for (const stage of ["decoder", "tcp", "http", "published"]) {
        const line = sensor.locator("tbody tr", { has: page.getByRole("rowheader", { name: stage, exact: true }) })
        assert.match(await textOf(line), /Adds up/)
      }
      await sensor.getByText("48.2 kB").first().waitFor()
      await sensor.getByText("Overload: 2 steps up, 2 down, step 1 at most").waitFor()
    }))

  test("sensors: which are heard, what each lost; a loss that cannot be counted is unknown", () =>
    inPage(origin, async (page) => {
      await page.goto(`${origin}/sensors`)
      assert.match(await textOf(row(page, "tap-north")), /Running.*0\.3 %.*Adds up/)
      assert.match(await textOf(row(page, "tap-south")), /Silent.*unknown/)
      assert.match(await textOf(page.locator(".tile", { hasText: "Joined" })), /911/)
      assert.match(await textOf(page.locator(".tile", { hasText: "Waiting" })), /7/)
      await page.keyboard.press("j")
      await page.keyboard.press("j")
      await page.keyboard.press("Enter")
      await page.waitForFunction(() => document.title === "tap-south · Sonde")
      await page.getByText("1 interface cannot count what it drops: packet loss is unknown, not zero.").waitFor()
      const tile = page.locator(".tile", { hasText: "Dropped by the kernel" })
      assert.match(await textOf(tile), /unknown/)
      assert.doesNotMatch(await textOf(tile), /0/)
      assert.match(await textOf(row(page, "br0")), /unknown.*unknown/)
      await page.getByText("Packet loss is unknown for all of this time").waitFor()
      await page.goto(origin)
      assert.match(await textOf(page.locator(".tile", { hasText: "Sensors" })), /1 silent/)
    }))

  test("dark: what could not be read, why, and what to do about it", () =>
    inPage(origin, async (page) => {
      await page.goto(origin)
      await page.getByRole("link", { name: "3 of 4 servers behind TLS" }).click()
      await page.waitForFunction(() => document.title === "Dark · Sonde")
      assert.match(await textOf(row(page, "partners.meridian.example")), /Not read.*no keys.*34.*18,204.*no service/)
      assert.match(await textOf(row(page, "api.meridian.example")), /Partly read.*joined late \+2.*64\+/)
      await page.getByLabel("State", { exact: true }).selectOption("read")
      await page.getByText("1–1 of 1").waitFor()
      await row(page, "billing.meridian.example").waitFor()
      await page.getByLabel("State", { exact: true }).selectOption("")
      await page.getByLabel("Search servers").fill("ledger.internal")
      await page.waitForURL(/search=ledger/)
      await page.getByText("1–1 of 1").waitFor()
      await page.locator("tbody a[data-main]", { hasText: "77ab10c2d4e7" }).click()
      await page.waitForFunction(() => document.title === "77ab10c2d4e7 · Sonde")
      await page.getByText("The sensor does not decrypt this version or cipher suite.").waitFor()
      await page
        .getByRole("img", { name: /^Sessions by hour: [\d,]+ sessions/ })
        .locator("canvas")
        .waitFor()
      await page.goto(`${origin}/dark/d_api`)
      await page.locator(".facts").getByRole("link", { name: "api.meridian.example" }).click()
      await page.getByText("Behind TLS").waitFor()
      await page.getByText("4.9 % of the requests carry no credential that a rule knows.").waitFor()
    }))

  test("an endpoint shows conversations with their outcomes, and the data class of a field", () =>
    inPage(origin, async (page) => {
      await page.goto(`${origin}/endpoints/ep_7`)
      await page.getByText("820 to the server, 19,330 back").waitFor()
      await page.getByText("1006 broken off").waitFor()
      assert.match(await textOf(page.locator(".fields li", { hasText: "email" })), /email.*string/)
    }))

  test("a sensor over time: loss and exchanges, by minute, hour and day; its interfaces, workers and zones", () =>
    inPage(origin, async (page) => {
      await page.goto(`${origin}/sensors/tap-north`)
      const loss = page.getByRole("img", {
        name: /^Loss by hour: 1,\d\d\d packets dropped|^Loss by hour: \d+ packets dropped/,
      })
      await loss.locator("canvas").waitFor()
      await page
        .getByRole("img", { name: /^Exchanges by hour/ })
        .locator("canvas")
        .waitFor()
      await page.getByText("Under overload in").waitFor()
      await page.getByRole("button", { name: "6 hours" }).click()
      await page.waitForURL(/step=minute/)
      await page.getByRole("img", { name: /^Loss by minute: 0 packets dropped/ }).waitFor()
      assert.equal(await page.getByRole("button", { name: "6 hours" }).getAttribute("aria-pressed"), "true")
      await page.reload()
      await page
        .getByRole("img", { name: /^Loss by minute/ })
        .locator("canvas")
        .waitFor()
      await page.getByRole("button", { name: "90 days" }).click()
      await page
        .getByRole("img", { name: /^Loss by day/ })
        .locator("canvas")
        .waitFor()
      const table = (name: string) => page.getByRole("table", { name })
      assert.match(await textOf(table("Interfaces").locator("tr", { hasText: "eth1" })), /1,204.*0\.4 %.*freezes 3/)
      assert.match(await textOf(table("Workers").locator("tr", { hasText: "b1f0a2-w1r1" })), /Running/)
      assert.match(await textOf(table("Zones").locator("tr", { hasText: "vlan_40" })), /48\.2 kB/)
    }))

  test("colours are chosen, kept, and followed by the chart", () =>
    inPage(origin, async (page) => {
      await page.goto(origin)
      await page.locator(".chart canvas").waitFor()
      const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
      const light = await ground()
      await page.getByRole("button", { name: "Dark" }).click()
      assert.notEqual(await ground(), light)
      await page.reload()
      await page.locator(".chart canvas").waitFor()
      assert.notEqual(await ground(), light)
      await page.getByRole("button", { name: "Auto" }).click()
      assert.equal(await ground(), light)
    }))

  test("a folder of the path tree shuts and opens", () =>
    inPage(origin, async (page) => {
      await page.goto(`${origin}/services/sv_1`)
      const folder = page.getByRole("button", { name: "/orders", exact: true })
      await folder.click()
      await page.getByText("/export.csv").waitFor({ state: "hidden" })
      assert.equal(await folder.getAttribute("aria-expanded"), "false")
      await folder.click()
      await page.getByText("/export.csv").waitFor()
    }))

  test("every page has its landmarks, one heading, and names on what can be operated", () =>
    inPage(origin, async (page) => {
      for (const path of [
        "/",
        "/services/sv_1",
        "/endpoints",
        "/endpoints/ep_1",
        "/consumers/co_1",
        "/sensors",
        "/sensors/tap-north",
        "/dark",
        "/dark/d_partner",
      ]) {
        await page.goto(origin + path)
        await page.locator("main .panel").first().waitFor()
        assert.equal(await page.locator("main").count(), 1)
        assert.equal(await page.locator("h1").count(), 1, path)
        const nameless = await page.evaluate(() =>
          [...document.querySelectorAll("button, a, input, select")]
            .filter((element) => {
              const { labels } = element as HTMLInputElement
              const text = element.textContent || element.getAttribute("aria-label") || element.getAttribute("title")
              return !text && !labels?.length
            })
            .map((element) => element.outerHTML),
        )
        assert.deepEqual(nameless, [], path)
      }
    }))
})

test("ten thousand endpoints: a page at a time, forth and back", async () => {
  const origin = await serve(makeSeed({ extraEndpoints: 10_000 }))
  await inPage(origin, async (page) => {
    await page.goto(`${origin}/endpoints?sort=template`)
    await page.getByText("1–100 of 10,022").waitFor()
    const first = await textOf(page.locator("tbody tr").first())
    await page.getByRole("button", { name: "Next" }).click()
    await page.getByText("101–200 of 10,022").waitFor()
    await page.getByRole("button", { name: "Next" }).click()
    await page.getByText("201–300 of 10,022").waitFor()
    await page.getByRole("button", { name: "Previous" }).click()
    await page.getByText("101–200 of 10,022").waitFor()
    await page.getByRole("button", { name: "Previous" }).click()
    await page.getByText("1–100 of 10,022").waitFor()
    assert.equal(await textOf(page.locator("tbody tr").first()), first)
    await page.goto(`${origin}/services/sv_1`)
    await page.getByText("1,000 of 5,010 shown").waitFor()
    await page.getByRole("button", { name: "Show more" }).click()
    await page.getByText("2,000 of 5,010 shown").waitFor()
  })
})

describe("without anything", () => {
  let origin: string
  before(async () => {
    origin = await serve(null)
  })

  for (const [path, text] of [
    ["/", "No exchange has arrived yet."],
    ["/services", "No services yet."],
    ["/endpoints", "No endpoints yet."],
    ["/endpoints?search=x", "No endpoints match."],
    ["/consumers", "No consumers yet."],
    ["/map", "No pairs yet."],
    ["/changes", "No changes yet."],
    ["/sensors", "No sensor has reported yet."],
    ["/dark", "No TLS session was seen."],
    ["/dark?state=read", "No servers match."],
  ] as const) {
    test(`${path} says so`, () =>
      inPage(origin, async (page) => {
        await page.goto(origin + path)
        await page.getByText(text).waitFor()
      }))
  }

  test("an id that is not in the inventory is told apart from a failure", async () => {
    const context = await served.browser.newContext()
    const page = await context.newPage()
    await page.goto(`${origin}/endpoints/none-such`)
    await page.getByText("This is not in the inventory.").waitFor()
    await page.route("**/api/v1/services*", (route) => route.fulfill({ status: 503, json: { detail: "Down." } }))
    await page.goto(`${origin}/services`)
    await page.getByRole("alert").getByText("Down.").waitFor()
    await page.unroute("**/api/v1/services*")
    await page.getByRole("button", { name: "Try again" }).click()
    await page.getByText("No services yet.").waitFor()
    await context.close()
  })
})

test("the watch itself complains about a policy violation and a foreign request", async () => {
  const origin = await serve(null)
  await assert.rejects(
    inPage(origin, async (page) => {
      await page.goto(origin)
      await page.evaluate(() => {
        const image = document.createElement("img")
        image.src = "http://127.0.0.1:9/pixel.png"
        document.body.append(image)
        const script = document.createElement("script")
        script.textContent = "1"
        document.body.append(script)
      })
      await page.waitForTimeout(100)
    }),
    /Content Security Policy/,
  )
})
