//! Pictures of the main pages for the documents: made anew with
//! `cargo test -p tests --test browser -- --ignored pictures`. Pictures of every page of those who
//! work at cinemas, to look at: the same with `looks`, in `target/browser`.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tests::{Settings, TestCluster};

use crate::look::{Device, Language, Look};
use crate::pages::Who;
use crate::stage::{kept, play};
use crate::{door, hall, people, work};

/// Most that a picture may have, bytes: they are read with the page they are on.
const LARGEST: usize = 200 * 1024;

/// Seats that others buy at a time.
const GROUP: usize = 4;

/// How much of a page is shown, CSS pixels.
fn height(device: Device) -> u32 {
    match device {
        Device::Phone => 740,
        Device::Desktop => 640,
    }
}

/// Has others buy and hold some seats of the screening whose page is there, where nobody has yet.
async fn others_buy(cluster: &TestCluster, place: &str) {
    let film_sid = place.rsplit('/').next().unwrap().parse().unwrap();
    let hall = cluster.hall(film_sid).await;
    if hall.seats.iter().any(|seat| seat.state == "SOLD") {
        return;
    }
    let other = cluster.customer().await;
    let ordinary = hall.seats.iter().filter(|seat| seat.state == "FREE" && seat.kind == "STANDARD");
    let names: Vec<&str> = ordinary.map(|seat| &*seat.seat).collect();
    for (number, group) in names.chunks(GROUP).enumerate() {
        match number % 7 {
            2 | 3 => drop(other.buy_and_pay(film_sid, group).await),
            5 => drop(other.buy(film_sid, group).await.unwrap()),
            _ => {}
        }
    }
}

#[tokio::test]
#[ignore = "makes pictures for the documents"]
async fn pictures() {
    play("pictures", Settings::default().with_demo(), async |stage| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images");
        fs::create_dir_all(&folder).unwrap();
        for language in Language::ALL {
            for device in Device::ALL {
                let browser = stage.browser(Look { language, device }).await;
                let keep = async |name: &str| {
                    let picture = browser.picture_of_top(height(device)).await;
                    let file = format!("{name}-{}-{}.png", device.short(), language.short());
                    assert!(picture.len() < LARGEST, "{file}: {} bytes", picture.len());
                    fs::write(folder.join(file), picture).unwrap();
                };
                browser.open("/").await;
                keep("start").await;
                browser.follow(".film h2 a").await;
                keep("film").await;
                browser.follow(".days li:nth-child(3) a").await;
                browser.follow("a.time").await;
                others_buy(&stage.cluster, &browser.place().await).await;
                browser.reload().await;
                hall::is_live(&browser).await;
                browser.choose("select[name=best]", "3").await;
                browser.follow("form.best button").await;
                browser.see("#lines [data-line]").await;
                browser.run("document.getElementById('map-title').scrollIntoView()", &[]).await;
                keep("hall").await;
                browser.quit().await;
            }
        }
    })
    .await;
}

/// What begins next anywhere in the chain: its doors are open. Its id, its cinema, and the codes of
/// two tickets for it.
async fn next_with_tickets(cluster: &TestCluster) -> (i64, i64, Vec<String>) {
    let found: Value = cluster.client().get("/v1/screenings?page_size=1").await.ok();
    let next = &found["screenings"][0];
    let id = |name: &str| next[name].as_i64().expect("something is on in the next hours");
    let (film_sid, cinema_id) = (id("film_sid"), id("cinema_id"));
    let hall = cluster.hall(film_sid).await;
    let mut free = hall.seats.iter().filter(|seat| seat.state == "FREE" && seat.kind == "STANDARD");
    let seats = [&*free.next().unwrap().seat, &*free.next().unwrap().seat];
    let order = cluster.customer().await.buy_and_pay(film_sid, &seats).await;
    (film_sid, cinema_id, order.tickets.into_iter().map(|ticket| ticket.code).collect())
}

#[tokio::test]
#[ignore = "makes pictures for the documents"]
async fn pictures_of_work() {
    play("pictures_of_work", Settings::default().with_demo(), async |stage| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/images");
        stage.cluster.admin().await;
        let (film_sid, cinema_id, codes) = next_with_tickets(&stage.cluster).await;
        let door = format!("/door?screening={film_sid}");
        let week = format!("/manage/cinemas/{cinema_id}/week");
        let counter = format!("/counter?cinema={cinema_id}");
        for (name, place, look, shown) in [
            ("week", &week, Look::desktop(Language::English), None),
            ("counter", &counter, Look::desktop(Language::English), None),
            ("door", &door, Look::phone(Language::Chinese), Some((&codes[0], "in"))),
            ("door-used", &door, Look::phone(Language::English), Some((&codes[0], "used"))),
        ] {
            let browser = stage.browser(look).await;
            people::become_another(&browser, &mut Who::Anybody, Who::Admin).await;
            browser.open(place).await;
            if let Some((code, kind)) = shown {
                door::show(&browser, code, kind).await;
                browser.run("scrollTo(0, 0)", &[]).await;
            }
            let picture = browser.picture_of_top(height(look.device)).await;
            let file = format!("{name}-{}-{}.png", look.device.short(), look.language.short());
            assert!(picture.len() < LARGEST, "{file}: {} bytes", picture.len());
            fs::write(folder.join(file), picture).unwrap();
            browser.quit().await;
        }
    })
    .await;
}

/// Every page as a whole, light and dark, into a folder of its own.
async fn looks(name: &str, look: Look) {
    play(name, Settings::default(), async |stage| {
        let folder = kept().join(name);
        fs::create_dir_all(&folder).unwrap();
        let browser = stage.browser(look).await;
        let mut who = Who::Anybody;
        for page in work::prepare(&stage.cluster).await {
            people::become_another(&browser, &mut who, page.who).await;
            browser.light_or_dark(false).await;
            page.open(&browser).await;
            for dark in [false, true] {
                browser.light_or_dark(dark).await;
                let shade = if dark { "dark" } else { "light" };
                let file = folder.join(format!("{}-{shade}.png", page.name));
                fs::write(file, browser.picture_of_all().await).unwrap();
            }
        }
    })
    .await;
}

#[tokio::test]
#[ignore = "makes pictures to look at"]
async fn looks_in_english_on_a_desktop() {
    looks("english-desktop", Look::desktop(Language::English)).await;
}

#[tokio::test]
#[ignore = "makes pictures to look at"]
async fn looks_in_english_on_a_phone() {
    looks("english-phone", Look::phone(Language::English)).await;
}

#[tokio::test]
#[ignore = "makes pictures to look at"]
async fn looks_in_chinese_on_a_desktop() {
    looks("chinese-desktop", Look::desktop(Language::Chinese)).await;
}

#[tokio::test]
#[ignore = "makes pictures to look at"]
async fn looks_in_chinese_on_a_phone() {
    looks("chinese-phone", Look::phone(Language::Chinese)).await;
}
