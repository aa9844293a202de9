import assert from "node:assert/strict"
import { test } from "node:test"
import { exposition } from "../shared/telemetry/prometheus.ts"
import { sensorMetrics } from "./sensor-metrics.ts"
import { DAY_START_US, sensor } from "./store/fake-records.ts"

test("each sensor under its name: what it saw, missed, gave up, and when it was heard", () => {
  const ledger = {
    "capture.packets": 9,
    "capture.kernel_drops": 2,
    "capture.unknown_loss": 1,
    "http.complete": 5,
    "http.unpaired": 1,
    "published.dropped.no_server": 3,
    "published.dropped.interrupted": 4,
  }
  const records = [
    sensor("tap-1", { ledger, silent: true, copies: 6, lastHeardUs: DAY_START_US }),
    sensor("tap-2", { ledger: {}, lastHeardUs: 0 }),
  ]
  const text = exposition(sensorMetrics(records, 5, DAY_START_US + 12_345_678))
  for (const line of [
    'sonde_sensor_packets_total{sensor="tap-1"} 9',
    'sonde_sensor_packets_total{sensor="tap-2"} 0',
    'sonde_sensor_kernel_drops_total{sensor="tap-1"} 2',
    'sonde_sensor_exchanges_total{sensor="tap-1",state="complete"} 5',
    'sonde_sensor_exchanges_total{sensor="tap-1",state="unpaired"} 1',
    'sonde_sensor_dropped_total{sensor="tap-1"} 7',
    'sonde_sensor_copies_total{sensor="tap-1"} 6',
    'sonde_sensor_silent{sensor="tap-1"} 1',
    'sonde_sensor_unknown_loss_interfaces{sensor="tap-1"} 1',
    'sonde_sensor_last_heard_age_seconds{sensor="tap-1"} 12.346',
    "sonde_sensors 5",
    "sonde_sensors_not_shown 3",
  ])
    assert.ok(text.split("\n").includes(line), line)
  // A sensor that was heard before anybody noted when has no age, rather than one of half a century.
  assert.doesNotMatch(text, /age_seconds\{sensor="tap-2"/)
})
