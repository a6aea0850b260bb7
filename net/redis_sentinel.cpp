#include "net/redis_sentinel.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "net/redis_codec.hpp"
#include "net/redis_connection.hpp"
#include "net/redis_refusal.hpp"

namespace tonris::net {
namespace {

constexpr std::chrono::milliseconds listen_again{1'000};

std::string command(const std::vector<std::string_view>& arguments) {
  std::string out;
  append_redis_command(arguments, out);
  return out;
}

std::optional<model::host_port> place_of(std::string_view host, std::string_view port) {
  model::host_port out{std::string{host}, 0};
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (host.empty() || failed != std::errc{} || end != port.data() + port.size() || out.port == 0) return std::nullopt;
  return out;
}

class sentinels;

/// One question to the Sentinels, each in turn. Owner: who asked; it ends with him.
class inquiry final : public redis_sentinel::question {
 public:
  inquiry(sentinels& of, std::function<void(redis_sentinel::answer)> done);
  ~inquiry() override { drop(); }

  void next();

 private:
  void on_reply(const redis_reply& reply);
  void finish(redis_sentinel::answer what);
  void drop() {
    limit_.cancel();
    if (connection_) std::exchange(connection_, nullptr)->drop();
  }

  std::shared_ptr<sentinels> of_;
  std::function<void(redis_sentinel::answer)> done_;
  std::vector<model::host_port> left_;  ///< the next one last
  std::shared_ptr<redis_connection> connection_;
  timer limit_;
  std::size_t unknown_to_ = 0;  ///< how many do not know the name
  bool wants_password_ = false;
};

class sentinels final : public redis_sentinel, public std::enable_shared_from_this<sentinels> {
 public:
  sentinels(loop& on, const model::redis_address& address, const times& limits)
      : on_{on}, hosts_{address.hosts}, name_{address.master}, times_{limits}, limit_{on} {}
  ~sentinels() override { drop_listener(); }

  std::unique_ptr<question> ask(std::function<void(answer)> done) override {
    auto out = std::make_unique<inquiry>(*this, std::move(done));
    out->next();
    return out;
  }

  std::unique_ptr<watch> on_switch(std::function<void()> tell) override {
    watchers_.emplace(++last_watcher_, std::move(tell));
    return std::make_unique<watcher>(shared_from_this(), last_watcher_);
  }

  [[nodiscard]] loop& on_loop() const noexcept { return on_; }
  [[nodiscard]] const std::vector<model::host_port>& hosts() const noexcept { return hosts_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const times& limits() const noexcept { return times_; }

  /// One answered: it is asked first from now on, and listened to.
  void on_answered(const model::host_port& who) {
    const auto found = std::find(hosts_.begin(), hosts_.end(), who);
    if (found != hosts_.end()) std::rotate(hosts_.begin(), found, found + 1);
    if (!listener_ && !watchers_.empty()) listen(who);
  }

 private:
  class watcher final : public watch {
   public:
    watcher(std::shared_ptr<sentinels> of, std::uint64_t number) : of_{std::move(of)}, number_{number} {}
    ~watcher() override {
      of_->watchers_.erase(number_);
      if (of_->watchers_.empty()) of_->drop_listener();
    }

   private:
    std::shared_ptr<sentinels> of_;
    std::uint64_t number_;
  };

  // Nothing that the listener holds keeps us alive: it goes with the last watcher.
  void listen(const model::host_port& to) {
    pings_ = 0;
    listener_ = redis_connection::open(
        on_, nullptr, {"redis", to.host, to.port, {}}, times_.each,
        {[this] {
           listener_->write(command({"SUBSCRIBE", "+switch-master"}));
           ping();
         },
         [this](redis_reply&& reply) { on_news(reply); }, [this](const error&) { lose_listener(); }});
  }

  void ping() {
    limit_.after(times_.ping_every, [this] {
      ++pings_;
      listener_->write(command({"PING"}));
      limit_.after(times_.ping_within, [this] { lose_listener(); });
    });
  }

  void on_news(const redis_reply& reply) {
    if (reply.text_at(0) == "pong" && std::exchange(pings_, 0) == 1) return ping();
    if (reply.text_at(0) == "subscribe") return;
    if (reply.text_at(0) != "message") return lose_listener();
    const auto news = reply.text_at(2);  // "name old-host old-port new-host new-port"
    if (news.substr(0, news.find(' ')) != name_) return;
    const auto keep = shared_from_this();
    std::vector<std::uint64_t> told;
    for (const auto& [number, tell] : watchers_) told.push_back(number);
    for (const auto number : told) {  // who is told may end another's watch
      const auto found = watchers_.find(number);
      if (found != watchers_.end()) std::function{found->second}();
    }
  }

  void lose_listener() {
    drop_listener();
    limit_.after(listen_again, [this] {
      again_ = ask([this](const answer&) {
        again_ = nullptr;
        if (!listener_) lose_listener();
      });
    });
  }

  void drop_listener() {
    limit_.cancel();
    again_ = nullptr;
    if (listener_) std::exchange(listener_, nullptr)->drop();
  }

  // given
  loop& on_;
  std::vector<model::host_port> hosts_;
  std::string name_;
  times times_;
  // owned
  std::map<std::uint64_t, std::function<void()>> watchers_;
  std::shared_ptr<redis_connection> listener_;
  std::unique_ptr<question> again_;  ///< asked only to find one to listen to
  timer limit_;                      ///< the next PING, its answer, or the next attempt to listen
  // state
  unsigned pings_ = 0;  ///< unanswered
  std::uint64_t last_watcher_ = 0;
};

inquiry::inquiry(sentinels& of, std::function<void(redis_sentinel::answer)> done)
    : of_{of.shared_from_this()}, done_{std::move(done)}, left_{of.hosts()}, limit_{of.on_loop()} {
  std::reverse(left_.begin(), left_.end());
}

void inquiry::next() {
  drop();
  if (left_.empty()) {
    limit_.after({}, [this] {
      if (wants_password_)
        return finish({{}, "REDIS_URL: the Sentinels ask for a password, which is not supported (NOAUTH)", true});
      if (unknown_to_ > 0) return finish({{}, "REDIS_URL: the Sentinels know no master of that name", true});
      finish({{}, "no Sentinel answers", false});
    });
    return;
  }
  const auto to = left_.back();
  limit_.after(of_->limits().each, [this] { next(); });
  left_.pop_back();
  connection_ =
      redis_connection::open(of_->on_loop(), nullptr, {"redis", to.host, to.port, {}}, of_->limits().each,
                             {[this] {
                                connection_->write(command({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", of_->name()}));
                              },
                              [this, to](redis_reply&& reply) {
                                if (!reply.is_failure() && reply.is != redis_reply::kind::nil) of_->on_answered(to);
                                on_reply(reply);
                              },
                              [this](const error&) { next(); }});
}

void inquiry::on_reply(const redis_reply& reply) {
  if (auto master = place_of(reply.text_at(0), reply.text_at(1))) return finish({std::move(master), {}, false});
  if (reply.is == redis_reply::kind::nil) ++unknown_to_;
  if (reply.is_failure() && refusal_of(reply.text) == redis_refusal::noauth) wants_password_ = true;
  next();
}

void inquiry::finish(redis_sentinel::answer what) {
  drop();
  const auto done = std::exchange(done_, nullptr);  // it may destroy us
  done(std::move(what));
}

}  // namespace

std::shared_ptr<redis_sentinel> redis_sentinel::make(loop& on, const model::redis_address& address,
                                                     const times& limits) {
  return std::make_shared<sentinels>(on, address, limits);
}

}  // namespace tonris::net
