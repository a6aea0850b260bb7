#include "model/access/audit.hpp"

#include <rapidjson/document.h>

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/text/iso_time.hpp"

namespace tonris::model {

namespace {

constexpr std::string_view masked = "***";
constexpr std::string_view secrets_member = "secrets";
constexpr json_limits document_limits{4 * 1024 * 1024, 1'000'000};

using value = rapidjson::Value;

/// One walk over both documents, which writes each side's half.
class comparison {
 public:
  comparison(std::string& before, std::string& after, std::vector<std::string>& secrets)
      : before_(before), after_(after), secrets_(secrets) {}

  void objects(const value* was, const value* is, const std::string& path, bool secret) {
    if (was != nullptr) before_.open_object();
    if (is != nullptr) after_.open_object();
    if (was != nullptr)
      for (const auto& member : was->GetObject())
        one(member.name, &member.value, is == nullptr ? nullptr : find(*is, member.name), path, secret);
    if (is != nullptr)
      for (const auto& member : is->GetObject())
        if (was == nullptr || find(*was, member.name) == nullptr)
          one(member.name, nullptr, &member.value, path, secret);
    if (was != nullptr) before_.close_object();
    if (is != nullptr) after_.close_object();
  }

 private:
  static const value* find(const value& object, const value& name) {
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() ? nullptr : &found->value;
  }

  void one(const value& name, const value* was, const value* is, const std::string& path, bool secret) {
    if (was != nullptr && is != nullptr && *was == *is) return;
    const auto key = text_of(name);
    const bool below = secret || (path.empty() && key == secrets_member);
    const auto full = (path.empty() ? std::string{} : path + ".").append(key);
    // Where one of them is none, the other one's leaves are named all the same: that is where a secret is masked.
    const bool walked = (was == nullptr || was->IsObject()) && (is == nullptr || is->IsObject());
    if (was != nullptr) before_.key(key);
    if (is != nullptr) after_.key(key);
    if (walked) return objects(was, is, full, below);
    if (below) secrets_.push_back(full);
    put(before_, was, below);
    put(after_, is, below);
  }

  static void put(json_writer& to, const value* what, bool secret) {
    if (what == nullptr) return;
    if (secret)
      to.value(masked);
    else
      to.json(json_text(*what));
  }

  json_writer before_, after_;
  std::vector<std::string>& secrets_;
};

/// Null: it is none.
const value* object_in(std::string_view json, rapidjson::Document& document) {
  return !json.empty() && parse_object(json, document_limits, document) ? &document : nullptr;
}

void bound(std::string& text) {
  if (text.size() <= max_audit_text_bytes) return;
  text = R"({"bytes":)" + std::to_string(text.size()) + "}";
}

}  // namespace

std::string to_json(const audit_entry& entry) {
  std::string json;
  json_writer out{json};
  out.open_object();
  out.member("seq", entry.seq);
  out.member("at", iso_time(entry.at));
  out.member("who", entry.who);
  out.member("what", entry.what);
  if (!entry.tenant.empty()) out.member("tenantId", entry.tenant.value);
  const auto put = [&](std::string_view name, const std::string& text) {
    if (text.empty()) return;
    out.key(name);
    out.json(text);
  };
  put("before", entry.before);
  put("after", entry.after);
  put("changedSecrets", entry.secrets);
  out.close_object();
  return json;
}

void put_change(std::string_view before, std::string_view after, audit_entry& to) {
  rapidjson::Document was, is;
  std::vector<std::string> secrets;
  to.before.clear();
  to.after.clear();
  comparison{to.before, to.after, secrets}.objects(object_in(before, was), object_in(after, is), "", false);
  bound(to.before);
  bound(to.after);
  to.secrets.clear();
  if (secrets.empty()) return;
  json_writer names{to.secrets};
  names.open_list();
  for (const auto& name : secrets) names.value(name);
  names.close_list();
  bound(to.secrets);
}

}  // namespace tonris::model
