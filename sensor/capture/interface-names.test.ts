import assert from "node:assert/strict"
import { test } from "node:test"
import { checkInterfaces, counterKeys, INTERFACES_MAX } from "./interface-names.ts"
import { LiveCaptureError } from "./live-error.ts"

test("names that can be and names that cannot", () => {
  const good = [["eth0"], ["eth0", "eth1.100", "tun-b_3", "ß"], ["a".repeat(15)]]
  for (const names of good) checkInterfaces(names, true)
  const bad: [string[], RegExp][] = [
    [[], /no interface/],
    [[""], /cannot be/],
    [["a".repeat(16)], /cannot be/],
    [["a/b"], /cannot be/],
    [["a:b"], /cannot be/],
    [["a b"], /cannot be/],
    [["a\n"], /"a\\n" cannot be/],
    [["."], /cannot be/],
    [[".."], /cannot be/],
    [["eth0", "eth1", "eth0"], /eth0 is named twice/],
    [["any"], /"any" is no interface/],
    [Array.from({ length: INTERFACES_MAX + 1 }, (_, i) => `eth${i}`), /33 interfaces are named; 32 are possible/],
  ]
  for (const [names, sentence] of bad)
    assert.throws(
      () => checkInterfaces(names, true),
      (error) => error instanceof LiveCaptureError && error.code === "interface" && sentence.test(error.message),
    )
  checkInterfaces(["any", String.raw`\Device\NPF_{A1}`, "a/b"], false)
  assert.throws(() => checkInterfaces(["a".repeat(256)], false), LiveCaptureError)
})

test("keys of the counters", () => {
  assert.deepEqual(counterKeys(["eth0", "eth0.1", "eth0_1", "eth0:1", "a-b", "ß"]), [
    "eth0",
    "eth0_1",
    "eth0_1_2",
    "eth0_1_3",
    "a-b",
    "_",
  ])
})
