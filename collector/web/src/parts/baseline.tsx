// Usual against observed: a measure a day, the band of what is usual, what peers do at most, and the time in question.
import { useMemo, useState } from "preact/hooks"
import { query, useApi } from "../api.ts"
import { bandSentence, columnsOf, MEASURES, ordered } from "../bands.ts"
import { bytes, compact, count } from "../format.ts"
import type { Band, Baseline } from "../types/incidents.ts"
import { type Between, Chart, type Line, type Mark } from "./chart.tsx"
import { LearningBadge } from "./incident-labels.tsx"
import { Loaded } from "./states.tsx"

const DAY_S = 86_400
const LINES: readonly Line[] = [
  { label: "Counted", colour: "--chart-line" },
  { label: "Half of such days", colour: "--chart-edge", dash: true },
  { label: "99 of 100", colour: "--chart-edge" },
  { label: "Peers, 99 of 100", colour: "--chart-second", dash: true },
]
/** Between what half and what nearly all such days have. */
const BETWEEN: readonly Between[] = [{ series: [3, 2], fill: "--chart-band" }]
const whole = (value: number): string => (value % 1 === 0 ? compact(value) : "")

interface PictureProps {
  readonly band: Band
  readonly mark: Mark | null
}

function Picture({ band, mark }: PictureProps) {
  const data = useMemo(() => columnsOf(band), [band])
  const title = `${MEASURES[band.measure] ?? band.measure} a day. ${bandSentence(band)}`
  return (
    <Chart
      title={title}
      lines={LINES}
      data={data}
      stepS={DAY_S}
      format={band.measure === "bytes" ? bytes : whole}
      floor={4}
      between={BETWEEN}
      mark={mark}
      isRooted={isFarOut(band)}
    />
  )
}

/** What is usual would be a line at the foot of the picture. */
function isFarOut({ days }: Band): boolean {
  const most = Math.max(0, ...days.map(({ count: counted }) => counted ?? 0))
  const usual = Math.max(0, ...days.map(({ q99 }) => q99 ?? 0))
  return usual > 0 && most > 5 * usual
}

/** Where the usual level comes from, in a sentence. */
function Ground({ band }: { readonly band: Band }) {
  const own =
    band.days.at(-1)?.q99 === null
      ? "Too few days of its own to say what is usual; its peers say it."
      : `Learned from ${count(band.learnedDays)} ${band.learnedDays === 1 ? "day" : "days"}: the newest wait, days out of the usual are left out.`
  return (
    <p class="faint">
      {bandSentence(band)} {own}
      {isFarOut(band) ? " Heights are square roots." : ""}
      {band.isWatched ? "" : " No detection looks at this count by itself."}
    </p>
  )
}

function Bands({
  bands,
  detection,
  mark,
}: {
  readonly bands: readonly Band[]
  readonly detection: string
  readonly mark: Mark | null
}) {
  const offered = useMemo(() => ordered(bands, detection), [bands, detection])
  const [chosen, choose] = useState("")
  const band = offered.find(({ measure }) => measure === chosen) ?? offered[0]
  if (band === undefined) return <p class="faint">Nothing was counted here yet.</p>
  return (
    <>
      <fieldset class="choice wrap">
        <legend class="unseen">What is counted</legend>
        {offered.map(({ measure }) => (
          <button
            key={measure}
            type="button"
            class="button"
            aria-pressed={measure === band.measure}
            onClick={() => choose(measure)}
          >
            {MEASURES[measure] ?? measure}
          </button>
        ))}
      </fieldset>
      <Picture key={band.measure} band={band} mark={mark} />
      <Ground band={band} />
    </>
  )
}

interface UsualProps {
  readonly consumer: string
  /** Id of an endpoint; "" over all of them. */
  readonly endpoint?: string
  readonly detection?: string
  /** The time in question, ISO. */
  readonly from?: string | null
  readonly to?: string | null
}

export function Usual({ consumer, endpoint = "", detection = "", from = null, to = null }: UsualProps) {
  const answer = useApi<Baseline>(`/consumers/${encodeURIComponent(consumer)}/baseline${query({ endpoint })}`)
  const mark = useMemo(
    () => (from === null || to === null ? null : { fromS: Date.parse(from) / 1000, toS: Date.parse(to) / 1000 }),
    [from, to],
  )
  return (
    <Loaded answer={answer}>
      {({ bands, learning }) =>
        learning === null ? (
          <p class="faint">The analysis does not follow this consumer: it has made no exchange since it began.</p>
        ) : (
          <>
            <LearningBadge learning={learning} />
            <Bands bands={bands} detection={detection} mark={mark} />
          </>
        )
      }
    </Loaded>
  )
}
