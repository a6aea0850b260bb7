#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace tonris::bench {

/// What setting something up came to: the thing, or one sentence for the person who started the program.
template <class T>
using outcome = tl::expected<T, std::string>;

inline tl::unexpected<std::string> failed(std::string sentence) {
  return tl::unexpected(std::move(sentence));
}

}  // namespace tonris::bench
