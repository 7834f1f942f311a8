#!/bin/sh
# Gets every photo out of an exported vault with age, jq and head alone.  In the folder of the export:
#   age -d pass.age > vault.key               asks for the passphrase; or with the 24 words:
#   jq -rn --rawfile list words.txt --arg words "…" -f words.jq > words.key
#   age -d -i words.key recovery.age > vault.key
#   sh recover.sh vault.key photos
set -eu
key=$1 to=$2
mkdir -p "$to"
jq -r .record records.jsonl | while IFS= read -r record; do
    printf '%s' "$record" | base64 -d | age -d -i "$key" |
        jq -r '.resources[] | select(.type != "thumbnail") | [.signature, (.size | tostring), (.fileName | gsub("[/\\x00-\\x1f]"; "_"))] | join("\t")'
done | while IFS="$(printf '\t')" read -r signature size name; do
    path=$to/$name
    [ ! -e "$path" ] || path=$to/$(printf '%s' "$signature" | cut -c 1-8)-$name
    age -d -i "$key" "blobs/$signature" | head -c "$size" > "$path"
done
