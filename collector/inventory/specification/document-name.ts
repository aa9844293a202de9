// Names of documents where nobody chose one.
import type { ParsedSpecification } from "./specified-operation.ts"

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, 30)

/** "orders-api-2.1.0". */
export function nameFor({ title, version }: Pick<ParsedSpecification, "title" | "version">): string {
  const name = [slug(title), slug(version)].filter((part) => part !== "").join("-")
  return name === "" ? "specification" : name
}

/** Of a version whose name another one has taken: "orders@1.4.0". */
export const formerName = (name: string, version: string): string => `${name.slice(0, 32)}@${slug(version) || "former"}`
