// Every limit of the stage, reached: what is given up is counted, and nothing stays behind.
import assert from "node:assert/strict"
import { test } from "node:test"
import { LIST_MAX } from "./client-hello.ts"
import type { Decryption, RecordDecryption } from "./decryption.ts"
import {
  application,
  c,
  clientHello,
  extension,
  gap,
  handshake,
  list24,
  message,
  noise,
  play,
  record,
  Stage,
  type Step,
  s,
  serverHello13,
  u8,
} from "./fake-tls.ts"
import { MESSAGE_BYTES_MAX } from "./handshake-reader.ts"
import { TlsReason } from "./tls-reason.ts"

/** Takes every record and leaves it dark for `reason`. */
function taker(reason: TlsReason, log: string[] = []): Decryption {
  return {
    open: (owner): RecordDecryption => ({
      onServerHello: () => true,
      onRecord: (side, type, _version, _bytes, start, end) => {
        log.push(`${side} ${type} ${end - start}`)
        owner.account(end - start, reason)
      },
      onMessage: () => undefined,
      onChangeCipherSpec: () => undefined,
      onLost: (side, records, length) => void log.push(`${side} lost ${records} ${length}`),
      onEnd: () => undefined,
      onClose: () => true,
    }),
  }
}

const OPENING: readonly Step[] = [c(handshake(clientHello())), s(handshake(serverHello13()))]

test("a message longer than the limit is passed over, and the next one is read", () => {
  const long = message(11, noise(MESSAGE_BYTES_MAX + 1))
  const steps: Step[] = []
  const all = Buffer.concat([long, clientHello()])
  for (let i = 0; i < all.length; i += 16_000) steps.push(c(record(22, all.subarray(i, i + 16_000))))
  const { accounts, counters } = play(steps)
  assert.equal(counters.longMessages, 1)
  assert.equal(accounts[0]!.serverName, "api.example.com")
})

test("who announces much and sends little holds little", () => {
  const stage = new Stage()
  const sessions = Array.from({ length: 200 }, () => stage.open())
  for (const session of sessions) {
    // A ClientHello of 64 KB in a record of 16 KB, of both of which 100 bytes come, in pieces.
    const start = Buffer.concat([Buffer.from([22, 3, 1, 64, 0, 1]), Buffer.from([0, 255, 255]), noise(91)])
    stage.feed(session, [c(start)], () => 7)
  }
  assert.ok(stage.tls.heldBytes <= 200 * 1024, String(stage.tls.heldBytes))
  for (const session of sessions) stage.close(session)
  stage.check()
})

test("the bound of all that is held: messages and records beyond it are given up", () => {
  const options = { heldBytesMax: 4096 }
  const cut = (): number => 100
  const big = clientHello({ extensions: [extension(21, noise(6000))] })
  const messages = play([c(handshake(big))], { options, cut })
  assert.equal(messages.counters.memcapDrop, 1)
  const log: string[] = []
  const records = play([...OPENING, s(application(8000), application(50)), c(application(9))], {
    options,
    cut,
    decryption: taker(TlsReason.noKeys, log),
  })
  assert.deepEqual([records.counters.memcapDrop, records.counters.darkBytes.memory], [1, 8000])
  assert.deepEqual(log, ["1 lost 1 8000", "1 23 50", "0 23 9"])
})

test("a loss inside a record costs that record; one that reaches beyond costs the next ones until two follow each other", () => {
  const log: string[] = []
  const cut = application(1000)
  play(
    [
      ...OPENING,
      s(cut.subarray(0, 300)),
      gap(1, 200),
      s(cut.subarray(500), application(11)),
      s(cut.subarray(0, 300)),
      gap(1, 900),
      s(noise(50), application(100), application(200), application(12)),
    ],
    { decryption: taker(TlsReason.none, log) },
  )
  assert.deepEqual(log, ["1 lost 1 1000", "1 23 11", "1 lost -1 900", "1 23 200", "1 23 12"])
})

test("longer lists than anybody sends are cut, and have no fingerprint", () => {
  const ciphers = Array.from({ length: LIST_MAX + 1 }, (_, i) => i + 1)
  const { accounts } = play([c(handshake(clientHello({ ciphers })))])
  assert.deepEqual([accounts[0]!.ja4, accounts[0]!.serverName], ["", "api.example.com"])
})

test("hellos that break off tell what stands before that place, and contradictions are counted", () => {
  const hello = clientHello()
  const longer = Buffer.from(hello)
  // The last extension claims one byte more than there is.
  longer.writeUInt16BE(longer.readUInt16BE(longer.length - 16) + 1, longer.length - 16)
  for (const [body, name] of [
    [longer.subarray(4), "api.example.com"],
    [hello.subarray(4, 50), ""],
    [Buffer.alloc(0), ""],
    [noise(300), ""],
  ] as const) {
    const { accounts, counters } = play([c(handshake(message(1, body)))])
    assert.equal(counters.malformedMessages, 1)
    assert.equal(accounts[0]!.serverName, name)
  }
  const server = play([
    OPENING[0]!,
    s(handshake(message(2, noise(20)), message(11, Buffer.concat([u8(0), list24(noise(9))])))),
  ])
  assert.equal(server.counters.malformedMessages, 2)
})

test("records of sessions are used again", () => {
  const stage = new Stage()
  for (let i = 0; i < 50; i++) {
    const session = stage.open()
    stage.feed(session, OPENING)
    stage.close(session)
  }
  stage.check()
  assert.equal(stage.accounts.length, 50)
  assert.equal(new Set(stage.accounts.map((one) => JSON.stringify(one))).size, 1)
})
