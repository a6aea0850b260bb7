#include "tools/ctl/tenants.hpp"

#include <cstddef>
#include <map>
#include <utility>

#include "model/json/fields.hpp"
#include "model/json/lookup.hpp"
#include "model/tenant/list.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/percent.hpp"

namespace tonris::ctl {

namespace {

constexpr model::json_limits answer_limits{.bytes = 16 * 1024 * 1024, .values = 4'000'000};

std::string path_of(const std::string& id) {
  return "/api/tenants/" + model::percent_encoded(id);
}

/// What an answer that is an error says to a person.
refusal refusal_in(const net::http_response& answer) {
  auto said = error_in(answer.status, answer.body);
  return {said.message.empty() ? "status " + std::to_string(answer.status) : std::move(said.message), said.is_unknown};
}

/// The body of an answer that is none.
told ask(const tenants_door& at, std::string_view method, const std::string& path, std::string body = {}) {
  auto got = at(method, path, std::move(body));
  if (!got) return tl::unexpected(got.error());
  if (got->status >= 200 && got->status < 300) return std::move(got->body);
  return tl::unexpected(refusal_in(*got));
}

/// `each` is given every tenant's document.
template <class Each>
tl::expected<void, refusal> all(const tenants_door& at, Each each) {
  std::string cursor;
  do {
    const auto part =
        ask(at, "GET", "/api/tenants?limit=200" + (cursor.empty() ? "" : "&cursor=" + model::percent_encoded(cursor)));
    if (!part) return tl::unexpected(part.error());
    rapidjson::Document document;
    if (!model::parse_object(*part, answer_limits, document)) return tl::unexpected(std::string{"that is no list"});
    const auto* const items = model::find_field(document, "items");
    if (!items || !items->IsArray()) return tl::unexpected(std::string{"that is no list"});
    for (const auto& item : items->GetArray()) each(item);
    const auto* const next = model::find_field(document, "nextCursor");
    cursor = next && next->IsString() ? std::string{model::text_of(*next)} : std::string{};
  } while (!cursor.empty());
  return {};
}

/// Each tenant of a list as it stands there, by id: a tenant that was read tells nobody its secrets any more. Where an
/// id stands twice, the first is the tenant.
std::map<std::string, std::string> texts_of(std::string_view list) {
  std::map<std::string, std::string> texts;
  rapidjson::Document document;
  model::json_mistakes mistakes;
  if (!parse_document(list, model::tenant_rules::max_file_bytes, document, mistakes) || !document.IsArray())
    return texts;
  for (const auto& item : document.GetArray()) {
    if (!item.IsObject()) continue;
    const auto* const id = model::find_field(item, "id");
    if (id && id->IsString()) texts.emplace(model::text_of(*id), model::json_text(item));
  }
  return texts;
}

}  // namespace

tenants_door tenants_of(const gateway& of, std::chrono::milliseconds patience) {
  return [of, patience](std::string_view method, const std::string& path,
                        std::string body) -> tl::expected<net::http_response, std::string> {
    auto got = ask_gateway(of, method, path, std::move(body), patience);
    if (got) return std::move(*got);
    return tl::unexpected(got.error().line +
                          (got.error().is_down ? "; where it is down, --data-dir reads its store" : ""));
  };
}

told list_tenants(const tenants_door& at) {
  std::string lines;
  const auto add = [&](const rapidjson::Value& item) {
    model::field_reader tenant{item};
    for (const auto* field : {"id", "status", "twilioPhoneNumber", "name"})
      lines.append(tenant.optional_text(field)).append(field == std::string_view{"name"} ? "\n" : "  ");
  };
  if (auto done = all(at, add); !done) return tl::unexpected(done.error());
  return lines;
}

tl::expected<std::vector<std::string>, refusal> ids_of_tenants(const tenants_door& at) {
  std::vector<std::string> ids;
  const auto add = [&](const rapidjson::Value& item) {
    model::field_reader tenant{item};
    if (auto id = tenant.optional_text("id"); !id.empty()) ids.emplace_back(id);
  };
  if (auto done = all(at, add); !done) return tl::unexpected(done.error());
  return ids;
}

told export_tenants(const tenants_door& at) {
  std::string list;
  const auto add = [&](const rapidjson::Value& item) {
    list.append(list.empty() ? "[\n" : ",\n").append(model::json_text(item));
  };
  if (auto done = all(at, add); !done) return tl::unexpected(done.error());
  return list.empty() ? "[]\n" : list + "\n]\n";
}

told show_tenant(const tenants_door& at, const std::string& id) {
  return ask(at, "GET", path_of(id)).map([](std::string&& json) { return std::move(json) + "\n"; });
}

told create_tenant(const tenants_door& at, std::string document) {
  return ask(at, "POST", "/api/tenants", std::move(document)).map([](std::string&& json) {
    return std::move(json) + "\n";
  });
}

told edit_tenant(const tenants_door& at, const std::string& id, std::string merge_patch) {
  return ask(at, "PATCH", path_of(id), std::move(merge_patch)).map([](std::string&& json) {
    return std::move(json) + "\n";
  });
}

told delete_tenant(const tenants_door& at, const std::string& id) {
  return ask(at, "DELETE", path_of(id));
}

told restore_tenants(const tenants_door& at) {
  auto answer = ask(at, "POST", "/api/tenant-store/restore");
  if (!answer) return answer;
  rapidjson::Document document;
  if (!model::parse_object(*answer, answer_limits, document)) return tl::unexpected(std::string{"that is no answer"});
  const auto count = [&](const char* name) {
    const auto* const found = model::find_field(document, name);
    return found && found->IsUint64() ? std::to_string(found->GetUint64()) : std::string{"0"};
  };
  return count("restored") + " restored, " + count("there") + " there already, " + count("refused") +
         " whose number is another's now\n";
}

told declare_whole(const tenants_door& at) {
  return ask(at, "POST", "/api/tenant-store/whole");
}

tl::expected<imported_list, std::string> import_tenants(const tenants_door& at, std::string_view list) {
  const auto read = model::parse_tenants(list);
  if (!read) return tl::unexpected(to_string(read.error()));
  const auto texts = texts_of(list);
  imported_list done;
  for (const auto& mistake : read->mistakes) done.mistakes.append(to_string(mistake)).append("\n");
  for (const auto& t : read->good) {
    const auto& text = texts.at(t.id.value);
    auto answer = at("PUT", path_of(t.id.value), text);
    const bool is_new = answer && answer->status == 404;
    if (is_new) answer = at("POST", "/api/tenants", text);
    if (!answer) return tl::unexpected(answer.error());
    if (answer->status >= 300)
      done.mistakes.append("tenant ").append(t.id.value).append(": ").append(refusal_in(*answer).line).append("\n");
    else
      ++(is_new ? done.made : done.replaced);
  }
  return done;
}

}  // namespace tonris::ctl
