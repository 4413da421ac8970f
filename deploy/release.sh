#!/bin/sh
# Make what a release is handed over as: its wheel, its locks, its bill of materials and their digests.
# Usage: release.sh FOLDER, in a checkout of the release. The wheel is built twice, apart, and must have the same bytes.
set -eu
checkout=$(cd "$(dirname "$0")/.." && pwd)
commit=$(git -C "$checkout" rev-parse HEAD)
# The day of the commit, not of the build: whoever builds it again gets the same bytes.
SOURCE_DATE_EPOCH=$(git -C "$checkout" show --no-patch --format=%ct "$commit")
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$1"
to=$(cd "$1" && pwd)

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --require-hashes --only-binary :all: --requirement "$checkout/deploy/build.lock"
for try in first second; do
    mkdir "$work/$try"
    # What was committed and nothing else, in folders of different names.
    git -C "$checkout" archive "$commit" | tar --extract --directory="$work/$try"
    "$work/venv/bin/pip" wheel --quiet --no-deps --no-build-isolation --wheel-dir "$work/$try-wheel" "$work/$try"
done
wheel=$(basename "$work"/first-wheel/*.whl)
cmp "$work/first-wheel/$wheel" "$work/second-wheel/$wheel"
cp "$work/first-wheel/$wheel" "$to/"
cp "$checkout/requirements.lock" "$checkout/deploy/extras.lock" "$to/"
# Everything that a service may run with, also what is off unless set.
"${CYCLONEDX:-cyclonedx-py}" requirements "$checkout/deploy/extras.lock" --pyproject "$checkout/pyproject.toml" \
    --output-reproducible --output-format JSON --output-file "$to/packages.cdx.json"
cd "$to"
sha256sum "$wheel" requirements.lock extras.lock packages.cdx.json > SHA256SUMS
echo "$commit: the same wheel twice"
cat SHA256SUMS
