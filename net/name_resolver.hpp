#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/error.hpp"

namespace tonris::net {

class loop;

/// Numeric addresses ("192.0.2.7", "2001:db8::7"), in the order in which they are tried.
using address_list = std::vector<std::string>;

struct resolver_limits {
  std::chrono::milliseconds fresh{30'000};  ///< an older answer is used as well, and asked for again beside
  std::chrono::milliseconds again{1'000};   ///< no oftener than this, when what is known will do
  std::chrono::milliseconds patience{300};  ///< a first question that is not answered by then is asked once more beside
  std::chrono::milliseconds forgive{60'000};  ///< an address that failed is tried behind the others for so long
  std::size_t questions_a_name = 3;           ///< under way at once
  std::size_t questions = 16;                 ///< the same over all names: each takes a thread
  std::size_t hosts = 256;                    ///< remembered; beyond, the one that was wanted longest ago is forgotten
  std::size_t addresses = 16;                 ///< of a host
};

/// What addresses hosts have. Asked on threads that nobody waits for, not even the process at its end; one resolver a
/// process (`of_process`), tests have their own. What was learned of a host is used at once from then on, however old
/// it is, and refreshed beside; all who want a name share its questions. An answer that never comes costs nobody but
/// those who know nothing yet, and them `patience`. Any thread.
class name_resolver {
 public:
  /// Blocks. Runs on a thread of its own, perhaps when everything else is gone already.
  using look_up = std::function<result<address_list>(const std::string& host)>;
  using tell = std::function<void(result<address_list>)>;

  /// A wait for what is learned. Destroying it ends that: nobody is told any more.
  class wait {
   public:
    virtual ~wait() = default;
  };
  struct answer {
    address_list known;          ///< to be tried now; empty: what is told is the first answer, or why there is none
    std::unique_ptr<wait> more;  ///< null: nothing will be told
  };

  static look_up asking_the_system();  ///< getaddrinfo
  static std::shared_ptr<name_resolver> make(look_up how, const resolver_limits& limits = {});
  static const std::shared_ptr<name_resolver>& of_process();  ///< asks the system

  /// `told` runs on `on`, at most once and never from within this call: with the first answer or its failure, or with a
  /// newer answer than `known`. On that loop's thread; the loop outlives the wait.
  virtual answer ask(loop& on, const std::string& host, tell told) = 0;

  /// How connecting to an address ended. One that failed is tried behind the others for a while; one that was good last
  /// is tried after a newer answer's, so that a wrong answer does not take the right one away.
  virtual void report(const std::string& host, const std::string& address, bool good) = 0;

  virtual ~name_resolver() = default;
};

}  // namespace tonris::net
