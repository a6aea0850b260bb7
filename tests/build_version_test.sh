#!/bin/sh
# Which build a build says it is (cmake/BuildVersion.cmake): the version, the commit, and whether files differ from it.
root=$(cd "${1:-.}" && pwd) || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
status=0
tell() { cmake -D source="$1" -D version=1.2.3 -D unit="$work/version.cpp" -P "$root/cmake/BuildVersion.cmake" || status=1; }
says() {
  tell "$1"
  grep -qxF "  return \"$2\";" "$work/version.cpp" && return
  echo "$3: $2 is not in: $(cat "$work/version.cpp")"
  status=1
}
in_git() { git -C "$work/tree" -c user.name=a -c user.email=a@example.com "$@" >"$work/git.log" 2>&1 || cat "$work/git.log"; }

mkdir -p "$work/tree/inner"
says "$work/tree" 1.2.3 "no git"
in_git init
says "$work/tree" 1.2.3 "no commit"
echo one >"$work/tree/file"
in_git add file
in_git commit -m one
commit=$(git -C "$work/tree" rev-parse --short=12 HEAD)
[ ${#commit} -ge 12 ] || status=1
says "$work/tree" "1.2.3+$commit" "a commit"
touch -d '2001-01-01' "$work/version.cpp"
tell "$work/tree"
[ -z "$(find "$work/version.cpp" -newermt '2001-01-02')" ] || { echo "it is written anew where nothing changed" && status=1; }
echo two >"$work/tree/untracked"
says "$work/tree" "1.2.3+$commit" "a file of nobody's"
says "$work/tree/inner" 1.2.3 "a copy within another repository"
echo two >"$work/tree/file"
says "$work/tree" "1.2.3+$commit.dirty" "a change"
in_git commit -am two
says "$work/tree" "1.2.3+$(git -C "$work/tree" rev-parse --short=12 HEAD)" "another commit"
exit $status
