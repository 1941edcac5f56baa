//! Certificates of servers.

use std::path::Path;
use std::process::Command;

use crate::program;

/// Makes a key, and a certificate of `localhost` that it signs itself; gives their files in the
/// folder. `names` are what it is good for: `DNS:localhost,IP:127.0.0.1`.
///
/// # Panics
/// Where OpenSSL is not installed or does not make them.
#[must_use]
pub fn certificate(folder: &Path, names: &str) -> [String; 2] {
    let [key, cert] = ["key.pem", "cert.pem"].map(|name| folder.join(name).display().to_string());
    let made = Command::new(program::find("openssl", &[]))
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=localhost", "-addext", &format!("subjectAltName={names}")])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", &key, "-out", &cert])
        .output()
        .expect("openssl runs");
    assert!(made.status.success(), "{made:?}");
    [key, cert]
}
