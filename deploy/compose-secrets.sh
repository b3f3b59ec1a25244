#!/bin/sh
# Makes the secrets of deploy/compose.yaml, a file each; those that are there stay. The containers' user reads them, so
# they are not this account's alone: the folder is, and only who may enter it reaches them.
set -eu
folder=$(dirname "$0")/secrets
umask 077
mkdir -p "$folder"
chmod 0700 "$folder"
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
put() { [ -s "$folder/$1" ] || { printf '%s' "$2" >"$folder/$1"; chmod 0644 "$folder/$1"; echo "made $folder/$1"; }; }
for name in POSTGRES_PASSWORD GRAFANA_PASSWORD; do put "$name" "$(random)"; done
for name in REDRESS_DOCUMENTS_SECRET REDRESS_SMS_SECRET REDRESS_MESSENGER_SECRET; do put "$name" "$(random)"; done
password=$(cat "$folder/POSTGRES_PASSWORD")
put REDRESS_VAULT_URL "postgresql://redress:$password@postgres/redress"
put REDRESS_CONSOLE_URL "postgresql://redress:$password@postgres/redress"
