#include "model/access/derived_keys.hpp"

#include <gtest/gtest.h>

#include "model/text/hex.hpp"

namespace tonris::model {
namespace {

/// Made by Python's hmac, RFC 5869 written out.
TEST(DerivedKeys, AreHkdfsOfTheirMaster) {
  const auto keys = derive(*parse_key_ring("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0].id, "k1");
  EXPECT_EQ(to_hex(keys[0].sealing), "94c23db1195cd4d1210056759092e7e52bddd12054678496ae0580373a80f6be");
  EXPECT_EQ(to_hex(keys[0].api_keys), "e942c0603ea78b94cb5c656b513bfb754a086756bad572b6eac0307edbc9cee7");
  EXPECT_EQ(to_hex(keys[0].caller_hashes), "6dd8f2aedf969dc315a6904ff94a360dacc2f252ad6a416ee92f17ba5da0a37e");
  EXPECT_EQ(to_hex(keys[0].sticky_routing), "092a6dbba98bd44004befd5fbbbc573851278a4ba15c3b7ef5da3ab3839c5058");
}

}  // namespace
}  // namespace tonris::model
