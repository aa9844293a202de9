import { query as queryOf, send, useApi } from "../api.ts"
import { number } from "../facts.ts"
import { count, time } from "../format.ts"
import { Offered } from "../parts/access.tsx"
import { DecoysPanel } from "../parts/decoys.tsx"
import { EditButton, type Field, REASON, type Values } from "../parts/form.tsx"
import { Head } from "../parts/head.tsx"
import { BudgetPanel } from "../parts/incident-budget.tsx"
import { Blank, Loaded } from "../parts/states.tsx"
import type { Edited, Page } from "../types/common.ts"
import type { Detection, Setting } from "../types/incidents.ts"

const settingFields = (settings: readonly Setting[]): Field[] =>
  settings.map(({ name, value, default: normal, min, max, unit, why }) => ({
    name,
    label: `${name}, ${unit}`,
    kind: "number",
    value: String(value),
    hint: `${number(min)} to ${number(max)}; ${number(normal)} unless set: ${why}`,
  }))

/** Numbers that are not the default. */
export function settingValues(settings: readonly Setting[], values: Values): Record<string, number> {
  const set = settings.map(({ name, default: normal }) => [name, values[name] ?? "", normal] as const)
  return Object.fromEntries(
    set
      .filter(([, text, normal]) => text.trim() !== "" && Number(text) !== normal)
      .map(([name, text]) => [name, Number(text)]),
  )
}

function Buttons({ detection }: { readonly detection: Detection }) {
  const { name, title, isEnabled, settings } = detection
  const path = `/detections/${encodeURIComponent(name)}`
  const present = Object.fromEntries(settings.map((setting) => [setting.name, String(setting.value)]))
  return (
    <span class="buttons">
      <EditButton
        needs="admin"
        label={isEnabled ? "Switch off" : "Switch on"}
        about={title}
        title={`${isEnabled ? "Switch off" : "Switch on"}: ${title}`}
        fields={[REASON]}
        submit={isEnabled ? "Switch off" : "Switch on"}
        effect={() =>
          isEnabled
            ? "It raises nothing from now on. What is usual is learned all the same."
            : "It raises incidents from now on; what is usual was learned all the time."
        }
        send={async ({ reason = "" }) => {
          const values = settingValues(settings, present)
          return (await send<Edited>("PUT", path, { isEnabled: !isEnabled, values, reason })).sentence
        }}
      />
      {settings.length === 0 ? null : (
        <EditButton
          needs="admin"
          label="Settings"
          about={`of ${title}`}
          title={`Settings: ${title}`}
          fields={[...settingFields(settings), REASON]}
          submit="Save"
          effect={() =>
            "It holds from now on. Back-test it first to see what it would have made of the stored history."
          }
          send={async ({ reason = "", ...values }) =>
            (await send<Edited>("PUT", path, { isEnabled, values: settingValues(settings, values), reason })).sentence
          }
        />
      )}
      <Offered needs="analyst">
        <a class="button small" href={`/backtest${queryOf({ detection: name })}`} aria-label={`Back-test ${title}`}>
          Back-test
        </a>
      </Offered>
    </span>
  )
}

function SettingLine({ setting }: { readonly setting: Setting }) {
  const { name, value, default: normal, min, max, unit, why } = setting
  return (
    <li>
      <strong>
        {name} {number(value)}
      </strong>{" "}
      <span class="faint">
        {unit}, {number(min)} to {number(max)}
      </span>{" "}
      {value === normal ? null : <span class="badge info">not the default {number(normal)}</span>}
      <div class="soft">{why}</div>
    </li>
  )
}

function Row({ detection }: { readonly detection: Detection }) {
  const { name, number: place, title, about, family, owasp, falsePositives, isEnabled, settings, by, at } = detection
  return (
    <li class="detection" data-row>
      <span class="place faint">{place}</span>
      <div>
        <h3 class="detection-title">
          <a data-main href={`/incidents${queryOf({ kind: name, state: "all" })}`}>
            {title}
          </a>{" "}
          <span class={`badge ${isEnabled ? "good" : ""}`}>{isEnabled ? "on" : "off"}</span>{" "}
          <span class="badge info">{family}</span>{" "}
          {owasp.map((one) => (
            <span key={one} class="badge" title="OWASP API Security Top 10, 2023">
              {one}
            </span>
          ))}
        </h3>
        <p>{about}</p>
        <p class="faint">
          <span class="mono">{name}</span>
          {falsePositives.length === 0 ? "" : `. Looks also at: ${falsePositives.join(", ")}.`}
          {by === null ? "" : ` Set by ${by}, ${time(at)}.`}
        </p>
        {settings.length === 0 ? null : (
          <ul class="settings">
            {settings.map((setting) => (
              <SettingLine key={setting.name} setting={setting} />
            ))}
          </ul>
        )}
      </div>
      <Buttons detection={detection} />
    </li>
  )
}

export function DetectionsPage() {
  const answer = useApi<Page<Detection>>("/detections?limit=100")
  const on = answer.body?.items.filter(({ isEnabled }) => isEnabled).length ?? 0
  const sub = answer.body === null ? undefined : `${count(on)} of ${count(answer.body.total)} are on.`
  return (
    <>
      <Head title="Detections" {...(sub === undefined ? {} : { sub })}>
        <Offered needs="analyst">
          <a class="button small" href="/backtest">
            Back-test
          </a>
        </Offered>
      </Head>
      <div class="grid wide-narrow">
        <section class="panel" aria-label="Detections">
          <Loaded answer={answer}>
            {({ items }) =>
              items.length === 0 ? (
                <Blank title="No detections.">
                  <p>This collector runs without the analysis.</p>
                </Blank>
              ) : (
                <ul>
                  {items.map((detection) => (
                    <Row key={detection.name} detection={detection} />
                  ))}
                </ul>
              )
            }
          </Loaded>
        </section>
        <div class="stack">
          <BudgetPanel />
          <DecoysPanel />
        </div>
      </div>
    </>
  )
}
