// What the reader of TLS asks of somebody who has keys, and what it tells back. The reader finds records and handshake messages;
// whoever implements Decryption knows secrets, and sends what it decrypts to the stage that reads it. RFC 5246, RFC 8446.
//
//   TlsSession --protected records, gaps, ends--> RecordDecryption --plaintext streams--> a SessionReceiver of its own
//        ^--------- decrypted handshake and alerts, account of every record -----------'
import type { Side } from "../flow/flow.ts"
import type { Secured } from "../flow/secured.ts"
import type { SessionView, StreamEnd } from "../tcp/session-receiver.ts"
import type { TlsReason } from "./tls-reason.ts"

/** What the plain part of the handshake has told so far. One record a session, filled in as it goes on. */
export interface HelloFacts {
  /** 32 bytes each, kept by the session; null as long as the hello was not seen. */
  readonly clientRandom: Uint8Array | null
  readonly serverRandom: Uint8Array | null
  /** As negotiated: 0x0300 to 0x0304; 0 before ServerHello. */
  readonly version: number
  /** As negotiated, number of the IANA registry; 0 before ServerHello. */
  readonly cipher: number
  readonly hasExtendedMasterSecret: boolean
  readonly hasEncryptThenMac: boolean
  /** The ClientHello offers early data; whether the server takes it shows in its EncryptedExtensions. */
  readonly offersEarlyData: boolean
  /** ServerHello takes one of the offered pre-shared keys (1.3), or the session goes on with an earlier one (1.2 and before). */
  readonly isResumed: boolean
  /** The server sent a HelloRetryRequest: the hello that counts is the second one. */
  readonly isRetried: boolean
}

/** The session, as its decryption sees it. */
export interface DecryptionOwner {
  /** The session that carries TLS: flow, offsets, sequence numbers of the encrypted streams. */
  readonly session: SessionView
  readonly hello: HelloFacts
  /** Side that sent the ClientHello. */
  readonly client: Side
  /** What is known of the session by now: for the SessionView of the plaintext streams. */
  secured(): Secured
  /** How far the encrypted stream of `side` was delivered or declared lost, as an offset of it. */
  receivedOffset(side: Side): number
  /** Offset just past the record of `side` that is being handed over. */
  recordEnd(side: Side): number
  /**
   * Decrypted content of type handshake (22), in order, any split. The session reads the messages in it and calls
   * RecordDecryption.onMessage for each before this returns.
   */
  onHandshakeBytes(side: Side, bytes: Uint8Array, start: number, end: number, timeUs: number): void
  /** Decrypted content of type alert (21). */
  onAlertBytes(side: Side, bytes: Uint8Array, start: number, end: number): void
  /**
   * Accounts for `bytes` bytes of content of records that were handed to `onRecord`, end - start of each, exactly once, at the
   * latest in onClose. `reason`: TlsReason.none when they were read, else why they stay dark.
   */
  account(bytes: number, reason: TlsReason): void
  /** What was decrypted is nothing that the stage above reads. */
  onForeign(): void
  /** Behind an onClose that returned false: all is accounted for. */
  onDecryptionEnd(): void
}

/** Of one session. */
export interface RecordDecryption {
  /** Version and cipher are negotiated, `owner.hello` is whole. False: this session cannot be read, and nothing more is handed over. */
  onServerHello(timeUs: number): boolean
  /**
   * A protected record of `side`: its content is bytes [start, end), valid during the call only; the header on the wire was `type`,
   * `version` and end - start. `ackOffset`: as in SessionReceiver.onData, of the record's last byte.
   * Records may come before onServerHello: early data, and all of one side where the mirror port of the other lags behind.
   */
  onRecord(
    side: Side,
    type: number,
    version: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    timeUs: number,
    ackOffset: number,
  ): void
  /** A handshake message of `side` was whole, in the clear or decrypted: KeyUpdate, Finished, EndOfEarlyData change the keys. */
  onMessage(side: Side, messageType: number, timeUs: number): void
  /** ChangeCipherSpec of `side` (in TLS 1.3 without meaning). */
  onChangeCipherSpec(side: Side, timeUs: number): void
  /**
   * `records` protected records of `side`, with `length` bytes of content together, were lost or not whole. -1 records: how many
   * is unknown, and so is the number of the next one; `length` is then that of the loss, headers included.
   */
  onLost(side: Side, records: number, length: number, timeUs: number): void
  onEnd(side: Side, reason: StreamEnd, timeUs: number): void
  /**
   * TCP has forgotten the session. True: all is accounted for, and this is the last call. False: records still wait for keys;
   * DecryptionOwner.onDecryptionEnd is called when that is over, and until then `owner.session` answers on.
   */
  onClose(reason: StreamEnd, timeUs: number): boolean
}

export interface Decryption {
  /** Called once a hello was read, whichever comes first. Null: there are no keys, and never will be. */
  open(owner: DecryptionOwner, timeUs: number): RecordDecryption | null
}

export const NO_DECRYPTION: Decryption = { open: () => null }
