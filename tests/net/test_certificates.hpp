#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace tonris::net::test {

/// A certificate authority of this process's own, in a directory that goes with it, trusted through SSL_CERT_FILE.
class certificate_authority {
 public:
  certificate_authority() {
    std::string name = (std::filesystem::temp_directory_path() / "tonris-ca-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
    key_.reset(EVP_EC_gen("P-256"));
    certificate_ = make(key_.get(), "Test CA", "", true, {});
    write_certificate(path("ca.pem"), certificate_.get());
  }
  ~certificate_authority() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  certificate_authority(const certificate_authority&) = delete;
  certificate_authority& operator=(const certificate_authority&) = delete;

  struct files {
    std::string certificate;
    std::string key;
  };
  /// Seconds from now.
  struct validity {
    long from = -3600;
    long to = 24 * 3600;
  };
  /// A leaf for the alternative names, as OpenSSL spells them: "DNS:localhost,IP:127.0.0.1".
  files issue(const std::string& name, const std::string& alternative_names) {
    return issue(name, alternative_names, validity{});
  }
  files issue(const std::string& name, const std::string& alternative_names, validity valid,
              const std::string& passphrase = {}) {
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    const auto leaf = make(key.get(), name, alternative_names, false, valid);
    files out{path(name + ".pem"), path(name + ".key")};
    write_certificate(out.certificate, leaf.get());
    std::FILE* file = std::fopen(out.key.c_str(), "w");
    PEM_write_PrivateKey(file, key.get(), passphrase.empty() ? nullptr : EVP_aes_256_cbc(), nullptr, 0, nullptr,
                         passphrase.empty() ? nullptr : const_cast<char*>(passphrase.c_str()));
    std::fclose(file);
    return out;
  }
  [[nodiscard]] std::string path(const std::string& file) const { return directory_ + "/" + file; }
  void trust() const { ::setenv("SSL_CERT_FILE", path("ca.pem").c_str(), 1); }

 private:
  using certificate_ptr = std::unique_ptr<X509, void (*)(X509*)>;

  certificate_ptr make(EVP_PKEY* key, const std::string& name, const std::string& alternative_names, bool authority,
                       validity valid) {
    certificate_ptr out{X509_new(), X509_free};
    X509_set_version(out.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(out.get()), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(out.get()), valid.from);
    X509_gmtime_adj(X509_getm_notAfter(out.get()), valid.to);
    X509_set_pubkey(out.get(), key);
    auto* subject = X509_get_subject_name(out.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(out.get(), authority ? subject : X509_get_subject_name(certificate_.get()));
    extend(out.get(), NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
    if (!alternative_names.empty()) extend(out.get(), NID_subject_alt_name, alternative_names);
    X509_sign(out.get(), key_.get(), EVP_sha256());
    return out;
  }
  static void extend(X509* certificate, int what, const std::string& value) {
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  static void write_certificate(const std::string& file_name, X509* certificate) {
    std::FILE* file = std::fopen(file_name.c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
  }

  std::string directory_;
  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_{nullptr, EVP_PKEY_free};
  certificate_ptr certificate_{nullptr, X509_free};
  long serial_ = 0;
};

}  // namespace tonris::net::test
