// Operations of an OpenAPI 3.0 or 3.1 document.
//
// In:  a tree that is valid. Out: operations with everything resolved but the references inside schemas; a SpecificationError where a
// reference outside schemas leads to nothing.
import { isObject, type JsonObject } from "./document.ts"
import {
  found,
  isPlace,
  METHODS,
  mediaType,
  mergedParameters,
  parameterOf,
  securityOf,
  text,
  texts,
} from "./operation-parts.ts"
import { elements, members, type References } from "./references.ts"
import { basesOf } from "./server-bases.ts"
import type {
  SecurityScheme,
  SpecifiedBody,
  SpecifiedContent,
  SpecifiedOperation,
  SpecifiedParameter,
  SpecifiedResponse,
} from "./specified-operation.ts"

const HTTP_KINDS: Readonly<Record<string, string>> = { basic: "basic", bearer: "bearer", digest: "digest" }

export function openapiSchemes(tree: JsonObject, references: References): Map<string, SecurityScheme> {
  const schemes = new Map<string, SecurityScheme>()
  const components = isObject(tree.components) ? tree.components.securitySchemes : undefined
  for (const [name, scheme] of found(components, "/components/securitySchemes", references)) {
    const type = text(scheme.type)
    const kind = type === "http" ? (HTTP_KINDS[text(scheme.scheme).toLowerCase()] ?? "other") : type
    const place = text(scheme.in)
    const parameter = place === "header" ? text(scheme.name).toLowerCase() : text(scheme.name)
    schemes.set(name, { name, kind, in: place, parameter })
  }
  return schemes
}

export function* openapiOperations(
  tree: JsonObject,
  references: References,
  schemes: ReadonlyMap<string, SecurityScheme>,
): Iterable<SpecifiedOperation> {
  const bases = basesOf(tree.servers)
  for (const [path, item, at] of found(tree.paths, "/paths", references)) {
    if (!path.startsWith("/")) continue
    const shared = parametersOf(item.parameters, `${at}/parameters`, references)
    const itemBases = item.servers === undefined ? bases : basesOf(item.servers)
    for (const method of METHODS) {
      const operation = item[method]
      if (!isObject(operation)) continue
      const own = parametersOf(operation.parameters, `${at}/${method}/parameters`, references)
      yield {
        method: method.toUpperCase(),
        path,
        bases: operation.servers === undefined ? itemBases : basesOf(operation.servers),
        operationId: text(operation.operationId),
        summary: text(operation.summary),
        tags: texts(operation.tags),
        parameters: mergedParameters([shared, own]),
        requestBody: bodyOf(operation.requestBody, `${at}/${method}/requestBody`, references),
        responses: [...responsesOf(operation.responses, `${at}/${method}/responses`, references)],
        ...securityOf(operation.security, tree.security, schemes),
        isDeprecated: operation.deprecated === true,
        pointer: `${at}/${method}`,
      }
    }
  }
}

function parametersOf(list: unknown, pointer: string, references: References): SpecifiedParameter[] {
  const parameters: SpecifiedParameter[] = []
  for (const [element, at] of elements(list, pointer)) {
    const parameter = references.follow(element, at, true)?.value
    if (!isObject(parameter) || !isPlace(parameter.in)) continue
    // With `content` the value is a document of its own: nothing is said of its text.
    parameters.push(
      parameterOf(parameter, parameter.in, parameter.content === undefined ? parameter.schema : undefined, references),
    )
  }
  return parameters
}

function contentOf(content: unknown): SpecifiedContent[] {
  const list: SpecifiedContent[] = []
  for (const [type, media] of members(content, ""))
    list.push({ type: mediaType(type), schema: isObject(media) ? media.schema : undefined })
  return list
}

function bodyOf(given: unknown, pointer: string, references: References): SpecifiedBody | null {
  if (given === undefined) return null
  const body = references.follow(given, pointer, true)?.value
  return isObject(body) ? { isRequired: body.required === true, content: contentOf(body.content) } : null
}

function* responsesOf(given: unknown, pointer: string, references: References): Iterable<SpecifiedResponse> {
  for (const [status, response] of found(given, pointer, references)) {
    if (status.startsWith("x-")) continue
    yield {
      status: status.toUpperCase() === "DEFAULT" ? "default" : status.toUpperCase(),
      description: text(response.description),
      content: contentOf(response.content),
    }
  }
}
