#!/bin/sh
# Builds target/nucleus.o (the guest side, one relocatable object) and target/demi-loader.
# Needs gcc and binutils alone. The same sources give the same bytes.
set -eu
cd "$(dirname "$0")"
out=target
if [ -e $out/nucleus.o ] && [ -e $out/demi-loader ] &&
  [ -z "$(find build.sh relocatable.ld include common sandbox pvh loader -newer $out/nucleus.o)" ]; then
  exit 0
fi
mkdir -p $out
objects=$(mktemp -d $out/build.XXXXXX) # builds beside each other must not mix
trap 'rm -rf "$objects"' EXIT
CC=${CC:-gcc}

strict="-std=gnu11 -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef -Wvla"
bare="-O2 -ffreestanding -fno-builtin -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables \
  -fcf-protection=none -fno-common -fno-strict-aliasing -ffile-prefix-map=$PWD=."
guest="$strict $bare -fno-pic -mcmodel=small -mno-red-zone -mgeneral-regs-only -Iinclude -Icommon -Wa,-I."
loader="$strict $bare -fpie -fvisibility=hidden -mgeneral-regs-only -Wno-missing-prototypes"

list=
for source in common/*.c common/*.S sandbox/*.c sandbox/*.S pvh/*.c pvh/*.S; do
  [ -e "$source" ] || continue
  object=$objects/$(echo "$source" | tr / -).o
  $CC $guest -c "$source" -o "$object"
  list="$list $object"
done
ld -r --build-id=none -T relocatable.ld -o $objects/all.o $list
# Only the contract's functions, the two entries and memory's copying and filling are seen by what is linked to it.
objcopy --wildcard --keep-global-symbol='nucleus_*' --keep-global-symbol='mem[cs][pe][yt]' --remove-section=.comment --remove-section=.note.gnu.property \
  $objects/all.o $objects/nucleus.o

kinds=$(readelf -rW $objects/nucleus.o | awk '$3 ~ /^R_X86_64_/ {print $3}' | sort -u |
  grep -vxE 'R_X86_64_(64|PC32|PLT32|32|32S)' || true)
[ -z "$kinds" ] || { echo "nucleus.o: relocations that the image linker does not know: $kinds" >&2; exit 1; }
wanted=$(nm -u $objects/nucleus.o | awk '{print $2}' | grep -vxE 'demitasse_main|demitasse_fault|__ehdr_start' || true)
[ -z "$wanted" ] || { echo "nucleus.o: undefined symbols: $wanted" >&2; exit 1; }

# Linked where no image may lie (docs/image-format.md), without libc, so that it starts at once.
$CC $loader -static -nostdlib -no-pie -Wl,--build-id=none,-z,noexecstack,-z,separate-code,-s \
  -Wl,-Ttext-segment=0x610000000000 -o $objects/demi-loader loader/*.c
mv $objects/demi-loader $objects/nucleus.o $out/
