// Where the API may listen, and which Host a request may name. Without authentication only this machine may ask, and a
// web page that points its own name at 127.0.0.1 (DNS rebinding) is not this machine's user.
import { isIP } from "node:net"

/** A failure of starting, for people: one sentence and a stable code. */
export class ApiStartError extends Error {
  readonly code: "not-loopback" | "address-in-use" | "address-not-available" | "listen"
  constructor(code: ApiStartError["code"], message: string) {
    super(message)
    this.code = code
  }
}

export interface ListenAddress {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
}

export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "")
  return name === "localhost" || name === "::1" || /^127(?:\.\d{1,3}){3}$/.test(name) || name === "::ffff:127.0.0.1"
}

/** Throws unless the address may be served: beyond loopback with tokens and TLS only. */
export function assertMayListen(listen: ListenAddress, hasTokens = false, isCovered = false): void {
  if (isLoopback(listen.host)) return
  const missing = !hasTokens
    ? "there is no access token: make one with sonde-collector token create NAME"
    : isCovered
      ? null
      : "tokens would travel in plain text: give --tls-certificate and --tls-key, or --plain-http where a proxy in front speaks TLS"
  if (missing === null) return
  throw new ApiStartError(
    "not-loopback",
    `Refusing to listen on ${listen.host} because ${missing}; --listen 127.0.0.1:${listen.port} needs none of it.`,
  )
}

/**
 * True when a Host may name this. On loopback: its own names and those that the operator gives, because a page elsewhere may point a name of
 * its own at 127.0.0.1 (DNS rebinding). Beyond it: any where none is given; else those and addresses, which nobody can point anywhere.
 */
export function isServedName(name: string, listenHost: string, hostNames: readonly string[]): boolean {
  if (isLoopback(name) || name === listenHost.toLowerCase() || hostNames.includes(name)) return true
  if (isLoopback(listenHost)) return false
  return hostNames.length === 0 || isIP(name) !== 0
}

/** The host part of a Host field: "[::1]:8470" -> "::1". */
export function hostName(field: string): string {
  if (field.startsWith("["))
    return field.slice(1, field.indexOf("]") < 0 ? field.length : field.indexOf("]")).toLowerCase()
  const colon = field.indexOf(":")
  return (colon < 0 ? field : field.slice(0, colon)).toLowerCase()
}

/** The sentence for a failed listen(2). */
export function listenError(listen: ListenAddress, code: string | undefined): ApiStartError {
  const where = `${listen.host}:${listen.port}`
  if (code === "EADDRINUSE") {
    return new ApiStartError(
      "address-in-use",
      `Another program already listens on ${where}: choose a port with --listen.`,
    )
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new ApiStartError("address-not-available", `${listen.host} is not an address of this machine: see --listen.`)
  }
  return new ApiStartError("listen", `Cannot listen on ${where} (${code ?? "unknown error"}): see --listen.`)
}
