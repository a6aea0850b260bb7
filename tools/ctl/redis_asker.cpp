#include "tools/ctl/redis_asker.hpp"

#include <future>
#include <utility>

#include "config/redis_scripts.hpp"
#include "net/run_on.hpp"

namespace tonris::ctl {

namespace {

using phase = net::redis_state::phase;

/// The first word of the link's about its server: null while it looks for it.
class first_word {
 public:
  void hear(const net::redis_state& state) {
    if (state.is == phase::connecting || is_told_) return;
    is_told_ = true;
    said_.set_value(state);
  }
  [[nodiscard]] std::future<net::redis_state> future() { return said_.get_future(); }

 private:
  std::promise<net::redis_state> said_;
  bool is_told_ = false;
};

std::string with_its_setting(const std::string& why) {
  constexpr std::string_view beginning = "REDIS_";
  return std::string_view{why}.starts_with(beginning) ? why : "REDIS_URL: " + why;
}

}  // namespace

tl::expected<net::redis_options, std::string> redis_options_of(const lookup& environment, const config::dotenv& env) {
  const auto value = [&](std::string_view name) { return setting(name, environment, env); };
  const auto url = value("REDIS_URL");
  if (url.empty()) return tl::unexpected(std::string{"REDIS_URL is not set, neither in the environment nor in .env"});
  auto address = model::read_redis_address(url);
  if (!address) return tl::unexpected(std::string{"REDIS_URL is no address of a Redis: docs/redis.md has its forms"});
  net::redis_options options;
  options.address = *std::move(address);
  options.client_name = "tonrisctl";
  if (!options.address.secure) return options;
  auto tls = net::tls_client_context::make({value("REDIS_CA_FILE"), value("REDIS_CERT_FILE"), value("REDIS_KEY_FILE")});
  if (!tls) return tl::unexpected("REDIS_CA_FILE, REDIS_CERT_FILE, REDIS_KEY_FILE: " + tls.error().detail);
  options.tls = *std::move(tls);
  return options;
}

tl::expected<std::unique_ptr<redis_asker>, std::string> redis_asker::open(const net::redis_options& options,
                                                                          std::chrono::milliseconds patience) {
  std::unique_ptr<redis_asker> made{new redis_asker};
  const auto word = std::make_shared<first_word>();
  auto said = word->future();
  std::vector<net::redis_script> scripts;
  for (const auto& one : config::redis_scripts::all()) scripts.push_back({one.text, one.sha1});
  made->io_.start();
  net::run_on(made->io_, [&] {
    made->link_ = net::redis_link::make(made->io_, options, std::move(scripts),
                                        {[word](const auto& state) { word->hear(state); }, [](const auto&) {}});
  });
  if (said.wait_for(patience) != std::future_status::ready)
    return tl::unexpected(std::string{"REDIS_URL: it does not answer"});
  const auto state = said.get();
  if (state.is != phase::ready) return tl::unexpected(with_its_setting(state.why));
  return made;
}

redis_asker::~redis_asker() {
  net::run_on(io_, [this] { link_.reset(); });
  io_.stop();
}

tl::expected<net::redis_reply, std::string> redis_asker::ask(const std::vector<std::string_view>& words,
                                                             std::chrono::milliseconds within) {
  std::promise<net::redis_answer> answer;
  net::run_on(io_,
              [&] { link_->command(words, within, [&](net::redis_answer got) { answer.set_value(std::move(got)); }); });
  auto got = answer.get_future().get();
  if (got.outcome == net::redis_outcome::ok) return std::move(got.reply);
  if (got.outcome == net::redis_outcome::refused) return tl::unexpected("REDIS_URL: " + got.reply.text);
  return tl::unexpected("REDIS_URL: " + got.why);
}

}  // namespace tonris::ctl
