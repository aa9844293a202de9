import assert from "node:assert/strict"
import { appendFileSync, mkdtempSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { WorldError } from "../../shared/config/program.ts"
import { KeyLogFollower, readKeyLog } from "./key-log-file.ts"
import { KeySocket } from "./key-socket.ts"
import { WholeLines } from "./whole-lines.ts"

const folder = mkdtempSync(join(tmpdir(), "sonde-keys-"))
after(() => rmSync(folder, { recursive: true }))

/** Takes lines as text, at once: the bytes are zeros afterwards. */
function taker(): { take: (lines: Uint8Array) => void; lines: string[] } {
  const lines: string[] = []
  return {
    take: (bytes) => lines.push(...Buffer.from(bytes).toString("latin1").trimEnd().split("\n")),
    lines,
  }
}

test("whole lines, however the bytes come; a last one without its line feed", () => {
  const text = "one\ntwo\n\nthree\nfour"
  for (const cut of [1, 2, 5, 100]) {
    const pieces: string[] = []
    const whole = new WholeLines((lines) => pieces.push(Buffer.from(lines).toString("latin1")))
    for (let at = 0; at < text.length; at += cut) whole.push(Buffer.from(text.slice(at, at + cut)))
    whole.end()
    assert.equal(pieces.join(""), `${text}\n`)
    assert.ok(pieces.every((piece) => piece.endsWith("\n")))
  }
})

test("a line without end takes no memory, and the next one is whole", () => {
  const { take, lines } = taker()
  const whole = new WholeLines(take)
  for (let i = 0; i < 100; i++) whole.push(Buffer.alloc(1000, "x"))
  whole.push(Buffer.from("\nsound\n"))
  assert.deepEqual([lines[0]!.length, lines[1]], [1024, "sound"])
})

test("a file is read at once; one that cannot be read is the world's failure", () => {
  const path = join(folder, "whole")
  writeFileSync(path, `${"a line\n".repeat(20_000)}the last`)
  const { take, lines } = taker()
  readKeyLog(path, take)
  assert.deepEqual([lines.length, lines.at(-1)], [20_001, "the last"])
  assert.throws(() => readKeyLog(join(folder, "none"), take), WorldError)
  assert.throws(() => readKeyLog(folder, take), /is a directory/)
})

test("a followed file: appears late, grows, is truncated, is replaced", async () => {
  const path = join(folder, "followed")
  const { take, lines } = taker()
  const said: string[] = []
  const follower = new KeyLogFollower(path, take, (sentence) => said.push(sentence))
  const look = async (): Promise<string[]> => {
    await follower.look()
    return lines.splice(0)
  }
  assert.deepEqual(await look(), [])
  writeFileSync(path, "one\ntw")
  assert.deepEqual(await look(), ["one"])
  appendFileSync(path, "o\nthree\n")
  assert.deepEqual(await look(), ["two", "three"])
  truncateSync(path)
  await look()
  appendFileSync(path, "four\n")
  assert.deepEqual(await look(), ["four"])
  appendFileSync(path, "five\n")
  renameSync(path, `${path}.1`)
  writeFileSync(path, "six\n")
  assert.deepEqual([...(await look()), ...(await look())], ["five", "six"])
  follower.close()
  assert.equal(said.length, 1, "that it was missing is said once")
})

const until = async (isSo: () => boolean): Promise<void> => {
  for (let i = 0; i < 500 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 2))
}

test("a socket: for this user only, lines of several writers, replaced when nobody listens", async () => {
  const path = join(folder, "socket")
  const { take, lines } = taker()
  const socket = await KeySocket.listen(path, take, () => undefined)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const writers = [connect(path), connect(path)]
  writers[0]!.write("one of a")
  writers[1]!.write("one of b\ntwo ")
  await until(() => lines.length === 1)
  writers[0]!.end("\ntwo of a")
  writers[1]!.end("of b\n")
  await until(() => lines.length === 4)
  assert.deepEqual([...lines].sort(), ["one of a", "one of b", "two of a", "two of b"])
  await assert.rejects(
    KeySocket.listen(path, take, () => undefined),
    /listens/,
  )
  await assert.rejects(
    KeySocket.listen(join(folder, "whole"), take, () => undefined),
    /no socket/,
  )
  socket.close()
})
