#!/usr/bin/env bash
# Prints what was refused so far, one JSON document a line.
set -euo pipefail

: "${KAFKA_BROKERS:?}"

kcat -C -q -e -b "$KAFKA_BROKERS" -t trigger.execution-rejected.v1 -o beginning -f '%s\n'
