// Changes by an analyst, through the pages: each kind once, what it did said in words, refusals at the field, all of it in the audit.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import type { Page } from "../../shared/testing/browser.ts"
import { type Caller, days, eventsOf, hearing, key, ORDERS, SDK } from "../consumer/fake-traffic.ts"
import { OK, openapi } from "../inventory/specification/fake-specifications.ts"
import { row, ServedConsole, textOf } from "./testing/served-console.ts"

const ACME: Caller = { identity: key("acme1", { name: "acme-1" }), client: SDK, calls: ORDERS, days: days(0, 9) }
const OTHER = { ...SDK, prefix: "p3", ja4: "t13d_other", fieldOrder: 78 }
const CALLERS: readonly Caller[] = [
  { ...ACME, calls: { ...ORDERS, "/v1/depots/north": 2, "/v1/depots/south": 2 } },
  { ...ACME, identity: key("old"), client: { ...SDK, prefix: "p2" } },
  { ...ACME, identity: key("new"), client: { ...SDK, prefix: "p2" }, days: days(10, 18) },
  { ...ACME, identity: key("past"), client: OTHER, days: days(0, 9) },
  { ...ACME, identity: key("next"), client: OTHER, days: days(10, 18) },
]

let served: ServedConsole
let origin = ""
before(async () => {
  const heard = await hearing()
  await heard.hear(eventsOf(CALLERS), 5_000)
  served = await ServedConsole.build()
  origin = (await served.serveInventory(heard.store, heard.inventory)).origin
})
after(() => served?.close())

const inPage: ServedConsole["inPage"] = (at, body) => served.inPage(at, body)
const read = async <T>(path: string): Promise<T> => (await (await fetch(`${origin}/api/v1${path}`)).json()) as T
const idOf = async (list: string, name: string): Promise<string> => {
  const { items } = await read<{ items: { id: string; name?: string; template?: string }[] }>(list)
  return items.find((item) => item.name === name || item.template === name)!.id
}
const serviceId = () => idOf("/services", "api.example.com")

const rejectedSuccessor = async (): Promise<{ id: string; name: string }> =>
  (await read<{ items: { successor: { id: string; name: string } }[] }>("/rotations?state=rejected")).items[0]!
    .successor

interface Form {
  readonly button: string
  readonly fill?: Readonly<Record<string, string>>
  readonly choose?: Readonly<Record<string, string>>
  readonly submit: string
}

/** Opens the form, fills it in, sends it. */
async function fillIn(page: Page, { button, fill = {}, choose = {}, submit }: Form): Promise<void> {
  await page.getByRole("button", { name: button }).first().click()
  const dialog = page.getByRole("dialog")
  for (const [label, text] of Object.entries(fill)) await dialog.getByLabel(label).fill(text)
  for (const [label, option] of Object.entries(choose)) await dialog.getByLabel(label).selectOption({ label: option })
  await dialog.getByRole("button", { name: submit, exact: true }).click()
}

async function change(page: Page, form: Form, said: string | RegExp): Promise<void> {
  await fillIn(page, form)
  await page.locator(".said span").getByText(said).waitFor()
  await page.getByRole("dialog").waitFor({ state: "hidden" })
}

test("one rotation is confirmed with its grounds in sight, another is rejected", () =>
  inPage(origin, async (page) => {
    await page.goto(`${origin}/rotations?state=proposed`)
    await page
      .getByRole("button", { name: /^Confirm/ })
      .first()
      .waitFor()
    assert.ok((await page.locator(".bullets li").count()) > 0)
    await change(page, { button: "Reject", fill: { Reason: "two systems" }, submit: "Reject" }, /./)
    await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1)
    await change(page, { button: "Confirm", fill: { Reason: "mail of today" }, submit: "Confirm" }, /./)
    await page.getByText("No rotations match.").waitFor()
  }))

test("a partner: added, a consumer assigned, edited, its consumer taken out, removed", () =>
  inPage(origin, async (page) => {
    await page.goto(`${origin}/partners`)
    const add = { button: "Add a partner", submit: "Add the partner" }
    await fillIn(page, add)
    await page.getByRole("dialog").getByText("It is needed.").waitFor()
    await page.keyboard.press("Escape")
    await change(page, { ...add, fill: { "Name (needed)": "Acme" } }, /Acme/)
    await row(page, "Acme").locator("a[data-main]").click()
    await page.waitForFunction(() => document.title === "Acme · Sonde")
    await change(
      page,
      { button: "Assign a consumer", choose: { Consumer: "acme-1" }, submit: "Assign" },
      "Consumer acme-1 belongs to Acme.",
    )
    await row(page, "acme-1").waitFor()
    await change(page, { button: "Edit Acme", fill: { "Contract: requests a day": "3" }, submit: "Save" }, /Acme/)
    await page.getByText("requests per day", { exact: true }).waitFor()
    await change(page, { button: "Take out acme-1", submit: "Take out" }, /acme-1/)
    await page.getByText("None: no rule fits a consumer, and none is assigned.").waitFor()
    await fillIn(page, { button: "Remove Acme", submit: "Remove the partner" })
    await page.getByText("No partners yet.").waitFor()
  }))

test("two consumers become one, and both ids find it", async () => {
  const [kept, gone] = [await idOf("/consumers", "acme-1"), await rejectedSuccessor()]
  await inPage(origin, async (page) => {
    await page.goto(`${origin}/consumers/${kept}`)
    const merge = { button: "Merge acme-1", choose: { "The other one": gone.name }, submit: "Merge" }
    await change(page, merge, /./)
    await page.goto(`${origin}/consumers/${gone.id}`)
    await page.waitForFunction(() => document.title === "acme-1 · Sonde")
  })
})

test("a consumer gets a name", () =>
  inPage(origin, async (page) => {
    await page.goto(`${origin}/consumers/${await idOf("/consumers", "acme-1")}`)
    await change(page, { button: "Rename acme-1", fill: { Name: "Acme ERP" }, submit: "Rename" }, /Acme ERP/)
    await page.waitForFunction(() => document.title === "Acme ERP · Sonde")
    await page.getByText("Calls itself").waitFor()
  }))

test("a finding is dismissed with a reason, and not without one", () =>
  inPage(origin, async (page) => {
    await page.goto(`${origin}/findings?state=open`)
    await page.locator("tbody tr").first().waitFor()
    const open = await page.locator("tbody tr").count()
    await fillIn(page, { button: "Dismiss", submit: "Dismiss" })
    await page.getByRole("dialog").getByText("It is needed.").waitFor()
    await page.getByRole("dialog").getByLabel("Reason (needed)").fill("a lab")
    await page.getByRole("dialog").getByRole("button", { name: "Dismiss", exact: true }).click()
    await page.locator(".said").getByText("The finding is dismissed.").waitFor()
    await page.waitForFunction((rows) => document.querySelectorAll("tbody tr").length !== rows, open)
    await page.goto(`${origin}/findings?state=dismissed`)
    await page.getByText("a lab").waitFor()
    await change(page, { button: "Open again", submit: "Open again" }, "The finding is open again.")
  }))

test("a service: owner and labels, a pin and its end, a specification and its end", async () => {
  const service = await serviceId()
  await inPage(origin, async (page) => {
    await page.goto(`${origin}/services/${service}`)
    const note = { Owner: "orders team", Labels: "tier-1, eu" }
    await change(page, { button: "Edit owner and labels", fill: note, submit: "Save" }, /is saved/)
    await page.locator(".facts").getByText("orders team").waitFor()
    await change(
      page,
      {
        button: "Pin a template",
        fill: { "Path (needed)": "/v1/depots/{depot}", Reason: "they are depots" },
        submit: "Pin",
      },
      /is pinned/,
    )
    await page.getByText("they are depots").first().waitFor()
    await change(page, { button: "Remove the pin /v1/depots/{depot}", submit: "Take back" }, /./)
    await page.getByText("No pins: templates are as learned.").waitFor()
    const text = openapi({ "/v1/orders": { get: { responses: OK } }, "/v1/claims": { post: { responses: OK } } })
    const form = { button: "Import a specification", submit: "Import" }
    await change(page, { ...form, fill: { Text: text } }, /imported/)
    await page.getByText("Never seen: 1 operation.").waitFor()
    await change(page, { button: "Remove main", submit: "Remove" }, /./)
    await page.getByText("None: nothing can be said about shadow endpoints or drift.").waitFor()
  })
})

test("an endpoint: parameters named, labels and a note", async () => {
  const endpoint = await idOf("/endpoints?limit=100", "/v1/customers/{int}")
  await inPage(origin, async (page) => {
    await page.goto(`${origin}/endpoints/${endpoint}`)
    await page.locator("#template").waitFor()
    await change(
      page,
      {
        button: "Rename /v1/customers/{int}",
        fill: { "Template (needed)": "/v1/customers/{customer}", Reason: "a name" },
        submit: "Rename",
      },
      /./,
    )
    await page.waitForFunction(() => document.title === "GET /v1/customers/{customer} · Sonde")
    await page.getByText("a name").waitFor()
    const note = { Labels: "pii", Note: "Goes away in spring." }
    await change(page, { button: "Edit labels and note", fill: note, submit: "Save" }, /are saved/)
    await page.getByText("Goes away in spring.", { exact: true }).waitFor()
    await page.goto(`${origin}/endpoints?label=pii`)
    await page.getByText("1–1 of 1").waitFor()
  })
})

test("endpoints: two merged, one split off again, one pinned, one kept apart", async () => {
  const [north, service] = [await idOf("/endpoints?limit=100", "/v1/depots/north"), await serviceId()]
  const templates = async (): Promise<string[]> =>
    (await read<{ items: { template: string }[] }>("/endpoints?search=depots")).items.map(({ template }) => template)
  await inPage(origin, async (page) => {
    await page.goto(`${origin}/endpoints/${north}`)
    await change(page, { button: "Merge /v1", choose: { With: "/v1/depots/south" }, submit: "Merge" }, /./)
    await page.waitForFunction(() => document.title.includes("/v1/depots/{"))
    assert.equal((await templates()).length, 1)
    await change(page, { button: "Split /v1", fill: { "Value (needed)": "south" }, submit: "Split" }, /./)
    await page.waitForFunction(() => document.querySelector("main h1")?.textContent?.includes("depots"))
    assert.ok((await templates()).includes("/v1/depots/south"))
    await page.goto(`${origin}/endpoints/${await idOf("/endpoints?limit=100", "/v1/orders")}`)
    await change(page, { button: "Pin /v1/orders", submit: "Pin" }, /./)
    const apart = { What: "Keep what is below this path apart" }
    await page.goto(`${origin}/endpoints/${await idOf("/endpoints?limit=100", "/v1/orders")}`)
    await change(page, { button: "Pin /v1/orders", choose: apart, submit: "Pin" }, /./)
    await page.goto(`${origin}/services/${service}`)
    await page.getByText("kept apart below").waitFor()
  })
})

test("a specification comes from a file", async () => {
  const service = await serviceId()
  await inPage(origin, async (page) => {
    await page.goto(`${origin}/services/${service}`)
    await page.getByRole("button", { name: "Import a specification" }).click()
    const text = openapi({ "/v1/orders": { get: { responses: OK } } })
    const file = { name: "orders.json", mimeType: "application/json", buffer: Buffer.from(text) }
    await page.getByRole("dialog").getByLabel("File").setInputFiles(file)
    await page.getByRole("dialog").getByRole("button", { name: "Import", exact: true }).click()
    await page
      .locator(".said")
      .getByText(/imported/)
      .waitFor()
    await change(page, { button: "Remove main", submit: "Remove" }, /./)
  })
})

test("what the API refuses is said at its field, and nothing has changed", async () => {
  const endpoint = await idOf("/endpoints?limit=100", "/v1/orders/{int}")
  const context = await served.browser.newContext()
  const page = await context.newPage()
  page.setDefaultTimeout(5000)
  await page.goto(`${origin}/endpoints/${endpoint}`)
  await fillIn(page, { button: "Split", fill: { "Value (needed)": "4711" }, submit: "Split" })
  const field = page.getByRole("dialog").getByLabel("Value (needed)")
  await page
    .getByRole("dialog")
    .getByText(/leave the sensor as their kind/)
    .waitFor()
  const told = page.getByRole("dialog").locator(".complaint")
  assert.match(await textOf(told), /4711/)
  assert.equal(await field.inputValue(), "4711")
  await page.keyboard.press("Escape")
  await page.goto(`${origin}/services/${await serviceId()}`)
  await fillIn(page, { button: "Import a specification", fill: { Text: "openapi: [" }, submit: "Import" })
  await page.getByRole("dialog").locator(".complaint").waitFor()
  assert.equal((await read<{ total: number }>(`/services/${await serviceId()}/specifications`)).total, 0)
  await context.close()
})

test("the audit log has all of it, by subject, and as a file", () =>
  inPage(origin, async (page) => {
    await page.goto(`${origin}/audit`)
    for (const action of ["rotation.decide", "partner.put", "partner.remove", "consumer.rename", "finding.state"])
      await page.locator("tbody").getByText(action, { exact: true }).first().waitFor({ state: "attached" })
    const { items } = await read<{ items: { action: string; subject: string }[] }>("/audit?limit=1000")
    const actions = new Set(items.map(({ action }) => action))
    for (const action of [
      "service.note",
      "pin.add",
      "pin.remove",
      "specification.put",
      "specification.remove",
      "endpoint.note",
    ])
      assert.ok(actions.has(action), action)
    await page.locator("tbody a[data-main]").first().click()
    await page.waitForURL(/subject=/)
    await page.getByRole("button", { name: /^Remove filter of/ }).click()
    await page.waitForURL((url) => !url.search.includes("subject"))
  }))
