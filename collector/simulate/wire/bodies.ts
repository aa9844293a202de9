// JSON bodies of exchanges: the ids that an answer gives, plain values beside them, personal data that a sensor recognises.
//
// A body is filled up with white space to the size that answers.ts states, so that an event made without bytes says the same size.

import {
  answerBytes,
  answerKind,
  ERROR_FIELDS,
  FIELD_BYTES,
  fieldsOf,
  LINE_FIELDS,
  linesOf,
  requestBytes,
  requestFields,
} from "../answers.ts"
import type { Field, Resource, Service } from "../api-design.ts"
import { hashText, mix } from "../draws.ts"
import type { Exchange } from "../exchange.ts"

const STATES = ["open", "closed", "pending", "done"]
const digits = (seed: number, count: number): string => {
  let text = ""
  for (let k = 0; text.length < count; k++) text += String(mix(seed, k)).padStart(10, "0")
  return text.slice(0, count)
}

/** Two check digits by ISO 7064 mod 97-10, country DE. */
function iban(seed: number): string {
  const account = digits(seed, 18)
  const check = 98n - (BigInt(`${account}131400`) % 97n)
  return `DE${String(check).padStart(2, "0")}${account}`
}

/** With Luhn's check digit. */
function card(seed: number): string {
  const head = `4${digits(seed, 14)}`
  let sum = 0
  for (let k = 0; k < head.length; k++) {
    const digit = Number(head[head.length - 1 - k]) * (k % 2 === 0 ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  return head + ((10 - (sum % 10)) % 10)
}

function idText(resource: Resource, number: number): string {
  const text = resource.collection.text(number)
  return resource.collection.style === "int" ? text : `"${text}"`
}

function fieldText(field: Field, resource: Resource | null, number: number): string {
  const seed = hashText(`${field.name} ${number}`)
  switch (field.type) {
    case "id":
      return idText(resource!, number)
    case "reference": {
      const reference = resource!.collection.referenceOf(number)
      return resource!.referred === null || reference < 0 ? '""' : idText(resource!.referred, reference)
    }
    case "number":
      return String(1 + (seed % 900))
    case "flag":
      return seed % 2 === 0 ? "true" : "false"
    case "time":
      return `"2026-0${1 + (seed % 8)}-1${seed % 10}T08:3${seed % 10}:00Z"`
    case "email":
      return `"desk.${digits(seed, 5)}@kunden.example"`
    case "iban":
      return `"${iban(seed)}"`
    case "card":
      return `"${card(seed)}"`
    case "phone":
      return `"+4930${digits(seed, 7)}"`
    default:
      return `"${STATES[seed % STATES.length]}"`
  }
}

function objectText(fields: readonly Field[], resource: Resource | null, number: number): string {
  let text = "{"
  for (const field of fields) text += `${text === "{" ? "" : ","}"${field.name}":${fieldText(field, resource, number)}`
  return `${text}}`
}

/** White space before the last bracket. */
function filled(text: string, bytes: number): string {
  return text.length >= bytes ? text : text.slice(0, -1) + " ".repeat(bytes - text.length) + text.slice(-1)
}

/** Elements have equal lengths, so that what is cut off a long list is a part of its elements. */
const element = (fields: readonly Field[], resource: Resource | null, number: number): string =>
  filled(objectText(fields, resource, number), fields.length * FIELD_BYTES - 1)

/** "" for none. */
export function answerText(exchange: Exchange, service: Service): string {
  const kind = answerKind(exchange)
  const { route, asked, given, form } = exchange
  if (kind === "none") return ""
  const bytes = answerBytes(exchange, kind)
  if (kind === "error") return filled(objectText(ERROR_FIELDS, null, exchange.status), bytes)
  const fields = fieldsOf(route.resource, form)
  if (kind === "object") return filled(objectText(fields, route.resource, given?.[0] ?? asked), bytes)
  const items =
    kind === "lines"
      ? Array.from({ length: linesOf(asked) }, (_, k) => element(LINE_FIELDS, null, k + 1))
      : given!.map((number) => element(fields, route.resource, number))
  const name = kind === "lines" ? "items" : service.envelope
  const list = `[${items.join(",")}]`
  if (name === "") return filled(list, bytes)
  return filled(kind === "lines" ? `{"${name}":${list}}` : `{"total":${items.length},"${name}":${list}}`, bytes)
}

/** "" for none. */
export function requestText(exchange: Exchange): string {
  const bytes = requestBytes(exchange)
  if (bytes === 0) return ""
  const { route, sent } = exchange
  const parts = requestFields(exchange).map((name) => {
    if (name === "amount" || name === "version") return `"${name}":12`
    if (name === "is_admin") return `"${name}":true`
    return name.endsWith("_id") ? `"${name}":${idText(route.resource!.referred!, sent[0]!)}` : `"${name}":"open"`
  })
  return filled(`{${parts.join(",")}}`, bytes)
}
