#include "net/http.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "net/http_text.hpp"

namespace tonris::net {

std::string_view http_fields::get(std::string_view name) const noexcept {
  const auto found =
      std::find_if(fields_.begin(), fields_.end(), [&](const auto& field) { return same_text(field.first, name); });
  return found == fields_.end() ? std::string_view{} : std::string_view{found->second};
}

bool http_fields::has(std::string_view name) const noexcept {
  return std::any_of(fields_.begin(), fields_.end(), [&](const auto& field) { return same_text(field.first, name); });
}

void http_fields::set(std::string_view name, std::string_view value) {
  // The arguments may be views into the very fields that are removed here.
  std::pair<std::string, std::string> field{name, value};
  std::erase_if(fields_, [&](const auto& old) { return same_text(old.first, field.first); });
  fields_.push_back(std::move(field));
}

void http_fields::add(std::string_view name, std::string_view value) {
  // Most messages have a handful of fields: one allocation serves them all.
  if (fields_.capacity() == 0) fields_.reserve(12);
  fields_.emplace_back(std::string{name}, std::string{value});
}

std::string_view http_request::path() const noexcept {
  return std::string_view{target}.substr(0, target.find('?'));
}

std::string_view http_request::query() const noexcept {
  const auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view{} : std::string_view{target}.substr(mark + 1);
}

http_response make_response(unsigned status, std::string_view content_type, std::string body) {
  http_response response;
  response.status = status;
  if (!content_type.empty()) response.fields.add("Content-Type", content_type);
  response.body = std::move(body);
  return response;
}

std::optional<std::chrono::seconds> retry_after(const http_response& response) noexcept {
  const auto text = response.fields.get("Retry-After");
  std::uint32_t seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty() || failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::chrono::seconds{seconds};
}

}  // namespace tonris::net
