#!/bin/sh
# Starts Prometheus with this folder's configuration, on this machine only, until it is interrupted.
set -eu
cd "$(dirname "$0")/../.."

data=${DATA_DIR:-data/prometheus-grafana}
mkdir -p "$data"
exec prometheus \
  --config.file="${PROMETHEUS_CONFIG:-examples/prometheus-grafana/prometheus.yml}" \
  --storage.tsdb.path="$data/prometheus" \
  --storage.tsdb.retention.time=60d \
  --web.listen-address="127.0.0.1:${PROMETHEUS_PORT:-9090}" \
  --enable-feature=exemplar-storage
