// Evidence of templates, routes and samples as the API shows them.
import type { TemplateReads } from "../../inventory/template-edits.ts"
import type { EndpointRecord, RouteRecord } from "../../store/records.ts"
import { isoTime } from "../event-time.ts"
import type { EndpointDetail } from "../models.ts"
import type { TemplateEvidence } from "../template-models.ts"

type Read = NonNullable<ReturnType<TemplateReads["endpoint"]>>
type TemplateParts = Pick<EndpointDetail, "templateEvidence" | "routes" | "aliases" | "derivedFrom" | "samples">

const orNull = (text: string): string | null => (text === "" ? null : text)
const shapeOf = (shape: number): string | null => (shape === 0 ? null : (shape >>> 0).toString(16).padStart(8, "0"))

function evidenceView({ decidedUs, isOpen, ...evidence }: Read["evidence"][number]): TemplateEvidence {
  const examples = evidence.examples.map((example) => ({ ...example }))
  return {
    ...evidence,
    kinds: { ...evidence.kinds },
    numbers: { ...evidence.numbers },
    examples,
    decided: isoTime(decidedUs),
    open: isOpen,
  }
}

/** `read`: null where no inventory is at hand. */
export function templateView(record: EndpointRecord, routes: readonly RouteRecord[], read: Read | null): TemplateParts {
  return {
    templateEvidence: (read?.evidence ?? []).map(evidenceView),
    routes: routes.map(({ id, path, extension, traffic }) => ({
      id,
      path: extension === "" || path.endsWith(`.${extension}`) ? path : `${path}.${extension}`,
      requests: traffic?.requests ?? record.requests,
    })),
    aliases: [...(read?.aliases ?? routes.map(({ id }) => id).filter((id) => id !== record.id))],
    derivedFrom: orNull(record.derivedFrom),
    samples: record.samples.map(({ atUs, latencyUs, requestShape, responseShape, flags: _, ...sample }) => ({
      ...sample,
      why: [...sample.why],
      at: isoTime(atUs),
      consumer: orNull(sample.consumer),
      exchange: orNull(sample.exchange),
      latencyMs: latencyUs < 0 ? null : latencyUs / 1000,
      requestShape: shapeOf(requestShape),
      responseShape: shapeOf(responseShape),
    })),
  }
}
