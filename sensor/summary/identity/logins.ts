// Logins: a request that proves or states who it comes from, and an answer that gives out what stands for that later.
//
//   POST /login   username=jane&password=...            -> Set-Cookie: sid=4f1c...           later: Cookie: sid=4f1c...
//   POST /oauth/token  Authorization: Basic ...         -> {"access_token":"9d0e..."}        later: Authorization: Bearer 9d0e...
//   GET /orders   Cookie: sid=4f1c...                   -> Set-Cookie: sid=77aa...           the session goes on under a new value
//
// In:  heads and starts of bodies of requests and their answers.   Out: links in Sessions. Names of users are turned into
// pseudonyms at once and not kept. Given up: bodies beyond LOGIN_BYTES, fields that neither JSON nor a form holds, values too short
// to be secrets, and every link of an answer whose request is not known for certain.
import { StringInterner } from "../../../shared/bytes/interner.ts"
import type { HttpHead } from "../../http/http-head.ts"
import { FieldName } from "../../http/http-head.ts"
import { BodyDecoder } from "../decode-body.ts"
import type { RequestFacts, ResponseFacts } from "../facts.ts"
import type { Media } from "../media.ts"
import { steadyKind } from "../privacy/names.ts"
import type { Sender } from "../sender.ts"
import type { Credentials } from "./credentials.ts"
import { fieldOf } from "./login-body.ts"
import type { RuleSet } from "./rule-sets.ts"
import { type IdentityRule, isCredential } from "./rules.ts"
import type { Principal } from "./sessions.ts"

/** Bytes looked at of a login's body and of the answer to it. */
export const LOGIN_BYTES = 8192
export const LOGIN_FIELDS: readonly string[] = [
  "username",
  "user_name",
  "login",
  "email",
  "user",
  "userid",
  "user_id",
  "client_id",
]
/** Members of an answer that hold what was given out. */
const TOKEN_FIELDS: readonly string[] = [
  "access_token",
  "accesstoken",
  "token",
  "id_token",
  "session_token",
  "refresh_token",
]
/** A shorter value may be anybody's: it is not linked. */
const SECRET_CHARS_MIN = 12
const SECRET_CHARS_MAX = 4096
const SET_COOKIES_MAX = 8

const LOGIN_PATH =
  /(?:^|[/_.-])(?:log-?[io]n|sign-?in|authenticate|auth|sessions?|tokens?|login[a-z]*|oauth2?|sso)(?:$|[/_.-])/i
const LOGOUT_PATH = /(?:log|sign)[-_]?(?:out|off)/i

/** What an operation is to logins, by its path. */
export const LoginPart = { none: 0, login: 1, logout: 2 } as const
export type LoginPart = (typeof LoginPart)[keyof typeof LoginPart]

export function loginPartOf(method: string, path: string): LoginPart {
  if (LOGOUT_PATH.test(path)) return LoginPart.logout
  return (method === "POST" || method === "PUT") && LOGIN_PATH.test(path) ? LoginPart.login : LoginPart.none
}

export class Logins {
  readonly #credentials: Credentials
  readonly #fields: readonly string[]
  readonly #decoder = new BodyDecoder()
  /** Cookie rules by name of a cookie: whether it holds a session. */
  readonly #names = new StringInterner<{ readonly isSession: boolean }>(1024)

  constructor(credentials: Credentials, fields: readonly string[]) {
    this.#credentials = credentials
    this.#fields = fields
  }

  /** The start of the body of a login, or of the answer to one. */
  onBody(facts: RequestFacts | ResponseFacts, bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    const { media } = facts.body
    if (!("grants" in facts)) facts.login = this.#principalOf(media, bytes, start, end, whole)
    else if (facts.grants !== null) this.#linkTokens(facts.grants, media, bytes, start, end, whole)
  }

  /** Who logs in with this body, null when it does not say so. */
  #principalOf(media: Media, bytes: Uint8Array, start: number, end: number, whole: boolean): Principal | null {
    const text = this.#text(media, bytes, start, end, whole)
    if (text === "") return null
    // A refreshed token is its holder's before it is its client's.
    const refresh = fieldOf(text, "refresh_token")
    const { sessions } = this.#credentials
    const link = refresh === "" ? null : sessions.of(this.#credentials.pseudonym(refresh), sessions.timeUs)
    if (link !== null) return link
    for (const field of this.#fields) {
      const value = fieldOf(text, field)
      if (value !== "") return { ...this.#credentials.principal(`user\n${value}`), name: "" }
    }
    return null
  }

  /** Links the cookies of an answer that is no refusal. Whose the tokens in its body are, null when it may hold none. */
  onAnswer(head: HttpHead, request: RequestFacts, isLogin: boolean): Principal | null {
    const principal = request.login ?? this.#carried(request, isLogin)
    if (principal === null) return null
    if (head.known[FieldName.setCookie]! >= 0) this.#linkCookies(head, principal, request.sender)
    return isLogin ? principal : null
  }

  /** Whose the credential of a request is, as far as an answer to it can be theirs. */
  #carried({ sender, entry }: RequestFacts, isLogin: boolean): Principal | null {
    const { credential } = sender
    if (credential === null || credential.identity === null || entry.loginPart === LoginPart.logout) return null
    // Somebody logs in who is not named: it need not be whom the session or the application's key stood for.
    if (isLogin && (credential.scheme === "cookie" || credential.scheme === "api-key")) return null
    return credential.at(this.#credentials.sessions.timeUs)
  }

  /** Links the tokens in the body of the answer to a login. */
  #linkTokens(principal: Principal, media: Media, bytes: Uint8Array, start: number, end: number, whole: boolean): void {
    const text = this.#text(media, bytes, start, end, whole)
    if (text === "") return
    for (const field of TOKEN_FIELDS) this.#link(fieldOf(text, field), principal, "")
  }

  /** Links the session cookies that the head of an answer sets. */
  #linkCookies(head: HttpHead, principal: Principal, { rules, credential }: Sender): void {
    const own = credential?.identity?.credential ?? ""
    let seen = 0
    for (let i = head.known[FieldName.setCookie]!; i < head.fields && seen < SET_COOKIES_MAX; i++) {
      if (head.name[i] !== FieldName.setCookie) continue
      seen++
      const { bytes } = head
      const start = head.valueStart[i]!
      let end = start
      while (end < head.valueEnd[i]! && bytes[end] !== 0x3b) end++
      let equals = start
      while (equals < end && bytes[equals] !== 0x3d) equals++
      if (equals === end) continue
      const isQuoted = bytes[equals + 1] === 0x22 && bytes[end - 1] === 0x22 && end - equals > 2
      const from = isQuoted ? equals + 2 : equals + 1
      const to = isQuoted ? end - 1 : end
      const name = head.buffer.latin1Slice(start, Math.min(equals, start + 64))
      if (this.#isSession(name, bytes, from, to, rules)) this.#link(head.buffer.latin1Slice(from, to), principal, own)
    }
  }

  #isSession(name: string, bytes: Uint8Array, from: number, to: number, { id, rules }: RuleSet): boolean {
    const kind = steadyKind(bytes, from, to)
    const key = `${id} ${kind} ${name}`
    const known = this.#names.find(key)
    if (known !== undefined) return known.isSession
    const rule = rules.find((one: IdentityRule) => one.in === "cookie" && isCredential(one, name, kind))
    const isSession = rule !== undefined && rule.isIgnored !== true
    this.#names.add(key, { isSession })
    return isSession
  }

  /** `own`: pseudonym of the credential that the request came with. To set it again changes nothing. */
  #link(value: string, principal: Principal, own: string): void {
    if (value.length < SECRET_CHARS_MIN || value.length > SECRET_CHARS_MAX) return
    const pseudonym = this.#credentials.pseudonym(value)
    if (pseudonym !== own) this.#credentials.sessions.link(pseudonym, principal)
  }

  #text(media: Media, bytes: Uint8Array, start: number, end: number, whole: boolean): string {
    if (media.coding !== "") {
      const decoded = this.#decoder.decode(media.coding, bytes, start, end, whole)
      if (decoded.anomaly !== 0) return ""
      bytes = decoded.bytes
      start = decoded.start
      end = decoded.end
    }
    const stop = Math.min(end, start + LOGIN_BYTES)
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).latin1Slice()
  }
}
