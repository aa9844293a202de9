// Whether the name that a path ends with, or one before it, may have been given by a list above: "/customers" of "/customers/mueller".

import { type Answer, hasSameLength } from "./path-sweep.ts"
import { slotOf } from "./route.ts"
import type { RouteTable } from "./route-table.ts"

/** GETs of a path above, all answered with another body, that make it a list: a scanner that goes deeper asks for each once or twice. */
const REQUESTS_MIN = 3
const SLOT = slotOf("GET", "")

/** `answer`: of the path. What answers as its root does is no list. */
export function isOfCollection(table: RouteTable, path: string, answer: Answer): boolean {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const above = path.slice(0, end)
    const leaf = table.learner.find(above, "")
    // One that shares its leaf with others is no more known than the path is.
    const traffic = leaf?.path === above ? table.routeAt(leaf, SLOT)?.traffic : undefined
    if (traffic === undefined || !traffic.isProven || traffic.requests < REQUESTS_MIN) continue
    const answers = traffic.samples.records().filter(({ status }) => status >= 200 && status < 300)
    const isOther = ({ responseShape, responseBytes }: (typeof answers)[number]): boolean =>
      responseShape !== answer.fullShape || !hasSameLength(answer, { bytes: responseBytes })
    if (answers.length > 0 && answers.every(isOther)) return true
  }
  return false
}
