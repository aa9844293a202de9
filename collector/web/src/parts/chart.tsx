// Traffic over time. The only import of uPlot.
import { useEffect, useRef } from "preact/hooks"
import UPlot from "uplot"
import { compact } from "../format.ts"
import { onThemeChange } from "../theme.ts"
import type { SeriesPoint } from "../types.ts"
import { type Columns, fillWindows } from "../windows.ts"

const HEIGHT = 190

const utc = (seconds: number): Date => UPlot.tzDate(new Date(seconds * 1000), "Etc/UTC")
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const two = (value: number): string => String(value).padStart(2, "0")

function label(seconds: number, stepS: number): string {
  const date = new Date(seconds * 1000)
  const day = date.toISOString().slice(0, 10)
  return stepS < 86_400 ? `${day.slice(5)} ${two(date.getUTCHours())}:00` : day
}

/** Midnight is named by its day, other hours by the clock. */
function tick(seconds: number): string {
  const date = new Date(seconds * 1000)
  const hours = date.getUTCHours()
  return hours === 0 ? `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}` : `${two(hours)}:00`
}

function draw(root: HTMLElement, data: Columns, stepS: number): UPlot {
  const style = getComputedStyle(root)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const axis = {
    stroke: colour("--text-faint"),
    grid: { stroke: colour("--chart-grid"), width: 1 },
    ticks: { show: false },
    font: `11px ${colour("--sans")}`,
  }
  const path = UPlot.paths.stepped?.({ align: 1 })
  const drawing = path === undefined ? {} : { paths: path }
  const value = (_plot: UPlot, raw: number | null): string => (raw === null ? "–" : compact(raw))
  return new UPlot(
    {
      width: root.clientWidth,
      height: HEIGHT,
      tzDate: utc,
      cursor: { y: false, points: { size: 7 } },
      scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.08)] } },
      axes: [
        // No tick between two windows: a step of an hour, a day, or some of them.
        {
          ...axis,
          space: 70,
          size: 30,
          incrs: STEPS.map((step) => step * stepS),
          values: (_plot, splits) => splits.map(tick),
        },
        {
          ...axis,
          size: 48,
          values: (_plot, splits) => splits.map((split) => (split % 1 === 0 ? compact(split) : "")),
        },
      ],
      series: [
        { label: "Time (UTC)", value: (_plot, raw) => (raw === null ? "–" : label(raw, stepS)) },
        {
          label: "Requests",
          stroke: colour("--chart-line"),
          fill: colour("--chart-fill"),
          width: 1.5,
          points: { show: false },
          value,
          ...drawing,
        },
        {
          label: "Errors",
          stroke: colour("--chart-second"),
          width: 1.5,
          points: { show: false },
          value,
          ...drawing,
        },
      ],
    },
    data,
    root,
  )
}

interface ChartProps {
  readonly points: readonly SeriesPoint[]
  readonly size: "hour" | "day"
  /** What the picture shows, for those who do not see it. */
  readonly title: string
}

/** Windows from one tick to the next. */
const STEPS = [1, 2, 3, 6, 12, 24, 48, 72, 168, 336, 720, 2160]

export function TrafficChart({ points, size, title }: ChartProps) {
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const element = root.current
    if (element === null || points.length === 0) return
    const stepS = size === "hour" ? 3600 : 86_400
    const data = fillWindows(points, stepS)
    let plot = draw(element, data, stepS)
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    const stop = onThemeChange(() => {
      plot.destroy()
      plot = draw(element, data, stepS)
    })
    return () => {
      stop()
      observer.disconnect()
      plot.destroy()
    }
  }, [points, size])
  if (points.length === 0) return <p class="faint">No traffic in this time.</p>
  const total = points.reduce((sum, point) => sum + point.requests, 0)
  return <div class="chart" ref={root} role="img" aria-label={`${title}: ${compact(total)} requests`} />
}
