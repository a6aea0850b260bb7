#include "actors/store/rates_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace tonris::actors {

tl::expected<model::rate_card, std::string> read_rates_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::file_size(path, error) > model::rate_card::max_bytes && !error)
    return tl::unexpected(path + " is beyond 256 KiB");
  std::ifstream in(path, std::ios::binary);
  std::string text;
  if (in) text.assign(std::istreambuf_iterator<char>(in), {});
  if (!in || std::filesystem::is_directory(path, error)) return tl::unexpected(path + " cannot be read");
  auto card = model::rate_card::parse(text);
  if (!card) return tl::unexpected(path + ": " + card.error());
  return *std::move(card);
}

}  // namespace tonris::actors
