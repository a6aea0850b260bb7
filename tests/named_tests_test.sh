#!/bin/sh
# Every test that a document or a comment tells to run is there: each pattern of a --gtest_filter meets one at least.
cd "${1:-.}" || exit 2
{
  find tests -name '*.cpp' -exec cat {} + | tr '\n' ' ' |
    grep -oE 'TEST(_[FP])?\( *[[:alnum:]_]+, *[[:alnum:]_]+' | sed -E 's/^TEST(_[FP])?\( *//; s/, */./'
  echo '==='
  # A filter may be one of a comment that goes on in the next line: only whole ones are looked at.
  grep -HnoE "gtest_filter='[^']+'" README.md docs/*.md docs/*/*.md
  grep -rnoE "//.*gtest_filter='[^']+'" tests tools --include='*.cpp' --include='*.hpp'
} | awk '
/^===$/ { names_end = 1; next }
!names_end { name[++names] = $0; next }
{
  filter = $0
  sub(/^.*gtest_filter=./, "", filter)
  sub(/.$/, "", filter)
  n = split(filter, patterns, ":")
  for (p = 1; p <= n; ++p) {
    ++looked_at
    pattern = patterns[p]
    gsub(/[.]/, "[.]", pattern)
    gsub(/[*]/, ".*", pattern)
    found = 0
    # A parametrised test has a word before its name and one behind it.
    for (i = 1; i <= names && !found; ++i) found = name[i] ~ "^" pattern "$" || "X/" name[i] "/0" ~ "^" pattern "$"
    if (!found) { print "names a test that is not there: " patterns[p] " in " $0; bad = 1 }
  }
}
END {
  if (!names || !looked_at) print "no test or no filter was found: this test is broken"
  exit bad || !names || !looked_at
}'
