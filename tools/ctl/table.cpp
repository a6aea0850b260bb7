#include "tools/ctl/table.hpp"

#include <algorithm>

#include "model/text/utf8.hpp"

namespace tonris::ctl {

std::string table_of(const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& is_number) {
  std::vector<std::size_t> widths(is_number.size());
  for (const auto& cells : rows)
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], model::utf8_characters(cells[i]));
  std::string text;
  for (const auto& cells : rows) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string gap(widths[i] - model::utf8_characters(cells[i]), ' ');
      line += i > 0 ? "  " : "";
      line += is_number[i] ? gap + cells[i] : cells[i] + gap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace tonris::ctl
