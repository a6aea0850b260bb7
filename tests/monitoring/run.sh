#!/bin/sh
# The alerts and the dashboard: each alert has its page, and a test in which it fires and one in which it does not;
# Prometheus understands every rule and every panel's question, and the alerts fire as they should. Which metrics there
# are is tests/actors/node/monitoring_test.cpp's business. Ends with 77, having said why, where promtool is not
# installed.
cd "${1:-.}" || exit 2
alerts=config/prometheus/alerts.yml
tests=tests/monitoring/alerts_test.yml
dashboard=config/grafana/tonris.json
status=0
fail() {
  echo "$*"
  status=1
}

anchors_of() {
  sed -n 's/^##* *//p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^[:alnum:] _-]//g; s/ /-/g'
}

names=$(sed -n 's/^ *- alert: //p' "$alerts")
[ -n "$names" ] || fail "no alert was found: this test is broken"
for name in $names; do
  runbook=$(awk -v name="$name" '$2 == "alert:" { found = $3 == name } found && $1 == "runbook:" { print $2 }' "$alerts")
  page=${runbook%%#*}
  if [ ! -f "$page" ] || ! anchors_of "$page" | grep -qx "${runbook#*#}"; then
    fail "$name has no runbook line that leads to a page: $runbook"
  fi
  grep -qx "  - name: $name fires" "$tests" || fail "$name has no test in which it fires"
  awk -v name="$name" '/healthy node/ { healthy = 1 } healthy && $3 == name { found = 1 } END { exit !found }' "$tests" ||
    fail "$name has no test in which it is silent"
done

command -v promtool >/dev/null || {
  [ "$status" -eq 0 ] || exit "$status"
  echo "skipped: promtool is not installed, tools/setup --checks does it"
  exit 77
}
said=$(promtool check rules "$alerts" 2>&1) || fail "$said"
said=$(promtool test rules "$tests" 2>&1) || fail "$said"

# As rules, a panel's questions are understood or not.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
  printf 'groups:\n  - name: dashboard\n    rules:\n'
  # shellcheck disable=SC2016  # Grafana's variables
  sed -n 's/^ *"expr": "\(.*\)",*$/\1/p' "$dashboard" | sed 's/\\"/"/g; s/\$__rate_interval/5m/g; s/\$instance/.*/g' |
    awk "{ gsub(/'/, \"''\"); printf \"      - record: panel:%d\\n        expr: '%s'\\n\", NR, \$0 }"
} >"$work/dashboard.yml"
grep -q 'record: panel:30' "$work/dashboard.yml" || fail "the dashboard has hardly a question: this test is broken"
said=$(promtool check rules "$work/dashboard.yml" 2>&1) || fail "$said"
exit $status
