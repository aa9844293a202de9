import assert from "node:assert/strict"
import { test } from "node:test"
import { assemble, DROP_ALL, INSTRUCTIONS_MAX, kernelFilter } from "./kernel-filter.ts"
import { LiveCaptureError } from "./live-error.ts"

const hex = (program: Uint8Array): string[] =>
  Array.from({ length: program.length / 8 }, (_, i) => Buffer.from(program.subarray(i * 8, i * 8 + 8)).toString("hex"))

test("programs", () => {
  const user = assemble([
    [0x28, 0, 0, 12],
    [0x15, 0, 1, 0x800],
    [0x06, 0, 0, 0xffffffff],
    [0x06, 0, 0, 50],
  ])
  const rows: { name: string; program: Uint8Array; is: string[] }[] = [
    { name: "nothing passes", program: DROP_ALL, is: ["0600000000000000"] },
    { name: "everything", program: kernelFilter(null, 262_144, false), is: ["0600000000000400"] },
    {
      name: "a user's program, its longer returns cut to the snap length",
      program: kernelFilter(user, 0x1000, false),
      is: ["280000000c000000", "1500000100080000", "0600000000100000", "0600000032000000"],
    },
    {
      name: "a loopback interface: the copy on its way out is dropped first",
      program: kernelFilter(null, 96, true),
      is: ["2800000004f0ffff", "1500000104000000", "0600000000000000", "0000000000000000", "0600000060000000"],
    },
  ]
  for (const { name, program, is } of rows) assert.deepEqual(hex(program), is, name)
  assert.equal(Buffer.from(user).readUInt32LE(20), 0xffffffff, "the user's own bytes are not changed")
})

test("as many instructions as the kernel takes, and no more", () => {
  const most = new Uint8Array(INSTRUCTIONS_MAX * 8)
  assert.equal(kernelFilter(most, 100, false).length, most.length)
  const wrong: [Uint8Array, boolean][] = [
    [most, true],
    [new Uint8Array(most.length + 8), false],
    [new Uint8Array(0), false],
    [new Uint8Array(12), false],
  ]
  for (const [program, isLoopback] of wrong)
    assert.throws(
      () => kernelFilter(program, 100, isLoopback),
      (error) => error instanceof LiveCaptureError && error.code === "filter" && /1 to 4096/.test(error.message),
    )
})
