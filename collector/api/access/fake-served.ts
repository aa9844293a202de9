// Test support: an API with a token of each role over a real store and inventory, asked over a real connection.
import { mkdtempSync, rmSync } from "node:fs"
import { request as plain } from "node:http"
import { request as secure } from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Inventory } from "../../inventory/inventory.ts"
import type { AuditRecord } from "../../store/documents.ts"
import { openSqliteStore } from "../../store/sqlite-store.ts"
import type { Store } from "../../store/store.ts"
import { type ApiOptions, type RunningApi, startApi } from "../server.ts"
import { makeToken, ROLES, type Role, Tokens, writeTokens } from "./tokens.ts"

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export class ServedApi {
  readonly folder: string
  readonly api: RunningApi
  readonly store: Store
  readonly inventory: Inventory
  readonly token: Readonly<Record<Role, string>>
  readonly errors: unknown[]

  private constructor(parts: Pick<ServedApi, "folder" | "api" | "store" | "inventory" | "token" | "errors">) {
    this.folder = parts.folder
    this.api = parts.api
    this.store = parts.store
    this.inventory = parts.inventory
    this.token = parts.token
    this.errors = parts.errors
  }

  static async start(options: Partial<ApiOptions> = {}): Promise<ServedApi> {
    const folder = mkdtempSync(join(tmpdir(), "sonde-served-"))
    const made = ROLES.map((role) => makeToken(`the-${role}`, role, Date.now(), 0))
    writeTokens(
      folder,
      made.map(({ record }) => record),
    )
    const token = Object.fromEntries(made.map(({ token }, index) => [ROLES[index], token])) as Record<Role, string>
    const store = await openSqliteStore(":memory:")
    const inventory = await Inventory.open(store)
    const errors: unknown[] = []
    const api = await startApi({
      store,
      edits: inventory,
      health: () => ({ ready: true, reasons: [] }),
      metrics: () => "",
      assets: "",
      version: "1",
      listen: { host: "127.0.0.1", port: 0 },
      tokens: new Tokens(folder, (error) => errors.push(error), 0),
      onError: (error) => errors.push(error),
      ...options,
    })
    return new ServedApi({ folder, api, store, inventory, token, errors })
  }

  /** To loopback, whatever it listens on. `from`: an address of loopback. */
  ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body: string | null = null,
    from = "127.0.0.1",
  ): Promise<Answer> {
    const { port, url } = this.api.address
    const send = url.startsWith("https") ? secure : plain
    return new Promise((resolve, reject) => {
      const to = { host: "127.0.0.1", port, method, path, headers, localAddress: from, rejectUnauthorized: false }
      const sent = send(to, (response) => {
        let text = ""
        response.on("data", (chunk: Buffer) => {
          text += chunk.toString()
        })
        response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, text }))
      })
      sent.on("error", reject)
      sent.end(body ?? undefined)
    })
  }

  as(role: Role): Record<string, string> {
    return { authorization: `Bearer ${this.token[role]}` }
  }

  signIn(token: string, headers: Readonly<Record<string, string>> = {}, from?: string): Promise<Answer> {
    const all = { "content-type": "application/json", ...headers }
    return this.ask("POST", "/api/v1/session", all, JSON.stringify({ token }), from)
  }

  /** Entries of the audit log, oldest first, once there are so many. */
  async audit(least: number): Promise<readonly AuditRecord[]> {
    for (let tries = 0; tries < 200; tries++) {
      if ((await this.store.countAudit()) >= least) break
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return [...(await this.store.audit(0, 1000))].reverse()
  }

  async close(): Promise<void> {
    await this.api.close()
    await this.store.close()
    rmSync(this.folder, { recursive: true })
  }
}
