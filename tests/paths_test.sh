#!/bin/sh
# Every source file that a document or a comment names by its path is there.
cd "${1:-.}" || exit 2
named='(model|net|config|actors|tools|tests)(/[[:alnum:]_]+)+[.](hpp|cpp|cc|sh)'
{
  grep -HnE "$named" README.md docs/*.md CMakeLists.txt ./*/CMakeLists.txt
  grep -rnE "//.*$named" model net config actors tools tests --include='*.hpp' --include='*.cpp' --include='*.cc' |
    sed 's#^\([^:]*:[0-9]*:\).*//#\1 #'
} | awk -v named="$named" '{
  line = $0
  while (match(line, named)) {
    path = substr(line, RSTART, RLENGTH)
    before = RSTART > 1 ? substr(line, RSTART - 1, 1) : " "
    line = substr(line, RSTART + RLENGTH)
    if (before ~ /[[:alnum:]_.\/-]/) continue
    ++paths
    if ((getline content < path) < 0) { print "names a file that is not there: " $0; bad = 1 }
    close(path)
  }
}
END {
  if (!paths) print "no path was found: this test is broken"
  exit bad || !paths
}'
