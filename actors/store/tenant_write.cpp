#include "actors/store/tenant_write.hpp"

#include <algorithm>
#include <utility>

#include "model/phone/number.hpp"
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

}  // namespace tonris::actors
