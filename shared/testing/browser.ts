// A real browser for tests: Debian's Chromium, driven without a download. The only import of playwright-core.
import { accessSync, constants } from "node:fs"
import { type Browser, chromium, type Locator, type Page } from "playwright-core"

export type { Browser, Locator, Page }

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

/** No sandbox, because tests run as root in containers; no traffic of the browser's own. */
const ARGUMENTS = [
  "--no-sandbox",
  "--headless",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
]

/** Path of the browser. Throws a sentence that names the Debian package when there is none. */
export function findBrowser(places: readonly string[] = PLACES): string {
  for (const place of places) {
    try {
      accessSync(place, constants.X_OK)
      return place
    } catch {
      // The next place may have it.
    }
  }
  throw new Error(`No Chromium at ${places.join(", ")}: install the Debian package "chromium".`)
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findBrowser(), args: ARGUMENTS })
}

/** What a page did that it should not have done: messages of errors, policy violations, requests to other origins. */
export interface PageWatch {
  readonly complaints: string[]
}

/** Watches from now on. `origin`: the only one that the page may talk to. */
export function watchPage(page: Page, origin: string): PageWatch {
  const complaints: string[] = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      complaints.push(`${message.type()}: ${message.text()}`)
  })
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`))
  page.on("request", (request) => {
    const url = request.url()
    if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) complaints.push(`request to ${url}`)
  })
  return { complaints }
}
