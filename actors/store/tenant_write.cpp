#include "actors/store/tenant_write.hpp"

#include <algorithm>
#include <utility>

#include "model/phone/number.hpp"
#include "model/tenant/reseal.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/digest.hpp"

namespace tonris::actors {

std::vector<std::string> called_numbers(const model::tenant& t) {
  std::vector<std::string> forms;
  for (const auto& number : numbers_of(t))
    if (auto form = model::meeting_form(number); std::ranges::find(forms, form) == forms.end())
      forms.push_back(std::move(form));
  return forms;
}

std::string request_id(std::string_view of) {
  constexpr std::size_t digits = 16;
  return model::sha256_hex(of).substr(0, digits);
}

tenant_write write_of(const model::tenant& t, std::string_view want) {
  tenant_write write;
  write.id = t.id;
  write.want = want;
  write.numbers = called_numbers(t);
  write.json = to_json(t);
  write.request = request_id(write.id.value + '\n' + write.want + '\n' + write.json);
  return write;
}

sealed_anew seal_anew(const tenant_page& page, const model::field_seal& with,
                      const std::function<model::aead_nonce()>& fresh) {
  sealed_anew all;
  for (const auto& stored : page.tenants) {
    if (stored.json.find(R"("secrets")") == std::string::npos) continue;
    auto read = model::parse_tenant(stored.json);
    if (!read) continue;
    const auto came = model::reseal_secrets(read->secrets, read->id, with, fresh);
    for (const auto& one : came.missing) all.missing.push_back("tenant " + read->id.value + ": " + one);
    if (came.changed > 0) all.writes.push_back(write_of(*read, stored.etag));
  }
  return all;
}

}  // namespace tonris::actors
