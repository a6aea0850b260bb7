#!/bin/sh
# The signatures of ElevenLabs and of Standard Webhooks, checked with the vendors' own libraries for Node. Their packages
# lie in FOLDER, pinned by version and by hash, and are fetched when they are not there. Ends with 77, having said why,
# where that cannot be done.
# Usage: run.sh SIGNER FOLDER
set -eu
signer=$1
folder=$2
here=$(cd "$(dirname "$0")" && pwd)

# name, version, SHA-512
packages() {
  cat <<'END'
@elevenlabs/elevenlabs-js 2.73.0 ZV/SF2k0w6rzv2hkymn+ZPHtBkVBcU/3NDg8peppAyizlss7BNl2PtKJKnz/1KSfRU493lcOnWt6r+n9R/RHEw==
standardwebhooks 1.1.1 bCbX9ZEyFkWPsRz7Bl3NuQUJohmwGSev/yhr7vhaGPlc4AfIrspIRa6cPTBuI1ItmrTDJ4d/S2hCsfe4+vQGnQ==
@stablelib/base64 1.0.1 1bnPQqSxSuc3Ii6MhBysoWCg58j97aUjuCSZrGSmDxNqtytIi0k8utUenAwTZN4V5mXXYGsVUI9zeBqy+jBOSQ==
fast-sha256 1.3.0 n11RGP/lrWEFI/bWdygLxhI+pVeo1ZYIVwvvPkW7azl/rOy+F3HYRZ2K5zeE9mmkhQppyv9sQFx0JM9UabnpPQ==
END
}

skip() {
  echo "skipped: $*"
  exit 77
}

file_of() { echo "$folder/$(echo "$1" | tr -d @ | tr / -)-$2.tgz"; } # as npm names it

missing() {
  packages | while read -r name version hash; do
    [ -f "$(file_of "$name" "$version")" ] || printf '%s@%s ' "$name" "$version"
  done
}

fetch() {
  command -v npm >/dev/null || skip "npm is not installed"
  # shellcheck disable=SC2046  # a list of words
  said=$(cd "$folder" && timeout 60 npm pack --loglevel=error --fetch-retries=0 --fetch-timeout=10000 $(missing) 2>&1) ||
    skip "npm cannot have the packages: $(echo "$said" | grep -v '^npm.*A complete log' | head -n 3 | tr '\n' ' ')"
}

# Of ElevenLabs' package what verifies a webhook, without its client of the API, which takes 5,000 files.
unpack() {
  mkdir -p "$modules/@elevenlabs/elevenlabs-js/api/resources/webhooks/client"
  echo 'exports.WebhooksClient = class {};' >"$modules/@elevenlabs/elevenlabs-js/api/resources/webhooks/client/Client.js"
  packages | while read -r name version hash; do
    file=$(file_of "$name" "$version")
    [ "$(openssl dgst -sha512 -binary "$file" | base64 -w 0)" = "$hash" ] || {
      echo "$file is not the package that this test was written for"
      rm -f "$file"
      exit 1
    }
    case $name in
      @elevenlabs/*) wanted='package/wrapper/webhooks.js package/errors package/core/json.js package/package.json' ;;
      *) wanted=package ;;
    esac
    mkdir -p "$modules/$name"
    # shellcheck disable=SC2086  # a list of words
    tar -xzf "$file" -C "$modules/$name" --strip-components=1 $wanted
  done
}

command -v node >/dev/null || skip "node is not installed"
mkdir -p "$folder"
[ -z "$(missing)" ] || fetch
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
modules=$work/node_modules
unpack
node "$here/check.cjs" "$signer" "$modules"
