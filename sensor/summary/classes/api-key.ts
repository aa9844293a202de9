// Keys of APIs that can be told by their prefix, each as its issuer documents it: prefix, what follows, how long that is.
// What follows must look drawn by lot: enough different characters, and more than one sort of them.
import { isDigit, isLower, isUpper } from "./byte-sorts.ts"

/** Alphabets of what follows the prefix. */
const LETTERS = { word: "_-", plain: "", dots: "_-.", all: "_-.=/+" } as const
type Alphabet = keyof typeof LETTERS | "hex" | "capital"

/** Prefix, alphabet, least and greatest length of the rest. */
const KEYS: readonly (readonly [prefix: string, alphabet: Alphabet, min: number, max: number])[] = [
  // Amazon: access key ids, long-term and temporary
  ["AKIA", "capital", 16, 16],
  ["ASIA", "capital", 16, 16],
  // GitHub: personal, OAuth, user-to-server, server-to-server, refresh, fine-grained
  ["ghp_", "plain", 36, 255],
  ["gho_", "plain", 36, 255],
  ["ghu_", "plain", 36, 255],
  ["ghs_", "plain", 36, 255],
  ["ghr_", "plain", 36, 255],
  ["github_pat_", "word", 40, 255],
  // GitLab: personal, deploy, runner, trigger
  ["glpat-", "dots", 20, 300],
  ["gldt-", "word", 20, 64],
  ["glrt-", "dots", 20, 64],
  ["glptt-", "word", 40, 64],
  // Slack: bot, user, app, refresh, workspace; webhook addresses
  ["xoxb-", "word", 20, 255],
  ["xoxp-", "word", 20, 255],
  ["xoxa-", "word", 20, 255],
  ["xoxr-", "word", 20, 255],
  ["xoxs-", "word", 20, 255],
  ["xapp-", "word", 20, 255],
  ["https://hooks.slack.com/services/", "all", 30, 128],
  // Stripe: secret and restricted keys, webhook secrets
  ["sk_live_", "plain", 16, 247],
  ["sk_test_", "plain", 16, 247],
  ["rk_live_", "plain", 16, 247],
  ["rk_test_", "plain", 16, 247],
  ["whsec_", "all", 24, 128],
  // Google: API keys, OAuth access tokens, client secrets
  ["AIza", "word", 35, 35],
  ["ya29.", "dots", 20, 2048],
  ["GOCSPX-", "word", 20, 64],
  // SendGrid, Mailgun, Mailchimp's successor, Brevo
  ["SG.", "dots", 50, 80],
  ["key-", "hex", 32, 32],
  ["xkeysib-", "word", 64, 100],
  // npm, PyPI, Docker, RubyGems, Crates
  ["npm_", "plain", 36, 36],
  ["pypi-", "word", 50, 512],
  ["dckr_pat_", "word", 27, 64],
  ["rubygems_", "hex", 48, 48],
  ["cio", "plain", 32, 32],
  // OpenAI, Anthropic, Hugging Face, Replicate, Groq
  ["sk-", "word", 40, 255],
  ["hf_", "plain", 30, 64],
  ["r8_", "plain", 37, 37],
  ["gsk_", "plain", 48, 64],
  // Twilio API keys
  ["SK", "hex", 32, 32],
  // Shopify, Square, PayPal's Braintree
  ["shpat_", "hex", 32, 32],
  ["shpca_", "hex", 32, 32],
  ["shppa_", "hex", 32, 32],
  ["shpss_", "hex", 32, 32],
  ["sq0atp-", "word", 22, 43],
  ["sq0csp-", "word", 43, 43],
  ["access_token$production$", "all", 32, 64],
  // DigitalOcean, Databricks, Doppler, Grafana, New Relic, Sentry, Linear, Notion, Postman, Supabase, HashiCorp Vault, Airtable
  ["dop_v1_", "hex", 64, 64],
  ["doo_v1_", "hex", 64, 64],
  ["dor_v1_", "hex", 64, 64],
  ["dapi", "hex", 32, 34],
  ["dp.pt.", "plain", 40, 44],
  ["glsa_", "word", 40, 48],
  ["glc_", "all", 32, 400],
  ["NRAK-", "capital", 27, 27],
  ["sntrys_", "all", 40, 300],
  ["lin_api_", "plain", 40, 48],
  ["ntn_", "plain", 40, 50],
  ["secret_", "plain", 43, 43],
  ["PMAK-", "word", 50, 64],
  ["sbp_", "hex", 40, 40],
  ["hvs.", "word", 24, 300],
  ["pat", "dots", 79, 79],
  // Facebook and Instagram; PASETO, whose version and purpose are in clear
  ["EAA", "plain", 50, 300],
  ["v2.local.", "dots", 40, 2000],
  ["v3.local.", "dots", 40, 2000],
  ["v4.local.", "dots", 40, 2000],
  ["v4.public.", "dots", 80, 2000],
  // Azure storage and service bus
  ["DefaultEndpointsProtocol=", "all", 80, 400],
  ["SharedAccessSignature ", "all", 40, 400],
  // age
  ["AGE-SECRET-KEY-1", "capital", 58, 58],
]

/** Longest key: what is longer is not looked at. */
export const API_KEY_MAX = 2100
/** Different characters among the first 64 of the rest. */
const DIFFERENT_MIN = 8

interface Rule {
  readonly prefix: Uint8Array
  readonly alphabet: Uint8Array
  /** More than one sort of characters must occur: a long alphabet, of which chance takes all. */
  readonly isMixed: boolean
  readonly min: number
  readonly max: number
}

function alphabetOf(name: Alphabet): Uint8Array {
  const set = new Uint8Array(256).fill(1, 0x30, 0x3a)
  if (name === "hex") return set.fill(1, 0x61, 0x67)
  set.fill(1, 0x41, 0x5b)
  if (name === "capital") return set
  set.fill(1, 0x61, 0x7b)
  for (const char of LETTERS[name]) set[char.charCodeAt(0)] = 1
  if (name === "all") for (const char of ";:&%?!") set[char.charCodeAt(0)] = 1
  return set
}

/** Rules by the first two bytes. */
const BY_LEAD = new Map<number, Rule[]>()
for (const [prefix, alphabet, min, max] of KEYS) {
  const rule = {
    prefix: Buffer.from(prefix),
    alphabet: alphabetOf(alphabet),
    isMixed: alphabet !== "capital",
    min,
    max,
  }
  const lead = (rule.prefix[0]! << 8) | rule.prefix[1]!
  BY_LEAD.set(lead, [...(BY_LEAD.get(lead) ?? []), rule])
}

/** First two bytes of every key: `a << 8 | b`. */
export const API_KEY_LEADS: readonly number[] = [...BY_LEAD.keys()]

export function isApiKey(bytes: Uint8Array, start: number, end: number): boolean {
  const rules = BY_LEAD.get((bytes[start]! << 8) | (bytes[start + 1] ?? 0))
  if (rules === undefined || end - start > API_KEY_MAX) return isBotToken(bytes, start, end)
  for (const { prefix, alphabet, isMixed, min, max } of rules) {
    const rest = start + prefix.length
    if (end - rest < min || end - rest > max || !hasPrefix(bytes, start, prefix)) continue
    if (consistsOf(bytes, rest, end, alphabet) && isDrawn(bytes, rest, end, isMixed)) return true
  }
  return false
}

/** Telegram: the number of a bot, ":AA", 33 more. */
function isBotToken(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && at - start <= 11 && isDigit(bytes[at])) at++
  if (at - start < 8 || at - start > 11 || end - at !== 36 || bytes[at] !== 0x3a) return false
  if (bytes[at + 1] !== 0x41 || bytes[at + 2] !== 0x41) return false
  return consistsOf(bytes, at + 1, end, WORD) && isDrawn(bytes, at + 1, end, true)
}
const WORD = alphabetOf("word")

/** First two bytes of a bot token: digits. */
export const BOT_LEADS: readonly number[] = Array.from(
  { length: 100 },
  (_, i) => ((0x30 + Math.floor(i / 10)) << 8) | (0x30 + (i % 10)),
)

/**
 * Keys that are told by what stands within them: client secrets of Azure ("8Q~" after the third character), keys of Mailchimp (32
 * hexadecimal digits, "-us" and the number of a data centre).
 */
export function isMarkedKey(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (bytes[start + 4] === 0x51 && bytes[start + 5] === 0x7e && isDigit(bytes[start + 3]))
    return length >= 37 && length <= 44 && consistsOf(bytes, start, end, MARKED) && isDrawn(bytes, start, end, true)
  if (length < 36 || length > 37 || bytes[start + 32] !== 0x2d) return false
  if (bytes[start + 33] !== 0x75 || bytes[start + 34] !== 0x73 || !isDigit(bytes[start + 35])) return false
  return (
    isDigit(bytes[end - 1]) && consistsOf(bytes, start, start + 32, HEXADECIMAL) && isDrawn(bytes, start, end, true)
  )
}
const HEXADECIMAL = alphabetOf("hex")
const MARKED = alphabetOf("dots")
MARKED[0x7e] = 1

function hasPrefix(bytes: Uint8Array, start: number, prefix: Uint8Array): boolean {
  for (let i = 2; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false
  return true
}

function consistsOf(bytes: Uint8Array, start: number, end: number, alphabet: Uint8Array): boolean {
  for (let i = start; i < end; i++) if (alphabet[bytes[i]!] === 0) return false
  return true
}

const seen = new Uint8Array(256)

/** Enough different characters and, of a mixed key, two of: digits, capital letters, small letters. Words have fewer. */
function isDrawn(bytes: Uint8Array, start: number, end: number, isMixed: boolean): boolean {
  const stop = Math.min(end, start + 64)
  seen.fill(0)
  let different = 0
  let sorts = 0
  for (let i = start; i < stop; i++) {
    const b = bytes[i]!
    if (seen[b] === 0) different++
    seen[b] = 1
    sorts |= isDigit(b) ? 1 : isUpper(b) ? 2 : isLower(b) ? 4 : 0
  }
  return different >= DIFFERENT_MIN && (!isMixed || (sorts & (sorts - 1)) !== 0)
}
