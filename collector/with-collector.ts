// A collector for a command: one that runs and is asked over HTTP, or the store of one that does not, served on loopback as long as the
// command lives. So both ways are one.
import { existsSync } from "node:fs"
import { UsageError, WorldError } from "../shared/config/program.ts"
import { VERSION } from "../shared/config/version.ts"
import { ApiClient } from "./api-client.ts"
import { DEFAULT_URL, tokenIn } from "./collector-options.ts"
import { Collector } from "./pipeline.ts"
import { openSqliteStore } from "./store/sqlite-store.ts"
import { type Store, StoreError } from "./store/store.ts"

export interface WhichCollector {
  /** "" for the default. */
  readonly url: string
  /** Folder of a store; "" for none. */
  readonly data: string
  /** "" for none. */
  readonly "token-file": string
}

export async function withCollector<T>(values: WhichCollector, work: (client: ApiClient) => Promise<T>): Promise<T> {
  if (values.url !== "" || values.data === "")
    return work(new ApiClient(values.url === "" ? DEFAULT_URL : values.url, tokenIn(values["token-file"])))
  if (!existsSync(values.data)) throw new UsageError(`--data: there is no ${values.data}.`)
  const collector = await Collector.start(await openStore(values.data), {
    listen: { host: "127.0.0.1", port: 0 },
    assets: "",
    version: VERSION,
    onError: () => undefined,
  })
  try {
    return await work(new ApiClient(collector.url))
  } finally {
    await collector.close()
  }
}

async function openStore(folder: string): Promise<Store> {
  try {
    return await openSqliteStore(folder)
  } catch (error) {
    if (error instanceof StoreError && error.code === "locked")
      throw new WorldError(`--data: a collector is using ${folder}: ask it with --url, or stop it first.`)
    throw error
  }
}
