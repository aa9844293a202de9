// Options of `sonde-collector openapi`, declared once.
import type { Command } from "../shared/config/help.ts"
import type { Options, ValuesOf } from "../shared/config/options.ts"
import { COLLECTOR_OPTIONS } from "./collector-options.ts"

export const OPENAPI_OPTIONS = {
  ...COLLECTOR_OPTIONS,
  service: {
    kind: "text",
    sentence: "Service by name or id; import finds it by the document's servers when this is left out.",
    default: "",
    placeholder: "NAME",
  },
  name: {
    kind: "text",
    sentence: "import: name of the document; title and version when left out.",
    default: "",
    placeholder: "NAME",
  },
  supersedes: {
    kind: "text",
    sentence:
      "import: names of documents whose place it takes, with commas between; its own keeps its former version as outdated.",
    default: "",
    placeholder: "NAMES",
  },
  deprecated: { kind: "flag", sentence: "import: all that the document describes is outdated.", default: false },
  "in-force": {
    kind: "flag",
    sentence: "import: the document is in force even beside a newer version of the same title.",
    default: false,
  },
  unproven: {
    kind: "flag",
    sentence: "export: also endpoints that never answered with success.",
    default: false,
  },
  output: {
    kind: "text",
    sentence: "export: file to write; standard output when left out.",
    default: "",
    placeholder: "FILE",
  },
  format: {
    kind: "text",
    sentence: "export: json or yaml; diff: text or json. By default what the output's name says, else json and text.",
    default: "",
    placeholder: "text|json|yaml",
    check: (text: string) => (/^(text|json|yaml)?$/.test(text) ? null : "text, json or yaml"),
  },
} as const satisfies Options

export type OpenapiValues = ValuesOf<typeof OPENAPI_OPTIONS>

export const openapiCommand: Command & { readonly options: typeof OPENAPI_OPTIONS } = {
  name: "openapi",
  operands: "import FILE... | export | diff OLD NEW | diff FILE",
  sentence:
    "Specifications (OpenAPI 3.0, 3.1, Swagger 2.0; JSON or YAML; - for stdin). import gives documents to a service; export writes a service as it was observed; diff compares two documents, or one with what a collector observed at --service. Exit codes of diff: 0 nothing breaks, 3 something breaks or is undocumented; 1 and 2 as everywhere.",
  options: OPENAPI_OPTIONS,
}
