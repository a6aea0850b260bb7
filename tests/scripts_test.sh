#!/bin/sh
# The shell commands: each parses, says how it is used, refuses what it does not know, and needs no certain directory.
root=$(cd "${1:-.}" && pwd) || exit 2
status=0
fail() {
  echo "$*"
  status=1
}

for script in "$root"/tools/setup "$root"/tools/start "$root"/tools/test "$root"/tools/tidy "$root"/.ci/run \
  "$root"/tests/*.sh "$root"/tests/*/*.sh; do
  sh -n "$script" || fail "$script does not parse"
  head -n 1 "$script" | grep -q '^#!/bin/sh$' || fail "$script does not begin with #!/bin/sh"
  if command -v shellcheck >/dev/null; then shellcheck "$script" || fail "$script has findings of shellcheck"; fi
done
for script in "$root"/tools/setup "$root"/tools/start "$root"/tools/test "$root"/tools/tidy "$root"/.ci/run; do
  [ -x "$script" ] || fail "$script is not executable"
done

# The units: systemd understands every line of them.
if command -v systemd-analyze >/dev/null; then
  units=$(mktemp -d)
  cp "$root"/config/systemd/* "$units"
  sed -i 's#^ExecStart=.*#ExecStart=/bin/true#' "$units/tonris.service"
  said=$(cd "$units" && systemd-analyze verify ./tonris.service ./tonris.socket ./tonris-admin.socket 2>&1 | grep tonris)
  [ -z "$said" ] || fail "systemd minds: $said"
  rm -rf "$units"
fi

cd / || exit 2
"$root/tools/test" --help | grep -q '^usage: tools/test' || fail "tools/test --help does not say how it is used"
"$root/tools/start" --help | grep -q '^usage: tools/start' || fail "tools/start --help does not say how it is used"
"$root/.ci/run" --help | grep -q '^usage: tools/test' || fail ".ci/run does not call tools/test"
"$root/tools/start" --port 1 --demo --help | grep -q '^usage: tools/start' || fail "tools/start takes its own flags first only"
for flags in --nonsense "--demo --prot=8080" "--demo --port" "serve"; do
  # Before it installs or builds anything: a gateway that is not built would say so minutes later.
  # shellcheck disable=SC2086  # a list of words
  timeout 10 "$root/tools/start" $flags >/dev/null 2>&1
  [ $? -eq 2 ] || fail "tools/start $flags is not refused at once"
done
# Keys may be flags, or in a file that a flag names: then the gateway serves with them, and takes no demonstration call.
tree=$(mktemp -d)
mkdir -p "$tree/tools" "$tree/docs" "$tree/build/release/bin" "$tree/bin"
cp "$root/tools/start" "$tree/tools"
cp "$root/docs/configuration.md" "$tree/docs"
touch "$tree/build/release/.ninja_log"
printf '#!/bin/sh\n' >"$tree/bin/cmake"
# shellcheck disable=SC2016  # for the program
printf '#!/bin/sh\necho "served $*"\n' >"$tree/build/release/bin/tonris"
chmod +x "$tree/bin/cmake" "$tree/build/release/bin/tonris"
echo 'export ELEVENLABS_API_KEY="k"' >"$tree/other.env"
start_there() {
  env -u TWILIO_ACCOUNT_SID -u TWILIO_AUTH_TOKEN -u ELEVENLABS_API_KEY PATH="$tree/bin:$PATH" \
    timeout 20 "$tree/tools/start" --no-setup "$@" 2>&1
}
for flags in "--twilio-account-sid=AC1" "--port 1 --elevenlabs-api-key k" "--env-file other.env" "--env-file=$tree/other.env"; do
  # shellcheck disable=SC2086  # a list of words
  [ "$(start_there $flags)" = "served $flags" ] || fail "tools/start does not see the keys of $flags"
done
for flags in "--port 1" "--twilio-account-sid=" "--env-file=none.env"; do
  # shellcheck disable=SC2086  # a list of words
  start_there $flags | grep -q '^No keys of Twilio' || fail "tools/start takes $flags for keys"
done
rm -rf "$tree"
for refused in "setup --nonsense" "tidy --nonsense" "tidy --changed"; do
  # shellcheck disable=SC2086  # a list of words
  timeout 10 "$root"/tools/$refused >/dev/null 2>&1
  [ $? -eq 2 ] || fail "tools/$refused is not refused"
done
"$root/tools/test" --nonsense >/dev/null 2>&1
[ $? -eq 2 ] || fail "tools/test takes an unknown argument"
exit $status
