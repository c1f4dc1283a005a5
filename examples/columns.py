"""A gateway of a served market in Python: sends orders of several members at once, as columns of bytes (docs/service.md).

    python3 examples/columns.py http://127.0.0.1:8320/ gateway.key orders.txt     (needs the package `cryptography`)

A line of orders.txt: member, carrier, offer or bid, quantity and price in ticks, with blanks between.
"""

import hashlib
import http.client
import json
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CARRIERS = ["electricity", "heat", "cold", "gas"]
url, key_file, file = sys.argv[1:4]
key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(json.load(open(key_file))["seed"]))
public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def get(path):
    with urllib.request.urlopen(url + path) as answer:
        return json.load(answer)


def root(leaves):
    """RFC 6962, 2.1."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:half]) + root(leaves[half:])).digest()


def post(body):
    """Sends the same bytes again where no answer comes or there is no room: they count once, with the same receipts."""
    for tries in range(1, 7):
        seconds = 0.1 * 2**tries
        try:
            with urllib.request.urlopen(urllib.request.Request(url + "v1/orders/columns", body), timeout=10) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            if error.code not in (429, 502, 503) or tries == 6:
                raise
            seconds = max(seconds, min(60, int(error.headers.get("retry-after") or 0)))
        except (OSError, http.client.HTTPException):
            if tries == 6:
                raise
        time.sleep(seconds)


def send():
    """Signs all orders for the period that is open, and sends them."""
    market = get("v1/market")
    orders = []
    for line in open(file):
        member, carrier, side, quantity, price = line.split()
        found = get("v1/members/" + urllib.parse.quote(member, safe=""))
        revision = found["revisions"][carrier]
        orders.append((found["number"], int(quantity), int(price), revision, CARRIERS.index(carrier), int(side == "bid")))

    # What is signed: the root over the records of all orders, sixteen to a leaf.
    records = b"".join(struct.pack("<IBBHIi", who, carrier, side, revision, quantity, price)
                       for who, quantity, price, revision, carrier, side in orders)
    rows = [records[at:at + 256] for at in range(0, len(records), 256)]
    body = bytes.fromhex(market["id"]) + struct.pack("<QI", market["period"], len(orders)) + root(rows)
    statement = b"gridclear batch v2\0" + struct.pack("<I", len(body)) + body

    head = b"gridclear orders v1\0" + struct.pack("<IQ", len(orders), market["period"]) + public + key.sign(statement)
    return post(head + b"".join(struct.pack(f"<{len(orders)}{form}", *column) for form, column in zip("IIiHBB", zip(*orders))))


for tries in range(5):
    try:
        answer = send()
        break
    except urllib.error.HTTPError as error:
        # The gate may close between what is asked and what is sent: then the orders are signed for the next period.
        if error.code != 409 or tries == 4:
            sys.exit(error.read().decode())
count, period, first = struct.unpack_from("<IQI", answer, 20)
print(f"{count} orders from number {first} of period {period}")
