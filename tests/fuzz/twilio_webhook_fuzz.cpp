#include "model/twilio/webhook.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "model/twilio/signature.hpp"

namespace {

namespace model = tonris::model;
namespace twilio = tonris::model::twilio;

void require(bool law) {
  if (!law) std::abort();
}

std::string encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string written(const model::form& fields) {
  std::string out;
  for (const auto& [name, value] : fields) out += encoded(name) + '=' + encoded(value) + '&';
  return out;
}

}  // namespace

/// The laws: a form that was read can be written and is read as the same; what is read of it keeps its promises; a
/// signature made of it is the one that is accepted.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto fields = model::parse_form({reinterpret_cast<const char*>(bytes), size});
  if (!fields) return 0;
  require(fields->size() <= model::max_form_fields);
  require(model::parse_form(written(*fields)) == *fields);

  if (const auto request = twilio::parse_voice_request(*fields))
    require(model::is_sid(request->call.value, "CA") && model::is_sid(request->account.value, "AC") &&
            !request->to.empty());
  if (const auto status = twilio::parse_stream_status(*fields))
    require(model::is_sid(status->stream.value, "MZ") && status->error_text.size() <= 500 && status->error_code >= 0 &&
            status->error_code <= 99'999);

  const std::string tokens[] = {"token"}, candidates[] = {"https://h/a"};
  require(twilio::verify(tokens, candidates, *fields, twilio::signature(tokens[0], candidates[0], *fields)).ok);
  return 0;
}
