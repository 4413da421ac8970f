#!/bin/sh
# Compiles govuk-frontend.css, bundles prosemirror.js, and records their hashes in vendor.json.
# For maintainers, when a version, the colours or an entry changes; needs node. Nothing else does.
set -eu
cd "$(dirname "$0")"
GOVUK=6.6.0
SASS=1.108.2
ESBUILD=0.28.2
VIEW=1.42.9
# Everything that is bundled, with what those packages need, so that a build gives the same bytes again.
PROSEMIRROR="prosemirror-view@$VIEW prosemirror-model@1.25.13 prosemirror-state@1.4.4 prosemirror-transform@1.12.6
  prosemirror-keymap@1.2.3 prosemirror-commands@1.7.2 prosemirror-history@1.5.1 orderedmap@2.1.1
  rope-sequence@1.3.4 w3c-keyname@2.2.8"
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" \
  "govuk-frontend@$GOVUK" "sass@$SASS" "esbuild@$ESBUILD" $PROSEMIRROR

"$WORK/node_modules/.bin/sass" --no-source-map --no-charset --style=compressed \
  --load-path="$WORK/node_modules/govuk-frontend/dist" govuk-frontend.scss govuk-frontend.css

NODE_PATH="$WORK/node_modules" "$WORK/node_modules/.bin/esbuild" prosemirror.entry.js --bundle --minify \
  --format=esm --target=es2022 --legal-comments=none --log-level=warning --outfile=prosemirror.js
for package in $PROSEMIRROR; do
  printf '%s\n\n' "$package"
  cat "$WORK/node_modules/${package%@*}/LICENSE"
  printf '\n'
done > prosemirror.LICENCE.txt

hash_of() {
  sha256sum "$1" | cut -d ' ' -f 1
}
cat > vendor.json <<END
[
  {
    "name": "govuk-frontend",
    "version": "$GOVUK",
    "licence": "MIT",
    "licence_file": "govuk-frontend.LICENCE.txt",
    "file": "govuk-frontend.css",
    "made_by": "build.sh with sass $SASS",
    "sha256": "$(hash_of govuk-frontend.css)",
    "source": "govuk-frontend.scss",
    "source_sha256": "$(hash_of govuk-frontend.scss)"
  },
  {
    "name": "prosemirror-view",
    "version": "$VIEW",
    "licence": "MIT",
    "licence_file": "prosemirror.LICENCE.txt",
    "file": "prosemirror.js",
    "made_by": "build.sh with esbuild $ESBUILD",
    "sha256": "$(hash_of prosemirror.js)",
    "source": "prosemirror.entry.js",
    "source_sha256": "$(hash_of prosemirror.entry.js)"
  }
]
END
