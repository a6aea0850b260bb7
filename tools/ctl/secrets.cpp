#include "tools/ctl/secrets.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "actors/store/private_database.hpp"
#include "actors/store/tenant_database.hpp"
#include "actors/store/tenant_write.hpp"
#include "model/json/lookup.hpp"
#include "model/text/hex.hpp"
#include "net/random_bytes.hpp"

namespace tonris::ctl {

namespace {

constexpr model::json_limits answer_limits{.bytes = 1024 * 1024, .values = 10'000};
constexpr std::size_t page_size = 200;

std::string in_words(std::uint64_t tenants, std::uint64_t changed_meanwhile, const std::vector<std::string>& missing) {
  auto words = "secrets of " + std::to_string(tenants) + " tenants sealed anew\n";
  if (changed_meanwhile > 0)
    words += std::to_string(changed_meanwhile) + " tenants were changed meanwhile: run it again\n";
  for (const auto& one : missing) words.append(one).append(": no key of SECRETS_KEY opens it\n");
  return words;
}

model::aead_nonce fresh_nonce() {
  model::aead_nonce nonce{};
  net::fill_with_random(nonce);
  return nonce;
}

}  // namespace

told rotate_secrets(const tenants_door& at) {
  const auto answer = at("POST", "/api/tenant-store/rotate-secrets", "");
  if (!answer) return tl::unexpected(answer.error());
  rapidjson::Document body;
  if (answer->status != 200 || !model::parse_object(answer->body, answer_limits, body))
    return tl::unexpected("status " + std::to_string(answer->status));
  const auto count = [&](const char* name) {
    const auto* const found = model::find_field(body, name);
    return found && found->IsUint64() ? found->GetUint64() : 0;
  };
  std::vector<std::string> missing;
  if (const auto* const list = model::find_field(body, "missing"); list && list->IsArray())
    for (const auto& one : list->GetArray())
      if (one.IsString()) missing.emplace_back(model::text_of(one));
  return in_words(count("tenants"), count("changedMeanwhile"), missing);
}

told rotate_secrets_in(const std::string& data_dir, const model::field_seal& seal) {
  if (!seal.can_seal()) return tl::unexpected(std::string{"SECRETS_KEY is not set"});
  auto lock = actors::lock_data_dir(data_dir);
  if (!lock) return tl::unexpected(lock.error().line);
  std::uint8_t bytes[16];
  net::fill_with_random(bytes);
  auto db = actors::tenant_database::open(data_dir, model::to_hex(bytes));
  if (!db) return tl::unexpected(db.error().line);
  std::uint64_t tenants = 0;
  std::vector<std::string> missing;
  model::tenant_id after;
  do {
    const auto page = db->page(after, page_size);
    if (!page) return tl::unexpected(page.error().line);
    const auto anew = actors::seal_anew(*page, seal, fresh_nonce);
    missing.insert(missing.end(), anew.missing.begin(), anew.missing.end());
    const auto written = db->write(anew.writes, [](const auto&) {});
    if (!written) return tl::unexpected(written.error().line);
    tenants += written->size();
    after = page->last;
  } while (!after.empty());
  return in_words(tenants, 0, missing);
}

}  // namespace tonris::ctl
