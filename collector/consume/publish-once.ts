// One message to one subject, over a connection of its own: for what is rare and has to arrive. What is published by the thousand keeps
// its connection (sensor/publish).
//
// Out: a promise that resolves when the server has the message (JetStream: when a stream has it), and rejects with a reason within seconds.
import { type AccessFiles, readAccess } from "../../shared/bus/access.ts"
import { CONNECT_TIMEOUT_MS, connectionSettings } from "../../shared/bus/connection.ts"
import { findSpeaking } from "../../shared/bus/probe.ts"
import { parseBusAddress } from "../../shared/event/event-stream.ts"
import { COLLECTOR_INBOX } from "../../shared/event/subjects.ts"
import { connect, headers, jetstream, nkeyAuthenticator } from "./nats-library.ts"

export interface OneMessage {
  readonly url: string
  readonly access: AccessFiles
  readonly subject: string
  readonly isJetStream: boolean
  /** Nats-Msg-Id. */
  readonly id: string
  readonly bytes: Uint8Array
}

export async function publishOnce({ url, access, subject, isJetStream, id, bytes }: OneMessage): Promise<void> {
  const address = parseBusAddress(url)
  if (address === null) throw new Error("that is no NATS server")
  const server = await findSpeaking(address.servers, CONNECT_TIMEOUT_MS)
  const client = { name: "sonde-collector notify", inbox: COLLECTOR_INBOX }
  const connection = await connect(connectionSettings(address, server, client, readAccess(access), nkeyAuthenticator))
  try {
    if (isJetStream) {
      await jetstream(connection, { timeout: CONNECT_TIMEOUT_MS }).publish(subject, bytes, { msgID: id })
      return
    }
    const fields = headers()
    fields.set("Nats-Msg-Id", id)
    connection.publish(subject, bytes, { headers: fields })
    // A refusal (no permission) ends the connection, or comes before the answer to this.
    const refusal = refusalOf(connection)
    await connection.flush()
    const reason = refusal()
    if (reason !== null) throw reason
  } finally {
    await connection.close().catch(() => undefined)
  }
}

/** Watches what the server says of the connection; the answer is the first error so far. */
function refusalOf(connection: { status(): AsyncIterable<{ type: string; error?: Error }> }): () => Error | null {
  let first: Error | null = null
  void (async () => {
    for await (const { type, error } of connection.status()) {
      if (type === "error" && error !== undefined) first ??= error
    }
  })().catch(() => undefined)
  return () => first
}
