// Two hundred kinds of personal data and credentials, made up anew for each seed: what tests plant wherever traffic can hold
// it, and then look for in everything that leaves. Check digits are right where a kind has them.
import { createHash } from "node:crypto"

/** A kind and a value of it. */
export interface Secret {
  readonly kind: string
  readonly value: string
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const DIGITS = "0123456789"
const HEX = "0123456789abcdef"
const CONSONANTS = "BCDFGHJKLMNPRSTVWXZ"

/** The last digit that makes a number pass Luhn's check. */
function luhn(digits: string): string {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const doubled = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 2 : 1)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return `${digits}${(10 - (sum % 10)) % 10}`
}

const mod97 = (digits: string): number => Number(BigInt(digits) % 97n)
function iban(country: string, account: string): string {
  const numbers = [...`${account}${country}00`].map((c) => Number.parseInt(c, 36)).join("")
  return `${country}${String(98 - mod97(numbers)).padStart(2, "0")}${account}`
}

/** Random text of an alphabet, repeatable. */
class Maker {
  readonly #seed: string
  #count = 0

  constructor(seed: number) {
    this.#seed = `secrets ${seed}`
  }
  bytes(count: number): Buffer {
    const out: Buffer[] = []
    for (let have = 0; have < count; have += 32)
      out.push(
        createHash("sha256")
          .update(`${this.#seed} ${this.#count++}`)
          .digest(),
      )
    return Buffer.concat(out).subarray(0, count)
  }
  of(alphabet: string, length: number): string {
    return [...this.bytes(length)].map((b) => alphabet[b % alphabet.length]).join("")
  }
  /** Digits of which the first is not 0. */
  digits(length: number): string {
    return `${this.of("123456789", 1)}${this.of(DIGITS, length - 1)}`
  }
  base64(bytes: number): string {
    return this.bytes(bytes).toString("base64")
  }
  base64url(bytes: number): string {
    return this.bytes(bytes).toString("base64url")
  }
  uuid(): string {
    return this.of(HEX, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
  }
  jwt(algorithm: string): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url")
    return `${part({ alg: algorithm })}.${part({ sub: this.digits(9), jti: this.uuid() })}.${this.base64url(32)}`
  }
}

function cards(m: Maker): [string, string][] {
  const visa = luhn(`4${m.of(DIGITS, 14)}`)
  const master = luhn(`5${m.of("12345", 1)}${m.of(DIGITS, 13)}`)
  return [
    ["card-visa", visa],
    ["card-visa-spaced", visa.replace(/(\d{4})(?=\d)/g, "$1 ")],
    ["card-visa-dashed", luhn(`4${m.of(DIGITS, 14)}`).replace(/(\d{4})(?=\d)/g, "$1-")],
    ["card-mastercard", master],
    ["card-amex", luhn(`37${m.of(DIGITS, 12)}`)],
    ["card-discover", luhn(`6011${m.of(DIGITS, 11)}`)],
    ["card-jcb", luhn(`3528${m.of(DIGITS, 11)}`)],
    ["card-diners", luhn(`36${m.of(DIGITS, 11)}`)],
    ["card-maestro", luhn(`6759${m.of(DIGITS, 14)}`)],
    ["card-track2", `;${visa}=2912101${m.of(DIGITS, 10)}?`],
  ]
}

function banking(m: Maker): [string, string][] {
  return [
    ["iban-de", iban("DE", m.digits(18))],
    ["iban-fr", iban("FR", `${m.digits(10)}${m.of(BASE32.slice(0, 26), 2)}${m.digits(11)}`)],
    ["iban-gb", iban("GB", `NWBK${m.digits(14)}`)],
    ["iban-nl", iban("NL", `ABNA${m.digits(10)}`)],
    ["iban-es", iban("ES", m.digits(20))],
    ["iban-it", iban("IT", `X${m.digits(22)}`)],
    ["iban-ch", iban("CH", m.digits(17))],
    ["iban-pl", iban("PL", m.digits(24))],
    ["iban-no", iban("NO", m.digits(11))],
    ["iban-spaced", iban("AT", m.digits(16)).replace(/(.{4})(?=.)/g, "$1 ")],
    ["bank-account-us", m.digits(12)],
    ["bank-routing-us", m.digits(9)],
    ["bank-sort-code", `${m.digits(2)}-${m.digits(2)}-${m.digits(2)}`],
    ["bank-clabe", m.digits(18)],
    ["bank-bsb", `${m.digits(3)}-${m.digits(3)}`],
    ["crypto-bitcoin", `1${m.of(BASE58, 33)}`],
    ["crypto-bech32", `bc1q${m.of("023456789acdefghjklmnpqrstuvwxyz", 38)}`],
    ["crypto-ethereum", `0x${m.of(HEX, 40)}`],
    ["crypto-solana", m.of(BASE58, 44)],
    ["crypto-monero", `4${m.of(BASE58, 94)}`],
  ]
}

function nationalIds(m: Maker): [string, string][] {
  const letters = (count: number): string => m.of(CONSONANTS, count)
  return [
    ["us-ssn", `${m.of("12345", 1)}${m.digits(2)}-${m.digits(2)}-${m.digits(4)}`],
    ["us-ssn-plain", `${m.of("12345", 1)}${m.digits(8)}`],
    ["us-itin", `9${m.digits(2)}-7${m.digits(1)}-${m.digits(4)}`],
    ["us-ein", `${m.digits(2)}-${m.digits(7)}`],
    ["uk-nino", `${letters(2)}${m.digits(6)}C`],
    ["uk-nino-spaced", `${letters(2)} ${m.digits(2)} ${m.digits(2)} ${m.digits(2)} A`],
    ["uk-nhs", `${m.digits(3)} ${m.digits(3)} ${m.digits(4)}`],
    ["uk-utr", m.digits(10)],
    ["in-aadhaar", `${m.of("23456789", 1)}${m.digits(3)} ${m.digits(4)} ${m.digits(4)}`],
    ["in-aadhaar-plain", `${m.of("23456789", 1)}${m.digits(11)}`],
    ["in-pan", `${letters(5)}${m.digits(4)}${letters(1)}`],
    ["br-cpf", `${m.digits(3)}.${m.digits(3)}.${m.digits(3)}-${m.digits(2)}`],
    ["br-cpf-plain", m.digits(11)],
    ["br-cnpj", `${m.digits(2)}.${m.digits(3)}.${m.digits(3)}/0001-${m.digits(2)}`],
    ["fr-nir", `1${m.digits(2)}05${m.digits(10)}`],
    ["it-codice-fiscale", `${letters(6)}${m.digits(2)}A${m.digits(2)}H${m.digits(3)}${letters(1)}`],
    ["pl-pesel", m.digits(11)],
    ["es-dni", `${m.digits(8)}${letters(1)}`],
    ["es-nie", `X${m.digits(7)}${letters(1)}`],
    ["de-steuer-id", m.digits(11)],
    ["de-personalausweis", `L${m.digits(2)}X${m.digits(2)}T${m.digits(3)}`],
    ["nl-bsn", m.digits(9)],
    ["be-niss", `${m.digits(2)}.02.${m.digits(2)}-${m.digits(3)}.${m.digits(2)}`],
    ["ch-ahv", `756.${m.digits(4)}.${m.digits(4)}.${m.digits(2)}`],
    ["se-personnummer", `19${m.digits(2)}0412-${m.digits(4)}`],
    ["dk-cpr", `1204${m.digits(2)}-${m.digits(4)}`],
    ["no-fodselsnummer", m.digits(11)],
    ["fi-hetu", `1204${m.digits(2)}-${m.digits(3)}${letters(1)}`],
    ["ie-pps", `${m.digits(7)}${letters(2)}`],
    ["pt-nif", m.digits(9)],
    ["ca-sin", `${m.digits(3)} ${m.digits(3)} ${m.digits(3)}`],
    ["au-tfn", `${m.digits(3)} ${m.digits(3)} ${m.digits(3)}`],
    ["au-medicare", `${m.of("2345", 1)}${m.digits(3)} ${m.digits(5)} ${m.digits(1)}`],
    ["kr-rrn", `${m.digits(6)}-1${m.digits(6)}`],
    ["jp-my-number", m.digits(12)],
    ["cn-resident-id", `11010119900307${m.digits(3)}X`],
    ["hk-hkid", `${letters(1)}${m.digits(6)}(${m.digits(1)})`],
    ["sg-nric", `S${m.digits(7)}${letters(1)}`],
    ["mx-curp", `${letters(4)}${m.digits(6)}HDF${letters(3)}0${m.digits(1)}`],
    ["mx-rfc", `${letters(4)}${m.digits(6)}${letters(2)}${m.digits(1)}`],
    ["cl-rut", `${m.digits(2)}.${m.digits(3)}.${m.digits(3)}-K`],
    ["ar-cuit", `20-${m.digits(8)}-${m.digits(1)}`],
    ["za-id", m.digits(13)],
    ["tr-kimlik", m.digits(11)],
    ["ro-cnp", m.digits(13)],
    ["bg-egn", m.digits(10)],
    ["passport-us", m.digits(9)],
    ["passport-de", `C${m.digits(2)}X${m.digits(2)}T${m.digits(2)}`],
    ["passport-in", `P${m.digits(7)}`],
    ["passport-mrz", `L898902C${m.digits(1)}UTO${m.digits(7)}F${m.digits(7)}ZE184226B`],
    ["driving-licence-uk", `${letters(5)}${m.digits(6)}${letters(2)}${m.digits(1)}${letters(2)}`],
    ["driving-licence-ca", `D${m.digits(7)}`],
    ["plate-de", `${letters(1)}-${letters(2)}-${m.digits(4)}`],
    ["plate-fr", `${letters(2)}-${m.digits(3)}-${letters(2)}`],
    ["plate-uk", `${letters(2)}${m.digits(2)} ${letters(3)}`],
    ["vin", `1HG${letters(2)}${m.digits(5)}A${m.digits(6)}`],
    ["medical-record", `MRN-${m.digits(8)}`],
    ["insurance-policy", `POL-${m.digits(4)}-${m.digits(6)}`],
  ]
}

function contact(m: Maker): [string, string][] {
  const name = m.of("abcdefghijklmnopqrstuvwxyz", 9)
  const number = m.digits(7)
  return [
    ["email", `${name}@mail-${m.digits(4)}.example`],
    ["email-plus", `${name}+tag${m.digits(3)}@mail.example`],
    ["email-dotted", `${name}.${m.of("abcdefgh", 7)}@mail.example`],
    ["email-upper", `${name.toUpperCase()}@MAIL-${m.digits(3)}.EXAMPLE`],
    ["email-quoted", `"${name}"@mail-${m.digits(5)}.example`],
    ["mailto", `mailto:${name}x@mail.example`],
    ["phone-e164", `+4915${m.digits(9)}`],
    ["phone-us", `(${m.digits(3)}) ${m.digits(3)}-${m.digits(4)}`],
    ["phone-us-dashed", `${m.digits(3)}-${m.digits(3)}-${m.digits(4)}`],
    ["phone-00", `0049151${m.digits(8)}`],
    ["phone-spaced", `+44 20 ${m.digits(4)} ${m.digits(4)}`],
    ["phone-dotted", `${m.digits(3)}.${m.digits(3)}.${m.digits(4)}`],
    ["phone-tel", `tel:+1${m.digits(10)}`],
    ["phone-local", `030/${number}`],
    ["birth-date", `19${m.digits(2)}-04-${m.of("12", 1)}${m.digits(1)}`],
    ["birth-date-us", `0${m.digits(1)}/1${m.of("12345", 1)}/19${m.digits(2)}`],
    ["birth-date-de", `1${m.digits(1)}.0${m.digits(1)}.19${m.digits(2)}`],
    ["geo-pair", `52.${m.digits(6)},13.${m.digits(6)}`],
    ["geo-latitude", `48.${m.digits(7)}`],
    ["geo-uri", `geo:52.${m.digits(5)},13.${m.digits(5)}`],
    ["street", `${m.digits(3)} ${name} Street`],
    ["full-name", `Jane ${name[0]!.toUpperCase()}. ${name}`],
    ["postal-code-uk", `${m.of(CONSONANTS, 2)}${m.digits(1)} ${m.digits(1)}${m.of(CONSONANTS, 2)}`],
    ["ipv4", `198.51.${m.of("123456789", 2)}.${m.of("123456789", 2)}`],
    ["ipv6", `2001:db8:${m.of(HEX, 4)}:${m.of(HEX, 4)}::${m.of(HEX, 3)}`],
    ["mac", m.of(HEX, 12).replace(/(..)(?=.)/g, "$1:")],
    [
      "mac-dashed",
      m
        .of(HEX, 12)
        .toUpperCase()
        .replace(/(..)(?=.)/g, "$1-"),
    ],
    ["imei", luhn(`35${m.digits(12)}`)],
    ["imsi", `26201${m.digits(10)}`],
    ["iccid", luhn(`8949${m.digits(14)}`)],
    ["advertising-id", m.uuid()],
    ["device-serial", `F2L${m.of(BASE32, 8)}${m.digits(2)}`],
  ]
}

function secretsOfServices(m: Maker): [string, string][] {
  const b62 = (count: number): string => m.of(BASE62, count)
  return [
    ["aws-access-key", `AKIA${m.of(BASE32, 16)}`],
    ["aws-session-key", `ASIA${m.of(BASE32, 16)}`],
    ["aws-secret-key", m.base64(30)],
    ["gcp-api-key", `AIzaSy${m.base64url(25).slice(0, 33)}`],
    ["gcp-oauth", `ya29.${m.base64url(60)}`],
    ["google-client-secret", `GOCSPX-${m.base64url(21)}`],
    ["azure-storage-key", m.base64(64)],
    ["azure-client-secret", `${b62(3)}8Q~${b62(34)}`],
    ["github-classic", `ghp_${b62(36)}`],
    ["github-oauth", `gho_${b62(36)}`],
    ["github-app", `ghs_${b62(36)}`],
    ["github-refresh", `ghr_${b62(36)}`],
    ["github-fine", `github_pat_${b62(22)}_${b62(59)}`],
    ["gitlab", `glpat-${m.base64url(15)}`],
    ["gitlab-deploy", `gldt-${m.base64url(15)}`],
    ["gitlab-runner", `glrt-${m.base64url(15)}`],
    ["slack-bot", `xoxb-${m.digits(12)}-${m.digits(13)}-${b62(24)}`],
    ["slack-user", `xoxp-${m.digits(12)}-${m.digits(12)}-${m.digits(13)}-${m.of(HEX, 32)}`],
    ["slack-app", `xapp-1-A${m.of(BASE32, 10)}-${m.digits(13)}-${m.of(HEX, 64)}`],
    ["slack-webhook", `T${m.of(BASE32, 8)}/B${m.of(BASE32, 8)}/${b62(24)}`],
    ["stripe-live", `sk_live_${b62(24)}`],
    ["stripe-test", `sk_test_${b62(24)}`],
    ["stripe-restricted", `rk_live_${b62(24)}`],
    ["stripe-webhook", `whsec_${b62(32)}`],
    ["stripe-publishable", `pk_live_${b62(24)}`],
    ["twilio-account", `AC${m.of(HEX, 32)}`],
    ["twilio-key", `SK${m.of(HEX, 32)}`],
    ["sendgrid", `SG.${m.base64url(16)}.${m.base64url(32)}`],
    ["mailgun", `key-${m.of(HEX, 32)}`],
    ["mailchimp", `${m.of(HEX, 32)}-us12`],
    ["npm", `npm_${b62(36)}`],
    ["pypi", `pypi-AgEI${m.base64url(60)}`],
    ["docker", `dckr_pat_${m.base64url(20)}`],
    ["digitalocean", `dop_v1_${m.of(HEX, 64)}`],
    ["huggingface", `hf_${b62(34)}`],
    ["openai", `sk-proj-${b62(48)}`],
    ["anthropic", `sk-ant-api03-${m.base64url(60)}`],
    ["telegram-bot", `${m.digits(9)}:AA${m.base64url(25).slice(0, 33)}`],
    ["discord-bot", `${m.base64url(18)}.${b62(6)}.${m.base64url(20)}`],
    ["shopify", `shpat_${m.of(HEX, 32)}`],
    ["square", `sq0atp-${m.base64url(17).slice(0, 22)}`],
    ["facebook", `EAAC${b62(60)}`],
    ["linear", `lin_api_${b62(40)}`],
    ["notion", `secret_${b62(43)}`],
    ["postman", `PMAK-${m.of(HEX, 24)}-${m.of(HEX, 34)}`],
    ["databricks", `dapi${m.of(HEX, 32)}`],
    ["grafana", `glsa_${b62(32)}_${m.of(HEX, 8)}`],
    ["vault", `hvs.${m.base64url(40)}`],
    ["terraform", `${b62(14)}.atlasv1.${m.base64url(50)}`],
    ["newrelic", `NRAK-${m.of(BASE32, 27)}`],
    ["datadog", m.of(HEX, 32)],
    ["okta", `00${m.base64url(30)}`],
    ["mapbox", `pk.eyJ1IjoiYSJ9.${m.base64url(16)}`],
    ["firebase", `AAAA${m.base64url(5)}:APA91b${m.base64url(60)}`],
    ["cloudflare", m.base64url(30)],
    ["heroku", m.uuid()],
    ["jwt-hs256", m.jwt("HS256")],
    ["jwt-rs256", m.jwt("RS256")],
    ["jwe", `${m.jwt("dir")}.${m.base64url(24)}.${m.base64url(12)}`],
    ["paseto", `v4.local.${m.base64url(60)}`],
    ["macaroon", `MDAx${m.base64url(60)}`],
  ]
}

function credentials(m: Maker): [string, string][] {
  const b62 = (count: number): string => m.of(BASE62, count)
  return [
    ["password-symbols", `Tr0ub${m.digits(2)}&${m.of("abcdefgh", 4)}!`],
    ["password-random", `${b62(6)}#${b62(6)}%x`],
    ["password-generated", `${b62(6)}-${b62(6)}-${b62(6)}`],
    ["basic-pair", Buffer.from(`user${m.digits(4)}:${b62(12)}`).toString("base64")],
    ["opaque-hex-32", m.of(HEX, 32)],
    ["opaque-hex-40", m.of(HEX, 40)],
    ["opaque-hex-64", m.of(HEX, 64)],
    ["opaque-hex-upper", m.of(HEX, 32).toUpperCase()],
    ["opaque-base64", m.base64(32)],
    ["opaque-base64url", m.base64url(32)],
    ["opaque-base32", m.of(BASE32, 32)],
    ["opaque-base58", m.of(BASE58, 32)],
    ["opaque-base62-22", b62(22)],
    ["opaque-uuid-plain", m.of(HEX, 32)],
    ["totp-secret", m.of(BASE32, 16)],
    ["recovery-code", `${m.of(HEX, 5)}-${m.of(HEX, 5)}`],
    ["licence-key", Array.from({ length: 5 }, () => m.of(BASE32, 5)).join("-")],
    ["session-php", m.of("0123456789abcdefghijklmnopqrstuv", 26)],
    ["session-java", m.of(HEX, 32).toUpperCase()],
    ["session-express", `s:${m.base64url(24)}.${m.base64url(32)}`],
    ["csrf-token", m.base64url(24)],
    ["saml-response", Buffer.from(`<saml2p:Response ID="_${m.of(HEX, 32)}">`).toString("base64")],
    ["kerberos-ticket", `YII${m.base64(90)}`],
    ["private-key", `MIIEvQIBADANBgkqhkiG9w0BAQEFAASC${m.base64(90)}`],
    ["ssh-key", `AAAAB3NzaC1yc2EAAAADAQAB${m.base64(90)}`],
    ["webauthn-id", m.base64url(64)],
    ["magic-link", `${m.base64url(18)}.${m.base64url(18)}`],
    ["one-time-code", m.digits(6)],
    ["signed-cookie", `${Buffer.from(`user=${m.digits(6)}`).toString("base64")}--${m.of(HEX, 40)}`],
    ["sas-signature", encodeURIComponent(m.base64(32))],
  ]
}

/** Some two hundred kinds, the same for the same seed. */
export function secretsOf(seed: number): Secret[] {
  const m = new Maker(seed)
  return [cards, banking, nationalIds, contact, secretsOfServices, credentials]
    .flatMap((make) => make(m))
    .map(([kind, value]) => ({ kind, value }))
}
