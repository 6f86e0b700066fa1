#!/bin/sh
# Fails if an object of a level's module defines a weak function that is not the module's own: the linker
# would keep one copy for all levels, perhaps one with instructions the processor does not have.
# Usage: Tests/check-weak-symbols.sh [build directory, by default .build/release]
build=${1:-.build/release}
status=0
for module in KernelsV2 KernelsV3 KernelsV4; do
  [ -d "$build/$module.build" ] || continue
  foreign=$(nm "$build/$module.build"/*.swift.o | awk '$2 == "W" || $2 == "w" && NF == 3 {print $3}' |
    grep -v "9$module")
  if [ -n "$foreign" ]; then
    echo "$module defines weak functions of other modules:"
    echo "$foreign"
    status=1
  fi
done
exit $status
