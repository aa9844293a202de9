import assert from "node:assert/strict"
import { test } from "node:test"
import { setTimeout as pause } from "node:timers/promises"
import { ServiceManager } from "./service-manager.ts"

test("states become messages, a status only when it has changed, on one line", () => {
  const sent: string[] = []
  const manager = new ServiceManager(
    (message) => sent.push(message),
    0,
    () => true,
  )
  manager.ready("watching eth1\nMAINPID=1")
  manager.status("watching eth1\nMAINPID=1")
  manager.status("12 packets/s")
  manager.reloading(1234.5)
  manager.stopping()
  assert.deepEqual(sent, [
    "READY=1\nSTATUS=watching eth1 MAINPID=1",
    "STATUS=12 packets/s",
    "RELOADING=1\nMONOTONIC_USEC=1234",
    "STOPPING=1",
  ])
})

test("the watchdog is fed while the work goes on, and starves when it does not", async () => {
  let isAlive = true
  let fed = 0
  const manager = new ServiceManager(
    () => fed++,
    20_000,
    () => isAlive,
  )
  await pause(100)
  const whileAlive = fed
  isAlive = false
  await pause(30)
  const starving = fed
  await pause(60)
  assert.ok(whileAlive >= 2, `${whileAlive} messages`)
  assert.equal(fed, starving)
  manager.stopping()
})

test("a manager that went away, or none, is no failure", () => {
  const manager = new ServiceManager(
    () => {
      throw new Error("ENOENT")
    },
    0,
    () => true,
  )
  manager.ready("x")
  new ServiceManager(null, 1000, () => true).ready("x")
})
