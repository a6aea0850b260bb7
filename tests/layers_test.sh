#!/bin/sh
# The house's rule as a test: which folder may include which, and whose headers. What the table does not allow is
# refused, so is a table that allows a circle. Prints the house as it is, floor by floor: a folder stands one above the
# highest it includes.
cd "${1:-.}" || exit 2

# folder | folders it may include (model: all of model; but: not these headers of them) | headers of others, by their
# beginning
# posix: the system's. effects: the standard library's threads, locks and files; without it a folder has none.
table() {
  cat <<'END'
model/text            |                                          | boost/url/ openssl/ tl/
model/phone           | model/text                               | phonenumbers/
model/json            | model/text                               | rapidjson/ tl/
model/audio           | model/text                               | soxr.h spandsp.h
model/twilio          | model/text model/phone model/json        | openssl/ pugixml.hpp rapidjson/ tl/
model/elevenlabs      | model/text model/json model/audio        | openssl/ rapidjson/ tl/
model/access          | model/text model/json                    | openssl/ rapidjson/ tl/
model/tenant          | model/text model/access model/phone model/json        | date/ rapidjson/ tl/
model/usage           | model/text model/json                    | rapidjson/ tl/
model/money           | model/text model/json model/usage model/twilio | rapidjson/ tl/
model/admission       | model/text model/usage model/tenant      |
model/vendor          | model/text                               |
model/tool            | model/text model/phone model/json model/audio model/admission model/tenant model/elevenlabs | rapidjson/ tl/
model/call            | model/text model/admission model/money model/usage model/latency model/quality model/phone model/json model/twilio model/elevenlabs model/tenant | rapidjson/ tl/
model/outbound        | model/text model/phone model/json model/admission model/tenant model/twilio model/call | rapidjson/ tl/
model/policy          | model/text model/audio model/tenant model/elevenlabs model/tool model/call |
model/webhook         | model/text model/json model/tenant model/call model/usage_report |
model/latency         | model/text model/json                    | rapidjson/ tl/
model/quality         | model/text model/json                    | rapidjson/ tl/
model/tracing         | model/text model/json model/call         |
model/usage_report    | model/text model/json model/usage model/money model/elevenlabs model/tenant model/call | date/
model/finding         | model/text model/json model/phone model/twilio model/money model/tenant model/call model/usage_report | rapidjson/ tl/
model/doctor          | model/text model/phone model/json model/twilio model/elevenlabs model/policy | rapidjson/ tl/
net                   | model/text but model/text/ids model/text/codec_error model/text/seal | boost/ hiredis/ openssl/ sqlite3.h systemd/ tl/ posix effects
net/asio              |                                          | boost/
config                | model/text but model/text/codec_error model/text/seal | CLI/ tl/ posix effects
actors/telemetry      | model config                             | spdlog/ prometheus/ effects
actors/runtime        | model net actors/telemetry               | caf/ posix effects
actors/store          | model net config                         | tl/ effects
actors/access         | model net config actors/telemetry actors/runtime actors/store | caf/ tl/
actors/tenant         | model net config actors/telemetry actors/runtime actors/store | caf/ tl/ effects
actors/admission      | model net config actors/telemetry actors/runtime actors/store actors/tenant | caf/ tl/
actors/vendor         | model net config actors/telemetry actors/runtime | caf/ tl/
actors/leg            | model net actors/telemetry actors/runtime | caf/
actors/call           | model net actors/telemetry actors/runtime actors/store actors/tenant actors/admission actors/vendor actors/leg | caf/ tl/ posix effects
actors/callback       | model net actors/telemetry actors/runtime actors/store actors/call | caf/ tl/ effects
actors/tool           | model net actors/telemetry actors/runtime actors/tenant | caf/ tl/
actors/notice         | model net actors/telemetry actors/runtime actors/store actors/tenant | caf/ tl/ effects
actors/trace          | model net actors/telemetry actors/runtime actors/store actors/call | caf/
actors/records        | model net config actors/telemetry actors/runtime actors/store actors/call actors/callback actors/notice | caf/ tl/
actors/price          | model net actors/telemetry actors/runtime actors/store actors/tenant actors/vendor actors/call actors/callback | caf/
actors/experiment     | model net actors/telemetry actors/runtime actors/store actors/tenant actors/access actors/call | caf/
actors/drift          | model net config actors/telemetry actors/runtime actors/store actors/tenant actors/vendor actors/call | caf/ tl/
actors/recording      | model actors/telemetry actors/runtime actors/store actors/tenant actors/access actors/vendor actors/call actors/callback | caf/
actors/outbound       | model net config actors/telemetry actors/runtime actors/store actors/call | caf/ tl/
actors/web            | model net config actors/telemetry actors/runtime actors/store actors/tenant actors/access actors/admission actors/vendor actors/leg actors/call actors/callback actors/tool actors/notice actors/drift actors/recording actors/outbound | caf/ tl/
actors/node           | model net config actors/telemetry actors/runtime actors/store actors/tenant actors/access actors/admission actors/vendor actors/leg actors/call actors/callback actors/tool actors/notice actors/trace actors/records actors/price actors/experiment actors/drift actors/recording actors/outbound actors/web | caf/ tl/ posix effects
tools                 | config net actors/telemetry actors/node  | posix effects
tools/ctl             | model net config actors/telemetry actors/runtime actors/store actors/access actors/tenant | caf/ CLI/ openssl/ rapidjson/ tl/ posix effects
tools/sim/wire        | model net                                | boost/ rapidjson/ sndfile.h soxr.h spandsp.h tl/ posix effects
tools/sim/twilio      | model net tools/sim/wire                 | pugixml.hpp tl/ effects
tools/sim/elevenlabs  | model net tools/sim/wire                 | spandsp.h tl/ effects
tools/sim/demo        | model net tools/sim/wire tools/sim/twilio tools/sim/elevenlabs | tl/ effects
tools/sim             | model net tools/sim/wire tools/sim/twilio tools/sim/elevenlabs tools/sim/demo | CLI/ tl/ posix effects
tools/bench           | net                                      | CLI/ openssl/ tl/ posix effects
tools/relay           | net tools/bench                          | CLI/ tl/ posix effects
END
}

includes() {
  grep -rnE '^[[:space:]]*#[[:space:]]*include' model net config actors tools --include='*.hpp' --include='*.cpp' \
    --include='*.h' --include='*.cc' | sort
}

files() {
  find model net config actors tools -name '*.hpp' -o -name '*.cpp' -o -name '*.h' -o -name '*.cc'
}

{
  table
  echo '==='
  files
  echo '==='
  includes
} | awk '
function folder_of(path) { sub("/[^/]*$", "", path); return path }
function trimmed(text) { gsub(/^[ \t]+|[ \t]+$/, "", text); return text }
function refuse(why) { print "against the house: " why; bad = 1 }
function is_posix(header) {
  return header ~ /^(sys|arpa|linux|net|netinet)\// || header ~ /^(fcntl|netdb|poll|pthread|sched|signal|stdlib|unistd)\.h$/
}
function has_effects(header) {
  return header ~ /^(condition_variable|filesystem|fstream|future|iostream|mutex|semaphore|shared_mutex|thread)$/
}
function is_allowed(folder, header,    words, n, i) {
  if (header !~ /[.\/]/) return !has_effects(header) || (" " headers[folder] " ") ~ / effects /
  n = split(headers[folder], words, " ")
  for (i = 1; i <= n; ++i) if (words[i] != "effects" && index(header, words[i]) == 1) return 1
  return is_posix(header) && (" " headers[folder] " ") ~ / posix /
}
# What a folder may include must not lead back to it.
function walk(folder,    to) {
  if (state[folder] == 2) return
  if (state[folder] == 1) { refuse("the table allows a circle through " folder); return }
  state[folder] = 1
  for (to in row) if ((folder, to) in may) walk(to)
  state[folder] = 2
}
function floor_of(folder,    to, highest) {
  if (folder in floor) return floor[folder]
  floor[folder] = 0
  highest = -1
  for (to in row) if ((folder, to) in arrow && floor_of(to) > highest) highest = floor_of(to)
  return floor[folder] = highest + 1
}
/^===$/ { ++part; next }
part == 0 {
  split($0, column, "|")
  name = trimmed(column[1])
  row[name] = 1
  order[++folders] = name
  targets[name] = column[2]
  headers[name] = trimmed(column[3])
  next
}
part == 1 {
  if (!(folder_of($0) in row)) refuse($0 ": its folder is not in the table")
  is_there[$0] = 1
  ++size[folder_of($0)]
  next
}
part == 2 && !prepared++ {
  for (i = 1; i <= folders; ++i) {
    n = split(targets[order[i]], words, " ")
    for (k = 1; k <= n && words[k] != "but"; ++k)
      for (to in row)
        if (to == words[k] || (words[k] == "model" && index(to, "model/") == 1)) { may[order[i], to] = 1; met[words[k]] = 1 }
    while (++k <= n) { but[order[i], words[k] ".hpp"] = 1; excluded[words[k] ".hpp"] = 1 }
    for (k = 1; k <= n && words[k] != "but"; ++k) if (!(words[k] in met)) refuse("the table knows no folder " words[k])
  }
  for (i = 1; i <= folders; ++i) walk(order[i])
}
part == 2 {
  split($0, place, ":")
  from = folder_of(place[1])
  if (match($0, /<[^>]*>/)) {
    header = substr($0, RSTART + 1, RLENGTH - 2)
    if (!is_allowed(from, header)) refuse(place[1] ":" place[2] ": <" header "> in " from)
  } else if (match($0, /"[^"]*"/)) {
    header = substr($0, RSTART + 1, RLENGTH - 2)
    to = folder_of(header)
    if (to == header) refuse(place[1] ":" place[2] ": \"" header "\" without its whole path")
    else if (to != from && (!((from, to) in may) || (from, header) in but)) refuse(place[1] ":" place[2] ": " from " -> " to)
    else if (to != from) arrow[from, to] = 1
  }
}
END {
  for (header in excluded) if (!(header in is_there)) refuse("the table excludes " header ", which is not there")
  for (i = 1; i <= folders; ++i) {
    if (!(order[i] in size)) refuse("the table names " order[i] ", where no file is")
    if (!bad && floor_of(order[i]) > top) top = floor_of(order[i])
  }
  if (bad) exit 1
  for (level = 0; level <= top; ++level) {
    print "floor " level
    for (i = 1; i <= folders; ++i) {
      if (floor_of(order[i]) != level) continue
      text = sprintf("  %-19s %3d files", order[i], size[order[i]])
      sign = " -> "
      for (k = 1; k <= folders; ++k)
        if ((order[i], order[k]) in arrow) { text = text sign order[k]; sign = ", " }
      print text
    }
  }
}'
