-- A store of schema 2, written by the program of commit 8a1e379 from the first packets of deploy/demo/demo.pcap, as SQL.
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
INSERT INTO migrations VALUES(1,'inventory, consumers, windows, ledger','2026-11-25T13:16:16.202Z');
INSERT INTO migrations VALUES(2,'joining across sensors, sensors over time','2026-11-25T13:16:16.202Z');
INSERT INTO services VALUES('s_a6e075ab991348fc37','api.meridian.example','api.meridian.example','',1795440244008176,1795440244057380,25,0,5);
INSERT INTO services VALUES('s_d692912f8b0ff8e8e9','partner.meridian.example','partner.meridian.example','',1795440244008734,1795440244056855,5,1,2);
INSERT INTO service_details VALUES('s_a6e075ab991348fc37','{"addresses":["23b2f71bf977:80","0747e87288e3:80"],"ports":[80],"protocols":["http/1.1"],"unlisted":{"noResponse":6}}');
INSERT INTO service_details VALUES('s_d692912f8b0ff8e8e9','{"addresses":["23b2f71bf977:80"],"ports":[80],"protocols":["http/1.1"],"unlisted":{}}');
INSERT INTO endpoints VALUES('e_16f760b02e50ea70a0','s_a6e075ab991348fc37','GET','/v1/me','','unknown',1795440244009035,1795440244009035,1,0,0,1);
INSERT INTO endpoints VALUES('e_37f735efa0f2d9162e','s_a6e075ab991348fc37','PUT','/v2/trackers/{int}/position','','unknown',1795440244008875,1795440244008985,15,0,0,1);
INSERT INTO endpoints VALUES('e_5125bc33641b8ab6ad','s_d692912f8b0ff8e8e9','POST','/login','','unknown',1795440244048077,1795440244056855,3,1,0,1);
INSERT INTO endpoints VALUES('e_520b87ef752e5cb9c1','s_a6e075ab991348fc37','POST','/v1/webhooks','','unknown',1795440244008176,1795440244008176,1,0,0,1);
INSERT INTO endpoints VALUES('e_b66a3e6cb4c6756d96','s_d692912f8b0ff8e8e9','GET','/login','','unknown',1795440244008734,1795440244008784,2,0,0,1);
INSERT INTO endpoints VALUES('e_b9f77d0027bb491992','s_a6e075ab991348fc37','GET','/v1/customers','','unknown',1795440244008650,1795440244008650,1,0,0,1);
INSERT INTO endpoints VALUES('e_ff99b5e3ac281c4990','s_a6e075ab991348fc37','GET','/v2/shipments/{uuid}/tracking','','unknown',1795440244039137,1795440244039137,1,0,0,1);
INSERT INTO endpoint_details VALUES('e_520b87ef752e5cb9c1','{"states":{"complete":1},"statuses":{"201":1},"requestTypes":{"application/json":1},"responseTypes":{"application/json":1},"schemes":{"api-key":1},"anomalies":{},"dataClasses":{},"shapes":{"3719270441":1},"requestShapes":{"233588620":1},"protocols":{"http/1.1":1},"parameters":[{"in":"header","name":"x-api-key","requests":1,"kinds":{"id":1},"firstSeenUs":1795440244008176,"lastSeenUs":1795440244008176}]}',X'0140DD52000000000040DD52000000000040DD520000000000000188080100',X'01404E000000000000404E000000000000404E00000000000000019A030100',X'014056C000000000004056C000000000004056C000000000000001C4030100',X'013FF00000000000003FF00000000000003FF00000000000000001000100');
INSERT INTO endpoint_details VALUES('e_b9f77d0027bb491992','{"states":{"complete":1},"statuses":{"200":1},"requestTypes":{},"responseTypes":{"application/json":1},"schemes":{"bearer-opaque":1},"anomalies":{},"dataClasses":{},"shapes":{"1818692353":1},"requestShapes":{},"protocols":{"http/1.1":1},"parameters":[{"in":"query","name":"page","requests":1,"kinds":{"int":1},"firstSeenUs":1795440244008650,"lastSeenUs":1795440244008650},{"in":"query","name":"per_page","requests":1,"kinds":{"int":1},"firstSeenUs":1795440244008650,"lastSeenUs":1795440244008650}]}',X'0140E082800000000040E082800000000040E0828000000000000194080100',X'01000000000000000000000000000000000000000000000000010000',X'01408DF00000000000408DF00000000000408DF000000000000001B0050100',X'014024000000000000402400000000000040240000000000000001E8010100');
INSERT INTO endpoint_details VALUES('e_b66a3e6cb4c6756d96','{"states":{"complete":2},"statuses":{"200":2},"requestTypes":{},"responseTypes":{"text/html":2},"schemes":{"none":2},"anomalies":{},"dataClasses":{},"shapes":{},"requestShapes":{},"protocols":{"http/1.1":2},"parameters":[]}',X'0140E161C00000000040E18A200000000040F175F0000000000002980801020100',X'01000000000000000000000000000000000000000000000000020000',X'01406FC00000000000406FC00000000000407FC000000000000001AA040200',X'');
INSERT INTO endpoint_details VALUES('e_37f735efa0f2d9162e','{"states":{"complete":7,"requestOnly":8},"statuses":{"204":7},"requestTypes":{"application/json":15},"responseTypes":{},"schemes":{"bearer-opaque":7},"anomalies":{},"dataClasses":{},"shapes":{},"requestShapes":{"252274459":15},"protocols":{"http/1.1":15},"parameters":[{"in":"path","name":"trackerId","requests":15,"kinds":{"int":15},"firstSeenUs":1795440244008875,"lastSeenUs":1795440244008985}]}',X'0140E1A9E00000000040E83F80000000004111FDB80000000000079A080102010A01020108010201080100',X'01404780000000000040478000000000004074900000000000000182030700',X'01000000000000000000000000000000000000000000000000070000',X'');
INSERT INTO endpoint_details VALUES('e_ff99b5e3ac281c4990','{"states":{"complete":1},"statuses":{"200":1},"requestTypes":{},"responseTypes":{"application/json":1},"schemes":{"api-key":1},"anomalies":{},"dataClasses":{},"shapes":{"49892436":1},"requestShapes":{},"protocols":{"http/1.1":1},"parameters":[{"in":"path","name":"shipmentId","requests":1,"kinds":{"uuid":1},"firstSeenUs":1795440244039137,"lastSeenUs":1795440244039137},{"in":"header","name":"x-api-key","requests":1,"kinds":{"id":1},"firstSeenUs":1795440244039137,"lastSeenUs":1795440244039137}]}',X'0140BE3A000000000040BE3A000000000040BE3A0000000000000180070100',X'01000000000000000000000000000000000000000000000000010000',X'014072400000000000407240000000000040724000000000000001B8040100',X'0140080000000000004008000000000000400800000000000000016E0100');
INSERT INTO endpoint_details VALUES('e_16f760b02e50ea70a0','{"states":{"complete":1},"statuses":{"200":1},"requestTypes":{},"responseTypes":{"application/json":1},"schemes":{"api-key":1},"anomalies":{},"dataClasses":{},"shapes":{"1686173411":1},"requestShapes":{},"protocols":{"http/1.1":1},"parameters":[{"in":"header","name":"x-api-key","requests":1,"kinds":{"id":1},"firstSeenUs":1795440244009035,"lastSeenUs":1795440244009035}]}',X'0140E5FB200000000040E5FB200000000040E5FB20000000000001B0080100',X'01000000000000000000000000000000000000000000000000010000',X'014042800000000000404280000000000040428000000000000001EA020100',X'');
INSERT INTO endpoint_details VALUES('e_5125bc33641b8ab6ad','{"states":{"complete":2,"requestOnly":1},"statuses":{"303":1,"401":1},"requestTypes":{"application/x-www-form-urlencoded":3},"responseTypes":{"application/problem+json":1},"schemes":{},"anomalies":{},"dataClasses":{},"shapes":{"3036342063":1},"requestShapes":{},"protocols":{"http/1.1":3},"parameters":[]}',X'0140B636000000000040C326800000000040CE4180000000000002E20601360100',X'014047800000000000404980000000000040588000000000000002820301080100',X'010000000000000000405800000000000040580000000000000101CA030100',X'');
INSERT INTO consumers VALUES('c_08d379333163167b94','bearer-opaque:e29bbb','bearer-opaque',NULL,1795440244008875,1795440244008985,15,0,1);
INSERT INTO consumers VALUES('c_70b28b9a4a89beae5d','api-key:615ac6','api-key',NULL,1795440244008176,1795440244051163,3,0,2);
INSERT INTO consumers VALUES('c_9436d3524c7405661c','anonymous firefox 22f123','none',NULL,1795440244008734,1795440244056855,5,1,2);
INSERT INTO consumers VALUES('c_9d740b880605a1d36b','api-key:cc1215','api-key',NULL,1795440244009035,1795440244057380,2,0,1);
INSERT INTO consumers VALUES('c_9ebbcedc9afff632dd','bearer-opaque:5cb439','bearer-opaque',NULL,1795440244008650,1795440244049849,2,0,1);
INSERT INTO consumer_details VALUES('c_70b28b9a4a89beae5d','{"principal":"615ac6af4d23","issuer":"","rule":"api_key_field","credentials":["3d44e7fe10d8"],"userAgents":["pallas-connect"],"prefixes":["b7fb5dbd0fde"]}');
INSERT INTO consumer_details VALUES('c_9ebbcedc9afff632dd','{"principal":"5cb439f93362","issuer":"","rule":"authorization","credentials":["1c88a57ee8e1"],"userAgents":["okhttp"],"prefixes":["01eb49779c2f"]}');
INSERT INTO consumer_details VALUES('c_9436d3524c7405661c','{"principal":"22f123d49f3f","issuer":"","rule":"client","credentials":[],"userAgents":["firefox"],"prefixes":["b7fb5dbd0fde"]}');
INSERT INTO consumer_details VALUES('c_08d379333163167b94','{"principal":"e29bbbd3e73b","issuer":"","rule":"authorization","credentials":["513a8b62f8f5"],"userAgents":["fennec-fw"],"prefixes":["dbb990eafa9d","608e4424574f"]}');
INSERT INTO consumer_details VALUES('c_9d740b880605a1d36b','{"principal":"cc1215152f73","issuer":"","rule":"api_key_field","credentials":["3589a19bf9d6"],"userAgents":["postmanruntime"],"prefixes":["01eb49779c2f"]}');
INSERT INTO pairs VALUES('','',1795392000000000,4,1,126.0,146.0,0.0);
INSERT INTO pairs VALUES('','c_70b28b9a4a89beae5d',1795392000000000,1,0,425.0,0.0,0.0);
INSERT INTO pairs VALUES('','c_9d740b880605a1d36b',1795392000000000,1,0,0.0,0.0,0.0);
INSERT INTO pairs VALUES('','c_9ebbcedc9afff632dd',1795392000000000,1,0,0.0,0.0,0.0);
INSERT INTO pairs VALUES('e_16f760b02e50ea70a0','c_9d740b880605a1d36b',1795392000000000,1,0,0.0,37.0,0.0);
INSERT INTO pairs VALUES('e_37f735efa0f2d9162e','c_08d379333163167b94',1795392000000000,15,0,705.0,0.0,0.0);
INSERT INTO pairs VALUES('e_5125bc33641b8ab6ad','c_9436d3524c7405661c',1795392000000000,3,1,149.0,96.0,0.0);
INSERT INTO pairs VALUES('e_520b87ef752e5cb9c1','c_70b28b9a4a89beae5d',1795392000000000,1,0,60.0,91.0,1.0);
INSERT INTO pairs VALUES('e_b66a3e6cb4c6756d96','c_9436d3524c7405661c',1795392000000000,2,0,0.0,508.0,0.0);
INSERT INTO pairs VALUES('e_b9f77d0027bb491992','c_9ebbcedc9afff632dd',1795392000000000,1,0,0.0,958.0,10.0);
INSERT INTO pairs VALUES('e_ff99b5e3ac281c4990','c_70b28b9a4a89beae5d',1795392000000000,1,0,0.0,292.0,3.0);
INSERT INTO pair_hours VALUES('','',1795438800000000,4,1,126.0,146.0,0.0);
INSERT INTO pair_hours VALUES('','c_70b28b9a4a89beae5d',1795438800000000,1,0,425.0,0.0,0.0);
INSERT INTO pair_hours VALUES('','c_9d740b880605a1d36b',1795438800000000,1,0,0.0,0.0,0.0);
INSERT INTO pair_hours VALUES('','c_9ebbcedc9afff632dd',1795438800000000,1,0,0.0,0.0,0.0);
INSERT INTO pair_hours VALUES('e_16f760b02e50ea70a0','c_9d740b880605a1d36b',1795438800000000,1,0,0.0,37.0,0.0);
INSERT INTO pair_hours VALUES('e_37f735efa0f2d9162e','c_08d379333163167b94',1795438800000000,15,0,705.0,0.0,0.0);
INSERT INTO pair_hours VALUES('e_5125bc33641b8ab6ad','c_9436d3524c7405661c',1795438800000000,3,1,149.0,96.0,0.0);
INSERT INTO pair_hours VALUES('e_520b87ef752e5cb9c1','c_70b28b9a4a89beae5d',1795438800000000,1,0,60.0,91.0,1.0);
INSERT INTO pair_hours VALUES('e_b66a3e6cb4c6756d96','c_9436d3524c7405661c',1795438800000000,2,0,0.0,508.0,0.0);
INSERT INTO pair_hours VALUES('e_b9f77d0027bb491992','c_9ebbcedc9afff632dd',1795438800000000,1,0,0.0,958.0,10.0);
INSERT INTO pair_hours VALUES('e_ff99b5e3ac281c4990','c_70b28b9a4a89beae5d',1795438800000000,1,0,0.0,292.0,3.0);
INSERT INTO pair_days VALUES('','',1795392000000000,4,1,126.0,146.0,0.0);
INSERT INTO pair_days VALUES('','c_70b28b9a4a89beae5d',1795392000000000,1,0,425.0,0.0,0.0);
INSERT INTO pair_days VALUES('','c_9d740b880605a1d36b',1795392000000000,1,0,0.0,0.0,0.0);
INSERT INTO pair_days VALUES('','c_9ebbcedc9afff632dd',1795392000000000,1,0,0.0,0.0,0.0);
INSERT INTO pair_days VALUES('e_16f760b02e50ea70a0','c_9d740b880605a1d36b',1795392000000000,1,0,0.0,37.0,0.0);
INSERT INTO pair_days VALUES('e_37f735efa0f2d9162e','c_08d379333163167b94',1795392000000000,15,0,705.0,0.0,0.0);
INSERT INTO pair_days VALUES('e_5125bc33641b8ab6ad','c_9436d3524c7405661c',1795392000000000,3,1,149.0,96.0,0.0);
INSERT INTO pair_days VALUES('e_520b87ef752e5cb9c1','c_70b28b9a4a89beae5d',1795392000000000,1,0,60.0,91.0,1.0);
INSERT INTO pair_days VALUES('e_b66a3e6cb4c6756d96','c_9436d3524c7405661c',1795392000000000,2,0,0.0,508.0,0.0);
INSERT INTO pair_days VALUES('e_b9f77d0027bb491992','c_9ebbcedc9afff632dd',1795392000000000,1,0,0.0,958.0,10.0);
INSERT INTO pair_days VALUES('e_ff99b5e3ac281c4990','c_70b28b9a4a89beae5d',1795392000000000,1,0,0.0,292.0,3.0);
INSERT INTO map VALUES('c_08d379333163167b94','s_a6e075ab991348fc37',15,0,0.0);
INSERT INTO map VALUES('c_70b28b9a4a89beae5d','s_a6e075ab991348fc37',2,0,383.0);
INSERT INTO map VALUES('c_9436d3524c7405661c','s_d692912f8b0ff8e8e9',5,1,604.0);
INSERT INTO map VALUES('c_9d740b880605a1d36b','s_a6e075ab991348fc37',1,0,37.0);
INSERT INTO map VALUES('c_9ebbcedc9afff632dd','s_a6e075ab991348fc37',1,0,958.0);
INSERT INTO series_hours VALUES('all','',1795438800000000,31,2,1465.0,2128.0,14.0);
INSERT INTO series_hours VALUES('consumer','c_08d379333163167b94',1795438800000000,15,0,705.0,0.0,0.0);
INSERT INTO series_hours VALUES('consumer','c_70b28b9a4a89beae5d',1795438800000000,3,0,485.0,383.0,4.0);
INSERT INTO series_hours VALUES('consumer','c_9436d3524c7405661c',1795438800000000,5,1,149.0,604.0,0.0);
INSERT INTO series_hours VALUES('consumer','c_9d740b880605a1d36b',1795438800000000,2,0,0.0,37.0,0.0);
INSERT INTO series_hours VALUES('consumer','c_9ebbcedc9afff632dd',1795438800000000,2,0,0.0,958.0,10.0);
INSERT INTO series_hours VALUES('endpoint','e_16f760b02e50ea70a0',1795438800000000,1,0,0.0,37.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_37f735efa0f2d9162e',1795438800000000,15,0,705.0,0.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_5125bc33641b8ab6ad',1795438800000000,3,1,149.0,96.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_520b87ef752e5cb9c1',1795438800000000,1,0,60.0,91.0,1.0);
INSERT INTO series_hours VALUES('endpoint','e_b66a3e6cb4c6756d96',1795438800000000,2,0,0.0,508.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_b9f77d0027bb491992',1795438800000000,1,0,0.0,958.0,10.0);
INSERT INTO series_hours VALUES('endpoint','e_ff99b5e3ac281c4990',1795438800000000,1,0,0.0,292.0,3.0);
INSERT INTO series_hours VALUES('service','s_a6e075ab991348fc37',1795438800000000,19,0,765.0,1378.0,14.0);
INSERT INTO series_hours VALUES('service','s_d692912f8b0ff8e8e9',1795438800000000,5,1,149.0,604.0,0.0);
INSERT INTO series_days VALUES('all','',1795392000000000,31,2,1465.0,2128.0,14.0);
INSERT INTO series_days VALUES('consumer','c_08d379333163167b94',1795392000000000,15,0,705.0,0.0,0.0);
INSERT INTO series_days VALUES('consumer','c_70b28b9a4a89beae5d',1795392000000000,3,0,485.0,383.0,4.0);
INSERT INTO series_days VALUES('consumer','c_9436d3524c7405661c',1795392000000000,5,1,149.0,604.0,0.0);
INSERT INTO series_days VALUES('consumer','c_9d740b880605a1d36b',1795392000000000,2,0,0.0,37.0,0.0);
INSERT INTO series_days VALUES('consumer','c_9ebbcedc9afff632dd',1795392000000000,2,0,0.0,958.0,10.0);
INSERT INTO series_days VALUES('endpoint','e_16f760b02e50ea70a0',1795392000000000,1,0,0.0,37.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_37f735efa0f2d9162e',1795392000000000,15,0,705.0,0.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_5125bc33641b8ab6ad',1795392000000000,3,1,149.0,96.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_520b87ef752e5cb9c1',1795392000000000,1,0,60.0,91.0,1.0);
INSERT INTO series_days VALUES('endpoint','e_b66a3e6cb4c6756d96',1795392000000000,2,0,0.0,508.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_b9f77d0027bb491992',1795392000000000,1,0,0.0,958.0,10.0);
INSERT INTO series_days VALUES('endpoint','e_ff99b5e3ac281c4990',1795392000000000,1,0,0.0,292.0,3.0);
INSERT INTO series_days VALUES('service','s_a6e075ab991348fc37',1795392000000000,19,0,765.0,1378.0,14.0);
INSERT INTO series_days VALUES('service','s_d692912f8b0ff8e8e9',1795392000000000,5,1,149.0,604.0,0.0);
INSERT INTO shapes VALUES(49892436,'["container:string","events[].at:string","events[].code:string","events[].port:string","shipment:string"]',1795440244039137);
INSERT INTO shapes VALUES(233588620,'["events[]:string","url:string"]',1795440244008176);
INSERT INTO shapes VALUES(252274459,'["lat:number","lon:number","ts:int"]',1795440244008875);
INSERT INTO shapes VALUES(879419752,'["contact.email:string","contact.name:string","contact.phone:string","customerId:int","lines[].line:int","lines[].quantity:int","lines[].sku:string","lines[].unitPrice:number","lines[].weightKg:int"]',1795440244058653);
INSERT INTO shapes VALUES(1686173411,'["name:string","scheme:string"]',1795440244009035);
INSERT INTO shapes VALUES(1818692353,'["customers[].country:string","customers[].email:string","customers[].id:int","customers[].name:string","page:int","pages:int","perPage:int","total:int"]',1795440244008650);
INSERT INTO shapes VALUES(3036342063,'["detail:string","status:int","title:string","type:string"]',1795440244049041);
INSERT INTO shapes VALUES(3719270441,'["events[]:string","id:string","url:string"]',1795440244008176);
INSERT INTO sensors VALUES('embedded','{"sensor":"embedded","tenant":"default","boot":"c769b00eb53efe98","sequence":2,"keyEpoch":1,"watermarkUs":1795440244058653,"firstBatchUs":1795440244008176,"exchanges":31,"batches":2,"ledger":{"capture.packets":110,"capture.bytes":21550,"decoder.ethernet":110,"decoder.ipv4":81,"decoder.ipv6":29,"decoder.tcp":110,"decoder.payload_bytes":13486,"tcp.packets":110,"tcp.payload_bytes":13486,"tcp.delivered_bytes":13486,"tcp.syn":14,"tcp.syn_ack":14,"tcp.fin":4,"tcp.sessions":14,"tcp.active_max":12,"tcp.closed.fin":2,"http.sessions":14,"http.requests":31,"http.responses":16,"http.exchanges":31,"http.complete":16,"http.pipelined":3,"http.request_bytes":8268,"http.response_bytes":5218,"summary.events":31,"summary.bodies.walked":10,"summary.bodies.reused":12,"summary.bodies.unread":7,"summary.body_bytes":2100,"summary.shapes":8,"summary.rules.client":8,"summary.rules.api_key_field":5,"summary.rules.authorization":17,"summary.made.operations":14,"summary.made.identities":9,"summary.made.clients":14,"summary.made.servers":4,"published.exchanges":31,"published.batches":2,"tcp.closed.flush":12,"http.request_only":15,"summary.rules.api_key_query":1,"published.bytes":3138,"published.acknowledged":16},"flags":{"sampled":12,"ambiguous":8},"finished":true,"run":"c769b00eb53efe98","workers":[{"worker":0,"boot":"c769b00eb53efe98","restart":0,"sequence":2,"watermarkUs":1795440244058653,"heardUs":1795612576480000,"finished":true,"silent":false,"counts":{"packets":110,"kernelDrops":0,"duplicates":0,"payloadBytes":13486,"gapBytes":0,"exchanges":31,"incomplete":15,"resyncs":0,"evictions":0},"levels":{"unknownLoss":0,"overloadStep":0}}],"runs":1,"lastHeardUs":1795612576480000,"silent":false,"missingBatches":0,"copies":0}');
INSERT INTO positions VALUES('embedded','c769b00eb53efe98',1,'{"sensor":"embedded","boot":"c769b00eb53efe98","sequence":2,"holes":[],"lost":0,"ledger":{"capture.packets":110,"capture.bytes":21550,"decoder.ethernet":110,"decoder.ipv4":81,"decoder.ipv6":29,"decoder.tcp":110,"decoder.payload_bytes":13486,"tcp.packets":110,"tcp.payload_bytes":13486,"tcp.delivered_bytes":13486,"tcp.syn":14,"tcp.syn_ack":14,"tcp.fin":4,"tcp.sessions":14,"tcp.active_max":12,"tcp.closed.fin":2,"tcp.closed.flush":12,"http.sessions":14,"http.requests":31,"http.responses":16,"http.exchanges":31,"http.complete":16,"http.request_only":15,"http.pipelined":3,"http.request_bytes":8268,"http.response_bytes":5218,"summary.events":31,"summary.bodies.walked":10,"summary.bodies.reused":12,"summary.bodies.unread":7,"summary.body_bytes":2100,"summary.shapes":8,"summary.rules.client":8,"summary.rules.api_key_field":5,"summary.rules.authorization":17,"summary.rules.api_key_query":1,"summary.made.operations":14,"summary.made.identities":9,"summary.made.clients":14,"summary.made.servers":4,"published.exchanges":31,"published.batches":2,"published.bytes":3138,"published.acknowledged":16}}');
INSERT INTO changes VALUES(1,1795440244008176,'service.new','s_a6e075ab991348fc37','New service api.meridian.example.');
INSERT INTO changes VALUES(2,1795440244008176,'endpoint.new','e_520b87ef752e5cb9c1','New endpoint POST /v1/webhooks at api.meridian.example.');
INSERT INTO changes VALUES(3,1795440244008176,'consumer.new','c_70b28b9a4a89beae5d','New consumer api-key:615ac6 (api-key).');
INSERT INTO changes VALUES(4,1795440244008650,'endpoint.new','e_b9f77d0027bb491992','New endpoint GET /v1/customers at api.meridian.example.');
INSERT INTO changes VALUES(5,1795440244008650,'consumer.new','c_9ebbcedc9afff632dd','New consumer bearer-opaque:5cb439 (bearer-opaque).');
INSERT INTO changes VALUES(6,1795440244008734,'service.new','s_d692912f8b0ff8e8e9','New service partner.meridian.example.');
INSERT INTO changes VALUES(7,1795440244008734,'endpoint.new','e_b66a3e6cb4c6756d96','New endpoint GET /login at partner.meridian.example.');
INSERT INTO changes VALUES(8,1795440244008734,'consumer.new','c_9436d3524c7405661c','New consumer anonymous firefox 22f123.');
INSERT INTO changes VALUES(9,1795440244008875,'endpoint.new','e_37f735efa0f2d9162e','New endpoint PUT /v2/trackers/{int}/position at api.meridian.example.');
INSERT INTO changes VALUES(10,1795440244008875,'consumer.new','c_08d379333163167b94','New consumer bearer-opaque:e29bbb (bearer-opaque).');
INSERT INTO changes VALUES(11,1795440244039137,'endpoint.new','e_ff99b5e3ac281c4990','New endpoint GET /v2/shipments/{uuid}/tracking at api.meridian.example.');
INSERT INTO changes VALUES(12,1795440244009035,'endpoint.new','e_16f760b02e50ea70a0','New endpoint GET /v1/me at api.meridian.example.');
INSERT INTO changes VALUES(13,1795440244009035,'consumer.new','c_9d740b880605a1d36b','New consumer api-key:cc1215 (api-key).');
INSERT INTO changes VALUES(14,1795440244049041,'endpoint.new','e_5125bc33641b8ab6ad','New endpoint POST /login at partner.meridian.example.');
INSERT INTO progress VALUES(1,1,'{"exchanges":31,"received":31,"joined":0,"copies":0,"betterCopies":0,"halvesExpired":15,"waiting":0,"batches":2,"duplicateBatches":0,"missingBatches":0,"refused":{},"states":{"complete":16,"requestOnly":15},"unlisted":{"notFound":1},"limits":{}}');
INSERT INTO sensor_minutes VALUES('embedded',1795440240000000,110.0,0.0,0.0,13486.0,0.0,31.0,15.0,0.0,0.0,0,0);
INSERT INTO sensor_hours VALUES('embedded',1795438800000000,110.0,0.0,0.0,13486.0,0.0,31.0,15.0,0.0,0.0,0,0);
INSERT INTO window_logs VALUES(1,46,X'012EF6A1AD9FB0BCB006950EB407A80164B6018A01E2D7038FD703DB018A01B601BF02CCF304870FE7E204849305F858D7ED05008A01000052000086E101D76DF29D02A0ED01D6759161F858D7ED05008A01000052000086E101D76DF29D02A0ED01D6750214EF119F07FFA0F7240D5F135941DDFFE27463CA606EAC5FC74ECB3825077955375496C13E8DFA43B024974ACC03E9066554F6884D6F66E10C871B9230B943F96F6F2F4BC7BCB9B0F4EE76818650B67019E7B1FAC3D800745DC2DE15156B9E09404720400B1BC92E10660D25F5EE7114E4EE89B85510927CE361FEAD127BC4BED3B629815EBF4F329415AED3A3CC163AE102D3BC1895F7CE1E8E7914996FEEDBF5CD32FACFADDB18A274D675105D4FA9F1FE9F0A3F8765679510404720400B1BC92E10660D25F5EE7114E4EE89B85510927CE361FEAD127BC4BED3B629815EBF4F329415AED3A3CC163AE102D3BC1895F7CE1E8E7914996FEEDBF5CD32FACFADDB18A274D675105D4FA9F1FE9F0A3F87656795100101010101010101010101010101010101060606060606060606060606060606030303030303030303030303030303019FFAAEEF07A0A9EA9606000000');
CREATE INDEX endpoints_of_service ON endpoints (service, template);
CREATE INDEX pairs_of_consumer ON pairs (consumer);
CREATE INDEX sensor_minutes_by_time ON sensor_minutes (window_us);
CREATE INDEX sensor_hours_by_time ON sensor_hours (window_us);
