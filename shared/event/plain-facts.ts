// What the local debugging view (`sonde-sensor read --reveal`) shows in plain text and an event holds as pseudonyms.
// Made only when asked for, and never handed to a published link.

export interface PlainFacts {
  readonly clientAddress: string
  readonly clientPort: number
  readonly serverAddress: string
  readonly serverPort: number
  /** Request target as sent, latin1; null when the request was not seen. */
  readonly target: string | null
  readonly method: string | null
  /** Authority as an event has it, with an address in place of its pseudonym; null when the request named none. */
  readonly authority: string | null
}
