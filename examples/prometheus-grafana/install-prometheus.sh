#!/bin/sh
# Installs Prometheus and promtool from the distribution's package, if they are not there. Needs Debian or Ubuntu, and root.
# The package would start a service that listens on every address: it is kept from that. start-prometheus.sh starts one that
# listens on this machine only.
set -eu

if command -v prometheus >/dev/null && command -v promtool >/dev/null; then
  exit 0
fi
if ! command -v apt-get >/dev/null; then
  echo "no apt-get here: install Prometheus 2.42 or later, with promtool, from https://prometheus.io/download/" >&2
  exit 1
fi
if [ "$(id -u)" != 0 ]; then
  echo "installing Prometheus needs root: sudo $0" >&2
  exit 1
fi

if [ -d /run/systemd/system ]; then
  systemctl mask prometheus.service # to have the service: systemctl unmask --now prometheus
fi
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 # at which services are not started
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { nice apt-get update -qq && nice apt-get install -y -qq --no-install-recommends prometheus; } >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
