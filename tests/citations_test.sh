#!/bin/sh
# Every page and section that a document or a comment cites is in this repository: no other one can be read.
cd "${1:-.}" || exit 2
cited='[[:alnum:]_/.-]*[.]md(#[[:alnum:]_-]+)?'
find . -name '*.md' -not -path './build/*' -not -path './.*' | sed 's#^[.]/##' | sort >"${TMPDIR:-/tmp}/pages.$$"
{
  while read -r page; do grep -Hn '^#' "$page"; done <"${TMPDIR:-/tmp}/pages.$$"
  echo '==='
  while read -r page; do grep -HnE "$cited|[(]#" "$page"; done <"${TMPDIR:-/tmp}/pages.$$"
  grep -rnE "(//|#).*$cited" model net config actors tools tests CMakeLists.txt cmake --include='*.hpp' --include='*.cpp' \
    --include='*.cc' --include='*.txt' --include='*.cmake' | sed 's#^\([^:]*:[0-9]*:\)[^/]*//#\1#'
} | awk -v cited="$cited" '
# As GitHub makes an anchor of a heading.
function anchor_of(heading) {
  heading = tolower(heading)
  gsub(/[^[:alnum:] _-]/, "", heading)
  gsub(/ /, "-", heading)
  return heading
}
# "docs/x/../y.md" without its detours.
function plain(path) {
  while (path ~ /[^\/]+\/[.][.]\//) sub(/[^\/]+\/[.][.]\//, "", path)
  return path
}
function check(page, anchor) {
  ++citations
  if (!(page in has)) { print "cites a page that is not there: " $0; bad = 1 }
  else if (anchor != "" && !((page, anchor) in section)) { print "cites a section that is not there: " $0; bad = 1 }
}
/^===$/ { ++part; next }
{
  file = $0
  sub(/:.*/, "", file)
  text = $0
  sub(/^[^:]*:[0-9]*:/, "", text)
}
part == 0 {
  has[file] = 1
  sub(/^#+ */, "", text)
  section[file, anchor_of(text)] = 1
  next
}
{
  folder = ""
  if (file ~ /[.]md$/) {
    folder = file
    sub(/[^\/]*$/, "", folder)
    rest = text
    while (match(rest, /[(]#[^)]*[)]/)) {
      check(file, substr(rest, RSTART + 2, RLENGTH - 3))
      rest = substr(rest, RSTART + RLENGTH)
    }
  }
  while (match(text, cited)) {
    found = substr(text, RSTART, RLENGTH)
    text = substr(text, RSTART + RLENGTH)
    anchor = ""
    if (found ~ /#/) { anchor = found; sub(/^[^#]*#/, "", anchor); sub(/#.*/, "", found) }
    check(plain(folder found), anchor)
  }
}
END {
  if (!citations) print "no citation was found: this test is broken"
  exit bad || !citations
}'
status=$?
rm -f "${TMPDIR:-/tmp}/pages.$$"
exit $status
