// Who signs in sees what their role may do: the page that asks for a token, the frame that says who it is, buttons per role, the channels that
// are told of incidents. SONDE_PICTURES=DIR keeps a picture of each.
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { type Page, watchPage } from "../../shared/testing/browser.ts"
import { makePair } from "../../shared/testing/certificate.ts"
import { makeToken, ROLES, type Role, Tokens, writeTokens } from "../api/access/tokens.ts"
import { makeSeed } from "../api/fake-seed.ts"
import { batch, event, START_US } from "../inventory/fake-batches.ts"
import type { Channel } from "../notify/channel.ts"
import type { Collector } from "../pipeline.ts"
import { heading, ServedConsole, textOf } from "./testing/served-console.ts"

const PICTURES = process.env.SONDE_PICTURES ?? ""
const folder = mkdtempSync(join(tmpdir(), "sonde-roles-"))
const token = {} as Record<Role, string>
let served: ServedConsole
let collector: Collector
let origin = ""

/** "hook" refuses all for good, "siem" takes all. */
const channel = (name: string, kind: string, target: string, isTaking: boolean): Channel => ({
  name,
  kind,
  target,
  lanes: ["high", "review"],
  close: async () => {},
  deliver: async () =>
    isTaking
      ? { kind: "delivered", sentence: "The receiver took it." }
      : { kind: "refused", sentence: "hooks.example.com answered 422." },
})

before(async () => {
  writeTokens(
    folder,
    ROLES.map((role) => {
      const made = makeToken(`the-${role}`, role, Date.now(), 0)
      token[role] = made.token
      return made.record
    }),
  )
  served = await ServedConsole.build()
  collector = await served.startCollector({
    contents: makeSeed(),
    access: { tokens: new Tokens(folder, (error) => assert.fail(String(error))) },
    channels: [
      channel("hook", "webhook", "https://hooks.example.com/…", false),
      channel("siem", "syslog", "tls://siem.example.com:6514", true),
    ],
  })
  origin = collector.url
  collector.inventory.apply(batch([event()]))
  collector.analysis.incidents.raise({
    ...{ atUs: START_US, sinceUs: START_US, consumer: 0, endpoint: 0, lossyShare: 0, weight: 1, p: 1e-9 },
    ...{ detector: "enumeration", family: "object", isRule: false, key: "k", sentence: "asked for 212 orders" },
    ...{ facts: { objects: 212 }, doubts: [], samples: [] },
  })
  await collector.inventory.checkpoint()
})
after(async () => {
  await served?.close()
  rmSync(folder, { recursive: true })
})

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES !== "") await page.screenshot({ path: join(PICTURES, `${name}.png`) })
}

const SIGN_IN_COMPLAINT = /^error: Failed to load resource: the server responded with a status of 401/

async function signIn(page: Page, role: Role): Promise<void> {
  await page.getByLabel("Access token").fill(token[role])
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.locator(".signed-in").waitFor()
}

/** A page of somebody who has signed in at `path`; the browser's word about the 401 before that is expected. */
const asRole = (role: Role, path: string, body: (page: Page) => Promise<void>): Promise<void> =>
  served.inPage(origin, async (page, watch) => {
    await page.goto(origin + path)
    await page.getByLabel("Access token").waitFor()
    await signIn(page, role)
    await body(page)
    const complaints = watch.complaints.filter((line) => !SIGN_IN_COMPLAINT.test(line))
    watch.complaints.splice(0, watch.complaints.length, ...complaints)
  })

test("signing in: a wrong token is said at the field, the right one leads to the page that was asked for, signing out ends it", () =>
  served.inPage(origin, async (page, watch) => {
    await page.goto(`${origin}/services`)
    await page.getByLabel("Access token").waitFor()
    assert.equal(await page.title(), "Sign in · Sonde")
    await picture(page, "sign-in")
    await page.getByLabel("Access token").fill("sonde_wrong")
    await page.keyboard.press("Enter")
    await page.getByRole("alert").getByText("This token is none, or has ended.").waitFor()
    await picture(page, "sign-in-refused")
    await signIn(page, "viewer")
    await page.waitForFunction(() => document.title === "Services · Sonde")
    assert.match(await textOf(page.locator(".signed-in")), /the-viewer.*viewer/)
    const cookies = await page.context().cookies()
    assert.deepEqual(
      cookies.map(({ name, httpOnly, sameSite }) => [name, httpOnly, sameSite]),
      [["sonde_session", true, "Strict"]],
    )
    assert.equal(await page.evaluate(() => document.cookie), "")
    await picture(page, "viewer-services")
    await page.reload()
    await page.locator(".signed-in").waitFor()
    await page.getByRole("button", { name: "Sign out" }).click()
    await page.getByLabel("Access token").waitFor()
    assert.equal((await page.context().cookies()).length, 0)
    assert.ok(watch.complaints.every((line) => SIGN_IN_COMPLAINT.test(line)))
    watch.complaints.length = 0
  }))

test("a session that ends while it is used asks for the token again, on the same page", () =>
  asRole("viewer", "/audit", async (page) => {
    await page.locator("main").getByText("the-viewer (viewer) signed in from").first().waitFor()
    await page.context().clearCookies()
    await page.locator(".nav").getByText("Services").click()
    await page.getByLabel("Access token").waitFor()
    await signIn(page, "analyst")
    await page.waitForFunction(() => document.title === "Services · Sonde")
  }))

/** Pages with buttons, and one button of each that an analyst has. */
const WITH_BUTTONS: readonly (readonly [path: string, button: string | RegExp])[] = [
  ["/services/sv_1", "Edit"],
  ["/endpoints/ep_3", /^Merge/],
  ["/consumers/co_1", /^Rename/],
  ["/partners", "Add a partner"],
  ["/exceptions", /exception/],
]

/** What a page offers beyond reading: everything that opens a form. */
const ACTIONS =
  "main .button.small:not([href*='audit'], [href*='map'], [href*='consumers'], [download]), main form .button"

test("a viewer sees no button that changes anything; an analyst does", async () => {
  await asRole("viewer", "/", async (page) => {
    for (const [path] of [...WITH_BUTTONS, ["/detections", ""], ["/backtest", ""], ["/notifications", ""]] as const) {
      await page.goto(origin + path)
      await page.locator("main h1").waitFor()
      await page.waitForLoadState("networkidle")
      const offered = await page.locator(ACTIONS).allTextContents()
      assert.deepEqual(
        offered.filter((text) => !/all|more|show/i.test(text)),
        [],
        path,
      )
      await picture(page, `viewer${path.replaceAll("/", "-")}`)
    }
    await page.goto(`${origin}/backtest`)
    await page.getByText("This needs the role analyst; the-viewer is viewer.").waitFor()
  })
  await asRole("analyst", "/", async (page) => {
    for (const [path, name] of WITH_BUTTONS) {
      await page.goto(origin + path)
      assert.ok(await page.locator("main").getByRole("button", { name }).first().isEnabled(), path)
    }
    await page.goto(`${origin}/detections`)
    const button = page.getByRole("button", { name: /^Switch off/ }).first()
    await button.waitFor()
    assert.ok(await button.isDisabled())
    assert.equal(await button.getAttribute("title"), "This needs the role admin; the-analyst is analyst.")
    await picture(page, "analyst-detections")
  })
})

test("the channels: how they fare, a test that arrives and one that does not, what was given up is sent again", () =>
  asRole("admin", "/notifications", async (page) => {
    assert.equal(await heading(page), "Notifications")
    const hook = page.getByRole("region", { name: "hook" })
    await hook.getByText("1 dead letter").waitFor({ timeout: 20_000 })
    await hook.getByText("failing").waitFor()
    await hook.getByText("hooks.example.com answered 422.").first().waitFor()
    await page.getByRole("region", { name: "siem" }).getByText("works").waitFor()
    await picture(page, "admin-notifications")
    await page.getByRole("button", { name: "Send a test to siem" }).click()
    await picture(page, "admin-notifications-test")
    await page.getByRole("dialog").getByRole("button", { name: "Send the test" }).click()
    await page.locator(".said").getByText("siem took the test: The receiver took it.").waitFor()
    await page.getByRole("button", { name: "Send a test to hook" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Send the test" }).click()
    await page.getByRole("alert").getByText("hooks.example.com answered 422.").waitFor()
    await picture(page, "admin-notifications-refused")
    await page.keyboard.press("Escape")
    await page.getByRole("button", { name: /^Send again/ }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Send it again" }).click()
    await page.locator(".said").getByText("is in the queue of hook again.").waitFor()
  }))

test("over TLS the session is kept by a cookie that only this host gets, and nothing complains", async () => {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")]
  makePair(cert, key, "sonde")
  const { url } = await served.startCollector({
    access: {
      tokens: new Tokens(folder, (error) => assert.fail(String(error))),
      tls: { cert: readFileSync(cert), key: readFileSync(key) },
    },
  })
  const context = await served.browser.newContext({ ignoreHTTPSErrors: true })
  const page = await context.newPage()
  const watch = watchPage(page, url)
  await page.goto(url)
  await signIn(page, "analyst")
  await page.goto(`${url}/partners`)
  await page.getByRole("button", { name: "Add a partner" }).click()
  await page.getByRole("dialog").getByLabel("Name (needed)").fill("Acme")
  await page.getByRole("dialog").getByRole("button", { name: "Add the partner" }).click()
  await page.locator(".said").getByText("Acme").waitFor()
  assert.deepEqual(
    (await context.cookies()).map(({ name, secure, httpOnly, sameSite }) => [name, secure, httpOnly, sameSite]),
    [["__Host-sonde_session", true, true, "Strict"]],
  )
  assert.deepEqual(
    watch.complaints.filter((line) => !SIGN_IN_COMPLAINT.test(line)),
    [],
  )
  await context.close()
})

test("where nobody has to sign in, nobody is shown, and all is offered", async () => {
  const open = (await served.serve(makeSeed())).origin
  await served.inPage(open, async (page) => {
    await page.goto(`${open}/partners`)
    await page.getByRole("button", { name: "Add a partner" }).waitFor()
    assert.equal(await page.locator(".signed-in").count(), 0)
    await page.goto(`${open}/notifications`)
    await page.getByText("Nobody is told of incidents.").waitFor()
  })
})
