#include "net/name_resolver.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "net/caught.hpp"
#include "net/loop.hpp"

namespace tonris::net {
namespace {

using clock = std::chrono::steady_clock;

bool holds(const address_list& list, const std::string& address) {
  return std::find(list.begin(), list.end(), address) != list.end();
}

class resolver final : public name_resolver, public std::enable_shared_from_this<resolver> {
 public:
  resolver(look_up how, const resolver_limits& limits) : look_up_{std::move(how)}, limits_{limits} {}

  answer ask(loop& on, const std::string& host, tell told) override;
  void report(const std::string& host, const std::string& address, bool good) override;

 private:
  class waiter;

  struct host_entry {
    address_list answered;                         ///< the last answer
    address_list good;                             ///< the last that were connected to, the newest first
    std::map<std::string, clock::time_point> bad;  ///< failed, and until when that counts
    clock::time_point answered_at{}, asked_at{}, wanted_at{};
    std::size_t under_way = 0;
    std::vector<waiter*> waiting;
  };

  // The lock is held by whoever calls these.
  [[nodiscard]] static address_list known(const host_entry& of, clock::time_point now);
  void begin_question(const std::string& host, host_entry& of);
  void tell_all(host_entry& of, const result<address_list>& what);
  void forget_one();

  void on_answer(const std::string& host, result<address_list> what);
  void ask_again(const std::string& host);  ///< somebody who knows nothing has waited long enough
  void leave(waiter& who);

  const look_up look_up_;
  const resolver_limits limits_;
  std::mutex lock_;
  std::map<std::string, host_entry> hosts_;
  std::size_t under_way_ = 0;
};

/// Owner: whoever asked, on its loop. The resolver knows it until it is told, or gone.
class resolver::waiter final : public name_resolver::wait {
 public:
  waiter(std::shared_ptr<resolver> of, loop& on, std::string host, tell told)
      : of_{std::move(of)},
        loop_{on},
        host_{std::move(host)},
        told_{std::make_shared<tell>(std::move(told))},
        limit_{on} {}
  ~waiter() override { of_->leave(*this); }

  [[nodiscard]] const std::string& host() const noexcept { return host_; }

  void be_patient(std::chrono::milliseconds patience) {
    limit_.after(patience, [this, patience] {
      of_->ask_again(host_);
      be_patient(patience);
    });
  }

  /// Any thread, under the resolver's lock. What is told is shared with nobody but the owner: gone with it.
  void post(const result<address_list>& what) {
    loop_.post([weak = std::weak_ptr{told_}, what, me = this] {
      const auto told = weak.lock();
      if (!told) return;
      me->limit_.cancel();
      const auto call = std::exchange(*told, nullptr);
      if (call) call(what);
    });
  }

 private:
  std::shared_ptr<resolver> of_;
  loop& loop_;
  std::string host_;
  std::shared_ptr<tell> told_;
  timer limit_;
};

name_resolver::answer resolver::ask(loop& on, const std::string& host, tell told) {
  auto more = std::make_unique<waiter>(shared_from_this(), on, host, std::move(told));
  const std::scoped_lock lock{lock_};
  const auto now = clock::now();
  if (hosts_.size() >= limits_.hosts && hosts_.count(host) == 0) forget_one();
  auto& of = hosts_[host];
  of.wanted_at = now;
  answer found{known(of, now), nullptr};
  const bool first = found.known.empty();
  if (!first && now - of.answered_at < limits_.fresh) return found;
  const bool asks =
      of.under_way == 0 ? first || now - of.asked_at >= limits_.again : now - of.asked_at >= limits_.patience;
  if (!asks && of.under_way == 0) return found;  // nobody would ever be told
  of.waiting.push_back(more.get());
  if (first) more->be_patient(limits_.patience);
  if (asks) begin_question(host, of);
  found.more = std::move(more);
  return found;
}

/// The answer's addresses that are not known to fail, the good ones it does not have, and then the others.
address_list resolver::known(const host_entry& of, clock::time_point now) {
  const auto fails = [&](const std::string& address) {
    const auto found = of.bad.find(address);
    return found != of.bad.end() && now < found->second;
  };
  address_list list;
  for (const bool failing : {false, true})
    for (const auto* const from : {&of.answered, &of.good})
      for (const auto& address : *from)
        if (fails(address) == failing && !holds(list, address)) list.push_back(address);
  return list;
}

void resolver::begin_question(const std::string& host, host_entry& of) {
  if (of.under_way >= limits_.questions_a_name) return;
  of.asked_at = clock::now();
  error why{errc::resolve_failed, "too many names are asked for at once", 0};
  if (under_way_ < limits_.questions) {
    try {
      std::thread{[self = shared_from_this(), host] {
        result<address_list> what = tl::make_unexpected(error{errc::resolve_failed, "the question failed", 0});
        guard([&] { what = self->look_up_(host); }, [] {});
        guard([&] { self->on_answer(host, std::move(what)); }, [] {});
      }}.detach();
      ++of.under_way;
      ++under_way_;
      return;
    } catch (const std::system_error& no_thread) {
      why.detail = no_thread.what();
    }
  }
  if (of.under_way == 0) tell_all(of, tl::make_unexpected(std::move(why)));
}

void resolver::on_answer(const std::string& host, result<address_list> what) {
  const std::scoped_lock lock{lock_};
  auto& of = hosts_[host];
  --of.under_way;
  --under_way_;
  if (what && what->empty()) what = tl::make_unexpected(error{errc::resolve_failed, "the host has no address", 0});
  if (what) {
    if (what->size() > limits_.addresses) what->resize(limits_.addresses);
    of.answered = *what;
    of.answered_at = clock::now();
    std::erase_if(of.bad,
                  [&](const auto& entry) { return !holds(of.answered, entry.first) && !holds(of.good, entry.first); });
    return tell_all(of, known(of, of.answered_at));
  }
  if (of.under_way == 0) tell_all(of, what);  // else another question may do better
}

void resolver::tell_all(host_entry& of, const result<address_list>& what) {
  for (auto* const one : std::exchange(of.waiting, {})) one->post(what);
}

void resolver::ask_again(const std::string& host) {
  const std::scoped_lock lock{lock_};
  const auto found = hosts_.find(host);
  if (found != hosts_.end() && found->second.answered.empty() &&
      clock::now() - found->second.asked_at >= limits_.patience)
    begin_question(host, found->second);
}

void resolver::leave(waiter& who) {
  const std::scoped_lock lock{lock_};
  const auto found = hosts_.find(who.host());
  if (found != hosts_.end()) std::erase(found->second.waiting, &who);
}

void resolver::report(const std::string& host, const std::string& address, bool good) {
  const std::scoped_lock lock{lock_};
  const auto found = hosts_.find(host);
  if (found == hosts_.end()) return;
  auto& of = found->second;
  if (!good) {
    of.bad.insert_or_assign(address, clock::now() + limits_.forgive);
    return;
  }
  of.bad.erase(address);
  if (!of.good.empty() && of.good.front() == address) return;
  std::erase(of.good, address);
  of.good.insert(of.good.begin(), address);
  if (of.good.size() > limits_.addresses) of.good.pop_back();
}

void resolver::forget_one() {
  auto oldest = hosts_.end();
  for (auto at = hosts_.begin(); at != hosts_.end(); ++at)
    if (at->second.under_way == 0 && at->second.waiting.empty() &&
        (oldest == hosts_.end() || at->second.wanted_at < oldest->second.wanted_at))
      oldest = at;
  if (oldest != hosts_.end()) hosts_.erase(oldest);
}

result<address_list> ask_the_system(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (const int rc = getaddrinfo(host.c_str(), nullptr, &hints, &first); rc != 0)
    return tl::make_unexpected(error{errc::resolve_failed, gai_strerror(rc), 0});
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> found{first, freeaddrinfo};
  address_list list;
  for (const auto* at = first; at; at = at->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0) continue;
    if (std::string address{text.data()}; !holds(list, address)) list.push_back(std::move(address));
  }
  return list;
}

}  // namespace

std::shared_ptr<name_resolver> name_resolver::make(look_up how, const resolver_limits& limits) {
  return std::make_shared<resolver>(std::move(how), limits);
}

name_resolver::look_up name_resolver::asking_the_system() {
  return ask_the_system;
}

const std::shared_ptr<name_resolver>& name_resolver::of_process() {
  static const auto one = make(asking_the_system());
  return one;
}

}  // namespace tonris::net
