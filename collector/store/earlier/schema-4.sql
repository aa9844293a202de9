-- A store of schema 4, written by the program of commit d7b7651 from the first packets of deploy/demo/demo.pcap, as SQL.
CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT;
CREATE TABLE services (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, authority TEXT NOT NULL, zone TEXT NOT NULL, 
  first_seen_us INTEGER NOT NULL,
  last_seen_us INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  endpoints INTEGER NOT NULL
, owner TEXT NOT NULL DEFAULT '', labels TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
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
, posture TEXT NOT NULL DEFAULT 'unknown', drift INTEGER NOT NULL DEFAULT -1, labels TEXT NOT NULL DEFAULT '', classes TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE endpoint_details (
  id TEXT PRIMARY KEY REFERENCES endpoints (id), detail TEXT NOT NULL,
  latency_us BLOB NOT NULL, request_bytes BLOB NOT NULL, response_bytes BLOB NOT NULL, items BLOB NOT NULL
, parts TEXT NOT NULL DEFAULT '') STRICT;
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
, made_us INTEGER NOT NULL DEFAULT 0) STRICT;
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
CREATE TABLE documents (
  kind TEXT NOT NULL, id TEXT NOT NULL, record TEXT NOT NULL, bytes BLOB, PRIMARY KEY (kind, id)
) STRICT;
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE TABLE routes (
  id TEXT PRIMARY KEY, endpoint TEXT NOT NULL, service TEXT NOT NULL REFERENCES services (id), method TEXT NOT NULL,
  path TEXT NOT NULL, extension TEXT NOT NULL, operation TEXT NOT NULL, leaf INTEGER NOT NULL, requests INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE route_traffic (
  id TEXT PRIMARY KEY REFERENCES routes (id), detail TEXT NOT NULL,
  latency_us BLOB NOT NULL, request_bytes BLOB NOT NULL, response_bytes BLOB NOT NULL, items BLOB NOT NULL
) STRICT;
CREATE TABLE merges (
  place INTEGER PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, UNIQUE (kind, source)
) STRICT;
CREATE TABLE endpoint_hours (
  route TEXT NOT NULL, window_us INTEGER NOT NULL,
  requests INTEGER NOT NULL, errors INTEGER NOT NULL, lossy INTEGER NOT NULL,
  latency_us BLOB NOT NULL, request_bytes BLOB NOT NULL, response_bytes BLOB NOT NULL, items BLOB NOT NULL,
  PRIMARY KEY (route, window_us)) STRICT;
CREATE TABLE endpoint_days (
  route TEXT NOT NULL, window_us INTEGER NOT NULL,
  requests INTEGER NOT NULL, errors INTEGER NOT NULL, lossy INTEGER NOT NULL,
  latency_us BLOB NOT NULL, request_bytes BLOB NOT NULL, response_bytes BLOB NOT NULL, items BLOB NOT NULL,
  PRIMARY KEY (route, window_us)) STRICT;
CREATE TABLE endpoint_names (id TEXT PRIMARY KEY REFERENCES endpoints (id), parameters TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE pair_log (
  checkpoint INTEGER NOT NULL, size TEXT NOT NULL, increments INTEGER NOT NULL, ids TEXT NOT NULL, counts BLOB NOT NULL,
  PRIMARY KEY (checkpoint, size)
) STRICT;
INSERT INTO migrations VALUES(1,'inventory, consumers, windows, ledger','2026-11-25T13:16:18.032Z');
INSERT INTO migrations VALUES(2,'joining across sensors, sensors over time','2026-11-25T13:16:18.033Z');
INSERT INTO migrations VALUES(3,'the ledger of dark APIs, calls, conversations, identity rules, former principals','2026-11-25T13:16:18.033Z');
INSERT INTO migrations VALUES(4,'documents, audit, routes, merges, hours of endpoints, what lists filter by','2026-11-25T13:16:18.035Z');
INSERT INTO services VALUES('s_3f29c83dae7d9cee75','partner.meridian.example','partner.meridian.example','',1795440244008734,1795440244056855,5,1,2,'','');
INSERT INTO services VALUES('s_f6a5ade43ecc8a0ca7','api.meridian.example','api.meridian.example','',1795440244008176,1795440244057380,25,0,5,'','');
INSERT INTO service_details VALUES('s_f6a5ade43ecc8a0ca7','{"addresses":["88f1bfa590eb:80","331fff650b72:80"],"listeners":[{"listener":"88f1bfa590eb:80","addressClass":"public","requests":{"tls":0,"clear":4},"successes":4,"firstSeenUs":1795440244008176,"lastSeenUs":1795440244039137,"role":"unknown","isFixed":false,"clients":{"bc9bd150af1c":["386c48a3fe3d"],"320931ac92e1":["f464866454c3"],"dd9074208555":["7d15e088e4b7"]},"isCrowded":false,"gatewayBase":0,"run":0,"runBase":0,"bypass":null},{"listener":"331fff650b72:80","addressClass":"public","requests":{"tls":0,"clear":7},"successes":7,"firstSeenUs":1795440244008875,"lastSeenUs":1795440244008985,"role":"unknown","isFixed":false,"clients":{"86646f1d925a":["2043e6a1a244"],"1bd95376fd2f":["2043e6a1a244"],"1440b07af856":["2043e6a1a244"]},"isCrowded":false,"gatewayBase":0,"run":0,"runBase":0,"bypass":null}],"labels":[],"risk":25,"specifications":[],"ports":[80],"protocols":["http/1.1"],"conversations":0,"rules":{"api_key_field api-key":5,"authorization bearer-opaque":17,"client none":2,"api_key_query api-key":1},"flood":null,"unlisted":{"noResponse":6}}');
INSERT INTO service_details VALUES('s_3f29c83dae7d9cee75','{"addresses":["88f1bfa590eb:80"],"listeners":[{"listener":"88f1bfa590eb:80","addressClass":"public","requests":{"tls":0,"clear":4},"successes":2,"firstSeenUs":1795440244008734,"lastSeenUs":1795440244049041,"role":"unknown","isFixed":false,"clients":{"417e6e92b60b":["afc4d6c1ce36"]},"isCrowded":false,"gatewayBase":0,"run":0,"runBase":0,"bypass":null}],"labels":[],"risk":15,"specifications":[],"ports":[80],"protocols":["http/1.1"],"conversations":0,"rules":{"client none":5},"flood":[1,"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",1795392000000000,1,2,[1795440244048077,1795440244049041],[["c_c90e71a99ecb1b7e78",2]],false],"unlisted":{}}');
INSERT INTO endpoints VALUES('e_08fe72092feab7f9fd','s_3f29c83dae7d9cee75','POST','/login','','unknown',1795440244048077,1795440244056855,3,1,0,1,'unknown',-1,'','
email
password
');
INSERT INTO endpoints VALUES('e_5d8f5e79c61591d8a1','s_f6a5ade43ecc8a0ca7','GET','/v2/shipments/{uuid}/tracking','','unknown',1795440244039137,1795440244039137,1,0,0,1,'unknown',-1,'','');
INSERT INTO endpoints VALUES('e_5faec50d9732b1ab2b','s_3f29c83dae7d9cee75','GET','/login','','unknown',1795440244008734,1795440244008784,2,0,0,1,'unknown',-1,'','');
INSERT INTO endpoints VALUES('e_8f60b6d9674c7d8652','s_f6a5ade43ecc8a0ca7','PUT','/v2/trackers/{int}/position','','unknown',1795440244008875,1795440244008985,15,0,0,1,'unknown',-1,'','
geo
');
INSERT INTO endpoints VALUES('e_a276cf2922a0a731e3','s_f6a5ade43ecc8a0ca7','GET','/v1/customers','','unknown',1795440244008650,1795440244008650,1,0,0,1,'unknown',-1,'','
email
');
INSERT INTO endpoints VALUES('e_eb5ba47da322b256f4','s_f6a5ade43ecc8a0ca7','POST','/v1/webhooks','','unknown',1795440244008176,1795440244008176,1,0,0,1,'unknown',-1,'','');
INSERT INTO endpoints VALUES('e_ecfd03d2d3f8630cbc','s_f6a5ade43ecc8a0ca7','GET','/v1/me','','unknown',1795440244009035,1795440244009035,1,0,0,1,'unknown',-1,'','');
INSERT INTO endpoint_details VALUES('e_eb5ba47da322b256f4','{"statusWhy":"","derivedFrom":"","labels":[],"states":{"complete":1},"statuses":{"201":1},"requestTypes":{"application/json":1},"responseTypes":{"application/json":1},"schemes":{"api-key":1},"auth":{"windows":[{"startUs":1793664000000000,"schemes":{"api-key":1},"weak":{"cleartext":1},"lossy":0,"unseen":0,"open":[]}],"weak":{"cleartext":1}},"anomalies":{},"dataClasses":{},"protocols":{"http/1.1":1},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0}',X'0140DD52000000000040DD52000000000040DD520000000000000188080100',X'01404E000000000000404E000000000000404E00000000000000019A030100',X'014056C000000000004056C000000000004056C000000000000001C4030100',X'013FF00000000000003FF00000000000003FF00000000000000001000100','{"bodies":[{"direction":"request","status":0,"contentType":"application/json","bodies":1,"firstSeenUs":1795440244008176,"lastSeenUs":1795440244008176,"shapes":{"233588620":[1,1795440244008176,1795440244008176]},"fields":{},"unread":0},{"direction":"response","status":201,"contentType":"application/json","bodies":1,"firstSeenUs":1795440244008176,"lastSeenUs":1795440244008176,"shapes":{"3719270441":[1,1795440244008176,1795440244008176]},"fields":{},"unread":0}],"samples":[{"atUs":1795440244008176,"why":["parameter header x-api-key:id","status 201","scheme api-key","type request application/json","type response application/json","shape request","shape response"],"path":"/v1/webhooks","status":201,"consumer":"c_df55cf0adb7e2cb43e","client":"bc9bd150af1c","exchange":"3391db7e5b6d","requestBytes":60,"responseBytes":91,"latencyUs":30024,"requestShape":233588620,"responseShape":3719270441,"state":"complete","flags":0}],"parameters":[{"in":"header","name":"x-api-key","requests":1,"accepted":1,"kinds":{"id":1},"values":{},"isOpen":false,"firstSeenUs":1795440244008176,"lastSeenUs":1795440244008176}],"shapes":{"3719270441":1},"requestShapes":{"233588620":1}}');
INSERT INTO endpoint_details VALUES('e_a276cf2922a0a731e3','{"statusWhy":"","derivedFrom":"","labels":[],"states":{"complete":1},"statuses":{"200":1},"requestTypes":{},"responseTypes":{"application/json":1},"schemes":{"bearer-opaque":1},"auth":{"windows":[{"startUs":1793664000000000,"schemes":{"bearer-opaque":1},"weak":{"cleartext":1},"lossy":0,"unseen":0,"open":[]}],"weak":{"cleartext":1}},"anomalies":{},"dataClasses":{"response:email":1},"protocols":{"http/1.1":1},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0}',X'0140E082800000000040E082800000000040E0828000000000000194080100',X'01000000000000000000000000000000000000000000000000010000',X'01408DF00000000000408DF00000000000408DF000000000000001B0050100',X'014024000000000000402400000000000040240000000000000001E8010100','{"bodies":[{"direction":"response","status":200,"contentType":"application/json","bodies":1,"firstSeenUs":1795440244008650,"lastSeenUs":1795440244008650,"shapes":{"1818692353":[1,1795440244008650,1795440244008650]},"fields":{},"unread":0}],"samples":[{"atUs":1795440244008650,"why":["parameter query page:int","parameter query per_page:int","status 200","scheme bearer-opaque","type response application/json","shape response"],"path":"/v1/customers","status":200,"consumer":"c_9580ad40ccf1234dc2","client":"320931ac92e1","exchange":"790657b7c551","requestBytes":0,"responseBytes":958,"latencyUs":33812,"requestShape":0,"responseShape":1818692353,"state":"complete","flags":0}],"parameters":[{"in":"query","name":"page","requests":1,"accepted":1,"kinds":{"int":1},"values":{"ccac9da0":1},"isOpen":false,"firstSeenUs":1795440244008650,"lastSeenUs":1795440244008650},{"in":"query","name":"per_page","requests":1,"accepted":1,"kinds":{"int":1},"values":{"548a91b4":1},"isOpen":false,"firstSeenUs":1795440244008650,"lastSeenUs":1795440244008650}],"shapes":{"1818692353":1},"requestShapes":{}}');
INSERT INTO endpoint_details VALUES('e_5faec50d9732b1ab2b','{"statusWhy":"","derivedFrom":"","labels":[],"states":{"complete":2},"statuses":{"200":2},"requestTypes":{},"responseTypes":{"text/html":2},"schemes":{"none":2},"auth":{"windows":[{"startUs":1793664000000000,"schemes":{"none":2},"weak":{},"lossy":0,"unseen":0,"open":[{"atUs":1795440244008734,"path":"/login","status":200,"client":"417e6e92b60b","exchange":"36c758803bcd"},{"atUs":1795440244008784,"path":"/login","status":200,"client":"417e6e92b60b","exchange":"bc4cefe63e29"}]}],"weak":{}},"anomalies":{},"dataClasses":{},"protocols":{"http/1.1":2},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0}',X'0140E161C00000000040E18A200000000040F175F0000000000002980801020100',X'01000000000000000000000000000000000000000000000000020000',X'01406FC00000000000406FC00000000000407FC000000000000001AA040200',X'','{"bodies":[{"direction":"response","status":200,"contentType":"text/html","bodies":2,"firstSeenUs":1795440244008734,"lastSeenUs":1795440244008784,"shapes":{"0":[2,1795440244008734,1795440244008784]},"fields":{},"unread":0}],"samples":[{"atUs":1795440244008734,"why":["status 200","scheme none","type response text/html"],"path":"/login","status":200,"consumer":"c_c90e71a99ecb1b7e78","client":"417e6e92b60b","exchange":"36c758803bcd","requestBytes":0,"responseBytes":254,"latencyUs":35598,"requestShape":0,"responseShape":0,"state":"complete","flags":0}],"parameters":[],"shapes":{},"requestShapes":{}}');
INSERT INTO endpoint_details VALUES('e_8f60b6d9674c7d8652','{"statusWhy":"","derivedFrom":"","labels":[],"states":{"complete":7,"requestOnly":8},"statuses":{"204":7},"requestTypes":{"application/json":15},"responseTypes":{},"schemes":{"bearer-opaque":7},"auth":{"windows":[{"startUs":1793664000000000,"schemes":{"bearer-opaque":7},"weak":{"cleartext":7},"lossy":0,"unseen":0,"open":[]}],"weak":{"cleartext":7}},"anomalies":{},"dataClasses":{"request:geo":15},"protocols":{"http/1.1":15},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0}',X'0140E1A9E00000000040E83F80000000004111FDB80000000000079A080102010A01020108010201080100',X'01404780000000000040478000000000004074900000000000000182030700',X'01000000000000000000000000000000000000000000000000070000',X'','{"bodies":[{"direction":"request","status":0,"contentType":"application/json","bodies":15,"firstSeenUs":1795440244008875,"lastSeenUs":1795440244008985,"shapes":{"252274459":[15,1795440244008875,1795440244008985]},"fields":{},"unread":0},{"direction":"response","status":204,"contentType":"","bodies":7,"firstSeenUs":1795440244008875,"lastSeenUs":1795440244008985,"shapes":{"0":[7,1795440244008875,1795440244008985]},"fields":{},"unread":0}],"samples":[{"atUs":1795440244008875,"why":["status 204","scheme bearer-opaque","type request application/json","shape request"],"path":"/v2/trackers/{int}/position","status":204,"consumer":"c_c7c368b1901e7079af","client":"86646f1d925a","exchange":"acda2ce583c8","requestBytes":47,"responseBytes":0,"latencyUs":36175,"requestShape":252274459,"responseShape":0,"state":"complete","flags":0}],"parameters":[{"in":"path","name":"trackerId","requests":15,"kinds":{"int":15},"values":{},"isOpen":true,"firstSeenUs":1795440244008875,"lastSeenUs":1795440244008985,"accepted":15}],"shapes":{},"requestShapes":{"252274459":15}}');
INSERT INTO endpoint_details VALUES('e_5d8f5e79c61591d8a1','{"statusWhy":"","derivedFrom":"","labels":[],"states":{"complete":1},"statuses":{"200":1},"requestTypes":{},"responseTypes":{"application/json":1},"schemes":{"api-key":1},"auth":{"windows":[{"startUs":1793664000000000,"schemes":{"api-key":1},"weak":{"cleartext":1},"lossy":0,"unseen":0,"open":[]}],"weak":{"cleartext":1}},"anomalies":{},"dataClasses":{},"protocols":{"http/1.1":1},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0}',X'0140BE3A000000000040BE3A000000000040BE3A0000000000000180070100',X'01000000000000000000000000000000000000000000000000010000',X'014072400000000000407240000000000040724000000000000001B8040100',X'0140080000000000004008000000000000400800000000000000016E0100','{"bodies":[{"direction":"response","status":200,"contentType":"application/json","bodies":1,"firstSeenUs":1795440244039137,"lastSeenUs":1795440244039137,"shapes":{"49892436":[1,1795440244039137,1795440244039137]},"fields":{},"unread":0}],"samples":[{"atUs":1795440244039137,"why":["parameter header x-api-key:id","status 200","scheme api-key","type response application/json","shape response"],"path":"/v2/shipments/{uuid}/tracking","status":200,"consumer":"c_df55cf0adb7e2cb43e","client":"bc9bd150af1c","exchange":"03b49729eafa","requestBytes":0,"responseBytes":292,"latencyUs":7738,"requestShape":0,"responseShape":49892436,"state":"complete","flags":0}],"parameters":[{"in":"path","name":"shipmentId","requests":1,"kinds":{"uuid":1},"values":{},"isOpen":true,"firstSeenUs":1795440244039137,"lastSeenUs":1795440244039137,"accepted":1},{"in":"header","name":"x-api-key","requests":1,"accepted":1,"kinds":{"id":1},"values":{},"isOpen":false,"firstSeenUs":1795440244039137,"lastSeenUs":1795440244039137}],"shapes":{"49892436":1},"requestShapes":{}}');
INSERT INTO endpoint_details VALUES('e_ecfd03d2d3f8630cbc','{"statusWhy":"","derivedFrom":"","labels":[],"states":{"complete":1},"statuses":{"200":1},"requestTypes":{},"responseTypes":{"application/json":1},"schemes":{"api-key":1},"auth":{"windows":[{"startUs":1793664000000000,"schemes":{"api-key":1},"weak":{"cleartext":1},"lossy":0,"unseen":0,"open":[]}],"weak":{"cleartext":1}},"anomalies":{},"dataClasses":{},"protocols":{"http/1.1":1},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0}',X'0140E5FB200000000040E5FB200000000040E5FB20000000000001B0080100',X'01000000000000000000000000000000000000000000000000010000',X'014042800000000000404280000000000040428000000000000001EA020100',X'','{"bodies":[{"direction":"response","status":200,"contentType":"application/json","bodies":1,"firstSeenUs":1795440244009035,"lastSeenUs":1795440244009035,"shapes":{"1686173411":[1,1795440244009035,1795440244009035]},"fields":{},"unread":0}],"samples":[{"atUs":1795440244009035,"why":["parameter header x-api-key:id","status 200","scheme api-key","type response application/json","shape response"],"path":"/v1/me","status":200,"consumer":"c_e15431d9e7439e75f6","client":"dd9074208555","exchange":"9171e2894b54","requestBytes":0,"responseBytes":37,"latencyUs":45017,"requestShape":0,"responseShape":1686173411,"state":"complete","flags":0}],"parameters":[{"in":"header","name":"x-api-key","requests":1,"accepted":1,"kinds":{"id":1},"values":{},"isOpen":false,"firstSeenUs":1795440244009035,"lastSeenUs":1795440244009035}],"shapes":{"1686173411":1},"requestShapes":{}}');
INSERT INTO endpoint_details VALUES('e_08fe72092feab7f9fd','{"statusWhy":"","derivedFrom":"","labels":[],"states":{"complete":2,"requestOnly":1},"statuses":{"303":1,"401":1},"requestTypes":{"application/x-www-form-urlencoded":3},"responseTypes":{"application/problem+json":1},"schemes":{},"auth":{"windows":[],"weak":{}},"anomalies":{},"dataClasses":{"request:email":3,"request:password":3},"protocols":{"http/1.1":3},"outcomes":{},"calls":{"kinds":{},"fields":{},"depth":-1,"aliases":-1,"batch":0},"conversations":0,"requestMessages":0,"responseMessages":0}',X'0140B636000000000040C326800000000040CE4180000000000002E20601360100',X'014047800000000000404980000000000040588000000000000002820301080100',X'010000000000000000405800000000000040580000000000000101CA030100',X'','{"bodies":[{"direction":"request","status":0,"contentType":"application/x-www-form-urlencoded","bodies":2,"firstSeenUs":1795440244048077,"lastSeenUs":1795440244056855,"shapes":{"1415945681":[2,1795440244048077,1795440244056855]},"fields":{},"unread":0},{"direction":"response","status":303,"contentType":"","bodies":1,"firstSeenUs":1795440244048077,"lastSeenUs":1795440244048077,"shapes":{"0":[1,1795440244048077,1795440244048077]},"fields":{},"unread":0},{"direction":"response","status":401,"contentType":"application/problem+json","bodies":1,"firstSeenUs":1795440244049041,"lastSeenUs":1795440244049041,"shapes":{"3036342063":[1,1795440244049041,1795440244049041]},"fields":{},"unread":0}],"samples":[{"atUs":1795440244048077,"why":["status 303"],"path":"/login","status":303,"consumer":"c_c90e71a99ecb1b7e78","client":"417e6e92b60b","exchange":"318ac90a91b4","requestBytes":51,"responseBytes":0,"latencyUs":9805,"requestShape":1415945681,"responseShape":0,"state":"complete","flags":0},{"atUs":1795440244049041,"why":["status 401","type request application/x-www-form-urlencoded","type response application/problem+json","shape request","shape response"],"path":"/login","status":401,"consumer":"c_c90e71a99ecb1b7e78","client":"417e6e92b60b","exchange":"59a6325f9653","requestBytes":47,"responseBytes":96,"latencyUs":5686,"requestShape":1415945681,"responseShape":3036342063,"state":"complete","flags":0}],"parameters":[],"shapes":{"3036342063":1},"requestShapes":{"1415945681":3}}');
INSERT INTO consumers VALUES('c_9580ad40ccf1234dc2','bearer-opaque:f46486','bearer-opaque',NULL,1795440244008650,1795440244049849,2,0,1);
INSERT INTO consumers VALUES('c_c7c368b1901e7079af','bearer-opaque:2043e6','bearer-opaque',NULL,1795440244008875,1795440244008985,15,0,1);
INSERT INTO consumers VALUES('c_c90e71a99ecb1b7e78','anonymous firefox afc4d6','none',NULL,1795440244008734,1795440244056855,5,1,2);
INSERT INTO consumers VALUES('c_df55cf0adb7e2cb43e','api-key:386c48','api-key',NULL,1795440244008176,1795440244051163,3,0,2);
INSERT INTO consumers VALUES('c_e15431d9e7439e75f6','api-key:7d15e0','api-key',NULL,1795440244009035,1795440244057380,2,0,1);
INSERT INTO consumer_details VALUES('c_df55cf0adb7e2cb43e','{"seenName":"api-key:386c48","principal":"386c48a3fe3d","formerPrincipals":[],"issuer":"","rule":"api_key_field","aliases":[],"partnerBy":"","sights":{"credential":{"659fec326e81":[3,1795440244008176,1795440244051163]},"credentialKind":{"header:x-api-key":[3,1795440244008176,1795440244051163]},"userAgent":{"pallas-connect":[3,1795440244008176,1795440244051163]},"prefix":{"32acb8819fc0":[3,1795440244008176,1795440244051163]},"network":{"public 32acb8819fc0":[3,1795440244008176,1795440244051163]},"fieldOrder":{"5104c972":[1,1795440244008176,1795440244008176],"eb013b9f":[1,1795440244039137,1795440244039137],"f1bbc61a":[1,1795440244051163,1795440244051163]},"service":{"s_f6a5ade43ecc8a0ca7":[3,1795440244008176,1795440244051163]},"dataClass":{"s_f6a5ade43ecc8a0ca7 request:email":[1,1795440244051163,1795440244051163],"s_f6a5ade43ecc8a0ca7 request:phone":[1,1795440244051163,1795440244051163]}},"forgotten":{},"recentDays":1}');
INSERT INTO consumer_details VALUES('c_9580ad40ccf1234dc2','{"seenName":"bearer-opaque:f46486","principal":"f464866454c3","formerPrincipals":[],"issuer":"","rule":"authorization","aliases":[],"partnerBy":"","sights":{"credential":{"3a661e137645":[2,1795440244008650,1795440244049849]},"credentialKind":{"authorization":[2,1795440244008650,1795440244049849]},"userAgent":{"okhttp":[2,1795440244008650,1795440244049849]},"prefix":{"af6cd8980efc":[2,1795440244008650,1795440244049849]},"network":{"public af6cd8980efc":[2,1795440244008650,1795440244049849]},"fieldOrder":{"0b75617d":[2,1795440244008650,1795440244049849]},"service":{"s_f6a5ade43ecc8a0ca7":[2,1795440244008650,1795440244049849]},"dataClass":{"s_f6a5ade43ecc8a0ca7 response:email":[1,1795440244008650,1795440244008650]}},"forgotten":{},"recentDays":1}');
INSERT INTO consumer_details VALUES('c_c90e71a99ecb1b7e78','{"seenName":"anonymous firefox afc4d6","principal":"afc4d6c1ce36","formerPrincipals":[],"issuer":"","rule":"client","aliases":[],"partnerBy":"","sights":{"userAgent":{"firefox":[5,1795440244008734,1795440244056855]},"prefix":{"32acb8819fc0":[5,1795440244008734,1795440244056855]},"network":{"public 32acb8819fc0":[5,1795440244008734,1795440244056855]},"fieldOrder":{"441f7b76":[2,1795440244008734,1795440244008784],"0222e497":[3,1795440244048077,1795440244056855]},"service":{"s_3f29c83dae7d9cee75":[5,1795440244008734,1795440244056855]},"dataClass":{"s_3f29c83dae7d9cee75 request:email":[3,1795440244048077,1795440244056855],"s_3f29c83dae7d9cee75 request:password":[3,1795440244048077,1795440244056855]}},"forgotten":{},"recentDays":1}');
INSERT INTO consumer_details VALUES('c_c7c368b1901e7079af','{"seenName":"bearer-opaque:2043e6","principal":"2043e6a1a244","formerPrincipals":[],"issuer":"","rule":"authorization","aliases":[],"partnerBy":"","sights":{"credential":{"d9a399e3f4aa":[15,1795440244008875,1795440244008985]},"credentialKind":{"authorization":[15,1795440244008875,1795440244008985]},"userAgent":{"fennec-fw":[15,1795440244008875,1795440244008985]},"prefix":{"a4d8a49cca58":[10,1795440244008875,1795440244008944],"21b1223abb8b":[5,1795440244008985,1795440244008985]},"network":{"public a4d8a49cca58":[10,1795440244008875,1795440244008944],"public 21b1223abb8b":[5,1795440244008985,1795440244008985]},"fieldOrder":{"bc46c320":[15,1795440244008875,1795440244008985]},"service":{"s_f6a5ade43ecc8a0ca7":[15,1795440244008875,1795440244008985]},"dataClass":{"s_f6a5ade43ecc8a0ca7 request:geo":[15,1795440244008875,1795440244008985]}},"forgotten":{},"recentDays":1}');
INSERT INTO consumer_details VALUES('c_e15431d9e7439e75f6','{"seenName":"api-key:7d15e0","principal":"7d15e088e4b7","formerPrincipals":[],"issuer":"","rule":"api_key_field","aliases":[],"partnerBy":"","sights":{"credential":{"e5c0aba287e5":[2,1795440244009035,1795440244057380]},"credentialKind":{"header:x-api-key":[2,1795440244009035,1795440244057380]},"userAgent":{"postmanruntime":[2,1795440244009035,1795440244057380]},"prefix":{"af6cd8980efc":[2,1795440244009035,1795440244057380]},"network":{"public af6cd8980efc":[2,1795440244009035,1795440244057380]},"fieldOrder":{"eb013b9f":[2,1795440244009035,1795440244057380]},"service":{"s_f6a5ade43ecc8a0ca7":[2,1795440244009035,1795440244057380]}},"forgotten":{},"recentDays":1}');
INSERT INTO map VALUES('c_9580ad40ccf1234dc2','s_f6a5ade43ecc8a0ca7',1,0,958.0);
INSERT INTO map VALUES('c_c7c368b1901e7079af','s_f6a5ade43ecc8a0ca7',15,0,0.0);
INSERT INTO map VALUES('c_c90e71a99ecb1b7e78','s_3f29c83dae7d9cee75',5,1,604.0);
INSERT INTO map VALUES('c_df55cf0adb7e2cb43e','s_f6a5ade43ecc8a0ca7',2,0,383.0);
INSERT INTO map VALUES('c_e15431d9e7439e75f6','s_f6a5ade43ecc8a0ca7',1,0,37.0);
INSERT INTO series_hours VALUES('all','',1795438800000000,31,2,1465.0,2128.0,14.0);
INSERT INTO series_hours VALUES('consumer','c_9580ad40ccf1234dc2',1795438800000000,2,0,0.0,958.0,10.0);
INSERT INTO series_hours VALUES('consumer','c_c7c368b1901e7079af',1795438800000000,15,0,705.0,0.0,0.0);
INSERT INTO series_hours VALUES('consumer','c_c90e71a99ecb1b7e78',1795438800000000,5,1,149.0,604.0,0.0);
INSERT INTO series_hours VALUES('consumer','c_df55cf0adb7e2cb43e',1795438800000000,3,0,485.0,383.0,4.0);
INSERT INTO series_hours VALUES('consumer','c_e15431d9e7439e75f6',1795438800000000,2,0,0.0,37.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_08fe72092feab7f9fd',1795438800000000,3,1,149.0,96.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_5d8f5e79c61591d8a1',1795438800000000,1,0,0.0,292.0,3.0);
INSERT INTO series_hours VALUES('endpoint','e_5faec50d9732b1ab2b',1795438800000000,2,0,0.0,508.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_8f60b6d9674c7d8652',1795438800000000,15,0,705.0,0.0,0.0);
INSERT INTO series_hours VALUES('endpoint','e_a276cf2922a0a731e3',1795438800000000,1,0,0.0,958.0,10.0);
INSERT INTO series_hours VALUES('endpoint','e_eb5ba47da322b256f4',1795438800000000,1,0,60.0,91.0,1.0);
INSERT INTO series_hours VALUES('endpoint','e_ecfd03d2d3f8630cbc',1795438800000000,1,0,0.0,37.0,0.0);
INSERT INTO series_hours VALUES('service','s_3f29c83dae7d9cee75',1795438800000000,5,1,149.0,604.0,0.0);
INSERT INTO series_hours VALUES('service','s_f6a5ade43ecc8a0ca7',1795438800000000,19,0,765.0,1378.0,14.0);
INSERT INTO series_days VALUES('all','',1795392000000000,31,2,1465.0,2128.0,14.0);
INSERT INTO series_days VALUES('consumer','c_9580ad40ccf1234dc2',1795392000000000,2,0,0.0,958.0,10.0);
INSERT INTO series_days VALUES('consumer','c_c7c368b1901e7079af',1795392000000000,15,0,705.0,0.0,0.0);
INSERT INTO series_days VALUES('consumer','c_c90e71a99ecb1b7e78',1795392000000000,5,1,149.0,604.0,0.0);
INSERT INTO series_days VALUES('consumer','c_df55cf0adb7e2cb43e',1795392000000000,3,0,485.0,383.0,4.0);
INSERT INTO series_days VALUES('consumer','c_e15431d9e7439e75f6',1795392000000000,2,0,0.0,37.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_08fe72092feab7f9fd',1795392000000000,3,1,149.0,96.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_5d8f5e79c61591d8a1',1795392000000000,1,0,0.0,292.0,3.0);
INSERT INTO series_days VALUES('endpoint','e_5faec50d9732b1ab2b',1795392000000000,2,0,0.0,508.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_8f60b6d9674c7d8652',1795392000000000,15,0,705.0,0.0,0.0);
INSERT INTO series_days VALUES('endpoint','e_a276cf2922a0a731e3',1795392000000000,1,0,0.0,958.0,10.0);
INSERT INTO series_days VALUES('endpoint','e_eb5ba47da322b256f4',1795392000000000,1,0,60.0,91.0,1.0);
INSERT INTO series_days VALUES('endpoint','e_ecfd03d2d3f8630cbc',1795392000000000,1,0,0.0,37.0,0.0);
INSERT INTO series_days VALUES('service','s_3f29c83dae7d9cee75',1795392000000000,5,1,149.0,604.0,0.0);
INSERT INTO series_days VALUES('service','s_f6a5ade43ecc8a0ca7',1795392000000000,19,0,765.0,1378.0,14.0);
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
INSERT INTO sensors VALUES('embedded','{"sensor":"embedded","tenant":"default","boot":"cd9e6f6ce9544d16","sequence":2,"keyEpoch":1,"watermarkUs":1795440244058653,"firstBatchUs":1795440244008176,"exchanges":31,"batches":2,"ledger":{"capture.packets":110,"capture.bytes":21550,"decoder.ethernet":110,"decoder.ipv4":81,"decoder.ipv6":29,"decoder.tcp":110,"decoder.payload_bytes":13486,"tcp.packets":110,"tcp.payload_bytes":13486,"tcp.delivered_bytes":13486,"tcp.syn":14,"tcp.syn_ack":14,"tcp.fin":4,"tcp.sessions":14,"tcp.active_max":12,"tcp.closed.fin":2,"http.sessions":14,"http.requests":31,"http.responses":16,"http.exchanges":31,"http.complete":16,"http.pipelined":3,"http.request_bytes":8268,"http.response_bytes":5218,"summary.events":31,"summary.bodies.walked":16,"summary.bodies.reused":10,"summary.bodies.unread":3,"summary.body_bytes":2469,"summary.calls.only":10,"summary.classes.decided":8,"summary.shapes":10,"summary.rules.client":8,"summary.rules.api_key_field":5,"summary.rules.authorization":17,"summary.identity.linked":1,"summary.made.operations":14,"summary.made.identities":9,"summary.made.clients":14,"summary.made.servers":4,"published.exchanges":31,"published.batches":2,"tcp.closed.flush":12,"http.request_only":15,"summary.rules.api_key_query":1,"published.bytes":3492,"published.acknowledged":16},"flags":{"sampled":10,"ambiguous":8},"finished":true,"run":"cd9e6f6ce9544d16","workers":[{"worker":0,"boot":"cd9e6f6ce9544d16","restart":0,"sequence":2,"watermarkUs":1795440244058653,"heardUs":1795612578462000,"finished":true,"silent":false,"counts":{"packets":110,"kernelDrops":0,"duplicates":0,"payloadBytes":13486,"gapBytes":0,"exchanges":31,"incomplete":15,"resyncs":0,"evictions":0},"levels":{"unknownLoss":0,"overloadStep":0}}],"runs":1,"lastHeardUs":1795612578462000,"silent":false,"missingBatches":0,"rules":{"client none":8,"api_key_field api-key":5,"authorization bearer-opaque":17,"api_key_query api-key":1},"copies":0}');
INSERT INTO positions VALUES('embedded','cd9e6f6ce9544d16',1,'{"sensor":"embedded","boot":"cd9e6f6ce9544d16","sequence":2,"holes":[],"lost":0,"ledger":{"capture.packets":110,"capture.bytes":21550,"decoder.ethernet":110,"decoder.ipv4":81,"decoder.ipv6":29,"decoder.tcp":110,"decoder.payload_bytes":13486,"tcp.packets":110,"tcp.payload_bytes":13486,"tcp.delivered_bytes":13486,"tcp.syn":14,"tcp.syn_ack":14,"tcp.fin":4,"tcp.sessions":14,"tcp.active_max":12,"tcp.closed.fin":2,"tcp.closed.flush":12,"http.sessions":14,"http.requests":31,"http.responses":16,"http.exchanges":31,"http.complete":16,"http.request_only":15,"http.pipelined":3,"http.request_bytes":8268,"http.response_bytes":5218,"summary.events":31,"summary.bodies.walked":16,"summary.bodies.reused":10,"summary.bodies.unread":3,"summary.body_bytes":2469,"summary.calls.only":10,"summary.classes.decided":8,"summary.shapes":10,"summary.rules.client":8,"summary.rules.api_key_field":5,"summary.rules.authorization":17,"summary.rules.api_key_query":1,"summary.identity.linked":1,"summary.made.operations":14,"summary.made.identities":9,"summary.made.clients":14,"summary.made.servers":4,"published.exchanges":31,"published.batches":2,"published.bytes":3492,"published.acknowledged":16}}');
INSERT INTO changes VALUES(1,1795440244008176,'service.new','s_f6a5ade43ecc8a0ca7','New service api.meridian.example.',0);
INSERT INTO changes VALUES(2,1795440244008176,'endpoint.new','e_eb5ba47da322b256f4','New endpoint POST /v1/webhooks at api.meridian.example.',0);
INSERT INTO changes VALUES(3,1795440244008176,'consumer.new','c_df55cf0adb7e2cb43e','New consumer api-key:386c48 (api-key).',0);
INSERT INTO changes VALUES(4,1795440244008650,'endpoint.new','e_a276cf2922a0a731e3','New endpoint GET /v1/customers at api.meridian.example.',0);
INSERT INTO changes VALUES(5,1795440244008650,'consumer.new','c_9580ad40ccf1234dc2','New consumer bearer-opaque:f46486 (bearer-opaque).',0);
INSERT INTO changes VALUES(6,1795440244008734,'service.new','s_3f29c83dae7d9cee75','New service partner.meridian.example.',0);
INSERT INTO changes VALUES(7,1795440244008734,'endpoint.new','e_5faec50d9732b1ab2b','New endpoint GET /login at partner.meridian.example.',0);
INSERT INTO changes VALUES(8,1795440244008734,'consumer.new','c_c90e71a99ecb1b7e78','New consumer anonymous firefox afc4d6.',0);
INSERT INTO changes VALUES(9,1795440244008875,'endpoint.new','e_8f60b6d9674c7d8652','New endpoint PUT /v2/trackers/{int}/position at api.meridian.example.',0);
INSERT INTO changes VALUES(10,1795440244008875,'consumer.new','c_c7c368b1901e7079af','New consumer bearer-opaque:2043e6 (bearer-opaque).',0);
INSERT INTO changes VALUES(11,1795440244039137,'endpoint.new','e_5d8f5e79c61591d8a1','New endpoint GET /v2/shipments/{uuid}/tracking at api.meridian.example.',0);
INSERT INTO changes VALUES(12,1795440244009035,'endpoint.new','e_ecfd03d2d3f8630cbc','New endpoint GET /v1/me at api.meridian.example.',0);
INSERT INTO changes VALUES(13,1795440244009035,'consumer.new','c_e15431d9e7439e75f6','New consumer api-key:7d15e0 (api-key).',0);
INSERT INTO changes VALUES(14,1795440244049041,'endpoint.new','e_08fe72092feab7f9fd','New endpoint POST /login at partner.meridian.example.',0);
INSERT INTO progress VALUES(1,1,'{"exchanges":31,"received":31,"conversations":0,"tlsSessions":0,"joined":0,"copies":0,"betterCopies":0,"halvesExpired":15,"waiting":0,"batches":2,"duplicateBatches":0,"missingBatches":0,"refused":{},"states":{"complete":16,"requestOnly":15},"unlisted":{"notFound":1},"limits":{}}');
INSERT INTO sensor_minutes VALUES('embedded',1795440240000000,110.0,0.0,0.0,13486.0,0.0,31.0,15.0,0.0,0.0,0,0);
INSERT INTO sensor_hours VALUES('embedded',1795438800000000,110.0,0.0,0.0,13486.0,0.0,31.0,15.0,0.0,0.0,0,0);
INSERT INTO window_logs VALUES(1,46,X'012EF6A1AD9FB0BCB006950EB407A80164B6018A01E2D7038FD703DB018A01B601BF02CCF304870FE7E204849305F858D7ED05008A01000052000086E101D76DF29D02A0ED01D6759161F858D7ED05008A01000052000086E101D76DF29D02A0ED01D67502AD3DE27212166D5B7EDB913351C5B7570679CD3B8058C736293EE6EF4CBCC883E52CDAAC5983779109EBFAEA2997B403646B946BA9A2D429E06DDA18B833A2D0BCA4544B89E27191B954283D0E1453965F32A659B4910AC98A315C783987AAED7DCA432118637BCD1E4A5533986E8375F829C8E99FEA372A4CBC745FEBF5A8DBD4FBE41363D02406A1C23CA17209074BDCC0AF55E3234C32391EE8DC24D971FCB9F526FA05328D6A9D4224C023F65E07A078628AE6A9E53B6C167DCA432118637BCD1E4A5533986E8375F829C8E99FEA372A4CBC745FEBF5A8DBD4FBE41363D02406A1C23CA17209074BDCC0AF55E3234C32391EE8DC24D971FCB9F526FA05328D6A9D4224C023F65E07A078628AE6A9E53B6C160101010101010101010101010101010101060606060606060606060606060606030303030303030303030303030303019FFAAEEF07B9ED82830A000000');
INSERT INTO documents VALUES('templates','s_f6a5ade43ecc8a0ca7','{"service":"s_f6a5ade43ecc8a0ca7"}',X'01B301000004BC031800010016160000000000000206080400000008020402041000000218000802060204120000041A0008021602040400000A0C00000008101004000000000A0A0E0E10000000220C0C0E0E000600BAA8B39FB0BCB00600080E0E0E0E100000063600000A100208120000002212120208000800BAA8B39FB0BCB006000814140204100000083A00180100000016FFD7FFF70F0001000004000206FFDFFFF70F0001000210000402802004C2354CF1D76B5AC5010218000212000602FFFFFFFF0F0486865D3ACA309A4501041A000204000802808080080486865D3A322CEDC5010A0C000004000A1080280001000A10000C0E80080001000C0A000E0E80080001000E1000100E80080472D963CE72D963CE010636000A120012028020000100120C0014028020000100141000160280200486865D3A3D42C76801083A0002000202020402060208020A020C020E0210021202140216000006FCC919B187B32474C2A679900AD1D0ACAA0704FCC919B15CA7366894C3D1D90804FCC919B1FCE975679B9AE199060487B32474C919F27BFA88BA8C0D04C2A67990B3E069059BCF96A10704FCC919B1F89892C57B22636F756E7473223A7B226D6572676573223A302C22756E6D6572676573223A302C2273706C697473223A302C22666F6C6473223A302C22666C6F6F6473223A302C2272657669657773223A322C22636170706564223A307D2C227265717565737473223A31312C2272657669657765645265717565737473223A31312C2273717565657A6564223A302C226E657874223A5B362C362C31325D2C2273697A65223A5B31322C343435345D2C226D6F766564223A5B5D2C22737072656164223A5B352C345D2C2270696E73223A5B5D2C2270696E6E65645573223A307D7631776562686F6F6B732F76312F776562686F6F6B73637573746F6D6572732F76312F637573746F6D6572736D652F76312F6D657632747261636B657273696E74706F736974696F6E2F76322F747261636B6572732F7B696E747D2F706F736974696F6E736869706D656E747375756964747261636B696E672F76322F736869706D656E74732F7B757569647D2F747261636B696E677631776562686F6F6B732F76312F776562686F6F6B73637573746F6D6572732F76312F637573746F6D6572736D652F76312F6D657632747261636B6572737B696E747D706F736974696F6E2F76322F747261636B6572732F7B696E747D2F706F736974696F6E736869706D656E74737B757569647D747261636B696E672F76322F736869706D656E74732F7B757569647D2F747261636B696E67');
INSERT INTO documents VALUES('templates','s_3f29c83dae7d9cee75','{"service":"s_3f29c83dae7d9cee75"}',X'016A00000004B2030400010008080000000008000208080A0000020C0004010000000802000100000A000208020886865D3A86865D3AC2354CF1C2354CF101020C0002000202000002473FF786048C9AECA50704473FF78601D1C959FBA89EEB0104473FF78601D1C9597B22636F756E7473223A7B226D6572676573223A302C22756E6D6572676573223A302C2273706C697473223A302C22666F6C6473223A302C22666C6F6F6473223A302C2272657669657773223A322C22636170706564223A307D2C227265717565737473223A342C2272657669657765645265717565737473223A342C2273717565657A6564223A302C226E657874223A5B322C322C325D2C2273697A65223A5B322C3439305D2C226D6F766564223A5B5D2C22737072656164223A5B322C305D2C2270696E73223A5B5D2C2270696E6E65645573223A307D6C6F67696E2F6C6F67696E6C6F67696E2F6C6F67696E');
INSERT INTO documents VALUES('finding','f_28bdaac1385f31ea7f','{"id":"f_28bdaac1385f31ea7f","kind":"auth.weak.cleartext","subject":"s_f6a5ade43ecc8a0ca7","service":"s_f6a5ade43ecc8a0ca7","endpoint":"","consumer":"","firstUs":1795440244008176,"lastUs":1795440244039137,"count":11,"sentence":"11 of 11 successful exchanges at 5 endpoints of api.meridian.example carried their credential without TLS on the way that the sensor sees: PUT /v2/trackers/{int}/position (7), GET /v1/customers (1), GET /v1/me (1) and 2 more.","state":"open","by":"","reason":"","goneUs":0,"goneWhy":""}',NULL);
INSERT INTO routes VALUES('e_08fe72092feab7f9fd','e_08fe72092feab7f9fd','s_3f29c83dae7d9cee75','POST','/login','','',1,0);
INSERT INTO routes VALUES('e_5d8f5e79c61591d8a1','e_5d8f5e79c61591d8a1','s_f6a5ade43ecc8a0ca7','GET','/v2/shipments/{uuid}/tracking','','',4,0);
INSERT INTO routes VALUES('e_5faec50d9732b1ab2b','e_5faec50d9732b1ab2b','s_3f29c83dae7d9cee75','GET','/login','','',1,0);
INSERT INTO routes VALUES('e_8f60b6d9674c7d8652','e_8f60b6d9674c7d8652','s_f6a5ade43ecc8a0ca7','PUT','/v2/trackers/{int}/position','','',3,0);
INSERT INTO routes VALUES('e_a276cf2922a0a731e3','e_a276cf2922a0a731e3','s_f6a5ade43ecc8a0ca7','GET','/v1/customers','','',2,0);
INSERT INTO routes VALUES('e_eb5ba47da322b256f4','e_eb5ba47da322b256f4','s_f6a5ade43ecc8a0ca7','POST','/v1/webhooks','','',1,0);
INSERT INTO routes VALUES('e_ecfd03d2d3f8630cbc','e_ecfd03d2d3f8630cbc','s_f6a5ade43ecc8a0ca7','GET','/v1/me','','',5,0);
INSERT INTO endpoint_hours VALUES('e_eb5ba47da322b256f4',1795438800000000,1,0,0,X'0140DD52000000000040DD52000000000040DD520000000000000188080100',X'01404E000000000000404E000000000000404E00000000000000019A030100',X'014056C000000000004056C000000000004056C000000000000001C4030100',X'013FF00000000000003FF00000000000003FF00000000000000001000100');
INSERT INTO endpoint_hours VALUES('e_a276cf2922a0a731e3',1795438800000000,1,0,0,X'0140E082800000000040E082800000000040E0828000000000000194080100',X'01000000000000000000000000000000000000000000000000010000',X'01408DF00000000000408DF00000000000408DF000000000000001B0050100',X'014024000000000000402400000000000040240000000000000001E8010100');
INSERT INTO endpoint_hours VALUES('e_5faec50d9732b1ab2b',1795438800000000,2,0,0,X'0140E161C00000000040E18A200000000040F175F0000000000002980801020100',X'01000000000000000000000000000000000000000000000000020000',X'01406FC00000000000406FC00000000000407FC000000000000001AA040200',X'');
INSERT INTO endpoint_hours VALUES('e_8f60b6d9674c7d8652',1795438800000000,15,0,0,X'0140E1A9E00000000040E83F80000000004111FDB80000000000079A080102010A01020108010201080100',X'01404780000000000040478000000000004074900000000000000182030700',X'01000000000000000000000000000000000000000000000000070000',X'');
INSERT INTO endpoint_hours VALUES('e_5d8f5e79c61591d8a1',1795438800000000,1,0,0,X'0140BE3A000000000040BE3A000000000040BE3A0000000000000180070100',X'01000000000000000000000000000000000000000000000000010000',X'014072400000000000407240000000000040724000000000000001B8040100',X'0140080000000000004008000000000000400800000000000000016E0100');
INSERT INTO endpoint_hours VALUES('e_ecfd03d2d3f8630cbc',1795438800000000,1,0,0,X'0140E5FB200000000040E5FB200000000040E5FB20000000000001B0080100',X'01000000000000000000000000000000000000000000000000010000',X'014042800000000000404280000000000040428000000000000001EA020100',X'');
INSERT INTO endpoint_hours VALUES('e_08fe72092feab7f9fd',1795438800000000,3,1,0,X'0140B636000000000040C326800000000040CE4180000000000002E20601360100',X'014047800000000000404980000000000040588000000000000002820301080100',X'010000000000000000405800000000000040580000000000000101CA030100',X'');
INSERT INTO endpoint_names VALUES('e_08fe72092feab7f9fd','');
INSERT INTO endpoint_names VALUES('e_5d8f5e79c61591d8a1','
shipmentId
x-api-key
');
INSERT INTO endpoint_names VALUES('e_5faec50d9732b1ab2b','');
INSERT INTO endpoint_names VALUES('e_8f60b6d9674c7d8652','
trackerId
');
INSERT INTO endpoint_names VALUES('e_a276cf2922a0a731e3','
page
per_page
');
INSERT INTO endpoint_names VALUES('e_eb5ba47da322b256f4','
x-api-key
');
INSERT INTO endpoint_names VALUES('e_ecfd03d2d3f8630cbc','
x-api-key
');
INSERT INTO pair_log VALUES(1,'hour',11,'["","e_eb5ba47da322b256f4","c_df55cf0adb7e2cb43e","e_a276cf2922a0a731e3","c_9580ad40ccf1234dc2","e_5faec50d9732b1ab2b","c_c90e71a99ecb1b7e78","e_8f60b6d9674c7d8652","c_c7c368b1901e7079af","e_5d8f5e79c61591d8a1","e_ecfd03d2d3f8630cbc","c_e15431d9e7439e75f6","e_08fe72092feab7f9fd"]',X'0000000000000000000000000000000000508FAFC48319430000000000001040000000000000F03F0000000000805F4000000000004062400000000000000000000000000000F03F000000000000004000508FAFC4831943000000000000F03F00000000000000000000000000004E400000000000C05640000000000000F03F0000000000000840000000000000104000508FAFC4831943000000000000F03F000000000000000000000000000000000000000000F08D4000000000000024400000000000001440000000000000184000508FAFC48319430000000000000040000000000000000000000000000000000000000000C07F4000000000000000000000000000001C40000000000000204000508FAFC48319430000000000002E4000000000000000000000000000088640000000000000000000000000000000000000000000002240000000000000004000508FAFC4831943000000000000F03F00000000000000000000000000000000000000000040724000000000000008400000000000002440000000000000264000508FAFC4831943000000000000F03F00000000000000000000000000000000000000000080424000000000000000000000000000002840000000000000184000508FAFC48319430000000000000840000000000000F03F0000000000A06240000000000000584000000000000000000000000000000000000000000000004000508FAFC4831943000000000000F03F00000000000000000000000000907A40000000000000000000000000000000000000000000000000000000000000104000508FAFC4831943000000000000F03F00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000264000508FAFC4831943000000000000F03F0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO pair_log VALUES(1,'day',11,'["","e_eb5ba47da322b256f4","c_df55cf0adb7e2cb43e","e_a276cf2922a0a731e3","c_9580ad40ccf1234dc2","e_5faec50d9732b1ab2b","c_c90e71a99ecb1b7e78","e_8f60b6d9674c7d8652","c_c7c368b1901e7079af","e_5d8f5e79c61591d8a1","e_ecfd03d2d3f8630cbc","c_e15431d9e7439e75f6","e_08fe72092feab7f9fd"]',X'0000000000000000000000000000000000009219998319430000000000001040000000000000F03F0000000000805F4000000000004062400000000000000000000000000000F03F00000000000000400000921999831943000000000000F03F00000000000000000000000000004E400000000000C05640000000000000F03F000000000000084000000000000010400000921999831943000000000000F03F000000000000000000000000000000000000000000F08D4000000000000024400000000000001440000000000000184000009219998319430000000000000040000000000000000000000000000000000000000000C07F4000000000000000000000000000001C40000000000000204000009219998319430000000000002E400000000000000000000000000008864000000000000000000000000000000000000000000000224000000000000000400000921999831943000000000000F03F0000000000000000000000000000000000000000004072400000000000000840000000000000244000000000000026400000921999831943000000000000F03F00000000000000000000000000000000000000000080424000000000000000000000000000002840000000000000184000009219998319430000000000000840000000000000F03F0000000000A0624000000000000058400000000000000000000000000000000000000000000000400000921999831943000000000000F03F00000000000000000000000000907A4000000000000000000000000000000000000000000000000000000000000010400000921999831943000000000000F03F0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000026400000921999831943000000000000F03F0000000000000000000000000000000000000000000000000000000000000000');
CREATE INDEX endpoints_of_service ON endpoints (service, template);
CREATE INDEX pairs_of_consumer ON pairs (consumer);
CREATE INDEX sensor_minutes_by_time ON sensor_minutes (window_us);
CREATE INDEX sensor_hours_by_time ON sensor_hours (window_us);
CREATE INDEX dark_by_name ON dark (name);
CREATE INDEX services_by_authority ON services (authority);
CREATE INDEX audit_of_subject ON audit (subject, sequence);
CREATE INDEX routes_of_endpoint ON routes (endpoint);
CREATE INDEX routes_of_service ON routes (service);
CREATE INDEX merges_into ON merges (kind, target);
CREATE INDEX endpoint_hours_by_time ON endpoint_hours (window_us);
CREATE INDEX endpoint_days_by_time ON endpoint_days (window_us);
