// Lines over time. The only import of uPlot.
import { useEffect, useMemo, useRef } from "preact/hooks"
import UPlot from "uplot"
import { compact } from "../format.ts"
import { onThemeChange } from "../theme.ts"
import type { SeriesPoint } from "../types/common.ts"
import { fillWindows, type Lines } from "../windows.ts"

const HEIGHT = 190
const MINUTE_S = 60
const HOUR_S = 3600
const DAY_S = 86_400

const utc = (seconds: number): Date => UPlot.tzDate(new Date(seconds * 1000), "Etc/UTC")
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const two = (value: number): string => String(value).padStart(2, "0")
const clock = (date: Date): string => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`

function label(seconds: number, stepS: number): string {
  const date = new Date(seconds * 1000)
  const day = date.toISOString().slice(0, 10)
  return stepS < DAY_S ? `${day.slice(5)} ${clock(date)}` : day
}

/** Midnight is named by its day, other times by the clock. */
function tick(seconds: number): string {
  const date = new Date(seconds * 1000)
  const isMidnight = date.getUTCHours() === 0 && date.getUTCMinutes() === 0
  return isMidnight ? `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}` : clock(date)
}

/** Seconds from one tick to the next. */
const TICKS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_S),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_S),
  ...[1, 2, 3, 7, 14, 30, 90].map((days) => days * DAY_S),
]

export interface Line {
  readonly label: string
  /** Custom property that holds its colour. */
  readonly colour: string
  readonly fill?: string
  readonly dash?: boolean
}

/** The room between two lines (the upper one first, the first line is 1), in the colour of a custom property. */
export interface Between {
  readonly series: readonly [upper: number, lower: number]
  readonly fill: string
}

/** A time that is set apart, in seconds. */
export interface Mark {
  readonly fromS: number
  readonly toS: number
}

interface Drawing {
  readonly lines: readonly Line[]
  readonly data: Lines
  readonly stepS: number
  readonly format: (value: number) => string
  /** Least height of the axis, so that a trifle does not look like a flood. */
  readonly floor: number
  readonly between?: readonly Between[]
  readonly mark?: Mark | null
  /** Heights as square roots: a level and what is twenty times as much are both to be seen. */
  readonly isRooted?: boolean
}

const ROOTED = {
  distr: 100,
  fwd: (value: number) => Math.sqrt(Math.max(0, value)),
  bwd: (root: number) => root * root,
} as const

/** Evenly apart where heights are roots: 0, 1, 4, 9, 16 times a round number. */
function squares(max: number): number[] {
  const unit = max / 16
  const ten = 10 ** Math.floor(Math.log10(Math.max(1, unit)))
  const round = Math.max(1, Math.floor(unit / ten) * ten)
  return [0, 1, 4, 9, 16, 25].map((times) => times * round).filter((at) => at <= max)
}

/** Every tick is named. */
const filter = (_plot: UPlot, splits: number[]): number[] => splits

/** Behind everything else: the marked time from top to bottom, at least two pixels wide. */
function shade(plot: UPlot, { fromS, toS }: Mark, colour: string): void {
  const { ctx, bbox } = plot
  const edge = (seconds: number): number =>
    Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(seconds, "x", true)))
  const [left, right] = [edge(fromS), edge(toS)]
  ctx.save()
  ctx.fillStyle = colour
  ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height)
  ctx.restore()
}

function draw(root: HTMLElement, drawing: Drawing): UPlot {
  const { lines, data, stepS, format, floor, between = [], mark = null, isRooted = false } = drawing
  const style = getComputedStyle(root)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const axis = {
    stroke: colour("--text-faint"),
    grid: { stroke: colour("--chart-grid"), width: 1 },
    ticks: { show: false },
    font: `11px ${colour("--sans")}`,
  }
  const path = UPlot.paths.stepped?.({ align: 1 })
  return new UPlot(
    {
      width: root.clientWidth,
      height: HEIGHT,
      tzDate: utc,
      cursor: { y: false, points: { size: 7 } },
      bands: between.map(({ series, fill }) => ({ series: [...series], fill: colour(fill) })),
      hooks: { drawClear: mark === null ? [] : [(plot) => shade(plot, mark, colour("--chart-mark"))] },
      scales: { y: { ...(isRooted && ROOTED), range: (_plot, _min, max) => [0, Math.max(floor, (max ?? 0) * 1.08)] } },
      axes: [
        // No tick between two windows: a step, or some of them.
        {
          ...axis,
          space: 70,
          size: 30,
          incrs: TICKS.filter((seconds) => seconds >= stepS),
          values: (_plot, splits) => splits.map(tick),
        },
        {
          ...axis,
          size: 56,
          ...(isRooted && { splits: (_plot: UPlot, _axis: number, _min: number, max: number) => squares(max), filter }),
          values: (_plot, splits) => splits.map(format),
        },
      ],
      series: [
        { label: "Time (UTC)", value: (_plot, raw) => (raw === null ? "–" : label(raw, stepS)) },
        ...lines.map((line) => ({
          label: line.label,
          stroke: colour(line.colour),
          ...(line.fill === undefined ? {} : { fill: colour(line.fill) }),
          width: 1.5,
          ...(line.dash ? { dash: [5, 4] } : {}),
          points: { show: false },
          value: (_plot: UPlot, raw: number | null): string => (raw === null ? "–" : format(raw)),
          ...(path === undefined ? {} : { paths: path }),
        })),
      ],
    },
    data as UPlot.AlignedData,
    root,
  )
}

interface ChartProps extends Drawing {
  /** What the picture shows, for those who do not see it. */
  readonly title: string
}

export function Chart({ title, lines, data, stepS, format, floor, between, mark, isRooted = false }: ChartProps) {
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = root.current
    if (element === null) return
    const drawing = { lines, data, stepS, format, floor, ...(between && { between }), mark: mark ?? null, isRooted }
    let plot = draw(element, drawing)
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    const stop = onThemeChange(() => {
      plot.destroy()
      plot = draw(element, drawing)
    })
    return () => {
      stop()
      observer.disconnect()
      plot.destroy()
    }
  }, [lines, data, stepS, format, floor, between, mark, isRooted])
  return <div class="chart" ref={root} role="img" aria-label={title} />
}

const TRAFFIC: readonly Line[] = [
  { label: "Requests", colour: "--chart-line", fill: "--chart-fill" },
  { label: "Errors", colour: "--chart-second" },
]
const SESSIONS: readonly Line[] = [{ label: "Sessions", colour: "--chart-line", fill: "--chart-fill" }]
const wholeOnly = (value: number): string => (value % 1 === 0 ? compact(value) : "")

interface TrafficProps {
  readonly points: readonly SeriesPoint[]
  readonly size: "hour" | "day"
  readonly title: string
  /** What is counted; requests unless said otherwise. */
  readonly what?: string
}

export function TrafficChart({ points, size, title, what = "requests" }: TrafficProps) {
  const stepS = size === "hour" ? HOUR_S : DAY_S
  const lines = what === "requests" ? TRAFFIC : SESSIONS
  const data = useMemo((): Lines => {
    const columns = fillWindows(points, stepS)
    return [columns[0], ...columns.slice(1, lines.length + 1)]
  }, [points, stepS, lines])
  if (points.length === 0) return <p class="faint">No traffic in this time.</p>
  const total = points.reduce((sum, point) => sum + point.requests, 0)
  const name = `${title}: ${compact(total)} ${what}`
  return <Chart title={name} lines={lines} data={data} stepS={stepS} format={wholeOnly} floor={1} />
}
