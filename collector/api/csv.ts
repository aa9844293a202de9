// Rows as CSV: RFC 4180, UTF-8, lines end with CR LF, the first line names the columns.
//
// In:  values of a row. Out: a line. A text that a spreadsheet would take for a formula (=, +, -, @, tab or CR in front) gets an
// apostrophe before it: names here are chosen by whoever sends requests, and a cell must not run what they wrote.

export type Cell = string | number | boolean | null

export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`
}

function csvCell(cell: Cell): string {
  if (cell === null) return ""
  if (typeof cell !== "string") return String(cell)
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** {"bearer-jwt": 20, none: 3} in one cell: "bearer-jwt=20 none=3". */
export function countsCell(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name}=${count}`)
    .join(" ")
}
