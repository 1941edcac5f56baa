//! A cinema's clock and currency.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Codes of ISO 4217 that are money in use; no metals, funds or test codes.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD \
    BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL \
    GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD \
    KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK \
    NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP \
    STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG \
    XOF XPF YER ZAR ZMW ZWG";

/// The time zone of this IANA name, in its usual spelling.
#[must_use]
pub fn zone(name: &str) -> Option<(String, TimeZone)> {
    let zone = TimeZone::get(name).ok()?;
    let name = zone.iana_name()?.to_owned();
    Some((name, zone))
}

/// A moment as a clock in the zone shows it: `2026-11-23T19:30:00+08:00`.
///
/// An unknown zone shows UTC; zones are checked when a cinema is opened.
#[must_use]
pub fn local(milliseconds: i64, zone_name: &str) -> String {
    let zone = TimeZone::get(zone_name).unwrap_or(TimeZone::UTC);
    match Timestamp::from_millisecond(milliseconds) {
        Ok(moment) => moment.to_zoned_datetime(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        Err(_) => String::new(),
    }
}

/// Whether this is the ISO 4217 code of money in use.
#[must_use]
pub fn is_currency(code: &str) -> bool {
    code.len() == 3 && CURRENCIES.split_whitespace().any(|known| known == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_shown_as_the_cinemas_clock_does() {
        assert_eq!(local(1_795_433_400_000, "Asia/Shanghai"), "2026-11-23T19:30:00+08:00");
        assert_eq!(local(1_795_433_400_000, "America/New_York"), "2026-11-23T06:30:00-05:00");
        assert_eq!(local(0, "UTC"), "1970-01-01T00:00:00+00:00");
        assert_eq!(local(i64::MAX, "UTC"), "");
    }

    #[test]
    fn zones_are_found_in_their_usual_spelling() {
        assert_eq!(zone("europe/berlin").unwrap().0, "Europe/Berlin");
        assert!(zone("Mars/Olympus").is_none());
        assert!(zone("").is_none());
        assert!(zone("../etc/passwd").is_none());
    }

    #[test]
    fn currencies_are_those_in_use() {
        assert!(is_currency("CNY") && is_currency("EUR") && is_currency("JPY"));
        for code in ["XXX", "eur", "EU", "XAU", "D A", "", "DEM"] {
            assert!(!is_currency(code), "{code}");
        }
    }
}
