//! `HOST:PORT`.

use std::net::IpAddr;
use std::net::SocketAddr;
use std::str::FromStr;

/// A host, by name or address, and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub host: String,
    pub port: u16,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                rest.split_once("]:").ok_or("an address in brackets needs its port: [::1]:80")?
            }
            None => text.rsplit_once(':').ok_or("the port is missing: HOST:PORT")?,
        };
        if host.is_empty() {
            return Err("the host is missing: HOST:PORT".into());
        }
        if host.contains(':') && !text.starts_with('[') {
            return Err("an IPv6 address stands in brackets: [::1]:80".into());
        }
        let port = port.parse().map_err(|_| format!("{port:?} is not a port, 0 to 65535"))?;
        Ok(Target { host: host.into(), port })
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// `ADDR[:PORT]`: a local address; no port lets the system choose one.
pub fn local(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok(address);
    }
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse::<IpAddr>();
    ip.map(|ip| (ip, 0).into()).map_err(|_| "neither ADDR nor ADDR:PORT".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_both_kinds_of_addresses() {
        for (text, host, port) in [
            ("localhost:80", "localhost", 80),
            ("127.0.0.1:0", "127.0.0.1", 0),
            ("[::1]:65535", "::1", 65535),
            ("[fe80::1%lo]:7", "fe80::1%lo", 7),
        ] {
            let target: Target = text.parse().unwrap();
            assert_eq!((target.host.as_str(), target.port), (host, port));
            assert_eq!(target.to_string(), text);
        }
        for text in ["", "localhost", ":80", "::1:80", "[::1]", "a:65536", "a:b", "[]:1"] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_local_address_may_go_without_port() {
        assert_eq!(local("127.0.0.2"), Ok("127.0.0.2:0".parse().unwrap()));
        assert_eq!(local("127.0.0.2:5"), Ok("127.0.0.2:5".parse().unwrap()));
        assert_eq!(local("::1"), Ok("[::1]:0".parse().unwrap()));
        assert_eq!(local("[::1]"), Ok("[::1]:0".parse().unwrap()));
        assert!(local("localhost").is_err());
    }
}
