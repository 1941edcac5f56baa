//! The cinemas of the demo and their halls.

use super::halls::Design;
use super::prices::Money;

/// A cinema of the demo.
pub struct DemoCinema {
    /// Name.
    pub name: &'static str,
    /// City.
    pub city: &'static str,
    /// Street address.
    pub address: &'static str,
    /// IANA time zone.
    pub time_zone: &'static str,
    /// What it sells in, and for how much.
    pub money: Money,
    /// The language of its town, a BCP 47 tag.
    pub language: &'static str,
    /// Whether films of other languages are dubbed there, besides being shown with subtitles.
    pub dubs: bool,
    /// Its halls, the largest first.
    pub halls: &'static [DemoHall],
}

/// A hall of the demo.
pub struct DemoHall {
    /// Name.
    pub name: &'static str,
    /// Its seats.
    pub design: Design,
    /// Time between two screenings, minutes.
    pub cleaning_minutes: i32,
    /// The formats it shows, in turn.
    pub formats: &'static [&'static str],
}

const fn hall(
    name: &'static str,
    design: Design,
    cleaning_minutes: i32,
    formats: &'static [&'static str],
) -> DemoHall {
    DemoHall { name, design, cleaning_minutes, formats }
}

/// Six cinemas, six cities, five time zones, five currencies.
pub const CHAIN: [DemoCinema; 6] = [
    DemoCinema {
        name: "星光影城（人民广场店）",
        city: "Shanghai",
        address: "上海市黄浦区西藏中路 500 号",
        time_zone: "Asia/Shanghai",
        money: Money::new("CNY", 4_500, 500),
        language: "zh-CN",
        dubs: true,
        halls: &[
            hall("1号厅 IMAX", Design::Great, 20, &["IMAX"]),
            hall("2号厅", Design::Large, 15, &["2D", "3D"]),
            hall("3号厅", Design::Medium, 15, &["2D"]),
            hall("情侣厅", Design::Lounge, 15, &["2D"]),
        ],
    },
    DemoCinema {
        name: "银河影院（三里屯店）",
        city: "Beijing",
        address: "北京市朝阳区三里屯路 19 号",
        time_zone: "Asia/Shanghai",
        money: Money::new("CNY", 5_000, 500),
        language: "zh-CN",
        dubs: true,
        halls: &[
            hall("1号厅", Design::Large, 15, &["3D", "2D"]),
            hall("2号厅", Design::Medium, 15, &["2D"]),
            hall("3号厅", Design::Small, 10, &["2D"]),
        ],
    },
    DemoCinema {
        name: "Lichtspielhaus am Kanal",
        city: "Berlin",
        address: "Paul-Lincke-Ufer 44, 10999 Berlin",
        time_zone: "Europe/Berlin",
        money: Money::new("EUR", 1_150, 50),
        language: "de",
        dubs: true,
        halls: &[
            hall("Saal 1", Design::Large, 15, &["2D"]),
            hall("Saal 2", Design::Small, 10, &["2D", "3D"]),
            hall("Studio", Design::Studio, 10, &["2D"]),
        ],
    },
    DemoCinema {
        name: "The Empress Picture House",
        city: "London",
        address: "12 Mare Street, London E8 4RP",
        time_zone: "Europe/London",
        money: Money::new("GBP", 1_250, 50),
        language: "en",
        dubs: false,
        halls: &[
            hall("Screen 1", Design::Wide, 15, &["2D", "3D"]),
            hall("Screen 2", Design::Medium, 15, &["2D"]),
            hall("Screen 3", Design::Studio, 10, &["2D"]),
        ],
    },
    DemoCinema {
        name: "Hudson Street Cinema",
        city: "New York",
        address: "455 Hudson Street, New York, NY 10014",
        time_zone: "America/New_York",
        money: Money::new("USD", 1_600, 50),
        language: "en",
        dubs: false,
        halls: &[
            hall("Auditorium 1", Design::Great, 20, &["IMAX", "2D"]),
            hall("Auditorium 2", Design::Wide, 15, &["2D", "4DX"]),
            hall("Auditorium 3", Design::Small, 10, &["2D"]),
        ],
    },
    DemoCinema {
        name: "シネマ銀杏 神保町",
        city: "Tokyo",
        address: "東京都千代田区神田神保町 2-4",
        time_zone: "Asia/Tokyo",
        money: Money::new("JPY", 2_000, 100),
        language: "ja",
        dubs: true,
        halls: &[
            hall("シアター1", Design::Wide, 15, &["2D", "4DX"]),
            hall("シアター2", Design::Medium, 15, &["2D", "3D"]),
            hall("シアター3", Design::Studio, 10, &["2D"]),
        ],
    },
];
