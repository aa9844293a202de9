// Options of `sonde-collector token`, declared once.
import type { Command } from "../shared/config/help.ts"
import type { Options } from "../shared/config/options.ts"
import { ROLES } from "./api/access/tokens.ts"
import { STORE_FOLDER } from "./collector-options.ts"

export const TOKEN_OPTIONS = {
  data: STORE_FOLDER,
  role: {
    kind: "text",
    sentence: "create: what its holder may do: read (viewer), change as well (analyst), change settings too (admin).",
    default: "viewer",
    values: [...ROLES],
  },
  life: {
    kind: "duration",
    sentence: "create, rotate: how long it is good for; 0 for ever.",
    default: 0,
    min: 0,
    max: 10 * 366 * 86_400 * 1_000_000,
  },
} as const satisfies Options

export const tokenCommand: Command & { readonly options: typeof TOKEN_OPTIONS } = {
  name: "token",
  operands: "create NAME | rotate NAME | revoke NAME | list",
  sentence:
    "Access tokens of API and console, kept as hashes beside the store; the token is printed once. As soon as there is one, every request needs one. A running collector follows within a second.",
  options: TOKEN_OPTIONS,
}
