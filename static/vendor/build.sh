#!/bin/sh
# Compiles govuk-frontend.css from govuk-frontend.scss and records its hash in vendor.json.
# For maintainers, when the version or the colours change; needs node. Nothing else does.
set -eu
cd "$(dirname "$0")"
VERSION=6.6.0
SASS=1.108.2
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$WORK" "govuk-frontend@$VERSION" "sass@$SASS"
"$WORK/node_modules/.bin/sass" --no-source-map --no-charset --style=compressed \
  --load-path="$WORK/node_modules/govuk-frontend/dist" govuk-frontend.scss govuk-frontend.css
cat > vendor.json <<END
[
  {
    "name": "govuk-frontend",
    "version": "$VERSION",
    "licence": "MIT",
    "licence_file": "govuk-frontend.LICENCE.txt",
    "file": "govuk-frontend.css",
    "made_by": "build.sh with sass $SASS",
    "sha256": "$(sha256sum govuk-frontend.css | cut -d ' ' -f 1)",
    "source": "govuk-frontend.scss",
    "source_sha256": "$(sha256sum govuk-frontend.scss | cut -d ' ' -f 1)"
  }
]
END
