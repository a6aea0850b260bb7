#include "model/elevenlabs/initiation_request.hpp"

#include <initializer_list>

#include "model/json/lenient.hpp"
#include "model/json/lookup.hpp"

namespace tonris::model::elevenlabs {
namespace {

constexpr json_limits limits{.bytes = max_initiation_request_bytes, .values = 5'000, .depth = 32};

// The first of these names that is there: in the root, else among the variables.
std::string find_token(const lenient_object& root, std::initializer_list<std::string_view> names) {
  for (const auto& place : {root, root.object("dynamic_variables")}) {
    for (const auto name : names) {
      if (auto token = place.token(name); !token.empty()) return token;
    }
  }
  return {};
}

}  // namespace

decoded<initiation_request> parse_initiation_request(std::string_view body) {
  rapidjson::Document document;
  if (const auto parsed = parse_object(body, limits, document); !parsed) return tl::unexpected(parsed.error());
  const lenient_object root{&document};
  initiation_request request;
  request.type = root.token("type");
  request.caller = find_token(root, {"caller_id", "caller_number"});
  request.called = find_token(root, {"called_number"});
  request.agent.value = find_token(root, {"agent_id"});
  request.conversation.value = find_token(root, {"conversation_id"});
  request.tenant.value = find_token(root, {"tenant_id"});
  if (auto call = find_token(root, {"call_sid"}); is_sid(call, "CA")) request.call.value = std::move(call);
  return request;
}

}  // namespace tonris::model::elevenlabs
