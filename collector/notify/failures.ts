// What the network says when something fails, in words; nothing of our insides.

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  ETIMEDOUT: "no answer in time",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
  ENOTFOUND: "the name is not known",
  EAI_AGAIN: "the name service does not answer",
  EMSGSIZE: "the message is too large for a datagram",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "no whole answer in time",
  UND_ERR_SOCKET: "the connection was closed",
  ABORT_ERR: "no answer in time",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by nobody that is trusted here: see ca",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by nobody that is trusted here: see ca",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by nobody that is trusted here: see ca",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is signed by nobody that is trusted here: see ca",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
}

const MESSAGE_MAX = 120

/** "nobody listens there (ECONNREFUSED)". */
export function reasonOf(error: unknown): string {
  const { name, code, cause, message } = error as Error & { code?: unknown; cause?: unknown }
  if (name === "TimeoutError") return "no answer in time"
  if (typeof code !== "string") {
    if (cause instanceof Error) return reasonOf(cause)
    return String(message ?? error)
      .replace(/[\x00-\x1f\x7f]+/g, " ")
      .slice(0, MESSAGE_MAX)
  }
  const reason = REASONS[code] ?? (/^ERR_SSL_/.test(code) ? "TLS cannot be agreed on" : undefined)
  return reason === undefined ? code : `${reason} (${code})`
}
