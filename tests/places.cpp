#include "tests/places.hpp"

namespace tonris::test {

std::string source_dir() {
  return TONRIS_SOURCE_DIR;
}

std::string test_data() {
  return TONRIS_SOURCE_DIR "/tests/data";
}

std::string programs() {
  return TONRIS_PROGRAMS;
}

}  // namespace tonris::test
