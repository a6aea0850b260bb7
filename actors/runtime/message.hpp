#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <concepts>
#include <type_traits>

namespace tonris::actors {

/// `using travels = in_process;` in a struct makes it a message that actors of one process send each other; it may hold
/// whatever can be copied. A message that another node sends or answers holds plain values and has an `inspect`.
struct in_process;

}  // namespace tonris::actors

namespace caf {

template <class T>
requires std::same_as<typename T::travels, tonris::actors::in_process>
struct allowed_unsafe_message_type<T> : std::true_type {
};

}  // namespace caf
