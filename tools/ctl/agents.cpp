#include "tools/ctl/agents.hpp"

#include <future>
#include <memory>
#include <utility>

#include "model/elevenlabs/rest.hpp"
#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "net/run_on.hpp"

namespace tonris::ctl {

namespace {

using kind = vendor_refusal::kind;

/// A client with its loop.
class vendor {
 public:
  explicit vendor(std::shared_ptr<net::tls_client_context> tls) {
    io_.start();
    net::run_on(io_, [&] {
      client_ = net::http_client::make(io_, std::move(tls),
                                       {.max_response_bytes = model::elevenlabs::max_agent_settings_bytes});
    });
  }
  ~vendor() {
    net::run_on(io_, [this] { client_.reset(); });
    io_.stop();
  }
  vendor(const vendor&) = delete;
  vendor& operator=(const vendor&) = delete;

  net::result<net::http_response> get(const std::string& url, const config::secret& key,
                                      std::chrono::milliseconds patience) {
    std::promise<net::result<net::http_response>> answer;
    net::run_on(io_, [&] {
      net::http_request request;
      request.method = "GET";
      request.fields.set("xi-api-key", key.reveal());
      request.fields.set("Accept", "application/json");
      client_->request(url, std::move(request), patience, [&](auto got) { answer.set_value(std::move(got)); });
    });
    return answer.get_future().get();
  }

 private:
  net::loop io_{"tonrisctl"};
  std::unique_ptr<net::http_client> client_;  ///< loop thread only
};

tl::expected<model::elevenlabs::agent_settings, vendor_refusal> read(const net::result<net::http_response>& got) {
  const auto refused = [](kind is, std::string line) { return tl::unexpected(vendor_refusal{is, std::move(line)}); };
  if (!got) return refused(kind::other, "ElevenLabs does not answer: " + std::string{to_string(got.error().code)});
  if (got->status == 401 || got->status == 403) return refused(kind::bad_key, "ElevenLabs refused ELEVENLABS_API_KEY");
  if (got->status == 404) return refused(kind::unknown_agent, "ElevenLabs does not know it");
  if (got->status != 200) return refused(kind::other, "ElevenLabs answered with status " + std::to_string(got->status));
  auto settings = model::elevenlabs::decode_agent_settings(got->body);
  if (!settings)
    return refused(kind::other, "ElevenLabs' answer cannot be read: " + std::string{to_string(settings.error())});
  return *std::move(settings);
}

}  // namespace

tl::expected<agents_door, std::string> agents_at(const std::string& origin, const config::secret& key,
                                                 std::chrono::milliseconds patience) {
  auto tls = net::tls_client_context::make();
  if (!tls) return tl::unexpected("no TLS: " + tls.error().detail);
  return [=, of = std::make_shared<vendor>(*std::move(tls))](const model::agent_id& agent) {
    return read(of->get(origin + model::elevenlabs::agent_target(agent), key, patience));
  };
}

}  // namespace tonris::ctl
