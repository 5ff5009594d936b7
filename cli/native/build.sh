#!/bin/sh
# Builds demi-front into the folder that is named, and puts the other native parts beside it.
set -eu
out=$1
cd "$(dirname "$0")"
mkdir -p "$out"
${CC:-gcc} -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
  -fstack-protector-strong -D_FORTIFY_SOURCE=2 "-ffile-prefix-map=$PWD=." -static -s \
  -o "$out/demi-front.new" ./*.c
mv -f "$out/demi-front.new" "$out/demi-front"
# By way of a new name: the old file may be running.
for part in ../../nucleus/target/demi-loader ../../scripts/find-jdk; do
  name=$(basename "$part")
  cp "$part" "$out/$name.new"
  chmod 755 "$out/$name.new"
  mv -f "$out/$name.new" "$out/$name"
done
