"""Batches of records through Powertools for AWS Lambda, one record after the other as its batch processor runs them.

Usage: powertools.py RECORDS BATCHES. Prints the medians of fresh batches and of replayed ones, in milliseconds.
"""

import statistics
import sys
import time

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)


class LambdaContext:
    def get_remaining_time_in_millis(self):
        return 60_000


config = IdempotencyConfig(event_key_jmespath="id")
config.register_lambda_context(LambdaContext())
store = DynamoDBPersistenceLayer(table_name="payments")


@idempotent_function(data_keyword_argument="payment", config=config, persistence_store=store, key_prefix="python")
def pay(payment):
    return None


records, batches = int(sys.argv[1]), int(sys.argv[2])
pay(payment={"id": "connects"})
for _ in ["fresh", "replayed"]:
    times = []
    for batch in range(batches):
        start = time.perf_counter()
        for record in range(records):
            pay(payment={"id": f"{batch}-{record}"})
        times.append((time.perf_counter() - start) * 1000)
    print(statistics.median(times))
