// Prints the cost of the TLS stage alone, without keys: ns a session that is a ClientHello and nothing more (a flood of them), ns a
// whole TLS 1.2 session with its certificate, and ns a KiB of protected records. Run it with the pinned runtime:
//   node sensor/tls/tls.bench.ts [sessions]
import { type SessionReceiver, StreamEnd } from "../tcp/session-receiver.ts"
import {
  alpnExtension,
  application,
  certificateMessage,
  changeCipher,
  clientHello,
  extension,
  handshake,
  message,
  noise,
  record,
  Stage,
  serverHello,
  serverNameExtension,
  signaturesExtension,
  versionsExtension,
} from "./fake-tls.ts"

const SESSIONS = Number(process.argv[2] ?? 200_000)
const RECORDS = 64

const CIPHERS = [0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x9c, 0x9d]
const HELLO = handshake(
  clientHello({
    sessionId: noise(32),
    ciphers: CIPHERS,
    extensions: [
      serverNameExtension("partner-api.example.com"),
      alpnExtension("h2", "http/1.1"),
      signaturesExtension(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601),
      versionsExtension(0x0304, 0x0303),
      extension(51, noise(38)),
      ...[5, 10, 11, 18, 23, 35, 45, 0xff01].map((type) => extension(type, noise(4))),
    ],
  }),
)
const FLIGHT = handshake(serverHello(), certificateMessage(noise(1200)), message(12, noise(300)), message(14, noise(0)))
const FINISH = Buffer.concat([handshake(message(16, noise(66))), changeCipher, record(22, noise(40))])
const BULK = Buffer.concat(Array.from({ length: RECORDS }, () => application(16_384)))

const stage = new Stage()
stage.accounts.push = () => 0

function close(session: SessionReceiver): void {
  session.onEnd(0, StreamEnd.fin, 2)
  session.onEnd(1, StreamEnd.fin, 2)
  session.onClose(StreamEnd.fin, 2)
}

function flood(): void {
  const session = stage.open()
  session.onData(0, HELLO, 0, HELLO.length, 1, -1)
  close(session)
}

function whole(): void {
  const session = stage.open()
  session.onData(0, HELLO, 0, HELLO.length, 1, -1)
  session.onData(1, FLIGHT, 0, FLIGHT.length, 1, -1)
  session.onData(0, FINISH, 0, FINISH.length, 1, -1)
  session.onData(1, changeCipher, 0, changeCipher.length, 1, -1)
  close(session)
}

function bulk(): void {
  const session = stage.open()
  for (let at = 0; at < BULK.length; at += 1460) session.onData(1, BULK, at, Math.min(BULK.length, at + 1460), 1, -1)
  close(session)
}

function measured(name: string, run: () => void, times: number, units: number, unit: string): void {
  for (let i = 0; i < times / 10; i++) run()
  const start = process.hrtime.bigint()
  for (let i = 0; i < times; i++) run()
  const ns = Number(process.hrtime.bigint() - start) / times / units
  process.stdout.write(`${name.padEnd(24)} ${ns.toFixed(ns < 10 ? 2 : 0).padStart(8)} ns ${unit}\n`)
}

measured("ClientHello alone", flood, SESSIONS, 1, "a session")
measured("TLS 1.2 handshake", whole, SESSIONS, 1, "a session")
measured("protected records", bulk, Math.max(1, SESSIONS / 2000), BULK.length / 1024, "a KiB")
