//! The client's address: the connection's, or what a trusted proxy says.

use std::net::IpAddr;

use http::HeaderMap;

/// Header in which proxies name whom they speak for, the nearest last.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// An entry of the configuration that is neither an address nor a network.
#[derive(Debug, thiserror::Error)]
#[error("gateway.trusted_proxies: {0} is neither an address nor a network such as 10.0.0.0/8")]
pub struct ProxyError(String);

/// Networks of proxies whose word is believed.
#[derive(Debug, Default)]
pub struct Proxies(Vec<Network>);

#[derive(Debug, PartialEq, Eq)]
struct Network {
    bits: u128,
    length: u32,
    v4: bool,
}

impl Proxies {
    /// Reads addresses and networks.
    ///
    /// # Errors
    /// An entry that is neither.
    pub fn new(entries: &[String]) -> Result<Self, ProxyError> {
        let networks = entries.iter().map(|text| parse(text).ok_or_else(|| ProxyError(text.clone())));
        networks.collect::<Result<_, _>>().map(Self)
    }

    /// Who asks: the peer, or where the peer is a trusted proxy, the nearest
    /// address in `x-forwarded-for` that is none.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusted(client) {
            return client;
        }
        let lines = headers.get_all(FORWARDED_FOR).iter().rev();
        let hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        for hop in hops {
            let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
            client = address.to_canonical();
            if !self.trusted(client) {
                break;
            }
        }
        client
    }

    fn trusted(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.v4 && prefix(bits(address), self.length, self.v4) == self.bits
    }
}

fn parse(text: &str) -> Option<Network> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length.parse().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.trim().parse().ok()?;
    let v4 = address.is_ipv4();
    let longest = if v4 { 32 } else { 128 };
    let length = length.unwrap_or(longest);
    (length <= longest).then(|| Network { bits: prefix(bits(address), length, v4), length, v4 })
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_bits().into(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The first `length` bits alone.
fn prefix(bits: u128, length: u32, v4: bool) -> u128 {
    let host = if v4 { 32 - length } else { 128 - length };
    u128::MAX.checked_shl(host).map_or(0, |mask| bits & mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let entries: Vec<_> = trusted.iter().map(|text| (*text).to_owned()).collect();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        Proxies::new(&entries).unwrap().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_is_believed_by_default() {
        assert_eq!(client(&[], "192.0.2.1", &["203.0.113.9"]), "192.0.2.1");
    }

    #[test]
    fn the_nearest_address_that_is_no_proxy_counts() {
        let trusted = ["10.0.0.0/8", "fd00::/8"];
        assert_eq!(client(&trusted, "10.1.2.3", &["198.51.100.7, 203.0.113.9, 10.9.9.9"]), "203.0.113.9");
        assert_eq!(client(&trusted, "fd00::1", &["1.1.1.1", "203.0.113.9"]), "203.0.113.9");
        assert_eq!(client(&trusted, "11.1.2.3", &["203.0.113.9"]), "11.1.2.3");
        assert_eq!(client(&trusted, "10.1.2.3", &["203.0.113.9, rubbish"]), "10.1.2.3");
        assert_eq!(client(&trusted, "::ffff:10.1.2.3", &["203.0.113.9"]), "203.0.113.9");
    }

    #[test]
    fn networks_of_any_length_are_read() {
        assert!(parse("0.0.0.0/0").unwrap().holds("9.9.9.9".parse().unwrap()));
        assert!(parse("::/0").unwrap().holds("::1".parse().unwrap()));
        assert!(!parse("::/0").unwrap().holds("9.9.9.9".parse().unwrap()));
        for text in ["", "10.0.0.0/33", "10.0.0/8", "x", "::/129", "10.0.0.0/-1"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
