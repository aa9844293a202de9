// What the TLS stage saw, read and left dark. When every session has been closed, this holds, and tests add it up:
//
//   bytes handed over by HTTP = framingBytes + handshakeBytes + readBytes + malformedBytes + the sum of darkBytes
//   sessions = read + partly + unread

import { DecryptionCounters } from "./decryption-counters.ts"

export class TlsCounters extends DecryptionCounters {
  sessions = 0
  /** Sessions by what became of them. */
  read = 0
  partly = 0
  unread = 0
  /** Sessions by negotiated version; `unknown`: no ServerHello was seen. */
  versions = { ssl3: 0, tls10: 0, tls11: 0, tls12: 0, tls13: 0, unknown: 0 }
  /** Sessions that go on with an earlier one, and that carried data before the handshake had ended. */
  resumed = 0
  earlyData = 0
  /** Sessions with a certificate of the client in sight. */
  clientCertificates = 0
  /** ClientHellos whose server name is that of a front, the true one being encrypted. */
  encryptedHellos = 0
  helloRetries = 0
  records = 0
  /** Alerts in the clear or decrypted, by level. */
  alerts = { warning: 0, fatal: 0 }
  /** Places where a record should begin and does not. Of them, at the start of a stream, a hello of SSL 2. */
  malformed = 0
  ssl2Hellos = 0
  /** Hello and certificate messages that break off or contradict themselves. */
  malformedMessages = 0
  /** Messages longer than MESSAGE_BYTES_MAX. */
  longMessages = 0
  /** Records and messages given up because all that are held had reached heldBytesMax. */
  memcapDrop = 0
  /** Times records were lost, in part or wholly. */
  losses = 0
  /** Headers of records. */
  framingBytes = 0
  /** Content of records in the clear. */
  handshakeBytes = 0
  /** Content of records that were decrypted. */
  readBytes = 0
  /** Bytes that are no record. */
  malformedBytes = 0
  /** What was not read, by reason (tls-reason.ts). */
  darkBytes = { noKeys: 0, midstream: 0, gap: 0, cipher: 0, badRecord: 0, memory: 0 }
}
