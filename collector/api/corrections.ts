// Corrections of an endpoint's template as the pins that say the same: split a value off, merge endpoints, rename a parameter.
import { ApiProblem } from "./problem.ts"

const MARK = /\{[^{}]*\}/
const MARKS = /\{[^{}]*\}/g

/** What the sensor sends as a kind and not as text: no value of it can be told from another. */
const STRONG = /^(\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|\d{4}-\d{2}-\d{2}.*)$/i

/** The path of one value, to be pinned as text. */
export function splitPath(template: string, { value, path }: { value?: string; path?: string }): string {
  if ((value === undefined) === (path === undefined))
    throw new ApiProblem(400, 'Say either "value" or "path": what is to be an endpoint of its own.', "value")
  const split = path ?? replaceOnly(template, value!)
  const [whole, segments] = [template.split("/"), split.split("/")]
  const isWithin =
    whole.length === segments.length && whole.every((segment, i) => MARK.test(segment) || segment === segments[i])
  if (!isWithin) throw new ApiProblem(422, `${split} does not lie within ${template}.`, "path")
  if (split.replaceAll(MARKS, "{}") === template.replaceAll(MARKS, "{}"))
    throw new ApiProblem(422, `${split} splits nothing off ${template}: a parameter has to become text.`, "path")
  for (const [i, segment] of segments.entries())
    if (segment !== whole[i] && STRONG.test(segment))
      throw new ApiProblem(
        422,
        `Values like ${segment} leave the sensor as their kind: none can be told apart.`,
        "path",
      )
  return split
}

function replaceOnly(template: string, value: string): string {
  if (value.includes("/")) throw new ApiProblem(422, 'A value has no "/": say "path".', "value")
  const parameters = template.match(MARKS) ?? []
  if (parameters.length === 1) return template.replace(MARK, () => value)
  const sentence =
    parameters.length === 0
      ? `${template} has no parameter: there is nothing to split.`
      : `${template} has ${parameters.length} parameters: say "path", with the others in braces.`
  throw new ApiProblem(422, sentence, "value")
}

/** The template that all of these have in common: where they differ there is a parameter, named after the text before it. */
export function mergedPath(templates: readonly string[]): string {
  const [first, ...others] = templates.map((template) => template.split("/"))
  const odd = others.find((segments) => segments.length !== first!.length)
  if (odd !== undefined)
    throw new ApiProblem(422, `${odd.join("/")} has another number of segments than ${first!.join("/")}.`, "with")
  const names = new Set(templates[0]!.match(MARKS) ?? [])
  const merged = first!.map((segment, i) => {
    if (others.every((segments) => segments[i] === segment) || MARK.test(segment)) return segment
    const parameter = others.map((segments) => segments[i]!).find((other) => MARK.test(other))
    const name = parameter ?? freeName(first![i - 1] ?? "", names)
    names.add(name)
    return name
  })
  const path = merged.join("/")
  if (templates.every((template) => template === path) || path.replaceAll(MARKS, "").replaceAll("/", "") === "")
    throw new ApiProblem(
      422,
      `These templates have nothing in common, or are the same: ${templates.join(", ")}.`,
      "with",
    )
  return path
}

function freeName(before: string, taken: ReadonlySet<string>): string {
  const stem = /^[A-Za-z]\w*$/.test(before) ? before.replace(/([^s])s$/i, "$1") : "value"
  for (let i = 1; ; i++) {
    const name = `{${i === 1 ? stem : `${stem}${i}`}}`
    if (!taken.has(name)) return name
  }
}

/** The same template with other names for its parameters. */
export function renamedPath(template: string, to: string): string {
  if (to.replaceAll(MARKS, "{}") !== template.replaceAll(MARKS, "{}"))
    throw new ApiProblem(
      422,
      `${to} is another template than ${template}: only names between braces may change.`,
      "template",
    )
  if (to === template) throw new ApiProblem(422, `It is called ${template} already.`, "template")
  return to
}
