"""Asks for an execution over Kafka with kafka-python. Settings come from the environment: examples/README.md"""

import json
import os

from kafka import KafkaProducer

TOPIC = "trigger.execution-requested.v1"

request_id = os.environ["REQUEST_ID"]
body = {"requestId": request_id, "campaignId": os.environ["CAMPAIGN_ID"]}
recipient = os.environ.get("RECIPIENT")
if recipient:
    body["recipients"] = [{"type": "aep", "userId": recipient, "namespace": "email", "context": {"order": 4711}}]
else:
    body["context"] = {"order": 4711}

request = {
    "imsOrg": os.environ["IMS_ORG"],
    "sandbox": os.environ["SANDBOX"],
    "kind": "unitary" if recipient else "audience",
    "body": body,
}

producer = KafkaProducer(bootstrap_servers=os.environ["KAFKA_BROKERS"].split(","), acks="all", enable_idempotence=True)
try:
    written = producer.send(TOPIC, key=request_id.encode(), value=json.dumps(request).encode()).get(timeout=30)
    print(f"{request_id} is in {TOPIC}, partition {written.partition}, offset {written.offset}")
finally:
    producer.close()
