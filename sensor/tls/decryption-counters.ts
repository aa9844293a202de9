// What decryption did. `plain_bytes` is part of the HTTP stage's equation (shared/event/ledger.ts).
import { KeyLogCounters } from "./key-log.ts"
import { KeyStoreCounters } from "./key-store.ts"

export class DecryptionCounters {
  /** Lines of key logs, and what became of the secrets in them. */
  keys = { ...new KeyLogCounters(), ...new KeyStoreCounters() }
  /** Records that were opened. */
  decryptedRecords = 0
  /** Application data handed to the stage that reads it. */
  plainBytes = 0
  /** Plaintext that was lost, never less than what it was. */
  plainGapBytes = 0
  /** Tries to open a record that failed: wrong keys, a search for the number behind a loss, records that are not authentic. */
  authFailures = 0
  /** Numbers of records that a search behind a loss has found. */
  resynchronised = 0
  /** Records that waited: for keys, or for the other side. */
  waitedRecords = 0
  /** Times that a limit of what waits was reached. */
  waitMemcapDrop = 0
  /** Sessions given up because their keys were not there, or not in time. */
  keyless = 0
  /** KeyUpdates followed. */
  keyUpdates = 0
  /** Records of early data that the server refused: they come again. */
  refusedEarlyRecords = 0
}
