#!/usr/bin/env bash
# What the examples need beside Node: kcat, and kafka-python in an environment of its own under .local/examples.
# Safe to repeat; does nothing when all is there. Ends with an error when something cannot be installed.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.local/examples
wanted=examples/python/requirements.txt

install_packages() {
  if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
    echo "Missing on this machine: $*. Install with: sudo apt-get install $*" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get install -y -q --no-install-recommends "$@" || { apt-get update -q && apt-get install -y -q --no-install-recommends "$@"; }
}

has_venv() { command -v python3 >/dev/null && python3 -c 'import ensurepip, venv' 2>/dev/null; }

missing=()
command -v kcat >/dev/null || missing+=(kcat)
has_venv || missing+=(python3 python3-venv)
if [[ ${#missing[@]} -gt 0 ]]; then install_packages "${missing[@]}"; fi

if ! cmp -s "$wanted" "$venv/installed.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"
  cp "$wanted" "$venv/installed.txt"
fi
echo "✓ kcat and kafka-python are there"
