// What a package says of its contents: licences, and a bill of materials (CycloneDX 1.5) without times or random numbers.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { PackedPackage } from "./contents.ts"

/** Licences that may be packed: permissive ones, whose terms are kept by shipping their texts. */
export const LICENCES: ReadonlySet<string> = new Set([
  "MIT",
  "Apache-2.0",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "BlueOak-1.0.0",
  "Unlicense",
])

/** Packages whose licence is none of these, a sentence each. */
export const licenceFaults = (packages: readonly PackedPackage[]): readonly string[] =>
  packages
    .filter(({ licence }) => !LICENCES.has(licence))
    .map(({ name, version, licence }) => `${name} ${version} has the licence "${licence}", which is not in the list.`)

/** debian/copyright: DEP-5, a paragraph a package, with the text that it ships. */
export function copyright(root: string, packages: readonly PackedPackage[]): string {
  const own = readFileSync(join(root, "LICENSE"), "utf8")
  return [
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
    "Upstream-Name: sonde",
    "",
    "Files: *",
    "Copyright: the authors of Sonde",
    "License: Apache-2.0",
    indented(own),
    ...packages.map((one) =>
      [
        "",
        `Files: usr/lib/*/${one.path}/*`,
        `Copyright: the authors of ${one.name}`,
        `License: ${one.licence}-of-${one.name.replaceAll(/[^a-zA-Z0-9.]/g, "-")}`,
        indented(
          licenceText(join(root, one.path)) ||
            `${one.name} ${one.version}, ${one.licence}; it ships no text of its own.`,
        ),
      ].join("\n"),
    ),
    "",
  ].join("\n")
}

function licenceText(folder: string): string {
  if (!existsSync(folder)) return ""
  const name = readdirSync(folder)
    .sort()
    .find((one) => /^(licen[cs]e|copying)/i.test(one))
  return name === undefined ? "" : readFileSync(join(folder, name), "utf8")
}

const indented = (text: string): string =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => (line.trim() === "" ? " ." : ` ${line}`))
    .join("\n")

const purlOf = ({ name, version }: PackedPackage): string => `pkg:npm/${name.replace("@", "%40")}@${version}`

/** The bill of materials as JSON. */
export function billOfMaterials(name: string, version: string, packages: readonly PackedPackage[]): string {
  const places = new Map(packages.map((one) => [one.path, purlOf(one)]))
  // The same version may lie in two places.
  const distinct = [...new Map(packages.map((one) => [purlOf(one), one])).values()]
  const components = distinct.map((one) => ({
    type: "library",
    "bom-ref": purlOf(one),
    name: one.name,
    version: one.version,
    purl: purlOf(one),
    licenses: [{ license: { id: one.licence } }],
    ...(one.integrity === "" ? {} : { hashes: [hashOf(one.integrity)] }),
  }))
  const isUsed = new Set(packages.flatMap((one) => one.uses))
  const roots = packages.filter((one) => !isUsed.has(one.path)).map(purlOf)
  const dependencies = [
    { ref: name, dependsOn: [...new Set(roots)] },
    ...distinct.map((one) => ({ ref: purlOf(one), dependsOn: one.uses.flatMap((path) => places.get(path) ?? []) })),
  ]
  const self = { "bom-ref": name, type: "application", name, version, licenses: [{ license: { id: "Apache-2.0" } }] }
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: self },
    components,
    dependencies,
  }
  return `${JSON.stringify(bill, null, 2)}\n`
}

/** "sha512-…" of the lock file, in the form of CycloneDX. */
function hashOf(integrity: string): { readonly alg: string; readonly content: string } {
  const [algorithm = "", value = ""] = integrity.split("-", 2)
  return { alg: algorithm.replace("sha", "SHA-"), content: Buffer.from(value, "base64").toString("hex") }
}
