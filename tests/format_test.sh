#!/bin/sh
# Every C++ file is formatted as .clang-format says.
cd "${1:-.}" || exit 2
command -v clang-format >/dev/null || { echo "clang-format is missing: tools/setup installs it"; exit 1; }
find model net config actors tools tests \( -name '*.hpp' -o -name '*.cpp' -o -name '*.cc' \) \
  -exec clang-format --dry-run -Werror {} +
