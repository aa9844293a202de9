# Kestrel's nightly batch: invoices by month, each wanted invoice with its payments, some as PDF. urllib opens a
# connection for each request and says so.
#
#   customs-batch.py SOURCE-ADDRESS HOST USER PASSWORD INVOICE...

import base64
import http.client
import sys
import time
import urllib.error
import urllib.request

source, host, user, password, *invoices = sys.argv[1:]


class BoundHandler(urllib.request.HTTPHandler):
    def http_open(self, request):
        def connection(name, **options):
            return http.client.HTTPConnection(name, source_address=(source, 0), **options)

        return self.do_open(connection, request)


opener = urllib.request.build_opener(BoundHandler)
credential = base64.b64encode(f"{user}:{password}".encode()).decode()


def get(target):
    request = urllib.request.Request(f"http://{host}{target}", headers={"Authorization": f"Basic {credential}"})
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return error.read()


for month in ("2026-09", "2026-10"):
    for offset in range(0, 200, 50):
        get(f"/v1/invoices?month={month}&limit=50&offset={offset}")
get("/v1/invoices?month=October")
for index, invoice in enumerate(invoices):
    get(f"/v1/invoices/{invoice}")
    if index % 2 == 0:
        get(f"/v1/invoices/{invoice}/payments")
    if index % 5 == 0:
        get(f"/v1/invoices/{invoice}.pdf")
    time.sleep(0.12)
get("/v1/invoices/INV-999999")
get("/v1/invoices/123")
