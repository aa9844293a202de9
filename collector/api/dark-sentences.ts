// Why a TLS session was not read, to the person who has to act on it. The reasons are those of TlsNote.reason.

export interface DarkWords {
  readonly sentence: string
  readonly advice: string
}

const WORDS: Readonly<Record<string, DarkWords>> = {
  "no-keys": {
    sentence: "Nobody gave the sensor the keys of these sessions.",
    advice:
      "Hand the sensor the session keys (a key log of the server or of the proxy in front), or mirror the segment behind the point where TLS ends.",
  },
  midstream: {
    sentence: "The sensor joined these sessions after their handshake.",
    advice: "They are read once they are opened anew. Sessions that last for days keep this state until they end.",
  },
  gap: {
    sentence: "Bytes of the handshake or of protected records never reached the sensor.",
    advice: "Look at the losses of the sensor: mirror port, ring of the interface, or a capture that was cut short.",
  },
  cipher: {
    sentence: "The sensor does not decrypt this version or cipher suite.",
    advice: "It is most likely one that nobody should use: bring the server to TLS 1.2 or 1.3 with an AEAD cipher.",
  },
  "bad-record": {
    sentence: "Records did not decrypt under the keys that were given.",
    advice: "Check that the key log belongs to this server, and that nothing rewrites TLS between client and mirror.",
  },
  handshake: {
    sentence: "No protected byte was sent: the handshake was refused or broken off.",
    advice:
      "There is nothing to read. Many of these are a scan, a certificate that clients refuse, or a version that they no longer speak.",
  },
  memory: {
    sentence: "The sensor's limit of memory for TLS was reached.",
    advice: "Raise the limits of the TLS stage, or give the sensor less traffic.",
  },
  "not-http": {
    sentence: "The sessions were decrypted, and what is inside is no protocol that the sensor reads.",
    advice: "Nothing has to be done: a database, mail or another protocol over TLS.",
  },
}

export function darkWords(reason: string): DarkWords {
  if (Object.hasOwn(WORDS, reason)) return WORDS[reason]!
  return { sentence: `Not read: ${reason}.`, advice: "A newer sensor knows this reason; see its release notes." }
}
