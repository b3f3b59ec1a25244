#!/bin/sh
# Looks for what `make setup` needs. One line per missing thing, saying what to install; exit 2 if any is missing.
missing=0
need() { echo "redress: $1" >&2; missing=2; }

python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  need "Python 3.11 or newer is needed: install it (Debian: apt install python3 python3-venv) or set PYTHON."
fi
java_major=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
if [ "${java_major:-0}" -lt 17 ]; then
  need "Java 17 or newer is needed for the broker: install it (Debian: apt install openjdk-17-jre-headless)."
fi
if ! command -v mvn >/dev/null 2>&1; then
  need "Maven is needed to fetch the broker: install it (Debian: apt install maven)."
fi
exit $missing
