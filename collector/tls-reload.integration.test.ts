// A running collector with TLS: SIGHUP takes a renewed certificate for new connections; a pair that does not fit, is broken or open to others
// changes nothing, and one line says so.
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { connect } from "node:tls"
import { makePair } from "../shared/testing/certificate.ts"

/** Name in the certificate that a new connection is shown. */
function nameAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
    socket.on("error", reject)
  })
}

test("certificate and key are reloaded on SIGHUP; a broken pair keeps the old one", async (at) => {
  const folder = mkdtempSync(join(tmpdir(), "sonde-reload-"))
  const path = (name: string): string => join(folder, name)
  for (const name of ["first", "second", "third"]) makePair(path(`${name}.pem`), path(`${name}.key`), name)
  const use = (certificate: string, key: string): void => {
    copyFileSync(path(`${certificate}.pem`), path("cert.pem"))
    copyFileSync(path(`${key}.key`), path("key.pem"))
    chmodSync(path("key.pem"), 0o600)
  }
  use("first", "first")
  const tls = ["--tls-certificate", path("cert.pem"), "--tls-key", path("key.pem")]
  const argv = ["run", "--data", path("state"), "--listen", "127.0.0.1:0", "--log-level", "info", ...tls]
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...argv])
  const ended = new Promise((done) => child.once("close", done))
  at.after(async () => {
    child.kill("SIGTERM")
    await ended
    rmSync(folder, { recursive: true })
  })
  let said = ""
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString()
    })
  const hears = async (pattern: RegExp): Promise<string> => {
    for (let tries = 0; tries < 1000 && !pattern.test(said); tries++) await pause(20)
    const line = pattern.exec(said)?.[0]
    assert.ok(line !== undefined, said)
    return line
  }
  const port = Number(/:(\d+)/.exec(await hears(/https:\/\/127\.0\.0\.1:\d+/))![1])
  assert.equal(await nameAt(port), "first")
  const reload = async (pattern: RegExp): Promise<string> => {
    said = ""
    child.kill("SIGHUP")
    return hears(pattern)
  }
  use("second", "second")
  await reload(/The certificate of \S+ is in use for new connections; it is valid to/)
  assert.equal(await nameAt(port), "second")
  use("third", "first")
  await reload(/The certificate stays as it was\. --tls-certificate, --tls-key: key values mismatch\./)
  writeFileSync(path("cert.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n")
  await reload(/The certificate stays as it was\. --tls-certificate, --tls-key: [^\n]+\./)
  rmSync(path("cert.pem"))
  await reload(/stays as it was\. --tls-certificate, --tls-key: there is no /)
  use("third", "third")
  chmodSync(path("key.pem"), 0o644)
  await reload(/stays as it was\. --tls-key: \S+ is open to other users; chmod 600/)
  assert.equal(said.trim().split("\n").length, 1, said)
  assert.equal(await nameAt(port), "second")
  use("third", "third")
  await reload(/is in use for new connections/)
  assert.equal(await nameAt(port), "third")
})
