// What a specification says of one operation, the same for OpenAPI 3.0, 3.1 and Swagger 2.
import type { JsonObject } from "./document.ts"
import type { Dialect } from "./validation.ts"

/** Where operations hang: a host and a path below it. */
export interface ServerBase {
  /** Lower case, without the default port; "*" stands for a free variable; "" for the host that the document is used at. */
  readonly host: string
  /** "" or "/v1"; a free variable is a parameter: "/{tenant}". */
  readonly path: string
}

export interface SpecifiedParameter {
  readonly in: "path" | "query" | "header" | "cookie"
  readonly name: string
  readonly isRequired: boolean
  readonly isDeprecated: boolean
  /** JSON types that it may have (null left out); empty: any. */
  readonly types: readonly string[]
  readonly format: string
  readonly enumeration: readonly string[]
  /** one: under its name. deep: "filter[status]". members: each member of an object under its own name. */
  readonly form: "one" | "deep" | "members"
  /** Of form "members": the names; null: any. */
  readonly members: readonly string[] | null
}

export interface SpecifiedContent {
  /** Lower case, without parameters; ranges as they are. */
  readonly type: string
  /** As it stands in the document, references included; undefined: any. */
  readonly schema: unknown
}

export interface SpecifiedBody {
  readonly isRequired: boolean
  readonly content: readonly SpecifiedContent[]
}

export interface SpecifiedResponse {
  /** "200", "2XX" or "default". */
  readonly status: string
  readonly description: string
  /** Empty: it says nothing of bodies. */
  readonly content: readonly SpecifiedContent[]
}

export interface SecurityScheme {
  readonly name: string
  /** basic, bearer, digest, other (of HTTP); apiKey, oauth2, openIdConnect, mutualTLS; unknown. */
  readonly kind: string
  /** Of an apiKey: where, and the name there (lower case in headers). */
  readonly in: string
  readonly parameter: string
}

export interface SpecifiedOperation {
  /** Upper case. */
  readonly method: string
  /** As the document writes it, below the bases. */
  readonly path: string
  readonly bases: readonly ServerBase[]
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly parameters: readonly SpecifiedParameter[]
  readonly requestBody: SpecifiedBody | null
  readonly responses: readonly SpecifiedResponse[]
  /** One of these, each all of its schemes; empty when none is demanded, or one of them is none. */
  readonly security: readonly (readonly SecurityScheme[])[]
  /** Whether the document demands credentials here: `security` is not empty and no alternative is empty. */
  readonly isSecured: boolean
  /** Whether the document says that no credential is needed: `security` is there and empty, or has an empty alternative. */
  readonly isOpen: boolean
  readonly isDeprecated: boolean
  readonly pointer: string
}

export interface ParsedSpecification {
  readonly dialect: Dialect
  /** "openapi 3.1.0". */
  readonly format: string
  readonly syntax: "json" | "yaml"
  readonly title: string
  readonly version: string
  readonly operations: readonly SpecifiedOperation[]
  readonly bases: readonly ServerBase[]
  /** Every security scheme of the document. */
  readonly schemes: readonly SecurityScheme[]
  /** What is no reason to refuse it, a sentence each. */
  readonly remarks: readonly string[]
  /** For the references in schemas. */
  readonly tree: JsonObject
}
