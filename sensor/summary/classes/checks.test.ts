// Each validator against values that must and must not pass. Valid ones are the documented examples of issuers and standards,
// or made from their rules; none belongs to anybody.
import assert from "node:assert/strict"
import { test } from "node:test"
import { isApiKey, isMarkedKey } from "./api-key.ts"
import { isBic, isIban } from "./bank-account.ts"
import { isBirthDate } from "./calendar-day.ts"
import { isCard } from "./card.ts"
import { isCodiceFiscale } from "./codice-fiscale.ts"
import type { Check } from "./data-class.ts"
import { isCheckedVin, isImei, isIp, isMac, isVin } from "./devices.ts"
import { isEmail } from "./email.ts"
import { isDni, isNino, isNir, isPesel, isSteuerId } from "./european-ids.ts"
import { isJwt } from "./jwt-token.ts"
import { isAadhaar, isBareSsn, isCnpj, isCpf, isSsn } from "./other-ids.ts"
import { isMachineReadable, isPassport } from "./passport.ts"
import { isPassword } from "./password.ts"
import { isDialled, isE164 } from "./phone.ts"
import { isGeoUri, isLatitude, isLongitude, isPair } from "./place-on-earth.ts"
import { isPrivateKey } from "./private-key.ts"

const lot = "q7Wn2LpZx9RtB4kVd8Hs1MfGy3CjT6eUaQ0oXi5NbKcSwPzEhDvYrAlJmFu7Gt2"
const coded = (text: string): string => Buffer.from(text).toString("base64url")
const token = (header: string): string => `${coded(header)}.${coded('{"sub":"1"}')}.${lot.slice(0, 43)}`
const pem = (label: string): string => `-----BEGIN ${label}-----\\n${lot}\\n-----END ${label}-----\\n`

const TABLE: readonly (readonly [name: string, check: Check, valid: readonly string[], invalid: readonly string[]])[] =
  [
    [
      "card",
      isCard,
      [
        ..."4111111111111111 4012888888881881 4222222222222 5555555555554444 5105105105105100 2223003122003222".split(
          " ",
        ),
        ..."378282246310005 371449635398431 6011111111111117 6011000990139424 30569309025904 38520000023237".split(" "),
        ..."3530111333300000 3566002020360505 6200000000000005 6759649826438453 2200000000000004".split(" "),
        "4111 1111 1111 1111",
        "3782-822463-10005",
      ],
      [
        ..."4111111111111112 411111111111111 41111111111111111 1234567812345670 0000000000000000 9999999999999995".split(
          " ",
        ),
        "4111  1111 1111 1111",
        "4111111111111111 ",
        "-4111111111111111",
        "4111x111111111111",
      ],
    ],
    [
      "iban",
      isIban,
      [
        ..."DE89370400440532013000 GB82WEST12345698765432 FR1420041010050500013M02606 NL91ABNA0417164300".split(" "),
        ..."CH9300762011623852957 AT611904300234573201 ES9121000418450200051332 IT60X0542811101000000123456".split(" "),
        ..."NO9386011117947 MT84MALT011000012345MTLCAST001S SA0380000000608010167519 PL61109010140000071219812874".split(
          " ",
        ),
        "DE89 3704 0044 0532 0130 00",
      ],
      [
        ..."DE88370400440532013000 DE8937040044053201300 XX89370400440532013000 DE8937040044053201300A".split(" "),
        ..."de89370400440532013000 89DE370400440532013000".split(" "),
      ],
    ],
    ["bic", isBic, ["DEUTDEFF", "COBADEFFXXX", "NEDSZAJJ"], ["DEUTXXFF", "deutdeff", "DEUTDEFFX", "12345678"]],
    [
      "email",
      isEmail,
      [
        ..."jane.roe@example.com j@x.de a+b@sub.example.co.uk o'neil@example.org 1@2.com x@xn--bcher-kva.example".split(
          " ",
        ),
        "Jane Roe <jane@example.com>",
        "mailto:jane@example.com",
        "jürgen@bücher.example",
        "jane@пример.рф",
        '"jane roe"@example.com',
      ],
      [
        ..."jane jane@ @example.com jane@example jane@@example.com .j@example.com j.@example.com a..b@example.com".split(
          " ",
        ),
        ..."jane@-example.com jane@example-.com jane@1.2.3.4 logo@2x.png react@18.2.0 git@github.com:org/repo".split(
          " ",
        ),
        "jane roe@example.com",
        `${"a".repeat(65)}@example.com`,
      ],
    ],
    [
      "E.164",
      isE164,
      [
        "+4915112345678",
        "+1 202-555-0143",
        "+1 (202) 555-0143",
        "+44 20 7946 0958",
        "+353861234567",
        "+81-3-1234-5678",
        "tel:+12025550143",
      ],
      [
        "4915112345678",
        "+1234567",
        "+2105551234567890",
        "+1 102 555 0143",
        "+12025550",
        "++4915112345678",
        "+999",
        "+-1234567890",
      ],
    ],
    [
      "dialled",
      isDialled,
      ["0171 1234567", "(202) 555-0143", "2025550143", "+4915112345678"],
      ["123456", "555-CALL-NOW", "1-2-3-4-5-6-7-"],
    ],
    [
      "jwt",
      isJwt,
      [
        token('{"alg":"RS256","typ":"JWT"}'),
        token('{ "typ":"JWT", "alg":"none" }').replace(/\.[^.]*$/, "."),
        `Bearer ${token('{"alg":"ES256"}')}`,
        `${coded('{"alg":"dir","enc":"A128GCM"}')}..${lot.slice(0, 16)}.${lot}.${lot.slice(0, 22)}`,
      ],
      [
        token('{"typ":"JWT"}'),
        token("not json, but long enough"),
        "eyJhbGciOiJIUzI1NiJ9",
        `${token('{"alg":"x"}')}.x`,
        "e.y.J",
      ],
    ],
    [
      "private key",
      isPrivateKey,
      [
        ...["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"].map(
          pem,
        ),
        pem("PGP PRIVATE KEY BLOCK"),
        pem("CERTIFICATE") + pem("PRIVATE KEY"),
        Buffer.from(pem("RSA PRIVATE KEY")).toString("base64"),
        `MIIEvQIBADANBgkqhkiG9w0BAQEFAASC${lot}${lot}`,
        `MIIEpAIBAAKCAQEA${lot}${lot}`,
      ],
      [
        pem("PUBLIC KEY"),
        pem("CERTIFICATE"),
        "-----BEGIN",
        Buffer.from(pem("CERTIFICATE")).toString("base64"),
        "PRIVATE KEY-----",
      ],
    ],
    [
      "api key",
      isApiKey,
      [
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        `ghp_${lot.slice(0, 36)}`,
        `github_pat_${lot.slice(0, 22)}_${lot.slice(0, 59)}`,
        `glpat-${lot.slice(0, 20)}`,
        `xoxb-2345678901-2345678901-${lot.slice(0, 24)}`,
        `sk_live_${lot.slice(0, 24)}`,
        `rk_live_${lot.slice(0, 24)}`,
        `AIza${lot.slice(0, 35)}`,
        `SG.${lot.slice(0, 22)}.${lot.slice(0, 43)}`,
        `npm_${lot.slice(0, 36)}`,
        `sk-proj-${lot.slice(0, 48)}`,
        `123456789:AA${lot.slice(0, 33)}`,
        "SK0123456789abcdef0123456789abcdef",
        `ya29.${lot}`,
        `https://hooks.slack.com/services/T00000000/B00000000/${lot.slice(0, 24)}`,
        `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${lot}==;EndpointSuffix=core.windows.net`,
      ],
      [
        "AKIAIOSFODNN7EXAMPL",
        "akiaiosfodnn7example",
        "ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "sk_live_",
        "sk-learn-is-a-library-for-machine-learning-in-python",
        "npm_config_registry_of_this_machine_is_x",
        "SKU-0123456789",
        "pk_live_4eC39HqLyjWDarjtT1zdp7dc",
        "key-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      ],
    ],
    [
      "ssn",
      isSsn,
      ["123-45-6789", "219 09 9999"],
      [
        "000-12-3456",
        "666-12-3456",
        "900-12-3456",
        "123-00-6789",
        "123-45-0000",
        "123456789",
        "123-45 6789",
        "12-345-6789",
      ],
    ],
    ["bare ssn", isBareSsn, ["123456789", "123-45-6789"], ["666456789", "12345678", "1234567890"]],
    [
      "nino",
      isNino,
      ["AB123456C", "JG123456C", "AB 12 34 56 C"],
      ["DA123456C", "BG123456A", "AO123456A", "AB123456E", "AB12345C"],
    ],
    ["aadhaar", isAadhaar, ["234123412346", "2341 2341 2346"], ["234123412345", "134123412346", "23412341234"]],
    ["cpf", isCpf, ["529.982.247-25", "52998224725", "11144477735"], ["52998224724", "11111111111", "5299822472"]],
    ["cnpj", isCnpj, ["11.222.333/0001-81", "11222333000181"], ["11222333000180", "00000000000000"]],
    [
      "nir",
      isNir,
      ["255081416802538", "1 84 12 76 451 089 46", `180012A000001${nirKey("1800119000001")}`],
      ["255081416802539", "355081416802538"],
    ],
    [
      "codice fiscale",
      isCodiceFiscale,
      ["RSSMRA85T10A562S", "RSSMRA85T10A56NH"],
      ["RSSMRA85T10A562T", "RSSMRA85Z10A562S", "RSSMRA85T10A562"],
    ],
    ["pesel", isPesel, ["44051401359", "02070803628"], ["44051401358", "44991401359", "4405140135"]],
    ["dni", isDni, ["12345678Z", "X1234567L", "12345678-Z"], ["12345678A", "X1234567A", "1234567Z"]],
    [
      "steuer id",
      isSteuerId,
      ["86095742719", "47036892816", "65929970489"],
      ["86095742718", "06095742719", "12345678901"],
    ],
    [
      "birth date",
      isBirthDate,
      ["1987-03-14", "1987/3/14", "19870314", "14.03.1987", "14/03/1987", "3/14/1987", "1987-03-14T00:00:00Z"],
      ["1887-03-14", "2087-03-14", "1987-13-14", "1987-03-32", "19871314", "1987-03", "14.03.87", "1987-03-14x"],
    ],
    [
      "vin",
      isVin,
      ["1HGCM82633A004352", "WVWZZZ1JZXW000001"],
      ["1HGCM82633A00435", "IHGCM82633A004352", "12345678901234567", "ABCDEFGHJKLMNPRST"],
    ],
    ["vin with check", isCheckedVin, ["1HGCM82633A004352", "1M8GDM9AXKP042788"], ["1HGCM82643A004352"]],
    ["imei", isImei, ["490154203237518"], ["490154203237519", "49015420323751"]],
    [
      "mac",
      isMac,
      ["00:1b:63:84:45:e6", "00-1B-63-84-45-E6"],
      ["00:1b:63:84:45", "00:1b:63-84:45:e6", "00:1g:63:84:45:e6"],
    ],
    [
      "ip",
      isIp,
      [
        "192.0.2.1",
        "255.255.255.255",
        "2001:db8::1",
        "::1",
        "fe80::1%eth0",
        "2001:db8:0:0:0:0:0:1",
        "::ffff:192.0.2.1",
        "1::",
      ],
      [
        "192.0.2",
        "192.0.2.256",
        "192.0.2.1.5",
        "192.0.02.1",
        "2001:db8",
        "1::2::3",
        ":::",
        "1:2:3:4:5:6:7:8:9",
        "12:30:45",
        "::",
        "1.2.3.",
      ],
    ],
    ["latitude", isLatitude, ["52.520008", "-33.86", "90.00"], ["52", "52.5", "90.01", "x", "152.52"]],
    ["longitude", isLongitude, ["13.404954", "-179.99"], ["180.01", "13"]],
    ["pair", isPair, ["52.520008,13.404954", "-33.86, 151.21"], ["52.52", "52.52;13.40", "13.40,252.52"]],
    [
      "machine readable zone",
      isMachineReadable,
      [
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
        "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F1204159<<<<<<<6",
      ],
      ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C37UTO7408122F1204159ZE184226B<<<<<10", "A".repeat(88)],
    ],
    [
      "geo uri",
      isGeoUri,
      ["geo:52.520008,13.404954", "geo:52.52,13.40;u=35"],
      ["geo:52", "geo:152.52,13.40", "52.52,13.40", "geo:52.52,13.4"],
    ],
    [
      "marked key",
      isMarkedKey,
      [`${lot.slice(0, 3)}8Q~${lot.slice(3, 37)}`, "0123456789abcdef0123456789abcdef-us12"],
      [
        `${lot.slice(0, 3)}xQ~${lot.slice(3, 37)}`,
        "0123456789abcdef0123456789abcdef-eu12",
        "0123456789abcdef0123456789abcdef-us1x",
      ],
    ],
    ["passport", isPassport, ["C01X00T47", "L898902C3"], ["abc123456", "ABCDEFGHI", "12345"]],
    [
      "password",
      isPassword,
      ["hunter2", "correct horse battery staple", "x"],
      ["********", "xxxxxxxx", "•••••", "https://example.com/reset"],
    ],
  ]

function nirKey(thirteen: string): string {
  return String(97 - Number(BigInt(thirteen) % 97n)).padStart(2, "0")
}

for (const [name, check, valid, invalid] of TABLE)
  test(`${name}: what passes and what does not`, () => {
    const passes = (text: string): boolean => {
      const bytes = Buffer.from(`<${text}>`)
      return check(bytes, 1, bytes.length - 1)
    }
    assert.deepEqual(
      valid.filter((text) => !passes(text)),
      [],
      "valid, and refused",
    )
    assert.deepEqual(invalid.filter(passes), [], "not valid, and taken")
    // Nothing that is cut short, doubled or empty stops a validator.
    for (const text of [...valid, ...invalid])
      for (const odd of [text.slice(0, 1), text.slice(1), `${text}${text}`, `${text}\0`, "\xff".repeat(text.length)])
        passes(odd)
  })
