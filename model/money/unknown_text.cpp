#include "model/money/unknown_text.hpp"

#include <rapidjson/document.h>

#include <utility>

#include "model/json/fields.hpp"
#include "model/json/writer.hpp"

namespace tonris::model {

namespace {

std::optional<drift_row> row_in(const rapidjson::Value& item) {
  constexpr rapidjson::SizeType members = 5;
  if (!item.IsArray() || item.Size() != members) return std::nullopt;
  const auto* const tenant = item.Begin();
  const auto *const code = tenant + 1, *const count = tenant + 2, *const amount = tenant + 3,
                    *const seconds = tenant + 4;
  if (!tenant->IsString() || !code->IsString()) return std::nullopt;
  const auto in = currency::parse({code->GetString(), code->GetStringLength()});
  if (!in || !count->IsUint64() || !amount->IsInt64() || !seconds->IsInt64()) return std::nullopt;
  drift_row row;
  row.tenant.value.assign(tenant->GetString(), tenant->GetStringLength());
  row.in = *in;
  row.only_theirs.count = count->GetUint64();
  row.only_theirs.amount = amount->GetInt64();
  row.only_theirs.seconds = seconds->GetInt64();
  return row;
}

}  // namespace

std::string text_of_unknown(std::span<const drift_row> rows) {
  std::string text;
  json_writer out{text};
  out.open_list();
  for (const auto& row : rows) {
    out.open_list();
    out.value(row.tenant.value);
    out.value(row.in.code());
    out.value(row.only_theirs.count);
    out.value(row.only_theirs.amount);
    out.value(row.only_theirs.seconds);
    out.close_list();
  }
  out.close_list();
  return text;
}

std::optional<std::vector<drift_row>> parse_unknown(std::string_view text) {
  rapidjson::Document document;
  json_mistakes mistakes;
  if (!parse_document(text, most_unknown_bytes, document, mistakes) || !document.IsArray()) return std::nullopt;
  std::vector<drift_row> rows;
  rows.reserve(document.Size());
  for (const auto& item : document.GetArray()) {
    auto row = row_in(item);
    if (!row) return std::nullopt;
    rows.push_back(std::move(*row));
  }
  return rows;
}

}  // namespace tonris::model
