#!/bin/sh
# Makes the folder the image runs from: image.sh SOURCE TARGET. The Dockerfile runs it, and so does a test.
set -eu
source=$1
target=$2

mkdir -p "$target"
for part in package.json bun.lock bunfig.toml LICENSE api shared sql worker; do
  cp -R "$source/$part" "$target/"
done
cd "$target"
bun install --frozen-lockfile --production --no-progress --no-summary
# What only people and compilers read; licences stay.
find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \
  -o -iname 'readme*' -o -iname 'changelog*' -o -name '*.tsbuildinfo' \) -delete
# Comes along as a peer of libraries that only have types for it.
rm -rf node_modules/typescript node_modules/@typescript
