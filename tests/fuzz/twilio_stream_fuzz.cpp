#include "model/twilio/stream.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

namespace {

namespace model = tonris::model;
namespace twilio = tonris::model::twilio;

const model::stream_sid stream{"MZ00000000000000000000000000000001"};

void require(bool law) {
  if (!law) std::abort();
}

void require_same(const twilio::media_view& fast, const model::decoded<twilio::message>& slow) {
  require(slow.has_value());
  const auto* m = std::get_if<twilio::media>(&*slow);
  require(m != nullptr && m->inbound && m->payload == fast.payload && m->sequence == fast.sequence &&
          m->chunk == fast.chunk && m->timestamp == fast.timestamp);
}

struct say_again {
  void operator()(const twilio::media& m) const {
    std::string text;
    twilio::append_media(stream, m.payload, text);
    if (text.size() > twilio::max_inbound_message_bytes) return;
    const auto found = twilio::find_media(text);
    require(found && found->payload == m.payload);
  }
  void operator()(const twilio::mark& m) const {
    std::string text;
    twilio::append_mark(stream, m.name, text);
    if (text.size() > twilio::max_inbound_message_bytes) return;
    const auto again = twilio::decode(text);
    require(again && std::holds_alternative<twilio::mark>(*again) && std::get<twilio::mark>(*again).name == m.name);
  }
  void operator()(const twilio::start& s) const {
    require(model::is_sid(s.call.value, "CA") && model::is_sid(s.stream.value, "MZ") &&
            model::is_sid(s.account.value, "AC"));
  }
  void operator()(const twilio::dtmf& d) const {
    require(d.digit != 0 && std::string_view("0123456789*#ABCD").find(d.digit) != std::string_view::npos);
  }
  void operator()(const twilio::stop& s) const { require(s.call.empty() || model::is_sid(s.call.value, "CA")); }
  void operator()(const twilio::unknown& u) const { require(u.event.size() <= 64); }
  void operator()(const twilio::connected&) const {}
};

}  // namespace

/// The laws: where the fast path says yes, the full decoder says the same; what was read can be said again and is then
/// read as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto slow = twilio::decode(text);
  if (const auto fast = twilio::find_media(text)) require_same(*fast, slow);
  if (slow) std::visit(say_again{}, *slow);
  return 0;
}
