#include "tools/bench/certificate.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>

namespace tonris::bench {
namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using x509_ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using file_ptr = std::unique_ptr<FILE, decltype(&std::fclose)>;

key_ptr new_key() {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free};
}

key_ptr new_rsa_key(unsigned bits) {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits}), EVP_PKEY_free};
}

bool extend(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
  if (extension == nullptr) return false;
  const bool added = X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

/// A version 3 certificate of a day with this name, not signed yet.
x509_ptr blank(EVP_PKEY* key, const char* name, long serial) {
  x509_ptr made{X509_new(), X509_free};
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 24 * 3600L);
  X509_set_pubkey(made.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  return made;
}

file_ptr create(const std::string& path, mode_t mode) {
  file_ptr file{std::fopen(path.c_str(), "wxe"), std::fclose};
  if (file) chmod(path.c_str(), mode);
  return file;
}

bool write_certificate(const std::string& path, X509* certificate) {
  const auto file = create(path, 0644);
  return file && PEM_write_X509(file.get(), certificate) == 1;
}

bool write_key(const std::string& path, EVP_PKEY* key) {
  const auto file = create(path, 0600);
  return file && PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
}

}  // namespace

outcome<certificate_files> make_certificates(const std::string& folder, const std::string& host, unsigned rsa_bits) {
  const certificate_files files{folder + "/authority.pem", folder + "/server.pem", folder + "/server-key.pem"};
  const auto authority_key = new_key();
  const auto key = rsa_bits > 0 ? new_rsa_key(rsa_bits) : new_key();
  if (!authority_key || !key) return failed("OpenSSL made no key");
  const auto authority = blank(authority_key.get(), "tonris-bench authority", 1);
  const auto leaf = blank(key.get(), host.c_str(), 2);
  X509_set_issuer_name(authority.get(), X509_get_subject_name(authority.get()));
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(authority.get()));
  const auto names = "IP:127.0.0.1,DNS:" + host;
  const bool made = extend(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE") &&
                    extend(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
                    extend(authority.get(), authority.get(), NID_subject_key_identifier, "hash") &&
                    extend(leaf.get(), authority.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                    extend(leaf.get(), authority.get(), NID_ext_key_usage, "serverAuth") &&
                    extend(leaf.get(), authority.get(), NID_authority_key_identifier, "keyid") &&
                    extend(leaf.get(), authority.get(), NID_subject_alt_name, names.c_str()) &&
                    X509_sign(authority.get(), authority_key.get(), EVP_sha256()) != 0 &&
                    X509_sign(leaf.get(), authority_key.get(), EVP_sha256()) != 0;
  if (!made) return failed("OpenSSL made no certificate");
  if (!write_certificate(files.authority, authority.get()) || !write_certificate(files.certificate, leaf.get()) ||
      !write_key(files.key, key.get())) {
    return failed("cannot write certificates to " + folder);
  }
  return files;
}

}  // namespace tonris::bench
