// What bodies have in common, a tree for each status and media type.
import { useState } from "preact/hooks"
import { compact, percent, time } from "../format.ts"
import { schemaRows } from "../schema-rows.ts"
import type { Body, BodySchema, SchemaField } from "../types/schemas.ts"
import { Bars, barsOf } from "./bars.tsx"

/** Fields shown before the rest is asked for. */
const FIELDS_SHOWN = 60

const typeOf = (field: SchemaField): string =>
  Object.entries(field.types)
    .sort((a, b) => b[1] - a[1])
    .map(([type]) => type)
    .join(" | ")

function often({ required, presence }: SchemaField): string {
  return required ? "required" : presence >= 1 ? "always" : percent(presence)
}

function Tree({ root }: { readonly root: SchemaField }) {
  const [isLong, setLong] = useState(false)
  const { rows, more } = schemaRows(root, isLong ? Number.POSITIVE_INFINITY : FIELDS_SHOWN)
  return (
    <>
      <ul class="fields">
        {rows.map(({ field, depth, label }) => (
          <li key={field.path} title={`${field.path}: ${compact(field.bodies)} bodies, since ${time(field.firstSeen)}`}>
            <span class="name" style={{ paddingLeft: `${depth * 16}px` }}>
              {label === field.name ? label : <em class="soft">{label}</em>}
            </span>
            <span class="type">
              {field.dataClasses.map((name) => (
                <span key={name} class="badge violet" title="Data class of this field">
                  {name}
                </span>
              ))}
              {typeOf(field)}
            </span>
            <span class="often">{often(field)}</span>
          </li>
        ))}
      </ul>
      {more === 0 ? null : (
        <button type="button" class="button small" onClick={() => setLong(true)}>
          {more} more fields
        </button>
      )}
    </>
  )
}

const nameOf = ({ status, contentType }: BodySchema): string =>
  [status === null ? "" : String(status), contentType ?? "no body"].filter((part) => part !== "").join(" ")

export function Schema({ title, body }: { readonly title: string; readonly body: Body }) {
  const [chosen, choose] = useState("")
  const bodies = body.bodies.toSorted((a, b) => b.bodies - a.bodies)
  const shown = bodies.find((one) => nameOf(one) === chosen) ?? bodies[0]
  return (
    <section class="panel" aria-label={title}>
      <div class="panel-head">
        <h2>{title}</h2>
        {shown === undefined ? null : <span class="aside">{compact(shown.bodies)} bodies</span>}
      </div>
      <div class="panel-body">
        {bodies.length <= 1 ? null : (
          <fieldset class="choice wrap">
            <legend class="unseen">Status and media type</legend>
            {bodies.map((one) => (
              <button
                key={nameOf(one)}
                type="button"
                class="button"
                aria-pressed={one === shown}
                onClick={() => choose(nameOf(one))}
              >
                {nameOf(one)}
              </button>
            ))}
          </fieldset>
        )}
        {bodies.length === 1 && shown !== undefined ? <span class="badge">{nameOf(shown)}</span> : null}
        {shown === undefined ? (
          Object.keys(body.contentTypes).length === 0 ? (
            <p class="faint">No body.</p>
          ) : (
            <>
              <p class="faint">Their fields are not known.</p>
              <Bars bars={barsOf(body.contentTypes)} empty="" />
            </>
          )
        ) : shown.root === null ? (
          <p class="faint">{shown.contentType === null ? "No body." : "The fields of these bodies are not known."}</p>
        ) : (
          <>
            {shown.known === shown.bodies ? null : (
              <p class="faint">Counted over the {compact(shown.known)} bodies whose fields are known.</p>
            )}
            <Tree root={shown.root} />
          </>
        )}
      </div>
    </section>
  )
}
