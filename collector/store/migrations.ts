// The schema, as numbered steps that only go forward. A step that was released is never changed; the next one mends it.
//
// In:  a database of any earlier version, or an empty one. Out: the newest version, all missing steps in one transaction.
// A database that is newer than this program is refused: an older program would write rows that the newer one misreads.
//
// What changes with every checkpoint (requests, last seen) has no index: keeping it up to date would double the cost of a
// checkpoint, and sorting 10,000 narrow rows costs 3 ms. Wide columns (JSON, sketches) are in tables of their own so that
// those scans stay narrow.
import type { Database } from "./database.ts"
import { StoreError } from "./store.ts"
import { transact } from "./transaction.ts"

interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

// Sums of what messages claim are REAL: integers would overflow under forged sizes, and a failing sum stops the collector.
const COUNTS = `
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  request_bytes REAL NOT NULL,
  response_bytes REAL NOT NULL,
  items REAL NOT NULL`

const SEEN = `
  first_seen_us INTEGER NOT NULL,
  last_seen_us INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL`

const SENSOR_COUNTS = `
  sensor TEXT NOT NULL, window_us INTEGER NOT NULL,
  packets REAL NOT NULL, kernel_drops REAL NOT NULL, duplicates REAL NOT NULL,
  payload_bytes REAL NOT NULL, gap_bytes REAL NOT NULL, exchanges REAL NOT NULL, incomplete REAL NOT NULL,
  resyncs REAL NOT NULL, evictions REAL NOT NULL,
  unknown_loss INTEGER NOT NULL, overload_step INTEGER NOT NULL,
  PRIMARY KEY (sensor, window_us)`

const ENDPOINT_WINDOW = `
  route TEXT NOT NULL, window_us INTEGER NOT NULL,
  requests INTEGER NOT NULL, errors INTEGER NOT NULL, lossy INTEGER NOT NULL,
  latency_us BLOB NOT NULL, request_bytes BLOB NOT NULL, response_bytes BLOB NOT NULL, items BLOB NOT NULL,
  PRIMARY KEY (route, window_us)`

export const MIGRATIONS: readonly Migration[] = [
  {
    number: 1,
    name: "inventory, consumers, windows, ledger",
    sql: `
CREATE TABLE services (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, authority TEXT NOT NULL, zone TEXT NOT NULL, ${SEEN},
  endpoints INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE service_details (
  id TEXT PRIMARY KEY REFERENCES services (id), detail TEXT NOT NULL
) STRICT;

CREATE TABLE endpoints (
  id TEXT PRIMARY KEY, service TEXT NOT NULL REFERENCES services (id), method TEXT NOT NULL, template TEXT NOT NULL,
  operation TEXT NOT NULL, status TEXT NOT NULL, ${SEEN}, lossy INTEGER NOT NULL, consumers INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX endpoints_of_service ON endpoints (service, template);
CREATE TABLE endpoint_details (
  id TEXT PRIMARY KEY REFERENCES endpoints (id), detail TEXT NOT NULL,
  latency_us BLOB NOT NULL, request_bytes BLOB NOT NULL, response_bytes BLOB NOT NULL, items BLOB NOT NULL
) STRICT;

CREATE TABLE consumers (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, scheme TEXT NOT NULL, partner TEXT, ${SEEN}, endpoints INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE consumer_details (
  id TEXT PRIMARY KEY REFERENCES consumers (id), detail TEXT NOT NULL
) STRICT;

-- Consumer or endpoint '' stands for none. window_us of the totals: the newest day.
CREATE TABLE pairs (
  endpoint TEXT NOT NULL, consumer TEXT NOT NULL, window_us INTEGER NOT NULL, ${COUNTS},
  PRIMARY KEY (endpoint, consumer)
) STRICT, WITHOUT ROWID;
CREATE INDEX pairs_of_consumer ON pairs (consumer);
CREATE TABLE pair_hours (
  endpoint TEXT NOT NULL, consumer TEXT NOT NULL, window_us INTEGER NOT NULL, ${COUNTS},
  PRIMARY KEY (endpoint, consumer, window_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE pair_days (
  endpoint TEXT NOT NULL, consumer TEXT NOT NULL, window_us INTEGER NOT NULL, ${COUNTS},
  PRIMARY KEY (endpoint, consumer, window_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE map (
  consumer TEXT NOT NULL, service TEXT NOT NULL,
  requests INTEGER NOT NULL, errors INTEGER NOT NULL, response_bytes REAL NOT NULL,
  PRIMARY KEY (consumer, service)
) STRICT, WITHOUT ROWID;

-- kind: all (subject ''), service, endpoint, consumer.
CREATE TABLE series_hours (
  kind TEXT NOT NULL, subject TEXT NOT NULL, window_us INTEGER NOT NULL, ${COUNTS},
  PRIMARY KEY (kind, subject, window_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE series_days (
  kind TEXT NOT NULL, subject TEXT NOT NULL, window_us INTEGER NOT NULL, ${COUNTS},
  PRIMARY KEY (kind, subject, window_us)
) STRICT, WITHOUT ROWID;

CREATE TABLE shapes (
  shape INTEGER PRIMARY KEY, paths TEXT NOT NULL, first_seen_us INTEGER NOT NULL
) STRICT;
CREATE TABLE sensors (sensor TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
-- used: number of the checkpoint that last moved the position.
CREATE TABLE positions (
  sensor TEXT NOT NULL, boot TEXT NOT NULL, used INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (sensor, boot)
) STRICT;
CREATE TABLE changes (
  sequence INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, sentence TEXT NOT NULL
) STRICT;
-- One row: number of the checkpoint held, and the end-to-end ledger.
CREATE TABLE progress (
  one INTEGER PRIMARY KEY CHECK (one = 1), checkpoint INTEGER NOT NULL, ledger TEXT NOT NULL
) STRICT;`,
  },
  {
    number: 2,
    name: "joining across sensors, sensors over time",
    sql: `
CREATE TABLE sensor_minutes (${SENSOR_COUNTS}) STRICT, WITHOUT ROWID;
CREATE INDEX sensor_minutes_by_time ON sensor_minutes (window_us);
CREATE TABLE sensor_hours (${SENSOR_COUNTS}) STRICT, WITHOUT ROWID;
CREATE INDEX sensor_hours_by_time ON sensor_hours (window_us);
CREATE TABLE window_logs (
  checkpoint INTEGER PRIMARY KEY, changes INTEGER NOT NULL, bytes BLOB NOT NULL
) STRICT;
CREATE TABLE waiting (place INTEGER PRIMARY KEY, events BLOB NOT NULL, marks BLOB NOT NULL) STRICT;

-- Before, every event received was applied, a sensor had one pipeline, and nobody noted when it was heard.
UPDATE sensors SET record = json_set(record,
  '$.run', json_extract(record, '$.boot'), '$.workers', json('[]'), '$.runs', 1, '$.lastHeardUs', 0,
  '$.silent', json('false'), '$.missingBatches', 0, '$.copies', 0);
UPDATE progress SET ledger = json_set(ledger,
  '$.received', json_extract(ledger, '$.exchanges'), '$.joined', 0, '$.copies', 0, '$.betterCopies', 0,
  '$.halvesExpired', 0, '$.waiting', 0);`,
  },
  {
    number: 3,
    name: "the ledger of dark APIs, calls, conversations, identity rules, former principals",
    sql: `
-- state is derived from the detail, so that lists can be filtered by it; names: what a search looks through.
CREATE TABLE dark (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL, address_class TEXT NOT NULL, port INTEGER NOT NULL,
  zone TEXT NOT NULL, state TEXT NOT NULL, first_seen_us INTEGER NOT NULL, last_seen_us INTEGER NOT NULL,
  sessions INTEGER NOT NULL, request_bytes REAL NOT NULL, response_bytes REAL NOT NULL, clients INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX dark_by_name ON dark (name);
CREATE TABLE dark_details (
  id TEXT PRIMARY KEY REFERENCES dark (id), names TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE TABLE dark_hours (
  dark TEXT NOT NULL, window_us INTEGER NOT NULL,
  sessions INTEGER NOT NULL, request_bytes REAL NOT NULL, response_bytes REAL NOT NULL,
  PRIMARY KEY (dark, window_us)
) STRICT, WITHOUT ROWID;
CREATE INDEX services_by_authority ON services (authority);

-- Before, nothing was known of any of these.
UPDATE service_details SET detail = json_set(detail, '$.conversations', 0, '$.rules', json('{}'));
UPDATE endpoint_details SET detail = json_set(detail, '$.outcomes', json('{}'), '$.conversations', 0,
  '$.requestMessages', 0, '$.responseMessages', 0,
  '$.calls', json('{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0}'));
UPDATE consumer_details SET detail = json_set(detail, '$.formerPrincipals', json('[]'));
UPDATE sensors SET record = json_set(record, '$.rules', json('{}'));
UPDATE progress SET ledger = json_set(ledger, '$.conversations', 0, '$.tlsSessions', 0);`,
  },
  {
    number: 4,
    name: "documents, audit, routes, merges, hours of endpoints, what lists filter by",
    sql: `
CREATE TABLE documents (
  kind TEXT NOT NULL, id TEXT NOT NULL, record TEXT NOT NULL, bytes BLOB, PRIMARY KEY (kind, id)
) STRICT;
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX audit_of_subject ON audit (subject, sequence);

-- Pairs, windows, totals and the series of kind endpoint are kept by route from here on; before, each endpoint is its one route.
-- requests: of its traffic, 0 while the endpoint's is its own.
CREATE TABLE routes (
  id TEXT PRIMARY KEY, endpoint TEXT NOT NULL, service TEXT NOT NULL REFERENCES services (id), method TEXT NOT NULL,
  path TEXT NOT NULL, extension TEXT NOT NULL, operation TEXT NOT NULL, leaf INTEGER NOT NULL, requests INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX routes_of_endpoint ON routes (endpoint);
CREATE INDEX routes_of_service ON routes (service);
CREATE TABLE route_traffic (
  id TEXT PRIMARY KEY REFERENCES routes (id), detail TEXT NOT NULL,
  latency_us BLOB NOT NULL, request_bytes BLOB NOT NULL, response_bytes BLOB NOT NULL, items BLOB NOT NULL
) STRICT;
INSERT INTO routes SELECT id, id, service, method, template, '', operation, -1, 0 FROM endpoints;

-- kind: route, consumer. target is never the source of another row: chains are shortened when they grow.
CREATE TABLE merges (
  place INTEGER PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, UNIQUE (kind, source)
) STRICT;
CREATE INDEX merges_into ON merges (kind, target);

CREATE TABLE endpoint_hours (${ENDPOINT_WINDOW}) STRICT;
CREATE INDEX endpoint_hours_by_time ON endpoint_hours (window_us);
-- Hours that are too old to be kept apart.
CREATE TABLE endpoint_days (${ENDPOINT_WINDOW}) STRICT;
CREATE INDEX endpoint_days_by_time ON endpoint_days (window_us);

-- Lists of words (labels, data classes, names) stand a line each, with a line end before the first.
ALTER TABLE services ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE services ADD COLUMN labels TEXT NOT NULL DEFAULT '';
ALTER TABLE endpoints ADD COLUMN posture TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE endpoints ADD COLUMN drift INTEGER NOT NULL DEFAULT -1;
ALTER TABLE endpoints ADD COLUMN labels TEXT NOT NULL DEFAULT '';
ALTER TABLE endpoints ADD COLUMN classes TEXT NOT NULL DEFAULT '';
-- What lists do not show; '' where it is in detail, as all of it was before.
ALTER TABLE endpoint_details ADD COLUMN parts TEXT NOT NULL DEFAULT '';
CREATE TABLE endpoint_names (id TEXT PRIMARY KEY REFERENCES endpoints (id), parameters TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- What was known before.
UPDATE endpoints SET classes = coalesce((SELECT group_concat(char(10) || name, '') || char(10)
  FROM (SELECT DISTINCT substr(c.key, instr(c.key, ':') + 1) AS name
    FROM endpoint_details d, json_each(d.detail, '$.dataClasses') c WHERE d.id = endpoints.id ORDER BY name)), '');
INSERT INTO endpoint_names SELECT id, coalesce((SELECT group_concat(char(10) || name, '') || char(10)
  FROM (SELECT DISTINCT p.value ->> '$.name' AS name FROM json_each(detail, '$.parameters') p ORDER BY name)), '')
  FROM endpoint_details;

-- Before, nothing was known of any of these.
UPDATE service_details SET detail = json_set(detail, '$.listeners', json('[]'), '$.labels', json('[]'), '$.risk', 0,
  '$.specifications', json('[]'));
UPDATE consumer_details SET detail = json_remove(json_set(detail, '$.aliases', json('[]'), '$.partnerBy', '', '$.forgotten', json('{}'),
  '$.recentDays', 1, '$.seenName', (SELECT name FROM consumers c WHERE c.id = consumer_details.id),
  '$.sights', json_object(
    'credential', (SELECT json_group_object(value, json('[0,0,0]')) FROM json_each(detail, '$.credentials')),
    'userAgent', (SELECT json_group_object(value, json('[0,0,0]')) FROM json_each(detail, '$.userAgents')),
    'prefix', (SELECT json_group_object(value, json('[0,0,0]')) FROM json_each(detail, '$.prefixes')))),
  '$.credentials', '$.userAgents', '$.prefixes');
UPDATE endpoint_details SET detail = json_set(detail, '$.auth', json('{"windows":[],"weak":{}}'), '$.bodies', json('[]'),
  '$.samples', json('[]'), '$.statusWhy', '', '$.derivedFrom', '', '$.labels', json('[]'));

-- Increments of pair_hours and pair_days (size: hour, day) that are not in their rows yet. sqlite-pairs.ts has the form.
CREATE TABLE pair_log (
  checkpoint INTEGER NOT NULL, size TEXT NOT NULL, increments INTEGER NOT NULL, ids TEXT NOT NULL, counts BLOB NOT NULL,
  PRIMARY KEY (checkpoint, size)
) STRICT;

-- Wall clock of what people changed, 0 of what was seen.
ALTER TABLE changes ADD COLUMN made_us INTEGER NOT NULL DEFAULT 0;`,
  },
  {
    number: 5,
    name: "incidents, journal and snapshot of the analysis, what is told of incidents",
    sql: `
CREATE TABLE incidents (
  id TEXT PRIMARY KEY, state TEXT NOT NULL, verdict TEXT NOT NULL, lane TEXT NOT NULL, kind TEXT NOT NULL,
  consumer TEXT NOT NULL, service TEXT NOT NULL, endpoint TEXT NOT NULL,
  opened_us INTEGER NOT NULL, last_us INTEGER NOT NULL, score REAL NOT NULL, record TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT;
CREATE INDEX incidents_of_consumer ON incidents (consumer);

-- version: pieces of news of the incident, as of incidents. place: news that is in the channel's queue up to and with this.
CREATE TABLE incident_news (
  sequence INTEGER PRIMARY KEY, incident TEXT NOT NULL, version INTEGER NOT NULL, kind TEXT NOT NULL, lane TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE TABLE channels (
  name TEXT PRIMARY KEY, place INTEGER NOT NULL, is_open INTEGER NOT NULL DEFAULT 1,
  delivered INTEGER NOT NULL DEFAULT 0, retried INTEGER NOT NULL DEFAULT 0, dead INTEGER NOT NULL DEFAULT 0,
  dropped INTEGER NOT NULL DEFAULT 0, last_success_us INTEGER NOT NULL DEFAULT 0,
  last_failure_us INTEGER NOT NULL DEFAULT 0, last_failure TEXT NOT NULL DEFAULT ''
) STRICT;
-- state: queued, dead. Those delivered are gone.
CREATE TABLE deliveries (
  channel TEXT NOT NULL, sequence INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'queued', since_us INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0, next_us INTEGER NOT NULL, failure TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (channel, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_state ON deliveries (channel, state, sequence);
CREATE INDEX deliveries_of_news ON deliveries (sequence);

CREATE TABLE journal (
  sequence INTEGER PRIMARY KEY, from_us INTEGER NOT NULL, to_us INTEGER NOT NULL, exchanges INTEGER NOT NULL, bytes BLOB NOT NULL
) STRICT;
CREATE TABLE snapshots (one INTEGER PRIMARY KEY CHECK (one = 1), sequence INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;`,
  },
  {
    number: 6,
    name: "what retention removed, how far the stream was taken",
    sql: `
-- kind: evidence, hours, days, incidents. reason: age, size. until_us: event time of the newest that was removed.
CREATE TABLE removed (
  kind TEXT NOT NULL, reason TEXT NOT NULL, removed INTEGER NOT NULL, until_us INTEGER NOT NULL, PRIMARY KEY (kind, reason)
) STRICT, WITHOUT ROWID;
-- By durable consumer: as StreamPlace of records.ts.
CREATE TABLE stream_places (durable TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;`,
  },
]

export const NEWEST_SCHEMA: number = MIGRATIONS.at(-1)!.number

/** Brings the schema to the newest version, or throws StoreError("newer-schema"). `path`: for its sentence. */
export function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS, path = "The store"): void {
  const newest = migrations.at(-1)?.number ?? 0
  transact(database, () => {
    database.exec(
      "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT",
    )
    const row = database.prepare("SELECT coalesce(max(number), 0) AS version FROM migrations").get()
    const version = Number(row?.version)
    if (version > newest) throw newerSchema(path, version, newest)
    const note = database.prepare("INSERT INTO migrations VALUES (?, ?, ?)")
    for (const migration of migrations) {
      if (migration.number <= version) continue
      database.exec(migration.sql)
      note.run(migration.number, migration.name, new Date().toISOString())
    }
  })
}

/** The sentence that names the file. */
export function newerSchema(path: string, schema: number, newest = NEWEST_SCHEMA): StoreError {
  return new StoreError(
    "newer-schema",
    `${path} has schema ${schema}, and this program knows ${newest}: use the program that wrote it, or a newer one.`,
  )
}
