// sonde-collector openapi: documents to a collector, and what it observed back from it; differences for pipelines.
//
// In:  settled options, operands. Out: text for standard output, an exit code. Everything goes over the HTTP API; with --data over that of
// a collector of its own, which lives as long as the command and answers on loopback only, so that both ways are one.
import { readFileSync, writeFileSync } from "node:fs"
import { extname } from "node:path"
import type { Settled } from "../shared/config/options.ts"
import { UsageError, WorldError } from "../shared/config/program.ts"
import type { ApiClient, ObservedDrift, ServiceLabel } from "./api-client.ts"
import { type SpecificationDifference, specificationDifferences } from "./inventory/specification/differences.ts"
import { nameFor } from "./inventory/specification/document-name.ts"
import { parseSpecification } from "./inventory/specification/parse-specification.ts"
import { SpecificationError } from "./inventory/specification/specification-error.ts"
import type { ParsedSpecification } from "./inventory/specification/specified-operation.ts"
import type { OPENAPI_OPTIONS, OpenapiValues } from "./openapi-options.ts"
import { withCollector } from "./with-collector.ts"

/** Something breaks, or is undocumented. */
const BREAKS = 3

type Out = (text: string) => void

export async function runOpenapi(
  { values, origins, operands }: Settled<typeof OPENAPI_OPTIONS>,
  out: Out,
): Promise<number> {
  const [action, ...files] = operands
  if (origins.url === "command line" && origins.data === "command line")
    throw new UsageError(
      "--url and --data exclude each other: a collector that runs, or the store of one that does not.",
    )
  if (values.deprecated && values["in-force"]) throw new UsageError("--deprecated and --in-force exclude each other.")
  switch (action) {
    case "import":
      if (files.length === 0) throw new UsageError("openapi import needs FILE, or - for standard input.")
      return withCollector(values, (client) => importFiles(client, values, files, out))
    case "export":
      if (files.length > 0) throw new UsageError(`openapi export takes options only, not "${files[0]}".`)
      if (values.format === "text") throw new UsageError("--format of openapi export is json or yaml.")
      return withCollector(values, (client) => exportService(client, values, out))
    case "diff":
      return diff(values, files, out)
    default:
      throw new UsageError(
        action === undefined
          ? "openapi needs import, export or diff."
          : `openapi does not know "${action}"; there are import, export and diff.`,
      )
  }
}

interface Given {
  readonly file: string
  readonly text: string
  readonly parsed: ParsedSpecification
}

function read(file: string): Given {
  let text: string
  try {
    text = readFileSync(file === "-" ? 0 : file, "utf8")
  } catch (error) {
    throw new WorldError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  try {
    return { file, text, parsed: parseSpecification(text) }
  } catch (error) {
    if (error instanceof SpecificationError) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
}

async function serviceNamed(client: ApiClient, name: string): Promise<ServiceLabel> {
  const services = await client.services()
  const found = services.filter((service) => service.id === name || service.name === name || service.authority === name)
  if (found.length === 1) return found[0]!
  if (found.length > 1)
    throw new UsageError(
      `--service: ${found.length} services are called ${name}; their ids are ${found.map(({ id }) => id).join(", ")}.`,
    )
  const known = services.slice(0, 5).map((service) => service.name)
  throw new UsageError(
    `--service: no service is called ${name}${known.length === 0 ? "; there is none yet" : `; there are ${known.join(", ")}${services.length > 5 ? ", ..." : ""}`}.`,
  )
}

async function importFiles(
  client: ApiClient,
  values: OpenapiValues,
  files: readonly string[],
  out: Out,
): Promise<number> {
  if (values.name !== "" && files.length > 1) throw new UsageError("--name is for one document: give one FILE.")
  const documents = files.map(read)
  const service = values.service === "" ? null : await serviceNamed(client, values.service)
  for (const [i, { text, parsed }] of documents.entries()) {
    const name = values.name === "" ? nameFor(parsed) : values.name
    const terms = {
      ...(values.deprecated ? { deprecated: "true" } : values["in-force"] ? { deprecated: "false" } : {}),
      ...(i < documents.length - 1 ? { followed: "true" } : {}),
      ...(values.supersedes === "" ? {} : { supersedes: values.supersedes }),
    }
    const { sentence, specifications } = await client.importText(service, name, text, parsed.syntax, terms)
    out(`${sentence}\n`)
    for (const remark of new Set(specifications.flatMap(({ remarks }) => remarks))) out(`  ${remark}\n`)
  }
  return 0
}

async function exportService(client: ApiClient, values: OpenapiValues, out: Out): Promise<number> {
  if (values.service === "") throw new UsageError("openapi export needs --service NAME.")
  const service = await serviceNamed(client, values.service)
  const isYaml = values.format === "yaml" || (values.format === "" && /^\.ya?ml$/.test(extname(values.output)))
  const text = await client.exported(service.id, isYaml ? "yaml" : "json", values.unproven)
  if (values.output === "") out(text)
  else {
    try {
      writeFileSync(values.output, text)
    } catch (error) {
      throw new WorldError(`--output: ${values.output} cannot be written (${(error as NodeJS.ErrnoException).code}).`)
    }
    out(`${service.name} was written to ${values.output}.\n`)
  }
  return 0
}

async function diff(values: OpenapiValues, files: readonly string[], out: Out): Promise<number> {
  if (values.format === "yaml") throw new UsageError("--format of openapi diff is text or json.")
  if (files.length !== 1 && files.length !== 2)
    throw new UsageError("openapi diff takes OLD and NEW, or one FILE with --service NAME.")
  if (files.length === 2) {
    const [before, after] = files.map(read)
    return tell(specificationDifferences(before!.parsed, after!.parsed), values, out)
  }
  if (values.service === "")
    throw new UsageError("openapi diff of one FILE needs --service NAME: what it is compared with.")
  const { text, parsed } = read(files[0]!)
  return withCollector(values, async (client) => {
    const service = await serviceNamed(client, values.service)
    return tell(observedDifferences(await client.checked(service.id, text, parsed.syntax)), values, out)
  })
}

/** What was observed and is not documented; what is documented and was not observed breaks nothing. */
function observedDifferences({ endpoints, undocumented, unseen }: ObservedDrift): SpecificationDifference[] {
  return [
    ...undocumented.map(
      ({ method, template, status, why }): SpecificationDifference => ({
        effect: status === "shadow" ? "undocumented" : "compatible",
        kind: `endpoint.${status}`,
        operation: `${method} ${template}`,
        sentence: why,
      }),
    ),
    ...endpoints.flatMap(({ method, specified, drift }) =>
      drift.map(
        ({ kind, sentence }): SpecificationDifference => ({
          effect: "undocumented",
          kind,
          operation: `${method} ${specified}`,
          sentence,
        }),
      ),
    ),
    ...unseen.map(
      ({ method, template }): SpecificationDifference => ({
        effect: "compatible",
        kind: "operation.unseen",
        operation: `${method} ${template}`,
        sentence: "It was never seen.",
      }),
    ),
  ]
}

function tell(differences: readonly SpecificationDifference[], values: OpenapiValues, out: Out): number {
  const count = (effect: SpecificationDifference["effect"]): number =>
    differences.filter((difference) => difference.effect === effect).length
  const counts = { breaking: count("breaking"), undocumented: count("undocumented"), compatible: count("compatible") }
  if (values.format === "json") out(`${JSON.stringify({ ...counts, differences }, null, 2)}\n`)
  else {
    for (const effect of ["breaking", "undocumented", "compatible"] as const) {
      const those = differences.filter((difference) => difference.effect === effect)
      if (those.length > 0) out(`${effect} (${those.length})\n`)
      for (const { operation, sentence } of those) out(`  ${operation}: ${sentence}\n`)
    }
    if (differences.length === 0) out("No differences.\n")
  }
  return counts.breaking + counts.undocumented > 0 ? BREAKS : 0
}
