// Test support: the console built from the sources, served by the real API over a real store and inventory, in a real browser.
import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import {
  type Browser,
  type Locator,
  launchBrowser,
  type Page,
  type PageWatch,
  watchPage,
} from "../../../shared/testing/browser.ts"
import { type RunningApi, startApi } from "../../api/server.ts"
import { Inventory } from "../../inventory/inventory.ts"
import { Collector, type CollectorOptions } from "../../pipeline.ts"
import { openSqliteStore } from "../../store/sqlite-store.ts"
import type { Checkpoint, Store } from "../../store/store.ts"

const ROOT = join(import.meta.dirname, "../../..")
const TIMEOUT_MS = 5000

export interface Served {
  readonly origin: string
  readonly inventory: Inventory
}

export class ServedConsole {
  readonly browser: Browser
  readonly #folder: string
  readonly #started: { readonly api: RunningApi; readonly store: Store }[] = []
  readonly #collectors: Collector[] = []

  private constructor(browser: Browser, folder: string) {
    this.browser = browser
    this.#folder = folder
  }

  static async build(): Promise<ServedConsole> {
    const folder = mkdtempSync(join(tmpdir(), "sonde-console-"))
    const vite = join(ROOT, "node_modules/vite/bin/vite.js")
    const config = join(import.meta.dirname, "../vite.config.ts")
    const [built, browser] = await Promise.all([
      promisify(execFile)(process.execPath, [vite, "build", "-c", config, "--outDir", folder, "--emptyOutDir"]),
      launchBrowser(),
    ])
    assert.equal(built.stderr, "")
    return new ServedConsole(browser, folder)
  }

  async serve(contents: Checkpoint | null): Promise<Served> {
    const store = await openSqliteStore(":memory:")
    if (contents !== null) await store.commit(contents)
    return this.serveInventory(store, await Inventory.open(store))
  }

  /** Both are closed at the end. */
  async serveInventory(store: Store, inventory: Inventory): Promise<Served> {
    const api = await startApi({
      store,
      edits: inventory,
      templates: inventory.templates,
      specifications: inventory.specifications,
      listen: { host: "127.0.0.1", port: 0 },
      health: () => ({ ready: true, reasons: [] }),
      metrics: () => "",
      assets: this.#folder,
      version: "0.0.0",
    })
    this.#started.push({ api, store })
    return { origin: api.address.url, inventory }
  }

  /** A whole collector, over an empty store unless contents are given: with the analysis behind the inventory. Closed at the end. */
  async startCollector(
    options: Pick<CollectorOptions, "access" | "channels"> & { readonly contents?: Checkpoint } = {},
  ): Promise<Collector> {
    const { contents, ...rest } = options
    const store = await openSqliteStore(":memory:")
    if (contents !== undefined) await store.commit(contents)
    const collector = await Collector.start(store, {
      ...rest,
      listen: { host: "127.0.0.1", port: 0 },
      assets: this.#folder,
      version: "0.0.0",
      onError: (error) => {
        throw error
      },
    })
    this.#collectors.push(collector)
    return collector
  }

  /** A page that must not complain; `body` drives it. */
  async inPage(
    origin: string,
    body: (page: Page, watch: PageWatch) => Promise<void>,
    colorScheme: "light" | "dark" = "light",
  ): Promise<void> {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme })
    try {
      const page = await context.newPage()
      page.setDefaultTimeout(TIMEOUT_MS)
      const watch = watchPage(page, origin)
      await body(page, watch)
      assert.deepEqual(watch.complaints, [])
    } finally {
      await context.close()
    }
  }

  async close(): Promise<void> {
    await this.browser.close()
    for (const collector of this.#collectors) await collector.close()
    for (const { api, store } of this.#started) {
      await api.close()
      await store.close()
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

export const textOf = async (found: Locator): Promise<string> => (await found.textContent()) ?? ""
export const heading = (page: Page): Promise<string> => textOf(page.locator("main h1"))
export const row = (page: Page, text: string): Locator => page.locator("tr", { hasText: text }).first()
