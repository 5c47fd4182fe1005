"""The other half of the interoperability test: the same payment, by Powertools for AWS Lambda.

Usage: pay.py EFFECTS PAYMENT [hold], with the store in LAMBKIN_IDEMPOTENCY as lambkin reads it. Prints the receipt, or the name of
the exception. With `hold` it says `holding` before its effect, and waits for a line.
"""

import json
import os
import sys
from urllib.parse import urlsplit

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import BaseError
from aws_lambda_powertools.utilities.idempotency.persistence.cache import CachePersistenceLayer


class LambdaContext:
    """What the library asks of the invocation: how much time is left."""

    def get_remaining_time_in_millis(self):
        return 20_000


def store():
    url = urlsplit(os.environ["LAMBKIN_IDEMPOTENCY"])
    if url.scheme == "dynamodb":
        return DynamoDBPersistenceLayer(table_name=url.netloc)
    return CachePersistenceLayer(host=url.hostname, port=url.port, ssl=False)


config = IdempotencyConfig(event_key_jmespath="id", payload_validation_jmespath=os.environ.get("VALIDATE", ""))
config.register_lambda_context(LambdaContext())


@idempotent_function(data_keyword_argument="payment", config=config, persistence_store=store(), key_prefix="shared")
def pay(payment):
    if len(sys.argv) > 3:
        print("holding", flush=True)
        sys.stdin.readline()
    with open(sys.argv[1], "a") as effects:
        effects.write(f"python {payment['id']}\n")
    return {"payment": payment["id"], "cents": payment["cents"], "by": "powertools"}


try:
    print(json.dumps(pay(payment=json.loads(sys.argv[2]))))
except BaseError as refusal:
    print(json.dumps({"refused": type(refusal).__name__}))
