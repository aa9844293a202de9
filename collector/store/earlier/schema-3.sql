-- A store of schema 3, written by the program of commit 5873ec9 from the first packets of deploy/demo/demo.pcap, as SQL.
CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT;
CREATE TABLE services (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, authority TEXT NOT NULL, zone TEXT NOT NULL, 
  first_seen_us INTEGER NOT NULL,
  last_seen_us INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  endpoints INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE service_details (
  id TEXT PRIMARY KEY REFERENCES services (id), detail TEXT NOT NULL
) STRICT;
CREATE TABLE endpoints (
  id TEXT PRIMARY KEY, service TEXT NOT NULL REFERENCES services (id), method TEXT NOT NULL, template TEXT NOT NULL,
  operation TEXT NOT NULL, status TEXT NOT NULL, 
  first_seen_us INTEGER NOT NULL,
  last_seen_us INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL, lossy INTEGER NOT NULL, consumers INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE endpoint_details (
  id TEXT PRIMARY KEY REFERENCES endpoints (id), detail TEXT NOT NULL,
  latency_us BLOB NOT NULL, request_bytes BLOB NOT NULL, response_bytes BLOB NOT NULL, items BLOB NOT NULL
) STRICT;
CREATE TABLE consumers (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, scheme TEXT NOT NULL, partner TEXT, 
  first_seen_us INTEGER NOT NULL,
  last_seen_us INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL, endpoints INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE consumer_details (
  id TEXT PRIMARY KEY REFERENCES consumers (id), detail TEXT NOT NULL
) STRICT;
CREATE TABLE pairs (
  endpoint TEXT NOT NULL, consumer TEXT NOT NULL, window_us INTEGER NOT NULL, 
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  request_bytes REAL NOT NULL,
  response_bytes REAL NOT NULL,
  items REAL NOT NULL,
  PRIMARY KEY (endpoint, consumer)
) STRICT, WITHOUT ROWID;
CREATE TABLE pair_hours (
  endpoint TEXT NOT NULL, consumer TEXT NOT NULL, window_us INTEGER NOT NULL, 
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  request_bytes REAL NOT NULL,
  response_bytes REAL NOT NULL,
  items REAL NOT NULL,
  PRIMARY KEY (endpoint, consumer, window_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE pair_days (
  endpoint TEXT NOT NULL, consumer TEXT NOT NULL, window_us INTEGER NOT NULL, 
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  request_bytes REAL NOT NULL,
  response_bytes REAL NOT NULL,
  items REAL NOT NULL,
  PRIMARY KEY (endpoint, consumer, window_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE map (
  consumer TEXT NOT NULL, service TEXT NOT NULL,
  requests INTEGER NOT NULL, errors INTEGER NOT NULL, response_bytes REAL NOT NULL,
  PRIMARY KEY (consumer, service)
) STRICT, WITHOUT ROWID;
CREATE TABLE series_hours (
  kind TEXT NOT NULL, subject TEXT NOT NULL, window_us INTEGER NOT NULL, 
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  request_bytes REAL NOT NULL,
  response_bytes REAL NOT NULL,
  items REAL NOT NULL,
  PRIMARY KEY (kind, subject, window_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE series_days (
  kind TEXT NOT NULL, subject TEXT NOT NULL, window_us INTEGER NOT NULL, 
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  request_bytes REAL NOT NULL,
  response_bytes REAL NOT NULL,
  items REAL NOT NULL,
  PRIMARY KEY (kind, subject, window_us)
) STRICT, WITHOUT ROWID;
CREATE TABLE shapes (
  shape INTEGER PRIMARY KEY, paths TEXT NOT NULL, first_seen_us INTEGER NOT NULL
) STRICT;
CREATE TABLE sensors (sensor TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE positions (
  sensor TEXT NOT NULL, boot TEXT NOT NULL, used INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (sensor, boot)
) STRICT;
CREATE TABLE changes (
  sequence INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, sentence TEXT NOT NULL
) STRICT;
CREATE TABLE progress (
  one INTEGER PRIMARY KEY CHECK (one = 1), checkpoint INTEGER NOT NULL, ledger TEXT NOT NULL
) STRICT;
CREATE TABLE sensor_minutes (
  sensor TEXT NOT NULL, window_us INTEGER NOT NULL,
  packets REAL NOT NULL, kernel_drops REAL NOT NULL, duplicates REAL NOT NULL,
  payload_bytes REAL NOT NULL, gap_bytes REAL NOT NULL, exchanges REAL NOT NULL, incomplete REAL NOT NULL,
  resyncs REAL NOT NULL, evictions REAL NOT NULL,
  unknown_loss INTEGER NOT NULL, overload_step INTEGER NOT NULL,
  PRIMARY KEY (sensor, window_us)) STRICT, WITHOUT ROWID;
CREATE TABLE sensor_hours (
  sensor TEXT NOT NULL, window_us INTEGER NOT NULL,
  packets REAL NOT NULL, kernel_drops REAL NOT NULL, duplicates REAL NOT NULL,
  payload_bytes REAL NOT NULL, gap_bytes REAL NOT NULL, exchanges REAL NOT NULL, incomplete REAL NOT NULL,
  resyncs REAL NOT NULL, evictions REAL NOT NULL,
  unknown_loss INTEGER NOT NULL, overload_step INTEGER NOT NULL,
  PRIMARY KEY (sensor, window_us)) STRICT, WITHOUT ROWID;
CREATE TABLE window_logs (
  checkpoint INTEGER PRIMARY KEY, changes INTEGER NOT NULL, bytes BLOB NOT NULL
) STRICT;
CREATE TABLE waiting (place INTEGER PRIMARY KEY, events BLOB NOT NULL, marks BLOB NOT NULL) STRICT;
CREATE TABLE dark (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL, address_class TEXT NOT NULL, port INTEGER NOT NULL,
  zone TEXT NOT NULL, state TEXT NOT NULL, first_seen_us INTEGER NOT NULL, last_seen_us INTEGER NOT NULL,
  sessions INTEGER NOT NULL, request_bytes REAL NOT NULL, response_bytes REAL NOT NULL, clients INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE dark_details (
  id TEXT PRIMARY KEY REFERENCES dark (id), names TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE TABLE dark_hours (
  dark TEXT NOT NULL, window_us INTEGER NOT NULL,
  sessions INTEGER NOT NULL, request_bytes REAL NOT NULL, response_bytes REAL NOT NULL,
  PRIMARY KEY (dark, window_us)
) STRICT, WITHOUT ROWID;
INSERT INTO migrations VALUES(1,'inventory, consumers, windows, ledger','2026-11-25T13:16:16.955Z');
INSERT INTO migrations VALUES(2,'joining across sensors, sensors over time','2026-11-25T13:16:16.955Z');
INSERT INTO migrations VALUES(3,'the ledger of dark APIs, calls, conversations, identity rules, former principals','2026-11-25T13:16:16.955Z');
INSERT INTO services VALUES('s_59f760dd9b79e73485','api.meridian.example','api.meridian.example','',1795440244008176,1795440244057380,25,0,5);
INSERT INTO services VALUES('s_a35d1b8ddf4081ed90','partner.meridian.example','partner.meridian.example','',1795440244008734,1795440244056855,5,1,2);
INSERT INTO service_details VALUES('s_59f760dd9b79e73485','{"addresses":["d406d50ad63c:80","f6e58e837e6b:80"],"ports":[80],"protocols":["http/1.1"],"conversations":0,"rules":{"api_key_field api-key":5,"authorization bearer-opaque":17,"client none":2,"api_key_query api-key":1},"unlisted":{"noResponse":6}}');
INSERT INTO service_details VALUES('s_a35d1b8ddf4081ed90','{"addresses":["d406d50ad63c:80"],"ports":[80],"protocols":["http/1.1"],"conversations":0,"rules":{"client none":5},"unlisted":{}}');
INSERT INTO endpoints VALUES('e_2569629bc01f96a905','s_59f760dd9b79e73485','PUT','/v2/trackers/{int}/position','','unknown',1795440244008875,1795440244008985,15,0,0,1);
INSERT INTO endpoints VALUES('e_37efcfe0dac11758ad','s_59f760dd9b79e73485','GET','/v2/shipments/{uuid}/tracking','','unknown',1795440244039137,1795440244039137,1,0,0,1);
INSERT INTO endpoints VALUES('e_68749c891d582185d5','s_59f760dd9b79e73485','POST','/v1/webhooks','','unknown',1795440244008176,1795440244008176,1,0,0,1);
INSERT INTO endpoints VALUES('e_7afbca4e9b8c5ce30c','s_a35d1b8ddf4081ed90','GET','/login','','unknown',1795440244008734,1795440244008784,2,0,0,1);
INSERT INTO endpoints VALUES('e_7f39c413e579f8b4db','s_59f760dd9b79e73485','GET','/v1/customers','','unknown',1795440244008650,1795440244008650,1,0,0,1);
INSERT INTO endpoints VALUES('e_93e3f013ff5d0fbed3','s_59f760dd9b79e73485','GET','/v1/me','','unknown',1795440244009035,1795440244009035,1,0,0,1);
INSERT INTO endpoints VALUES('e_eaaba6fe41b07c60d7','s_a35d1b8ddf4081ed90','POST','/login','','unknown',1795440244048077,1795440244056855,3,1,0,1);
INSERT INTO endpoint_details VALUES('e_68749c891d582185d5','{"states":{"complete":1},"statuses":{"201":1},"requestTypes":{"application/json":1},"responseTypes":{"application/json":1},"schemes":{"api-key":1},"anomalies":{},"dataClasses":{},"shapes":{"3719270441":1},"requestShapes":{"233588620":1},"protocols":{"http/1.1":1},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0,"parameters":[{"in":"header","name":"x-api-key","requests":1,"kinds":{"id":1},"firstSeenUs":1795440244008176,"lastSeenUs":1795440244008176}]}',X'0140DD52000000000040DD52000000000040DD520000000000000188080100',X'01404E000000000000404E000000000000404E00000000000000019A030100',X'014056C000000000004056C000000000004056C000000000000001C4030100',X'013FF00000000000003FF00000000000003FF00000000000000001000100');
INSERT INTO endpoint_details VALUES('e_7f39c413e579f8b4db','{"states":{"complete":1},"statuses":{"200":1},"requestTypes":{},"responseTypes":{"application/json":1},"schemes":{"bearer-opaque":1},"anomalies":{},"dataClasses":{"response:email":1},"shapes":{"1818692353":1},"requestShapes":{},"protocols":{"http/1.1":1},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0,"parameters":[{"in":"query","name":"page","requests":1,"kinds":{"int":1},"firstSeenUs":1795440244008650,"lastSeenUs":1795440244008650},{"in":"query","name":"per_page","requests":1,"kinds":{"int":1},"firstSeenUs":1795440244008650,"lastSeenUs":1795440244008650}]}',X'0140E082800000000040E082800000000040E0828000000000000194080100',X'01000000000000000000000000000000000000000000000000010000',X'01408DF00000000000408DF00000000000408DF000000000000001B0050100',X'014024000000000000402400000000000040240000000000000001E8010100');
INSERT INTO endpoint_details VALUES('e_7afbca4e9b8c5ce30c','{"states":{"complete":2},"statuses":{"200":2},"requestTypes":{},"responseTypes":{"text/html":2},"schemes":{"none":2},"anomalies":{},"dataClasses":{},"shapes":{},"requestShapes":{},"protocols":{"http/1.1":2},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0,"parameters":[]}',X'0140E161C00000000040E18A200000000040F175F0000000000002980801020100',X'01000000000000000000000000000000000000000000000000020000',X'01406FC00000000000406FC00000000000407FC000000000000001AA040200',X'');
INSERT INTO endpoint_details VALUES('e_2569629bc01f96a905','{"states":{"complete":7,"requestOnly":8},"statuses":{"204":7},"requestTypes":{"application/json":15},"responseTypes":{},"schemes":{"bearer-opaque":7},"anomalies":{},"dataClasses":{"request:geo":15},"shapes":{},"requestShapes":{"252274459":15},"protocols":{"http/1.1":15},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0,"parameters":[{"in":"path","name":"trackerId","requests":15,"kinds":{"int":15},"firstSeenUs":1795440244008875,"lastSeenUs":1795440244008985}]}',X'0140E1A9E00000000040E83F80000000004111FDB80000000000079A080102010A01020108010201080100',X'01404780000000000040478000000000004074900000000000000182030700',X'01000000000000000000000000000000000000000000000000070000',X'');
INSERT INTO endpoint_details VALUES('e_37efcfe0dac11758ad','{"states":{"complete":1},"statuses":{"200":1},"requestTypes":{},"responseTypes":{"application/json":1},"schemes":{"api-key":1},"anomalies":{},"dataClasses":{},"shapes":{"49892436":1},"requestShapes":{},"protocols":{"http/1.1":1},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0,"parameters":[{"in":"path","name":"shipmentId","requests":1,"kinds":{"uuid":1},"firstSeenUs":1795440244039137,"lastSeenUs":1795440244039137},{"in":"header","name":"x-api-key","requests":1,"kinds":{"id":1},"firstSeenUs":1795440244039137,"lastSeenUs":1795440244039137}]}',X'0140BE3A000000000040BE3A000000000040BE3A0000000000000180070100',X'01000000000000000000000000000000000000000000000000010000',X'014072400000000000407240000000000040724000000000000001B8040100',X'0140080000000000004008000000000000400800000000000000016E0100');
INSERT INTO endpoint_details VALUES('e_93e3f013ff5d0fbed3','{"states":{"complete":1},"statuses":{"200":1},"requestTypes":{},"responseTypes":{"application/json":1},"schemes":{"api-key":1},"anomalies":{},"dataClasses":{},"shapes":{"1686173411":1},"requestShapes":{},"protocols":{"http/1.1":1},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0,"parameters":[{"in":"header","name":"x-api-key","requests":1,"kinds":{"id":1},"firstSeenUs":1795440244009035,"lastSeenUs":1795440244009035}]}',X'0140E5FB200000000040E5FB200000000040E5FB20000000000001B0080100',X'01000000000000000000000000000000000000000000000000010000',X'014042800000000000404280000000000040428000000000000001EA020100',X'');
INSERT INTO endpoint_details VALUES('e_eaaba6fe41b07c60d7','{"states":{"complete":2,"requestOnly":1},"statuses":{"303":1,"401":1},"requestTypes":{"application/x-www-form-urlencoded":3},"responseTypes":{"application/problem+json":1},"schemes":{},"anomalies":{},"dataClasses":{"request:email":3,"request:password":3},"shapes":{"3036342063":1},"requestShapes":{"1415945681":3},"protocols":{"http/1.1":3},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0,"parameters":[]}',X'0140B636000000000040C326800000000040CE4180000000000002E20601360100',X'014047800000000000404980000000000040588000000000000002820301080100',X'010000000000000000405800000000000040580000000000000101CA030100',X'');
INSERT INTO consumers VALUES('c_3b633729796fb9ae52','bearer-opaque:a8403c','bearer-opaque',NULL,1795440244008650,1795440244049849,2,0,1);
INSERT INTO consumers VALUES('c_8085fad80dc82b142f','api-key:b3d4fc','api-key',NULL,1795440244009035,1795440244057380,2,0,1);
INSERT INTO consumers VALUES('c_811e2b8eead87c6dcc','api-key:6cda57','api-key',NULL,1795440244008176,1795440244051163,3,0,2);
INSERT INTO consumers VALUES('c_cabb6222cfbbbf1553','bearer-opaque:8af6dd','bearer-opaque',NULL,1795440244008875,1795440244008985,15,0,1);
INSERT INTO consumers VALUES('c_cd3de95ef94c7d597b','anonymous firefox 73b706','none',NULL,1795440244008734,1795440244056855,5,1,2);
INSERT INTO consumer_details VALUES('c_811e2b8eead87c6dcc','{"principal":"6cda57b9781e","formerPrincipals":[],"issuer":"","rule":"api_key_field","credentials":["641c61785539"],"userAgents":["pallas-connect"],"prefixes":["75885c283b21"]}');
INSERT INTO consumer_details VALUES('c_3b633729796fb9ae52','{"principal":"a8403c240ad2","formerPrincipals":[],"issuer":"","rule":"authorization","credentials":["634e330187c7"],"userAgents":["okhttp"],"prefixes":["adf551ebc577"]}');
INSERT INTO consumer_details VALUES('c_cd3de95ef94c7d597b','{"principal":"73b706dd901c","formerPrincipals":[],"issuer":"","rule":"client","credentials":[],"userAgents":["firefox"],"prefixes":["75885c283b21"]}');
INSERT INTO consumer_details VALUES('c_cabb6222cfbbbf1553','{"principal":"8af6dd89e27f","formerPrincipals":[],"issuer":"","rule":"authorization","credentials":["65a1605ca7e3"],"userAgents":["fennec-fw"],"prefixes":["a1b95ca2380b","04cbe41b9a1f"]}');
INSERT INTO consumer_details VALUES('c_8085fad80dc82b142f','{"principal":"b3d4fcaf59ec","formerPrincipals":[],"issuer":"","rule":"api_key_field","credentials":["7792775dd91c"],"userAgents":["postmanruntime"],"prefixes":["adf551ebc577"]}');
INSERT INTO pairs VALUES('','',1795392000000000,4,1,126.0,146.0,0.0);
INSERT INTO pairs VALUES('','c_3b633729796fb9ae52',1795392000000000,1,0,0.0,0.0,0.0);
INSERT INTO pairs VALUES('','c_8085fad80dc82b142f',1795392000000000,1,0,0.0,0.0,0.0);
INSERT INTO pairs VALUES('','c_811e2b8eead87c6dcc',1795392000000000,1,0,425.0,0.0,0.0);
INSERT INTO pairs VALUES('e_2569629bc01f96a905','c_cabb6222cfbbbf1553',1795392000000000,15,0,705.0,0.0,0.0);
INSERT INTO pairs VALUES('e_37efcfe0dac11758ad','c_811e2b8eead87c6dcc',1795392000000000,1,0,0.0,292.0,3.0);
INSERT INTO pairs VALUES('e_68749c891d582185d5','c_811e2b8eead87c6dcc',1795392000000000,1,0,60.0,91.0,1.0);
INSERT INTO pairs VALUES('e_7afbca4e9b8c5ce30c','c_cd3de95ef94c7d597b',1795392000000000,2,0,0.0,508.0,0.0);
INSERT INTO pairs VALUES('e_7f39c413e579f8b4db','c_3b633729796fb9ae52',1795392000000000,1,0,0.0,958.0,10.0);
INSERT INTO pairs VALUES('e_93e3f013ff5d0fbed3','c_8085fad80dc82b142f',1795392000000000,1,0,0.0,37.0,0.0);
INSERT INTO pairs VALUES('e_eaaba6fe41b07c60d7','c_cd3de95ef94c7d597b',1795392000000000,3,1,149.0,96.0,0.0);
INSERT INTO pair_hours VALUES('','',1795438800000000,4,1,126.0,146.0,0.0);
INSERT INTO pair_hours VALUES('','c_3b633729796fb9ae52',1795438800000000,1,0,0.0,0.0,0.0);
INSERT INTO pair_hours VALUES('','c_8085fad80dc82b142f',1795438800000000,1,0,0.0,0.0,0.0);
INSERT INTO pair_hours VALUES('','c_811e2b8eead87c6dcc',1795438800000000,1,0,425.0,0.0,0.0);
INSERT INTO pair_hours VALUES('e_2569629bc01f96a905','c_cabb6222cfbbbf1553',1795438800000000,15,0,705.0,0.0,0.0);
INSERT INTO pair_hours VALUES('e_37efcfe0dac11758ad','c_811e2b8eead87c6dcc',1795438800000000,1,0,0.0,292.0,3.0);
INSERT INTO pair_hours VALUES('e_68749c891d582185d5','c_811e2b8eead87c6dcc',1795438800000000,1,0,60.0,91.0,1.0);
INSERT INTO pair_hours VALUES('e_7afbca4e9b8c5ce30c','c_cd3de95ef94c7d597b',1795438800000000,2,0,0.0,508.0,0.0);
INSERT INTO pair_hours VALUES('e_7f39c413e579f8b4db','c_3b633729796fb9ae52',1795438800000000,1,0,0.0,958.0,10.0);
INSERT INTO pair_hours VALUES('e_93e3f013ff5d0fbed3','c_8085fad80dc82b142f',1795438800000000,1,0,0.0,37.0,0.0);
INSERT INTO pair_hours VALUES('e_eaaba6fe41b07c60d7','c_cd3de95ef94c7d597b',1795438800000000,3,1,149.0,96.0,0.0);
INSERT INTO pair_days VALUES('','',1795392000000000,4,1,126.0,146.0,0.0);
INSERT INTO pair_days VALUES('','c_3b633729796fb9ae52',1795392000000000,1,0,0.0,0.0,0.0);
INSERT INTO pair_days VALUES('','c_8085fad80dc82b142f',1795392000000000,1,0,0.0,0.0,0.0);
INSERT INTO pair_days VALUES('','c_811e2b8eead87c6dcc',1795392000000000,1,0,425.0,0.0,0.0);
INSERT INTO pair_days VALUES('e_2569629bc01f96a905','c_cabb6222cfbbbf1553',1795392000000000,15,0,705.0,0.0,0.0);
INSERT INTO pair_days VALUES('e_37efcfe0dac11758ad','c_811e2b8eead87c6dcc',1795392000000000,1,0,0.0,292.0,3.0);
INSERT INTO pair_days VALUES('e_68749c891d582185d5','c_811e2b8eead87c6dcc',1795392000000000,1,0,60.0,91.0,1.0);
INSERT INTO pair_days VALUES('e_7afbca4e9b8c5ce30c','c_cd3de95ef94c7d597b',1795392000000000,2,0,0.0,508.0,0.0);
INSERT INTO pair_days VALUES('e_7f39c413e579f8b4db','c_3b633729796fb9ae52',1795392000000000,1,0,0.0,958.0,10.0);
INSERT INTO pair_days VALUES('e_93e3f013ff5d0fbed3','c_8085fad80dc82b142f',1795392000000000,1,0,0.0,37.0,0.0);
INSERT INTO pair_days VALUES('e_eaaba6fe41b07c60d7','c_cd3de95ef94c7d597b',1795392000000000,3,1,149.0,96.0,0.0);
INSERT INTO map VALUES('c_3b633729796fb9ae52','s_59f760dd9b79e73485',1,0,958.0);
INSERT INTO map VALUES('c_8085fad80dc82b142f','s_59f760dd9b79e73485',1,0,37.0);
INSERT INTO map VALUES('c_811e2b8eead87c6dcc','s_59f760dd9b79e73485',2,0,383.0);
INSERT INTO map VALUES('c_cabb6222cfbbbf1553','s_59f760dd9b79e73485',15,0,0.0);
INSERT INTO map VALUES('c_cd3de95ef94c7d597b','s_a35d1b8ddf4081ed90',5,1,604.0);
INSERT INTO series_hours VALUES('all','',1795438800000000,31,2,1465.0,2128.0,14.0);
INSERT INTO series_hours VALUES('consumer','c_3b633729796fb9ae52',1795438800000000,2,0,0.0,958.0,10.0);
INSERT INTO series_hours VALUES('consumer','c_8085fad80dc82b142f',1795438800000000,2,0,0.0,37.0,0.0);
INSERT INTO series_hours VALUES('consumer','c_811e2b8eead87c6dcc',1795438800000000,3,0,485.0,383.0,4.0);
INSERT INTO series_hours VALUES('consumer','c_cabb6222cfbbbf1553',1795438800000000,15,0,705.0,0.0,0.0);
INSERT INTO series_hours VALUES('consumer','c_cd3de95ef94c7d597b',1795438800000000,5,1,149.0,604.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_2569629bc01f96a905',1795438800000000,15,0,705.0,0.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_37efcfe0dac11758ad',1795438800000000,1,0,0.0,292.0,3.0);
INSERT INTO series_hours VALUES('endpoint','e_68749c891d582185d5',1795438800000000,1,0,60.0,91.0,1.0);
INSERT INTO series_hours VALUES('endpoint','e_7afbca4e9b8c5ce30c',1795438800000000,2,0,0.0,508.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_7f39c413e579f8b4db',1795438800000000,1,0,0.0,958.0,10.0);
INSERT INTO series_hours VALUES('endpoint','e_93e3f013ff5d0fbed3',1795438800000000,1,0,0.0,37.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_eaaba6fe41b07c60d7',1795438800000000,3,1,149.0,96.0,0.0);
INSERT INTO series_hours VALUES('service','s_59f760dd9b79e73485',1795438800000000,19,0,765.0,1378.0,14.0);
INSERT INTO series_hours VALUES('service','s_a35d1b8ddf4081ed90',1795438800000000,5,1,149.0,604.0,0.0);
INSERT INTO series_days VALUES('all','',1795392000000000,31,2,1465.0,2128.0,14.0);
INSERT INTO series_days VALUES('consumer','c_3b633729796fb9ae52',1795392000000000,2,0,0.0,958.0,10.0);
INSERT INTO series_days VALUES('consumer','c_8085fad80dc82b142f',1795392000000000,2,0,0.0,37.0,0.0);
INSERT INTO series_days VALUES('consumer','c_811e2b8eead87c6dcc',1795392000000000,3,0,485.0,383.0,4.0);
INSERT INTO series_days VALUES('consumer','c_cabb6222cfbbbf1553',1795392000000000,15,0,705.0,0.0,0.0);
INSERT INTO series_days VALUES('consumer','c_cd3de95ef94c7d597b',1795392000000000,5,1,149.0,604.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_2569629bc01f96a905',1795392000000000,15,0,705.0,0.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_37efcfe0dac11758ad',1795392000000000,1,0,0.0,292.0,3.0);
INSERT INTO series_days VALUES('endpoint','e_68749c891d582185d5',1795392000000000,1,0,60.0,91.0,1.0);
INSERT INTO series_days VALUES('endpoint','e_7afbca4e9b8c5ce30c',1795392000000000,2,0,0.0,508.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_7f39c413e579f8b4db',1795392000000000,1,0,0.0,958.0,10.0);
INSERT INTO series_days VALUES('endpoint','e_93e3f013ff5d0fbed3',1795392000000000,1,0,0.0,37.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_eaaba6fe41b07c60d7',1795392000000000,3,1,149.0,96.0,0.0);
INSERT INTO series_days VALUES('service','s_59f760dd9b79e73485',1795392000000000,19,0,765.0,1378.0,14.0);
INSERT INTO series_days VALUES('service','s_a35d1b8ddf4081ed90',1795392000000000,5,1,149.0,604.0,0.0);
INSERT INTO shapes VALUES(49892436,'["container:string","events[].at:string","events[].code:string","events[].port:string","shipment:string"]',1795440244039137);
INSERT INTO shapes VALUES(82540888,'["client_id:string","client_secret:string#password","grant_type:string","scope:string"]',1795440244058653);
INSERT INTO shapes VALUES(233588620,'["events[]:string","url:string"]',1795440244008176);
INSERT INTO shapes VALUES(252274459,'["lat:number#geo","lon:number#geo","ts:int"]',1795440244008875);
INSERT INTO shapes VALUES(879419752,'["contact.email:string#email","contact.name:string","contact.phone:string#phone","customerId:int","lines[].line:int","lines[].quantity:int","lines[].sku:string","lines[].unitPrice:number","lines[].weightKg:int"]',1795440244058653);
INSERT INTO shapes VALUES(1415945681,'["password:string#password","user:string#email"]',1795440244048077);
INSERT INTO shapes VALUES(1686173411,'["name:string","scheme:string"]',1795440244009035);
INSERT INTO shapes VALUES(1818692353,'["customers[].country:string","customers[].email:string#email","customers[].id:int","customers[].name:string","page:int","pages:int","perPage:int","total:int"]',1795440244008650);
INSERT INTO shapes VALUES(3036342063,'["detail:string","status:int","title:string","type:string"]',1795440244049041);
INSERT INTO shapes VALUES(3719270441,'["events[]:string","id:string","url:string"]',1795440244008176);
INSERT INTO sensors VALUES('embedded','{"sensor":"embedded","tenant":"default","boot":"cdcff8cab3e43e44","sequence":2,"keyEpoch":1,"watermarkUs":1795440244058653,"firstBatchUs":1795440244008176,"exchanges":31,"batches":2,"ledger":{"capture.packets":110,"capture.bytes":21550,"decoder.ethernet":110,"decoder.ipv4":81,"decoder.ipv6":29,"decoder.tcp":110,"decoder.payload_bytes":13486,"tcp.packets":110,"tcp.payload_bytes":13486,"tcp.delivered_bytes":13486,"tcp.syn":14,"tcp.syn_ack":14,"tcp.fin":4,"tcp.sessions":14,"tcp.active_max":12,"tcp.closed.fin":2,"http.sessions":14,"http.requests":31,"http.responses":16,"http.exchanges":31,"http.complete":16,"http.pipelined":3,"http.request_bytes":8268,"http.response_bytes":5218,"summary.events":31,"summary.bodies.walked":14,"summary.bodies.reused":12,"summary.bodies.unread":3,"summary.body_bytes":2375,"summary.calls.only":12,"summary.classes.decided":8,"summary.shapes":10,"summary.rules.client":8,"summary.rules.api_key_field":5,"summary.rules.authorization":17,"summary.identity.linked":1,"summary.made.operations":14,"summary.made.identities":9,"summary.made.clients":14,"summary.made.servers":4,"published.exchanges":31,"published.batches":2,"tcp.closed.flush":12,"http.request_only":15,"summary.rules.api_key_query":1,"published.bytes":3477,"published.acknowledged":16},"flags":{"sampled":12,"ambiguous":8},"finished":true,"run":"cdcff8cab3e43e44","workers":[{"worker":0,"boot":"cdcff8cab3e43e44","restart":0,"sequence":2,"watermarkUs":1795440244058653,"heardUs":1795612577343000,"finished":true,"silent":false,"counts":{"packets":110,"kernelDrops":0,"duplicates":0,"payloadBytes":13486,"gapBytes":0,"exchanges":31,"incomplete":15,"resyncs":0,"evictions":0},"levels":{"unknownLoss":0,"overloadStep":0}}],"runs":1,"lastHeardUs":1795612577343000,"silent":false,"missingBatches":0,"rules":{"client none":8,"api_key_field api-key":5,"authorization bearer-opaque":17,"api_key_query api-key":1},"copies":0}');
INSERT INTO positions VALUES('embedded','cdcff8cab3e43e44',1,'{"sensor":"embedded","boot":"cdcff8cab3e43e44","sequence":2,"holes":[],"lost":0,"ledger":{"capture.packets":110,"capture.bytes":21550,"decoder.ethernet":110,"decoder.ipv4":81,"decoder.ipv6":29,"decoder.tcp":110,"decoder.payload_bytes":13486,"tcp.packets":110,"tcp.payload_bytes":13486,"tcp.delivered_bytes":13486,"tcp.syn":14,"tcp.syn_ack":14,"tcp.fin":4,"tcp.sessions":14,"tcp.active_max":12,"tcp.closed.fin":2,"tcp.closed.flush":12,"http.sessions":14,"http.requests":31,"http.responses":16,"http.exchanges":31,"http.complete":16,"http.request_only":15,"http.pipelined":3,"http.request_bytes":8268,"http.response_bytes":5218,"summary.events":31,"summary.bodies.walked":14,"summary.bodies.reused":12,"summary.bodies.unread":3,"summary.body_bytes":2375,"summary.calls.only":12,"summary.classes.decided":8,"summary.shapes":10,"summary.rules.client":8,"summary.rules.api_key_field":5,"summary.rules.authorization":17,"summary.rules.api_key_query":1,"summary.identity.linked":1,"summary.made.operations":14,"summary.made.identities":9,"summary.made.clients":14,"summary.made.servers":4,"published.exchanges":31,"published.batches":2,"published.bytes":3477,"published.acknowledged":16}}');
INSERT INTO changes VALUES(1,1795440244008176,'service.new','s_59f760dd9b79e73485','New service api.meridian.example.');
INSERT INTO changes VALUES(2,1795440244008176,'endpoint.new','e_68749c891d582185d5','New endpoint POST /v1/webhooks at api.meridian.example.');
INSERT INTO changes VALUES(3,1795440244008176,'consumer.new','c_811e2b8eead87c6dcc','New consumer api-key:6cda57 (api-key).');
INSERT INTO changes VALUES(4,1795440244008650,'endpoint.new','e_7f39c413e579f8b4db','New endpoint GET /v1/customers at api.meridian.example.');
INSERT INTO changes VALUES(5,1795440244008650,'consumer.new','c_3b633729796fb9ae52','New consumer bearer-opaque:a8403c (bearer-opaque).');
INSERT INTO changes VALUES(6,1795440244008734,'service.new','s_a35d1b8ddf4081ed90','New service partner.meridian.example.');
INSERT INTO changes VALUES(7,1795440244008734,'endpoint.new','e_7afbca4e9b8c5ce30c','New endpoint GET /login at partner.meridian.example.');
INSERT INTO changes VALUES(8,1795440244008734,'consumer.new','c_cd3de95ef94c7d597b','New consumer anonymous firefox 73b706.');
INSERT INTO changes VALUES(9,1795440244008875,'endpoint.new','e_2569629bc01f96a905','New endpoint PUT /v2/trackers/{int}/position at api.meridian.example.');
INSERT INTO changes VALUES(10,1795440244008875,'consumer.new','c_cabb6222cfbbbf1553','New consumer bearer-opaque:8af6dd (bearer-opaque).');
INSERT INTO changes VALUES(11,1795440244039137,'endpoint.new','e_37efcfe0dac11758ad','New endpoint GET /v2/shipments/{uuid}/tracking at api.meridian.example.');
INSERT INTO changes VALUES(12,1795440244009035,'endpoint.new','e_93e3f013ff5d0fbed3','New endpoint GET /v1/me at api.meridian.example.');
INSERT INTO changes VALUES(13,1795440244009035,'consumer.new','c_8085fad80dc82b142f','New consumer api-key:b3d4fc (api-key).');
INSERT INTO changes VALUES(14,1795440244049041,'endpoint.new','e_eaaba6fe41b07c60d7','New endpoint POST /login at partner.meridian.example.');
INSERT INTO progress VALUES(1,1,'{"exchanges":31,"received":31,"conversations":0,"tlsSessions":0,"joined":0,"copies":0,"betterCopies":0,"halvesExpired":15,"waiting":0,"batches":2,"duplicateBatches":0,"missingBatches":0,"refused":{},"states":{"complete":16,"requestOnly":15},"unlisted":{"notFound":1},"limits":{}}');
INSERT INTO sensor_minutes VALUES('embedded',1795440240000000,110.0,0.0,0.0,13486.0,0.0,31.0,15.0,0.0,0.0,0,0);
INSERT INTO sensor_hours VALUES('embedded',1795438800000000,110.0,0.0,0.0,13486.0,0.0,31.0,15.0,0.0,0.0,0,0);
INSERT INTO window_logs VALUES(1,46,X'012EF6A1AD9FB0BCB006950EB407A80164B6018A01E2D7038FD703DB018A01B601BF02CCF304870FE7E204849305F858D7ED05008A01000052000086E101D76DF29D02A0ED01D6759161F858D7ED05008A01000052000086E101D76DF29D02A0ED01D675026D0BAFFBB636753D7D7523E142A5537A2519AB81DB777FE37B3875FA5374D81E0701A2DB47E2626243B5EFDCBAF6636884963317DBAFCC7B246B36F4B797F9AC924EDBB4CECEC67598E97A9B60892D5A961ECF1623EF508AE8035BC6CC47F53EE20880328E33931E90D10540FFA684E344491E567FBF78DEA34FF67E7B8A31C3904B9069D8970E64C69F7C1E1B1590E7DA79AD364ABC98E53DB8DBC30416437A84F39DC3BB979378DBEDB04F4DAF03FB531A32CF1792952AF3C0E20880328E33931E90D10540FFA684E344491E567FBF78DEA34FF67E7B8A31C3904B9069D8970E64C69F7C1E1B1590E7DA79AD364ABC98E53DB8DBC30416437A84F39DC3BB979378DBEDB04F4DAF03FB531A32CF1792952AF3C00101010101010101010101010101010101060606060606060606060606060606030303030303030303030303030303019FFAAEEF07A1BCF3D308000000');
CREATE INDEX endpoints_of_service ON endpoints (service, template);
CREATE INDEX pairs_of_consumer ON pairs (consumer);
CREATE INDEX sensor_minutes_by_time ON sensor_minutes (window_us);
CREATE INDEX sensor_hours_by_time ON sensor_hours (window_us);
CREATE INDEX dark_by_name ON dark (name);
CREATE INDEX services_by_authority ON services (authority);
