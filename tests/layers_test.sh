#!/bin/sh
# The house's rule as a test: model and net know nothing of each other, config stands alone, actors join them, tools use
# all. Prints each #include that points the wrong way and fails.
root=${1:-.}
cd "$root" || exit 2
status=0
refuse() { # refuse FOLDER PATTERN: no #include in FOLDER may match PATTERN
  found=$(grep -rnE "#include *[<\"]($2)" "$1" --include='*.hpp' --include='*.cpp' --include='*.h' --include='*.cc')
  if [ -n "$found" ]; then
    printf 'against the direction of the house:\n%s\n' "$found"
    status=1
  fi
}
refuse model 'net/|actors/|config/|tools/|caf/|boost/|CLI/|spdlog/|prometheus/|thread>|sys/|unistd'
refuse net 'model/|actors/|config/|tools/|caf/|rapidjson/|pugixml|spdlog/|prometheus/|CLI/'
refuse config 'model/|net/|actors/|tools/|caf/|boost/|openssl/'
refuse actors 'tools/'
exit $status
