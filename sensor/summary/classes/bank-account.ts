// Bank accounts and banks. IBAN: ISO 13616 and its registry of countries. BIC: ISO 9362.
import { isDigit, isUpper, isUpperOrDigit } from "./byte-sorts.ts"
import { digits, readCode } from "./digits.ts"

/** Country and length; a "." behind says that all after the country is digits. */
const COUNTRIES =
  "AD24 AE23. AL28 AT20. AZ28 BA20. BE16. BG22 BH22 BI27. BR29 BY28 CH21 CR22. CY28 CZ24. DE22. DJ27. DK18. DO28 EE20. EG29. " +
  "ES24. FI18. FK18 FO18. FR27 GB22 GE22 GI23 GL18. GR27 GT28 HR21. HU28. IE22 IL23. IQ23 IS26. IT27 JO30 KW30 KZ20 LB28 " +
  "LC32 LI21 LT20. LU20 LV21 LY25. MC27 MD24 ME22. MK19 MN20. MR27. MT31 MU30 NI28 NL18 NO15. OM23 PK24 PL28. PS29 PT25. " +
  "QA29 RO24 RS22. RU33 SA24 SC31 SD18. SE24. SI19. SK24. SM27 SO23. ST25. SV28 TL23. TN24. TR26 UA29 VA22. VG24 XK20. YE30"

const country = (a: number, b: number): number => (a - 0x41) * 26 + b - 0x41

/** Length by country, 0 for none; 128 more where all is digits. */
const LENGTHS = new Uint8Array(26 * 26)
for (const one of COUNTRIES.split(" "))
  LENGTHS[country(one.charCodeAt(0), one.charCodeAt(1))] = Number(one.slice(2, 4)) | (one.endsWith(".") ? 128 : 0)

export function isIban(bytes: Uint8Array, start: number, end: number): boolean {
  if (!isUpper(bytes[start]) || !isUpper(bytes[start + 1])) return false
  const count = readCode(bytes, start, end)
  if (count < 15 || !isUpper(digits[0]!) || !isUpper(digits[1]!)) return false
  const rule = LENGTHS[country(digits[0]!, digits[1]!)]!
  if (count !== (rule & 127) || !isDigit(digits[2]) || !isDigit(digits[3])) return false
  let rest = 0
  for (let i = 0; i < count; i++) {
    const at = i + 4
    const b = digits[at < count ? at : at - count]!
    if (isDigit(b)) rest = (rest * 10 + b - 0x30) % 97
    else if (rule > 127 && at < count) return false
    else rest = (rest * 100 + b - 0x37) % 97
  }
  return rest === 1
}

/** Four letters or digits, a country, two characters, perhaps three more. Proves little: taken only where the name says so. */
export function isBic(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start
  if (length !== 8 && length !== 11) return false
  for (let i = start; i < end; i++) {
    const isRight = i < start + 6 ? isUpper(bytes[i]) : isUpperOrDigit(bytes[i])
    if (!isRight) return false
  }
  return isCountry(bytes[start + 4]!, bytes[start + 5]!)
}

/** ISO 3166-1, and XK. */
const ALL =
  "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDM" +
  "DODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKN" +
  "KPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPM" +
  "PNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVI" +
  "VNVUWFWSYEYTZAZMZWXK"
const KNOWN = new Uint8Array(26 * 26)
for (let i = 0; i < ALL.length; i += 2) KNOWN[country(ALL.charCodeAt(i), ALL.charCodeAt(i + 1))] = 1

const isCountry = (a: number, b: number): boolean => KNOWN[country(a, b)] === 1
