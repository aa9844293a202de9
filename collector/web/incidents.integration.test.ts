// Incidents as analysts see and decide them: a whole collector with raised incidents, its own API, a real browser.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Page } from "../../shared/testing/browser.ts"
import { raiseIncidents } from "./testing/raised-incidents.ts"
import { heading, row, ServedConsole, textOf } from "./testing/served-console.ts"

/** Incidents besides the seven with much evidence. */
const MORE = 500

let served: ServedConsole
let origin = ""
before(async () => {
  served = await ServedConsole.build()
  const collector = await served.startCollector()
  await raiseIncidents(collector, MORE)
  origin = collector.url
})
after(() => served?.close())

const inPage: ServedConsole["inPage"] = (at, body, scheme) => served.inPage(at, body, scheme)
const read = async <T>(path: string): Promise<T> => (await (await fetch(`${origin}/api/v1${path}`)).json()) as T
interface Row {
  readonly id: string
  readonly state: string
  readonly consumer: { readonly id: string; readonly name: string } | null
}
async function incidentOf(name: string): Promise<Row> {
  const { items } = await read<{ items: Row[] }>("/incidents?sort=-score&limit=1000")
  return items.find(({ consumer }) => consumer?.name === name)!
}

async function decide(page: Page, button: string, submit: string, fill: Readonly<Record<string, string>> = {}) {
  await page.getByRole("button", { name: button, exact: true }).first().click()
  const dialog = page.getByRole("dialog")
  for (const [label, text] of Object.entries(fill)) {
    const field = dialog.getByLabel(label, { exact: false })
    if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption(text)
    else await field.fill(text)
  }
  await dialog.getByRole("button", { name: submit, exact: true }).click()
  await dialog.waitFor({ state: "hidden" })
  await page.locator(".said span").waitFor()
}

async function nothingCut(page: Page, path: string): Promise<void> {
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll(".table-wrap, .panel, .side, main")]
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .map((element) => `${element.className} ${element.scrollWidth} > ${element.clientWidth}`),
  )
  assert.deepEqual(cut, [], path)
}

test("the list: lanes apart, high first, by score; filters in the address; pages of a hundred; the keyboard opens one", () =>
  inPage(origin, async (page) => {
    await page.goto(origin)
    await page.locator(".lane-count").first().waitFor()
    await page.keyboard.press("g")
    await page.keyboard.press("i")
    await row(page, "northwind-erp").waitFor()
    assert.equal(await heading(page), "Incidents")
    assert.deepEqual(
      await page.locator(".lane h2").evaluateAll((all) => all.map((one) => one.textContent?.trim().slice(0, 10))),
      ["Look now c", "Look today"],
    )
    assert.match(await textOf(page.locator("main tbody tr").first()), /northwind-erp/)
    await page
      .getByText(/^1–100 of \d+$/)
      .first()
      .waitFor()
    await page.getByLabel("Lane").selectOption("review")
    await page.waitForFunction(() => document.querySelectorAll(".lane").length === 1)
    assert.match(page.url(), /lane=review/)
    await page.goBack()
    await page.goto(`${origin}/incidents`)
    await row(page, "northwind-erp").waitFor()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.locator(".panel.summary").waitFor()
    assert.equal(await heading(page), "northwind-erp")
  }))

for (const scheme of ["light", "dark"] as const)
  test(`an incident: what, usual against observed, doubts, numbers, samples, whose ids, what is new (${scheme})`, () =>
    inPage(
      origin,
      async (page) => {
        const { id } = await incidentOf("northwind-erp")
        await page.goto(`${origin}/incidents/${id}`)
        assert.match(await textOf(page.locator(".summary p").first()), /^northwind-erp read 426 objects/)
        await page.locator(".evidence .chart canvas").first().waitFor()
        await page
          .getByText(/^Most on 2026-12-06: /)
          .first()
          .waitFor()
        await page.getByText("a re-sync asks for its own").first().waitFor()
        await page.getByRole("rowheader", { name: "Usual q99" }).waitFor()
        await page.getByRole("link", { name: "GET /v1/orders/{int}" }).first().waitFor()
        await row(page, "000000a1b2c6").getByText("never").waitFor()
        await page.locator(".facts dd", { hasText: "python-requests" }).getByText("new").first().waitFor()
        await page.locator("summary", { hasText: "enumeration" }).click()
        await page.getByText("its program is new today").waitFor()
        await page.getByRole("button", { name: /in between$/ }).click()
        for (const width of [1440, 1024]) {
          await page.setViewportSize({ width, height: 800 })
          await nothingCut(page, `incident at ${width}`)
        }
      },
      scheme,
    ))

test("acknowledged, closed as expected with an owner, its exception seen, changed, removed, opened again", () =>
  inPage(origin, async (page) => {
    const { id, consumer } = await incidentOf("fabrikam-sync")
    await page.goto(`${origin}/incidents/${id}`)
    await decide(page, "Acknowledge", "Acknowledge", { Note: "looking" })
    await page.getByText("looking").waitFor()
    await decide(page, "Close", "Close the incident", { "It was": "expected", "Owner of": "ann" })
    assert.equal((await incidentOf("fabrikam-sync")).state, "closed")
    await page.goto(`${origin}/consumers/${consumer!.id}`)
    await page
      .getByText(/ann, until 2027/)
      .first()
      .waitFor()
    await page.goto(`${origin}/exceptions`)
    const before = (await read<{ total: number }>("/exceptions")).total
    await page
      .getByRole("button", { name: /^Edit exception/ })
      .first()
      .click()
    await page.getByLabel("Owner").fill("bob")
    await page.getByRole("button", { name: "Save", exact: true }).click()
    await page.getByText(/bob answers for it/).waitFor()
    await page
      .getByRole("button", { name: /^Remove exception/ })
      .first()
      .click()
    await page.getByRole("button", { name: "Remove the exception", exact: true }).click()
    await page.getByRole("dialog").waitFor({ state: "hidden" })
    assert.equal((await read<{ total: number }>("/exceptions")).total, before - 1)
    await page.goto(`${origin}/incidents/${id}`)
    await decide(page, "Open again", "Open again")
    await decide(page, "Close", "Close the incident", { "It was": "malicious" })
    await page.locator(".badge", { hasText: "malicious" }).first().waitFor()
  }))

test("detections: off and on, a setting beyond its bounds is said, a decoy; a back-test of what is considered", () =>
  inPage(origin, async (page, watch) => {
    await page.goto(`${origin}/detections`)
    await page.getByText(/of \d+ are on\./).waitFor()
    await decide(page, "Switch off Goes through ids", "Switch off")
    await page.getByRole("button", { name: "Switch on Goes through ids" }).waitFor()
    await decide(page, "Switch on Goes through ids", "Switch on")
    await page.getByRole("button", { name: "Settings of Goes through ids" }).click()
    await page.getByRole("dialog").getByLabel("chance").fill("0.5")
    await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click()
    await page.locator(".complaint").first().waitFor()
    await page.keyboard.press("Escape")
    // The refusal is the browser's to mention.
    watch.complaints.splice(0)
    await decide(page, "Add a decoy", "Add the decoy", { Pattern: "* GET /admin/backup*" })
    await page.getByText("* GET /admin/backup*").first().waitFor()
    await page.getByRole("link", { name: "Back-test Goes through ids" }).click()
    await page.getByRole("button", { name: "Back-test", exact: true }).click()
    await page.getByText(/^Over [\d,]+ exchanges/).waitFor()
  }))

test("nothing to look at says who is watched; an endpoint says its incidents; each page fits", () =>
  inPage(origin, async (page) => {
    await page.goto(`${origin}/incidents?consumer=c_none`)
    await page.getByText("No incidents match.").waitFor()
    await page.getByText(/detections are on and watch/).waitFor()
    const { items } = await read<{ items: { id: string; template: string }[] }>("/endpoints")
    const orders = items.find(({ template }) => template === "/v1/orders/{int}")!
    await page.goto(`${origin}/endpoints/${orders.id}`)
    await page.getByRole("heading", { name: "Incidents" }).waitFor()
    await page.locator("a.clamp", { hasText: "northwind-erp" }).waitFor()
    await page.setViewportSize({ width: 1024, height: 768 })
    for (const path of ["/incidents", "/detections", "/exceptions", "/backtest", "/"]) {
      await page.goto(origin + path)
      await page.waitForFunction(() => document.querySelector("[aria-busy]") === null)
      await nothingCut(page, path)
    }
  }))
