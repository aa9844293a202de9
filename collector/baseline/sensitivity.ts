// How much a data class weighs: 2 for what harms people or opens doors, 1 for what names a person, 0.7 for nothing known.
const WEIGHTS: ReadonlyMap<string, number> = new Map([
  ["card", 2],
  ["iban", 2],
  ["password", 2],
  ["private-key", 2],
  ["api-key", 2],
  ["jwt", 2],
  ["ssn", 2],
  ["aadhaar", 2],
  ["cpf", 2],
  ["nino", 2],
  ["nir", 2],
  ["codice-fiscale", 2],
  ["pesel", 2],
  ["dni", 2],
  ["steuer-id", 2],
  ["cnpj", 1.5],
  ["passport", 2],
  ["birth-date", 1.5],
  ["email", 1.2],
  ["phone", 1.2],
])
const NONE = 0.7
const OTHER = 1

/** `classes`: "email=3" as events have them. 0.7 without any. */
export function sensitivityOf(classes: readonly string[]): number {
  let weight = NONE
  for (const text of classes) {
    const end = text.indexOf("=")
    weight = Math.max(weight, WEIGHTS.get(end < 0 ? text : text.slice(0, end)) ?? OTHER)
  }
  return weight
}

/** From this on an endpoint is sensitive. */
export const SENSITIVE = 1.2
