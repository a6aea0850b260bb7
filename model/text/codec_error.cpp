#include "model/text/codec_error.hpp"

namespace tonris::model {

std::string_view to_string(codec_errc code) noexcept {
  switch (code) {
    case codec_errc::too_long: return "the message is longer than this wire allows";
    case codec_errc::not_json: return "the message is not one well-formed JSON object";
    case codec_errc::no_type: return "the message does not say what it is";
    case codec_errc::missing_field: return "a field is missing without which the message says nothing";
    case codec_errc::bad_field: return "a field has the wrong type or an impossible value";
    case codec_errc::bad_payload: return "the audio is not Base64";
    case codec_errc::not_form: return "the body is not application/x-www-form-urlencoded";
    case codec_errc::too_many: return "there are more fields than anyone sends in good faith";
  }
  return "an unknown codec error";
}

}  // namespace tonris::model
