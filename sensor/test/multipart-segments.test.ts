// A multipart upload says the same however TCP cuts it, whole and in chunks.
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { pcapFile } from "../../shared/testing/capture-builder.ts"
import { TcpConversation } from "../../shared/testing/packet-builder.ts"
import { runSensor } from "./run-sensor.ts"
import { json } from "./scenes.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-multipart-"))
after(() => rmSync(folder, { recursive: true }))

const part = (name: string, content: string, more = ""): string =>
  `--frontier\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`
const BODY = `${part("customer", '{"mail":"jane@example.com","no":17}')}${part("iban", "DE89370400440532013000")}${part(
  "scan",
  "--frontie\r\n--frontierr\r\n".repeat(20),
  '; filename="passport.jpg"',
)}--frontier--\r\n`
const HEAD =
  "POST /v1/uploads HTTP/1.1\r\nHost: api.example.com\r\nContent-Type: multipart/form-data; boundary=frontier\r\n"

function chunked(body: string, size: number): string {
  let out = ""
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.slice(at, at + size)
    out += `${chunk.length.toString(16)}\r\n${chunk}\r\n`
  }
  return `${HEAD}Transfer-Encoding: chunked\r\n\r\n${out}0\r\n\r\n`
}

const WHOLE = `${HEAD}Content-Length: ${BODY.length}\r\n\r\n${BODY}`

/** What the event says of the body: its form, its data classes, its size. */
async function said(request: string, segmentBytes: number): Promise<string> {
  const talk = new TcpConversation({ segmentBytes }).open().toServer(request).toClient(json('{"ok":true}')).finish()
  const path = join(folder, "upload.pcap")
  writeFileSync(path, pcapFile(talk.frames))
  const { recorder } = await runSensor(path)
  assert.equal(recorder.revealed.length, 1)
  const { request: form, dataClasses, requestBytes } = JSON.parse(recorder.revealed[0]!)
  return JSON.stringify({ form, dataClasses, requestBytes })
}

test("a multipart upload says the same in segments and chunks of any size", async () => {
  const wanted = await said(WHOLE, 1460)
  assert.match(wanted, /"kind":"multipart","shape":"[0-9a-f]{8}".*"email":1,"iban":1/)
  for (const size of [1, 2, 3, 7, 64, 500]) assert.equal(await said(WHOLE, size), wanted, `segments of ${size}`)
  for (const size of [1, 5, 60, 1000])
    for (const segment of [1, 11, 1460])
      assert.equal(await said(chunked(BODY, size), segment), wanted, `chunks of ${size} in segments of ${segment}`)
})
