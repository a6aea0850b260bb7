#include "tools/ctl/setting.hpp"

#include <fstream>
#include <iterator>
#include <utility>

#include "model/text/trimmed.hpp"

namespace tonris::ctl {

std::string setting(std::string_view name, const lookup& environment, const config::dotenv& file) {
  std::string value;
  if (auto given = environment(name))
    value = *std::move(given);
  else if (const auto line = file.values.find(name); line != file.values.end())
    value = line->second;
  return std::string(model::trimmed(value));
}

std::string env_text(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace tonris::ctl
