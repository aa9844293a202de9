// sonde-collector token: makes, replaces, revokes and lists access tokens.
//
// In:  settled options, the wall clock. Out: the token on standard output, once; everything else as sentences.
import { existsSync } from "node:fs"
import type { Settled } from "../shared/config/options.ts"
import { UsageError, WorldError } from "../shared/config/program.ts"
import {
  makeToken,
  readTokens,
  revokedToken,
  TOKENS_MAX,
  type TokenRecord,
  TokensError,
  writeTokens,
} from "./api/access/tokens.ts"
import type { TOKEN_OPTIONS } from "./token-options.ts"

const NAME = /^[A-Za-z0-9][\w.@-]{0,63}$/

export interface TokenOutput {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

export function runToken({ values, operands }: Settled<typeof TOKEN_OPTIONS>, nowMs: number, to: TokenOutput): number {
  const [what = "", name = "", ...more] = operands
  const isList = what === "list"
  if (!/^(create|rotate|revoke|list)$/.test(what) || more.length > 0 || isList !== (name === ""))
    throw new UsageError("token takes create NAME, rotate NAME, revoke NAME or list.")
  if (!isList && !NAME.test(name))
    throw new UsageError(
      `token: a name begins with a letter or digit and has only these and "._@-", at most 64, not "${name}".`,
    )
  if (!existsSync(values.data)) throw new UsageError(`--data: there is no ${values.data}.`)
  try {
    return isList ? list(values.data, to) : change(what, name, values, nowMs, to)
  } catch (error) {
    if (error instanceof TokensError) throw new WorldError(error.message)
    const { code, path } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new WorldError(`${path ?? values.data} cannot be written (${code}).`)
  }
}

function list(folder: string, { out }: TokenOutput): number {
  for (const { name, role, created, expires, revoked } of readTokens(folder))
    if (revoked === undefined)
      out(`${name}  ${role}  made ${created}  ${expires === null ? "for ever" : `until ${expires}`}\n`)
  return 0
}

/** The oldest that are revoked make room. */
function withRoom(records: readonly TokenRecord[]): readonly TokenRecord[] {
  const surplus = records.length + 1 - TOKENS_MAX
  const gone = records.filter(({ revoked }) => revoked !== undefined).slice(0, Math.max(0, surplus))
  return records.filter((record) => !gone.includes(record))
}

function change(
  what: string,
  name: string,
  values: { readonly data: string; readonly role: string; readonly life: number },
  nowMs: number,
  { out, err }: TokenOutput,
): number {
  const records = readTokens(values.data)
  const former = records.find((record) => record.name === name && record.revoked === undefined)
  const others = records.filter((record) => record.name !== name)
  const live = records.filter((record) => record.revoked === undefined).length
  if (what === "create" && former !== undefined) throw new UsageError(`token: ${name} is there already: see rotate.`)
  if (what !== "create" && former === undefined) throw new UsageError(`token: there is no ${name}.`)
  if (what === "revoke") {
    writeTokens(values.data, [...others, revokedToken(former!, nowMs)])
    const none = " There are no tokens now: on loopback nobody needs one, beyond it everybody is refused."
    err(`sonde-collector: ${name} is revoked.${live === 1 ? none : ""}\n`)
    return 0
  }
  if (live >= TOKENS_MAX) throw new UsageError(`token: there are ${TOKENS_MAX} already, which is the limit.`)
  const role = former?.role ?? (values.role as "viewer" | "analyst" | "admin")
  const { token, record } = makeToken(name, role, nowMs, values.life / 1000)
  writeTokens(values.data, [...withRoom(others), record])
  err(`sonde-collector: the token of ${name} (${role}), shown once:\n`)
  out(`${token}\n`)
  return 0
}
