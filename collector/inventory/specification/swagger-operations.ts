// Operations of a Swagger 2.0 document.
//
// In:  a tree that is valid. Out: the same as of OpenAPI 3: a parameter "in body" and those "in formData" are the request body, `consumes`
// and `produces` its content and that of the responses with a schema.
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
import { elements, type References } from "./references.ts"
import { basesOfHost } from "./server-bases.ts"
import type {
  SecurityScheme,
  SpecifiedBody,
  SpecifiedOperation,
  SpecifiedParameter,
  SpecifiedResponse,
} from "./specified-operation.ts"

const FORM_TYPES = ["application/x-www-form-urlencoded", "multipart/form-data"]

export function swaggerSchemes(tree: JsonObject, references: References): Map<string, SecurityScheme> {
  const schemes = new Map<string, SecurityScheme>()
  for (const [name, scheme] of found(tree.securityDefinitions, "/securityDefinitions", references)) {
    const place = text(scheme.in)
    const parameter = place === "header" ? text(scheme.name).toLowerCase() : text(scheme.name)
    schemes.set(name, { name, kind: text(scheme.type), in: place, parameter })
  }
  return schemes
}

interface Given {
  readonly parameters: readonly SpecifiedParameter[]
  readonly body: JsonObject | null
  readonly fields: readonly JsonObject[]
}

export function* swaggerOperations(
  tree: JsonObject,
  references: References,
  schemes: ReadonlyMap<string, SecurityScheme>,
): Iterable<SpecifiedOperation> {
  const bases = basesOfHost(tree.host, tree.basePath)
  for (const [path, item, at] of found(tree.paths, "/paths", references)) {
    if (!path.startsWith("/")) continue
    const shared = given(item.parameters, `${at}/parameters`, references)
    for (const method of METHODS) {
      const operation = item[method]
      if (!isObject(operation)) continue
      const own = given(operation.parameters, `${at}/${method}/parameters`, references)
      const produces = texts(operation.produces ?? tree.produces).map(mediaType)
      yield {
        method: method.toUpperCase(),
        path,
        bases,
        operationId: text(operation.operationId),
        summary: text(operation.summary),
        tags: texts(operation.tags),
        parameters: mergedParameters([shared.parameters, own.parameters]),
        requestBody: bodyOf(shared, own, texts(operation.consumes ?? tree.consumes).map(mediaType)),
        responses: [...responsesOf(operation.responses, `${at}/${method}/responses`, references, produces)],
        ...securityOf(operation.security, tree.security, schemes),
        isDeprecated: operation.deprecated === true,
        pointer: `${at}/${method}`,
      }
    }
  }
}

function given(list: unknown, pointer: string, references: References): Given {
  const parameters: SpecifiedParameter[] = []
  const fields: JsonObject[] = []
  let body: JsonObject | null = null
  for (const [element, at] of elements(list, pointer)) {
    const parameter = references.follow(element, at, true)?.value
    if (!isObject(parameter)) continue
    if (parameter.in === "body") body = parameter
    else if (parameter.in === "formData") fields.push(parameter)
    // The parameter is its own schema; lists ("collectionFormat") stay under their name.
    else if (isPlace(parameter.in)) parameters.push(parameterOf(parameter, parameter.in, parameter, references))
  }
  return { parameters, body, fields }
}

function bodyOf(shared: Given, own: Given, consumes: readonly string[]): SpecifiedBody | null {
  const body = own.body ?? shared.body
  if (body !== null) {
    const types = consumes.length > 0 ? consumes : ["*/*"]
    return { isRequired: body.required === true, content: types.map((type) => ({ type, schema: body.schema })) }
  }
  const fields = new Map([...shared.fields, ...own.fields].map((field) => [text(field.name), field]))
  if (fields.size === 0) return null
  const types = consumes.filter((type) => FORM_TYPES.includes(type))
  const schema = {
    type: "object",
    properties: Object.fromEntries(fields),
    required: [...fields].filter(([, field]) => field.required === true).map(([name]) => name),
  }
  return {
    isRequired: schema.required.length > 0,
    content: (types.length > 0 ? types : FORM_TYPES).map((type) => ({ type, schema })),
  }
}

function* responsesOf(
  responses: unknown,
  pointer: string,
  references: References,
  produces: readonly string[],
): Iterable<SpecifiedResponse> {
  for (const [status, response] of found(responses, pointer, references)) {
    if (status.startsWith("x-")) continue
    const { schema } = response
    const content =
      schema === undefined ? [] : (produces.length > 0 ? produces : ["*/*"]).map((type) => ({ type, schema }))
    yield { status, description: text(response.description), content }
  }
}
