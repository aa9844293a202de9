// The data classes that the sensor knows: which validator, which names, how many values it takes. The order decides where a
// value could be of several: the one that proves more comes first.
import { isApiKey, isMarkedKey } from "./api-key.ts"
import { isBic, isIban } from "./bank-account.ts"
import { Sort } from "./byte-sorts.ts"
import { isBirthDate } from "./calendar-day.ts"
import { isCard } from "./card.ts"
import { isCodiceFiscale } from "./codice-fiscale.ts"
import { ANY_SORT, type DataClass, dataClass, type Form } from "./data-class.ts"
import { isCheckedVin, isImei, isIp, isLikelyIp, isMac, isVin } from "./devices.ts"
import { isEmail } from "./email.ts"
import { isDni, isNino, isNir, isPesel, isSteuerId } from "./european-ids.ts"
import { isJwt } from "./jwt-token.ts"
import { isAadhaar, isBareSsn, isCnpj, isCpf, isSsn } from "./other-ids.ts"
import { isMachineReadable, isPassport } from "./passport.ts"
import { isPassword } from "./password.ts"
import { isDialled, isE164 } from "./phone.ts"
import { isGeoUri, isLatitude, isLongitude, isPair } from "./place-on-earth.ts"
import { isPrivateKey } from "./private-key.ts"

const form = (min: number, max: number, may: number = ANY_SORT, must = 0): Form => ({ min, max, may, must })
const { digit, upper, lower, mark, at, sign } = Sort
const NUMBER = digit | mark
const CODE = digit | upper | mark

/** Proved by themselves. */
const CERTAIN: readonly DataClass[] = [
  dataClass({ name: "private-key", check: isPrivateKey, isCertain: true }),
  dataClass({ name: "jwt", check: isJwt, isCertain: true }),
  dataClass({ name: "api-key", check: isApiKey, isCertain: true }),
  dataClass({ name: "api-key", check: isMarkedKey, alone: 1, form: form(36, 44, ANY_SORT, digit | lower) }),
]

const PAYMENT: readonly DataClass[] = [
  dataClass({
    name: "iban",
    check: isIban,
    hints: ["iban", "bank account$", "account number$", "bankaccount$"],
    alone: 1,
    form: form(15, 42, CODE, digit | upper),
  }),
  dataClass({
    name: "card",
    check: isCard,
    hints: [
      "card number",
      "cardnumber",
      "card no$",
      "card num",
      "card$",
      "creditcard",
      "credit card",
      "pan$",
      "cc number",
      "ccnumber",
      "cc$",
      "ccnum$",
      "payment card",
      "debit card",
      "account number$",
    ],
    form: form(13, 23, NUMBER, digit),
  }),
  dataClass({ name: "bic", hinted: isBic, hints: ["bic", "swift", "bic swift", "swiftcode"], form: form(8, 11) }),
]

const CONTACT: readonly DataClass[] = [
  dataClass({
    name: "email",
    check: isEmail,
    hints: ["email", "e mail", "mail", "emailaddress", "recipient$", "contact$", "user name$", "username$", "login$"],
    alone: 1,
    form: form(6, 400, ANY_SORT, at),
  }),
  dataClass({
    name: "phone",
    check: isE164,
    hinted: isDialled,
    hints: [
      "phone",
      "telephone",
      "mobile",
      "cell",
      "cellphone",
      "msisdn",
      "tel$",
      "fax",
      "phonenumber",
      "telefon",
      "handy",
      "whatsapp",
    ],
    // A number of a phone, not a phone number: "phone_id", "number_of_phones", "mobile_verified_at".
    unhinted: [
      "id$",
      "ids$",
      "count$",
      "total$",
      "index$",
      "idx$",
      "type$",
      "version$",
      "at$",
      "time$",
      "timestamp$",
      "date$",
      "number of",
      "no of",
      "count of",
    ],
    alone: 1,
    form: form(8, 29, digit | mark | sign | lower, digit | sign),
  }),
]

const PEOPLE: readonly DataClass[] = [
  dataClass({
    name: "codice-fiscale",
    check: isCodiceFiscale,
    hints: ["codice fiscale", "codicefiscale", "fiscal code", "cf$"],
    alone: 1,
    form: form(16, 16, digit | upper, upper),
  }),
  dataClass({
    name: "nir",
    check: isNir,
    hints: ["nir$", "insee", "securite sociale", "numero secu"],
    form: form(15, 21, CODE, digit),
  }),
  dataClass({
    name: "nino",
    check: isNino,
    hints: ["nino$", "national insurance", "ni number", "nationalinsurance"],
    form: form(9, 13, CODE, digit | upper),
  }),
  dataClass({
    name: "dni",
    check: isDni,
    hints: ["dni$", "nie$", "nif$", "documento"],
    form: form(9, 12, CODE, digit | upper),
  }),
  dataClass({ name: "cnpj", check: isCnpj, hints: ["cnpj"], form: form(14, 18, NUMBER, digit) }),
  dataClass({ name: "cpf", check: isCpf, hints: ["cpf"], form: form(11, 14, NUMBER, digit) }),
  dataClass({ name: "pesel", check: isPesel, hints: ["pesel"], form: form(11, 11, digit, digit) }),
  dataClass({
    name: "steuer-id",
    check: isSteuerId,
    hints: ["steuer id", "steuerid", "steuer identifikationsnummer", "idnr$", "steuernummer", "tax id$", "tin$"],
    form: form(11, 14, NUMBER, digit),
  }),
  dataClass({
    name: "aadhaar",
    check: isAadhaar,
    hints: ["aadhaar", "aadhar", "uidai"],
    form: form(12, 14, NUMBER, digit),
  }),
  dataClass({
    name: "ssn",
    check: isSsn,
    hinted: isBareSsn,
    hints: ["ssn", "social security", "socialsecurity", "social security number", "tax id$", "taxid$"],
    share: 1,
    windows: 3,
    form: form(11, 11, NUMBER, digit | mark),
  }),
  dataClass({
    name: "passport",
    check: isMachineReadable,
    hinted: isMachineReadable,
    hints: [],
    alone: 1,
    form: form(72, 96, digit | upper | mark | sign | Sort.strange, digit | upper | sign),
  }),
  dataClass({
    name: "passport",
    hinted: isPassport,
    hints: ["passport", "passport number", "passportnumber", "passport no", "mrz"],
    named: 3,
  }),
  dataClass({
    name: "birth-date",
    hinted: isBirthDate,
    hints: [
      "dob$",
      "birth date",
      "birthdate",
      "date of birth",
      "dateofbirth",
      "birthday",
      "born$",
      "born on$",
      "birth$",
      "geburtsdatum",
      "date naissance",
      "fecha nacimiento",
    ],
  }),
]

const THINGS: readonly DataClass[] = [
  dataClass({
    name: "vin",
    check: isCheckedVin,
    hinted: isVin,
    hints: ["vin$", "vehicle identification", "chassis", "fin$"],
    form: form(17, 17, digit | upper, digit | upper),
  }),
  dataClass({ name: "imei", hinted: isImei, hints: ["imei"] }),
  dataClass({
    name: "mac",
    check: isMac,
    hints: ["mac$", "mac address", "macaddress", "bssid", "hwaddr$"],
    alone: 1,
    form: form(17, 17, digit | upper | lower | mark | sign),
  }),
  dataClass({
    name: "ip",
    check: isLikelyIp,
    hinted: isIp,
    hints: [
      "ip$",
      "ip address",
      "ipaddress",
      "ipv4",
      "ipv6",
      "client ip",
      "remote addr",
      "remote address",
      "host$",
      "ip addr$",
      "forwarded for",
      "addr$",
    ],
    // "10.2.1.4".
    barred: ["version", "ver", "build", "release", "firmware"],
    form: form(7, 45, digit | upper | lower | mark | sign, digit),
  }),
  dataClass({ name: "geo", check: isGeoUri, alone: 1, form: form(12, 64, ANY_SORT, digit | lower | mark | sign) }),
  dataClass({ name: "geo", hinted: isLatitude, hints: ["lat$", "latitude$"], needs: "longitude" }),
  dataClass({ name: "geo", hinted: isLongitude, hints: ["lon$", "lng$", "long$", "longitude$"], needs: "latitude" }),
  dataClass({
    name: "geo",
    hinted: isPair,
    hints: [
      "geo",
      "coordinate",
      "location",
      "position",
      "latlng",
      "lat lng",
      "lat lon",
      "gps",
      "point$",
      "center$",
      "ll$",
    ],
  }),
  dataClass({
    name: "password",
    hinted: isPassword,
    hints: [
      "password$",
      "passwd$",
      "pwd$",
      "passphrase$",
      "passcode$",
      "userpassword$",
      "passwort$",
      "contrasena$",
      "secret$",
      "client secret$",
      "pin code$",
    ],
  }),
]

export const BUILT_IN: readonly DataClass[] = [...CERTAIN, ...PAYMENT, ...CONTACT, ...PEOPLE, ...THINGS]
