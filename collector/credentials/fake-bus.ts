// A real nats-server with generated accounts and TLS, and the files of whoever connects: for tests.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect, type NatsConnection, nkeyAuthenticator } from "@nats-io/transport-node"
import { type AccessFiles, NO_ACCESS, readAccess } from "../../shared/bus/access.ts"
import { connectionSettings } from "../../shared/bus/connection.ts"
import { settle } from "../../shared/config/options.ts"
import { type BusAddress, parseBusAddress } from "../../shared/event/event-stream.ts"
import { COLLECTOR_INBOX, sensorInbox } from "../../shared/event/subjects.ts"
import { makePair } from "../../shared/testing/certificate.ts"
import { NatsServer } from "../../shared/testing/nats-server.ts"
import { runNats } from "./command.ts"
import { NATS_OPTIONS } from "./options.ts"

export class FakeBus {
  readonly folder: string
  readonly server: NatsServer

  private constructor(folder: string, server: NatsServer) {
    this.folder = folder
    this.server = server
  }

  /** `sensors`: names that get a credential each, tenant "t"; the collector's is for the durable "test". */
  static async start(sensors: readonly string[]): Promise<FakeBus> {
    const folder = mkdtempSync(join(tmpdir(), "sonde-credentials-"))
    const at = (name: string): string => join(folder, name)
    makePair(at("server.pem"), at("server.key"), "sonde-nats")
    runCommand(at("nats"), "init", "--durable", "test")
    for (const sensor of sensors) runCommand(at("nats"), "add-sensor", sensor, "--tenant", "t")
    const tls = `tls { cert_file: "${at("server.pem")}", key_file: "${at("server.key")}" }`
    // In the file, not on the command line: a reload takes back what only the command line said, and JetStream with it.
    const jetStream = `jetstream { store_dir: "${at("jetstream")}" }`
    writeFileSync(at("server.conf"), `max_payload: 1MB\n${jetStream}\ninclude nats/accounts.conf\n${tls}\n`)
    return new FakeBus(folder, await NatsServer.start({ jetStream: false, args: ["-c", at("server.conf")] }))
  }

  get url(): string {
    return `tls://127.0.0.1:${this.server.port}`
  }

  get address(): BusAddress {
    return parseBusAddress(this.url)!
  }

  /** `sonde-collector nats` on this bus; returns what it prints. */
  command(...argv: readonly string[]): string {
    return runCommand(join(this.folder, "nats"), ...argv)
  }

  seedPath(name: string): string {
    return join(this.folder, "nats", `${name}.nk`)
  }

  get ca(): string {
    return join(this.folder, "server.pem")
  }

  accessOf(name: string): AccessFiles {
    return { ...NO_ACCESS, credentials: this.seedPath(name), ca: this.ca }
  }

  /** A bare connection with a credential, as whoever stole it would make one. */
  async connect(
    name: string,
    inbox = name === "collector" ? COLLECTOR_INBOX : sensorInbox(name),
  ): Promise<NatsConnection> {
    const access = readAccess(this.accessOf(name))
    const server = `127.0.0.1:${this.server.port}`
    return connect(connectionSettings(this.address, server, { name, inbox }, access, nkeyAuthenticator))
  }

  async stop(): Promise<void> {
    await this.server.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function runCommand(dir: string, ...argv: readonly string[]): string {
  let printed = ""
  const settled = settle(NATS_OPTIONS, { argv: ["--dir", dir, ...argv] })
  runNats(settled, "2026-11-25", (text) => {
    printed += text
  })
  return printed
}
