#!/usr/bin/env bash
# Asks for an execution over Kafka with kcat. Settings come from the environment: examples/README.md
set -euo pipefail

: "${KAFKA_BROKERS:?}" "${IMS_ORG:?}" "${SANDBOX:?}" "${CAMPAIGN_ID:?}" "${REQUEST_ID:?}"

# Values are written into JSON as they are: they must hold no quote, backslash or line end.
if [[ -n "${RECIPIENT:-}" ]]; then
  kind=unitary
  more="\"recipients\":[{\"type\":\"aep\",\"userId\":\"$RECIPIENT\",\"namespace\":\"email\",\"context\":{\"order\":4711}}]"
else
  kind=audience
  more='"context":{"order":4711}'
fi

# The key comes before the tab, the value behind it.
printf '%s\t{"imsOrg":"%s","sandbox":"%s","kind":"%s","body":{"requestId":"%s","campaignId":"%s",%s}}\n' \
  "$REQUEST_ID" "$IMS_ORG" "$SANDBOX" "$kind" "$REQUEST_ID" "$CAMPAIGN_ID" "$more" |
  kcat -P -b "$KAFKA_BROKERS" -t trigger.execution-requested.v1 -K $'\t' -X acks=all -X enable.idempotence=true

echo "$REQUEST_ID is in trigger.execution-requested.v1"
