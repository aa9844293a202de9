// Cells that a spreadsheet reads as what they say.
import assert from "node:assert/strict"
import { test } from "node:test"
import { type Cell, countsCell, csvLine } from "./csv.ts"

test("table: cells", () => {
  const rows: readonly [cell: Cell, text: string][] = [
    ["plain", "plain"],
    ["", ""],
    [null, ""],
    [0, "0"],
    [-1, "-1"],
    [true, "true"],
    ["a,b", '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ["two\r\nlines", '"two\r\nlines"'],
    ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", `"'\r=1"`],
    ["a=1", "a=1"],
  ]
  for (const [cell, text] of rows) assert.equal(csvLine([cell, "end"]), `${text},end\r\n`)
})

test("counts stand in one cell", () => {
  assert.equal(countsCell({ "bearer-jwt": 20, none: 3 }), "bearer-jwt=20 none=3")
  assert.equal(countsCell({}), "")
})
