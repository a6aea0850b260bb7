#include "tools/sim/wire/address.hpp"

#include "model/text/address.hpp"

namespace tonris::sim {

std::string origin_of(std::string_view url) {
  const auto read = model::read_address(url);
  if (!read) return {};
  return std::string{read->scheme}.append("://").append(read->authority);
}

std::string resolve(std::string_view base, std::string_view reference) {
  if (reference.empty()) return std::string{base};
  if (model::read_address(reference)) return std::string{reference};
  if (reference.front() == '/') return origin_of(base) + std::string{reference};
  const auto read = model::read_address(base);
  const auto path = read ? read->target.substr(0, read->target.find('?')) : std::string_view{};
  const auto directory = path.substr(0, path.rfind('/') + 1);
  return origin_of(base) + (directory.empty() ? "/" : std::string{directory}) + std::string{reference};
}

std::string as_signed(std::string_view url) {
  const auto read = model::read_address(url);
  if (!read) return std::string{url};
  auto text = std::string{read->scheme}.append("://").append(read->written_host);
  if (read->has_port && read->scheme != "https") text.append(":").append(read->port_text);
  return text.append(read->target);
}

}  // namespace tonris::sim
